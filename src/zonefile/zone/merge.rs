//! One zone out of several files.

use super::differing::same_set;
use super::{Node, Zone};
use crate::dns::Kind;
#[cfg(feature = "cli")]
use crate::dns::Place;
use crate::net::Name;
use std::collections::HashMap;
use std::sync::Arc;

/// A record set that two files of one zone list with different records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Overlap {
    /// The name.
    pub name: Name,
    /// The type.
    pub kind: Kind,
    /// Both files.
    pub files: [Arc<str>; 2],
}

/// A record set that two sources of a zone list.
#[cfg(feature = "cli")]
pub(in crate::zonefile) struct Clash {
    pub(in crate::zonefile) name: Name,
    pub(in crate::zonefile) kind: Kind,
    /// Where the first source lists it.
    pub(in crate::zonefile) first: Place,
    /// Where the other one does.
    pub(in crate::zonefile) second: Place,
}

impl Zone {
    /// Puts the files of each zone together, in their order, and leaves open what two of them list
    /// differently: which of them is published depends on what publishes them. Zones without an apex, and
    /// SOA and NS records of further files, stay as they are.
    #[doc(hidden)]
    pub fn merged(zones: Vec<Self>) -> (Vec<Self>, Vec<Overlap>) {
        let mut merged: Vec<Self> = Vec::with_capacity(zones.len());
        let mut known: HashMap<Name, usize> = HashMap::new();
        let mut overlaps = Vec::new();
        for zone in zones {
            let Some(apex) = zone.apex().cloned() else {
                merged.push(zone);
                continue;
            };
            match known.get(&apex).and_then(|index| merged.get_mut(*index)) {
                Some(first) => first.add(zone, &mut overlaps),
                None => {
                    known.insert(apex, merged.len());
                    merged.push(zone);
                }
            }
        }
        (merged, overlaps)
    }

    /// True if the file lists the SOA record of its zone, and is so a whole zone by itself.
    #[doc(hidden)]
    pub fn has_soa(&self) -> bool {
        self.apex.as_ref().is_some_and(|apex| apex.is_listed)
    }

    /// Adds what another source of the zone lists, as octoDNS does: its record sets replace those that are
    /// there, or none may be there. Those that clash are left open; returned are they, with the places of both.
    #[cfg(feature = "cli")]
    pub(in crate::zonefile) fn add_source(&mut self, other: Self, replaces: bool) -> Vec<Clash> {
        let mut clashes = Vec::new();
        self.is_open |= other.is_open;
        for (name, node) in other.tree.iter() {
            let own = self.tree.entry(name);
            own.is_open |= node.is_open;
            for (kind, set) in node.sets.iter() {
                let known = own.sets.entry(kind);
                let places = [&*known, set]
                    .map(|set| set.listed.first().and_then(|listed| listed.record.place.clone()));
                match places {
                    _ if replaces || known.is_empty() => *known = set.clone(),
                    [Some(first), Some(second)] => {
                        (known.is_open, known.differs) = (true, true);
                        clashes.push(Clash { name: name.clone(), kind, first, second });
                    }
                    // What stands for records of another type is no set of this one.
                    _ => {
                        known.unread |= set.unread;
                        known.is_open |= set.is_open;
                        known.listed.extend(set.listed.iter().cloned());
                    }
                }
            }
        }
        clashes
    }

    fn add(&mut self, other: Self, overlaps: &mut Vec<Overlap>) {
        let files = [Arc::clone(&self.file), Arc::clone(&other.file)];
        if !self.has_soa() && other.has_soa() {
            self.apex = other.apex;
        }
        self.is_open |= other.is_open;
        self.is_page |= other.is_page;
        for (name, node) in other.tree.iter() {
            let own = self.tree.entry(name);
            own.is_open |= node.is_open;
            for kind in own.add(node) {
                overlaps.push(Overlap { name: name.clone(), kind, files: files.clone() });
            }
        }
    }
}

impl Node {
    /// Adds the sets of another node; the types of which both have different records are left open.
    fn add(&mut self, other: &Self) -> Vec<Kind> {
        let mut differing = Vec::new();
        for (kind, set) in other.sets.iter() {
            let own = self.sets.entry(kind);
            if own.is_empty() {
                *own = set.clone();
            } else if !matches!(kind, Kind::Soa | Kind::Ns) && !same_set(Some(own), Some(set)) {
                (own.is_open, own.differs) = (true, true);
                differing.push(kind);
            }
        }
        differing
    }
}
