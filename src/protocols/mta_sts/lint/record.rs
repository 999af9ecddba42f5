//! Rules about the record.

use super::super::examine::Facts;
use super::super::grammar::BEGIN;
use super::super::record::Record;
use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::sole::{Found, Published, Text};
use crate::dns::{Kind, Place};
use crate::text::{Phrase, Span};
use std::sync::Arc;

pub(super) fn several(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Found::Several(texts) = &facts.record.found else { return };
    let said = Phrase::new()
        .name(facts.record.owner())
        .plain(" has ")
        .number(texts.len())
        .plain(" MTA-STS records; senders ")
        .bad("ignore all of them");
    let place = texts.iter().find_map(|text| text.place.clone());
    let location = Location::set(facts.record.owner(), Kind::Txt).in_file(place);
    findings.push(Finding::new(rule, location, said));
}

pub(super) fn syntax(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = facts.record.published() else { return };
    for error in &published.record.errors {
        let found = published.record().show(error.span);
        let said = Phrase::new().plain("expected ").plain(error.expected);
        let said = if found.is_empty() { said } else { said.plain(", found ").code(found) };
        let location = of(facts, published).at(error.span);
        findings.push(Finding::new(rule, location, said));
    }
}

pub(super) fn lookalike(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for Text { text, place } in facts.lookalikes() {
        let said = Phrase::new()
            .plain("this TXT record does not begin with ")
            .code(BEGIN)
            .plain(", so senders ")
            .bad("discard it");
        let begin = Span::new(0, text.len().min(BEGIN.len()));
        findings.push(Finding::new(rule, of_text(facts, text, place.clone()).at(begin), said));
    }
}

pub(super) fn repeated(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = sound(facts) else { return };
    for field in &published.record().repeated {
        let said = Phrase::new()
            .code(published.record().show(*field))
            .plain(" is a second id field; senders use only the first");
        findings.push(Finding::new(rule, of(facts, published).at(*field), said));
    }
}

/// The record, if it has no fault.
fn sound(facts: &Facts) -> Option<&Published<Record>> {
    facts.record.published().filter(|published| published.record.errors.is_empty())
}

/// The place of the record.
fn of(facts: &Facts, published: &Published<Record>) -> Location {
    of_text(facts, &published.record().text, published.place.clone())
}

fn of_text(facts: &Facts, text: &Arc<[u8]>, place: Option<Place>) -> Location {
    Location::record(facts.record.owner(), Kind::Txt, Arc::clone(text)).in_file(place)
}
