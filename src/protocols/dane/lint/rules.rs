//! The table of rules: a row for each, in the order of findings in a report.

use super::hosts;
use crate::diagnostic::Confidence::Certain;
use crate::diagnostic::Severity::{Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::dane::Facts;
use crate::text::rfc;

/// Every rule of DANE with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] = &[
    Check {
        rule: &Rule {
            id: "dane/unusable",
            severity: Warn,
            confidence: Certain,
            summary: "no TLSA record of an MX host is usable for SMTP",
            why: "Senders encrypt the connection and accept any certificate, as without DANE.",
            cite: rfc(7672, "2.2"),
            page: include_str!("unusable.md"),
        },
        run: hosts::unusable,
    },
    Check {
        rule: &Rule {
            id: "dane/unusable-record",
            severity: Note,
            confidence: Certain,
            summary: "unusable TLSA record of an MX host",
            why: "RFC 7672 leaves out usages 0 and 1, and a digest of the wrong length matches nothing.",
            cite: rfc(7672, "3.1.3"),
            page: include_str!("unusable-record.md"),
        },
        run: hosts::unusable_records,
    },
    Check {
        rule: &Rule {
            id: "dane/some-hosts",
            severity: Note,
            confidence: Certain,
            summary: "TLSA records at some MX hosts only",
            why: "An attacker who blocks the protected hosts gets the mail sent to the others, where \
                  senders verify nothing.",
            cite: rfc(7672, "2.2.1"),
            page: include_str!("some-hosts.md"),
        },
        run: hosts::mixed,
    },
];
