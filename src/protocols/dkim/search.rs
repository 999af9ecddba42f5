//! The search for keys: every candidate at once, and two questions that say what silence means.

use super::LABEL;
use super::event::Event;
use super::grammar;
use super::key::{Flaw, Key, Strength};
use super::record::KeyRecord;
use super::selector::{Candidate, Selector, Wanted};
use crate::diagnostic::{Standing, Step};
use crate::dns::{Answer, Dns, Kind, Outcome, Place, ask, join_all};
use crate::net::Name;
use crate::text::Parsed;
use std::sync::Arc;

/// What was found out, and the steps that led there.
#[derive(Clone, Debug)]
pub struct Examined {
    /// What rules look at.
    pub facts: Facts,
    /// The steps.
    pub step: Step<Event>,
}

/// What was found out about the keys of a domain.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The domain.
    pub domain: Name,
    /// Every selector that was tried, in the order of the candidates.
    pub tried: Vec<Arc<Tried>>,
    /// The answer at `_domainkey`; `None` if the domain's name is too long to have one.
    pub apex: Option<Arc<Answer>>,
    /// What a selector finds that nobody publishes, if it finds something: a wildcard.
    pub wildcard: Option<Arc<Tried>>,
    /// Answers with a key at the doubled name of a selector that is in use and has none.
    pub misplaced: Vec<Arc<Answer>>,
}

/// A selector that was tried.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The selector, and why it was tried.
    pub candidate: Candidate,
    /// The name asked.
    pub name: Name,
    /// What came back.
    pub answer: Arc<Answer>,
    /// What that means.
    pub found: Found,
    /// The first texts that stand there and are no key records, and where.
    pub foreign: Vec<(Arc<[u8]>, Option<Place>)>,
    /// True if the answer is the one that every selector gets.
    pub is_by_wildcard: bool,
}

/// The record at a selector.
#[derive(Clone, Debug)]
pub enum Found {
    /// One key record.
    Key(Published),
    /// Several key records: which one counts is undefined (RFC 6376 §3.6.2.2).
    Several {
        /// The first of them, up to a bound.
        keys: Vec<Published>,
        /// How many there are.
        count: usize,
    },
    /// Text, but no key record: how many texts.
    Foreign(usize),
    /// Nothing.
    Nothing,
    /// A CNAME that leads to a name which does not exist.
    Dangling,
    /// It could not be told.
    Failed,
}

/// Most key records at a selector that are read. One is allowed, and thousands fit into an answer.
const MOST_KEYS: usize = 16;

/// A key record and its place.
#[derive(Clone, Debug)]
pub struct Published {
    /// The record and its faults.
    pub record: Parsed<KeyRecord>,
    /// Where in a file it stands.
    pub place: Option<Place>,
}

/// Looks for the keys of a domain: every candidate, `_domainkey` itself, and a selector that nobody
/// publishes, all at once.
pub async fn examine(dns: &dyn Dns, domain: &Name, wanted: &Wanted) -> Examined {
    // A name that is too long cannot exist, so it is left out of the search.
    let candidates: Vec<(Candidate, Name)> = wanted
        .candidates()
        .into_iter()
        .filter_map(|candidate| candidate.selector.at(domain).ok().map(|name| (candidate, name)))
        .collect();
    let apex = domain.child(LABEL).ok();
    let improbable = Selector::improbable()
        .and_then(|selector| Ok((selector.at(domain)?, Candidate::new(selector, false))))
        .ok();

    let names = candidates.iter().map(|(_, name)| name);
    let extra = improbable.iter().map(|(name, _)| name).chain(&apex);
    let mut answers =
        join_all(names.chain(extra).map(|name| ask(dns, name, Kind::Txt))).await.into_iter();

    let mut tried: Vec<Tried> = candidates
        .into_iter()
        .zip(&mut answers)
        .map(|((candidate, name), answer)| Tried::new(candidate, name, answer))
        .collect();
    let wildcard = improbable
        .and_then(|(name, candidate)| Some(Tried::new(candidate, name, answers.next()?)))
        .filter(Tried::has_key);
    if let Some(wildcard) = &wildcard {
        for one in &mut tried {
            one.is_by_wildcard = one.answer.outcome == wildcard.answer.outcome;
        }
    }
    let mut facts = Facts {
        domain: domain.clone(),
        misplaced: Vec::new(),
        tried: tried.into_iter().map(Arc::new).collect(),
        apex: apex.and_then(|_| answers.next()),
        wildcard: wildcard.map(Arc::new),
    };
    facts.misplaced = misplaced(dns, &facts).await;
    Examined { step: Event::story(&facts), facts }
}

