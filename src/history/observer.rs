//! A decorator that keeps what was answered, so that a look can be stored.

use super::observation::Observed;
use crate::dns::{Dns, Lookup, Question, Trouble};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Passes questions on and keeps the first answer to each, as a history stores it: a thousand domains have
/// tens of thousands of answers, which take ten times the room as values.
#[derive(Debug)]
pub struct Observer<D> {
    under: D,
    seen: Mutex<BTreeMap<Question, Observed>>,
}

impl<D: Dns> Observer<D> {
    /// Keeps what `under` answers.
    pub fn new(under: D) -> Self {
        Self { under, seen: Mutex::default() }
    }

    /// Takes what was answered so far, by question. Queries that were not sent are no observations.
    pub fn take(&self) -> BTreeMap<Question, Observed> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<D: Dns> Dns for Observer<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move {
            let answer = self.under.lookup(question).await;
            let trouble = answer.failure().map(|failure| failure.trouble);
            let was_sent = !matches!(
                trouble,
                Some(Trouble::NotQueried | Trouble::NotRecorded | Trouble::OverBudget)
            );
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if was_sent && !seen.contains_key(question) {
                seen.insert(question.clone(), Observed::of(&answer));
            }
            answer
        })
    }
}
