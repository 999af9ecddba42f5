//! What a walk found out: every address with what it gets, what that cost, and which term said so.
//!
//! The walk counts and does not stop; limits (RFC 7208 §4.6.4) bite here, where a cell is read.
//! Costs only grow along an address's path and `permerror` always propagates outward, so this
//! equals stopping at once, and it lets us say what would have come after.

use super::policy::Published;
use super::record::{Body, Mechanism};
use crate::dns::Failure;
use crate::net::{Family, IpSet, Name};
use crate::text::SyntaxError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// RFC 7208 §4.6.4: "the total number of those terms to 10 during SPF evaluation".
pub const LOOKUP_LIMIT: u16 = 10;
/// RFC 7208 §4.6.4: "SHOULD limit "void lookups" to two".
pub const VOID_LIMIT: u16 = 2;

/// A result of SPF (RFC 7208 §2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpfResult {
    /// §2.6.1
    None,
    /// §2.6.2
    Neutral,
    /// §2.6.3
    Pass,
    /// §2.6.4
    Fail,
    /// §2.6.5
    Softfail,
    /// §2.6.6
    Temperror,
    /// §2.6.7
    Permerror,
}

impl SpfResult {
    /// The RFC's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Neutral => "neutral",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Softfail => "softfail",
            Self::Temperror => "temperror",
            Self::Permerror => "permerror",
        }
    }
}

impl fmt::Display for SpfResult {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// What an address has spent on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spent {
    /// Terms that caused lookups: include, a, mx, ptr, exists, redirect.
    pub lookups: u16,
    /// Terms of these for which a question got no records: void lookups.
    pub voids: u16,
    /// Single questions that got no records; some receivers count these instead.
    pub void_questions: u16,
}

impl Spent {
    /// The larger of each count.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            lookups: self.lookups.max(other.lookups),
            voids: self.voids.max(other.voids),
            void_questions: self.void_questions.max(other.void_questions),
        }
    }
}

/// How receivers count, where they differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// RFC 7208: ten terms, two terms with void lookups.
    Standard,
    /// Each void question counts, as some receivers do.
    VoidQuestions,
    /// No void limit at all, as some receivers do.
    NoVoidLimit,
}

/// Why an evaluation ended in an error.
#[derive(Clone, Debug, PartialEq)]
pub enum Exception {
    /// A question could not be answered (RFC 7208 §2.6.6).
    Dns {
        /// The name asked about.
        name: Name,
        /// The type asked for.
        kind: crate::dns::Kind,
        /// In which way.
        failure: Failure,
    },
    /// The record has a fault (§4.6).
    Syntax {
        /// Whose record.
        domain: Name,
        /// The first fault.
        error: SyntaxError,
    },
    /// There is more than one record (§4.5).
    SeveralRecords {
        /// Whose records.
        domain: Name,
        /// How many.
        found: usize,
    },
    /// `include` or `redirect` leads to a name without a record (§5.2, §6.1).
    NoRecord {
        /// The name; `None` if what stands there is no name.
        target: Option<Name>,
        /// True if the name does not exist at all.
        missing_domain: bool,
    },
    /// `mx` found more than ten hosts, and none of the first ten matches (§4.6.4).
    TooManyMxHosts {
        /// How many hosts there are.
        found: usize,
    },
    /// The walk was ended far beyond the limit, so that loops end.
    Endless,
    /// The records are too large to be evaluated to the end. That is our limit and no fault of the
    /// domain, so nothing is known (§4.6.4 has processors bound their work in this way).
    TooLarge,
}

impl Exception {
    /// The result that the exception leads to.
    pub fn result(&self) -> SpfResult {
        match self {
            Self::Dns { .. } | Self::TooLarge => SpfResult::Temperror,
            Self::Syntax { .. }
            | Self::SeveralRecords { .. }
            | Self::NoRecord { .. }
            | Self::TooManyMxHosts { .. }
            | Self::Endless => SpfResult::Permerror,
        }
    }
}

/// A record that the walk visited.
#[derive(Clone, Debug)]
pub struct Visit {
    /// What the name publishes.
    pub published: Arc<Published>,
    /// The term that led there; `None` for the first.
    pub via: Option<TermId>,
}

/// A term that the walk came by: a visit, and an index into its record's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId {
    /// Index into [`Partition::visits`].
    pub visit: u32,
    /// Index into the terms of the record.
    pub term: u32,
}

/// How the evaluation of some addresses ended, limits not yet applied.
#[derive(Clone, Debug, PartialEq)]
pub enum Ruling {
    /// With a result.
    Result(SpfResult),
    /// With an error.
    Exception(Arc<Exception>),
    /// It depends on who sends: the term could not be evaluated for many senders at once.
    Depends(TermId),
}

