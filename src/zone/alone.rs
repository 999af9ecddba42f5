//! One zone of a file as the only source there is.

use super::Facts;
use crate::dns::{
    Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Record, Trouble,
};
use crate::net::{Name, is_registered};
use crate::protocols::dmarc;
use crate::zonefile::Zone;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What an answer weighs beside its records: about what it costs to find it, in octets of text that
/// are read at that cost.
const ANSWER: usize = 100;
/// What a record weighs beside its text.
const RECORD: usize = 64;

/// Answers from one zone of a file. What lies outside is not known, and neither is what is not there
/// if the file says nothing about that.
///
/// Answers have a weight, and from a given weight on there are no more of them. A record can be as
/// large as the file allows, and thousands of names can lead to the same one.
#[derive(Debug)]
pub struct Alone<'f> {
    zone: &'f Zone,
    is_whole: bool,
    /// The top of the zone, if it stands directly below a public suffix.
    registered: Option<&'f Name>,
    has_failed: AtomicBool,
    /// What all answers may weigh together.
    limit: usize,
    weight: AtomicUsize,
    is_exhausted: AtomicBool,
}

impl<'f> Alone<'f> {
    /// The answers of one zone of a file, up to a weight in octets.
    pub fn new(facts: &'f Facts, zone: &'f Zone, limit: usize) -> Self {
        let registered = zone.apex().filter(|apex| is_registered(apex));
        Self {
            zone,
            is_whole: facts.is_whole(zone),
            registered,
            has_failed: AtomicBool::new(false),
            limit,
            weight: AtomicUsize::new(0),
            is_exhausted: AtomicBool::new(false),
        }
    }

    /// What the answers so far weigh, in octets.
    pub fn weight(&self) -> usize {
        self.weight.load(Ordering::Relaxed)
    }

    /// True if a question got no answer because those before it weigh as much as they may.
    pub fn is_exhausted(&self) -> bool {
        self.is_exhausted.load(Ordering::Relaxed)
    }

    /// True if the names above the zone are taken to have no DMARC policy: there is nothing above
    /// it but a public suffix, and hardly one of these publishes any.
    pub fn assumes_no_policy_above(&self) -> bool {
        self.is_whole && self.registered.is_some()
    }

    /// True if a question was asked that the file does not answer.
    pub fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Relaxed)
    }

    /// True for the question for a policy above the zone.
    fn is_assumed(&self, question: &Question) -> bool {
        let Some(apex) = self.registered.filter(|_| self.is_whole) else { return false };
        let mut labels = question.name.labels();
        question.kind == Kind::Txt
            && labels.next() == Some(dmarc::LABEL.as_bytes())
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
                let why = "not in the file";
                Outcome::Failed(Failure::because(Trouble::NotQueried, why))
            }
            Outcome::Failed(_) if self.is_assumed(&answer.question) => Outcome::NxDomain,
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
        Box::pin(async move {
            if self.weight() > self.limit {
                self.is_exhausted.store(true, Ordering::Relaxed);
                self.has_failed.store(true, Ordering::Relaxed);
                let why = "limit of checked names reached";
                let outcome = Outcome::Failed(Failure::because(Trouble::NotQueried, why));
                let source = Provenance::Zone(Arc::clone(self.zone.file()));
                return Arc::new(Answer::new(question.clone(), outcome, source));
            }
            let answer = self.zone.lookup(question).await;
            self.weight.fetch_add(weight(&answer), Ordering::Relaxed);
            self.heard(answer)
        })
    }
}

fn weight(answer: &Answer) -> usize {
    let text = |record: &Record| match &record.data {
        Data::Txt(strings) => strings.iter().map(|string| string.len()).sum(),
        _ => 0,
    };
    ANSWER + answer.records().iter().map(|record| RECORD + text(record)).sum::<usize>()
}
