//! Rules about the hosts and their records.

use super::super::examine::{Facts, Host, State};
use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::text::Phrase;

/// How many hosts a sentence names.
const NAMED_LIMIT: usize = 3;

pub(super) fn unusable(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for host in facts.hosts_that_are(State::Unusable) {
        let said = Phrase::new()
            .plain("senders can use no TLSA record of ")
            .name(&host.name)
            .plain(" (")
            .then(Phrase::listed(
                host.records.iter().map(|record| Phrase::new().code(numbers(record))),
                NAMED_LIMIT,
                ", ",
            ))
            .plain("): they ")
            .bad("verify nothing");
        findings.push(Finding::new(rule, of(host), said));
    }
}

pub(super) fn unusable_records(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for host in facts.hosts_that_are(State::Usable) {
        for record in host.records.iter().filter(|record| !record.is_usable()) {
            let said = Phrase::new()
                .code(numbers(record))
                .plain(" of ")
                .name(&host.name)
                .plain(": senders ignore it");
            findings.push(Finding::new(rule, of(host), said));
        }
    }
}

pub(super) fn mixed(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if !facts.is_mixed() {
        return;
    }
    let hosts = facts.hosts_that_are(State::Absent).map(|host| Phrase::new().name(&host.name));
    let said = Phrase::new()
        .plain("no TLSA records at ")
        .then(Phrase::listed(hosts, NAMED_LIMIT, " and "))
        .plain(", beside MX hosts that have some");
    let location = Location::set(facts.mx.question.name.clone(), Kind::Mx);
    findings.push(Finding::new(rule, location, said));
}

/// The three numbers that say how a record is used.
fn numbers(record: &crate::net::Association) -> String {
    format!("{} {} {}", record.usage, record.selector, record.matching)
}

fn of(host: &Host) -> Location {
    let place = host.tlsa.records().iter().find_map(|record| record.place.clone());
    Location::set(host.tlsa.question.name.clone(), Kind::Tlsa).in_file(place)
}