/// Addresses that are alike in every respect.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Which addresses.
    pub set: IpSet,
    /// How their evaluation ended.
    pub ruling: Ruling,
    /// What they have spent.
    pub spent: Spent,
    /// The term that decided, innermost; `None` if none matched.
    pub by: Option<TermId>,
    /// The term of the outermost record (or of one it redirects to) that decided.
    pub top: Option<TermId>,
    /// Terms passed on the way that depend on the sender: one of them may have matched.
    pub maybe: Vec<TermId>,
    /// A question that failed on the way, where RFC 7208 has receivers go on as if there were no
    /// answer (§5.5): the result stands, and another time it may be another one.
    pub passed_over: Option<Arc<Exception>>,
}

impl Cell {
    /// What a receiver that follows RFC 7208 returns; `None` if it depends on the sender.
    pub fn result(&self) -> Option<SpfResult> {
        self.result_as(Reading::Standard)
    }

    /// What a receiver returns that counts like `reading`.
    pub fn result_as(&self, reading: Reading) -> Option<SpfResult> {
        let void_excess = match reading {
            Reading::Standard => self.spent.voids > VOID_LIMIT,
            Reading::VoidQuestions => self.spent.void_questions > VOID_LIMIT,
            Reading::NoVoidLimit => false,
        };
        if self.spent.lookups > LOOKUP_LIMIT || void_excess {
            return Some(SpfResult::Permerror);
        }
        self.unlimited()
    }

    /// What would have come without any limit; `None` if it depends on the sender.
    pub fn unlimited(&self) -> Option<SpfResult> {
        match &self.ruling {
            Ruling::Result(result) => Some(*result),
            Ruling::Exception(exception) => Some(exception.result()),
            Ruling::Depends(_) => None,
        }
    }

    /// The error that ended the evaluation, if one did.
    pub fn exception(&self) -> Option<&Exception> {
        match &self.ruling {
            Ruling::Exception(exception) => Some(exception),
            _ => None,
        }
    }

    /// The same, to be kept.
    pub(super) fn failure(&self) -> Option<&Arc<Exception>> {
        match &self.ruling {
            Ruling::Exception(exception) => Some(exception),
            _ => None,
        }
    }

    /// True if a limit was passed, so that receivers stopped before the ruling.
    pub fn is_over_limit(&self) -> bool {
        self.spent.lookups > LOOKUP_LIMIT || self.spent.voids > VOID_LIMIT
    }
}

/// The outcome of a walk: cells that cover the universe exactly once.
#[derive(Clone, Debug)]
pub struct Partition {
    /// The family of all addresses in it.
    pub family: Family,
    /// The cells, in the order in which they were decided.
    pub cells: Vec<Cell>,
    /// The records that were visited, in order.
    pub visits: Vec<Visit>,
    /// Terms behind the limit whose hosts were not asked for: whom they name is not known.
    pub unresolved: Vec<TermId>,
}

