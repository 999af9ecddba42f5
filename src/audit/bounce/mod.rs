//! A bounce to a report: who has to act, and whether what failed still fails.

mod check;
pub(crate) mod lint;
mod words;

pub use check::{Checking, Then};

use super::found::as_found;
use crate::dns::{Dns, MOST_QUERIES};
use crate::mail::bounce::{self, Class};
use crate::net::Name;
use crate::provider;
use crate::report::bounce::{Bounce, Bounces, Now, Recipient};
use crate::report::{Certainty, Fault, FaultKind, Party, Run};
use crate::text::{Phrase, escape};
use check::{CHECKED, Checked, check};
use std::collections::BTreeSet;
use words::words;

/// What one notification comes to; with a source of answers the check is made again.
pub async fn bounces(read: Option<bounce::Bounce>, dns: Option<&dyn Dns>) -> Bounces {
    let checking =
        dns.map(|dns| Checking { dns, earlier: None, then: None, most_queries: MOST_QUERIES });
    let found = match read {
        Some(read) => vec![notification(read, "", 1, checking.as_ref()).await],
        None => Vec::new(),
    };
    conclude(found)
}

/// What a notification comes to; `file` and `number` say where it was found. With something that
/// answers, the check is made again.
pub async fn notification(
    read: bounce::Bounce,
    file: &str,
    number: usize,
    checking: Option<&Checking<'_>>,
) -> Bounce {
    let shown = |text: &Option<String>| text.as_ref().map(|it| escape(it.as_bytes()));
    let name = checked_domain(&read);
    let asks = read.recipients.iter().any(|it| CHECKED.contains(&it.meaning.class));
    let checked = match (checking, &name) {
        (Some(checking), Some(name)) if asks => Some(check(checking, name, &read).await),
        _ => None,
    };
    let recipients: Vec<Recipient> = read
        .recipients
        .iter()
        .map(|recipient| {
            let class = recipient.meaning.class;
            let checked = checked.as_ref().filter(|_| CHECKED.contains(&class));
            Recipient {
                recipient: shown(&recipient.address),
                class,
                permanent: is_permanent(recipient),
                status: recipient.status.clone(),
                remote: shown(&recipient.remote),
                reason: escape(recipient.text.as_bytes()),
                decided_by: recipient.meaning.by.to_owned(),
                source: recipient.meaning.source.to_owned(),
                faults: faults(recipient, &read, checked),
            }
        })
        .collect();
    let mut bounce = Bounce {
        file: escape(file.as_bytes()),
        number,
        is_bounce: recipients.iter().any(|it| !it.class.is_no_bounce()),
        sender: shown(&read.sender),
        from_domain: shown(&read.from_domain),
        reporter: shown(&read.reporter),
        forwarder: shown(&read.forwarder),
        checked_domain: name.as_ref().map(ToString::to_string),
        checked_address: read.address.map(|it| it.to_string()),
        recipients,
        now: checked.map(|it| it.now),
        findings: Vec::new(),
    };
    bounce.findings = as_found(&lint::check(&bounce), name.as_ref());
    bounce
}

/// What several notifications come to.
pub fn conclude(found: Vec<Bounce>) -> Bounces {
    let (headline, exit_code) = match found.as_slice() {
        [] => (
            Phrase::new().bad("not a bounce").plain(
                ": neither a delivery status, nor words of a mail server, nor an event of a provider",
            ),
            2,
        ),
        [only] => answer(only),
        all => {
            let codes: Vec<u8> = all.iter().map(worst).collect();
            let gravest = [1, 3].into_iter().find(|code| codes.contains(code)).unwrap_or(0);
            (summary(all, &codes), gravest)
        }
    };
    Bounces { bounces: found, headline, run: Run::default(), exit_code }
}

/// What a notification comes to, in a sentence and as an exit code.
pub fn answer(bounce: &Bounce) -> (Phrase, u8) {
    (headline(&bounce.recipients, bounce.now.as_ref()), worst(bounce))
}

/// The exit code of a notification.
fn worst(bounce: &Bounce) -> u8 {
    let codes: Vec<u8> = bounce.recipients.iter().map(exit_code).collect();
    if codes.is_empty() {
        return 3;
    }
    [1, 3].into_iter().find(|code| codes.contains(code)).unwrap_or(0)
}

