//! Who may be lost by a change, where that depends on who sends.

use super::senders::{is_rest, known_as};
use crate::net::{IpSet, Name};
use crate::protocols::spf::{Cell, Partition, Ruling, SpfResult, TermId};
use crate::report::{Unknown, What};
use crate::text::Phrase;

/// What is to be said of those who pass before a change, or may, and after it perhaps not.
///
/// Nothing is said of a term that stands in both states and is met by the same addresses: what it
/// depends on is the same in both.
pub(crate) fn may_lose(before: &Partition, after: &Partition) -> Vec<Unknown> {
    let mut unknowns = Vec::new();
    let open = after.gather(|cell| is_open(after, cell));
    let dependent = before.passing().and(&open);
    if !dependent.is_empty() {
        let why = Phrase::new().addr(who(dependent)).plain(" passed; after the change the result ");
        let why = why.unknown("depends on the sender");
        unknowns.push(Unknown { what: What::SpfResult, why });
    }
    let by_list = |partition: &Partition, is_pass: bool| {
        partition.gather(|cell| {
            is_open(partition, cell) && (cell.result() == Some(SpfResult::Pass)) == is_pass
        })
    };
    let listed = by_list(before, true).and(&by_list(after, false));
    if let Some(cell) = after.cells.iter().find(|cell| !cell.set.and(&listed).is_empty()) {
        let why = Phrase::new()
            .addr(who(listed))
            .plain(" passed as listed; after the change the result ");
        let why = why.unknown("depends on the sender");
        let term = dependents(cell).next().map(|term| after.term_text(term));
        let why = match term {
            Some(term) => why.plain(", by ").code(term),
            None => why,
        };
        unknowns.push(Unknown { what: What::SpfResult, why });
    }
    let passing = after.passing();
    let mut named: Vec<TermId> = Vec::new();
    for cell in before.cells.iter().filter(|cell| is_open(before, cell)) {
        let not_passing = cell.set.minus(&passing);
        let met = || after.cells.iter().filter(|now| !now.set.and(&not_passing).is_empty());
        for term in admitting(before, cell) {
            let stands = |now: &Cell| {
                // That nothing is known of it is unknown already.
                now.result() == Some(SpfResult::Temperror)
                    || is_open(after, now)
                        && dependents(now).any(|one| key(after, one) == key(before, term))
            };
            if !named.contains(&term) && !met().all(stands) {
                named.push(term);
                let why =
                    Phrase::new().code(before.term_text(term)).plain(" passes some senders, ");
                let why = why.unknown("depending on the sender");
                let why = why.plain(": they may stop passing");
                unknowns.push(Unknown { what: What::SpfResult, why });
            }
        }
    }
    unknowns
}

/// True if what a cell gets depends on who sends.
fn is_open(partition: &Partition, cell: &Cell) -> bool {
    cell.result() != Some(SpfResult::Temperror) && !partition.is_certain(cell)
}

/// The terms on the way to a cell that depend on who sends.
pub(crate) fn dependents(cell: &Cell) -> impl Iterator<Item = TermId> + '_ {
    let last = match cell.ruling {
        Ruling::Depends(term) => Some(term),
        _ => None,
    };
    cell.maybe.iter().copied().chain(last)
}

/// Those of them that may let somebody pass.
fn admitting(partition: &Partition, cell: &Cell) -> Vec<TermId> {
    let may_pass = |term: &TermId| {
        let given = partition.would_give(*term);
        given.is_none_or(|result| result == SpfResult::Pass)
    };
    dependents(cell).filter(may_pass).collect()
}

/// What makes a term the same in two states: whose it is, and what it says.
fn key(partition: &Partition, term: TermId) -> Option<(Name, String)> {
    let domain = partition.visit(term)?.published.domain.clone();
    Some((domain, partition.term_text(term)))
}

fn who(set: IpSet) -> String {
    match is_rest(&set) {
        true => "unlisted addresses".to_owned(),
        false => known_as(&[set]),
    }
}
