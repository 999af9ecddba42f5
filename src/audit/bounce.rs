//! A bounce to a report: who has to act, and whether what failed still fails.

use super::domain;
use crate::diagnostic::Severity;
use crate::dns::Dns;
use crate::examine::{Asked, Checks, Clock, Inquiry, Sender};
use crate::mail::bounce::{self, Class};
use crate::net::Name;
use crate::protocols::Protocol;
use crate::report::bounce::{Bounce, Bounces, Now, Recipient};
use crate::report::{Certainty, Domain, Fault, FaultKind, Party, Run, Status, Verdict};
use crate::text::{Phrase, escape};

/// Classes that a check of the sender's DNS decides.
const CHECKED: [Class; 4] = [Class::Spf, Class::Dkim, Class::Dmarc, Class::SenderAddress];

/// What a bounce comes to; with a source of answers the check is made again.
pub async fn bounces(read: Option<bounce::Bounce>, dns: Option<&dyn Dns>) -> Bounces {
    let Some(read) = read else {
        return Bounces {
            bounces: Vec::new(),
            headline: Phrase::new().bad("not a bounce").plain(
                ": neither a delivery status, nor words of a mail server, nor an event of a provider",
            ),
            run: Run::default(),
            exit_code: 2,
        };
    };
    let shown = |text: &Option<String>| text.as_ref().map(|it| escape(it.as_bytes()));
    let name = checked_domain(&read);
    let asks = read.recipients.iter().any(|it| CHECKED.contains(&it.meaning.class));
    let checked = match (dns, &name) {
        (Some(dns), Some(name)) if asks => Some(check(dns, name, &read).await),
        _ => None,
    };
    let (now, found) = checked.unzip();
    let recipients: Vec<Recipient> = read
        .recipients
        .iter()
        .map(|recipient| {
            let class = recipient.meaning.class;
            let is_checked = CHECKED.contains(&class);
            Recipient {
                recipient: shown(&recipient.address),
                class,
                permanent: is_permanent(recipient),
                status: recipient.status.clone(),
                remote: shown(&recipient.remote),
                reason: escape(recipient.text.as_bytes()),
                decided_by: recipient.meaning.by.to_owned(),
                source: recipient.meaning.source.to_owned(),
                faults: faults(recipient, &read, now.as_ref().filter(|_| is_checked), &found),
            }
        })
        .collect();
    let is_bounce = recipients.iter().any(|it| !it.class.is_no_bounce());
    let exit_code = recipients.iter().map(exit_code).max_by_key(|code| match code {
        1 => 2,
        3 => 1,
        _ => 0,
    });
    let headline = headline(&recipients, now.as_ref());
    Bounces {
        bounces: vec![Bounce {
            is_bounce,
            sender: shown(&read.sender),
            from_domain: shown(&read.from_domain),
            reporter: shown(&read.reporter),
            checked_domain: name.map(|it| it.to_string()),
            checked_address: read.address.map(|it| it.to_string()),
            recipients,
            now,
        }],
        headline,
        run: Run::default(),
        exit_code: exit_code.unwrap_or(3),
    }
}

