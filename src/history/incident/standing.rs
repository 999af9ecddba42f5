//! What is known of one domain from look to look, and when a sign of trouble counts.

use super::{Settings, Sight, Sign, Telling, Witness};
use crate::report::Class;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of one domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The latest look that found nothing worse than before, in seconds since 1970: what later looks
    /// are held against.
    pub baseline: u64,
    /// The latest look.
    pub last: u64,
    /// The latest look that determined all that the baseline did; `None` before the first one.
    determined: Option<u64>,
    /// What was wrong at the baseline, and at how many looks in a row it was not.
    known: BTreeMap<String, u32>,
    /// What the baseline could not determine.
    unknown: BTreeSet<String>,
    /// What is wrong since.
    runs: BTreeMap<String, Run>,
}

/// A sign that was found at one look or more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    pub sign: Sign,
    /// The last look that determined that it was not so.
    pub after: Option<u64>,
    /// The first look that found it.
    pub first: u64,
    /// The last look that found it.
    pub last: u64,
    /// How many times it was found, by look and by server.
    found: u32,
    /// The look from which on it counts.
    counts: Option<u64>,
    /// The first look that no longer found it, and how many times it was not found.
    gone: Option<(u64, u32)>,
    /// Other words for it, and how many looks in a row had them.
    other: Option<(Telling, u32)>,
}

/// What a round made of a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It counts from now on.
    Counts(Run),
    /// What it says changed.
    Retold(Run),
    /// It is over: the last look that found it, and the first that did not.
    Over(Run, [u64; 2]),
    /// It has lasted for so long that it is taken for what is meant.
    Accepted(Run),
}

/// What several servers say of a domain at one moment.
struct Together<'s> {
    /// What each of them says that could tell, and how much that weighs.
    present: BTreeMap<&'s str, (&'s Sign, u32)>,
    /// What some say and others do not.
    disputed: BTreeSet<&'s str>,
    /// How many of them could determine everything that was known before.
    whole: u32,
}

impl<'s> Together<'s> {
    fn new(sights: &'s [Sight], unknown: &BTreeSet<String>) -> Self {
        // The servers of the zone decide what it holds.
        let is_direct = |sight: &&Sight| sight.witness == Witness::Authoritative;
        let decides = sights.iter().any(|sight| is_direct(&sight));
        let asked: Vec<&Sight> =
            sights.iter().filter(|sight| !decides || is_direct(sight)).collect();
        let weight = if decides { u32::MAX } else { 1 };
        let is_whole = |sight: &&&Sight| {
            let mut unknowns = sight.signs.iter().filter(|it| it.class == Class::Undetermined);
            unknowns.all(|it| unknown.contains(&it.key))
        };
        let whole: Vec<&&Sight> = asked.iter().filter(is_whole).collect();
        let mut found: BTreeMap<&str, (&Sign, u32)> = BTreeMap::new();
        for sight in &asked {
            let mut seen = BTreeSet::new();
            for sign in sight.signs.iter().filter(|sign| seen.insert(&*sign.key)) {
                let entry = found.entry(&*sign.key).or_insert((sign, 0));
                entry.1 = entry.1.saturating_add(weight);
            }
        }
        let mut disputed = BTreeSet::new();
        for (key, (sign, _)) in &found {
            let lacks = |sight: &&&Sight| !sight.signs.iter().any(|it| it.key == *key);
            let is_disputed = match sign.class {
                Class::Worse => whole.iter().any(&lacks),
                // What one server can tell is determined.
                Class::Undetermined => asked.iter().any(|sight| lacks(&sight)),
            };
            if is_disputed {
                disputed.insert(*key);
            }
        }
        let determined =
            |key: &str, sign: &Sign| !(disputed.contains(key) && sign.class == Class::Undetermined);
        let open: BTreeSet<&str> = found
            .iter()
            .filter(|(key, (sign, _))| sign.class == Class::Undetermined && determined(key, sign))
            .map(|(key, _)| *key)
            .collect();
        let is_known = open.iter().all(|key| unknown.contains(*key));
        let whole = match (whole.len(), decides) {
            (0, _) if is_known && !asked.is_empty() => 1,
            (0, _) => 0,
            (_, true) => u32::MAX,
            (count, false) => u32::try_from(count).unwrap_or(u32::MAX),
        };
        let present = found.into_iter().filter(|(key, _)| !disputed.contains(key)).collect();
        Self { present, disputed, whole }
    }

