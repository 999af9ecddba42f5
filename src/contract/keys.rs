//! Where keys must stand, and how large they must be.

use super::{Breach, Clause, Contract, Expectation, Outcome, Written};
use crate::diagnostic::Location;
use crate::dns::Kind;
use crate::net::Name;
use crate::protocols::dkim;
use crate::report::{Domain, KeyType, Selector, Status};
use crate::text::Phrase;

pub(super) fn expectations(contract: &Contract, domain: &Domain) -> Vec<Expectation> {
    let mut expectations = Vec::new();
    for selector in &contract.selectors {
        let name = &selector.name;
        let words =
            Phrase::new().plain("DKIM selector ").code(&name.value).plain(" must have a key");
        expectations.push(Expectation::new(Clause::Selector, name, words, key(domain, name)));
        if let Some(least) = &selector.min_bits {
            let words = Phrase::new().plain("DKIM key at ").code(&name.value);
            let words = words.plain(" must have at least ").number(least.value).plain(" bits");
            let outcome = bits_at(domain, &name.value, least);
            expectations.push(Expectation::new(Clause::KeyBits, least, words, outcome));
        }
    }
    if let Some(least) = &contract.min_key_bits {
        let words = Phrase::from("every DKIM key found must have at least ");
        let words = words.number(least.value).plain(" bits");
        let outcome = bits(contract, domain, least);
        expectations.push(Expectation::new(Clause::KeyBits, least, words, outcome));
    }
    expectations
}

fn found<'d>(domain: &'d Domain, selector: &str) -> Option<&'d Selector> {
    domain.dkim.details.selectors.iter().find(|one| one.selector == selector)
}

/// The name of a key; that of the domain where it would be too long to exist.
fn owner(domain: &Name, selector: &str) -> Name {
    let name = dkim::Selector::new(selector).and_then(|selector| selector.at(domain));
    name.unwrap_or_else(|_| domain.clone())
}

/// True if verifiers can use the key.
fn is_usable(one: &Selector) -> bool {
    matches!(one.status, Status::Good | Status::Weak)
}

/// Whether there is a usable key at a selector.
fn key(domain: &Domain, selector: &Written<String>) -> Outcome {
    let owner = owner(&domain.domain, &selector.value);
    let said = Phrase::new().name(&owner);
    let said = match found(domain, &selector.value) {
        _ if domain.dkim.status == Status::Skipped => return Outcome::NotAsked,
        Some(one) if is_usable(one) => return Outcome::Met,
        Some(one) if one.status == Status::Unknown => return Outcome::Unknown,
        None => said.plain(" has ").bad("no key"),
        Some(one) if one.revoked => said.plain(" has a ").bad("revoked key"),
        Some(one) if one.key.is_none() && !one.aliases.is_empty() => {
            said.plain(" is an alias ").bad("without a key")
        }
        Some(_) => said.plain(" has an ").bad("unusable key"),
    };
    let said = said.plain("; signatures with it fail");
    Outcome::unmet(selector.about(owner, Kind::Txt), said)
}

/// Whether the key at one selector is large enough.
fn bits_at(domain: &Domain, selector: &str, least: &Written<u32>) -> Outcome {
    match found(domain, selector) {
        _ if domain.dkim.status == Status::Skipped => Outcome::NotAsked,
        // The expectation of the selector says that it is missing.
        None => Outcome::NotAsked,
        Some(one) if one.status == Status::Unknown => Outcome::Unknown,
        Some(one) => match breach(domain, one, least) {
            Some(breach) => Outcome::Unmet(vec![breach]),
            None if is_usable(one) => Outcome::Met,
            // What cannot be used has no size; the expectation of the selector says so too.
            None => Outcome::NotAsked,
        },
    }
}

/// Whether every key that was found is large enough, but for those of which the contract says
/// otherwise.
fn bits(contract: &Contract, domain: &Domain, least: &Written<u32>) -> Outcome {
    let details = &domain.dkim.details;
    let has_its_own = |one: &&Selector| {
        let mut own = contract.selectors.iter().filter(|own| own.min_bits.is_some());
        own.any(|own| own.name.value == one.selector)
    };
    let others = || details.selectors.iter().filter(|one| !has_its_own(one));
    let breaches: Vec<Breach> = others().filter_map(|one| breach(domain, one, least)).collect();
    let is_unknown = others().any(|one| one.status == Status::Unknown);
    match domain.dkim.status {
        Status::Skipped => Outcome::NotAsked,
        _ if !breaches.is_empty() => Outcome::Unmet(breaches),
        _ if is_unknown => Outcome::Unknown,
        // Keys cannot be listed: where none was found there may be some all the same.
        Status::Unknown if details.selectors.is_empty() => Outcome::Unknown,
        _ => Outcome::Met,
    }
}

/// Why a key is too small; the size of an Ed25519 key is always the same, and always enough.
fn breach(domain: &Domain, one: &Selector, least: &Written<u32>) -> Option<Breach> {
    let is_rsa = one.key == Some(KeyType::Rsa) && !one.revoked;
    let bits = one.bits.filter(|bits| is_rsa && *bits < least.value)?;
    let owner = owner(&domain.domain, &one.selector);
    let said = Phrase::from("the key at ").name(&owner).plain(" has ").bad(bits.to_string());
    let said = said.plain(" bits (contract: ").number(least.value).plain(")");
    let location: Location = least.about(owner, Kind::Txt);
    Some(Breach { location, said })
}
