//! A round of looks at what is watched, and what is to be said of incidents.

use super::{Incident, Verdict};
use crate::net::Name;
use crate::text::Phrase;
use serde::{Deserialize, Serialize};

/// What a round found.
#[derive(Clone, Debug, Serialize)]
pub struct Watch {
    /// When it was made, RFC 3339, UTC.
    pub at: String,
    /// One entry a domain, in the order asked.
    pub domains: Vec<WatchedDomain>,
    /// What became of incidents, to be said once.
    pub news: Vec<Notice>,
    /// The incidents that go on.
    pub open: Vec<Incident>,
    /// Messages that a way out did not take yet.
    pub waiting: Vec<Waiting>,
    /// 0 nothing worse, 1 worse, 3 undetermined.
    pub exit_code: u8,
}

/// Messages that wait, for their way out does not take them.
#[derive(Clone, Debug, Serialize)]
pub struct Waiting {
    /// The way out, as it is configured.
    pub way: String,
    /// How many messages wait; they are tried again.
    pub count: u64,
    /// Why the last try failed.
    pub why: String,
}

/// How a round found one domain.
#[derive(Clone, Debug, Serialize)]
pub struct WatchedDomain {
    /// The domain in A-labels.
    pub domain: Name,
    /// The verdict.
    pub result: Verdict,
    /// The answer in one sentence.
    pub headline: Phrase,
    /// Since when it has been so, in words.
    pub since: String,
    /// What this look found alone: it counts when another one agrees.
    pub pending: Vec<Phrase>,
}

/// A message about an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The same whenever this message is sent: who has it already can drop it.
    pub key: String,
    /// What became of the incident.
    pub happened: Happened,
    /// The how manieth message about the incident this is, from 1.
    pub number: u32,
    /// The incident from then on.
    pub incident: Incident,
}

/// A day by which something has to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// The same for the same deadline whenever it is written.
    pub uid: String,
    /// The day, as `2026-12-31`.
    pub day: String,
    /// What it is, in a line.
    pub title: Phrase,
    /// What to do, and why.
    pub what: Phrase,
}

/// What became of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// It began, as far as looks agree.
    Opened,
    /// Something else became known of it.
    Updated,
    /// It is over.
    Closed,
}

impl Happened {
    /// The word for it, everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Updated => "updated",
            Self::Closed => "closed",
        }
    }
}
