//! What there is to say about a zone file, from the file alone.
//!
//! The rules about files speak first; then each name that takes part in mail is looked at as a
//! domain is, only that nothing is asked of anybody. What lies outside of the file cannot be told,
//! so no rule is met by it. What is not there is said of the top of a zone only, and only if the
//! file speaks for all of it: elsewhere a file says what its own records show.

use super::inside;
use crate::diagnostic::{self, Location, Severity};
use crate::dns::{Kind, Outcome, Place, Question, Record};
use crate::examine::{Checks, Inquiry, RetiredSpf, gather_facts};
use crate::net::Name;
use crate::protocols::spf::{self, Policies};
use crate::protocols::{Protocol, dmarc};
use crate::report::Finding;
use crate::text::{Phrase, Span};
use crate::zone::{self, Alone, Facts, MailName};
use crate::zonefile::Zone;
use crate::zonefile::zone::Verdict;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What the answers and the policies that are read for a file may weigh in octets, whatever its size.
const WEIGHT: usize = 16 * 1024 * 1024;
/// What they may weigh more for each octet of the file, for large files have many names.
const WEIGHT_OF_OCTET: usize = 48;

/// What there is to say about one file.
#[derive(Debug)]
pub struct Linted {
    /// The zones that the file speaks for.
    pub zones: Vec<Name>,
    /// How many records were read.
    pub records: usize,
    /// True if the file answered every question, so that what was not found is not there.
    pub is_complete: bool,
    /// True if names were left out, for what they lead to weighs too much.
    pub is_cut: bool,
    /// What was found, in the order of the file. Every finding has its place there.
    pub findings: Vec<Finding>,
}

/// Looks at a file, and at each name in it that takes part in mail.
pub async fn lint(facts: &Facts) -> Linted {
    let mut findings = zone::lint::check(facts);
    let zones = facts.files.zones.iter();
    let zones: Vec<_> = zones.map(|zone| (zone, zone::mail_names(zone))).collect();
    let count = zones.iter().map(|(_, names)| names.len()).sum();
    let weight = WEIGHT.saturating_add(facts.size().saturating_mul(WEIGHT_OF_OCTET));
    let (mut work, mut is_complete, mut is_cut) = (Work { names: 0, weight }, true, false);
    for (zone, names) in zones {
        let alone = Alone::new(facts, zone, work.weight);
        let (mut found, next) = of_names(facts, zone, &alone, names, &mut work).await;
        if alone.assumes_no_policy_above() {
            found.iter_mut().for_each(mark_assumed);
        }
        findings.append(&mut found);
        is_complete &= !alone.has_failed();
        if let Some(next) = next {
            findings.push(too_many(next, count, work.names));
            (is_complete, is_cut) = (false, true);
            break;
        }
    }
    let places = Places::of(facts);
    findings.iter_mut().for_each(|finding| places.locate(&mut finding.location));
    drop_explained(&mut findings);
    findings.sort_by_key(|finding| position(&finding.location));
    Linted {
        zones: facts.files.zones.iter().filter_map(Zone::apex).cloned().collect(),
        records: facts.records().count(),
        is_complete,
        is_cut,
        findings: findings.iter().map(|it| reported(facts, it)).collect(),
    }
}

/// A finding as it counts for a file.
fn reported(facts: &Facts, finding: &diagnostic::Finding) -> Finding {
    let stack = finding.location.place.as_ref().map(|place| facts.files.stack_of(&place.file));
    let is_only_one = zone::lint::is_only_one(facts, finding);
    let mut finding = Finding::from(finding);
    inside::doubt(&mut finding);
    if is_only_one {
        finding.severity = Severity::Error;
    }
    if let Some(stack @ [_, ..]) = stack {
        let said = std::mem::take(&mut finding.message);
        let places = crate::text::escape(stack.join(", ").as_bytes());
        finding.message = said.plain(format!(" (included at {places})"));
    }
    finding
}

