//! What depends on who checks, and over which family of addresses.

use super::limits::{has_too_many_mx_hosts, location_of, reaches_void_limit};
use super::view::{is_nobody, name_addresses};
use crate::diagnostic::{Finding, Rule};
use crate::net::{Family, IpSet};
use crate::protocols::spf::examine::Facts;
use crate::protocols::spf::partition::{
    Cell, Exception, Partition, Reading, SpfResult, VOID_LIMIT,
};
use crate::text::Phrase;

pub(super) fn family_asymmetry(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if reaches_void_limit(facts, Family::V4) || !reaches_void_limit(facts, Family::V6) {
        return;
    }
    let voids = facts.ipv6.partition.worst().voids;
    let hit = facts.addresses(|cell| cell.spent.voids > VOID_LIMIT);
    let message = Phrase::new()
        .number(voids)
        .plain(" void lookups for IPv6 senders (limit 2), caused by terms whose hosts have no AAAA record; receivers that enforce the limit return ")
        .bad("permerror")
        .plain(" for ")
        .then(name_addresses(&hit));
    let location = location_of(facts, |effect| effect.spent.voids > VOID_LIMIT);
    findings.push(Finding::new(rule, location, message));
}

pub(super) fn receivers_disagree(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let strict = |cell: &Cell| is_lost(cell, Reading::Standard, Reading::VoidQuestions);
    let lenient = |cell: &Cell| is_lost(cell, Reading::NoVoidLimit, Reading::Standard);
    let ways = [
        (
            facts.addresses(strict),
            "pass for ",
            " at receivers that count void lookups per term, permerror at those that count void DNS queries",
        ),
        (
            facts.addresses(lenient),
            "permerror for ",
            " at receivers that enforce the void lookup limit, pass at others",
        ),
    ];
    for (who, here, there) in ways.iter().filter(|(who, ..)| !is_nobody(who)) {
        let location = location_of(facts, |effect| effect.spent.void_questions > VOID_LIMIT);
        let message = Phrase::new().plain(*here).then(name_addresses(who)).plain(*there);
        findings.push(Finding::new(rule, location, message));
    }
    mx_hosts(facts, rule, findings);
}

/// True if a cell passes in one reading and meets the void limit in another.
fn is_lost(cell: &Cell, passing: Reading, strict: Reading) -> bool {
    cell.result_as(passing) == Some(SpfResult::Pass)
        && cell.result_as(strict) == Some(SpfResult::Permerror)
}

/// `mx` with more than ten hosts: some receivers count first, some stop at a match, some never
/// count (RFC 7208 §4.6.4 bounds the address lookups, not the hosts).
fn mx_hosts(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(place) = facts.first_term(has_too_many_mx_hosts) else { return };
    let [ipv4, ipv6] = facts.partitions();
    let early = [ipv4, ipv6].map(early_matches);
    let late = facts.addresses(is_beyond_mx_hosts);
    let mut message = Phrase::new().code(place.text()).plain(" finds more than 10 MX hosts: ");
    if !is_nobody(&early) {
        message = message
            .plain("match for ")
            .then(name_addresses(&early))
            .plain(" at receivers that stop at a match, permerror at those that count first; ");
    }
    let message = message
        .plain("permerror for ")
        .then(name_addresses(&late))
        .plain(" at receivers that enforce the limit");
    let mut finding = Finding::new(rule, place.location(), message);
    finding.why = "Receivers disagree whether they count all MX hosts before they compare them with the sender.";
    findings.push(finding);
}

fn is_beyond_mx_hosts(cell: &Cell) -> bool {
    matches!(cell.exception(), Some(Exception::TooManyMxHosts { .. }))
}

/// The addresses that a term matched which others find too long.
fn early_matches(partition: &Partition) -> IpSet {
    let beyond = partition.cells.iter().filter(|cell| is_beyond_mx_hosts(cell));
    let terms: Vec<_> = beyond.map(|cell| cell.by).collect();
    partition.gather(|cell| cell.exception().is_none() && terms.contains(&cell.by))
}
