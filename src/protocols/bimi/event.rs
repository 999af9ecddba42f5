//! The steps of looking for the record and reading it.

use super::enforcement::Enforcement;
use super::examine::Facts;
use super::fetch::NoFile;
use super::record::Record;
use super::verdict::Judged;
use crate::diagnostic::{self, Step};
use crate::dns::Failure;
use crate::dns::sole::Sole;
use crate::net::Name;
use crate::text::SyntaxError;
use std::sync::Arc;

/// A step.
#[derive(Clone, Debug)]
pub enum Event {
    /// The query, and how many records it found.
    Query {
        /// The name of the record.
        owner: Name,
        /// How many records are left when others are discarded, or why that is unknown.
        records: Result<usize, Failure>,
    },
    /// A text that receivers discard.
    Discarded(Arc<[u8]>),
    /// A fault of the record.
    Fault {
        /// The octets that are wrong.
        found: Box<[u8]>,
        /// The fault.
        error: SyntaxError,
    },
    /// Where the logo is.
    Logo(Box<[u8]>),
    /// Where the certificate is.
    Evidence(Box<[u8]>),
    /// The domain declines to show a logo.
    Declined,
    /// The logo was fetched.
    Fetched {
        /// Where it is.
        url: String,
        /// What the file is, or why there is none.
        file: Result<Judged, NoFile>,
    },
    /// Whether DMARC lets receivers look for the logo.
    Dmarc(Enforcement),
}

impl Event {
    /// The steps behind the facts.
    pub(super) fn trace(facts: &Facts) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        let mut steps: Vec<_> = facts.visits.iter().map(Self::of_visit).collect();
        if facts.published().is_some() && facts.enforcement != Enforcement::NotExamined {
            steps.push(Step::leaf(Self::Dmarc(facts.enforcement.clone()).boxed()));
        }
        steps.extend(facts.logo.iter().map(|logo| Step {
            event: Self::Fetched { url: logo.url.clone(), file: logo.file.clone() }.boxed(),
            answers: logo.answers.clone(),
            steps: Vec::new(),
        }));
        steps
    }

    fn of_visit(visit: &Sole<Record>) -> Step<Box<dyn diagnostic::Event>> {
        let query = Self::Query { owner: visit.owner(), records: visit.count() };
        let discarded = visit.discarded.iter().map(|it| Self::Discarded(Arc::clone(&it.text)));
        let mut parts: Vec<Self> = discarded.collect();
        if let Some(published) = visit.published() {
            let record = published.record();
            parts.extend(published.record.errors.iter().map(|error| Self::Fault {
                found: record.show(error.span).into(),
                error: error.clone(),
            }));
            parts.extend(record.logo.iter().map(|it| Self::Logo(it.uri.clone())));
            parts.extend(record.evidence.iter().map(|it| Self::Evidence(it.uri.clone())));
            parts.extend(record.is_declined.then_some(Self::Declined));
        }
        Step {
            event: query.boxed(),
            answers: visit.answer.iter().map(Arc::clone).collect(),
            steps: parts.into_iter().map(|part| Step::leaf(part.boxed())).collect(),
        }
    }

    fn boxed(self) -> Box<dyn diagnostic::Event> {
        Box::new(self)
    }
}