/// The answers with a key, or with an alias of one, where a form that wants a relative name puts one
/// that was given whole.
async fn misplaced(dns: &dyn Dns, facts: &Facts) -> Vec<Arc<Answer>> {
    let Some(doubled) = facts.domain.doubled() else { return Vec::new() };
    // Where no selector exists at all, one query says whether any stands below the doubled name.
    let exists_doubled = match doubled.child(LABEL).ok().filter(|_| facts.is_proved_none()) {
        Some(below) => {
            let answer = ask(dns, &below, Kind::Txt).await;
            answer.aliases.is_empty()
                && matches!(answer.outcome, Outcome::NoData | Outcome::Records(_))
        }
        None => false,
    };
    let is_missing = |tried: &&Arc<Tried>| {
        (tried.candidate.is_given || exists_doubled)
            && matches!(tried.found, Found::Nothing | Found::Foreign(_))
    };
    let missing = facts.tried.iter().filter(is_missing);
    let names = missing.filter_map(|tried| tried.candidate.selector.at(&doubled).ok());
    let names: Vec<Name> = names.collect();
    let answers = join_all(names.iter().map(|name| ask(dns, name, Kind::Txt))).await;
    let has_key = |answer: &Arc<Answer>| {
        !answer.aliases.is_empty() || answer.texts().any(|it| grammar::is_meant_as_key(&it))
    };
    answers.into_iter().filter(has_key).collect()
}

impl Tried {
    fn new(candidate: Candidate, name: Name, answer: Arc<Answer>) -> Self {
        let found = Found::of(&answer);
        let texts = answer.records().iter();
        let texts = texts.filter_map(|record| Some((record.data.text()?, &record.place)));
        let foreign = texts
            .filter(|(text, _)| !grammar::is_meant_as_key(text))
            .take(MOST_KEYS)
            .map(|(text, place)| (Arc::from(&*text), place.clone()))
            .collect();
        Self { candidate, name, answer, found, foreign, is_by_wildcard: false }
    }

    /// The name of the wildcard that answers for the selector (RFC 4592 §2.1.1).
    pub fn wildcard_name(&self) -> Name {
        let above = self.name.parent();
        above.and_then(|above| above.child("*").ok()).unwrap_or_else(|| self.name.clone())
    }

    /// True if the selector is an alias in a circle, as far as the answer shows it.
    pub fn is_alias_loop(&self) -> bool {
        matches!(self.found, Found::Failed) && self.answer.is_alias_loop()
    }

    /// The key records that stand there, of many the first.
    pub fn keys(&self) -> &[Published] {
        match &self.found {
            Found::Key(published) => std::slice::from_ref(published),
            Found::Several { keys, .. } => keys,
            Found::Foreign(_) | Found::Nothing | Found::Dangling | Found::Failed => &[],
        }
    }

    /// The key record that two texts are together: a key that is cut off, and the rest of it.
    pub fn joined(&self) -> Option<Vec<u8>> {
        let (Found::Key(published), [(rest, _)]) = (&self.found, self.foreign.as_slice()) else {
            return None;
        };
        let is_cut =
            |key: &Key| matches!(key, Key::Unreadable(Flaw::Truncated { .. } | Flaw::NotBase64));
        let first = &published.record.value;
        first.key.as_ref().filter(|key| is_cut(&key.value))?;
        let text = [&*first.text, &**rest].concat();
        let joined = grammar::key_record(&text);
        let is_readable = |key: &Key| !matches!(key, Key::Unreadable(_));
        let is_whole = joined.errors.is_empty()
            && joined.value.strays.is_empty()
            && joined.value.key.as_ref().is_some_and(|key| is_readable(&key.value));
        is_whole.then_some(text)
    }

    /// True if every key record that stands there is read.
    fn is_read(&self) -> bool {
        !matches!(&self.found, Found::Several { keys, count } if keys.len() < *count)
    }

    /// True if a key record stands there, whatever its worth.
    pub fn has_key(&self) -> bool {
        !self.keys().is_empty()
    }

    /// How the selector stands.
    pub fn standing(&self) -> Standing {
        match &self.found {
            Found::Key(published) => published.standing(),
            Found::Several { .. } | Found::Dangling => Standing::Broken,
            Found::Foreign(_) | Found::Nothing => Standing::Absent,
            Found::Failed => Standing::Unknown,
        }
    }
}

impl Found {
    fn of(answer: &Answer) -> Self {
        match &answer.outcome {
            Outcome::Failed(_) => Self::Failed,
            // RFC 6604 §3: the response code speaks of the last name of the chain.
            Outcome::NxDomain if !answer.aliases.is_empty() => Self::Dangling,
            Outcome::NxDomain | Outcome::NoData => Self::Nothing,
            Outcome::Records(records) => {
                let texts =
                    records.iter().filter_map(|record| Some((record.data.text()?, &record.place)));
                let (mut keys, mut count) = (Vec::new(), 0);
                for (text, place) in texts.filter(|(text, _)| grammar::is_meant_as_key(text)) {
                    count += 1;
                    if keys.len() < MOST_KEYS {
                        let record = grammar::key_record(&text);
                        keys.push(Published { record, place: place.clone() });
                    }
                }
                match count {
                    0 => Self::Foreign(records.len()),
                    1 => keys.pop().map_or(Self::Nothing, Self::Key),
                    _ => Self::Several { keys, count },
                }
            }
        }
    }
}

