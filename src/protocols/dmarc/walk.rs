//! The DNS Tree Walk (RFC 9989 §4.10) and the Organizational Domain that it finds (§4.10.2).
//!
//! The names of a walk are known before it begins, and only the answers tell where it ends. So all
//! of them are asked at once and read in order; a walk costs one round trip, and the names behind
//! its end are neither waited for nor shown.

use super::event::Event;
use super::record::Psd;
use super::visit::{Found, Published, Visit, question};
use crate::diagnostic::Step;
use crate::dns::{Dns, Failure, InOrder};
use crate::net::Name;
use std::sync::Arc;

/// A name with this many labels or more is cut to [`LONGEST_ANCESTOR`] after the first question.
const SHORTCUT: usize = 8;
/// Labels of the longest ancestor that a walk looks at.
const LONGEST_ANCESTOR: usize = 7;

/// A finished walk.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    /// Where it started.
    pub start: Name,
    /// The names it looked at, longest first, at most eight.
    pub visits: Vec<Visit>,
}

/// The Organizational Domain of a name, and why it is that.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Organization {
    /// The domain.
    pub domain: Name,
    /// The rule of RFC 9989 §4.10.2 that chose it.
    pub rule: Selection,
}

/// The rules of RFC 9989 §4.10.2 in their order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Selection {
    /// Its record says `psd=n`.
    SaysSo,
    /// The name one label above has a record with `psd=y`.
    BelowPublicSuffix(Name),
    /// It is the shortest of the names with a record.
    FewestLabels,
    /// No name has a record, so a domain is its own organization.
    NoRecord,
    /// The only record is that of a Public Suffix Domain, at which the walk started.
    IsPublicSuffix,
}

/// Walks from a name towards the root.
pub async fn walk(dns: &dyn Dns, start: &Name) -> Walk {
    let names = names(start);
    let questions: Vec<_> = names.iter().filter_map(question).collect();
    // Only the first name can be too long for a question.
    let is_too_long = questions.len() < names.len();
    let mut answers = InOrder::ask(dns, &questions);
    let mut visits = Vec::with_capacity(names.len());
    for name in names {
        let answer = if is_too_long && visits.is_empty() { None } else { answers.next().await };
        let visit = Visit::read(name, answer);
        // RFC 9989 §4.10: "If a single record remains and it contains either a "psd=y" tag or a
        // "psd=n" tag, stop."
        let is_end = visit.published().is_some_and(|one| one.record().suffix() != Psd::Unspecified);
        visits.push(visit);
        if is_end {
            break;
        }
    }
    Walk { start: start.clone(), visits }
}

/// The names of a whole walk, longest first.
fn names(start: &Name) -> Vec<Name> {
    let count = start.label_count();
    // RFC 9989 §4.10: "If x >= 8, remove the left-most (highest-numbered) labels from the subject
    // domain until 7 labels remain."
    let next = if count >= SHORTCUT { LONGEST_ANCESTOR } else { count.saturating_sub(1) };
    let first = (count > 0).then(|| start.clone());
    first.into_iter().chain((1..=next).rev().map(|labels| start.suffix(labels))).collect()
}

impl Walk {
    /// What was found at a name, if the walk came there.
    pub fn visit(&self, domain: &Name) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.domain == *domain)
    }

    /// The record at a name, if the walk came there and found exactly one.
    pub fn published(&self, domain: &Name) -> Option<&Arc<Published>> {
        self.visit(domain)?.published()
    }

    /// The first name that could not be asked, and why.
    pub fn failure(&self) -> Option<(&Name, &Failure)> {
        self.visits.iter().find_map(|visit| match &visit.found {
            Found::Failed(failure) => Some((&visit.domain, failure)),
            _ => None,
        })
    }

    /// The record of the Public Suffix Domain above the start, if the walk ended at one.
    pub fn public_suffix(&self) -> Option<&Arc<Published>> {
        let last = self.visits.last()?.published()?;
        (last.record().suffix() == Psd::Yes && last.domain != self.start).then_some(last)
    }

    /// The Organizational Domain of the start; `None` if a failure may hide a record.
    pub fn organization(&self) -> Option<Organization> {
        if self.failure().is_some() {
            return None;
        }
        // Only the last record can say psd=n or psd=y, because the walk ends there.
        let last = self.visits.iter().filter_map(Visit::published).next_back();
        let (domain, rule) = match last.map(|last| (last, last.record().suffix())) {
            None => (self.start.clone(), Selection::NoRecord),
            Some((last, Psd::No)) => (last.domain.clone(), Selection::SaysSo),
            Some((last, Psd::Yes)) if last.domain == self.start => {
                (self.start.clone(), Selection::IsPublicSuffix)
            }
            Some((last, Psd::Yes)) => {
                let below = self.start.suffix(last.domain.label_count() + 1);
                (below, Selection::BelowPublicSuffix(last.domain.clone()))
            }
            Some((last, Psd::Unspecified)) => (last.domain.clone(), Selection::FewestLabels),
        };
        Some(Organization { domain, rule })
    }

    /// The walk as a step, one part a name.
    pub fn step(&self) -> Step<Event> {
        let steps = self.visits.iter().map(|visit| Step {
            event: Event::Visit(visit.clone()),
            answers: visit.answer.iter().cloned().collect(),
            steps: Vec::new(),
        });
        Step {
            event: Event::Walk { start: self.start.clone(), organization: self.organization() },
            answers: Vec::new(),
            steps: steps.collect(),
        }
    }
}
