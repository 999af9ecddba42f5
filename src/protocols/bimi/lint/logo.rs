//! Rules about the logo, where it was fetched.

use super::super::examine::Facts;
use super::{at_tag, not_served};
use crate::diagnostic::{Finding, Location, Rule};
use crate::text::Phrase;

pub(super) fn unserved(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    findings.extend(facts.logo.as_ref().and_then(|logo| not_served(logo, rule, at(facts)?)));
}

pub(super) fn profile(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(Ok(judged)) = facts.logo.as_ref().map(|logo| &logo.file) else { return };
    if judged.problems.is_empty() {
        return;
    }
    let said = Phrase::from("the logo is not SVG Tiny PS: ").bad(judged.problems.join(", "));
    findings.extend(at(facts).map(|location| Finding::new(rule, location, said)));
}

pub(super) fn square(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(Ok(judged)) = facts.logo.as_ref().map(|logo| &logo.file) else { return };
    if judged.is_square == Some(false) {
        let said = Phrase::from("the view box of the logo is not a square");
        findings.extend(at(facts).map(|location| Finding::new(rule, location, said)));
    }
}

/// The `l` of the record.
fn at(facts: &Facts) -> Option<Location> {
    at_tag(facts, |record| record.logo.as_ref())
}
