//! Who has to act for a message, the gravest first.

use super::lint::DELAY;
use super::signature::change_words;
use crate::dns::Trouble;
use crate::examine::message::{ExaminedSignature, MessageFacts, host};
use crate::mail::signature::ChangeMade;
use crate::net::{Name, organization};
use crate::protocols::dkim::signature::{Reason, SignatureResult};
use crate::protocols::dmarc::{Discovery, DmarcResult};
use crate::protocols::spf::SpfResult;
use crate::provider;
use crate::report::message::{MessageReport, SlowHop, key_record};
use crate::report::{Certainty, Fault, FaultKind, Owners, Party};
use crate::text::{Phrase, span};

/// The faults of a message.
pub(super) fn faults(facts: &MessageFacts<'_>, report: &MessageReport) -> Vec<Fault> {
    let mut faults = Vec::new();
    let fails = report.dmarc.result == DmarcResult::Fail
        || report.dkim.signatures.iter().any(|it| it.result == SignatureResult::Fail);
    let own: Vec<&ExaminedSignature<'_>> = facts
        .signatures
        .iter()
        .zip(&report.dkim.signatures)
        .filter(|(_, shown)| shown.aligned != Some(false))
        .map(|(one, _)| one)
        .collect();
    if let Some(author) = facts.authors.first().filter(|_| report.dmarc.result != DmarcResult::Pass)
    {
        faults.extend(own.iter().find_map(|one| changed(facts, one)));
        faults.extend(own.iter().find_map(|one| key(author, one)));
        if faults.is_empty() && report.dmarc.result == DmarcResult::Fail {
            faults.push(unaligned(facts, report, author));
        }
    } else if fails {
        faults.extend(facts.signatures.iter().find_map(|one| changed(facts, one)));
    }
    if report.dmarc.result == DmarcResult::Temperror {
        faults.push(Fault::undetermined(
            FaultKind::Undetermined,
            report.dmarc.reason.clone(),
            again(facts),
        ));
    }
    faults
        .extend(report.slowest.as_ref().filter(|it| it.delay_s >= DELAY).map(|it| slow(facts, it)));
    faults
}

/// What decides a message whose queries failed.
fn again(facts: &MessageFacts<'_>) -> Phrase {
    let of_policy = facts.dmarc.as_ref().and_then(|(discovered, _)| match &discovered.discovery {
        Discovery::Unknown(failed) => Some(failed.failure.trouble),
        _ => None,
    });
    let of_key = || {
        facts.signatures.iter().find_map(|it| match it.reason {
            Reason::Lookup(trouble) => Some(trouble),
            _ => None,
        })
    };
    match of_policy.or_else(of_key) {
        Some(Trouble::NotQueried) => Phrase::from("run it again without ").code("--offline"),
        Some(Trouble::NotRecorded) => Phrase::from("record again with ").code("--record FILE"),
        _ => Phrase::from("run it again in a few minutes"),
    }
}

/// A signature that a change on the way broke: the fault of who passed the message on.
fn changed(facts: &MessageFacts<'_>, one: &ExaminedSignature<'_>) -> Option<Fault> {
    let is_changed = matches!(one.reason, Reason::BodyHash | Reason::Signature);
    if !is_changed {
        return None;
    }
    let forwarder = forwarder(facts, one.domain.as_ref());
    let domain = one.domain.as_ref().map(ToString::to_string).unwrap_or_default();
    let reason = match (&one.change, one.reason) {
        (Some(change), _) => change_words(change).plain(" after ").name(&domain).plain(" signed"),
        (None, Reason::BodyHash) => {
            Phrase::from("the body was changed after ").name(&domain).plain(" signed")
        }
        (None, _) => Phrase::from("a signed field was changed after ")
            .name(&domain)
            .plain(" signed, or the published key is another"),
    };
    let is_saving = matches!(one.change, Some(ChangeMade::FromQuoted | ChangeMade::DotsDoubled));
    let (party, kind, name, action, confidence) = match forwarder {
        _ if is_saving => (
            Party::None,
            FaultKind::Nobody,
            String::new(),
            Phrase::from("export the message as it was received, and verify that file"),
            Certainty::Proved,
        ),
        Some(name) => (
            Party::Forwarder,
            FaultKind::Forwarder,
            name,
            Phrase::from(
                "it has to leave messages as they are, or to put its own domain in From and seal with ARC",
            ),
            Certainty::Likely,
        ),
        None => (
            Party::Undetermined,
            FaultKind::Forwarder,
            String::new(),
            Phrase::from(
                "compare with the message as it was sent: a gateway, a footer or a list changed it",
            ),
            Certainty::Proved,
        ),
    };
    Some(Fault::of_party(party, name, kind, [reason, action], confidence))
}

/// Who passed the message on, by the marks that lists and forwarders leave; not the signer itself.
fn forwarder(facts: &MessageFacts<'_>, signer: Option<&Name>) -> Option<String> {
    let is_other =
        |name: &Name| signer.is_none_or(|signer| organization(signer) != organization(name));
    let list = facts.message.first("List-Id").and_then(|field| {
        let value = field.unfolded();
        let text = String::from_utf8_lossy(&value).into_owned();
        let id = text.rsplit_once('<').map_or(text.as_str(), |it| it.1);
        host(id.trim_matches(['<', '>', ' ']))
    });
    let sealer = || facts.sealers.last().and_then(|it| host(it));
    let mailer = || {
        let (path, _) = facts.hop.mail_from.as_ref()?;
        host(path.rsplit_once('@')?.1)
    };
    let found = list.filter(is_other).or_else(|| sealer().filter(is_other));
    found.or_else(|| mailer().filter(is_other)).map(|it| it.to_string())
}