/// The domain whose proof was checked: the one that the text names, else that of From, else of MAIL
/// FROM.
pub fn checked_domain(read: &bounce::Bounce) -> Option<Name> {
    let of_sender = read.sender.as_deref().and_then(|it| it.rsplit_once('@')).map(|(_, it)| it);
    let names = [read.checked_domain.as_deref(), read.from_domain.as_deref(), of_sender];
    names.into_iter().flatten().find_map(|it| Name::from_octets(it.as_bytes()).ok())
}

fn is_permanent(recipient: &bounce::Recipient) -> bool {
    match recipient.action.as_deref() {
        Some("failed") => true,
        Some("delayed") => false,
        _ => recipient
            .status
            .as_deref()
            .map_or(!recipient.meaning.class.is_no_bounce(), |status| status.starts_with('5')),
    }
}

/// Who has to act.
fn faults(
    recipient: &bounce::Recipient,
    read: &bounce::Bounce,
    checked: Option<&Checked>,
) -> Vec<Fault> {
    let own = own(recipient, read);
    let class = recipient.meaning.class;
    if let Some(fault) = forwarded(class, read, &own) {
        return vec![fault];
    }
    let Some(checked) = checked else { return vec![own] };
    if let (Some(host), Some(address)) = (&checked.gateway, read.address) {
        let reason = Phrase::from("the recipient checked ")
            .addr(address)
            .plain(", which is its own gateway ")
            .name(host);
        let action = Phrase::from(
            "nothing in your DNS; its server has to take the address from the gateway's Received field",
        );
        let name = escape(host.as_bytes());
        let said = [reason, action];
        return vec![Fault::of_party(Party::Recipient, name, own.kind, said, Certainty::Likely)];
    }
    match checked.now.passes {
        // Rejected for SPF, which passes now: who changed what in between is not known.
        Some(true) if class == Class::Spf => vec![Fault {
            party: Party::Undetermined,
            kind: own.kind,
            name: String::new(),
            reason: match &checked.now.earlier.as_ref().and(checked.since.as_ref()) {
                Some(since) => Phrase::from("SPF passes now: ").then((*since).clone()),
                None => Phrase::from("SPF passes now, but failed when the mail was rejected"),
            },
            action: Phrase::from(
                "send the mail again; receivers use the new record when the TTL of the old one expires",
            ),
            ..own
        }],
        Some(true) => vec![own],
        Some(false) | None => {
            let mut all = checked.faults.clone();
            // For SPF the records say more than the reply; what else failed, only the reply says.
            if all.is_empty() || class != Class::Spf {
                all.insert(0, own);
            }
            all.truncate(2);
            all
        }
    }
}

/// The forwarder, where the message was passed on before it was refused for want of proof.
fn forwarded(class: Class, read: &bounce::Bounce, own: &Fault) -> Option<Fault> {
    if !matches!(class, Class::Spf | Class::Dkim | Class::Dmarc) || own.party != Party::You {
        return None;
    }
    let pool = read.address.and_then(provider::forwarding_pool);
    let (name, reason) = match (&read.forwarder, pool) {
        (_, Some(pool)) => (
            pool.title().to_owned(),
            Phrase::from("the address that was checked is of the pool of ")
                .plain(pool.title())
                .plain(" for forwarded mail"),
        ),
        (Some(forwarder), None) => {
            let name = escape(forwarder.as_bytes());
            let reason = match class {
                Class::Spf => " passed the message on and kept your MAIL FROM",
                _ => " passed the message on and kept your From",
            };
            (name.clone(), Phrase::new().name(&name).plain(reason))
        }
        (None, None) => return None,
    };
    let action = Phrase::from(
        "do not authorize it; only a DKIM signature of your domain survives forwarding",
    );
    let said = [reason, action];
    let forwarder = FaultKind::Forwarder;
    Some(Fault::of_party(Party::Forwarder, name, forwarder, said, Certainty::Likely))
}

/// Who has to act, by the words of the bounce alone.
fn own(recipient: &bounce::Recipient, read: &bounce::Bounce) -> Fault {
    let meaning = recipient.meaning;
    let (kind, party) = party(meaning.fault);
    let of_recipient = || {
        let host = recipient.remote.as_deref();
        let domain = recipient.address.as_deref().and_then(|it| it.rsplit_once('@'));
        escape(host.or(domain.map(|(_, it)| it)).unwrap_or_default().as_bytes())
    };
    let name = if party == Party::Recipient { of_recipient() } else { String::new() };
    let (reason, action) = words(meaning.class, meaning.fault, read);
    Fault::of_party(party, name, kind, [reason, action], Certainty::Proved)
}

