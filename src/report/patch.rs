//! Fixes put together: the record sets that change, as they are and as they should be.

use crate::diagnostic::Applicability;
use crate::dns::{Data, Kind};
use crate::net::Name;
use crate::text::Phrase;

/// A change of several record sets that was proved as a whole.
///
/// Fixes that are proved one by one may change the same record, each in its own way. Here each was
/// proved on top of those before it, so all of them can be applied at once.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The domain that it is for.
    pub domain: Name,
    /// The zone that holds the records of the domain, where that is known.
    pub apex: Option<Name>,
    /// The fixes in it, safe ones first.
    pub steps: Vec<PatchStep>,
    /// The record sets, each once.
    pub sets: Vec<PatchSet>,
    /// What is met no longer once it is published: also what only followed from what was repaired.
    pub gone: Vec<GoneFinding>,
}

/// A finding that a patch removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoneFinding {
    /// The rule, `family/name`.
    pub rule: &'static str,
    /// The owner of the record set that it is about.
    pub name: Name,
    /// The type of the record set.
    pub kind: Kind,
}

/// One fix of a patch.
#[derive(Clone, Debug)]
pub struct PatchStep {
    /// The rule that is no longer met, `family/name`.
    pub rule: &'static str,
    /// How freely it may be applied.
    pub applicability: Applicability,
    /// What it does.
    pub summary: Phrase,
}

/// A record set.
#[derive(Clone, Debug)]
pub struct PatchSet {
    /// The owner.
    pub name: Name,
    /// The type.
    pub kind: Kind,
    /// Time to live in seconds.
    pub ttl: u32,
    /// The records as they are.
    pub before: Vec<Data>,
    /// The records as they should be; the set goes if there are none.
    pub after: Vec<Data>,
}

impl PatchSet {
    /// The records that go.
    pub fn removed(&self) -> impl Iterator<Item = &Data> {
        self.before.iter().filter(|data| !self.after.contains(data))
    }

    /// The records that come.
    pub fn added(&self) -> impl Iterator<Item = &Data> {
        self.after.iter().filter(|data| !self.before.contains(data))
    }
}

impl Patch {
    /// The zone that the records are published in. Where it is not known, the name that the owners of all
    /// record sets have in common, no higher than need be: the domain itself, unless a record of the
    /// organization above it changes.
    pub fn zone(&self) -> Name {
        let mut zone = self.apex.as_ref().unwrap_or(&self.domain).clone();
        while !self.sets.iter().all(|set| set.name.is_within(&zone)) {
            match zone.parent() {
                Some(parent) => zone = parent,
                None => break,
            }
        }
        zone
    }
}
