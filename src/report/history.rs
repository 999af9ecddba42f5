//! What became of a domain over time, as far as it was looked at.

use super::{Change, Finding, Incident, Verdict};
use crate::net::Name;
use crate::text::Phrase;
use serde::Serialize;

/// What became of domains.
#[derive(Clone, Debug, Serialize)]
pub struct History {
    /// One entry a domain, in the order asked.
    pub domains: Vec<DomainHistory>,
    /// 0: a timeline shows the past, and fails nothing.
    pub exit_code: u8,
}

/// What became of one domain.
#[derive(Clone, Debug, Serialize)]
pub struct DomainHistory {
    /// The domain in A-labels.
    pub domain: Name,
    /// When it was looked at first, RFC 3339, UTC.
    pub first: String,
    /// When it was looked at last.
    pub last: String,
    /// How many times it was looked at.
    pub looks: u64,
    /// What happened, the oldest first.
    pub events: Vec<Event>,
    /// The incidents that affected it, the oldest first.
    pub incidents: Vec<Incident>,
}

/// A look that found a domain otherwise than the one before it.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// What kind of event it is.
    pub kind: EventKind,
    /// The last look before it, RFC 3339, UTC; `null` if there was none. It happened after that.
    pub after: Option<String>,
    /// The first look that found it. It happened by then.
    pub by: String,
    /// The same two moments in words.
    pub bounds: String,
    /// The verdict from then on.
    pub result: Verdict,
    /// The answer about the domain from then on.
    pub headline: Phrase,
    /// How the domain differs from how it was known last; `null` where nothing is compared.
    pub change: Option<Change>,
    /// The findings that are new, and those that are resolved.
    pub findings: Vec<Finding>,
}

/// What a look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The domain, for the first time.
    First,
    /// Another state than before.
    Changed,
    /// Queries failed: what was known before may hold or not.
    Undetermined,
    /// The DNS answers again, as it did before it failed.
    Answers,
}
