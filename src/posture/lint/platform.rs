//! Rules about providers: those that keep mailboxes, and those that send for many at once.

use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::net::IpSet;
use crate::posture::{Facts, Requests, Role};
use crate::protocols::dmarc::Policy;
use crate::text::{Phrase, grouped};

pub(super) fn mailboxes(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if !facts.may_be(Role::Sending) {
        return;
    }
    for mailboxes in &facts.unauthorized_mailboxes {
        let said = Phrase::new()
            .plain("MX points to ")
            .plain(mailboxes.title)
            .plain(" (")
            .name(&mailboxes.host)
            .plain("), but SPF does not authorize it; ")
            .code(format!("include:{}", mailboxes.policy))
            .plain(" is missing");
        findings.push(Finding::new(rule, mailboxes.location.clone(), said));
    }
}

pub(super) fn shared(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Requests::Policy(policy @ (Policy::Quarantine | Policy::Reject)) = facts.requests else {
        return;
    };
    // All of them are one fact: who else may pass.
    let Some(first) = facts.platforms.first() else { return };
    let titles = facts.platforms.iter().map(|platform| platform.title.into());
    let said = Phrase::from("mail from the shared servers of ")
        .then(Phrase::listed(titles, usize::MAX, " and "))
        .plain(" can pass SPF and DMARC as ")
        .name(&facts.domain)
        .plain(" (")
        .code(format!("p={}", policy.word()))
        .plain("), whichever customer sends it");
    findings.push(Finding::new(rule, first.location.clone(), said));
}

pub(super) fn shrunken(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    /// Networks that a sentence has room for.
    const MOST: usize = 4;
    for policy in &facts.shrunken {
        let gone: Vec<Phrase> = policy
            .lost
            .iter()
            .flat_map(IpSet::cidrs)
            .map(|network| Phrase::new().addr(network.to_string()))
            .collect();
        let said = Phrase::new().name(&policy.location.name);
        let said = match policy.listed < policy.known {
            true => said
                .plain(" lists ")
                .number(grouped(policy.listed))
                .plain(" IPv4 addresses, down from ")
                .number(grouped(policy.known))
                .plain(" on ")
                .plain(policy.day)
                .plain(": "),
            false => {
                said.plain(" no longer lists what it listed on ").plain(policy.day).plain(": ")
            }
        };
        let verb = if gone.len() == 1 { " is gone" } else { " are gone" };
        let said = said.then(Phrase::listed(gone, MOST, " and ")).plain(verb);
        findings.push(Finding::new(rule, policy.location.clone(), said));
    }
}

pub(super) fn retired(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for one in &facts.retired {
        let said = Phrase::from(one.title)
            .plain(" has retired ")
            .name(&one.name)
            .plain(format!(" (as of {}); ", one.as_of));
        let said = match one.policy.as_ref().filter(|policy| **policy != one.name) {
            Some(policy) => said.plain("use ").code(format!("include:{policy}")),
            None => said.plain("nothing replaces it for customers: remove the term"),
        };
        findings.push(Finding::new(rule, one.location.clone(), said));
    }
}

/// Days before and after an end in which it is urgent.
const URGENT: std::ops::RangeInclusive<i64> = -30..=30;
/// Days before an end from which on it is worth a note.
const NEAR: std::ops::RangeInclusive<i64> = 31..=90;

pub(super) fn ends_soon(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    announced(facts, rule, &URGENT, findings);
}

pub(super) fn ends(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    announced(facts, rule, &NEAR, findings);
}

fn announced(
    facts: &Facts,
    rule: &'static Rule,
    days: &std::ops::RangeInclusive<i64>,
    findings: &mut Vec<Finding>,
) {
    for end in facts.ends.iter().filter(|end| days.contains(&end.left)) {
        let said = Phrase::from(end.title).plain(format!(", {} (", end.day));
        let said = match (end.left, end.left.unsigned_abs()) {
            (0, _) => said.plain("today"),
            (1.., days) => said.plain("in ").number(days).plain(plural(days)),
            (_, days) => said.number(days).plain(plural(days)).plain(" ago"),
        };
        let location = Location::set(facts.domain.clone(), Kind::Mx);
        let said = said.plain(format!("): {}", end.what));
        findings.push(Finding::new(rule, location, said));
    }
}

fn plural(days: u64) -> &'static str {
    if days == 1 { " day" } else { " days" }
}

pub(super) fn tenants(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for one in &facts.tenants {
        let [first, tenant] = &one.first;
        let [second, other] = &one.second;
        let said = Phrase::from("selector ")
            .code(first)
            .plain(format!(" leads to the tenant {tenant} of {}, ", one.title))
            .plain("selector ")
            .code(second)
            .plain(format!(" to {other}"));
        findings.push(Finding::new(rule, one.location.clone(), said));
    }
}

pub(super) fn unneeded(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if !facts.is_organization {
        return;
    }
    for one in &facts.unneeded {
        let said = Phrase::new()
            .code(format!("include:{}", one.name))
            .plain(format!(" is not needed: {} sends with its own return path ", one.title))
            .plain(format!("(as known on {}) and signs with selector ", one.as_of))
            .code(&one.selector);
        findings.push(Finding::new(rule, one.location.clone(), said));
    }
}
