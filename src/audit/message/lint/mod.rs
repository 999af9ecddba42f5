//! Rules about a message that arrived. What is undetermined meets none of them, and a key that is
//! gone says nothing about the message but that it cannot be verified any more.
//!
//! `rules` is the table, and a page stands beside it for each row.

pub(crate) mod rules;

pub(crate) use rules::CHECKS;

use super::signature::is_undetermined;
use crate::diagnostic::{Check, Finding, Location, Rule};
use crate::dns::Kind;
use crate::net::Name;
use crate::protocols::arc::ChainStatus;
use crate::protocols::dkim::signature::{Reason, SignatureResult};
use crate::protocols::dmarc::DmarcResult;
use crate::report::message::{MessageReport, SignatureReport};
use crate::text::Phrase;

/// Seconds from which on a delay is worth a finding.
pub(super) const DELAY: i64 = 600;

/// What the rules look at.
pub(crate) struct Facts {
    /// The report, but for its findings.
    pub(crate) report: MessageReport,
    /// For each signature of the report: why it has its result, and where its key stands.
    pub(crate) signatures: Vec<(Reason, Option<Name>)>,
    /// Fields that may occur once and occur more often, with how often.
    pub(crate) repeated: Vec<(&'static str, usize)>,
    /// True if the chain fails for a key that is not published any more.
    pub(crate) is_chain_key_gone: bool,
}

/// What the rules find.
pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}

impl Facts {
    /// The signatures with what is known of each.
    fn signatures(&self) -> impl Iterator<Item = (&SignatureReport, Reason, Location)> {
        self.report.dkim.signatures.iter().zip(&self.signatures).map(|(shown, (reason, key))| {
            let name = key.clone().or_else(|| name(shown.domain.as_deref()));
            let place = Location::set(name.unwrap_or_else(Name::root), Kind::Txt);
            (shown, *reason, place)
        })
    }

    /// The records of the author's domain.
    fn author(&self) -> Location {
        let domain = self.report.dmarc.domain.clone();
        Location::set(domain.unwrap_or_else(Name::root), Kind::Txt)
    }

    /// A host of the way.
    fn host(name: Option<&str>) -> Location {
        Location::set(self::name(name).unwrap_or_else(Name::root), Kind::A)
    }
}

fn name(text: Option<&str>) -> Option<Name> {
    Name::from_octets(text?.as_bytes()).ok()
}

/// DMARC fails, whatever a key that is gone might have shown.
fn dmarc_fails(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let dmarc = &facts.report.dmarc;
    let is_open = facts.report.dkim.signatures.iter().any(is_undetermined);
    let (DmarcResult::Fail, Some(author), false) = (dmarc.result, &dmarc.domain, is_open) else {
        return;
    };
    let record = dmarc.record.as_ref().and_then(|it| it.child("_dmarc").ok());
    let said = Phrase::new().name(author);
    let said = match dmarc.policy {
        Some(policy) => said.plain(format!(" (p={})", policy.word())),
        None => said,
    };
    let said = said.plain(": ").then(dmarc.reason.clone());
    let place = record.map_or_else(|| facts.author(), |name| Location::set(name, Kind::Txt));
    findings.push(Finding::new(rule, place, said));
}

/// A finding for each signature whose reason is one of those.
fn of_reason(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
    is_meant: impl Fn(Reason) -> bool,
) {
    for (shown, _, place) in facts.signatures().filter(|(_, reason, _)| is_meant(*reason)) {
        let domain = shown.domain.as_deref().unwrap_or("?");
        let said = Phrase::from("signature of ").name(domain).plain(": ");
        findings.push(Finding::new(rule, place, said.then(shown.reason.clone())));
    }
}

/// The message is not as it was signed.
fn signature_fails(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let is_changed =
        |reason| matches!(reason, Reason::BodyHash | Reason::Signature | Reason::LengthExceedsBody);
    of_reason(facts, rule, findings, is_changed);
}

/// Receivers do not evaluate the signature at all.
fn signature_refused(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let is_refused = |reason: Reason| {
        let is_known = !matches!(reason, Reason::LengthExceedsBody | Reason::NotVerified);
        let is_gone = matches!(reason, Reason::KeyMissing | Reason::KeyRevoked);
        is_known && !is_gone && reason.result() == SignatureResult::Permerror
    };
    of_reason(facts, rule, findings, is_refused);
}

/// There is no key (any more).
fn key_gone(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let is_gone = |reason| matches!(reason, Reason::KeyMissing | Reason::KeyRevoked);
    of_reason(facts, rule, findings, is_gone);
}

/// `l=` ends before the body does.
fn body_not_covered(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (shown, _, place) in facts.signatures() {
        if let (Some(_), Some(said)) = (shown.uncovered, shown.coverage.clone()) {
            let domain = shown.domain.as_deref().unwrap_or("?");
            let said = Phrase::from("signature of ").name(domain).plain(": ").then(said);
            findings.push(Finding::new(rule, place, said));
        }
    }
}

/// A signature passes, and a field beside the one that it covers may be what is shown.
fn repeated_field(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let passes = |it: &SignatureReport| it.result == SignatureResult::Pass;
    let Some(passing) = facts.report.dkim.signatures.iter().find(|it| passes(it)) else { return };
    for (field, count) in &facts.repeated {
        let domain = passing.domain.as_deref().unwrap_or("?");
        let said = Phrase::new()
            .number(*count)
            .plain(format!(" {field} fields: the signature of "))
            .name(domain)
            .plain(" covers the lowest, programs may show the highest");
        findings.push(Finding::new(rule, facts.author(), said));
    }
}

/// Nobody signed it.
fn unsigned(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if facts.report.dkim.signatures.is_empty() {
        let said = Phrase::from("the message has no DKIM-Signature field");
        findings.push(Finding::new(rule, facts.author(), said));
    }
}

/// The chain of those who passed it on is broken.
fn arc_fails(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let arc = &facts.report.arc;
    if arc.result == ChainStatus::Fail && !facts.is_chain_key_gone {
        let said = arc.reason.clone().unwrap_or_default();
        let place = match arc.sealers.last().and_then(|it| name(Some(it))) {
            Some(sealer) => Location::set(sealer, Kind::Txt),
            None => facts.author(),
        };
        findings.push(Finding::new(rule, place, Phrase::from("ARC fails: ").then(said)));
    }
}

/// A receiver found something else.
fn receiver_differs(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for it in &facts.report.differences {
        let who = it.authserv_id.as_deref().unwrap_or("a receiver without a name");
        let said = Phrase::new()
            .name(who)
            .plain(format!(" found {}={}, now {}: ", it.method, it.theirs, it.ours))
            .then(it.why.clone());
        findings.push(Finding::new(rule, facts.author(), said));
    }
}

/// A hop took long.
fn slow_hop(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if let Some(slow) = facts.report.slowest.as_ref().filter(|it| it.delay_s >= DELAY) {
        findings.push(Finding::new(rule, Facts::host(Some(&slow.by)), slow.said()));
    }
}

/// A hop ended before it began.
fn clock_skew(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for hop in facts.report.received.iter().filter(|hop| hop.delay_s.is_some_and(|it| it < 0)) {
        let by = hop.by.as_deref().unwrap_or("?");
        let early = hop.delay_s.unwrap_or_default().unsigned_abs();
        let said = Phrase::new()
            .name(by)
            .plain(" received the message ")
            .number(early)
            .plain(" s before the host that sent it did");
        findings.push(Finding::new(rule, Facts::host(hop.by.as_deref()), said));
    }
}
