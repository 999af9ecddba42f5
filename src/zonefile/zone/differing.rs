//! What two zones have not in common.

use super::{Content, DNAME, Listed, Zone};
use crate::dns::Kind;
use crate::net::Name;

impl Zone {
    /// The names at which this zone and another one differ, serials and times to live aside, and whether they
    /// do so in what hands names below on to others: NS records or a DNAME.
    #[doc(hidden)]
    pub fn differing<'z>(&'z self, other: &'z Self) -> Vec<(&'z Name, bool)> {
        let mut differing = Vec::new();
        self.tree.pairs(&other.tree, |name, one, other| {
            let kinds = one.sets.iter().chain(other.sets.iter()).map(|(kind, _)| kind);
            let mut kinds: Vec<Kind> = kinds.filter(|kind| *kind != Kind::Soa).collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds.retain(|kind| !same_set(one.sets.get(*kind), other.sets.get(*kind)));
            if !kinds.is_empty() || one.is_open != other.is_open {
                differing.push((name, kinds.iter().any(|kind| [Kind::Ns, DNAME].contains(kind))));
            }
        });
        differing
    }
}

/// True if two sets hold the same records.
pub(super) fn same_set(one: Option<&Content>, other: Option<&Content>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return one.is_none() && other.is_none() };
    let has = |set: &Content, wanted: &Listed| {
        set.listed.iter().any(|listed| listed.record.data == wanted.record.data)
    };
    let flags = |set: &Content| (set.unread, set.left_out.clone(), set.is_open, set.listed.len());
    let is_alike = one
        .listed
        .iter()
        .zip(&other.listed)
        .all(|(one, other)| one.record.data == other.record.data);
    flags(one) == flags(other) && (is_alike || one.listed.iter().all(|listed| has(other, listed)))
}
