//! Names that a domain's records lead to, and that anybody may come to hold: not only they do not
//! exist, but neither does the domain that they would stand in.
//!
//! One more question a domain, and only where a name was answered with NXDOMAIN: a sound domain
//! costs nothing. A question that fails proves nothing.

use super::Gathered;
use crate::diagnostic::Location;
use crate::dns::{Answer, Dns, Kind, Outcome, ask, join_all};
use crate::net::{Name, registrable};
use crate::posture::{Gain, Unregistered};
use crate::text::Phrase;
use crate::{
    protocols::{dkim, mx, spf},
    provider,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most domains that are asked about for one inquiry.
const MOST_ASKED: usize = 10;

/// What was asked about domains that records lead to, and which of them do not exist.
#[derive(Default)]
pub(crate) struct Takeover {
    /// What leads to domains that do not exist.
    pub(crate) unregistered: Vec<Unregistered>,
    /// The answers that say so, or say otherwise.
    pub(crate) answers: Vec<Arc<Answer>>,
}

/// Something that leads to a name which does not exist.
struct Dangling {
    location: Location,
    /// What it is, in a few words.
    what: Phrase,
    name: Name,
    gain: Gain,
}

/// Asks whether the domains exist whose names were not found.
pub(crate) async fn examine(dns: &dyn Dns, gathered: &Gathered) -> Takeover {
    let own = registrable(&gathered.domain);
    let spf = gathered.spf.iter().flat_map(|facts| dangling_terms(facts));
    let dkim = gathered.dkim.iter().flat_map(|it| dangling_selectors(&it.facts));
    let mx = gathered.mx.iter().flat_map(|it| missing_hosts(&it.facts));
    let mut found: BTreeMap<Name, Vec<Dangling>> = BTreeMap::new();
    for dangling in spf.chain(dkim).chain(mx).filter(|it| !is_of_provider(&it.name)) {
        let Some(domain) = registrable(&dangling.name) else { continue };
        let is_met = found.contains_key(&domain);
        if own.as_ref() != Some(&domain) && (is_met || found.len() < MOST_ASKED) {
            found.entry(domain).or_default().push(dangling);
        }
    }
    let answers = join_all(found.keys().map(|domain| ask(dns, domain, Kind::Ns))).await;
    let mut takeover = Takeover::default();
    for (answer, (domain, all)) in answers.into_iter().zip(found) {
        if answer.outcome == Outcome::NxDomain && answer.aliases.is_empty() {
            let all = all.into_iter().map(|Dangling { location, what, gain, .. }| Unregistered {
                location,
                what,
                domain: domain.clone(),
                gain,
            });
            takeover.unregistered.extend(all);
        }
        if answer.failure().is_none() {
            takeover.answers.push(answer);
        }
    }
    takeover
}

/// True for a name of a provider in the table: if its domain is missing, then because the answers
/// are not the whole world.
fn is_of_provider(name: &Name) -> bool {
    provider::recognise_include(name).is_some()
        || provider::recognise_dkim_target(name).is_some()
        || provider::host(name).is_some()
}

fn dangling_terms(facts: &spf::Facts) -> Vec<Dangling> {
    let terms = facts.dangling().into_iter().map(|one| Dangling {
        location: one.location,
        what: Phrase::new().code(one.term),
        name: one.name,
        gain: Gain::Send,
    });
    terms.collect()
}

fn dangling_selectors(facts: &dkim::Facts) -> Vec<Dangling> {
    let found = facts.tried.iter().filter(|tried| matches!(tried.found, dkim::Found::Dangling));
    let found = found.filter_map(|tried| {
        let name = tried.answer.aliases.last()?.clone();
        let selector = Phrase::from("selector ").name(&tried.candidate.selector);
        let what = selector.plain(" (alias of ").name(&name).plain(")");
        let location = Location::set(tried.name.clone(), Kind::Cname);
        Some(Dangling { location, what, name, gain: Gain::Sign })
    });
    found.collect()
}

fn missing_hosts(facts: &mx::Facts) -> Vec<Dangling> {
    let mut known: Vec<&Name> = Vec::new();
    let mut found = Vec::new();
    for one in facts.exchangers() {
        let Some(addresses) = one.addresses().filter(|it| it.is_proved_none()) else { continue };
        let is_gone = addresses.answers().iter().any(|it| it.outcome == Outcome::NxDomain);
        if is_gone && !known.contains(&&one.host) {
            known.push(&one.host);
            found.push(Dangling {
                location: Location::set(facts.domain.clone(), Kind::Mx).in_file(one.place.clone()),
                what: Phrase::from("the MX host ").name(&one.host),
                name: addresses.aliases().last().unwrap_or(&one.host).clone(),
                gain: Gain::Receive,
            });
        }
    }
    found
}
