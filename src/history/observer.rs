//! A decorator that keeps what was answered, so that a look can be stored.

use crate::dns::{Answer, Dns, Lookup, Question, Trouble};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Passes questions on and keeps the first answer to each.
#[derive(Debug)]
pub struct Observer<D> {
    under: D,
    seen: Mutex<BTreeMap<Question, Arc<Answer>>>,
}

impl<D: Dns> Observer<D> {
    /// Keeps what `under` answers.
    pub fn new(under: D) -> Self {
        Self { under, seen: Mutex::default() }
    }

    /// What was answered so far, by question. Queries that were not sent are no observations.
    pub fn answers(&self) -> Vec<Arc<Answer>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let was_sent = |answer: &&Arc<Answer>| {
            let trouble = answer.failure().map(|failure| failure.trouble);
            !matches!(
                trouble,
                Some(Trouble::NotQueried | Trouble::NotRecorded | Trouble::OverBudget)
            )
        };
        seen.values().filter(was_sent).cloned().collect()
    }
}

impl<D: Dns> Dns for Observer<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move {
            let answer = self.under.lookup(question).await;
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = seen.entry(question.clone()).or_insert_with(|| Arc::clone(&answer));
            Arc::clone(kept)
        })
    }
}
