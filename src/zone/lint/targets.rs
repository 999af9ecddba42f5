//! Rules about names that lack their final dot.

use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::{Data, Kind, Outcome, Question, Record, presentation};
use crate::net::{Name, has_public_suffix};
use crate::text::{Phrase, Span};
use crate::zone::{Facts, names};
use crate::zonefile::Zone;
use crate::zonefile::zone::Verdict;

/// Fewest labels of a name that is taken for one of another domain: `smtp.nl` may be a host here.
const FOREIGN: usize = 3;

pub(super) fn missing_dot(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for zone in &facts.files.zones {
        let mut last = None;
        for (owner, kind, record) in zone.records() {
            if last != Some(owner)
                && let Some(said) = doubled(owner)
            {
                last = Some(owner);
                let location = facts.set(owner, kind, record.place.as_ref());
                findings.push(Finding::new(rule, location, said));
            }
            let Some(target) = target(&record.data) else { continue };
            if let Some(said) = doubled(target).or_else(|| foreign(facts, zone, target)) {
                findings.push(Finding::new(rule, at(owner, kind, record, target), said));
            }
        }
    }
}

/// What is said of a name that ends in the name of a zone twice: `mail.example.com.example.com`.
fn doubled(name: &Name) -> Option<Phrase> {
    let half = names::doubled(name)?;
    let count = name.label_count();
    let meant = Name::from_labels(name.labels().take(count - half)).ok()?;
    let said = Phrase::new()
        .name(name)
        .plain(" ends in ")
        .name(name.suffix(half))
        .weak(" twice")
        .plain("; is a dot missing after ")
        .code(meant.to_octets())
        .plain("?");
    Some(said)
}

/// What is said of a target below the zone that does not exist there and looks like a name of
/// another domain: `mx.example.net.example.com`.
fn foreign(facts: &Facts, zone: &Zone, target: &Name) -> Option<Phrase> {
    let apex = zone.apex().filter(|apex| target.is_within(apex))?;
    let extra = target.label_count().checked_sub(apex.label_count())?;
    if extra < FOREIGN || apex.is_root() || !facts.is_whole(zone) {
        return None;
    }
    let meant = Name::from_labels(target.labels().take(extra)).ok()?;
    let is_public = has_public_suffix(&meant);
    let question = Question::new(target.clone(), Kind::A);
    let is_gone =
        matches!(zone.authority(&question), Verdict::Answer { outcome: Outcome::NxDomain, .. });
    let said = Phrase::new()
        .name(target)
        .plain(" does not exist; is a dot missing behind ")
        .code(meant.to_octets())
        .plain("?");
    (is_public && is_gone).then_some(said)
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
