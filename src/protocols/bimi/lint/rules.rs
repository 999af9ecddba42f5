//! The table of rules: a row for each, in the order of findings in a report.

use super::super::section;
use super::record;
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::bimi::Facts;

/// Every rule of BIMI with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] = &[
    Check {
        rule: &Rule {
            id: "bimi/several-records",
            severity: Error,
            confidence: Certain,
            summary: "more than one BIMI record",
            why: "Receivers stop with an error and show no logo.",
            cite: section("7.2"),
            page: include_str!("several-records.md"),
        },
        run: record::several,
    },
    Check {
        rule: &Rule {
            id: "bimi/syntax",
            severity: Error,
            confidence: Certain,
            summary: "syntax error in the BIMI record",
            why: "Receivers do not repair a record, and show no logo.",
            cite: section("4.3"),
            page: include_str!("syntax.md"),
        },
        run: record::syntax,
    },
    Check {
        rule: &Rule {
            id: "bimi/lookalike",
            severity: Warn,
            confidence: Certain,
            summary: "TXT record that looks like a BIMI record but is not one",
            why: "Receivers use only text whose first tag is exactly v=BIMI1.",
            cite: section("4.3"),
            page: include_str!("lookalike.md"),
        },
        run: record::lookalike,
    },
    Check {
        rule: &Rule {
            id: "bimi/dmarc-not-enforced",
            severity: Warn,
            confidence: Certain,
            summary: "BIMI record without an enforced DMARC policy",
            why: "Receivers look for a logo only if the domain and its organization publish \
                  p=quarantine or p=reject for all mail, and not sp=none.",
            cite: section("7.1"),
            page: include_str!("dmarc-not-enforced.md"),
        },
        run: record::dmarc,
    },
    Check {
        rule: &Rule {
            id: "bimi/preference",
            severity: Note,
            confidence: Likely,
            summary: "unknown avp value in the BIMI record",
            why: "Some receivers use the default, others may reject the record.",
            cite: section("4.3"),
            page: include_str!("preference.md"),
        },
        run: record::preference,
    },
];