    fn of(&self, class: Class) -> impl Iterator<Item = (&'s str, &'s Sign, u32)> {
        let all = self.present.iter().map(|(key, (sign, weight))| (*key, *sign, *weight));
        all.filter(move |(_, sign, _)| sign.class == class)
    }
}

impl Standing {
    /// What the first look says: nothing is new at it.
    fn first(at: u64, together: &Together<'_>) -> Self {
        let known = together.of(Class::Worse).map(|(key, ..)| key.to_owned());
        let disputed = together.disputed.iter().map(|key| (*key).to_owned());
        Self {
            baseline: at,
            last: at,
            determined: None,
            known: known.chain(disputed).map(|key| (key, 0)).collect(),
            unknown: together.of(Class::Undetermined).map(|(key, ..)| key.to_owned()).collect(),
            runs: BTreeMap::new(),
        }
    }

    /// True for a sign that was not there before, and does not count yet.
    pub fn is_new(&self, sign: &Sign) -> bool {
        let counts = self.runs.get(&sign.key).is_some_and(|run| run.counts.is_some());
        sign.class == Class::Worse && !counts && !self.known.contains_key(&sign.key)
    }

    /// What the servers of the zones are a witness of, if `direct` is what they say where a resolver finds
    /// `cached`. Where they have all that is new, they decide. Where they do not, the resolver may remember
    /// what is over, or they be ahead of all resolvers: that is one more opinion, which differs. `None` if
    /// they leave something open: then they say nothing.
    pub fn witness_of_zone(&self, cached: &[Sign], direct: &[Sign]) -> Option<Witness> {
        if direct.iter().any(|sign| sign.class == Class::Undetermined) {
            return None;
        }
        let mut new = cached.iter().filter(|sign| self.is_new(sign));
        Some(match new.all(|sign| direct.iter().any(|other| other.key == sign.key)) {
            true => Witness::Authoritative,
            false => Witness::Resolver("the servers of the zones".to_owned()),
        })
    }

    /// The runs that do not count yet: another look has to agree.
    pub(super) fn pending(&self) -> impl Iterator<Item = &Run> {
        self.runs.values().filter(|run| run.counts.is_none())
    }

    /// Takes what was seen at one moment; `known` is what is known so far, if anything is.
    pub(super) fn take(
        known: Option<Self>,
        at: u64,
        sights: &[Sight],
        settings: Settings,
    ) -> (Self, Vec<Turn>) {
        let nothing = BTreeSet::new();
        let unknown = known.as_ref().map_or(&nothing, |known| &known.unknown);
        let together = Together::new(sights, unknown);
        let is_first = known.is_none();
        let mut standing = known.unwrap_or_else(|| Self::first(at, &together));
        let mut turns = Vec::new();
        if !is_first {
            standing.absorb(&together);
        }
        standing.find(at, &together, settings, &mut turns);
        standing.miss(at, &together, settings, &mut turns);
        standing.accept(at, settings, &mut turns);
        standing.settle(at, &together);
        (standing, turns)
    }

    /// What the baseline could not determine may hide what is found now: that is not new.
    fn absorb(&mut self, together: &Together<'_>) {
        let open: BTreeSet<&str> = together.of(Class::Undetermined).map(|(key, ..)| key).collect();
        let before = self.unknown.len();
        self.unknown.retain(|key| open.contains(&**key));
        if self.unknown.len() == before {
            return;
        }
        for (key, ..) in together.of(Class::Worse) {
            if !self.runs.contains_key(key) {
                self.known.insert(key.to_owned(), 0);
            }
        }
    }

