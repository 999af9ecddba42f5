//! The table of rules: a row for each, in the order in which findings are told.

use super::record;
use crate::diagnostic::Confidence::Certain;
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::mta_sts::Facts;
use crate::text::rfc;

/// Every rule of MTA-STS with its check, in the order in which findings are told.
pub static CHECKS: &[Check<Facts>] = &[
    Check {
        rule: &Rule {
            id: "mta_sts/several-records",
            severity: Error,
            confidence: Certain,
            summary: "several MTA-STS records",
            why: "Senders without a cached policy act as if there were none and do not require TLS.",
            cite: rfc(8461, "3.1"),
            page: include_str!("several-records.md"),
        },
        run: record::several,
    },
    Check {
        rule: &Rule {
            id: "mta_sts/syntax",
            severity: Error,
            confidence: Certain,
            summary: "syntax error in the MTA-STS record",
            why: "Senders without a cached policy act as if there were none and do not require TLS.",
            cite: rfc(8461, "3.1"),
            page: include_str!("syntax.md"),
        },
        run: record::syntax,
    },
    Check {
        rule: &Rule {
            id: "mta_sts/lookalike",
            severity: Warn,
            confidence: Certain,
            summary: "TXT record that looks like an MTA-STS record but is not one",
            why: "Senders accept only text that begins with \"v=STSv1;\" and do not fetch a policy \
                  for this one.",
            cite: rfc(8461, "3.1"),
            page: include_str!("lookalike.md"),
        },
        run: record::lookalike,
    },
    Check {
        rule: &Rule {
            id: "mta_sts/repeated-id",
            severity: Note,
            confidence: Certain,
            summary: "several id fields in the MTA-STS record",
            why: "Senders use the first id; a change of another one does not make them fetch the \
                  policy again.",
            cite: rfc(8461, "3.2"),
            page: include_str!("repeated-id.md"),
        },
        run: record::repeated,
    },
];
