//! Rules about a domain as a whole.

use super::Facts;
use crate::dns::Kind;
use crate::judge::Confidence::Certain;
use crate::judge::{Check, Finding, Location, Rule, Severity};
use crate::text::{Phrase, rfc};

/// Every rule with its check, in the order in which findings are told.
pub static CHECKS: &[Check<Facts>] = &[Check {
    rule: &Rule {
        id: "posture/no-such-domain",
        severity: Severity::Error,
        confidence: Certain,
        summary: "the domain does not exist",
        why: "Mail to it bounces, and receivers refuse mail from it. A mistyped name, or a \
              registration that ran out.",
        cite: rfc(8020, "2"),
        page: include_str!("no-such-domain.md"),
    },
    run: no_such_domain,
}];

/// What the rules find.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}

fn no_such_domain(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if facts.exists == Some(false) {
        let said = Phrase::new().name(&facts.domain).plain(" does not exist (NXDOMAIN)");
        findings.push(Finding::new(rule, Location::set(facts.domain.clone(), Kind::Txt), said));
    }
}
