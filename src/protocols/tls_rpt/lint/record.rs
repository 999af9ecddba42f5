//! Rules about the record and its destinations.

use super::super::examine::Facts;
use super::super::grammar::BEGIN;
use super::super::record::Record;
use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::sole::{Found, Published, Text};
use crate::dns::{Kind, Place};
use crate::text::{Phrase, Span};
use std::sync::Arc;

pub(super) fn several(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Found::Several(texts) = &facts.found else { return };
    let said = Phrase::new()
        .name(facts.owner())
        .plain(" has ")
        .number(texts.len())
        .plain(" TLS-RPT records; senders ")
        .bad("ignore all of them");
    let place = texts.iter().find_map(|text| text.place.clone());
    let location = Location::set(facts.owner(), Kind::Txt).in_file(place);
    findings.push(Finding::new(rule, location, said));
}

pub(super) fn syntax(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = facts.published() else { return };
    for error in &published.record.errors {
        let found = published.record().show(error.span);
        let said = match found.is_empty() {
            true => Phrase::new(),
            false => Phrase::new().code(found).plain(": "),
        };
        let said = said.plain("expected ").plain(error.expected);
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

pub(super) fn no_destination(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    // A destination with a fault has another rule.
    let Some(published) = sound(facts).filter(|it| !it.record().has_destination()) else { return };
    let Some(first) = published.record().rua.first() else { return };
    let said = Phrase::new()
        .code(&first.text)
        .plain(" is neither a mailto: nor an https: URI, and there is no other destination; ")
        .bad("senders send no reports");
    findings.push(Finding::new(rule, of(facts, published).at(first.span), said));
}

pub(super) fn scheme(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = sound(facts).filter(|it| it.record().has_destination()) else { return };
    for uri in published.record().rua.iter().filter(|uri| !uri.scheme.is_supported()) {
        let said = Phrase::new()
            .code(&uri.text)
            .plain(" is neither a mailto: nor an https: URI; senders send no reports to it");
        findings.push(Finding::new(rule, of(facts, published).at(uri.span), said));
    }
}

pub(super) fn slashes(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = sound(facts) else { return };
    for uri in published.record().rua.iter().filter(|uri| uri.has_stray_slashes()) {
        let address = uri.text.get(b"mailto:".len()..).unwrap_or_default();
        let address = address.split(|octet| *octet == b'?').next().unwrap_or_default();
        let said = Phrase::new()
            .code(&uri.text)
            .plain(" has slashes after the colon; senders use the address ")
            .code(address);
        findings.push(Finding::new(rule, of(facts, published).at(uri.span), said));
    }
}

pub(super) fn repeated(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = sound(facts) else { return };
    for field in &published.record().repeated {
        let said = Phrase::new()
            .code(published.record().show(*field))
            .plain(" is a second rua field; some senders use only the first");
        findings.push(Finding::new(rule, of(facts, published).at(*field), said));
    }
}

/// The record, if it has no fault.
fn sound(facts: &Facts) -> Option<&Published<Record>> {
    facts.published().filter(|published| published.record.errors.is_empty())
}

/// The place of the record.
fn of(facts: &Facts, published: &Published<Record>) -> Location {
    of_text(facts, &published.record().text, published.place.clone())
}

fn of_text(facts: &Facts, text: &Arc<[u8]>, place: Option<Place>) -> Location {
    Location::record(facts.owner(), Kind::Txt, Arc::clone(text)).in_file(place)
}
