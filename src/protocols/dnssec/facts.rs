//! The answers that a report rests on, and what each of them is worth.

use super::event::Event;
use super::{explain, lint};
use crate::diagnostic::{self, Finding, Standing, Step};
use crate::dns::dnssec::{Proof, Reason, Security};
use crate::dns::{Failure, Kind, Trouble};
use crate::net::Name;
use crate::protocols::{Detail, Examined};
use crate::text::{Phrase, escape};

/// Who says what the answers are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The resolver: the AD bit, extended errors.
    Resolver,
    /// The validator, from a trust anchor on.
    Validated,
}

/// What one answer is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// By the word of the resolver: whether it vouches for the answer (AD).
    Word(bool),
    /// The resolver refuses the answer because it fails validation; what it says of that.
    Refused(String),
    /// Validated here.
    Proved(Proof),
}

/// One answer that a report rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The name asked about.
    pub name: Name,
    /// The type asked for.
    pub kind: Kind,
    /// True if an alias led elsewhere, perhaps to a zone of others.
    pub is_alias: bool,
    /// What it is worth.
    pub state: State,
}

/// What the answers about a domain are worth.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The domain.
    pub domain: Name,
    /// Who says so.
    pub source: Source,
    /// The answers, in the order in which they were used.
    pub answers: Vec<Judged>,
    /// That the recording has no signatures, if that is so.
    unrecorded: Option<Failure>,
}

impl Facts {
    /// What the answers about `domain` are worth.
    pub fn new(domain: Name, source: Source, answers: Vec<Judged>) -> Self {
        let is_unrecorded = |one: &Judged| match &one.state {
            State::Proved(Proof { why: Some(Reason::Failed(_, _, trouble)), .. }) => {
                *trouble == Trouble::NotRecorded
            }
            _ => false,
        };
        let is_all = !answers.is_empty() && answers.iter().all(is_unrecorded);
        let unrecorded = is_all.then(|| Failure::new(Trouble::NotRecorded));
        Self { domain, source, answers, unrecorded }
    }

    /// The answers about names of the domain itself that no alias led elsewhere.
    fn own(&self) -> impl Iterator<Item = &Judged> {
        self.answers.iter().filter(|one| one.name.is_within(&self.domain) && !one.is_alias)
    }

    /// The first answer that is proved to be bogus, else the first that the resolver refuses, with its
    /// proof.
    pub fn first(&self, security: Security) -> Option<(&Judged, &Proof)> {
        self.proofs().find(|(_, proof)| proof.security == security)
    }

    /// The answers that were validated.
    pub fn proofs(&self) -> impl Iterator<Item = (&Judged, &Proof)> {
        self.answers.iter().filter_map(|one| match &one.state {
            State::Proved(proof) => Some((one, proof)),
            _ => None,
        })
    }

    /// How many answers were validated with this result.
    pub fn count(&self, security: Security) -> usize {
        self.proofs().filter(|(_, proof)| proof.security == security).count()
    }

    /// How many answers the resolver vouches for.
    pub fn vouched(&self) -> usize {
        self.answers.iter().filter(|one| one.state == State::Word(true)).count()
    }

    /// The first answer that the resolver refuses, and what it says of that.
    pub fn refused(&self) -> Option<(&Judged, &str)> {
        self.answers.iter().find_map(|one| match &one.state {
            State::Refused(why) => Some((one, why.as_str())),
            _ => None,
        })
    }

    /// Why nothing is known, if the resolver leaves all signatures out.
    pub fn is_stripped(&self) -> bool {
        self.proofs().any(|(_, proof)| proof.why == Some(Reason::Stripped))
    }

    /// True if the domain's own zone is signed, as far as is known.
    pub fn is_signed(&self) -> bool {
        self.own().any(|one| match &one.state {
            State::Word(vouched) => *vouched,
            State::Refused(_) => false,
            State::Proved(proof) => proof.security == Security::Secure,
        })
    }
}

impl Examined for Facts {
    fn standing(&self) -> Standing {
        let is_own = |one: &Judged| one.name.is_within(&self.domain);
        if self.unrecorded.is_some() {
            return Standing::Unknown;
        }
        if self.first(Security::Bogus).is_some() {
            return Standing::Broken;
        }
        let is_refused = self.refused().is_some_and(|(one, _)| is_own(one));
        if self.first(Security::Indeterminate).is_some() || is_refused {
            return Standing::Unknown;
        }
        match self.is_signed() {
            true => Standing::Good,
            // A resolver that validates vouches for the answer of some zone above, as a rule.
            false if self.source == Source::Resolver && self.vouched() == 0 => Standing::Unknown,
            false => Standing::Absent,
        }
    }

    fn summary(&self) -> Phrase {
        explain::summary(self)
    }

    fn details(&self) -> Vec<(&'static str, Detail)> {
        let number = |count: usize| Detail::Number(u64::try_from(count).unwrap_or(u64::MAX));
        let all = ("answers", number(self.answers.len()));
        if self.source == Source::Resolver {
            let refused = self.refused().map_or(Detail::None, |(one, why)| {
                Detail::Text(format!("{} {}: {}", one.name, one.kind, escape(why.as_bytes())))
            });
            let word = Detail::Text("resolver".to_owned());
            let vouched = number(self.vouched());
            return vec![("source", word), all, ("authenticated", vouched), ("refused", refused)];
        }
        let worst = [Security::Bogus, Security::Indeterminate];
        let worst = worst.into_iter().find_map(|security| self.first(security));
        let why = worst.and_then(|(_, proof)| proof.why.as_ref());
        let zone = worst.and_then(|(_, proof)| proof.zone.as_ref());
        let text = |text: Option<String>| text.map_or(Detail::None, Detail::Text);
        let each = self.proofs().map(|(one, proof)| {
            let word = proof.why.as_ref().map_or("", |why| why.word());
            let sign = if word.is_empty() { "" } else { ": " };
            format!("{} {} {}{sign}{word}", one.name, one.kind, proof.security)
        });
        vec![
            ("source", Detail::Text("validated".to_owned())),
            all,
            ("secure", number(self.count(Security::Secure))),
            ("insecure", number(self.count(Security::Insecure))),
            ("bogus", number(self.count(Security::Bogus))),
            ("indeterminate", number(self.count(Security::Indeterminate))),
            ("reason", text(why.map(|why| why.word().to_owned()))),
            ("zone", text(zone.map(ToString::to_string))),
            ("states", Detail::Texts(each.collect())),
        ]
    }

    fn findings(&self) -> Vec<Finding> {
        lint::check(self)
    }

    fn steps(&self) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        Event::trace(self)
    }

    fn failure(&self) -> Option<&Failure> {
        self.unrecorded.as_ref()
    }
}
