//! What is worth knowing about a domain's DMARC. Checks look at facts and never resolve.

mod policy;
mod record;
mod reports;
pub(crate) mod rules;

pub(crate) use policy::target_as_text;
pub use rules::CHECKS;

use super::examine::Facts;
use super::visit::{Published, owner};
use crate::diagnostic::{Check, Finding, Location};
use crate::dns::Kind;
use crate::net::Name;
use std::sync::Arc;

/// Checks every rule against what was found out about a domain.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}

/// The record that governs the domain, unless it is that of a public suffix, which the owner of the
/// domain cannot mend.
fn own_record(facts: &Facts) -> Option<&Arc<Published>> {
    let suffix = facts.discovered.walk.public_suffix();
    facts.discovered.governing().filter(|published| suffix != Some(*published))
}

/// The place of a record.
fn of_record(published: &Published) -> Location {
    let text = Arc::clone(&published.record().text);
    Location::record(published.owner(), Kind::Txt, text).in_file(published.place.clone())
}

/// The place where a domain's record stands or would stand.
fn of_domain(domain: &Name) -> Location {
    Location::set(owner(domain).unwrap_or_else(|| domain.clone()), Kind::Txt)
}

#[cfg(test)]
mod tests;
