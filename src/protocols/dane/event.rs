//! The steps of looking at the MX hosts.

use super::examine::{Facts, Host, State};
use crate::diagnostic::{self, Step};
use crate::net::{Association, Name};
use std::sync::Arc;

/// A step.
#[derive(Clone, Debug)]
pub enum Event {
    /// The MX records, and whether the resolver vouches for them.
    Mx {
        /// The domain.
        domain: Name,
        /// `None` if it says nothing of that.
        is_authentic: Option<bool>,
    },
    /// An MX host, and what its records mean.
    Host {
        /// The name of the records.
        owner: Name,
        /// What they mean.
        state: State,
    },
    /// A record.
    Record(Association),
}

impl Event {
    /// The steps behind the facts.
    pub(super) fn trace(facts: &Facts) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        let (domain, is_authentic) = (facts.mx.question.name.clone(), facts.mx.authentic);
        let mx = Step {
            event: Self::Mx { domain, is_authentic }.boxed(),
            answers: vec![Arc::clone(&facts.mx)],
            steps: Vec::new(),
        };
        std::iter::once(mx).chain(facts.hosts.iter().map(Self::of_host)).collect()
    }

    fn of_host(host: &Host) -> Step<Box<dyn diagnostic::Event>> {
        let owner = host.tlsa.question.name.clone();
        let records = host.records.iter().cloned();
        Step {
            event: Self::Host { owner, state: host.state() }.boxed(),
            answers: vec![Arc::clone(&host.tlsa)],
            steps: records.map(|record| Step::leaf(Self::Record(record).boxed())).collect(),
        }
    }

    fn boxed(self) -> Box<dyn diagnostic::Event> {
        Box::new(self)
    }
}
