//! What everybody spends, and who is hit where receivers stop (RFC 7208 §4.6.4).

use super::targets::{circles, voids};
use super::view::{Place, is_nobody, name_addresses};
use crate::diagnostic::{Finding, Location, Rule};
use crate::net::Family;
use crate::protocols::spf::event::Effect;
use crate::protocols::spf::examine::Facts;
use crate::protocols::spf::partition::{Cell, Exception, LOOKUP_LIMIT, SpfResult, VOID_LIMIT};
use crate::protocols::spf::record::{Body, Mechanism, SpecText};
use crate::text::Phrase;

/// Two lookups left are few, for a policy that others write parts of.
const HEADROOM: u16 = 2;

pub(super) fn too_many_lookups(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let needed = facts.worst().lookups;
    if needed <= LOOKUP_LIMIT || !circles(facts).is_empty() {
        return;
    }
    let message = Phrase::new()
        .number(needed)
        .plain(" DNS lookups (limit 10); receivers return ")
        .bad("permerror")
        .plain(" for senders not matched before the limit: ")
        .then(who(facts, |cell| cell.spent.lookups > LOOKUP_LIMIT));
    let location = location_of(facts, |effect| effect.spent.lookups > LOOKUP_LIMIT);
    findings.push(Finding::new(rule, location, message));
}

pub(super) fn lookup_headroom(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let needed = facts.worst().lookups;
    if !(LOOKUP_LIMIT - HEADROOM..LOOKUP_LIMIT).contains(&needed) {
        return;
    }
    let message = Phrase::new()
        .number(needed)
        .plain(" of 10 DNS lookups used, ")
        .number(LOOKUP_LIMIT - needed)
        .plain(" left");
    findings.push(Finding::new(rule, facts.location(), message));
}

pub(super) fn no_lookup_headroom(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if facts.worst().lookups == LOOKUP_LIMIT {
        let message =
            Phrase::new().number(LOOKUP_LIMIT).plain(" of 10 DNS lookups used, none left");
        findings.push(Finding::new(rule, facts.location(), message));
    }
}

pub(super) fn too_many_voids(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if !reaches_void_limit(facts, Family::V4) {
        return;
    }
    let mut message = Phrase::new().number(facts.worst().voids).plain(" void lookups, limit 2");
    let mut before = " (";
    for void in voids(facts) {
        message = message.plain(std::mem::replace(&mut before, ", ")).code(void.place.text());
    }
    let message = message
        .plain(if before == ", " { ")" } else { "" })
        .plain("; receivers return ")
        .bad("permerror")
        .plain(" for senders not matched before the limit: ")
        .then(who(facts, |cell| cell.spent.voids > VOID_LIMIT));
    let location = location_of(facts, |effect| effect.spent.voids > VOID_LIMIT);
    findings.push(Finding::new(rule, location, message));
}

pub(super) fn possible_voids(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let certain = usize::from(facts.worst().voids);
    let lists = lists(facts);
    let limit = usize::from(VOID_LIMIT);
    let Some(first) = lists.first().filter(|_| certain <= limit && certain + lists.len() > limit)
    else {
        return;
    };
    let named = |text: &[u8]| Phrase::new().code(text);
    let said = Phrase::listed(lists.iter().map(|place| named(place.text())), 3, " and ");
    let message =
        Phrase::new().number(certain + lists.len()).plain(" possible void lookups, limit 2: ");
    let mut idle: Vec<Vec<u8>> = voids(facts).iter().map(|it| it.place.text().to_vec()).collect();
    idle.dedup();
    let message = match idle.is_empty() {
        true => message,
        false => message
            .then(Phrase::listed(idle.iter().map(|text| named(text)), 3, " and "))
            .plain(if idle.len() == 1 { " finds" } else { " find" })
            .plain(" nothing for any sender; "),
    };
    // Hosts without an address of the family that meets most.
    let more = certain.saturating_sub(idle.len());
    let [ipv4, ipv6] = facts.partitions().map(|partition| partition.worst().voids);
    let message = match more {
        0 => message,
        more => message
            .number(more)
            .plain(if more == 1 { " term finds" } else { " terms find" })
            .plain(" nothing for ")
            .plain(if ipv4 > ipv6 { "IPv4" } else { "IPv6" })
            .plain(" senders; "),
    };
    let message = message
        .then(said)
        .plain(if lists.len() == 1 { " finds" } else { " find" })
        .plain(" nothing for a sender that is not listed there; receivers return ")
        .bad("permerror")
        .plain(" for a sender that more than two of these lookups miss");
    let mut finding = Finding::new(rule, first.location(), message);
    finding.advice = Some(Phrase::from(match idle.is_empty() {
        true => {
            "join the lists under fewer names, at most two that may be empty; keep each term until then"
        }
        false => "repair or remove the terms that find nothing for any sender",
    }));
    findings.push(finding);
}

