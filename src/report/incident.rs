//! What went wrong for a time: when it began and ended, whose doing it was, who is affected.

use super::{FaultKind, Party, RecordSet};
use crate::net::Name;
use crate::text::{Phrase, between, minute, rfc3339, seconds};
use serde::{Deserialize, Serialize};

/// A run of looks that found the same thing wrong, or could not determine something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Incident {
    /// The same for the same incident in every message about it.
    pub id: String,
    /// Whether it goes on.
    pub status: IncidentStatus,
    /// What kind of run it is.
    pub class: Class,
    /// What is wrong, in a line.
    pub title: Phrase,
    /// What it means for mail.
    pub impact: Phrase,
    /// The domains that are or were affected, sorted.
    pub scope: Vec<Name>,
    /// When it began.
    pub start: Bounds,
    /// When it ended; `null` while it goes on.
    pub end: Option<Bounds>,
    /// Who has to act.
    pub party: Party,
    /// That party by name; empty where there is nobody to name. Escaped.
    pub owner: String,
    /// What kind of thing is wrong.
    pub kind: FaultKind,
    /// The record set that it is about; `null` if no single one is.
    pub record: Option<RecordSet>,
    /// Why it is so, as far as the records show.
    pub root_cause: Phrase,
    /// What to do.
    pub next_step: Phrase,
    /// What became known after it was opened, the oldest first.
    pub updates: Vec<Update>,
}

impl Incident {
    /// How long it lasted at most, in seconds: from the last look before it to the first one after it.
    /// `None` while it goes on, or if no look was made before it.
    pub fn longest_s(&self) -> Option<u64> {
        self.end?.by.checked_sub(self.start.after?)
    }
}

/// What kind of run of looks it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Something is worse than it was.
    Worse,
    /// Queries fail: what was known before may hold or not.
    Undetermined,
}

/// Whether an incident goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentStatus {
    /// It goes on.
    Open,
    /// What was wrong is no longer so.
    Resolved,
    /// What changed has stayed for so long that it is taken for the state that is meant.
    Accepted,
}

impl IncidentStatus {
    /// The word for it, everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved => "resolved",
            Self::Accepted => "accepted",
        }
    }
}

/// Two looks that something happened between, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// The last look that did not find it; `None` if no look was made before.
    pub after: Option<u64>,
    /// The first look that did.
    pub by: u64,
}

impl Bounds {
    /// The two looks in words: `between 18:10 and 18:40 UTC on 2026-11-26`.
    pub fn words(self) -> String {
        match self.after {
            Some(after) => between(after, self.by),
            None => format!("before {}", minute(self.by)),
        }
    }
}

impl Serialize for Bounds {
    /// An object: `after` and `by` as RFC 3339 has them, and both in `words`.
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Members {
            after: Option<String>,
            by: String,
            words: String,
        }
        let (after, by) = (self.after.map(rfc3339), rfc3339(self.by));
        Members { after, by, words: self.words() }.serialize(out)
    }
}

impl<'de> Deserialize<'de> for Bounds {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Members {
            after: Option<String>,
            by: String,
        }
        let Members { after, by } = Members::deserialize(input)?;
        let read = |text: &str| {
            seconds(text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no time")))
        };
        Ok(Self { after: after.as_deref().map(read).transpose()?, by: read(&by)? })
    }
}

/// What became known of an incident after it was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// When, RFC 3339, UTC.
    pub at: String,
    /// What.
    pub what: Phrase,
}
