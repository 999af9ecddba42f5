//! Rules about a zone file. They look at what was read and at nothing else.
//!
//! `rules` is the table, and a page stands beside it for each row; `faults` is about what cannot be
//! read, `sets` about record sets, `owners` and `targets` about names, `asked`
//! about names at which mail asks for another type, `words` about texts.

mod asked;
mod faults;
mod owners;
pub(crate) mod rules;
mod sets;
mod targets;
mod words;

#[cfg(feature = "formats")]
pub(crate) use faults::FAULTY_COMMENT;
pub(crate) use faults::NOT_READ;
#[cfg(feature = "cli")]
pub(crate) use owners::may_be_at_delegation;
pub use rules::CHECKS;
pub(crate) use rules::WRONG_TYPE;
pub(crate) use words::UNQUOTED_TEXT;

use super::Facts;
use crate::diagnostic::{Check, Finding};

/// What the rules find.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}

/// True for a finding by which the zone, read whole, is without a record that it is meant to have.
pub(crate) fn is_only_one(facts: &Facts, finding: &Finding) -> bool {
    owners::is_only_one(facts, finding) || asked::is_only_one(facts, finding)
}

/// What the rules find about records that could be read and cannot stand as they do.
#[cfg(feature = "cli")]
pub(crate) fn check_structure(facts: &Facts) -> Vec<Finding> {
    let rules = [
        &rules::ALIAS_WITH_OTHER_DATA,
        &rules::DUPLICATE_SET,
        &rules::OUT_OF_ZONE,
        &rules::BELOW_DELEGATION,
        &rules::MISSING_DOT,
        &rules::MISNAMED_OWNER,
        &rules::WRONG_TYPE,
    ];
    let mut findings = Vec::new();
    let is_structure = |check: &&Check<Facts>| rules.iter().any(|rule| rule.id == check.rule.id);
    for check in CHECKS.iter().filter(is_structure) {
        (check.run)(facts, check.rule, &mut findings);
    }
    findings
}

#[cfg(test)]
mod tests;
