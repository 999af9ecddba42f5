//! One zone of a file as the only source there is.

use super::Facts;
use crate::dns::{Answer, Dns, Failure, Kind, Lookup, Outcome, Question, Trouble};
use crate::net::{Name, is_registered};
use crate::zonefile::Zone;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Answers from one zone of a file. What lies outside is not known, and neither is what is not there
/// if the file says nothing about that.
#[derive(Debug)]
pub struct Alone<'f> {
    zone: &'f Zone,
    is_whole: bool,
    /// The top of the zone, if it stands directly below a public suffix.
    registered: Option<&'f Name>,
    has_failed: AtomicBool,
}

impl<'f> Alone<'f> {
    /// The answers of one zone of a file.
    pub fn new(facts: &'f Facts, zone: &'f Zone) -> Self {
        let registered = zone.apex().filter(|apex| is_registered(apex));
        Self {
            zone,
            is_whole: facts.is_whole(zone),
            registered,
            has_failed: AtomicBool::new(false),
        }
    }

    /// True if the names above the zone are taken to have no DMARC policy: there is nothing above
    /// it but a public suffix, and hardly one of these publishes any.
    pub fn supposes_no_policy_above(&self) -> bool {
        self.is_whole && self.registered.is_some()
    }

    /// True if a question was asked that the file does not answer.
    pub fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Relaxed)
    }

    /// True for the question for a policy above the zone.
    fn is_supposed(&self, question: &Question) -> bool {
        let Some(apex) = self.registered.filter(|_| self.is_whole) else { return false };
        let mut labels = question.name.labels();
        question.kind == Kind::Txt
            && labels.next() == Some(b"_dmarc")
            && question.name.parent().is_some_and(|domain| {
                domain.label_count() < apex.label_count() && apex.is_within(&domain)
            })
    }

    fn is_top(&self, answer: &Answer) -> bool {
        let last = answer.aliases.last().unwrap_or(&answer.question.name);
        self.zone.apex() == Some(last)
    }

    fn heard(&self, answer: Arc<Answer>) -> Arc<Answer> {
        let outcome = match &answer.outcome {
            // The top of a zone exists, whatever stands there: the SOA record does.
            Outcome::NxDomain if self.is_whole && self.is_top(&answer) => Outcome::NoData,
            Outcome::NoData | Outcome::NxDomain if !self.is_whole => {
                self.has_failed.store(true, Ordering::Relaxed);
                let why = "the file does not say what is not there";
                Outcome::Failed(Failure::because(Trouble::Network, why))
            }
            Outcome::Failed(_) if self.is_supposed(&answer.question) => Outcome::NxDomain,
            Outcome::Failed(_) => {
                self.has_failed.store(true, Ordering::Relaxed);
                return answer;
            }
            _ => return answer,
        };
        Arc::new(Answer { outcome, ..Answer::clone(&answer) })
    }
}

impl Dns for Alone<'_> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move { self.heard(self.zone.lookup(question).await) })
    }
}
