//! Rules about what was published and is weaker now, or gone.

use crate::compare::{Facts, Purpose, Removed, Tls};
use crate::diagnostic::{Finding, Rule};
use crate::posture::Requests;
use crate::protocols::dmarc::Policy;
use crate::text::{Citation, Phrase, rfc};

pub(super) fn weaker(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let [Requests::Policy(before), after] = facts.requests else { return };
    let said = Phrase::new().plain("DMARC asked receivers for ").good(before.word());
    let said = match after {
        Requests::Policy(after) if after < before => {
            said.plain(" and asks for ").weak(after.word())
        }
        // Nobody was asked to refuse anything before.
        Requests::Nothing if before == Policy::None => return,
        Requests::Nothing => said.plain(" and asks for ").weak("nothing"),
        // A record that is not applied has an error of its own.
        Requests::Policy(_) | Requests::Broken | Requests::Unknown => return,
    };
    findings.push(Finding::new(rule, facts.dmarc.clone(), said));
}

pub(super) fn selector(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    report(facts, rule, findings, |purpose| match purpose {
        Purpose::Selector(selector) => Some(
            Phrase::new()
                .plain("the key at selector ")
                .code(selector)
                .plain(" is gone: mail signed with it ")
                .bad("fails DKIM"),
        ),
        Purpose::Replaced(selector) => Some(
            Phrase::new()
                .plain("another key stands at selector ")
                .code(selector)
                .plain(": mail signed with the one before ")
                .bad("fails DKIM"),
        ),
        _ => None,
    });
}

pub(super) fn mx(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    report(facts, rule, findings, |purpose| match purpose {
        Purpose::Mx => Some(
            Phrase::new()
                .plain("MX records named the hosts that receive for ")
                .name(&facts.domain)
                .plain(", and none does now"),
        ),
        _ => None,
    });
}

pub(super) fn tls(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    findings.extend(facts.removed.iter().filter_map(|Removed { purpose, location }| {
        let Purpose::Tls(what) = purpose else { return None };
        let (record, follows, why, cite) = lost(*what);
        let said = Phrase::new()
            .plain("the ")
            .plain(record)
            .plain(" record at ")
            .name(&location.name)
            .plain(" is gone: ")
            .plain(follows);
        Some(Finding::new(rule, location.clone(), said).because(why, cite))
    }));
}

/// What is gone with a record about encrypted delivery: its name, what senders do without it, why
/// that matters, and who says so.
fn lost(what: Tls) -> (&'static str, &'static str, &'static str, Citation) {
    match what {
        // RFC 8461 §8.3 tells how a policy is given up; a record that only goes leaves caches behind.
        Tls::MtaSts => (
            "MTA-STS",
            "senders that cached the policy apply it until it expires, and then none",
            "Without a policy senders may deliver unencrypted, or to a host that poses as the \
             domain's own.",
            rfc(8461, "3.1"),
        ),
        Tls::TlsRpt => (
            "TLS-RPT",
            "senders no longer report when TLS fails",
            "Without reports the domain does not learn that senders fail to set up TLS, or that a \
             policy of MTA-STS or DANE keeps mail from arriving.",
            rfc(8460, "3"),
        ),
        Tls::Dane => (
            "TLSA",
            "senders that check DANE no longer insist on TLS there",
            "Without DANE they may deliver unencrypted, or to a host that poses as this one.",
            rfc(7672, "2.2"),
        ),
    }
}

/// Tells of what is gone, if `say` knows what to say of its purpose.
fn report(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
    say: impl Fn(&Purpose) -> Option<Phrase>,
) {
    findings.extend(facts.removed.iter().filter_map(|Removed { purpose, location }| {
        Some(Finding::new(rule, location.clone(), say(purpose)?))
    }));
}
