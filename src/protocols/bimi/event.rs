//! The steps of looking for the record and reading it.

use super::enforcement::Enforcement;
use super::examine::Facts;
use super::fetch::NoFile;
use super::mark::Mark;
use super::record::Record;
use super::verdict::Judged;
use crate::diagnostic::{self, Step};
use crate::protocols::SoleEvent;

/// A step.
#[derive(Clone, Debug)]
pub enum Event {
    /// What was found at the name of the record.
    Record(SoleEvent),
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
    /// The mark certificate was fetched.
    Certified {
        /// Where it is.
        url: String,
        /// What it is, or why there is none.
        file: Result<Mark, NoFile>,
    },
    /// Whether DMARC lets receivers look for the logo.
    Dmarc(Enforcement),
}

impl From<SoleEvent> for Event {
    fn from(event: SoleEvent) -> Self {
        Self::Record(event)
    }
}

impl Event {
    /// The steps behind the facts.
    pub(super) fn trace(facts: &Facts) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        let looked = |visit| SoleEvent::step(visit, Record::show, Self::said);
        let mut steps: Vec<_> = facts.visits.iter().map(looked).collect();
        if facts.published().is_some() && facts.enforcement != Enforcement::NotExamined {
            steps.push(Step::leaf(Self::Dmarc(facts.enforcement.clone()).boxed()));
        }
        steps.extend(facts.logo.iter().map(|logo| Step {
            event: Self::Fetched { url: logo.url.clone(), file: logo.file.clone() }.boxed(),
            answers: logo.answers.clone(),
            steps: Vec::new(),
        }));
        steps.extend(facts.evidence.iter().map(|evidence| Step {
            event:
                Self::Certified { url: evidence.url.clone(), file: evidence.file.clone() }.boxed(),
            answers: evidence.answers.clone(),
            steps: Vec::new(),
        }));
        steps
    }

    /// What a record says.
    fn said(record: &Record) -> Vec<Self> {
        let logo = record.logo.iter().map(|it| Self::Logo(it.uri.clone()));
        let evidence = record.evidence.iter().map(|it| Self::Evidence(it.uri.clone()));
        logo.chain(evidence).chain(record.is_declined.then_some(Self::Declined)).collect()
    }

    fn boxed(self) -> Box<dyn diagnostic::Event> {
        Box::new(self)
    }
}
