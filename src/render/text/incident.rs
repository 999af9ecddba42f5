//! An incident, for a person: what, whose, since when, and what to do.

use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::{Class, Incident, IncidentStatus};
use crate::text::Phrase;

/// Where what is said of an incident begins.
const INDENT: usize = 14;
/// Domains that are named; others are counted.
const NAMED: usize = 6;

/// The lines of an incident, below the one that says what became of it.
pub(super) fn lines(sheet: &mut Sheet, incident: &Incident) {
    let Incident { impact, scope, start, end, root_cause, next_step, .. } = incident;
    let status = format!("{} ({})", incident.status.word(), incident.id);
    row(sheet, "status", &Phrase::from(&*status));
    row(sheet, "user impact", impact);
    let names = scope.iter().map(|name| Phrase::new().name(name));
    row(sheet, "scope", &Phrase::listed(names, NAMED, ", "));
    row(sheet, "start", &Phrase::from(&*start.words()));
    if let Some(end) = end {
        row(sheet, "end", &Phrase::from(&*end.words()));
    }
    row(sheet, "root cause", root_cause);
    if end.is_none() {
        row(sheet, "next step", next_step);
    }
    for update in &incident.updates {
        let said = Phrase::from(&*update.at).plain(": ").then(update.what.clone());
        row(sheet, "update", &said);
    }
}

/// The colour that an incident has.
pub(super) fn ink(incident: &Incident) -> Ink {
    match (incident.status, incident.class) {
        (IncidentStatus::Open, Class::Worse) => Ink::Bad,
        (IncidentStatus::Open, Class::Undetermined) => Ink::Unknown,
        _ => Ink::Good,
    }
}

fn row(sheet: &mut Sheet, word: &str, sentence: &Phrase) {
    if sentence.is_empty() {
        return;
    }
    let label = sheet.line().plain("  ").plain(word).pad(INDENT).plain(" ");
    let sentence = sheet.line().phrase(sentence);
    sheet.sentence(label, &sentence);
}