/// What may still be done for a file.
struct Work {
    /// How many names were looked at.
    names: usize,
    /// What the answers and the policies that are read for further ones may weigh: each name may cost a walk
    /// through a hundred policies.
    weight: usize,
}

/// What the protocols say of each name, while there is work left, and the first name that is not
/// looked at, or not to the end. A record that several names share, as a policy of SPF or DMARC can
/// be, is judged with the first of them.
async fn of_names(
    facts: &Facts,
    zone: &Zone,
    alone: &Alone<'_>,
    names: Vec<MailName>,
    work: &mut Work,
) -> (Vec<diagnostic::Finding>, Option<Name>) {
    let policies = Policies::new(alone);
    let (mut findings, mut reported) = (Vec::new(), HashSet::new());
    let weight = || alone.weight().saturating_add(policies.weight());
    for name in names {
        let domain = name.domain.clone();
        if weight() > work.weight {
            return (findings, Some(domain));
        }
        let inquiry = inquiry(facts, zone, name);
        let mut found = gather_facts(&policies, &inquiry).await.findings();
        found.retain(|finding| !reported.contains(&key(finding)));
        reported.extend(found.iter().map(key));
        findings.append(&mut found);
        if alone.is_exhausted() {
            return (findings, Some(domain));
        }
        work.names += 1;
    }
    work.weight = work.weight.saturating_sub(weight());
    (findings, None)
}

/// Says that a file has more names than are checked, at the first that is not.
fn too_many(next: Name, count: usize, looked_at: usize) -> diagnostic::Finding {
    let said = Phrase::new()
        .plain("of ")
        .number(count)
        .plain(" mail-related names, only the first ")
        .number(looked_at)
        .plain(" are checked");
    diagnostic::Finding::new(&zone::lint::NOT_READ, Location::set(next, Kind::Txt), said)
}

/// What is looked at of a name.
fn inquiry(facts: &Facts, zone: &Zone, name: MailName) -> Inquiry {
    let is_plain = facts.is_whole(zone) && !name.is_wildcard();
    let is_apex = zone.apex() == Some(&name.domain);
    let shows = name.shows;
    let checks = if is_plain && is_apex {
        Checks::default()
    } else {
        // Whoever takes mail can be forged, so the policy of a name with an MX is missed.
        let spf = shows.spf || is_plain && shows.mx;
        let shown = [
            (Protocol::Mx, shows.mx),
            (Protocol::Spf, spf),
            (Protocol::Dkim, shows.keys),
            (Protocol::Dmarc, shows.policy),
        ];
        let shown = shown.into_iter().filter(|(_, is_shown)| *is_shown).map(|(it, _)| it);
        Checks::only(shown.chain(name.further.iter().copied()))
    };
    let retired_spf = RetiredSpf::Asked;
    Inquiry { seen: name.selectors, checks, retired_spf, ..Inquiry::about(name.domain) }
}

