//! Rules about DNSSEC. Only what is proved is a finding: the word of a resolver is none.

mod answers;
pub mod rules;

pub use rules::CHECKS;

use super::facts::Facts;
use crate::diagnostic::{Check, Finding};

/// Everything that the rules find.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}
