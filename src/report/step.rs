//! The uniform step that every renderer knows.

use super::{LookupId, Lookups};
use crate::diagnostic::{self, Event, Tone};
use crate::text::{Cited, Phrase};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step of reasoning, in words and as data.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Step {
    /// One sentence.
    pub headline: Phrase,
    /// How it sounds.
    pub tone: Tone,
    /// The section that decides it.
    pub cite: Option<Cited>,
    /// The typed event, for machines.
    pub event: Value,
    /// The lookups it rests on.
    pub lookups: Vec<LookupId>,
    /// The smaller steps, in order.
    pub steps: Vec<Step>,
}

/// Levels of steps that a report keeps. Ten lookups, each inside the other, need two levels each;
/// what lies deeper is beyond every limit, and readers of JSON have limits of their own.
const DEPTH_LIMIT: usize = 26;

/// What a step is to the path that a check of SPF takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// A policy is evaluated.
    Policy,
    /// A term of a policy is.
    Term,
    /// What adds detail, and every step of another protocol.
    Detail,
}

impl Step {
    /// What it is to the path of a check, by the name of its event.
    pub fn part(&self) -> Part {
        match self.event.get("event").and_then(Value::as_str) {
            Some("check_host") => Part::Policy,
            Some("term") => Part::Term,
            _ => Part::Detail,
        }
    }

    /// True if a term matched.
    pub fn is_match(&self) -> bool {
        self.part() == Part::Term && self.event.get("result").is_some_and(Value::is_string)
    }

    /// Turns a protocol's typed step into a uniform one; its answers join the table.
    pub(super) fn from_trace<E: Event>(step: &diagnostic::Step<E>, lookups: &mut Lookups) -> Self {
        Self::at_depth(step, lookups, DEPTH_LIMIT)
    }

    /// Lets the answers of a typed step join the table, and makes nothing else of it.
    pub(super) fn note_answers<E: Event>(step: &diagnostic::Step<E>, lookups: &mut Lookups) {
        Self::note_to_depth(step, lookups, DEPTH_LIMIT);
    }

    fn note_to_depth<E: Event>(step: &diagnostic::Step<E>, lookups: &mut Lookups, levels: usize) {
        for answer in &step.answers {
            lookups.note(answer);
        }
        if let Some(levels) = levels.checked_sub(1) {
            step.steps.iter().for_each(|step| Self::note_to_depth(step, lookups, levels));
        }
    }

    fn at_depth<E: Event>(
        step: &diagnostic::Step<E>,
        lookups: &mut Lookups,
        levels: usize,
    ) -> Self {
        let explanation = step.event.explain();
        let own = step.answers.iter().map(|answer| lookups.note(answer)).collect();
        let steps = match levels.checked_sub(1) {
            Some(levels) => {
                step.steps.iter().map(|step| Self::at_depth(step, lookups, levels)).collect()
            }
            None if step.steps.is_empty() => Vec::new(),
            None => vec![Self::left_out()],
        };
        Self {
            headline: explanation.headline,
            tone: explanation.tone,
            cite: explanation.cite.map(Cited::from),
            event: step.event.machine(),
            lookups: own,
            steps,
        }
    }

    fn left_out() -> Self {
        Self {
            headline: Phrase::from("deeper steps omitted: beyond every limit"),
            tone: Tone::Plain,
            cite: None,
            event: serde_json::json!({"event": "left_out"}),
            lookups: Vec::new(),
            steps: Vec::new(),
        }
    }
}
