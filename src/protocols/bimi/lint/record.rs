//! Rules about the record, and about the DMARC policy that it needs.

use super::super::enforcement::Enforcement;
use super::super::examine::Facts;
use super::super::explain::weakness;
use super::super::grammar::BEGIN;
use super::super::record::Record;
use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::sole::{Found, Sole, Text};
use crate::dns::{Kind, Place};
use crate::text::{Phrase, Span};
use std::sync::Arc;

pub(super) fn several(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(visit) = facts.deciding() else { return };
    let Found::Several(texts) = &visit.found else { return };
    let said = Phrase::new()
        .name(visit.owner())
        .plain(" has ")
        .number(texts.len())
        .plain(" BIMI records; receivers ")
        .bad("ignore all of them");
    let place = texts.iter().find_map(|text| text.place.clone());
    let location = Location::set(visit.owner(), Kind::Txt).in_file(place);
    findings.push(Finding::new(rule, location, said));
}

pub(super) fn syntax(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((visit, published)) = facts.published() else { return };
    let record = published.record();
    for error in &published.record.errors {
        let found = record.show(error.span);
        let said = match found.is_empty() {
            true => Phrase::new(),
            false => Phrase::new().code(found).plain(": "),
        };
        let said = said.plain("expected ").plain(error.expected);
        let location = of_text(visit, &record.text, published.place.clone()).at(error.span);
        findings.push(Finding::new(rule, location, said));
    }
}

pub(super) fn lookalike(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (visit, Text { text, place }) in facts.lookalikes() {
        let said = Phrase::new()
            .plain("this TXT record does not begin with ")
            .code(BEGIN)
            .plain(", so receivers ")
            .bad("ignore it");
        let begin = Span::new(0, text.len().min(BEGIN.len()));
        let location = of_text(visit, text, place.clone()).at(begin);
        findings.push(Finding::new(rule, location, said));
    }
}

pub(super) fn dmarc(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((visit, record)) = facts.usable().filter(|(_, record)| !record.is_declined) else {
        return;
    };
    let Enforcement::Short(shortfall) = &facts.enforcement else { return };
    let said = Phrase::from("receivers do not show the logo: ").then(weakness(shortfall));
    findings.push(Finding::new(rule, of(facts, visit, record), said));
}

pub(super) fn preference(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((visit, record)) = facts.usable() else { return };
    let Some(span) = record.unknown_preference else { return };
    let said = Phrase::new()
        .code(record.show(span))
        .plain(" is neither avp=brand nor avp=personal; ")
        .plain("receivers use avp=brand or reject the record");
    findings.push(Finding::new(rule, of(facts, visit, record).at(span), said));
}

/// The place of the record.
fn of(facts: &Facts, visit: &Sole<Record>, record: &Record) -> Location {
    let place = facts.published().and_then(|(_, published)| published.place.clone());
    of_text(visit, &record.text, place)
}

fn of_text(visit: &Sole<Record>, text: &Arc<[u8]>, place: Option<Place>) -> Location {
    Location::record(visit.owner(), Kind::Txt, Arc::clone(text)).in_file(place)
}
