//! The table of rules: a row for each, in the order of findings in a report.

use super::record;
use crate::diagnostic::Confidence::Certain;
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::tls_rpt::Facts;
use crate::text::rfc;

/// Every rule of TLS-RPT with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] = &[
    Check {
        rule: &Rule {
            id: "tls_rpt/several-records",
            severity: Error,
            confidence: Certain,
            summary: "more than one TLS-RPT record",
            why: "Senders act as if there were no record and send no reports.",
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
            summary: "syntax error in the TLS-RPT record",
            why: "Senders may ignore an invalid record and send no reports.",
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
            summary: "TXT record that looks like a TLS-RPT record but is not one",
            why: "Senders accept only text that begins with \"v=TLSRPTv1;\" and send no reports \
                  for this one.",
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
            summary: "no supported destination in the TLS-RPT record",
            why: "Senders support mailto: and https: URIs only.",
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
            summary: "unsupported URI scheme in the TLS-RPT record",
            why: "Senders support mailto: and https: URIs only; some may reject the whole record.",
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
            summary: "slashes in a mailto: URI of the TLS-RPT record",
            why: "The slashes become part of the address, and such a mailbox is unlikely to exist.",
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
            summary: "more than one rua field in the TLS-RPT record",
            why: "RFC 8460 defines only mailto: and https: URIs; some senders may reject the \
                  whole record.",
            cite: rfc(8460, "3"),
            page: include_str!("repeated-rua.md"),
        },
        run: record::repeated,
    },
];
