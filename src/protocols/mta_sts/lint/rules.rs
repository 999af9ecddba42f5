//! The table of rules: a row for each, in the order in which findings are told.

use super::{file, record};
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
            summary: "more than one MTA-STS record",
            why: "Senders without a cached policy act as if the domain had no MTA-STS and do not require TLS.",
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
            why: "Senders without a cached policy act as if the domain had no MTA-STS and do not require TLS.",
            cite: rfc(8461, "3.1"),
            page: include_str!("syntax.md"),
        },
        run: record::syntax,
    },
    Check {
        rule: &Rule {
            id: "mta_sts/no-policy",
            severity: Warn,
            confidence: Certain,
            summary: "the policy file that the MTA-STS record announces is not served",
            why: "Senders without a cached policy act as if the domain had no MTA-STS and do not require TLS.",
            cite: rfc(8461, "3.3"),
            page: include_str!("no-policy.md"),
        },
        run: file::missing,
    },
    Check {
        rule: &Rule {
            id: "mta_sts/policy-syntax",
            severity: Error,
            confidence: Certain,
            summary: "syntax error in the MTA-STS policy file",
            why: "Senders ignore the whole file, and without a cached policy do not require TLS.",
            cite: rfc(8461, "3.2"),
            page: include_str!("policy-syntax.md"),
        },
        run: file::syntax,
    },
    Check {
        rule: &Rule {
            id: "mta_sts/mx-not-in-policy",
            severity: Error,
            confidence: Certain,
            summary: "MX host that the enforced MTA-STS policy does not name",
            why: "Senders that follow MTA-STS do not deliver to that host; if no other host is in the \
                  policy, mail is delayed and then returned.",
            cite: rfc(8461, "4.1"),
            page: include_str!("mx-not-in-policy.md"),
        },
        run: file::unmatched,
    },
    Check {
        rule: &Rule {
            id: "mta_sts/mx-not-in-testing-policy",
            severity: Warn,
            confidence: Certain,
            summary: "MX host not listed in an MTA-STS policy in mode testing",
            why: "Mail is still delivered, and would not be once the mode is enforce.",
            cite: rfc(8461, "5"),
            page: include_str!("mx-not-in-testing-policy.md"),
        },
        run: file::unmatched_in_test,
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
            summary: "more than one id field in the MTA-STS record",
            why: "Senders use the first id; a change of another one does not make them fetch the \
                  policy again.",
            cite: rfc(8461, "3.2"),
            page: include_str!("repeated-id.md"),
        },
        run: record::repeated,
    },
    Check {
        rule: &Rule {
            id: "mta_sts/testing-mode",
            severity: Note,
            confidence: Certain,
            summary: "MTA-STS policy in testing mode",
            why: "Senders only report a failure of TLS: an attacker on the way can still read mail.",
            cite: rfc(8461, "5"),
            page: include_str!("testing-mode.md"),
        },
        run: file::testing,
    },
    Check {
        rule: &Rule {
            id: "mta_sts/short-max-age",
            severity: Note,
            confidence: Certain,
            summary: "max_age of the MTA-STS policy below a week",
            why: "An attacker who blocks the policy file has to do so only until senders forget it.",
            cite: rfc(8461, "3.2"),
            page: include_str!("short-max-age.md"),
        },
        run: file::short_lived,
    },
];
