//! The table of rules: a row for each, in the order of findings in a report.

use super::super::MARK_DRAFT;
use super::super::section;
use super::{logo, mark, record};
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::bimi::Facts;
use crate::text::draft;

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
            id: "bimi/logo-not-served",
            severity: Warn,
            confidence: Certain,
            summary: "no file at the URI of the BIMI logo",
            why: "Receivers cannot fetch the logo.",
            cite: section("4.3.2"),
            page: include_str!("logo-not-served.md"),
        },
        run: logo::unserved,
    },
    Check {
        rule: &Rule {
            id: "bimi/logo-profile",
            severity: Warn,
            confidence: Likely,
            summary: "BIMI logo that is not SVG Tiny PS",
            why: "Receivers reject logos with scripts, animation, external references or another \
                  profile.",
            cite: draft("draft-svg-tiny-ps-abrotman", "2"),
            page: include_str!("logo-profile.md"),
        },
        run: logo::profile,
    },
    Check {
        rule: &Rule {
            id: "bimi/logo-not-square",
            severity: Note,
            confidence: Likely,
            summary: "BIMI logo that is not a square",
            why: "Receivers show logos in a square or a circle, and may cut this one.",
            cite: draft("draft-svg-tiny-ps-abrotman", "2"),
            page: include_str!("logo-not-square.md"),
        },
        run: logo::square,
    },
    Check {
        rule: &Rule {
            id: "bimi/mark-not-served",
            severity: Warn,
            confidence: Certain,
            summary: "no file at the URI of the mark certificate",
            why: "Receivers that ask for a mark certificate show no logo.",
            cite: draft(MARK_DRAFT, "3.2"),
            page: include_str!("mark-not-served.md"),
        },
        run: mark::unserved,
    },
    Check {
        rule: &Rule {
            id: "bimi/mark-invalid",
            severity: Warn,
            confidence: Certain,
            summary: "mark certificate that no receiver accepts",
            why: "Receivers that ask for a mark certificate show no logo.",
            cite: draft(MARK_DRAFT, "5"),
            page: include_str!("mark-invalid.md"),
        },
        run: mark::invalid,
    },
    Check {
        rule: &Rule {
            id: "bimi/mark-unknown-issuer",
            severity: Warn,
            confidence: Likely,
            summary: "mark certificate below no known root",
            why: "Receivers accept the certificates of few authorities, and may not know this one.",
            cite: draft(MARK_DRAFT, "5.1"),
            page: include_str!("mark-unknown-issuer.md"),
        },
        run: mark::unknown,
    },
    Check {
        rule: &Rule {
            id: "bimi/mark-expires-soon",
            severity: Note,
            confidence: Certain,
            summary: "mark certificate that expires within 30 days",
            why: "Receivers that ask for a mark certificate show no logo after that day.",
            cite: draft(MARK_DRAFT, "5.1"),
            page: include_str!("mark-expires-soon.md"),
        },
        run: mark::ending,
    },
    Check {
        rule: &Rule {
            id: "bimi/logo-differs",
            severity: Warn,
            confidence: Likely,
            summary: "BIMI logo that is not the one in the mark certificate",
            why: "Receivers compare the two files, and show no logo if they differ.",
            cite: draft(MARK_DRAFT, "5.3"),
            page: include_str!("logo-differs.md"),
        },
        run: mark::differing,
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
