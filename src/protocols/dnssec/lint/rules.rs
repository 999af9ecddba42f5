//! The table of rules: a row for each, in the order of findings in a report.

use super::answers;
use crate::diagnostic::Confidence::Certain;
use crate::diagnostic::Severity::Error;
use crate::diagnostic::{Check, Rule};
use crate::protocols::dnssec::Facts;
use crate::text::rfc;

/// Answers that are proved to be bogus.
pub const BOGUS: Rule = Rule {
    id: "dnssec/bogus",
    severity: Error,
    confidence: Certain,
    summary: "answers that fail DNSSEC validation",
    why: "Validating resolvers answer SERVFAIL: receivers behind them find no record here and \
          reject or defer mail.",
    cite: rfc(4035, "5.5"),
    page: include_str!("bogus.md"),
};

/// Every rule of DNSSEC with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] = &[Check { rule: &BOGUS, run: answers::bogus }];