/// The domain whose proof was checked: the one that the text names, else that of From, else of MAIL
/// FROM.
fn checked_domain(read: &bounce::Bounce) -> Option<Name> {
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

/// Asks what the recipient's host asked.
async fn check(dns: &dyn Dns, name: &Name, read: &bounce::Bounce) -> (Now, Vec<Fault>) {
    let mut inquiry = Inquiry::about(name.clone());
    inquiry.checks = Checks::only([Protocol::Mx, Protocol::Spf, Protocol::Dkim, Protocol::Dmarc]);
    if let Some(address) = read.address {
        inquiry.senders = vec![Asked::from(Sender::from(address))];
    }
    let found = domain(dns, &inquiry, Clock::default()).await;
    let answer = found.authorizations.first().filter(|_| read.address.is_some());
    let passes = answer.map_or_else(|| passes(&found, read), |answer| answer.authorized.passes());
    let headline = answer.map_or_else(|| found.headline.clone(), |answer| answer.headline.clone());
    // What is only advisable has nothing to do with the bounce.
    let errors = found.findings.iter().filter(|it| it.severity == Severity::Error);
    let of_findings = errors.filter_map(|it| it.fix.as_ref());
    let fixes = of_findings.map(|fix| fix.summary.clone()).collect();
    let now = Now {
        domain: name.to_string(),
        address: read.address.map(|it| it.to_string()),
        passes,
        headline,
        fixes,
    };
    (now, found.faults)
}

/// Whether the proof of a domain stands, where no address is known. Without the message a signature
/// cannot be verified, and without the address SPF cannot be evaluated: what can be told is that
/// something is missing.
fn passes(found: &Domain, read: &bounce::Bounce) -> Option<bool> {
    let is_about = |class| read.recipients.iter().any(|it| it.meaning.class == class);
    let is_missing = |status| matches!(status, Status::Absent | Status::Broken);
    let lacks_key = is_missing(found.dkim.status);
    match found.verdict(|_| false) {
        Verdict::Fail => Some(false),
        _ if (is_about(Class::Dmarc) || is_about(Class::Dkim)) && lacks_key => Some(false),
        _ if is_about(Class::SenderAddress) => match found.mx.status {
            Status::Good | Status::Weak => Some(true),
            Status::Absent | Status::Broken => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Who has to act.
fn faults(
    recipient: &bounce::Recipient,
    read: &bounce::Bounce,
    now: Option<&Now>,
    found: &Option<Vec<Fault>>,
) -> Vec<Fault> {
    let own = own(recipient, read);
    match now.map(|now| now.passes) {
        // Rejected for SPF, which passes now: who changed what in between is not known.
        Some(Some(true)) if recipient.meaning.class == Class::Spf => vec![Fault {
            party: Party::Undetermined,
            kind: own.kind,
            name: String::new(),
            reason: Phrase::from("SPF passes now, but failed when the mail was rejected"),
            action: Phrase::from(
                "send the mail again; receivers use the new record when the TTL of the old one expires",
            ),
            ..own
        }],
        Some(Some(false) | None) => {
            let mut all = found.clone().unwrap_or_default();
            // For SPF the records say more than the reply; what else failed, only the reply says.
            if all.is_empty() || recipient.meaning.class != Class::Spf {
                all.insert(0, own);
            }
            all.truncate(2);
            all
        }
        _ => vec![own],
    }
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

/// What is wrong and what to do, in sentences.
fn words(class: Class, fault: bounce::FaultKind, read: &bounce::Bounce) -> (Phrase, Phrase) {
    let (reason, action) = match class {
        Class::Auth => match fault {
            bounce::FaultKind::SenderProviderAccount => (
                "SMTP AUTH is switched off for the tenant or the mailbox",
                "switch it on for the mailbox, or send another way",
            ),
            _ => (
                "the server wants a login",
                "log in with valid credentials, or use your provider's host",
            ),
        },
        Class::AutoReply => ("an automatic answer, not a bounce", ""),
        Class::Complaint => {
            ("a reader reported the message as spam; not a bounce", "take the reader off the list")
        }
        Class::Content => (
            "the content was rejected",
            "change what the message holds, or ask the recipient to allow it",
        ),
        Class::Delay => ("not delivered yet, still trying; nothing is lost", ""),
        Class::Delivered => ("delivered; not a bounce", ""),
        Class::Disk => ("the recipient's server has no room", "send again later"),
        Class::Dkim => (
            "the DKIM signature was not accepted",
            "sign with d= of the From domain and publish the key",
        ),
        Class::Dmarc => {
            ("the message did not pass DMARC", "make SPF or DKIM pass for the From domain")
        }
        Class::Eai => (
            "the recipient's server takes no addresses beyond ASCII (SMTPUTF8)",
            "use an address in ASCII",
        ),
        Class::Greylist => {
            ("greylisting: the first try is put off", "send again; a mail server does so by itself")
        }
        Class::GroupPermission => {
            ("the group does not accept mail from this sender", "ask its owner")
        }
        Class::Loop => ("the mail went in a circle", ""),
        Class::MailboxFull => ("the mailbox is full", ""),
        Class::Moved => ("the recipient has moved", "ask for the new address"),
        Class::NullMx => {
            ("the recipient's domain accepts no mail (null MX)", "use another address")
        }
        Class::Policy => ("refused without a reason", "ask the recipient's postmaster"),
        Class::Protocol => match fault {
            bounce::FaultKind::SenderServer => ("the address is malformed", "correct the address"),
            _ => (
                "one of the two servers did not follow SMTP",
                "look at the log of the sending server",
            ),
        },
        Class::Ptr => (
            "the sending address has no matching reverse DNS or HELO name",
            "have the owner of the address publish a PTR record whose name leads back to it",
        ),
        Class::Rate => match fault {
            bounce::FaultKind::RecipientPolicy => {
                ("the recipient gets too much mail at the moment", "send again later")
            }
            _ => ("too much mail at a time", "send more slowly"),
        },
        Class::Recipient => {
            ("there is no such recipient", "correct the address, or take it off the list")
        }
        Class::RecipientDisabled => {
            ("the recipient's account is disabled", "take the address off the list")
        }
        Class::RecipientDns => (
            "the DNS of the recipient's domain does not lead to a mail server",
            "check the address",
        ),
        Class::RecipientPolicy => ("a rule of the recipient rejects it", "ask the recipient"),
        Class::Relay => (
            "the server that was reached does not take mail for that domain",
            "check the recipient's MX",
        ),
        Class::Reputation => match fault {
            bounce::FaultKind::Unclear => {
                ("refused for reputation, without a reason", "see the page that the reply names")
            }
            _ => (
                "the sending address has a bad reputation or is on a blocklist",
                "have it delisted where the reply says, or send from another address",
            ),
        },
        Class::Rfc5322 => ("the message is malformed", "correct the header that the reply names"),
        Class::SenderAddress => match fault {
            bounce::FaultKind::SenderDns => (
                "the domain of MAIL FROM accepts no mail (null MX)",
                "use a sender domain with an MX",
            ),
            _ => (
                "the address in MAIL FROM was not accepted",
                "use a sender domain that exists and has an MX",
            ),
        },
        Class::SenderTemplate => ("the template could not be filled in", "correct the template"),
        Class::Size => ("the message is too large, or a line too long", "make it smaller"),
        Class::Spf => (
            "SPF failed for the sending address",
            "authorize the address in the SPF record, or send from a host that is",
        ),
        Class::Suppressed => (
            "not sent: the address is on your provider's suppression list",
            "take it off that list only if the address works again",
        ),
        Class::Tenant => {
            ("your provider does not let this account send it", "look at the account there")
        }
        Class::Tls => match fault {
            bounce::FaultKind::SenderServer => {
                ("the mail was not sent over TLS", "switch STARTTLS on in the sending server")
            }
            bounce::FaultKind::RecipientDns => (
                "MTA-STS, TLSA or DNSSEC of the recipient does not match its servers",
                "tell the recipient",
            ),
            _ => (
                "the recipient's server cannot be reached over TLS as required",
                "tell the recipient",
            ),
        },
        Class::Unreachable => ("the recipient's server cannot be reached", "send again later"),
        Class::Virus => ("a virus was found", "check the attachment and the host that sent it"),
        _ => (
            "the words of the bounce are not known",
            "give the whole message, with its delivery status",
        ),
    };
    let reason = Phrase::from(reason);
    let reason = match (class, read.address) {
        (Class::Spf | Class::Ptr | Class::Reputation, Some(address)) => {
            reason.plain(": ").addr(address)
        }
        _ => reason,
    };
    (reason, Phrase::from(action))
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
    let class = first.class.word();
    let to = first.recipient.as_deref().unwrap_or("the recipient");
    let more = recipients.len().saturating_sub(1);
    let said = match first.class.is_no_bounce() {
        true => {
            Phrase::new().good("not a bounce").plain(format!(": {class}")).plain(" for ").addr(to)
        }
        false => {
            Phrase::new().bad(class).plain(": mail to ").addr(to).plain(match first.permanent {
                true => " was rejected",
                false => " was put off",
            })
        }
    };
    let said = match more {
        0 => said,
        1 => said.plain(" (and 1 more recipient)"),
        more => said.plain(format!(" (and {more} more recipients)")),
    };
    match now.map(|now| now.passes) {
        Some(Some(true)) => said.plain("; ").good("passes now"),
        Some(Some(false)) => said.plain("; ").bad("still failing"),
        Some(None) => said.plain("; ").unknown("undetermined now"),
        None => said,
    }
}
