//! Addresses that get the same from the same term, together; and two policies held side by side.

use super::partition::{Cell, Partition, Spent, SpfResult, TermId};
use crate::net::{IpSet, Range};
use std::collections::HashMap;

/// Addresses that get the same from the same term.
#[derive(Clone, Debug)]
pub struct Crowd<'p> {
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

/// What the addresses of a crowd have in common.
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
pub struct Turn<'p> {
    /// Those of the first policy to which they belong.
    pub before: &'p Crowd<'p>,
    /// Those of the second.
    pub after: &'p Crowd<'p>,
    /// Which they are; never empty.
    pub set: IpSet,
}

impl Partition {
    /// The addresses by what they get and by the term that says so, in the order in which they were
    /// decided. Together they are the whole universe.
    pub fn crowds(&self) -> Vec<Crowd<'_>> {
        let mut crowds: Vec<(Crowd<'_>, Vec<Range>)> = Vec::new();
        let mut places: HashMap<Key, usize> = HashMap::new();
        for cell in self.cells.iter().filter(|cell| !cell.set.is_empty()) {
            let (result, is_certain) = (cell.result(), self.is_certain(cell));
            let key = Key {
                result: result.filter(|_| is_certain),
                otherwise: result.filter(|_| !is_certain),
                by: cell.by,
                excess: cell.is_over_limit().then_some(cell.spent),
            };
            let place = *places.entry(key).or_insert(crowds.len());
            match crowds.get_mut(place) {
                Some((crowd, ranges)) => {
                    crowd.spent = crowd.spent.max(cell.spent);
                    ranges.extend(cell.set.ranges());
                }
                None => {
                    let crowd = Crowd {
                        result: key.result,
                        otherwise: key.otherwise,
                        first: cell,
                        spent: cell.spent,
                        set: IpSet::empty(self.family),
                    };
                    crowds.push((crowd, cell.set.ranges().to_vec()));
                }
            }
        }
        let whole =
            |(crowd, ranges)| Crowd { set: IpSet::from_ranges(self.family, ranges), ..crowd };
        crowds.into_iter().map(whole).collect()
    }
}

/// The addresses that get another result by the second of two policies than by the first. What is
/// alike in both is left out.
pub fn turns<'p>(before: &'p [Crowd<'p>], after: &'p [Crowd<'p>]) -> Vec<Turn<'p>> {
    let fate = |crowd: &Crowd<'_>| (crowd.result, crowd.otherwise);
    let pairs = before.iter().flat_map(|was| after.iter().map(move |is| (was, is)));
    pairs
        .filter(|(was, is)| fate(was) != fate(is))
        .map(|(before, after)| Turn { before, after, set: before.set.and(&after.set) })
        .filter(|turn| !turn.set.is_empty())
        .collect()
}
