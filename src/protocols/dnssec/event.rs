//! The steps: what each answer is worth.

use super::facts::{Facts, Source};
use crate::diagnostic::{self, Step};
use crate::dns::Kind;
use crate::dns::dnssec::Proof;
use crate::net::Name;

/// A step.
#[derive(Clone, Debug)]
pub enum Event {
    /// For how many answers the resolver vouches.
    Word {
        /// With the AD bit.
        vouched: usize,
        /// In all.
        answers: usize,
    },
    /// An answer that the resolver refuses.
    Refused {
        /// The name asked about.
        name: Name,
        /// The type asked for.
        kind: Kind,
        /// What the resolver says of it.
        why: String,
    },
    /// An answer that was validated.
    Validated {
        /// The name asked about.
        name: Name,
        /// The type asked for.
        kind: Kind,
        /// What it is worth.
        proof: Proof,
    },
}

impl Event {
    /// The steps behind the facts.
    pub(super) fn trace(facts: &Facts) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        let mut events: Vec<Self> = Vec::new();
        if facts.source == Source::Resolver {
            events.push(Self::Word { vouched: facts.vouched(), answers: facts.answers.len() });
            events.extend(facts.refused().map(|(one, why)| Self::Refused {
                name: one.name.clone(),
                kind: one.kind,
                why: why.to_owned(),
            }));
        }
        events.extend(facts.proofs().map(|(one, proof)| Self::Validated {
            name: one.name.clone(),
            kind: one.kind,
            proof: proof.clone(),
        }));
        let boxed = events.into_iter().map(|event| Box::new(event) as Box<dyn diagnostic::Event>);
        boxed.map(Step::leaf).collect()
    }
}