/// What a finding says, wherever it was come by.
type Key = (&'static str, Name, Kind, Option<Arc<[u8]>>, Option<Span>, Option<Name>);

fn key(finding: &diagnostic::Finding) -> Key {
    let Location { name, kind, record, span, host, .. } = &finding.location;
    (finding.rule.id, name.clone(), *kind, record.clone(), *span, host.clone())
}

/// Says what a claim about the names above the zone rests on.
fn mark_assumed(finding: &mut diagnostic::Finding) {
    if finding.is(&dmarc::lint::rules::MISSING) {
        let said = std::mem::take(&mut finding.message);
        finding.message = said.plain(" (parent domains are not in the file)");
    }
}

/// Takes away what other rules say of a text that is not published as it is written, or was meant as an alias:
/// that it is no record of its kind, and that there is none.
fn drop_explained(findings: &mut Vec<diagnostic::Finding>) {
    let line = |location: &Location| location.place.as_ref().map(|place| place.line);
    let is_explanation = |finding: &&diagnostic::Finding| {
        finding.is(&zone::lint::UNQUOTED_TEXT) || finding.is(&zone::lint::WRONG_TYPE)
    };
    let mut explained: HashMap<Name, Vec<Option<u32>>> = HashMap::new();
    for finding in findings.iter().filter(is_explanation) {
        let lines = explained.entry(finding.location.name.clone()).or_default();
        lines.push(line(&finding.location));
    }
    findings.retain(|finding| {
        let Location { name, kind, record, .. } = &finding.location;
        let lines = explained.get(name).filter(|_| *kind == Kind::Txt && !is_explanation(&finding));
        lines.is_none_or(|lines| match record {
            Some(_) => !lines.contains(&line(&finding.location)),
            None => !finding.is(&spf::lint::rules::MISSING),
        })
    });
}

/// Where in its file a finding stands: line and column.
fn position(location: &Location) -> (u32, u32) {
    let Some(place) = &location.place else { return (1, 1) };
    location.span.map_or((place.line, place.column), |span| place.of(span.start))
}

/// Where in a file things stand.
struct Places<'f> {
    facts: &'f Facts,
    /// Where the first record of each name stands.
    first: HashMap<&'f Name, &'f Place>,
    /// Names with records, each with the index of the zone: there may be thousands of zones.
    owners: BTreeSet<(&'f Name, usize)>,
}

impl<'f> Places<'f> {
    fn of(facts: &'f Facts) -> Self {
        let zones = facts.files.zones.iter().enumerate();
        let owners =
            zones.flat_map(|(index, zone)| zone.records().map(move |(owner, ..)| (owner, index)));
        Self {
            facts,
            first: zone::first_places(&facts.files.zones, |_| true),
            owners: owners.collect(),
        }
    }

    /// Gives a location its place: the record that is meant, or the first of its set; for what is
    /// not there the first record of the name, or of the nearest one above it.
    fn locate(&self, location: &mut Location) {
        if location.place.is_none() {
            let found = self.record(location).or_else(|| self.nearest(&location.name));
            let begin = || Some(Place::new(Arc::clone(self.zones().next()?.file()), 1, 1));
            location.place = found.or_else(begin);
        }
    }

    fn zones(&self) -> impl Iterator<Item = &'f Zone> {
        self.facts.files.zones.iter()
    }

    /// The zones that list records at a name, or at a wildcard that may stand for it, in their order.
    fn with_records(&self, name: &Name) -> impl Iterator<Item = &'f Zone> {
        let above = std::iter::successors(name.parent(), Name::parent);
        let wildcards = above.filter_map(|name| name.child("*").ok());
        let owners = std::iter::once(name.clone()).chain(wildcards);
        let zones: BTreeSet<usize> = owners
            .flat_map(|owner| {
                let at_name = (&owner, 0)..=(&owner, usize::MAX);
                self.owners.range(at_name).map(|(_, index)| *index).collect::<Vec<_>>()
            })
            .collect();
        let all = &self.facts.files.zones;
        zones.into_iter().filter_map(|index| all.get(index))
    }

    fn record(&self, location: &Location) -> Option<Place> {
        let question = Question::new(location.name.clone(), location.kind);
        let records =
            self.with_records(&location.name).find_map(|zone| match zone.authority(&question) {
                Verdict::Answer { outcome: Outcome::Records(records), .. } => Some(records),
                _ => None,
            })?;
        let is_meant = |record: &&Record| match &location.record {
            Some(text) => record.data.text().as_deref() == Some(text),
            None => true,
        };
        let places = records.iter().filter(is_meant).filter_map(|record| record.place.clone());
        places.min_by_key(|place| (place.line, place.column))
    }

    fn nearest(&self, name: &Name) -> Option<Place> {
        let above = std::iter::successors(Some(name.clone()), Name::parent);
        let mut known = above.filter_map(|name| self.first.get(&name).copied());
        let top = || self.zones().find_map(|zone| self.first.get(zone.apex()?).copied());
        known.next().or_else(top).cloned()
    }
}

#[cfg(test)]
mod tests;
