//! Rules about BIMI. Checks look at facts and never resolve.

mod logo;
mod mark;
mod record;
mod rules;

pub use rules::CHECKS;

use super::examine::Facts;
use super::fetch::Fetch;
use crate::diagnostic::{Check, Finding, Location, Rule};
use crate::dns::Kind;
use crate::text::Phrase;
use std::sync::Arc;

/// Everything that the rules find.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}

/// That no receiver gets a file.
fn not_served<T>(file: &Fetch<T>, rule: &'static Rule, at: Location) -> Option<Finding> {
    let said = Phrase::new().code(&file.url).plain(": ").then(file.why_not_served()?.phrase());
    Some(Finding::new(rule, at, said))
}

/// A tag of the record that names a file.
fn at_tag(
    facts: &Facts,
    tag: impl Fn(&super::Record) -> Option<&super::Location>,
) -> Option<Location> {
    let (visit, record) = facts.usable()?;
    let place = facts.published().and_then(|(_, published)| published.place.clone());
    let location = Location::record(visit.owner(), Kind::Txt, Arc::clone(&record.text));
    Some(location.in_file(place).at(tag(record)?.span))
}
