//! What could not be determined.

use crate::protocols::Protocol;
use crate::text::Phrase;

/// Something that could not be determined, and why: never a fault of the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What it is.
    pub what: What,
    /// Why, in a sentence.
    pub why: Phrase,
}

/// What could not be determined.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// How a protocol stands.
    Section(Protocol),
    /// Whether a sender may send; the sender as it was asked about.
    Sender(String),
    /// Whether an expectation of the contract is met.
    Expectation,
    /// What a change does.
    Change,
}