impl Published {
    /// True if receivers can use the key, however weak it is.
    pub fn is_usable(&self) -> bool {
        matches!(self.standing(), Standing::Good | Standing::Weak)
    }

    /// How the record stands by itself. A withdrawn key is as good as none.
    pub fn standing(&self) -> Standing {
        let record = &self.record.value;
        if !self.record.errors.is_empty() || !record.strays.is_empty() {
            return Standing::Broken;
        }
        if record.is_revoked() {
            return Standing::Absent;
        }
        if record.unusable().is_some() {
            return Standing::Broken;
        }
        match record.key.as_ref().and_then(|key| key.value.strength()) {
            None | Some(Strength::Broken) => Standing::Broken,
            Some(Strength::Weak | Strength::Oversized) => Standing::Weak,
            // RFC 6376 §3.6.1, t=y: "Verifiers MUST NOT treat messages from Signers in testing mode
            // differently from unsigned email"
            Some(Strength::Good) if record.is_testing => Standing::Weak,
            Some(Strength::Good) => Standing::Good,
        }
    }
}

impl Facts {
    /// The selectors that have a key record of their own, whatever its worth.
    pub fn keyed(&self) -> impl Iterator<Item = &Arc<Tried>> {
        self.tried.iter().filter(|tried| tried.has_key() && !tried.is_by_wildcard)
    }

    /// The selectors that could not be told about.
    pub fn failed(&self) -> impl Iterator<Item = &Arc<Tried>> {
        self.tried.iter().filter(|tried| matches!(tried.found, Found::Failed))
    }

    /// True if it is proved that the domain has no key at any selector.
    pub fn is_proved_none(&self) -> bool {
        // RFC 8020 §2: nothing exists below a name that does not exist. Through a CNAME the response
        // code speaks of another name; and a server that answers below it contradicts itself.
        let nothing_below = self.apex.as_ref().is_some_and(|apex| {
            matches!(apex.outcome, Outcome::NxDomain) && apex.aliases.is_empty()
        });
        nothing_below
            && self.wildcard.is_none()
            && self.tried.iter().all(|tried| {
                matches!(tried.found, Found::Nothing | Found::Failed)
                    && tried.answer.aliases.is_empty()
            })
    }

    /// True if every selector without a key of its own is withdrawn by a wildcard.
    pub fn is_withdrawn(&self) -> bool {
        let is_revoked = |key: &Published| key.record.value.is_revoked();
        self.wildcard
            .as_ref()
            .is_some_and(|probe| probe.is_read() && probe.keys().iter().all(is_revoked))
    }

    /// How the domain stands: the best of its keys, because one good signature is enough, and one
    /// step less if other keys are not as good.
    ///
    /// [`Standing::Unknown`] where no key was found: keys cannot be listed. [`Facts::failed`] tells
    /// whether something was left unanswered.
    pub fn standing(&self) -> Standing {
        if self.is_proved_none() {
            return Standing::Absent;
        }
        let found = |wanted: Standing| self.live().any(|tried| tried.standing() == wanted);
        let [good, weak, broken] = [Standing::Good, Standing::Weak, Standing::Broken].map(found);
        match (good, weak, broken) {
            (true, false, false) => Standing::Good,
            (true, ..) | (_, true, _) => Standing::Weak,
            (.., true) => Standing::Broken,
            _ if self.is_withdrawn() && self.failed().next().is_none() => Standing::Absent,
            _ => Standing::Unknown,
        }
    }

    /// The selectors that say something about signing: with a key, or a dangling alias that matters.
    fn live(&self) -> impl Iterator<Item = &Arc<Tried>> {
        let wildcard = self.wildcard.iter();
        let tried = self.tried.iter().filter(|tried| match tried.found {
            Found::Dangling => self.is_dangling_a_fault(tried),
            _ => tried.has_key() && !tried.is_by_wildcard,
        });
        tried.chain(wildcard)
    }

    /// True if a dangling alias breaks signing: somebody counts on the selector, and it does not
    /// rest.
    pub fn is_dangling_a_fault(&self, tried: &Tried) -> bool {
        let Candidate { is_given, provider, .. } = &tried.candidate;
        matches!(tried.found, Found::Dangling)
            && (*is_given || provider.is_some())
            && !self.is_resting(tried)
    }

    /// True for an alias without a key that its provider fills at the next rotation, while another
    /// of the provider's selectors has a key that can be used.
    pub fn is_resting(&self, tried: &Tried) -> bool {
        let Candidate { provider, may_rest, .. } = &tried.candidate;
        *may_rest
            && !tried.answer.aliases.is_empty()
            && self.tried.iter().any(|other| {
                other.candidate.provider == *provider
                    && other.keys().iter().any(Published::is_usable)
            })
    }
}
