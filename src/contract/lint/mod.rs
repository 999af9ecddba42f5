//! Rules about a contract: each tells of the expectations of one kind that are not met. What could
//! not be told meets none of them.

pub(crate) mod rules;

pub use rules::CHECKS;

use super::{Clause, Facts, Outcome};
use crate::diagnostic::{Check, Finding, Rule};

/// What the rules find.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}

/// Tells of every reason why an expectation of this kind is not met.
fn report(clause: Clause, facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for one in facts.expectations.iter().filter(|one| one.clause == clause) {
        if let Outcome::Unmet(breaches) = &one.outcome {
            findings.extend(
                breaches
                    .iter()
                    .map(|breach| Finding::new(rule, breach.location.clone(), breach.said.clone())),
            );
        }
    }
}