impl Partition {
    /// The cell that holds an address; `None` outside the universe.
    pub fn cell_of(&self, ip: IpAddr) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.set.contains(ip))
    }

    /// What an address gets; `None` outside the universe, or if it depends on the sender.
    pub fn result_of(&self, ip: IpAddr) -> Option<SpfResult> {
        self.cell_of(ip)?.result()
    }

    /// Every address that gets `result` for certain.
    pub fn with(&self, result: SpfResult) -> IpSet {
        self.gather(|cell| cell.result() == Some(result) && self.is_certain(cell))
    }

    /// Every address that passes, whatever else about its sender is unknown.
    pub fn passing(&self) -> IpSet {
        self.with(SpfResult::Pass)
    }

    /// The addresses of all cells that `belongs` picks.
    pub fn gather(&self, belongs: impl Fn(&Cell) -> bool) -> IpSet {
        let cells = self.cells.iter().filter(|cell| belongs(cell));
        IpSet::from_ranges(self.family, cells.flat_map(|cell| cell.set.ranges().iter().copied()))
    }

    /// The most that any address spends, each count for itself.
    pub fn worst(&self) -> Spent {
        self.cells.iter().fold(Spent::default(), |worst, cell| worst.max(cell.spent))
    }

    /// Terms whose effect depends on who sends, each once, in the order met.
    pub fn sender_dependent(&self) -> Vec<TermId> {
        let mut terms: Vec<TermId> = Vec::new();
        for cell in &self.cells {
            let depends = match cell.ruling {
                Ruling::Depends(term) => Some(term),
                _ => None,
            };
            for term in cell.maybe.iter().copied().chain(depends) {
                if !terms.contains(&term) {
                    terms.push(term);
                }
            }
        }
        terms.sort_unstable();
        terms
    }

    /// True if the result of a cell is the same whatever is not known of the sender: every term
    /// that may have matched on the way would have given the same, and none can have ended the
    /// evaluation.
    pub fn is_certain(&self, cell: &Cell) -> bool {
        let Some(result) = cell.result() else { return false };
        // A term that does not match may have met a void lookup.
        let voids = usize::from(cell.spent.voids) + cell.maybe.len();
        cell.maybe.is_empty()
            || voids <= usize::from(VOID_LIMIT)
                && cell.maybe.iter().all(|term| self.would_give(*term) == Some(result))
    }

    /// What a match of the term leads to in the end; `None` if that depends on what follows, or if
    /// the term may end the evaluation: the unknown target of an include may have no policy.
    pub fn would_give(&self, term: TermId) -> Option<SpfResult> {
        let mut at = term;
        let mut result = None;
        loop {
            let visit = self.visit(at)?;
            let record = &visit.published.usable()?;
            result = match record.terms.get(usize::try_from(at.term).ok()?)?.body {
                Body::Directive(_, Mechanism::Include(_)) if at == term => None,
                Body::Directive(qualifier, _) => Some(qualifier.result()),
                // Whatever the target says is what counts.
                Body::Redirect(_) => result,
                Body::Explanation(_) | Body::Unknown { .. } => None,
            };
            let Some(via) = visit.via else { return result };
            let parent = self.visit(via)?.published.usable()?;
            let through_include = matches!(
                parent.terms.get(usize::try_from(via.term).ok()?)?.body,
                Body::Directive(..)
            );
            if through_include && result != Some(SpfResult::Pass) {
                // An include that does not pass is no match, and the walk goes on.
                return None;
            }
            at = via;
        }
    }

    /// The visit of a term.
    pub fn visit(&self, term: TermId) -> Option<&Visit> {
        self.visits.get(usize::try_from(term.visit).ok()?)
    }

    /// The text of a term, escaped.
    pub fn term_text(&self, term: TermId) -> String {
        self.visit(term)
            .and_then(|visit| visit.published.record())
            .and_then(|parsed| {
                let found = parsed.value.terms.get(usize::try_from(term.term).ok()?)?;
                Some(parsed.value.show(found.span))
            })
            .unwrap_or_default()
    }

    /// The terms that led to the record of a term, outermost first.
    pub fn path(&self, term: TermId) -> Vec<TermId> {
        let mut path = Vec::new();
        let mut via = self.visit(term).and_then(|visit| visit.via);
        while let Some(step) = via {
            path.push(step);
            via = self.visit(step).and_then(|visit| visit.via);
        }
        path.reverse();
        path
    }

    /// True if senders that pass by the policy of a visit pass in the end: every term that led there
    /// hands on a pass.
    pub fn hands_on_pass(&self, visit: &Visit) -> bool {
        let body = |term: TermId| {
            let record = self.visit(term)?.published.usable()?;
            Some(&record.terms.get(usize::try_from(term.term).ok()?)?.body)
        };
        let above = |term: &TermId| self.visit(*term)?.via;
        let mut path = std::iter::successors(visit.via, above);
        path.all(|term| body(term).is_some_and(Body::hands_on_pass))
    }

    /// An index for many membership tests.
    pub fn membership(&self) -> Membership {
        let mut borders: Vec<(u128, u32)> = self
            .cells
            .iter()
            .zip(0_u32..)
            .flat_map(|(cell, index)| cell.set.ranges().iter().map(move |r| (r.first(), index)))
            .collect();
        borders.sort_unstable();
        let mut membership = Membership { borders: Vec::new(), results: Vec::new() };
        for (border, cell) in borders {
            let result = self.cells.get(cell as usize).and_then(Cell::result);
            // Neighbours with the same result need no border between them.
            if membership.results.last() != Some(&result) || membership.borders.is_empty() {
                membership.borders.push(border);
                membership.results.push(result);
            }
        }
        membership
    }
}

/// Results by address, for many tests: a border and a result for each run of addresses.
///
/// Built from a walk over a whole family; an address outside the walk's universe gets the result
/// of its lower neighbour.
#[derive(Clone, Debug)]
pub struct Membership {
    borders: Vec<u128>,
    results: Vec<Option<SpfResult>>,
}

impl Membership {
    /// What the address with this number gets; `None` if it depends on the sender.
    pub fn result_of(&self, number: u128) -> Option<SpfResult> {
        let after = self.borders.partition_point(|border| *border <= number);
        self.results.get(after.checked_sub(1)?).copied().flatten()
    }
}
