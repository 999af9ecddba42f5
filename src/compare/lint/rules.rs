//! The table of rules: a row for each, in the order of findings in a report.

use super::{policies, senders};
use crate::compare::Facts;
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::text::rfc;

/// Every rule with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &DOMAIN_REMOVED, run: policies::domain },
    Check { rule: &SENDER_LOST, run: senders::lost },
    Check { rule: &MX_GONE, run: policies::mx },
    Check { rule: &WEAKER_POLICY, run: policies::weaker },
    Check { rule: &STRICTER_ALIGNMENT, run: policies::stricter },
    Check { rule: &WEAKER_DEFAULT, run: senders::weaker_default },
    Check { rule: &SELECTOR_GONE, run: policies::selector },
    Check { rule: &TLS_POLICY_GONE, run: policies::tls },
    Check { rule: &SENDER_GAINED, run: senders::gained },
];

pub(crate) static DOMAIN_REMOVED: Rule = Rule {
    id: "change/domain-removed",
    severity: Error,
    confidence: Certain,
    summary: "a domain that sends or receives is removed",
    why: "Mail to it bounces, mail from it fails SPF, and queued mail signed as it fails DKIM.",
    cite: rfc(8020, "2"),
    page: include_str!("domain-removed.md"),
};

pub(crate) static SENDER_LOST: Rule = Rule {
    id: "change/sender-lost",
    severity: Error,
    confidence: Certain,
    summary: "an authorized sender loses authorization",
    why: "The mail of these senders fails SPF as soon as caches expire. Without an aligned DKIM signature it also \
          fails DMARC.",
    cite: rfc(7208, "2.6.3"),
    page: include_str!("sender-lost.md"),
};

pub(crate) static MX_GONE: Rule = Rule {
    id: "change/mx-gone",
    severity: Error,
    confidence: Certain,
    summary: "the MX records disappear",
    why: "Mail bounces unless the domain has an address of its own that accepts it.",
    cite: rfc(5321, "5.1"),
    page: include_str!("mx-gone.md"),
};

pub(crate) static WEAKER_POLICY: Rule = Rule {
    id: "change/weaker-policy",
    severity: Warn,
    confidence: Certain,
    summary: "the DMARC policy gets weaker",
    why: "Receivers will deliver spoofed mail that they quarantine or reject today.",
    cite: rfc(9989, "4.7"),
    page: include_str!("weaker-policy.md"),
};

pub(crate) static STRICTER_ALIGNMENT: Rule = Rule {
    id: "change/stricter-alignment",
    severity: Warn,
    confidence: Likely,
    summary: "DMARC alignment gets stricter",
    why: "Services that send as a subdomain, as most do for bounces, or sign as one, fail DMARC.",
    cite: rfc(9989, "4.4"),
    page: include_str!("stricter-alignment.md"),
};

pub(crate) static WEAKER_DEFAULT: Rule = Rule {
    id: "change/weaker-default",
    severity: Warn,
    confidence: Certain,
    summary: "unlisted senders get a weaker SPF result",
    why: "Receivers may reject on fail; they usually accept softfail and neutral.",
    cite: rfc(7208, "8.5"),
    page: include_str!("weaker-default.md"),
};

pub(crate) static SELECTOR_GONE: Rule = Rule {
    id: "change/selector-gone",
    severity: Warn,
    confidence: Certain,
    summary: "a published DKIM key disappears",
    why: "Queued and forwarded mail signed with the old key fails DKIM. Remove a key only after \
          mail signed with it has been delivered.",
    cite: rfc(6376, "3.1"),
    page: include_str!("selector-gone.md"),
};

pub(crate) static TLS_POLICY_GONE: Rule = Rule {
    id: "change/tls-policy-gone",
    severity: Warn,
    confidence: Certain,
    summary: "an MTA-STS, TLS-RPT or DANE record disappears",
    why: "MTA-STS and DANE make senders require TLS; TLS-RPT makes them report failures. Without \
          the record both end.",
    cite: rfc(8461, "3.1"),
    page: include_str!("tls-policy-gone.md"),
};

pub(crate) static SENDER_GAINED: Rule = Rule {
    id: "change/sender-gained",
    severity: Note,
    confidence: Certain,
    summary: "a new sender becomes authorized",
    why: "Anyone who controls these addresses can send mail as this domain.",
    cite: rfc(7208, "2.6.3"),
    page: include_str!("sender-gained.md"),
};
