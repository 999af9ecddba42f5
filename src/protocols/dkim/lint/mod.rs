//! Rules about keys. A lookup that failed never makes a finding.

mod key;
pub(crate) mod rules;
mod search;

pub use rules::CHECKS;
pub(crate) use search::target_as_text;

use super::search::Facts;
use crate::diagnostic::{Check, Finding};

/// Everything that the rules find.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}

#[cfg(test)]
mod tests;