    /// What is there.
    fn find(
        &mut self,
        at: u64,
        together: &Together<'_>,
        settings: Settings,
        turns: &mut Vec<Turn>,
    ) {
        for (key, (sign, weight)) in &together.present {
            if let Some(absent) = self.known.get_mut(*key) {
                *absent = 0;
                continue;
            }
            let after = match sign.class {
                Class::Worse => self.determined,
                Class::Undetermined => Some(self.last).filter(|last| *last < at),
            };
            let run = self.runs.entry((*key).to_owned()).or_insert_with(|| Run {
                sign: (*sign).clone(),
                after,
                first: at,
                last: at,
                found: 0,
                counts: None,
                gone: None,
                other: None,
            });
            run.last = at;
            run.gone = None;
            run.found = run.found.saturating_add(*weight);
            if run.retold(sign, settings) {
                turns.push(Turn::Retold(run.clone()));
            }
            if run.counts.is_none() && run.found >= settings.looks {
                run.counts = Some(at);
                turns.push(Turn::Counts(run.clone()));
            }
        }
    }

    /// What is no longer there, where that could be determined.
    fn miss(
        &mut self,
        at: u64,
        together: &Together<'_>,
        settings: Settings,
        turns: &mut Vec<Turn>,
    ) {
        let is_missing =
            |key: &str| !together.present.contains_key(key) && !together.disputed.contains(key);
        let weight = together.whole;
        let mut over = Vec::new();
        for (key, run) in self.runs.iter_mut().filter(|(key, _)| is_missing(key)) {
            // That a query is answered is seen at once; that nothing is wrong only by who sees all.
            let weight = if run.sign.class == Class::Undetermined { weight.max(1) } else { weight };
            if weight == 0 {
                continue;
            }
            let (first, times) = run.gone.unwrap_or((at, 0));
            let times = times.saturating_add(weight);
            run.gone = Some((first, times));
            if run.counts.is_none() || times >= settings.looks {
                over.push((key.clone(), first));
            }
        }
        for (key, first) in over {
            if let Some(run) = self.runs.remove(&key).filter(|run| run.counts.is_some()) {
                let last = run.last;
                turns.push(Turn::Over(run, [last, first]));
            }
        }
        if weight > 0 {
            self.known.retain(|key, absent| {
                *absent = if is_missing(key) { absent.saturating_add(weight) } else { 0 };
                *absent < settings.looks
            });
        }
    }

    /// What changed and stays so is meant to be so.
    fn accept(&mut self, at: u64, settings: Settings, turns: &mut Vec<Turn>) {
        let is_meant = |run: &Run| {
            let lasted = at.saturating_sub(run.first);
            run.counts.is_some_and(|counts| counts < at)
                && run.gone.is_none()
                && run.sign.is_change
                && lasted >= settings.accepts_after_s
        };
        let keys: Vec<String> =
            self.runs.iter().filter(|(_, run)| is_meant(run)).map(|it| it.0.clone()).collect();
        for key in keys {
            turns.extend(self.runs.remove(&key).map(Turn::Accepted));
            self.known.insert(key, 0);
        }
        // What no look has determined for so long is waited for no longer.
        let is_lasting = |run: &&Run| {
            let lasted = at.saturating_sub(run.first);
            run.sign.class == Class::Undetermined && lasted >= settings.accepts_after_s
        };
        let lasting = self.runs.values().filter(is_lasting).map(|run| run.sign.key.clone());
        self.unknown.extend(lasting);
    }

    /// Moves the baseline where nothing is worse.
    fn settle(&mut self, at: u64, together: &Together<'_>) {
        self.last = at;
        if together.whole == 0 {
            return;
        }
        self.determined = Some(at);
        let is_worse = self.runs.values().any(|run| run.sign.class == Class::Worse);
        let is_disputed = together.disputed.iter().any(|key| !self.known.contains_key(*key));
        if !is_worse && !is_disputed {
            self.baseline = at;
        }
    }
}

impl Run {
    /// Takes the words of this look; true if they are others than before, and have been for long enough.
    fn retold(&mut self, sign: &Sign, settings: Settings) -> bool {
        // How many queries fail, and which, differs from look to look.
        if self.sign.telling == sign.telling || sign.class == Class::Undetermined {
            self.other = None;
            return false;
        }
        let times = match self.other.take() {
            Some((telling, times)) if telling == sign.telling => times + 1,
            _ => 1,
        };
        if times < settings.looks {
            self.other = Some((sign.telling.clone(), times));
            return false;
        }
        self.sign.telling = sign.telling.clone();
        self.counts.is_some()
    }
}
