//! The steps of a search, as they are recorded.

use super::search::{Facts, Found, Tried};
use super::selector::Selector;
use crate::diagnostic::Step;
use crate::net::Name;
use std::sync::Arc;

/// A step of the search for keys.
#[derive(Clone, Debug)]
pub enum Event {
    /// The search as a whole.
    Search {
        /// The domain.
        domain: Name,
        /// How many selectors were tried.
        tried: usize,
        /// How many of them have a key record of their own.
        found: usize,
        /// How many could not be told about.
        failed: usize,
        /// True if it is proved that there is no key.
        is_proved_none: bool,
    },
    /// What `_domainkey` itself says.
    Apex {
        /// The name.
        name: Name,
        /// What that means.
        says: Apex,
    },
    /// A selector that nobody publishes has a key.
    Wildcard(Arc<Tried>),
    /// A selector at which something stands, or which could not be told about.
    Selector(Arc<Tried>),
    /// The selectors at which nothing stands.
    Nothing(Vec<Selector>),
}

/// What the answer at `_domainkey` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apex {
    /// The name does not exist, so there is nothing below it.
    ProvesNone,
    /// The name is said not to exist, and yet there are keys below it.
    Contradicts,
    /// The name exists, or stands for another one: keys may exist.
    LeavesOpen,
    /// It could not be told.
    Failed,
}

impl Event {
    /// The steps behind the facts.
    pub(super) fn story(facts: &Facts) -> Step<Self> {
        let mut steps = Vec::new();
        steps.extend(Self::apex(facts));
        steps.extend(
            facts.wildcard.iter().map(|probe| {
                Step::on(Self::Wildcard(Arc::clone(probe)), Arc::clone(&probe.answer))
            }),
        );
        let mut silent = Step::leaf(Vec::new());
        for tried in facts.tried.iter().filter(|tried| !tried.is_by_wildcard) {
            match tried.found {
                Found::Nothing => {
                    silent.event.push(tried.candidate.selector.clone());
                    silent.answers.push(Arc::clone(&tried.answer));
                }
                _ => steps
                    .push(Step::on(Self::Selector(Arc::clone(tried)), Arc::clone(&tried.answer))),
            }
        }
        if !silent.event.is_empty() {
            let Step { event, answers, .. } = silent;
            steps.push(Step { event: Self::Nothing(event), answers, steps: Vec::new() });
        }
        let event = Self::Search {
            domain: facts.domain.clone(),
            tried: facts.tried.len(),
            found: facts.keyed().count(),
            failed: facts.failed().count(),
            is_proved_none: facts.is_proved_none(),
        };
        Step { event, answers: Vec::new(), steps }
    }

    fn apex(facts: &Facts) -> Option<Step<Self>> {
        let answer = facts.apex.as_ref()?;
        let says = match &answer.outcome {
            crate::dns::Outcome::Failed(_) => Apex::Failed,
            crate::dns::Outcome::NxDomain if facts.is_proved_none() => Apex::ProvesNone,
            crate::dns::Outcome::NxDomain if answer.aliases.is_empty() => Apex::Contradicts,
            _ => Apex::LeavesOpen,
        };
        let name = answer.question.name.clone();
        Some(Step::on(Self::Apex { name, says }, Arc::clone(answer)))
    }
}
