//! Faults that show in the answer about a sender.

use super::Hints;
use crate::diagnostic::Severity;
use crate::dns::Kind;
use crate::examine::Sender;
use crate::examine::sender::Missing;
use crate::examine::senders::Tested;
use crate::net::Name;
use crate::posture::Shrunken;
use crate::posture::lint::rules::PROVIDER_SHRUNK;
use crate::protocols::Protocol;
use crate::protocols::spf::lint::rules::LOOKALIKE;
use crate::provider::{self, Provider};
use crate::report::{
    Authorization, Authorized, Certainty, DmarcResult, Domain, Evidence, Fault, FaultKind, Finding,
    Origin, Party, Policy, Portion, RecordSet, SenderResult, SpfResult, Status, Verdict,
};
use crate::text::Phrase;

/// What the report does not keep of a sender.
pub(super) struct SenderHints {
    /// The provider whose pool for forwarded mail the address is in.
    forwards_for: Option<&'static Provider>,
    /// The policy of a provider that listed all of the sender.
    lost: Option<Shrunken>,
    /// Why the answer is undetermined, and for whom.
    unknown: Option<Phrase>,
    /// The provider whose own policy lists no address, and its name.
    empty: Option<(&'static Provider, Name)>,
}

impl SenderHints {
    pub(super) fn new(tested: &Tested, shrunken: &[Shrunken]) -> Self {
        let forwards_for = match &tested.asked.sender {
            Sender::Address(ip) => provider::forwarding_pool(*ip),
            _ => None,
        };
        let refused = tested.judged.share().uncovered;
        let lost = shrunken.iter().find(|policy| policy.has_lost(&refused)).cloned();
        let title = &tested.judged.resolved.title;
        let unknown = tested.judged.unknown();
        let unknown = unknown.map(|unknown| title.clone().plain(": ").then(unknown.why));
        let is_empty = matches!(tested.judged.resolved.missing, Some(Missing::Nothing(_)));
        let empty = match &tested.asked.sender {
            Sender::Own { provider, policies, .. } if is_empty => {
                provider::by_id(provider).zip(policies.first().cloned())
            }
            _ => None,
        };
        Self { forwards_for, lost, unknown, empty }
    }
}

/// Who has to act so that the senders asked about pass, or that no party has to.
pub(super) fn faults(domain: &Domain, hints: &Hints) -> Vec<Fault> {
    let senders = domain.authorizations.iter().zip(&hints.senders);
    senders.filter_map(|(one, hints)| fault(domain, one, hints)).collect()
}

fn fault(domain: &Domain, one: &Authorization, hints: &SenderHints) -> Option<Fault> {
    if one.is_barred() {
        return None;
    }
    if one.origin != Origin::Asked {
        return own(domain, one, hints);
    }
    match (one.authorized, one.verdict()) {
        (Authorized::No | Authorized::Partial, _) => refused(domain, one, hints),
        (Authorized::Yes, Verdict::Fail | Verdict::Warn) => not_aligned(domain, one),
        (Authorized::Unknown, Verdict::Unknown) => identity(domain, one, hints),
        _ => None,
    }
}

/// A sender that the records or the contract name, and that does not pass: an error of the record
/// is a finding that says more.
fn own(domain: &Domain, one: &Authorization, hints: &SenderHints) -> Option<Fault> {
    let is_refused = matches!(one.authorized, Authorized::No | Authorized::Partial);
    let is_unknown = (one.authorized, one.verdict()) == (Authorized::Unknown, Verdict::Unknown);
    let says_more = |finding: &Finding| {
        finding.severity == Severity::Error && finding.rule.family() == Protocol::Spf.word()
    };
    if domain.findings.iter().any(says_more) {
        return None;
    }
    if !is_refused {
        return is_unknown.then(|| identity(domain, one, hints)).flatten();
    }
    if let Some((known, policy)) = &hints.empty {
        return emptied(domain, one, known, policy);
    }
    let record = Some(RecordSet { name: domain.domain.clone(), kind: Kind::Txt });
    let action = first_fix(one).unwrap_or_default();
    let fault = of(one, Party::You, FaultKind::MissingSender, one.headline.clone(), action);
    Some(Fault { record, ..fault })
}

/// The policy of a provider lists nobody: no customer of it passes.
fn emptied(domain: &Domain, one: &Authorization, known: &Provider, policy: &Name) -> Option<Fault> {
    // What it listed before says more.
    if domain.findings.iter().any(|it| it.is(&PROVIDER_SHRUNK) && it.owner.name == known.title()) {
        return None;
    }
    let action = super::findings::keep_the_include(&domain.domain);
    Some(Fault {
        name: known.title().to_owned(),
        record: Some(RecordSet { name: policy.clone(), kind: Kind::Txt }),
        ..of(one, Party::Provider, FaultKind::LostAddresses, one.headline.clone(), action)
    })
}

/// SPF does not let all of the sender pass.
fn refused(domain: &Domain, one: &Authorization, hints: &SenderHints) -> Option<Fault> {
    let spf = Some(RecordSet { name: domain.domain.clone(), kind: Kind::Txt });
    match one.spf.result {
        // Why the evaluation ends in an error is a finding of its own.
        Some(SpfResult::Temperror) => return None,
        Some(SpfResult::Permerror) => return limited(domain, one),
        // A record that receivers take for none is a finding of its own.
        Some(SpfResult::None) if domain.findings.iter().any(|it| is_unread(it, one)) => {
            return None;
        }
        Some(SpfResult::None) => {
            let reason = Phrase::new().code(&one.spf.domain).plain(" publishes no SPF record");
            let action = match first_fix(one) {
                Some(fix) => {
                    Phrase::from("list every host that sends; if this one is yours, ").then(fix)
                }
                None => Phrase::from("publish an SPF record that lists every host that sends"),
            };
            return Some(Fault {
                record: spf,
                ..of(one, Party::You, FaultKind::MissingRecord, reason, action)
            });
        }
        _ => {}
    }
    let is_error = |portion: &Portion| {
        let errors = [SpfResult::Permerror, SpfResult::Temperror].map(SenderResult::Certain);
        errors.contains(&portion.result)
    };
    if one.spf.portions.iter().any(is_error) {
        return None;
    }
    if let Some(known) = hints.forwards_for {
        return Some(forwarded(domain, one, known));
    }
    if let Some(policy) = &hints.lost {
        return Some(withdrawn(domain, one, policy));
    }
    if one.kind.is_address() {
        let reason = Phrase::new()
            .addr(&one.sender)
            .plain(match one.authorized {
                Authorized::Partial => " is listed only in part in the SPF policy of ",
                _ => " is not authorized by any term in the SPF policy of ",
            })
            .code(&one.spf.domain);
        let action = match first_fix(one) {
            Some(fix) => Phrase::from("if this sender is yours, ")
                .then(fix)
                .plain("; if not, change nothing"),
            None => Phrase::from("if this sender is yours, list it; if not, change nothing"),
        };
        return Some(of(one, Party::None, FaultKind::UnlistedSender, reason, action));
    }
    let reason = Phrase::new()
        .plain("the SPF policy of ")
        .code(&one.spf.domain)
        .plain(match one.authorized {
            Authorized::Partial => " lists only a part of the addresses of ",
            _ => " does not list ",
        })
        .code(&one.sender);
    let action = match first_fix(one) {
        Some(fix) => {
            Phrase::from("if it sends for you, ").then(fix).plain("; if not, change nothing")
        }
        None => Phrase::from("if it sends for you, include it"),
    };
    Some(Fault { record: spf, ..of(one, Party::You, FaultKind::MissingSender, reason, action) })
}

/// True for a finding about a text that was meant as the policy of the sending domain.
fn is_unread(finding: &Finding, one: &Authorization) -> bool {
    finding.is(&LOOKALIKE) && finding.subject.name.to_string() == one.spf.domain
}

/// A permerror that only some senders get: no finding that is an error says so.
fn limited(domain: &Domain, one: &Authorization) -> Option<Fault> {
    let mut findings = domain.findings.iter().filter(|it| it.rule.family() == Protocol::Spf.word());
    if findings.clone().any(|finding| finding.severity == Severity::Error) {
        return None;
    }
    let advice = findings.find_map(|finding| {
        let fix = finding.fix.as_ref().map(|fix| &fix.summary);
        fix.or(finding.advice.as_ref()).cloned()
    });
    let reason = Phrase::from("the SPF policy of ").code(&one.spf.domain).plain(" gives ");
    let reason = reason.addr(&one.sender).bad(" permerror");
    let action = advice.unwrap_or_else(|| Phrase::from("reduce its DNS lookups"));
    let record = Some(RecordSet { name: domain.domain.clone(), kind: Kind::Txt });
    Some(Fault { record, ..of(one, Party::You, FaultKind::Record, reason, action) })
}

/// An address that the policy of a provider listed and no longer lists.
fn withdrawn(domain: &Domain, one: &Authorization, policy: &Shrunken) -> Fault {
    let reason = Phrase::new()
        .name(&policy.location.name)
        .plain(" no longer lists ")
        .addr(&one.sender)
        .plain(format!("; on {} it did", policy.day));
    let action = super::findings::keep_the_include(&domain.domain);
    Fault {
        name: policy.title.to_owned(),
        record: Some(RecordSet { name: policy.location.name.clone(), kind: policy.location.kind }),
        ..of(one, Party::Provider, FaultKind::LostAddresses, reason, action)
    }
}

/// A pool from which a provider forwards what it could not authenticate.
fn forwarded(domain: &Domain, one: &Authorization, known: &Provider) -> Fault {
    let reason = Phrase::new()
        .addr(&one.sender)
        .plain(format!(" is in the pool of {} for forwarded mail", known.title()));
    // A domain that cannot receive is relayed through the same pool.
    if domain.mx.status == Status::Absent {
        let reason = reason.plain("; it also relays for domains without MX and address");
        let action = Phrase::new().plain("publish an MX record for ").name(&domain.domain);
        let fault = of(one, Party::You, FaultKind::ForwardingPool, reason, action);
        return Fault { confidence: Certainty::Likely, ..fault };
    }
    let action = Phrase::from("do not add it to SPF; only a DKIM signature survives forwarding");
    Fault {
        name: known.title().to_owned(),
        ..of(one, Party::Forwarder, FaultKind::ForwardingPool, reason, action)
    }
}

/// SPF passes, and DMARC does not.
fn not_aligned(domain: &Domain, one: &Authorization) -> Option<Fault> {
    let dmarc = one.dmarc.as_ref().filter(|dmarc| dmarc.result == DmarcResult::Fail)?;
    let author = &one.identities.header_from;
    let reason = Phrase::from("SPF passes for ")
        .code(&one.spf.domain)
        .plain(", which is not aligned with ")
        .name(author)
        .plain("; DMARC passes only if mail is signed with ")
        .code(format!("d={author}"));
    let has_no_key = domain.dkim.details.proved_none && *author == domain.domain;
    let (party, action) = match has_no_key {
        true => (
            Party::You,
            Phrase::new().name(author).plain(" publishes no DKIM key: set up signing there"),
        ),
        false => (
            Party::Undetermined,
            Phrase::from("look for a DKIM-Signature with ")
                .code(format!("d={author}"))
                .plain(" in a message that arrived"),
        ),
    };
    // What p=none asks for changes nothing for a receiver.
    (dmarc.disposition != Some(Policy::None))
        .then(|| of(one, party, FaultKind::NotAligned, reason, action))
}

/// The answer depends on what was not given.
fn identity(domain: &Domain, one: &Authorization, hints: &SenderHints) -> Option<Fault> {
    // A failed query is attributed to who should have answered it.
    if domain.lookups.iter().any(|lookup| !lookup.is_answered()) {
        return None;
    }
    let action = Phrase::from("ask again with what the message had");
    let reason = hints.unknown.clone().unwrap_or_else(|| one.headline.clone());
    Some(of(one, Party::Undetermined, FaultKind::MissingIdentity, reason, action))
}

fn first_fix(one: &Authorization) -> Option<Phrase> {
    one.fixes.first().map(|fix| fix.fix.summary.clone())
}

fn of(one: &Authorization, party: Party, kind: FaultKind, reason: Phrase, action: Phrase) -> Fault {
    Fault {
        party,
        kind,
        name: String::new(),
        record: None,
        reason,
        action,
        evidence: vec![Evidence::Sender { sender: one.sender.clone() }],
        confidence: Certainty::Proved,
    }
}
