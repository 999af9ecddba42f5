//! Rules about one MX host.

use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::protocols::mx::{Addresses, Exchanger, Facts, Target};
use crate::text::Phrase;

pub(super) fn alias(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_host(facts, |one, addresses| {
        if let Some(last) = addresses.aliases().last() {
            let said = named(one).plain(" is an ").weak("alias").plain(" of ").name(last);
            findings.push(at(facts, one, rule, said));
        }
    });
}

pub(super) fn literal(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for one in facts.exchangers() {
        if let Target::Literal(ip) = one.target {
            let said = Phrase::new()
                .plain("the MX record holds an ")
                .bad("IP address")
                .plain(" (")
                .addr(ip)
                .plain(") instead of a host name");
            findings.push(at(facts, one, rule, said));
        }
    }
}

pub(super) fn placeholder(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for one in facts.exchangers().iter().filter(|one| one.is_placeholder()) {
        let said = named(one)
            .plain(" is a placeholder below ")
            .code(".invalid")
            .plain("; senders cannot reach it");
        findings.push(at(facts, one, rule, said));
    }
}

pub(super) fn invalid(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_host(facts, |one, _| {
        if !one.host.is_host_name() {
            let said = named(one).plain(" is ").weak("not a valid host name");
            findings.push(at(facts, one, rule, said));
        }
    });
}

pub(super) fn no_address(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_host(facts, |one, addresses| {
        // A placeholder has a rule of its own.
        if addresses.is_proved_none() && !one.is_placeholder() {
            let said = named(one).plain(" has ").bad("no A or AAAA record");
            findings.push(at(facts, one, rule, said.plain("; senders cannot reach it")));
        }
    });
}

pub(super) fn localhost(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_host(facts, |one, addresses| {
        if let Some(first) = addresses.all().next().filter(|_| addresses.is_loopback()) {
            let said = named(one).plain(" has only ").bad("loopback addresses");
            findings.push(at(facts, one, rule, said.plain(", such as ").addr(first)));
        }
    });
}

pub(super) fn not_public(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_host(facts, |one, addresses| {
        let is_it = addresses.is_unreachable() && !addresses.is_loopback();
        if let Some(first) = addresses.all().next().filter(|_| is_it) {
            let said = named(one).plain(" has only ").bad("addresses that are not public");
            findings.push(at(facts, one, rule, said.plain(", such as ").addr(first)));
        }
    });
}

pub(super) fn private(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_host(facts, |one, addresses| {
        let local = addresses.local().next().filter(|_| !addresses.local().eq(addresses.all()));
        if let Some(local) = local {
            let said = named(one).plain(" has an address that is not public, ").addr(local);
            findings.push(at(facts, one, rule, said.plain(", among others")));
        }
    });
}

/// Tells of each host once, however often it stands in the set.
fn each_host(facts: &Facts, mut report: impl FnMut(&Exchanger, &Addresses)) {
    let mut known = std::collections::HashSet::new();
    for one in facts.exchangers() {
        if let Some(addresses) = one.addresses()
            && known.insert(&one.host)
        {
            report(one, addresses);
        }
    }
}

fn named(one: &Exchanger) -> Phrase {
    Phrase::new().plain("the MX host ").name(&one.host)
}

fn at(facts: &Facts, one: &Exchanger, rule: &'static Rule, said: Phrase) -> Finding {
    let location =
        Location::set(facts.domain.clone(), Kind::Mx).of_host(&one.host).in_file(one.place.clone());
    Finding::new(rule, location, said)
}
