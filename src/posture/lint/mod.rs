//! Rules about a domain as a whole. What was not asked, or could not be told, meets none of them.
//!
//! `rules` is the table, and a page stands beside it for each row; `role` is about what the domain
//! is for and whether its records agree about it, `proof` about how its mail can pass DMARC, `bulk`
//! about what large receivers demand, `takeover` about what others may come to hold, `platform`
//! about those who send for many, `servers` about the DNS servers that were asked one by one, `parent` about
//! the delegation to them.

mod bulk;
mod parent;
mod platform;
mod proof;
mod role;
mod servers;
pub(crate) mod rules;
mod takeover;

pub use rules::CHECKS;

use super::Facts;
use crate::diagnostic::{Check, Finding};

/// What the rules find.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}

#[cfg(test)]
mod tests;
