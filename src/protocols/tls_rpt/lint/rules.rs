//! The table of rules: a row for each, in the order in which findings are told.

use super::record;
use crate::diagnostic::Confidence::Certain;
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::tls_rpt::Facts;
use crate::text::rfc;

/// Every rule of TLS-RPT with its check, in the order in which findings are told.
pub static CHECKS: &[Check<Facts>] = &[
    Check {
        rule: &Rule {
            id: "tls_rpt/several-records",
            severity: Error,
            confidence: Certain,
            summary: "several TLS-RPT records are published",
            why: "Senders act as if there were none, and send no reports.",
            cite: rfc(8460, "3"),
            page: include_str!("several-records.md"),
        },
        run: record::several,
    },
    Check {
        rule: &Rule {
            id: "tls_rpt/syntax",
            severity: Error,
            confidence: Certain,
            summary: "the TLS-RPT record has a syntax error",
            why: "Senders may ignore a record that does not follow the grammar, and then send no \
                  reports.",
            cite: rfc(8460, "3"),
            page: include_str!("syntax.md"),
        },
        run: record::syntax,
    },
    Check {
        rule: &Rule {
            id: "tls_rpt/lookalike",
            severity: Warn,
            confidence: Certain,
            summary: "a TXT record looks like a TLS-RPT record but is not one",
            why: "Senders discard every text that does not begin with v=TLSRPTv1; exactly.",
            cite: rfc(8460, "3"),
            page: include_str!("lookalike.md"),
        },
        run: record::lookalike,
    },
    Check {
        rule: &Rule {
            id: "tls_rpt/no-destination",
            severity: Error,
            confidence: Certain,
            summary: "senders support no destination in the TLS-RPT record",
            why: "Reports are sent to mailto: and https: URIs only, so none arrive.",
            cite: rfc(8460, "3"),
            page: include_str!("no-destination.md"),
        },
        run: record::no_destination,
    },
    Check {
        rule: &Rule {
            id: "tls_rpt/report-scheme",
            severity: Warn,
            confidence: Certain,
            summary: "senders do not support a destination in the TLS-RPT record",
            why: "Reports are sent to mailto: and https: URIs only; some senders may reject the \
                  whole record.",
            cite: rfc(8460, "3"),
            page: include_str!("report-scheme.md"),
        },
        run: record::scheme,
    },
    Check {
        rule: &Rule {
            id: "tls_rpt/mailto-slashes",
            severity: Warn,
            confidence: Certain,
            summary: "a mailto: URI in the TLS-RPT record has slashes",
            why: "The slashes are part of the address, where no mailbox is likely to exist.",
            cite: rfc(6068, "2"),
            page: include_str!("mailto-slashes.md"),
        },
        run: record::slashes,
    },
    Check {
        rule: &Rule {
            id: "tls_rpt/repeated-rua",
            severity: Note,
            confidence: Certain,
            summary: "the TLS-RPT record has more than one rua field",
            why: "The grammar allows it and does not say what it means: some senders use only \
                  the first.",
            cite: rfc(8460, "3"),
            page: include_str!("repeated-rua.md"),
        },
        run: record::repeated,
    },
];
