//! Every address by what it gets, and by the term that says so.

use super::super::authorize::{self, placed};
use crate::net::{Family, IpSet, Range};
use crate::report::senders::{Decided, Dependent, Share};
use crate::spf::{Cell, Facts, Partition, Spent, SpfResult, TermId};
use std::collections::HashMap;

/// The results in the order in which they are shown.
const ORDER: [Option<SpfResult>; 8] = [
    Some(SpfResult::Pass),
    None,
    Some(SpfResult::Neutral),
    Some(SpfResult::Softfail),
    Some(SpfResult::Fail),
    Some(SpfResult::None),
    Some(SpfResult::Permerror),
    Some(SpfResult::Temperror),
];

/// What addresses have in common that get the same: the result, or what it is unless a term that
/// depends on the sender matches.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Fate {
    result: Option<SpfResult>,
    otherwise: Option<SpfResult>,
}

/// What addresses have in common that are shown together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    fate: Fate,
    by: Option<TermId>,
    /// What was spent, if it was too much.
    excess: Option<Spent>,
}

/// Cells that are shown together: the first of them speaks for all.
struct Crowd<'f> {
    key: Key,
    first: &'f Cell,
    spent: Spent,
    ranges: Vec<Range>,
}

/// Every address, by what it gets.
pub(super) fn shares(facts: &Facts) -> Vec<Share> {
    let crowds = facts.partitions().map(|partition| (partition, crowds(partition)));
    let mut shares = Vec::new();
    for result in ORDER {
        for (partition, crowds) in &crowds {
            let mut fates: Vec<Fate> = Vec::new();
            for Crowd { key, .. } in crowds.iter().filter(|crowd| crowd.key.fate.result == result) {
                if !fates.contains(&key.fate) {
                    fates.push(key.fate);
                }
            }
            shares.extend(fates.into_iter().map(|fate| share(partition, crowds, fate)));
        }
    }
    shares
}

fn crowds(partition: &Partition) -> Vec<Crowd<'_>> {
    let mut crowds: Vec<Crowd<'_>> = Vec::new();
    let mut places: HashMap<Key, usize> = HashMap::new();
    for cell in partition.cells.iter().filter(|cell| !cell.set.is_empty()) {
        let (result, is_certain) = (cell.result(), partition.is_certain(cell));
        let fate = Fate {
            result: result.filter(|_| is_certain),
            otherwise: result.filter(|_| !is_certain),
        };
        let key = Key { fate, by: cell.by, excess: cell.is_over_limit().then_some(cell.spent) };
        let place = *places.entry(key).or_insert(crowds.len());
        match crowds.get_mut(place) {
            Some(crowd) => {
                crowd.spent = crowd.spent.max(cell.spent);
                crowd.ranges.extend(cell.set.ranges());
            }
            None => {
                let ranges = cell.set.ranges().to_vec();
                crowds.push(Crowd { key, first: cell, spent: cell.spent, ranges });
            }
        }
    }
    crowds
}

fn share(partition: &Partition, crowds: &[Crowd<'_>], fate: Fate) -> Share {
    let family = partition.family;
    let those = || crowds.iter().filter(|crowd| crowd.key.fate == fate);
    let set = IpSet::from_ranges(family, those().flat_map(|crowd| crowd.ranges.iter().copied()));
    Share {
        result: fate.result.map_or("unknown", SpfResult::word),
        otherwise: fate.otherwise.map(SpfResult::word),
        family: match family {
            Family::V4 => "IPv4",
            Family::V6 => "IPv6",
        },
        addresses: set.count().to_string(),
        networks: set.cidrs(),
        terms: those().map(|crowd| decided(partition, crowd)).collect(),
    }
}

fn decided(partition: &Partition, crowd: &Crowd<'_>) -> Decided {
    let set = IpSet::from_ranges(partition.family, crowd.ranges.iter().copied());
    let Crowd { key, first, spent, .. } = crowd;
    Decided {
        matched: key.by.and_then(|term| placed(partition, term)),
        addresses: set.count().to_string(),
        networks: set.cidrs(),
        lookups: spent.lookups,
        voids: spent.voids,
        beyond_limit: key.excess.and_then(|_| first.unlimited()).map(SpfResult::word),
        problem: authorize::problem(first),
    }
}

/// The terms that depend on who sends, each once.
pub(super) fn dependent(facts: &Facts) -> Vec<Dependent> {
    let mut terms: Vec<Dependent> = Vec::new();
    for partition in facts.partitions() {
        for id in partition.sender_dependent() {
            let Some(term) = placed(partition, id) else { continue };
            let is_known = terms
                .iter()
                .any(|known| (&known.term.term, &known.term.path) == (&term.term, &term.path));
            if !is_known {
                let gives = partition.would_give(id).map(SpfResult::word);
                terms.push(Dependent { term, gives });
            }
        }
    }
    terms
}
