//! The table of rules: a row for each, in the order of findings in a report.

use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::report::feedback::Feedback;
use crate::text::{advice, rfc};

/// Every rule with its check, in the order of findings in a report.
pub(crate) static CHECKS: &[Check<Feedback>] = &[
    Check { rule: &OWN_MAIL_FAILS, run: super::own_mail_fails },
    Check { rule: &SPOOFING_ALLOWED, run: super::spoofing_allowed },
    Check { rule: &TLS_FAILURES, run: super::tls_failures },
    Check { rule: &FORWARDED_MAIL_FAILS, run: super::forwarded_mail_fails },
    Check { rule: &UNLISTED_SOURCE, run: super::unlisted_source },
    Check { rule: &FAULTY_REPORT, run: super::faulty_report },
];

pub(crate) static OWN_MAIL_FAILS: Rule = Rule {
    id: "report/own-mail-fails",
    severity: Warn,
    confidence: Likely,
    summary: "mail of the domain fails DMARC",
    why: "Under p=quarantine or p=reject receivers put this mail aside or reject it.",
    cite: rfc(9989, "5.3.6"),
    page: include_str!("own-mail-fails.md"),
};

pub(crate) static SPOOFING_ALLOWED: Rule = Rule {
    id: "report/spoofing-allowed",
    severity: Warn,
    confidence: Likely,
    summary: "p=none lets unauthenticated mail through",
    why: "p=none asks receivers to deliver mail that proves nothing as if the domain had sent \
          it.",
    cite: rfc(9989, "5.3.6"),
    page: include_str!("spoofing-allowed.md"),
};

pub(crate) static TLS_FAILURES: Rule = Rule {
    id: "report/tls-failures",
    severity: Warn,
    confidence: Certain,
    summary: "senders could not secure sessions",
    why: "With an enforced MTA-STS policy or with TLSA records mail of these senders waits and \
          then bounces.",
    cite: rfc(8460, "4.3"),
    page: include_str!("tls-failures.md"),
};

pub(crate) static FORWARDED_MAIL_FAILS: Rule = Rule {
    id: "report/forwarded-mail-fails",
    severity: Note,
    confidence: Likely,
    summary: "forwarded mail fails DMARC",
    why: "Forwarders send from addresses that SPF does not list. Only a DKIM signature survives \
          that.",
    cite: rfc(7960, "2"),
    page: include_str!("forwarded-mail-fails.md"),
};

pub(crate) static UNLISTED_SOURCE: Rule = Rule {
    id: "report/unlisted-source",
    severity: Note,
    confidence: Likely,
    summary: "an unauthenticated source sends as the domain",
    why: "Either it is spoofing, or it is a server of yours that SPF does not list and that does \
          not sign.",
    cite: rfc(9989, "5.3.5"),
    page: include_str!("unlisted-source.md"),
};

pub(crate) static FAULTY_REPORT: Rule = Rule {
    id: "report/faulty-report",
    severity: Note,
    confidence: Certain,
    summary: "a report has unreadable fields",
    why: "What cannot be read is missing in the sums.",
    cite: advice(),
    page: include_str!("faulty-report.md"),
};
