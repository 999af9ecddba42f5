//! Addresses that get the same from the same term, together; and two policies held side by side.

use super::partition::{Cell, Partition, Spent, SpfResult, TermId};
use crate::net::{IpSet, Range};
use std::collections::HashMap;

/// Addresses that get the same from the same term.
#[derive(Clone, Debug)]
pub struct Group<'p> {
    /// What they get, if that is certain.
    pub result: Option<SpfResult>,
    /// What they get if no term that depends on the sender matches; `None` if `result` is certain.
    pub otherwise: Option<SpfResult>,
    /// The first of their cells, which speaks for all of them.
    pub first: &'p Cell,
    /// The most that any of them spends.
    pub spent: Spent,
    /// Which they are.
    pub set: IpSet,
}

/// What the addresses of a group have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    result: Option<SpfResult>,
    otherwise: Option<SpfResult>,
    by: Option<TermId>,
    /// What was spent, if it was too much.
    excess: Option<Spent>,
}

/// Addresses that get another result by one policy than by another.
#[derive(Clone, Debug)]
pub struct Transition<'p> {
    /// Those of the first policy to which they belong.
    pub before: &'p Group<'p>,
    /// Those of the second.
    pub after: &'p Group<'p>,
    /// Which they are; never empty.
    pub set: IpSet,
}

impl Partition {
    /// The addresses by what they get and by the term that says so, in the order in which they were
    /// decided. Together they are the whole universe.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<(Group<'_>, Vec<Range>)> = Vec::new();
        let mut places: HashMap<Key, usize> = HashMap::new();
        for cell in self.cells.iter().filter(|cell| !cell.set.is_empty()) {
            let (result, is_certain) = (cell.result(), self.is_certain(cell));
            let key = Key {
                result: result.filter(|_| is_certain),
                otherwise: result.filter(|_| !is_certain),
                by: cell.by,
                excess: cell.is_over_limit().then_some(cell.spent),
            };
            let place = *places.entry(key).or_insert(groups.len());
            match groups.get_mut(place) {
                Some((group, ranges)) => {
                    group.spent = group.spent.max(cell.spent);
                    ranges.extend(cell.set.ranges());
                }
                None => {
                    let group = Group {
                        result: key.result,
                        otherwise: key.otherwise,
                        first: cell,
                        spent: cell.spent,
                        set: IpSet::empty(self.family),
                    };
                    groups.push((group, cell.set.ranges().to_vec()));
                }
            }
        }
        let whole =
            |(group, ranges)| Group { set: IpSet::from_ranges(self.family, ranges), ..group };
        groups.into_iter().map(whole).collect()
    }
}

/// The addresses that get another result by the second of two policies than by the first. What is
/// alike in both is left out.
pub fn transitions<'p>(before: &'p [Group<'p>], after: &'p [Group<'p>]) -> Vec<Transition<'p>> {
    let fate = |group: &Group<'_>| (group.result, group.otherwise);
    let pairs = before.iter().flat_map(|was| after.iter().map(move |is| (was, is)));
    pairs
        .filter(|(was, is)| fate(was) != fate(is))
        .map(|(before, after)| Transition { before, after, set: before.set.and(&after.set) })
        .filter(|transition| !transition.set.is_empty())
        .collect()
}
