//! The steps of looking for the record and reading it.

use super::examine::Facts;
use super::fetch::{NoPolicy, PolicyFile};
use super::policy::{Mode, Policy};
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
    /// The policy file was asked for.
    File {
        /// Where it is.
        url: String,
        /// The policy, or why senders have none.
        policy: Result<Policy, NoPolicy>,
    },
    /// An MX host, and whether the policy names it.
    Host {
        /// The host.
        host: Name,
        /// True if a pattern matches it.
        is_matched: bool,
    },
}

impl Event {
    /// The steps behind the facts.
    pub(super) fn trace(facts: &Facts) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        let record = &facts.record;
        let query = Self::Query { owner: record.owner(), records: record.count() };
        let discarded = record.discarded.iter().map(|it| Self::Discarded(Arc::clone(&it.text)));
        let mut parts: Vec<Self> = discarded.collect();
        if let Some(published) = record.published() {
            let record = published.record();
            let faults = published.record.errors.iter();
            parts.extend(faults.map(|error| Self::Fault {
                found: record.show(error.span).into(),
                error: error.clone(),
            }));
            parts.extend(record.id.map(|id| Self::Id(record.show(id).into())));
        }
        let query = Step {
            event: query.boxed(),
            answers: facts.record.answer.iter().map(Arc::clone).collect(),
            steps: parts.into_iter().map(|part| Step::leaf(part.boxed())).collect(),
        };
        std::iter::once(query).chain(facts.file.as_ref().map(Self::of_file)).collect()
    }

    /// The steps behind the policy file.
    fn of_file(file: &PolicyFile) -> Step<Box<dyn diagnostic::Event>> {
        let hosts =
            file.policy.iter().filter(|policy| policy.mode != Mode::None).flat_map(|policy| {
                let hosts = file.hosts.iter().flatten();
                hosts
                    .map(|host| Self::Host { host: host.clone(), is_matched: policy.matches(host) })
            });
        let event = Self::File { url: file.request.url(), policy: file.policy.clone() };
        Step {
            event: event.boxed(),
            answers: file.answers.clone(),
            steps: hosts.map(|host| Step::leaf(host.boxed())).collect(),
        }
    }

    fn boxed(self) -> Box<dyn diagnostic::Event> {
        Box::new(self)
    }
}