/// The terms of the domain's own records that are a void lookup for each sender that they do not list.
fn lists(facts: &Facts) -> Vec<Place<'_>> {
    // An include of a name without a policy is permerror by itself (RFC 7208 §5.2).
    let is_list = |place: &Place<'_>| match &place.term.body {
        Body::Directive(_, Mechanism::Exists(spec)) => spec.fixed().is_none(),
        Body::Directive(_, Mechanism::A(target) | Mechanism::Mx(target)) => {
            target.domain.as_ref().is_some_and(|spec| matches!(spec.text, SpecText::Macro(_)))
        }
        _ => false,
    };
    let open = facts.sender_dependent();
    let is_open = |place: &Place<'_>| {
        let text = String::from_utf8_lossy(place.text());
        open.iter().any(|open| text.ends_with(open.as_str()) || open.ends_with(&*text))
    };
    facts.own_terms().filter(is_list).filter(is_open).collect()
}

/// The most void lookups of any sender: those that everybody meets, one for each list that may not have
/// the sender, and one for each `ptr`, for a sender without a reverse name.
pub(crate) fn most_voids(facts: &Facts) -> u16 {
    let is_ptr =
        |place: &Place<'_>| matches!(place.term.body, Body::Directive(_, Mechanism::Ptr(_)));
    let open = lists(facts).len() + facts.own_terms().filter(is_ptr).count();
    facts.worst().voids.saturating_add(u16::try_from(open).unwrap_or(u16::MAX))
}

pub(super) fn too_many_mx_hosts(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let too_many = |cell: &Cell| match cell.exception() {
        Some(Exception::TooManyMxHosts { found }) => Some(*found),
        _ => None,
    };
    let cells = facts.partitions().into_iter().flat_map(|partition| &partition.cells);
    let Some(found) = cells.filter_map(too_many).max() else { return };
    let message = Phrase::new()
        .number(found)
        .plain(" MX hosts in one mx mechanism (limit 10); receivers return ")
        .bad("permerror")
        .plain(" for senders not matched before the limit: ")
        .then(who(facts, |cell| too_many(cell).is_some()));
    let location = location_of(facts, has_too_many_mx_hosts);
    findings.push(Finding::new(rule, location, message));
}

/// True for a step in which `mx` found more hosts than receivers look at.
pub(super) fn has_too_many_mx_hosts(effect: &Effect) -> bool {
    matches!(effect.exception.as_deref(), Some(Exception::TooManyMxHosts { .. }))
}

/// True if senders of a family meet more void lookups than receivers allow.
pub(super) fn reaches_void_limit(facts: &Facts, family: Family) -> bool {
    let mut partitions = facts.partitions().into_iter();
    partitions.any(|partition| partition.family == family && partition.worst().voids > VOID_LIMIT)
}

/// Who is hit, and who of them would have passed.
fn who(facts: &Facts, is_hit: impl Fn(&Cell) -> bool + Copy) -> Phrase {
    let hit = facts.addresses(is_hit);
    let lost = facts.addresses(|cell| is_hit(cell) && cell.unlimited() == Some(SpfResult::Pass));
    let message = name_addresses(&hit);
    match () {
        () if is_nobody(&lost) => message,
        () if lost == hit => message.plain(", all of which would pass without the limit"),
        () => {
            message.plain("; without the limit ").then(name_addresses(&lost)).plain(" would pass")
        }
    }
}

/// Where the outermost record crosses a limit.
pub(super) fn location_of(facts: &Facts, is_met: impl Fn(&Effect) -> bool + Copy) -> Location {
    facts.first_term(is_met).map_or_else(|| facts.location(), Place::location)
}
