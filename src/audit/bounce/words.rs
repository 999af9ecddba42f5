//! What a bounce says, in sentences: what is wrong and what to do.

use crate::mail::bounce::{self, Class};
use crate::text::Phrase;

/// What is wrong and what to do, in sentences.
pub(super) fn words(
    class: Class,
    fault: bounce::FaultKind,
    read: &bounce::Bounce,
) -> (Phrase, Phrase) {
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
        Class::Complaint => (
            "a recipient reported the message as spam",
            "remove that recipient from your mailing list",
        ),
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
        Class::MailboxFull => ("the recipient's mailbox is full", ""),
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
                "check that the domain in MAIL FROM exists and has an MX or address record",
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

/// A class of bounces in the words of a headline.
pub(super) fn title(class: Class) -> Phrase {
    Phrase::from(match class {
        Class::Auth => "login refused",
        Class::Content => "content rejected",
        Class::Delay => "still trying",
        Class::Disk => "server full",
        Class::Dkim => "DKIM failed",
        Class::Dmarc => "DMARC failed",
        Class::Eai => "address not in ASCII",
        Class::Greylist => "greylisted",
        Class::GroupPermission => "sender not allowed in the group",
        Class::Loop => "mail loop",
        Class::MailboxFull => "mailbox full",
        Class::Moved => "recipient moved",
        Class::NullMx => "domain accepts no mail",
        Class::Policy => "refused without a reason",
        Class::Protocol => "SMTP error",
        Class::Ptr => "no matching reverse DNS",
        Class::Rate => "rate limited",
        Class::Recipient => "no such recipient",
        Class::RecipientDisabled => "account disabled",
        Class::RecipientDns => "no mail server in the DNS",
        Class::RecipientPolicy => "blocked by a rule of the recipient",
        Class::Relay => "relaying denied",
        Class::Reputation => "bad reputation or blocklist",
        Class::Rfc5322 => "malformed message",
        Class::SenderAddress => "MAIL FROM rejected",
        Class::SenderTemplate => "template error",
        Class::Size => "message too large",
        Class::Spf => "SPF failed",
        Class::Suppressed => "on the suppression list",
        Class::Tenant => "account not allowed to send",
        Class::Tls => "TLS failed",
        Class::Unreachable => "server unreachable",
        Class::Virus => "virus found",
        Class::Unknown | Class::AutoReply | Class::Complaint | Class::Delivered => "reason unknown",
    })
}