/// A signature whose key is not there, or is of no use.
fn key(author: &Name, one: &ExaminedSignature<'_>) -> Option<Fault> {
    let name = one.key_name.as_ref()?;
    let owners = Owners::new(author, &[]);
    let (reason, action, certain) = match one.reason {
        Reason::KeyMissing | Reason::KeyRevoked => (
            Phrase::from("no usable key at ").name(name),
            Phrase::from(
                "publish the key if this selector still signs; an old selector may have been retired",
            ),
            Certainty::Likely,
        ),
        Reason::KeySyntax
        | Reason::KeyUnreadable
        | Reason::KeyType
        | Reason::KeyHash
        | Reason::KeyService => (
            Phrase::from("the record at ").name(name).plain(" holds no key for this signature"),
            Phrase::from("publish the public key that belongs to this selector"),
            Certainty::Proved,
        ),
        Reason::KeyTooShort | Reason::Sha1 => (
            Phrase::from("receivers refuse this signature: a short key or SHA-1 (RFC 8301)"),
            Phrase::from("sign with rsa-sha256 and a key of 2048 bits"),
            Certainty::Proved,
        ),
        _ => return None,
    };
    let owner = owners.of(name);
    Some(Fault {
        party: owner.party,
        kind: FaultKind::Record,
        name: owner.address().to_owned(),
        record: Some(key_record(name)),
        reason,
        action,
        evidence: Vec::new(),
        confidence: certain,
    })
    .map(|fault| match fault.party {
        // The line of a record of one's own names rules, of which a message has none.
        Party::You => Fault { kind: FaultKind::SenderDns, ..fault },
        _ => fault,
    })
}

/// DMARC fails though nothing was changed: forwarded, not aligned, or not authorized.
fn unaligned(facts: &MessageFacts<'_>, report: &MessageReport, author: &Name) -> Fault {
    let passing: Vec<&str> = report
        .dkim
        .signatures
        .iter()
        .filter(|it| it.result == SignatureResult::Pass)
        .filter_map(|it| it.domain.as_deref())
        .collect();
    let spf = facts.spf.as_ref();
    let pool = facts.hop.ip.as_ref().and_then(|(ip, _)| provider::forwarding_pool(*ip));
    if let Some(pool) = pool {
        let reason = Phrase::from("sent through the pool of ")
            .plain(pool.title())
            .plain(" for forwarded mail");
        let action = Phrase::from("do not authorize it; only a DKIM signature of ")
            .name(author)
            .plain(" survives forwarding");
        return Fault::of_party(
            Party::Forwarder,
            pool.title(),
            FaultKind::ForwardingPool,
            [reason, action],
            Certainty::Proved,
        );
    }
    if let Some(domain) = passing.first() {
        let reason = Phrase::from("DKIM passes for ").name(domain).plain(", not for ").name(author);
        let action =
            Phrase::from("if the mail is yours, let the service sign with d=").name(author);
        return not_aligned([reason, action]);
    }
    if let Some(spf) = spf.filter(|it| it.result == SpfResult::Pass) {
        let reason = Phrase::from("SPF passes for ")
            .name(&spf.domain)
            .plain(", not for ")
            .name(author)
            .plain(", and no signature of it passes");
        let action =
            Phrase::from("if the mail is yours, let the service sign with d=").name(author);
        return not_aligned([reason, action]);
    }
    let address = facts.hop.ip.as_ref().map(|(ip, _)| ip.to_string());
    let reason = match (&address, spf) {
        (Some(ip), Some(_)) => Phrase::new()
            .addr(ip)
            .plain(" is not authorized, and no signature of ")
            .name(author)
            .plain(" passes"),
        _ => Phrase::from("no signature of ")
            .name(author)
            .plain(" passes, and SPF could not be checked"),
    };
    let action = match (&address, spf) {
        (Some(_), Some(_)) => Phrase::from(
            "if that host is yours, authorize it or sign; if not, this is what DMARC is for",
        ),
        _ => Phrase::from("give --ip and --mail-from to decide"),
    };
    Fault::undetermined(FaultKind::UnlistedSender, reason, action)
}

/// Something passes, for another domain than that of the author.
fn not_aligned(said: [Phrase; 2]) -> Fault {
    Fault::of_party(Party::You, "", FaultKind::NotAligned, said, Certainty::Likely)
}

/// A slow hop: both hosts named.
fn slow(facts: &MessageFacts<'_>, hop: &SlowHop) -> Fault {
    let reason = Phrase::new()
        .number(span(hop.delay_s))
        .plain(" between ")
        .name(&hop.from)
        .plain(" and ")
        .name(&hop.by);
    let is_of = |org: &Option<Name>| {
        org.as_ref().is_some_and(|org| hop.within.as_deref() == Some(org.to_string().as_str()))
    };
    let author = facts.authors.first().map(organization);
    let (party, kind, name, action) = match &hop.within {
        Some(_) if is_of(&author) => (
            Party::You,
            FaultKind::SenderServer,
            String::new(),
            "look at the queue of the first host",
        ),
        Some(within) if is_of(&facts.hop.receiver) => (
            Party::Recipient,
            FaultKind::RecipientServer,
            within.clone(),
            "a queue or a filter inside the recipient's gateway; nothing in your DNS",
        ),
        Some(within) => (
            Party::Operator,
            FaultKind::Undetermined,
            within.clone(),
            "a queue between two of its hosts",
        ),
        None => (
            Party::Undetermined,
            FaultKind::Undetermined,
            String::new(),
            "the sender's queue, greylisting at the receiver, or a clock: the log of the first host decides",
        ),
    };
    Fault::of_party(party, name, kind, [reason, Phrase::from(action)], Certainty::Likely)
}
