//! The steps of looking for the record and reading it.

use super::examine::Facts;
use super::fetch::{NoPolicy, PolicyFile};
use super::policy::{Mode, Policy};
use super::record::Record;
use crate::diagnostic::{self, Step};
use crate::net::Name;
use crate::protocols::SoleEvent;

/// A step.
#[derive(Clone, Debug)]
pub enum Event {
    /// What was found at the name of the record.
    Record(SoleEvent),
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

impl From<SoleEvent> for Event {
    fn from(event: SoleEvent) -> Self {
        Self::Record(event)
    }
}

impl Event {
    /// The steps behind the facts.
    pub(super) fn trace(facts: &Facts) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        let says = |record: &Record| -> Vec<Self> {
            record.id.map(|id| Self::Id(record.show(id).into())).into_iter().collect()
        };
        let query = SoleEvent::step(&facts.record, Record::show, says);
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
