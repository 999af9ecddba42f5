//! Every address by what it gets, and by the term that says so.

use crate::examine::authorize::{self, placed};
use crate::net::IpSet;
use crate::protocols::spf::{Facts, Group, Partition, SpfResult};
use crate::report::senders::{Decided, Dependent, Share};

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
type Fate = (Option<SpfResult>, Option<SpfResult>);

fn fate(group: &Group<'_>) -> Fate {
    (group.result, group.otherwise)
}

/// Every address, by what it gets.
pub(super) fn shares(facts: &Facts) -> Vec<Share> {
    let groups = facts.partitions().map(|partition| (partition, partition.groups()));
    let mut shares = Vec::new();
    for result in ORDER {
        for (partition, groups) in &groups {
            let mut fates: Vec<Fate> = Vec::new();
            for group in groups.iter().filter(|group| group.result == result) {
                if !fates.contains(&fate(group)) {
                    fates.push(fate(group));
                }
            }
            shares.extend(fates.into_iter().map(|fate| share(partition, groups, fate)));
        }
    }
    shares
}

fn share(partition: &Partition, groups: &[Group<'_>], wanted: Fate) -> Share {
    let family = partition.family;
    let those = || groups.iter().filter(|group| fate(group) == wanted);
    let ranges = those().flat_map(|group| group.set.ranges().iter().copied());
    let set = IpSet::from_ranges(family, ranges);
    let (result, otherwise) = wanted;
    Share {
        result: result.into(),
        otherwise,
        family,
        addresses: set.count().to_string(),
        networks: set.cidrs(),
        terms: those().map(|group| decided(partition, group)).collect(),
    }
}

fn decided(partition: &Partition, group: &Group<'_>) -> Decided {
    let Group { first, spent, set, .. } = group;
    Decided {
        matched: first.by.and_then(|term| placed(partition, term)),
        addresses: set.count().to_string(),
        networks: set.cidrs(),
        lookups: spent.lookups,
        voids: spent.voids,
        beyond_limit: first.is_over_limit().then(|| first.unlimited()).flatten(),
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
                let gives = partition.would_give(id);
                terms.push(Dependent { term, gives });
            }
        }
    }
    terms
}
