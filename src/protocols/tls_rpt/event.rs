//! The steps of looking for the record and reading it.

use super::examine::Facts;
use super::record::Record;
use super::uri::{ReportUri, Scheme};
use crate::diagnostic::{self, Step};
use crate::protocols::SoleEvent;

/// A step.
#[derive(Clone, Debug)]
pub enum Event {
    /// What was found at the name of the record.
    Record(SoleEvent),
    /// A destination of reports.
    Destination {
        /// Its URI.
        uri: Box<[u8]>,
        /// How a report travels there.
        scheme: Scheme,
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
            let destination =
                |uri: &ReportUri| Self::Destination { uri: uri.text.clone(), scheme: uri.scheme };
            record.rua.iter().map(destination).collect()
        };
        vec![SoleEvent::step(facts, Record::show, says)]
    }
}
