//! Rules about the logo, where it was fetched.

use super::super::examine::Facts;
use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::text::Phrase;
use std::sync::Arc;

pub(super) fn unserved(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(logo) = &facts.logo else { return };
    let Some(why) = logo.file.as_ref().err().filter(|why| why.is_certain()) else { return };
    let said = Phrase::new().code(&logo.url).plain(": ").then(why.phrase());
    findings.extend(at(facts).map(|location| Finding::new(rule, location, said)));
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
    let (visit, record) = facts.usable()?;
    let place = facts.published().and_then(|(_, published)| published.place.clone());
    let location = Location::record(visit.owner(), Kind::Txt, Arc::clone(&record.text));
    Some(location.in_file(place).at(record.logo.as_ref()?.span))
}