/// Which party has to act for each kind.
fn party(kind: bounce::FaultKind) -> (FaultKind, Party) {
    use bounce::FaultKind as Of;
    match kind {
        Of::Forwarder => (FaultKind::Forwarder, Party::Forwarder),
        Of::Nobody => (FaultKind::Nobody, Party::None),
        Of::RecipientAddress => (FaultKind::RecipientAddress, Party::Recipient),
        Of::RecipientDns => (FaultKind::RecipientDns, Party::Recipient),
        Of::RecipientMailbox => (FaultKind::RecipientMailbox, Party::Recipient),
        Of::RecipientPolicy => (FaultKind::RecipientPolicy, Party::Recipient),
        Of::RecipientServer => (FaultKind::RecipientServer, Party::Recipient),
        Of::SenderContent => (FaultKind::SenderContent, Party::You),
        Of::SenderDns => (FaultKind::SenderDns, Party::You),
        Of::SenderIp => (FaultKind::SenderIp, Party::You),
        Of::SenderList => (FaultKind::SenderList, Party::You),
        Of::SenderProviderAccount => (FaultKind::SenderProviderAccount, Party::You),
        Of::SenderServer => (FaultKind::SenderServer, Party::You),
        Of::SenderVolume => (FaultKind::SenderVolume, Party::You),
        _ => (FaultKind::Unclear, Party::Undetermined),
    }
}

fn exit_code(recipient: &Recipient) -> u8 {
    let Some(fault) = recipient.faults.first() else { return 0 };
    match fault.party {
        Party::You => 1,
        // It was rejected, and passes now.
        Party::Undetermined if fault.kind == FaultKind::SenderDns => 0,
        Party::Undetermined => 3,
        _ => 0,
    }
}

fn headline(recipients: &[Recipient], now: Option<&Now>) -> Phrase {
    let Some(first) = recipients.first() else { return Phrase::new() };
    let to = first.recipient.as_deref().unwrap_or("the recipient");
    let others: BTreeSet<&Option<String>> =
        recipients.iter().map(|it| &it.recipient).filter(|it| **it != first.recipient).collect();
    let more = match others.len() {
        0 => String::new(),
        1 => " (and 1 more recipient)".to_owned(),
        more => format!(" (and {more} more recipients)"),
    };
    let said = match first.class.is_no_bounce() {
        true => {
            let said = Phrase::new().good("not a bounce");
            match first.class {
                Class::Complaint => {
                    said.plain(": spam complaint about mail to ").addr(to).plain(more)
                }
                _ => said
                    .plain(format!(": {}", first.class.word()))
                    .plain(" for ")
                    .addr(to)
                    .plain(more),
            }
        }
        false => {
            let said = Phrase::from("mail to ").addr(to).plain(&more);
            let said = match first.permanent {
                true => said.plain(" was ").bad("not delivered"),
                false => said.plain(" is ").weak("delayed"),
            };
            said.plain(": ").then(words::title(first.class))
        }
    };
    match now.map(|now| now.passes) {
        Some(Some(true)) => said.plain("; ").good("passes now"),
        Some(Some(false)) => said.plain("; ").bad("still failing"),
        Some(None) => said.plain("; ").unknown("undetermined now"),
        None => said,
    }
}

/// Several notifications in a sentence.
fn summary(all: &[Bounce], codes: &[u8]) -> Phrase {
    let count = |wanted: u8| codes.iter().filter(|code| **code == wanted).count();
    let no_bounce = all.iter().filter(|it| !it.is_bounce).count();
    let parts = [
        (count(1), Phrase::new().bad(format!("{} yours to act on", count(1)))),
        (count(3), Phrase::new().unknown(format!("{} undetermined", count(3)))),
        (
            count(0).saturating_sub(no_bounce),
            Phrase::new()
                .plain(format!("{} not yours, or passing now", count(0).saturating_sub(no_bounce))),
        ),
        (no_bounce, Phrase::new().plain(format!("{no_bounce} no bounce"))),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, said)| said);
    Phrase::from(format!("{} notifications: ", all.len()).as_str())
        .then(Phrase::listed(parts, 4, " and "))
}
