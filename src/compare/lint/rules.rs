//! The table of rules: a row for each, in the order in which findings are told.

use super::{policies, senders};
use crate::compare::Facts;
use crate::diagnostic::Confidence::Certain;
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::text::rfc;

/// Every rule with its check, in the order in which findings are told.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &SENDER_LOST, run: senders::lost },
    Check { rule: &MX_GONE, run: policies::mx },
    Check { rule: &WEAKER_POLICY, run: policies::weaker },
    Check { rule: &WEAKER_DEFAULT, run: senders::weaker_default },
    Check { rule: &SELECTOR_GONE, run: policies::selector },
    Check { rule: &TLS_POLICY_GONE, run: policies::tls },
    Check { rule: &SENDER_GAINED, run: senders::gained },
];

pub(crate) static SENDER_LOST: Rule = Rule {
    id: "change/sender-lost",
    severity: Error,
    confidence: Certain,
    summary: "servers that may send now may not after the change",
    why: "Their mail loses SPF the moment caches forget the old record, and with it \
          perhaps DMARC: it bounces, or goes to junk.",
    cite: rfc(7208, "2.6.3"),
    page: include_str!("sender-lost.md"),
};

pub(crate) static MX_GONE: Rule = Rule {
    id: "change/mx-gone",
    severity: Error,
    confidence: Certain,
    summary: "MX records named hosts that receive, and none does after the change",
    why: "Mail to the domain goes to its own address, if it has one, or bounces.",
    cite: rfc(5321, "5.1"),
    page: include_str!("mx-gone.md"),
};

pub(crate) static WEAKER_POLICY: Rule = Rule {
    id: "change/weaker-policy",
    severity: Warn,
    confidence: Certain,
    summary: "DMARC asks for less after the change",
    why: "Forged mail that receivers refuse today is delivered tomorrow.",
    cite: rfc(9989, "4.7"),
    page: include_str!("weaker-policy.md"),
};

pub(crate) static WEAKER_DEFAULT: Rule = Rule {
    id: "change/weaker-default",
    severity: Warn,
    confidence: Certain,
    summary: "SPF speaks less plainly of strangers after the change",
    why: "Receivers take a fail for a statement and a softfail or neutral for a doubt.",
    cite: rfc(7208, "8.5"),
    page: include_str!("weaker-default.md"),
};

pub(crate) static SELECTOR_GONE: Rule = Rule {
    id: "change/selector-gone",
    severity: Warn,
    confidence: Certain,
    summary: "a DKIM key that was published is gone",
    why: "What is on its way, queued or forwarded and signed with that key fails DKIM. A \
          key is withdrawn when nothing signed with it is on its way any more.",
    cite: rfc(6376, "3.1"),
    page: include_str!("selector-gone.md"),
};

pub(crate) static TLS_POLICY_GONE: Rule = Rule {
    id: "change/tls-policy-gone",
    severity: Warn,
    confidence: Certain,
    summary: "a record about encrypted delivery is gone",
    why: "MTA-STS and DANE have senders insist on TLS, and TLS-RPT has them report where \
          it fails. With the record that ends.",
    cite: rfc(8461, "3.1"),
    page: include_str!("tls-policy-gone.md"),
};

pub(crate) static SENDER_GAINED: Rule = Rule {
    id: "change/sender-gained",
    severity: Note,
    confidence: Certain,
    summary: "servers that may not send now may after the change",
    why: "Whoever controls them can send in the name of the domain.",
    cite: rfc(7208, "2.6.3"),
    page: include_str!("sender-gained.md"),
};
