//! Rules about the MX set as a whole.

use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::net::organization;
use crate::protocols::mx::{Addresses, Exchanger, Facts, Found, Target};
use crate::provider::{self, Provider};
use crate::text::Phrase;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

pub(super) fn null_with_others(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let others = facts.exchangers().len().saturating_sub(1);
    if let Some(null) = null(facts).filter(|_| others > 0) {
        let said = Phrase::new()
            .plain("null MX beside ")
            .number(others)
            .plain(if others == 1 { " other MX record" } else { " other MX records" })
            .plain("; senders may follow either");
        findings.push(at(facts, Some(null), rule, said));
    }
}

pub(super) fn null_preference(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if let Some(null) = null(facts).filter(|null| null.preference != 0) {
        let said = Phrase::new().plain("null MX with preference ").number(null.preference);
        findings.push(at(facts, Some(null), rule, said.plain(" instead of 0")));
    }
}

pub(super) fn none(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Found::Implicit(addresses) = &facts.found else { return };
    let said = Phrase::new().name(&facts.domain).plain(" has no MX record");
    let said = match addresses.all().next() {
        Some(first) => said.plain("; senders fall back to its address ").addr(first),
        None if addresses.is_failed() => said.plain("; its addresses are undetermined"),
        None => said.plain(" and no address, so it accepts no mail"),
    };
    findings.push(at(facts, None, rule, said));
}

pub(super) fn mixed_operators(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for other in beside_provider(facts) {
        let Some((provider, _)) = mailbox_host(facts) else { return };
        let said = Phrase::new()
            .name(&other.host)
            .plain(", a host of another operator, is in one set with ")
            .plain(provider.title())
            .plain(" and gets mail whenever a sender chooses it");
        findings.push(at(facts, Some(other), rule, said));
    }
}

/// The provider that keeps the domain's mailboxes, as one of its MX hosts shows.
fn mailbox_host(facts: &Facts) -> Option<(&'static Provider, &Exchanger)> {
    facts.exchangers().iter().filter(|one| !one.is_placeholder()).find_map(|one| {
        let known = provider::recognise_mx(&one.host)?;
        known.keeps_mailboxes().then_some((known, one))
    })
}

/// The MX hosts of others beside those of the provider that keeps the mailboxes. A filter of the
/// catalogue stands there on purpose, and so does a host of the domain's own.
pub(crate) fn beside_provider(facts: &Facts) -> Vec<&Exchanger> {
    let Some((_, first)) = mailbox_host(facts) else { return Vec::new() };
    let own = organization(&facts.domain);
    let is_other = |one: &&Exchanger| {
        let party = organization(&one.host);
        matches!(one.target, Target::Host(_))
            && !one.is_placeholder()
            && provider::recognise_mx(&one.host).is_none()
            && party != own
            && party != organization(&first.host)
    };
    facts.exchangers().iter().filter(is_other).collect()
}

pub(super) fn duplicate(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let (mut known, mut reported) = (HashSet::new(), HashSet::new());
    for one in facts.exchangers() {
        if !known.insert(&one.host) && reported.insert(&one.host) {
            let count = facts.exchangers().iter().filter(|other| other.host == one.host).count();
            let said = Phrase::new().plain("the MX host ").name(&one.host);
            let said = said.plain(" is listed ").number(count).plain(" times");
            findings.push(at(facts, Some(one), rule, said));
        }
    }
}

pub(super) fn ipv6_only(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let hosts: Vec<&Addresses> =
        facts.exchangers().iter().filter_map(Exchanger::addresses).collect();
    // What was not asked may have an IPv4 address, and what failed, too.
    let is_complete = hosts.len() == facts.exchangers().len();
    let is_reached = |it: &&Addresses| it.is_any() && !it.is_unreachable();
    let reached = hosts.iter().filter(|it| is_reached(it)).count();
    if is_complete && reached > 0 && hosts.iter().all(|it| it.ipv4.is_void()) {
        let said = Phrase::new()
            .plain("no MX host has an IPv4 address (")
            .number(reached)
            .plain(" IPv6 only); IPv4-only senders cannot reach ")
            .name(&facts.domain);
        findings.push(at(facts, None, rule, said));
    }
}

pub(super) fn same_addresses(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let mut known: HashMap<BTreeSet<IpAddr>, &Exchanger> = HashMap::new();
    for one in facts.exchangers() {
        // Aliases and unreachable hosts have rules of their own.
        let is_sound = |it: &&Addresses| {
            it.is_any() && !it.is_failed() && !it.is_unreachable() && it.aliases().is_empty()
        };
        let Some(addresses) = one.addresses().filter(is_sound) else { continue };
        let first = *known.entry(addresses.all().collect()).or_insert(one);
        if first.host != one.host {
            let said = Phrase::new().plain("the MX host ").name(&one.host);
            let said = said.plain(" has the same addresses as ").name(&first.host);
            findings.push(at(facts, Some(one), rule, said));
        }
    }
}

fn null(facts: &Facts) -> Option<&Exchanger> {
    facts.exchangers().iter().find(|one| matches!(one.target, Target::Null))
}

/// A finding about one host of the set, or about all of it.
fn at(facts: &Facts, one: Option<&Exchanger>, rule: &'static Rule, said: Phrase) -> Finding {
    let set = Location::set(facts.domain.clone(), Kind::Mx);
    let location = match one {
        Some(one) => set.of_host(&one.host).in_file(one.place.clone()),
        None => set,
    };
    Finding::new(rule, location, said)
}
