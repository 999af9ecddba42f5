//! The steps of looking for the record and reading it.

use super::examine::Facts;
use crate::diagnostic::{self, Step};
use crate::dns::Failure;
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
    /// A text that senders discard.
    Discarded(Arc<[u8]>),
    /// A fault of the record.
    Fault {
        /// The octets that are wrong.
        found: Box<[u8]>,
        /// The fault.
        error: SyntaxError,
    },
    /// The `id` of the policy.
    Id(Box<[u8]>),
}

impl Event {
    /// The steps behind the facts.
    pub(super) fn trace(facts: &Facts) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        let query = Self::Query { owner: facts.owner(), records: facts.count() };
        let discarded = facts.discarded.iter().map(|it| Self::Discarded(Arc::clone(&it.text)));
        let mut parts: Vec<Self> = discarded.collect();
        if let Some(published) = facts.published() {
            let record = published.record();
            let faults = published.record.errors.iter();
            parts.extend(faults.map(|error| Self::Fault {
                found: record.show(error.span).into(),
                error: error.clone(),
            }));
            parts.extend(record.id.map(|id| Self::Id(record.show(id).into())));
        }
        vec![Step {
            event: query.boxed(),
            answers: facts.answer.iter().map(Arc::clone).collect(),
            steps: parts.into_iter().map(|part| Step::leaf(part.boxed())).collect(),
        }]
    }

    fn boxed(self) -> Box<dyn diagnostic::Event> {
        Box::new(self)
    }
}
