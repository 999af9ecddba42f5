//! The table of rules: a row for each, in the order of findings in a report.

use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::report::bounce::Bounce;
use crate::text::{advice, rfc};

/// Every rule with its check, in the order of findings in a report.
pub(crate) static CHECKS: &[Check<Bounce>] = &[
    Check { rule: &NOT_AUTHENTICATED, run: super::not_authenticated },
    Check { rule: &SENDING_HOST, run: super::sending_host },
    Check { rule: &REPUTATION, run: super::reputation },
    Check { rule: &CONTENT, run: super::content },
    Check { rule: &ACCOUNT, run: super::account },
    Check { rule: &DEAD_ADDRESS, run: super::dead_address },
    Check { rule: &FORWARDED, run: super::forwarded },
    Check { rule: &RECIPIENT_SIDE, run: super::recipient_side },
    Check { rule: &PASSES_NOW, run: super::passes_again },
];

pub(crate) static NOT_AUTHENTICATED: Rule = Rule {
    id: "bounce/not-authenticated",
    severity: Error,
    confidence: Certain,
    summary: "mail was refused because SPF, DKIM or DMARC failed",
    why: "The recipient refuses mail from this domain until its records or its signatures pass.",
    cite: rfc(7372, "3"),
    page: include_str!("not-authenticated.md"),
};

pub(crate) static SENDING_HOST: Rule = Rule {
    id: "bounce/sending-host",
    severity: Error,
    confidence: Certain,
    summary: "mail was refused because of the sending host or the MAIL FROM domain",
    why: "Recipients demand reverse DNS, a login, TLS or a MAIL FROM domain that exists.",
    cite: rfc(3463, "3.8"),
    page: include_str!("sending-host.md"),
};

pub(crate) static REPUTATION: Rule = Rule {
    id: "bounce/reputation",
    severity: Error,
    confidence: Likely,
    summary: "the receiving server blocks or rate-limits the sending IP address",
    why: "Mail from this address is refused or put off whatever the records say.",
    cite: rfc(3463, "3.8"),
    page: include_str!("reputation.md"),
};

pub(crate) static CONTENT: Rule = Rule {
    id: "bounce/content",
    severity: Error,
    confidence: Likely,
    summary: "mail was refused for its content",
    why: "The same message is refused again, from whichever host it is sent.",
    cite: rfc(3463, "3.7"),
    page: include_str!("content.md"),
};

pub(crate) static ACCOUNT: Rule = Rule {
    id: "bounce/account",
    severity: Error,
    confidence: Certain,
    summary: "the provider blocks the account from sending",
    why: "The mail never left the provider. Records in the DNS have no part in that.",
    cite: rfc(3463, "3.8"),
    page: include_str!("account.md"),
};

pub(crate) static DEAD_ADDRESS: Rule = Rule {
    id: "bounce/dead-address",
    severity: Warn,
    confidence: Certain,
    summary: "the recipient address does not exist or is suppressed",
    why: "Providers lower the reputation of senders that keep writing to such addresses.",
    cite: rfc(3463, "3.2"),
    page: include_str!("dead-address.md"),
};

pub(crate) static FORWARDED: Rule = Rule {
    id: "bounce/forwarded",
    severity: Note,
    confidence: Likely,
    summary: "a forwarder passed on mail that no longer authenticates",
    why: "SPF fails for a forwarder. A DKIM signature of the domain survives if the message is \
          not changed.",
    cite: rfc(7960, "2"),
    page: include_str!("forwarded.md"),
};

pub(crate) static RECIPIENT_SIDE: Rule = Rule {
    id: "bounce/recipient-side",
    severity: Note,
    confidence: Likely,
    summary: "the cause is at the recipient",
    why: "A full mailbox, a rule or a server of the recipient: the sender cannot change that.",
    cite: rfc(3463, "3.3"),
    page: include_str!("recipient-side.md"),
};

pub(crate) static PASSES_NOW: Rule = Rule {
    id: "bounce/passes-now",
    severity: Note,
    confidence: Certain,
    summary: "the refused mail would pass now",
    why: "The mail can be sent again. Receivers use the new record when the TTL of the old one \
          expires.",
    cite: advice(),
    page: include_str!("passes-now.md"),
};
