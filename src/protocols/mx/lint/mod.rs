//! Rules about who receives. A lookup that failed never makes a finding.

mod host;
pub(crate) mod rules;
mod set;

pub use rules::CHECKS;
pub(crate) use set::beside_provider;

use super::hosts::Facts;
use crate::diagnostic::{Check, Finding};

/// Everything that the rules find.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}
