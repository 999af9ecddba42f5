//! The tree of reasoning.

use crate::dns::Answer;
use crate::text::{Citation, Phrase};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One finished step: what was decided and how it came out, the answers it used, and the smaller
/// steps it is made of. A step exists only when it is finished.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<E> {
    /// What was decided and how it came out.
    pub event: E,
    /// The answers that the decision rests on.
    pub answers: Vec<Arc<Answer>>,
    /// The smaller steps, in order.
    pub steps: Vec<Step<E>>,
}

impl<E> Step<E> {
    /// A step without answers or parts.
    pub fn leaf(event: E) -> Self {
        Self { event, answers: Vec::new(), steps: Vec::new() }
    }

    /// A step that rests on one answer.
    pub fn on(event: E, answer: Arc<Answer>) -> Self {
        Self { event, answers: vec![answer], steps: Vec::new() }
    }
}

/// How a step sounds: good news, bad news, neither, or nothing known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// It speaks for the domain.
    Good,
    /// It speaks against the domain.
    Bad,
    /// It only leads on.
    Plain,
    /// It could not be told.
    Unknown,
}

/// A step in words.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// One sentence, without a full stop.
    pub headline: Phrase,
    /// How it sounds.
    pub tone: Tone,
    /// The section that decides it.
    pub cite: Option<Citation>,
}

/// What every protocol's steps can say of themselves.
pub trait Event {
    /// The words for a reader.
    fn explain(&self) -> Explanation;

    /// The same as data for a machine: an object whose `event` member names the kind of step.
    fn machine(&self) -> serde_json::Value;
}

impl<E: Event + ?Sized> Event for Box<E> {
    fn explain(&self) -> Explanation {
        (**self).explain()
    }

    fn machine(&self) -> serde_json::Value {
        (**self).machine()
    }
}
