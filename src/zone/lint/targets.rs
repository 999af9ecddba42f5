//! Rules about names that lack their final dot.

use crate::dns::zone::Verdict;
use crate::dns::{Data, Kind, Outcome, Question, Record, presentation};
use crate::judge::{Finding, Location, Rule};
use crate::net::Name;
use crate::text::{Phrase, Span};
use crate::zone::Facts;

/// Fewest labels of a name that is taken for one of another domain: `smtp.nl` may be a host here.
const FOREIGN: usize = 3;

pub(super) fn missing_dot(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(zone) = facts.zone().filter(|zone| !zone.is_root()) else { return };
    let mut told = None;
    for (owner, kind, record) in facts.reading.zone.records() {
        if told != Some(owner) && is_doubled(owner, zone) {
            told = Some(owner);
            let location = facts.set(owner, kind, record.place.as_ref());
            findings.push(Finding::new(rule, location, doubled(owner, zone)));
        }
        let Some(target) = target(&record.data) else { continue };
        let said = if is_doubled(target, zone) {
            doubled(target, zone)
        } else if let Some(meant) = foreign(facts, target) {
            Phrase::new()
                .name(target)
                .plain(" does not exist; is a dot missing behind ")
                .code(meant.to_octets())
                .plain("?")
        } else {
            continue;
        };
        findings.push(Finding::new(rule, at(owner, kind, record, target), said));
    }
}

/// True if a name ends in the name of the zone twice.
fn is_doubled(name: &Name, zone: &Name) -> bool {
    zone.under(zone).is_ok_and(|twice| name.is_within(&twice))
}

fn doubled(name: &Name, zone: &Name) -> Phrase {
    let extra = name.label_count().saturating_sub(zone.label_count());
    let said = Phrase::new().name(name).plain(" ends in ").name(zone).weak(" twice");
    match Name::from_labels(name.labels().take(extra)) {
        Ok(meant) => said.plain("; is a dot missing behind ").code(meant.to_octets()).plain("?"),
        Err(_) => said,
    }
}

/// The name of another domain that was meant, if a target below the zone does not exist there and
/// looks like one: `mx.example.net.example.com`.
fn foreign(facts: &Facts, target: &Name) -> Option<Name> {
    let apex = facts.reading.zone.apex().filter(|_| facts.is_whole())?;
    let extra = target.label_count().checked_sub(apex.label_count())?;
    if extra < FOREIGN || !target.is_within(apex) {
        return None;
    }
    let meant = Name::from_labels(target.labels().take(extra)).ok()?;
    let is_public = psl::suffix(&meant.to_octets()).is_some_and(|suffix| suffix.is_known());
    let question = Question::new(target.clone(), Kind::A);
    let is_gone = matches!(
        facts.reading.zone.authority(&question),
        Verdict::Answer { outcome: Outcome::NxDomain, .. }
    );
    (is_public && is_gone).then_some(meant)
}

/// The name that a record leads to.
fn target(data: &Data) -> Option<&Name> {
    match data {
        Data::Mx { exchange, .. } => Some(exchange),
        Data::Cname(target) | Data::Ns(target) | Data::Ptr(target) => Some(target),
        _ => None,
    }
}

/// The target in its record, as it is written out.
fn at(owner: &Name, kind: Kind, record: &Record, target: &Name) -> Location {
    let text = presentation::write(kind, &record.data);
    let length = text.len();
    let written = target.to_string().len() + 1;
    Location::record(owner.clone(), kind, text.into_bytes().into())
        .at(Span::new(length.saturating_sub(written), length))
        .in_file(record.place.clone())
}
