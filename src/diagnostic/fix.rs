//! A change of a zone that mends a fault.

use crate::dns::{Data, Kind};
use crate::net::Name;
use crate::text::Phrase;
use serde::{Deserialize, Serialize};

/// How freely a fix may be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applicability {
    /// It needs values that only the owner knows.
    Template,
    /// Proved to repair the fault, but it changes what unlisted senders get, or rests on a likely
    /// cause.
    Review,
    /// Proved to authorize exactly the intended senders, to bring no fault and to weaken nothing.
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
