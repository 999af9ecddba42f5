//! Rules about BIMI. Checks look at facts and never resolve.

mod logo;
mod mark;
mod record;
mod rules;

pub use rules::CHECKS;

use super::examine::Facts;
use crate::diagnostic::{Check, Finding};

/// Everything that the rules find.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}
