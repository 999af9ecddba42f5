//! What DMARC must ask for, and what SPF may cost.

use super::{Clause, Contract, Expectation, Outcome, Written};
use crate::dns::Kind;
use crate::net::Name;
use crate::protocols::dmarc;
use crate::report::{Domain, Status};
use crate::text::Phrase;

pub(super) fn expectations(contract: &Contract, domain: &Domain) -> Vec<Expectation> {
    let policy = contract.min_policy.as_ref().map(|least| {
        let words = Phrase::from("DMARC policy must be ").code(least.value.word());
        let words = match least.value {
            dmarc::Policy::Reject => words,
            _ => words.plain(" or stricter"),
        };
        Expectation::new(Clause::Policy, least, words, of_policy(domain, least))
    });
    let details = &domain.spf.details;
    let costs = [
        (Clause::Lookups, &contract.max_lookups, details.lookups, " DNS lookups"),
        (Clause::Voids, &contract.max_voids, details.voids, " void lookups"),
    ];
    let costs = costs.into_iter().filter_map(|(clause, most, spent, what)| {
        let most = most.as_ref()?;
        let words = Phrase::from("SPF: at most ").number(most.value).plain(what);
        Some(Expectation::new(clause, most, words, of_cost(domain, most, spent, what)))
    });
    policy.into_iter().chain(costs).collect()
}

/// The name at which a domain publishes its DMARC policy.
pub(super) fn owner(domain: &Name) -> Name {
    dmarc::owner(domain).unwrap_or_else(|| domain.clone())
}

fn of_policy(domain: &Domain, least: &Written<dmarc::Policy>) -> Outcome {
    match asked(domain) {
        Requested::NotLookedAt => Outcome::NotAsked,
        Requested::Unknown => Outcome::Unknown,
        Requested::Policy(policy) if policy >= least.value => Outcome::Met,
        asked => {
            let said = asked.words().plain(" (contract: ").code(least.value.word());
            let said = match least.value {
                dmarc::Policy::Reject => said.plain(")"),
                _ => said.plain(" or stricter)"),
            };
            Outcome::unmet(least.about(owner(&domain.domain), Kind::Txt), said)
        }
    }
}

/// What a domain asks receivers to do with what fails DMARC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Requested {
    Policy(dmarc::Policy),
    /// No record applies.
    Nothing,
    /// The record is broken.
    Broken,
    Unknown,
    NotLookedAt,
}

pub(super) fn asked(domain: &Domain) -> Requested {
    match (domain.dmarc.status, domain.dmarc.details.policy) {
        (Status::Skipped, _) => Requested::NotLookedAt,
        (Status::Unknown, _) => Requested::Unknown,
        (Status::Absent, _) => Requested::Nothing,
        (_, Some(policy)) => Requested::Policy(policy),
        (_, None) => Requested::Broken,
    }
}

impl Requested {
    /// What there is, in words.
    pub(super) fn words(self) -> Phrase {
        let said = Phrase::new();
        match self {
            Self::Policy(policy) => said.plain("DMARC policy is ").bad(policy.word()),
            Self::Broken => said.plain("DMARC record is ").bad("invalid"),
            Self::Nothing | Self::Unknown | Self::NotLookedAt => said.bad("no DMARC policy"),
        }
    }
}

fn of_cost(domain: &Domain, most: &Written<u16>, spent: u16, what: &str) -> Outcome {
    // What could not be resolved may cost more, never less.
    if domain.spf.status == Status::Skipped || spent <= most.value {
        return Outcome::unbroken(domain.spf.status);
    }
    let said = Phrase::from("SPF: ").bad(spent.to_string()).plain(what);
    let said = said.plain(" (contract: at most ").number(most.value).plain(")");
    Outcome::unmet(most.about(domain.domain.clone(), Kind::Txt), said)
}
