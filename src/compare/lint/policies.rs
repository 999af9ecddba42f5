//! Rules about what was published and is weaker now, or gone.

use crate::compare::{Facts, Purpose, Removed, Tls};
use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::posture::Requests;
use crate::protocols::dmarc::{AlignmentMode, Policy};
use crate::report::{Effect, Presence};
use crate::text::{Citation, Phrase, rfc};

pub(super) fn weaker(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let [Requests::Policy(before), after] = facts.requests else { return };
    let said = Phrase::new().plain("the DMARC policy goes from ").good(before.word());
    let said = match after {
        Requests::Policy(after) if after < before => said.plain(" to ").weak(after.word()),
        // Nobody was asked to refuse anything before.
        Requests::Nothing if before == Policy::None => return,
        Requests::Nothing => said.plain(" to ").weak("no policy"),
        // A record that is not applied has an error of its own.
        Requests::Policy(_) | Requests::Broken | Requests::Unknown => return,
    };
    findings.push(Finding::new(rule, facts.dmarc.clone(), said));
}

pub(super) fn stricter(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let [Some(before), Some(after)] = facts.alignment else { return };
    let [_, Requests::Policy(Policy::Quarantine | Policy::Reject)] = facts.requests else { return };
    let tags = [("aspf", before.spf, after.spf), ("adkim", before.dkim, after.dkim)];
    let is_stricter = |(_, was, is): &(&str, AlignmentMode, AlignmentMode)| {
        [*was, *is] == [AlignmentMode::Relaxed, AlignmentMode::Strict]
    };
    let tags: Vec<&str> = tags.iter().filter(|tag| is_stricter(tag)).map(|tag| tag.0).collect();
    if tags.is_empty() {
        return;
    }
    let said = Phrase::new().plain("DMARC alignment goes from relaxed to ").weak("strict");
    let said = said.plain(" (").code(tags.join(", ")).plain("): ");
    let said = said.plain(match tags.as_slice() {
        ["aspf"] => "an SPF pass of a subdomain no longer counts",
        ["adkim"] => "a DKIM signature of a subdomain no longer counts",
        _ => "an SPF pass or a DKIM signature of a subdomain no longer counts",
    });
    findings.push(Finding::new(rule, facts.dmarc.clone(), said));
}

/// The domain goes, and with it somebody who sent or received.
pub(super) fn domain(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let loses = facts.affected.iter().any(|one| one.effect == Effect::Lost);
    let is_used = |removed: &Removed| !matches!(removed.purpose, Purpose::Tls(_));
    let is_missed = loses || facts.removed.iter().any(is_used);
    if facts.presence != Presence::Removed || !is_missed {
        return;
    }
    let said = Phrase::new().name(&facts.domain).plain(" is ").bad("removed");
    findings.push(Finding::new(rule, Location::set(facts.domain.clone(), Kind::Txt), said));
}

pub(super) fn selector(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    report(facts, rule, findings, |purpose| match purpose {
        Purpose::Selector(selector) => Some(
            Phrase::new()
                .plain("selector ")
                .code(selector)
                .plain(" no longer has a key; mail signed with the old one ")
                .bad("fails DKIM"),
        ),
        Purpose::Replaced(selector) => Some(
            Phrase::new()
                .plain("selector ")
                .code(selector)
                .plain(" has a different key; mail signed with the old one ")
                .bad("fails DKIM"),
        ),
        _ => None,
    });
}

pub(super) fn mx(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    report(facts, rule, findings, |purpose| match purpose {
        Purpose::Mx => {
            Some(Phrase::new().name(&facts.domain).plain(
                " no longer has MX records; senders fall back to its own A and AAAA records",
            ))
        }
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
            .plain(" is removed; ")
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
            "senders apply a cached policy until its max_age expires, then none",
            "Without an MTA-STS policy, senders may deliver in clear text or to a host that \
             impersonates the MX.",
            rfc(8461, "3.1"),
        ),
        Tls::TlsRpt => (
            "TLS-RPT",
            "senders no longer report TLS failures",
            "Without reports, you do not see that senders cannot negotiate TLS, or that an \
             MTA-STS or DANE policy blocks your mail.",
            rfc(8460, "3"),
        ),
        Tls::Dane => (
            "TLSA",
            "senders that use DANE no longer require TLS to this host",
            "Without a TLSA record, they may deliver in clear text or to a host that impersonates this one.",
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
