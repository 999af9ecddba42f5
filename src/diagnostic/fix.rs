//! A change of a zone that mends a fault.

use crate::dns::{Data, Kind};
use crate::net::Name;
use crate::text::Phrase;
use serde::{Deserialize, Serialize};

/// How freely a fix may be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applicability {
    /// A beginning that needs facts we do not have.
    Sketch,
    /// Proved to mend the fault, but it changes what the owner may intend.
    Review,
    /// Proved to mend the fault, add none as bad, and lose no authorised address.
    Safe,
}

/// One change of a record set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The owner.
    pub name: Name,
    /// The type.
    pub kind: Kind,
    /// The record to take away, if any.
    pub remove: Option<Data>,
    /// The record to add, if any.
    pub add: Option<Data>,
    /// Time to live of the added record in seconds.
    pub ttl: u32,
}

/// A zone patch that was tried on an overlay before it was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a few words.
    pub summary: Phrase,
    /// How freely it may be applied.
    pub applicability: Applicability,
    /// The changes.
    pub edits: Vec<Edit>,
}
