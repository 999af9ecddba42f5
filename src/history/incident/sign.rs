//! What a look says is wrong, as a plain value, and what it is counted as.

use crate::net::Name;
use crate::report::{Class, FaultKind, Party, RecordSet};
use crate::text::Phrase;
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// One thing that one look at one domain found wrong, or could not determine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sign {
    /// The same for the same thing at every look.
    pub key: String,
    /// Whether something is worse, or undetermined.
    pub class: Class,
    /// Whose doing it is.
    pub cause: Cause,
    /// True if it is known by comparison with an earlier look alone: a state that lasts is meant.
    pub is_change: bool,
    /// What to say of it.
    pub telling: Telling,
}

/// Whose doing something is, and what record it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Who has to act.
    pub party: Party,
    /// That party by name; empty where there is nobody to name. Escaped.
    pub owner: String,
    /// What kind of thing is wrong.
    pub kind: FaultKind,
    /// The record set that it is about.
    pub record: Option<RecordSet>,
}

/// What is said of something that is wrong. The roles of words are not kept in a history, so they are
/// dropped at once: what is read back is equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// What is wrong, in a line.
    pub title: Phrase,
    /// What it means for mail.
    pub impact: Phrase,
    /// Why it is so.
    pub root_cause: Phrase,
    /// What to do.
    pub next_step: Phrase,
}

impl Telling {
    /// The title, the impact, the root cause and the next step.
    pub fn new(title: &Phrase, impact: &Phrase, root_cause: &Phrase, next_step: &Phrase) -> Self {
        let [title, impact, root_cause, next_step] =
            [title, impact, root_cause, next_step].map(|it| Phrase::from(&*it.to_string()));
        Self { title, impact, root_cause, next_step }
    }
}

impl Sign {
    /// What it is counted as: one incident for a party whose records others share, one for each record
    /// set of a domain that only its owner can change.
    pub(super) fn topic(&self, domain: &Name) -> String {
        let Cause { party, owner, kind, record } = &self.cause;
        let class = word(&self.class);
        let is_shared = matches!(party, Party::Provider | Party::Operator | Party::Resolver);
        match (is_shared, record) {
            (true, _) => joined(&[&class, &word(party), owner, &word(kind)]),
            (false, Some(record)) => {
                let (name, kind) = (&record.name, &record.kind);
                joined(&[&class, &word(party), domain, name, kind])
            }
            (false, None) => joined(&[&class, &word(party), domain, &word(kind)]),
        }
    }
}

/// Words with a mark between them that no word holds.
fn joined(words: &[&dyn Display]) -> String {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    words.join("\t")
}

/// The word of a value in JSON.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => other.map(|it| it.to_string()).unwrap_or_default(),
    }
}
