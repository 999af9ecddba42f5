//! Rules about a change. What could not be told, before or after, meets none of them.
//!
//! `rules` is the table, and a page stands beside it for each row; `senders` is about who may send,
//! `policies` about what was published and is weaker or gone.

mod policies;
pub(crate) mod rules;
mod senders;

pub use rules::CHECKS;

use super::Facts;
use crate::diagnostic::{Check, Finding};

/// What the rules find.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Check::all(CHECKS, facts);
    // That the domain goes says what goes with it.
    if findings.iter().any(|finding| finding.is(&rules::DOMAIN_REMOVED)) {
        findings.retain(|finding| finding.is(&rules::DOMAIN_REMOVED));
    }
    findings
}
