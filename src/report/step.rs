//! The uniform step that every renderer knows.

use super::{LookupId, Lookups};
use crate::judge::{self, Event, Tone};
use crate::text::{Citation, Phrase};
use serde::Serialize;
use serde_json::Value;

/// One step of reasoning, in words and as data.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// One sentence.
    pub headline: Phrase,
    /// How it sounds.
    pub tone: Tone,
    /// The section that decides it.
    pub cite: Option<Citation>,
    /// The typed event, for machines.
    pub event: Value,
    /// The lookups it rests on.
    pub lookups: Vec<LookupId>,
    /// The smaller steps, in order.
    pub steps: Vec<Step>,
}

impl Step {
    /// Turns a protocol's typed step into a uniform one; its answers join the table.
    pub fn from_trace<E: Event>(step: &judge::Step<E>, lookups: &mut Lookups) -> Self {
        let explanation = step.event.explain();
        Self {
            headline: explanation.headline,
            tone: explanation.tone,
            cite: explanation.cite,
            event: step.event.machine(),
            lookups: step.answers.iter().map(|answer| lookups.note(answer)).collect(),
            steps: step.steps.iter().map(|step| Self::from_trace(step, lookups)).collect(),
        }
    }
}
