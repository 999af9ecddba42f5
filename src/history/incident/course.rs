//! One incident from its begin to its end.

use super::standing::Run;
use super::{Cause, Telling};
use crate::net::Name;
use crate::report::watch::{Happened, Notice};
use crate::report::{Bounds, Class, Incident, IncidentStatus, Update};
use crate::text::{Phrase, rfc3339};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Domains that a sentence names; others are counted.
const NAMED: usize = 3;

/// Something that became of an incident, to be said once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// What.
    pub happened: Happened,
    /// The how manieth message about the incident this is, from 1.
    pub number: u32,
    /// The incident from then on.
    pub incident: Incident,
    /// The same, to be kept.
    pub course: Course,
}

impl News {
    /// The same for the same message, however many times it is sent.
    pub fn key(&self) -> String {
        format!("{}-{}", self.incident.id, self.number)
    }

    /// The message about it.
    pub fn notice(&self) -> Notice {
        let Self { happened, number, incident, .. } = self;
        let (key, incident) = (self.key(), incident.clone());
        Notice { key, happened: *happened, number: *number, incident }
    }
}

/// An incident, as a history keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// The same for every incident of this cause.
    pub(super) topic: String,
    /// The same for this incident alone.
    id: String,
    class: Class,
    cause: Cause,
    telling: Telling,
    /// The domains that are or were affected.
    scope: BTreeSet<Name>,
    /// The signs that go on, by domain.
    parts: BTreeSet<(Name, String)>,
    start: Bounds,
    /// The last look that found it, as far as it is over somewhere.
    last: u64,
    /// The first looks that no longer found it.
    gone: BTreeSet<u64>,
    end: Option<Bounds>,
    status: IncidentStatus,
    updates: Vec<Update>,
    number: u32,
}

impl Course {
    pub(super) fn new(topic: &str, run: &Run, at: u64) -> Self {
        Self {
            topic: topic.to_owned(),
            id: id(topic, at),
            class: run.sign.class,
            cause: run.sign.cause.clone(),
            telling: run.sign.telling.clone(),
            scope: BTreeSet::new(),
            parts: BTreeSet::new(),
            start: Bounds { after: run.after, by: run.first },
            last: run.last,
            gone: BTreeSet::new(),
            end: None,
            status: IncidentStatus::Open,
            updates: Vec::new(),
            number: 0,
        }
    }

    /// A sign counts: it is a part of this from now on.
    pub(super) fn counts(&mut self, part: (Name, String), run: &Run) {
        self.scope.insert(part.0.clone());
        self.parts.insert(part);
        (self.status, self.end) = (IncidentStatus::Open, None);
        self.last = self.last.max(run.last);
        // One cause began once: the first look that found it anywhere, and the last one before that
        // which did not find it somewhere.
        let by = self.start.by.min(run.first);
        let after = [self.start.after, run.after].into_iter().flatten().filter(|it| *it < by).max();
        self.start = Bounds { after, by };
    }

    /// What a sign says changed.
    pub(super) fn retold(&mut self, part: &(Name, String), run: &Run) {
        self.last = self.last.max(run.last);
        if self.parts.contains(part) {
            self.telling = run.sign.telling.clone();
        }
    }

    /// A sign is over.
    pub(super) fn over(&mut self, part: &(Name, String), [last, first]: [u64; 2], at: u64) {
        self.parts.remove(part);
        self.last = self.last.max(last);
        self.gone.insert(first);
        if self.parts.is_empty() {
            self.status = IncidentStatus::Resolved;
            let by = self.gone.iter().find(|gone| **gone > self.last).copied().unwrap_or(at);
            self.end = Some(self.ended(by));
        }
    }

    /// A change is taken for what is meant.
    pub(super) fn accepted(&mut self, part: &(Name, String), at: u64) {
        self.parts.remove(part);
        if self.parts.is_empty() {
            self.status = IncidentStatus::Accepted;
            self.end = Some(self.ended(at));
        }
    }

    /// That it was over by then, and after the last look before that which found it.
    fn ended(&self, by: u64) -> Bounds {
        Bounds { after: [self.last, self.start.by].into_iter().filter(|it| *it < by).max(), by }
    }

    pub(super) fn is_over(&self) -> bool {
        self.parts.is_empty()
    }

    /// What is to be said after a round; nothing if it changed nothing that a reader sees.
    pub(super) fn told(&mut self, at: u64, happened: Happened, before: &Self) -> Option<News> {
        if happened == Happened::Updated {
            let mut what = Phrase::new();
            let new: Vec<&Name> = self.scope.difference(&before.scope).collect();
            if !new.is_empty() {
                let names = new.iter().map(|name| Phrase::new().name(name));
                what = what.plain("also affected: ").then(Phrase::listed(names, NAMED, ", "));
            }
            if self.telling != before.telling {
                let and = if what.is_empty() { "" } else { "; " };
                what = what.plain(and).then(self.telling.root_cause.clone());
            }
            if what.is_empty() {
                return None;
            }
            let what = Phrase::from(&*what.to_string());
            self.updates.push(Update { at: rfc3339(at), what });
        }
        self.number += 1;
        let (number, incident, course) = (self.number, self.incident(), self.clone());
        Some(News { happened, number, incident, course })
    }

    /// What a reader sees of it.
    pub fn incident(&self) -> Incident {
        let Telling { title, impact, root_cause, next_step } = self.telling.clone();
        let Cause { party, owner, kind, record } = self.cause.clone();
        Incident {
            id: self.id.clone(),
            status: self.status,
            class: self.class,
            title,
            impact,
            scope: self.scope.iter().cloned().collect(),
            start: self.start,
            end: self.end,
            party,
            owner,
            kind,
            record,
            root_cause,
            next_step,
            updates: self.updates.clone(),
        }
    }
}

/// The look at which it was opened, and a number for its cause.
fn id(topic: &str, at: u64) -> String {
    let stamp: String = rfc3339(at).chars().filter(char::is_ascii_digit).take(12).collect();
    let hash = topic
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, octet| (hash ^ u32::from(octet)).wrapping_mul(0x0100_0193));
    format!("{stamp}-{hash:08x}")
}
