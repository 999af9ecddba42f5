//! What an evaluation decides, step by step, as data.

use super::expand::Lack;
use super::partition::{Exception, Spent, SpfResult};
use super::policy::Published;
use super::record::{Body, Mechanism, Qualifier, Term};
use super::walk::{Cohort, Split};
use crate::net::{Family, Name};
use std::sync::Arc;

/// One decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The policy of a name was evaluated.
    CheckHost {
        /// What the name publishes.
        published: Arc<Published>,
        /// What it says of the addresses that came in; `None` if not the same for all of them.
        result: Option<SpfResult>,
    },
    /// A term was evaluated.
    Term {
        /// Whose record it stands in.
        published: Arc<Published>,
        /// Its index in the record.
        term: u32,
        /// What it did.
        effect: Effect,
    },
    /// One host of an `mx` was looked up.
    Host {
        /// Its name.
        name: Name,
        /// True if an address in question is among its addresses.
        matched: bool,
    },
    /// The explanation of a fail was fetched (§6.2).
    Explanation {
        /// Where it was looked for; `None` if the name could not be made.
        name: Option<Name>,
        /// What it says, if there is one.
        text: Option<Vec<u8>>,
    },
    /// The domain is no name that could publish a policy (§4.3).
    NoDomain {
        /// What was given.
        given: Vec<u8>,
    },
}

/// What a term did with the addresses that came to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Whose addresses they are.
    pub family: Family,
    /// How many addresses came.
    pub asked: u128,
    /// How many of them it matched.
    pub matched: u128,
    /// How many went on to the next term.
    pub open: u128,
    /// What a match means here.
    pub result: SpfResult,
    /// Why some ended in an error.
    pub exception: Option<Arc<Exception>>,
    /// What could not be expanded.
    pub lack: Option<Lack>,
    /// The name that was looked at.
    pub target: Option<Name>,
    /// The most that any address had spent when it came, this term included.
    pub spent: Spent,
    /// True if a term before it may have decided, by what is unknown of the sender.
    pub is_conditional: bool,
}

impl Effect {
    /// The state when the cohorts arrive, `asked` addresses in all, this term already charged.
    pub(super) fn before(family: Family, open: &[Cohort], asked: u128) -> Self {
        Self {
            family,
            asked,
            matched: 0,
            open: 0,
            result: SpfResult::Neutral,
            exception: None,
            lack: None,
            target: None,
            spent: open.iter().fold(Spent::default(), |worst, cohort| worst.max(cohort.spent)),
            is_conditional: open.iter().any(|cohort| !cohort.maybe.is_empty()),
        }
    }

    /// Adds what the mechanism did.
    pub(super) fn after(&mut self, split: &Split, qualifier: Qualifier) {
        self.matched = total(split.matched.iter().map(|(cohort, _)| cohort));
        let ended = total(split.ended.iter().map(|(cohort, ..)| cohort));
        self.open = match self.asked {
            // The whole of IPv6 has one address more than can be counted.
            u128::MAX => total(&split.open),
            // Counting what a long policy leaves open term after term would take long.
            asked => asked.saturating_sub(self.matched).saturating_sub(ended),
        };
        self.result = qualifier.result();
        self.exception = split.ended.first().map(|(_, why, _)| Arc::clone(why));
        self.lack = split.lack;
        self.target.clone_from(&split.target);
        let voids = split.open.iter().chain(split.matched.iter().map(|(cohort, _)| cohort));
        for cohort in voids {
            self.spent.voids = self.spent.voids.max(cohort.spent.voids);
            self.spent.void_questions = self.spent.void_questions.max(cohort.spent.void_questions);
        }
    }

    /// True if the step was about a single address.
    pub fn is_about_one(&self) -> bool {
        self.asked == 1
    }
}

/// How many addresses there are in cohorts.
pub(super) fn total<'a>(cohorts: impl IntoIterator<Item = &'a Cohort>) -> u128 {
    cohorts.into_iter().fold(0, |sum, cohort| sum.saturating_add(cohort.set.count()))
}

impl Event {
    /// The term that the event is about.
    pub fn term(&self) -> Option<&Term> {
        match self {
            Self::Term { published, term, .. } => {
                published.usable()?.terms.get(usize::try_from(*term).ok()?)
            }
            _ => None,
        }
    }

    /// The mechanism that the event is about.
    pub fn mechanism(&self) -> Option<&Mechanism> {
        match &self.term()?.body {
            Body::Directive(_, mechanism) => Some(mechanism),
            _ => None,
        }
    }
}

impl Qualifier {
    /// What a match means (RFC 7208 §4.6.2).
    pub fn result(self) -> SpfResult {
        match self {
            Self::Pass => SpfResult::Pass,
            Self::Fail => SpfResult::Fail,
            Self::Softfail => SpfResult::Softfail,
            Self::Neutral => SpfResult::Neutral,
        }
    }
}
