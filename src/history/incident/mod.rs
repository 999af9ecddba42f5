//! Incidents: runs of looks that found something wrong, or could not determine something.
//!
//! Looks are handed in with their time, a round of them at a moment; nothing here reads a clock, asks
//! the DNS or touches a file. The same rounds give the same incidents, in whatever order the domains of
//! a round stand.
//!
//! A look says what is wrong in [`Sign`]s. Each sign of a domain is same, changed or undetermined:
//!
//! - What the first look found is how the domain is: nothing of it is new.
//! - A sign that was not there before counts when two looks, two resolvers, or the servers of the zone
//!   agree. One look alone opens nothing, and resolvers that differ neither open nor close anything.
//! - A query that fails is a sign of its own, with a begin and an end. While something is undetermined,
//!   what is found counts, and what is not found is not taken for gone.
//!
//! An [`Incident`] is opened, updated and closed. Signs that only a provider can change are one incident,
//! however many domains show them. Its bounds are the looks around it: the last one that determined that
//! nothing was wrong, and the first one that found it.

mod course;
mod evidence;
mod sign;
mod standing;

pub use course::{Course, News};
pub use evidence::signs;
pub use sign::{Cause, Sign, Telling};
pub use standing::Standing;

use crate::net::Name;
use crate::report::Incident;
use crate::report::watch::Happened;
use standing::Turn;
use std::collections::{BTreeMap, BTreeSet};

/// When a sign counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many looks, or resolvers at one look, have to agree.
    pub looks: u32,
    /// After how many seconds a change that stayed is taken for what is meant.
    pub accepts_after_s: u64,
}

impl Default for Settings {
    /// Two looks, and a week.
    fn default() -> Self {
        Self { looks: 2, accepts_after_s: 7 * 86_400 }
    }
}

/// What one server said of one domain at one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The domain.
    pub domain: Name,
    /// Who said so.
    pub witness: Witness,
    /// What is wrong; empty if nothing is.
    pub signs: Vec<Sign>,
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Witness {
    /// A resolver, or several that were not told apart.
    Resolver(String),
    /// The servers of the zone, which decide what it holds.
    Authoritative,
}

/// What is known of all domains that are watched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    pub(super) standings: BTreeMap<Name, Standing>,
    /// The incidents that go on, by topic.
    pub(super) open: BTreeMap<String, Course>,
    settings: Settings,
}

impl Watched {
    /// Nothing is known yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// What was known after an earlier round.
    pub fn resume(
        settings: Settings,
        standings: impl IntoIterator<Item = (Name, Standing)>,
        open: impl IntoIterator<Item = Course>,
    ) -> Self {
        let open = open.into_iter().map(|course| (course.topic.clone(), course)).collect();
        Self { settings, standings: standings.into_iter().collect(), open }
    }

    /// What is known of a domain.
    pub fn standing(&self, domain: &Name) -> Option<&Standing> {
        self.standings.get(domain)
    }

    /// The incidents that go on.
    pub fn open(&self) -> impl Iterator<Item = Incident> {
        self.open.values().map(Course::incident)
    }

    /// The titles of what one look found at a domain and another has to confirm.
    pub fn pending(&self, domain: &Name) -> Vec<&Sign> {
        let standing = self.standings.get(domain);
        standing.into_iter().flat_map(Standing::pending).map(|run| &run.sign).collect()
    }

    /// Takes what was seen at one moment, in seconds since 1970, and says what became of incidents. What
    /// is not later than the look before it is no other look, and is left out.
    pub fn round(&mut self, at: u64, sights: Vec<Sight>) -> Vec<News> {
        let mut of: BTreeMap<Name, Vec<Sight>> = BTreeMap::new();
        for sight in sights {
            of.entry(sight.domain.clone()).or_default().push(sight);
        }
        let mut touched: BTreeMap<String, Course> = BTreeMap::new();
        let mut fresh: BTreeSet<String> = BTreeSet::new();
        for (domain, sights) in of {
            let known = self.standings.remove(&domain);
            if let Some(known) = known.clone().filter(|known| known.last >= at) {
                self.standings.insert(domain, known);
                continue;
            }
            let (standing, turns) = Standing::take(known, at, &sights, self.settings);
            self.standings.insert(domain.clone(), standing);
            for turn in turns {
                self.turned(at, &domain, turn, &mut touched, &mut fresh);
            }
        }
        let ended: Vec<String> = touched
            .keys()
            .filter(|topic| self.open.get(*topic).is_some_and(Course::is_over))
            .cloned()
            .collect();
        let mut news = Vec::new();
        for (topic, before) in touched {
            let Some(course) = self.open.get_mut(&topic) else { continue };
            let happened = match (fresh.contains(&topic), ended.contains(&topic)) {
                (_, true) => Happened::Closed,
                (true, false) => Happened::Opened,
                (false, false) => Happened::Updated,
            };
            news.extend(course.told(at, happened, &before));
        }
        for topic in ended {
            self.open.remove(&topic);
        }
        news
    }

    /// What a turn at one domain does to the incident that it belongs to.
    fn turned(
        &mut self,
        at: u64,
        domain: &Name,
        turn: Turn,
        touched: &mut BTreeMap<String, Course>,
        fresh: &mut BTreeSet<String>,
    ) {
        let (Turn::Counts(run) | Turn::Retold(run) | Turn::Over(run, _) | Turn::Accepted(run)) =
            &turn;
        let topic = run.sign.topic(domain);
        let course = match self.open.get_mut(&topic) {
            Some(course) => course,
            None if matches!(turn, Turn::Counts(_)) => {
                fresh.insert(topic.clone());
                let course = Course::new(&topic, run, at);
                self.open.entry(topic.clone()).or_insert(course)
            }
            None => return,
        };
        touched.entry(topic).or_insert_with(|| course.clone());
        let part = (domain.clone(), run.sign.key.clone());
        match &turn {
            Turn::Counts(run) => course.counts(part, run),
            Turn::Retold(run) => course.retold(&part, run),
            Turn::Over(_, span) => course.over(&part, *span, at),
            Turn::Accepted(_) => course.accepted(&part, at),
        }
    }
}

#[cfg(test)]
mod tests;
