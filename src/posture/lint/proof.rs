//! Rules about how mail of a domain can pass DMARC.

use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::posture::{Facts, Receives, Requests, Role, Sends};
use crate::protocols::dmarc::{self, Policy};
use crate::text::Phrase;
use std::sync::Arc;

pub(super) fn reject_without_pass(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Requests::Policy(policy @ (Policy::Quarantine | Policy::Reject)) = facts.requests else {
        return;
    };
    // A domain that says that it sends nothing, or that takes no mail, means it so.
    if facts.sends == Sends::Undeclared
        && facts.receives == Receives::Something
        && facts.may_be(Role::Sending)
        && cannot_sign(facts)
    {
        let said = Phrase::new()
            .code(format!("p={}", policy.word()))
            .plain(", but ")
            .name(&facts.domain)
            .plain(" has neither an SPF record nor a DKIM key; its mail ")
            .bad("cannot pass DMARC");
        findings.push(at_policy(facts, rule, said));
    }
}

pub(super) fn spf_only(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let is_strict = facts.requests == Requests::Policy(Policy::Reject);
    let may_send = facts.sends == Sends::Something && facts.may_be(Role::Sending);
    if is_strict && may_send && cannot_sign(facts) {
        let said = Phrase::new()
            .code("p=reject")
            .plain(" depends on SPF alone: ")
            .name(&facts.domain)
            .plain(" has no DKIM key; receivers ")
            .bad("reject its mail when it is forwarded");
        findings.push(at_policy(facts, rule, said));
    }
}

/// True if no key can be had below the domain, nor from an organization above it.
fn cannot_sign(facts: &Facts) -> bool {
    facts.is_organization && facts.has_key == Some(false)
}

fn at_policy(facts: &Facts, rule: &'static Rule, said: Phrase) -> Finding {
    let owner = dmarc::owner(&facts.domain).unwrap_or_else(|| facts.domain.clone());
    Finding::new(rule, Location::set(owner, Kind::Txt), said)
}

pub(super) fn misplaced_dmarc(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for text in &facts.misplaced {
        let said = Phrase::new()
            .plain("DMARC record at ")
            .name(&facts.domain)
            .plain(" instead of ")
            .code(format!("{}.{}", dmarc::LABEL, facts.domain));
        let location = Location::record(facts.domain.clone(), Kind::Txt, Arc::clone(text));
        findings.push(Finding::new(rule, location, said));
    }
}
