//! Rules about what a domain is for, and whether its records agree about it.

use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::net::{Name, has_public_suffix, organization};
use crate::posture::{Facts, Receives, Requests, Role, Sends};
use crate::protocols::dmarc;
use crate::text::{Phrase, near};

pub(super) fn no_such_domain(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if facts.exists == Some(false) {
        let said = Phrase::new().name(&facts.domain).plain(" does not exist (NXDOMAIN)");
        let said = match meant(&facts.domain) {
            Some(meant) => said.plain("; did you mean ").name(&meant).plain("?"),
            None => said,
        };
        findings.push(Finding::new(rule, Location::set(facts.domain.clone(), Kind::Txt), said));
    }
}

/// The domain that a misspelt one was probably meant to be: one with a top-level domain that exists.
fn meant(domain: &Name) -> Option<Name> {
    /// Those that are misspelt most often because they are written most often.
    const COMMON: [&str; 6] = ["com", "net", "org", "info", "edu", "gov"];
    if has_public_suffix(domain) {
        return None;
    }
    let last = domain.suffix(1).to_string();
    let meant = near::nearest_within(&last, 1, COMMON.into_iter())?;
    let mut labels: Vec<&[u8]> = domain.labels().collect();
    *labels.last_mut()? = meant.as_bytes();
    Name::from_labels(labels).ok()
}

pub(super) fn parked_open(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if facts.receives == Receives::Nothing && facts.may_be(Role::Parked) {
        silent_and_open(facts, " is parked", rule, findings);
    }
}

pub(super) fn receive_only_open(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if facts.receives == Receives::Something && facts.may_be(Role::ReceivingOnly) {
        silent_and_open(facts, " has no authorized senders", rule, findings);
    }
}

/// Tells of a domain that sends nothing and does not ask receivers to refuse its forgers.
fn silent_and_open(
    facts: &Facts,
    role: &'static str,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    if facts.sends != Sends::Nothing || !facts.requests.is_open() {
        return;
    }
    let said = Phrase::new().name(&facts.domain).plain(role).plain(" (");
    let said = said.code("v=spf1 -all").plain("), but its DMARC policy is ");
    let said = match facts.requests {
        Requests::Policy(policy) => said.weak(policy.word()),
        Requests::Nothing | Requests::Broken | Requests::Unknown => said.weak("missing"),
    };
    let said = said.plain(", not ").code("reject");
    let domain = &facts.domain;
    let owner = dmarc::owner(domain).unwrap_or_else(|| domain.clone());
    findings.push(Finding::new(rule, Location::set(owner, Kind::Txt), said));
}

pub(super) fn null_mx_sender(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if facts.sends == Sends::Something && facts.receives == Receives::Nothing {
        let said = Phrase::new()
            .plain("SPF authorizes senders for ")
            .name(&facts.domain)
            .plain(", but its null MX ")
            .bad("refuses all mail");
        findings.push(Finding::new(rule, Location::set(facts.domain.clone(), Kind::Mx), said));
    }
}

/// Somebody may send in the name, and what comes back finds no host.
pub(super) fn no_return(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if facts.sends != Sends::Something || facts.receives != Receives::Nowhere {
        return;
    }
    // The name that an organization registered may be in its From: fields alone, with bounces elsewhere.
    let is_registered = organization(&facts.domain) == facts.domain;
    if is_registered && facts.return_host.is_none() {
        return;
    }
    let said = Phrase::new()
        .plain("SPF authorizes senders for ")
        .name(&facts.domain)
        .plain(", which has neither an MX record nor an address; bounces ")
        .bad("cannot come back");
    let said = match facts.return_host {
        Some(host) => {
            said.plain("; ").plain(host.title).plain(" does not use such a MAIL FROM domain")
        }
        None => said.plain(", and some receivers reject such mail"),
    };
    findings.push(Finding::new(rule, Location::set(facts.domain.clone(), Kind::Mx), said));
}
