//! One thing that is expected, and how it came out.

use super::Written;
use crate::diagnostic::Location;
use crate::report::{Expected, FileLocation, Status};
use crate::text::Phrase;

/// One thing that is expected, held against what was found.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// What it is about.
    pub clause: Clause,
    /// What is expected, in a few words.
    pub words: Phrase,
    /// Where it is written.
    pub location: FileLocation,
    /// How it came out.
    pub outcome: Outcome,
}

/// What an expectation is about; each has its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clause {
    /// What the domain is for.
    Role,
    /// A sender that must pass.
    Sender,
    /// A sender that must not pass.
    NeverSender,
    /// A selector with a key.
    Selector,
    /// The size of keys.
    KeyBits,
    /// The DMARC policy.
    Policy,
    /// Terms that cause lookups.
    Lookups,
    /// Void lookups.
    Voids,
}

/// How an expectation came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is met.
    Met,
    /// It is not met, for these reasons; never none.
    Unmet(Vec<Breach>),
    /// It could not be told.
    Unknown,
    /// What it is about was not looked at.
    NotAsked,
}

/// Why an expectation is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The records that it is about, and where the contract speaks of them.
    pub location: Location,
    /// What is true, and what was expected.
    pub said: Phrase,
}

impl Expectation {
    /// An expectation that stands there.
    pub(super) fn new<T>(
        clause: Clause,
        written: &Written<T>,
        words: Phrase,
        outcome: Outcome,
    ) -> Self {
        Self { clause, words, location: written.location(), outcome }
    }
}

impl Outcome {
    /// Not met for one reason.
    pub(super) fn unmet(location: Location, said: Phrase) -> Self {
        Self::Unmet(vec![Breach { location, said }])
    }

    /// What is known of an expectation about a section that stands so, where what was seen does not
    /// break it.
    pub(super) fn unbroken(status: Status) -> Self {
        match status {
            Status::Skipped => Self::NotAsked,
            Status::Unknown => Self::Unknown,
            _ => Self::Met,
        }
    }
}

impl From<Expectation> for Expected {
    fn from(one: Expectation) -> Self {
        Self {
            expectation: one.words,
            met: match one.outcome {
                Outcome::Met => Some(true),
                Outcome::Unmet(_) => Some(false),
                Outcome::Unknown | Outcome::NotAsked => None,
            },
            location: one.location,
        }
    }
}
