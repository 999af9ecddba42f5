//! What became of a domain, in meaning: each state that was found is held against the one before it.

use super::{Look, Sighting, Store, StoreError};
use crate::audit::{self, Changed, Clock, Inquiry};
use crate::compare::compare_findings;
use crate::diagnostic::family;
use crate::dns::Replay;
use crate::net::Name;
use crate::report::history::{DomainHistory, Event, EventKind};
use crate::report::{Domain, Finding, State, Verdict};
use crate::text::{Phrase, between, minute, rfc3339};

/// From when to when, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Events that happened before are left out.
    pub since: u64,
    /// Events that were found after are left out.
    pub until: u64,
}

/// What became of the domain of an inquiry; `None` if it was never looked at.
///
/// What failed is compared with nothing: when the DNS answers again, the domain is held against how
/// it was known last.
///
/// # Errors
/// The history cannot be read.
pub async fn timeline(
    store: &Store,
    inquiry: &Inquiry,
    period: Period,
) -> Result<Option<DomainHistory>, StoreError> {
    let sightings = store.reports(&inquiry.domain)?;
    let (Some(begin), Some(end)) = (sightings.first(), sightings.last()) else { return Ok(None) };
    let mut events = Vec::new();
    let (mut before, mut known): (Option<&Sighting>, Option<&Sighting>) = (None, None);
    for sighting in &sightings {
        let Some(domain) = sighting.report.domains.first() else { continue };
        let is_known = domain.result != Verdict::Unknown;
        let is_within = sighting.first <= period.until && sighting.first >= period.since;
        let was = before.map(|before| before.last);
        if is_within {
            let event = Event {
                kind: EventKind::First,
                after: was.map(rfc3339),
                by: rfc3339(sighting.first),
                bounds: bounds(was, sighting.first),
                result: domain.result,
                headline: domain.headline.clone(),
                change: None,
                findings: Vec::new(),
            };
            events.push(match known.filter(|_| is_known) {
                Some(known) => {
                    compared(store, inquiry, [known.last, sighting.first], event).await?
                }
                None => undetermined(event, domain, before.is_some()),
            });
        }
        before = Some(sighting);
        known = if is_known { Some(sighting) } else { known };
    }
    Ok(Some(DomainHistory {
        domain: inquiry.domain.clone(),
        first: rfc3339(begin.first),
        last: rfc3339(end.last),
        looks: sightings.iter().map(|sighting| sighting.looks).sum(),
        events,
        incidents: store
            .incidents(&inquiry.domain)?
            .into_iter()
            .filter(|it| it.start.by <= period.until)
            .filter(|it| it.end.is_none_or(|end| end.by >= period.since))
            .collect(),
    }))
}

/// An event that is compared with nothing: the first one, or one that says what failed.
fn undetermined(event: Event, domain: &Domain, is_later: bool) -> Event {
    let is_unknown = domain.result == Verdict::Unknown;
    let kind = if is_unknown && is_later { EventKind::Undetermined } else { event.kind };
    Event { kind, ..event }
}

/// An event with how the domain differs between two moments.
async fn compared(
    store: &Store,
    inquiry: &Inquiry,
    moments: [u64; 2],
    event: Event,
) -> Result<Event, StoreError> {
    let [before, after] = store.cassettes(moments)?.map(played);
    let (before, after) = (before?, after?);
    let clock = Clock { seconds: moments[1] };
    let Changed { before, mut after } = audit::change([&before, &after], inquiry, clock).await;
    compare_findings(&mut after, &before);
    // What a rule says about changes is about one that is to be published; this one is history.
    let is_told = |it: &Finding| {
        matches!(it.state, Some(State::Introduced | State::Resolved))
            && it.rule.family() != family::CHANGE
    };
    let findings: Vec<_> = after.findings.into_iter().filter(is_told).collect();
    let is_same = findings.is_empty()
        && after.change.as_ref().is_none_or(|change| {
            change.records.is_empty() && change.senders.is_empty() && change.unknown.is_empty()
        });
    if is_same {
        return Ok(Event { kind: EventKind::Answers, ..event });
    }
    // While the DNS did not answer, it may have changed already.
    let [was, by] = moments;
    let event = Event { after: Some(rfc3339(was)), bounds: between(was, by), ..event };
    let kind = EventKind::Changed;
    Ok(Event { kind, change: after.change, findings, ..event })
}

fn played(cassette: String) -> Result<Replay, StoreError> {
    Replay::read("the history", cassette).map_err(|why| StoreError::Damaged(why.to_string()))
}

impl Look<'_> {
    /// The DNS as it was seen last, this look included.
    ///
    /// # Errors
    /// The history cannot be read.
    pub fn replay(&self) -> Result<Replay, StoreError> {
        played(self.cassette()?)
    }
}

/// When something happened that was not so at one moment, and was at another.
fn bounds(was: Option<u64>, by: u64) -> String {
    was.map_or_else(|| minute(by), |was| between(was, by))
}

impl Store {
    /// The DNS as it was seen last at that time.
    ///
    /// # Errors
    /// The history cannot be read.
    pub fn replay(&self, at: u64) -> Result<Replay, StoreError> {
        played(self.cassette(at)?)
    }

    /// How a domain was found last: the answer, and since when, or when it was found otherwise.
    ///
    /// # Errors
    /// The history cannot be read.
    pub fn standing(&self, domain: &Name) -> Result<Option<(Verdict, Phrase, String)>, StoreError> {
        let sightings = self.reports(domain)?;
        let mut latest = sightings.iter().rev();
        let Some(now) = latest.next() else { return Ok(None) };
        let since = match latest.next() {
            _ if now.looks > 1 => format!("same since {}", minute(now.first)),
            Some(before) => format!("otherwise {}", minute(before.last)),
            None => "first look".to_owned(),
        };
        let found = now.report.domains.first();
        Ok(found.map(|domain| (domain.result, domain.headline.clone(), since)))
    }
}
