//! Every query and every step, folded.

use super::fragment::{Words, class, fragments};
use crate::render::words::{counted, queries};
use crate::report::{Domain, Lookup, LookupOutcome, Step};
use crate::text::Phrase;
use askama::Template;

/// Queries that are shown; the others are counted.
const MOST_LOOKUPS: usize = 400;

/// Steps that are shown; the others are counted.
const MOST_STEPS: usize = 1500;

/// Characters of a record that are shown.
const LONGEST_RECORD: usize = 1000;

/// The evidence of a domain.
#[derive(Template)]
#[template(path = "report/evidence.html")]
pub(super) struct Evidence<'d> {
    domain: &'d Domain,
    sections: Vec<(&'static str, Vec<Branch<'d>>)>,
    steps: usize,
    left_out: usize,
}

/// A step with those below it.
#[derive(Template)]
#[template(path = "report/step.html")]
struct Branch<'d> {
    step: &'d Step,
    branches: Vec<Branch<'d>>,
}

fragments!(Evidence<'_>, Branch<'_>);

impl<'d> Evidence<'d> {
    pub(super) fn new(domain: &'d Domain) -> Self {
        let mut room = MOST_STEPS;
        let mut sections = Vec::new();
        let mut steps = 0;
        for view in domain.sections().iter().filter(|view| !view.steps.is_empty()) {
            steps += count(view.steps);
            sections.push((view.protocol.title(), branches(view.steps, &mut room)));
        }
        Self { domain, sections, steps, left_out: steps.saturating_sub(MOST_STEPS) }
    }

    fn is_empty(&self) -> bool {
        self.steps == 0 && self.domain.lookups.is_empty()
    }

    fn queries(&self) -> String {
        queries(self.domain.lookups.len())
    }

    fn step_count(&self) -> String {
        counted(self.steps, "step")
    }

    fn lookups(&self) -> &'d [Lookup] {
        let all = &self.domain.lookups;
        all.get(..MOST_LOOKUPS).unwrap_or(all)
    }

    fn lookups_left_out(&self) -> usize {
        self.domain.lookups.len().saturating_sub(MOST_LOOKUPS)
    }

    fn class(&self, outcome: &LookupOutcome) -> &'static str {
        match outcome {
            LookupOutcome::Records => "",
            LookupOutcome::NoData | LookupOutcome::NxDomain => "weak",
            LookupOutcome::Failed(_) => "unknown",
        }
    }

    fn number(&self, value: Option<u64>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }

    fn ttl(&self, lookup: &Lookup) -> String {
        self.number(lookup.ttl_s.map(u64::from))
    }

    fn record(&self, record: &str) -> String {
        match record.char_indices().nth(LONGEST_RECORD) {
            Some((end, _)) => {
                let begin = record.get(..end).unwrap_or_default();
                format!("{begin}…[{} characters]", record.chars().count())
            }
            None => record.to_owned(),
        }
    }
}

impl Branch<'_> {
    fn class(&self) -> &'static str {
        class::of_tone(self.step.tone)
    }

    /// The mark before it, with the word for it.
    fn mark(&self) -> (&'static str, &'static str) {
        match self.class() {
            "good" => ("✓", "passes: "),
            "bad" => ("✗", "fails: "),
            "unknown" => ("?", "unknown: "),
            _ => ("·", ""),
        }
    }

    fn words<'w>(&self, phrase: &'w Phrase) -> Words<'w> {
        Words(phrase)
    }
}

fn count(steps: &[Step]) -> usize {
    steps.iter().map(|step| 1 + count(&step.steps)).sum()
}

fn branches<'d>(steps: &'d [Step], room: &mut usize) -> Vec<Branch<'d>> {
    let mut branches = Vec::new();
    for step in steps {
        let Some(rest) = room.checked_sub(1) else { return branches };
        *room = rest;
        branches.push(Branch { step, branches: self::branches(&step.steps, room) });
    }
    branches
}
