//! The table of rules: a row for each, in the order of findings in a report.

use super::Facts;
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::text::{advice, rfc};

/// Every rule with its check, in the order of findings in a report.
pub(crate) static CHECKS: &[Check<Facts>] = &[
    Check { rule: &DMARC_FAILS, run: super::dmarc_fails },
    Check { rule: &SIGNATURE_FAILS, run: super::signature_fails },
    Check { rule: &SIGNATURE_REFUSED, run: super::signature_refused },
    Check { rule: &KEY_GONE, run: super::key_gone },
    Check { rule: &BODY_NOT_COVERED, run: super::body_not_covered },
    Check { rule: &REPEATED_FIELD, run: super::repeated_field },
    Check { rule: &UNSIGNED, run: super::unsigned },
    Check { rule: &ARC_FAILS, run: super::arc_fails },
    Check { rule: &RECEIVER_DIFFERS, run: super::receiver_differs },
    Check { rule: &SLOW_HOP, run: super::slow_hop },
    Check { rule: &CLOCK_SKEW, run: super::clock_skew },
];

pub(crate) static DMARC_FAILS: Rule = Rule {
    id: "message/dmarc-fails",
    severity: Error,
    confidence: Certain,
    summary: "the message fails DMARC",
    why: "Receivers apply the policy of the From domain: with p=quarantine or p=reject the message \
          is put aside or rejected.",
    cite: rfc(9989, "5.3.6"),
    page: include_str!("dmarc-fails.md"),
};

pub(crate) static SIGNATURE_FAILS: Rule = Rule {
    id: "message/signature-fails",
    severity: Error,
    confidence: Certain,
    summary: "the message changed after it was signed",
    why: "Receivers ignore a DKIM signature that does not verify, so DMARC has to rely on SPF.",
    cite: rfc(6376, "6.1.3"),
    page: include_str!("signature-fails.md"),
};

pub(crate) static SIGNATURE_REFUSED: Rule = Rule {
    id: "message/signature-refused",
    severity: Error,
    confidence: Certain,
    summary: "a DKIM signature gives permerror",
    why: "A signature with a missing tag, a retired algorithm, a passed x= or a key that does not \
          fit is ignored, whatever the message says.",
    cite: rfc(6376, "6.1.1"),
    page: include_str!("signature-refused.md"),
};

pub(crate) static KEY_GONE: Rule = Rule {
    id: "message/key-gone",
    severity: Warn,
    confidence: Likely,
    summary: "no key is published for a DKIM signature",
    why: "Receivers cannot verify the signature. For new mail the key is missing; for old mail \
          the selector may have been retired.",
    cite: rfc(6376, "6.1.2"),
    page: include_str!("key-gone.md"),
};

pub(crate) static BODY_NOT_COVERED: Rule = Rule {
    id: "message/body-not-covered",
    severity: Warn,
    confidence: Certain,
    summary: "a DKIM signature does not cover the end of the body",
    why: "With l= anyone can append text to the message, and the signature still passes.",
    cite: rfc(6376, "8.2"),
    page: include_str!("body-not-covered.md"),
};

pub(crate) static REPEATED_FIELD: Rule = Rule {
    id: "message/repeated-field",
    severity: Warn,
    confidence: Likely,
    summary: "a header field occurs twice in a message whose signature passes",
    why: "The signature covers the lowest field. A mail program that shows the highest shows text \
          that was never signed.",
    cite: rfc(6376, "8.15"),
    page: include_str!("repeated-field.md"),
};

pub(crate) static UNSIGNED: Rule = Rule {
    id: "message/unsigned",
    severity: Warn,
    confidence: Likely,
    summary: "the message has no DKIM signature",
    why: "Without a signature DMARC relies on SPF alone, which does not survive forwarding.",
    cite: rfc(9989, "7.4"),
    page: include_str!("unsigned.md"),
};

pub(crate) static ARC_FAILS: Rule = Rule {
    id: "message/arc-fails",
    severity: Note,
    confidence: Certain,
    summary: "the ARC chain does not verify",
    why: "A receiver that trusts the forwarder cannot use what the forwarder found.",
    cite: rfc(8617, "5.2"),
    page: include_str!("arc-fails.md"),
};

pub(crate) static RECEIVER_DIFFERS: Rule = Rule {
    id: "message/receiver-differs",
    severity: Note,
    confidence: Likely,
    summary: "a receiver recorded a different result",
    why: "Records, keys or the message changed since, or another host wrote that field.",
    cite: rfc(8601, "7.1"),
    page: include_str!("receiver-differs.md"),
};

pub(crate) static SLOW_HOP: Rule = Rule {
    id: "message/slow-hop",
    severity: Note,
    confidence: Likely,
    summary: "a hop took ten minutes or more",
    why: "A queue, greylisting or a filter held the message between two hosts. Records in the DNS \
          have no part in that.",
    cite: advice(),
    page: include_str!("slow-hop.md"),
};

pub(crate) static CLOCK_SKEW: Rule = Rule {
    id: "message/clock-skew",
    severity: Note,
    confidence: Certain,
    summary: "clocks of hosts on the way disagree",
    why: "Delays beside that hop cannot be relied on, and a wrong clock expires signatures with x= \
          too early.",
    cite: rfc(5321, "4.4"),
    page: include_str!("clock-skew.md"),
};
