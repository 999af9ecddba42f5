//! What a name publishes: its SPF record, found and read once (RFC 7208 §4.4, §4.5).

use super::grammar;
use super::record::Record;
use crate::diagnostic::Location;
use crate::dns::{Answer, Data, Dns, Kind, Outcome, Question};
use crate::net::{Name, Table};
use crate::text::Parsed;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a policy weighs beside its text, in octets.
const POLICY: usize = 50;

/// What the TXT records of a name say about SPF.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// The name.
    pub domain: Name,
    /// The answer that it was read from.
    pub answer: Arc<Answer>,
    /// What was found in it.
    pub found: Found,
}

/// What was found at a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Exactly one SPF record.
    One {
        /// The record, and everything wrong with it.
        record: Parsed<Record>,
        /// Which record of the answer it is, from 0.
        index: usize,
    },
    /// More than one record begins with the version section (RFC 7208 §4.5).
    Several(Vec<Arc<[u8]>>),
    /// The name exists, or may exist, and has no SPF record.
    Nothing,
    /// The name does not exist.
    NoDomain,
    /// The question could not be answered.
    Failed,
}

impl Published {
    /// Reads what an answer to a TXT question says.
    pub fn read(answer: Arc<Answer>) -> Self {
        let found = match &answer.outcome {
            Outcome::Failed(_) => Found::Failed,
            // RFC 6604 §3: behind an alias, the code speaks of the last name of the chain.
            Outcome::NxDomain if !answer.aliases.is_empty() => Found::Nothing,
            Outcome::NxDomain => Found::NoDomain,
            Outcome::NoData => Found::Nothing,
            Outcome::Records(records) => {
                let mut texts: Vec<(usize, Vec<u8>)> = records
                    .iter()
                    .enumerate()
                    .filter(|(_, record)| matches!(record.data, Data::Txt(_)))
                    .filter_map(|(index, record)| Some((index, record.data.text()?)))
                    .filter(|(_, text)| grammar::is_record(text))
                    .collect();
                match (texts.len(), texts.pop()) {
                    (1, Some((index, text))) => Found::One { record: grammar::parse(text), index },
                    (0, _) | (_, None) => Found::Nothing,
                    (_, Some(last)) => {
                        texts.push(last);
                        Found::Several(texts.into_iter().map(|(_, text)| text.into()).collect())
                    }
                }
            }
        };
        Self { domain: answer.question.name.clone(), answer, found }
    }

    /// The record, if there is exactly one; it may still have faults.
    pub fn record(&self) -> Option<&Parsed<Record>> {
        match &self.found {
            Found::One { record, .. } => Some(record),
            _ => None,
        }
    }

    /// How many octets there are to evaluate.
    fn size(&self) -> usize {
        self.record().map_or(0, |record| record.value.text.len())
    }

    /// Where the record stands; the whole record set if there is not exactly one.
    pub fn location(&self) -> Location {
        let domain = self.domain.clone();
        match &self.found {
            Found::One { record, index } => {
                let place = self.answer.records().get(*index).and_then(|it| it.place.clone());
                Location::record(domain, Kind::Txt, Arc::clone(&record.value.text)).in_file(place)
            }
            _ => Location::set(domain, Kind::Txt),
        }
    }

    /// The record, if there is exactly one and it has no fault: what evaluation works on.
    pub fn usable(&self) -> Option<&Record> {
        self.record().and_then(|record| record.strict().ok())
    }
}

/// The policies that domains of a run have in common, each read once while it is in use.
///
/// Each domain still asks for them, and a cache answers: what a domain may ask does not depend on the
/// domains before it. What was read from one and the same answer is the same.
#[derive(Debug, Default)]
pub struct Shared {
    known: Mutex<Generations>,
}

/// When the young one is full, the old one is forgotten: what is in use stays.
#[derive(Debug, Default)]
struct Generations {
    young: Table<Name, Arc<Published>>,
    old: Table<Name, Arc<Published>>,
}

impl Shared {
    /// Policies of one generation.
    const GENERATION: usize = 1024;

    /// What an answer says, read if it was not.
    fn read(&self, answer: Arc<Answer>) -> Arc<Published> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let name = &answer.question.name;
        let is_of_it = |one: &&Arc<Published>| Arc::ptr_eq(&one.answer, &answer);
        if let Some(published) = known.young.get(name).filter(is_of_it) {
            return Arc::clone(published);
        }
        let old = known.old.remove(name).filter(|one| is_of_it(&one));
        let published = old.unwrap_or_else(|| Arc::new(Published::read(answer)));
        if known.young.len() >= Self::GENERATION {
            known.old = std::mem::take(&mut known.young);
        }
        known.young.insert(published.domain.clone(), Arc::clone(&published));
        published
    }
}

/// The published policies of a run, each asked for and read once.
pub struct Policies<'d> {
    dns: &'d dyn Dns,
    /// The policies in common with other domains, and the name of which none is shared.
    shared: Option<(&'d Shared, &'d Name)>,
    known: Mutex<Table<Name, Arc<Published>>>,
    weight: AtomicUsize,
    are_steps_told: bool,
}

impl<'d> Policies<'d> {
    /// Nothing known yet; answers come from `dns`.
    pub fn new(dns: &'d dyn Dns) -> Self {
        let (known, weight) = (Mutex::default(), AtomicUsize::new(0));
        Self { dns, shared: None, known, weight, are_steps_told: true }
    }

    /// Nothing known yet of `own`, the domain that is asked about; what others publish is `shared` with the
    /// domains that are asked about besides.
    pub fn sharing(dns: &'d dyn Dns, shared: &'d Shared, own: &'d Name) -> Self {
        Self { shared: Some((shared, own)), ..Self::new(dns) }
    }

    /// The same, for who wants results and not how they were found: walks have no steps but the outermost.
    #[must_use]
    pub(crate) fn without_steps(self) -> Self {
        Self { are_steps_told: false, ..self }
    }

    /// True if walks say how they came to their results.
    pub(super) fn are_steps_told(&self) -> bool {
        self.are_steps_told
    }

    /// What the policies weigh that were evaluated, in octets, each as often as it was: about what
    /// that costs.
    pub fn weight(&self) -> usize {
        self.weight.load(Ordering::Relaxed)
    }

    /// Where answers come from.
    pub fn dns(&self) -> &'d dyn Dns {
        self.dns
    }

    /// What the name publishes, if that was asked before.
    pub fn known(&self, name: &Name) -> Option<Arc<Published>> {
        self.lock().get(name).cloned()
    }

    /// What the name publishes.
    pub async fn fetch(&self, name: &Name) -> Arc<Published> {
        if let Some(known) = self.known(name) {
            return known;
        }
        let answer = self.dns.lookup(&Question::new(name.clone(), Kind::Txt)).await;
        let read = match self.shared {
            Some((shared, own)) if !name.is_within(own) => shared.read(answer),
            _ => Arc::new(Published::read(answer)),
        };
        Arc::clone(self.lock().entry(name.clone()).or_insert(read))
    }

    /// Notes that a policy is evaluated.
    pub(super) fn add_weight(&self, published: &Published) {
        self.weight.fetch_add(POLICY + published.size(), Ordering::Relaxed);
    }

    /// A panic while the lock is held leaves whole entries behind, so its poison is harmless.
    fn lock(&self) -> std::sync::MutexGuard<'_, Table<Name, Arc<Published>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Provenance;

    fn answer(name: &str) -> Arc<Answer> {
        let name = Name::from_octets(name.as_bytes()).expect("a test writes valid names");
        let text = Data::from_text(b"v=spf1 -all").into();
        let outcome = Outcome::Records(vec![text]);
        let question = Question::new(name, Kind::Txt);
        Arc::new(Answer::new(question, outcome, Provenance::Injected))
    }

    #[test]
    fn an_answer_is_read_once_and_another_answer_anew() {
        let shared = Shared::default();
        let (one, other) = (answer("a.example"), answer("a.example"));
        let read = [&one, &one, &other].map(|answer| shared.read(Arc::clone(answer)));
        let [first, again, anew] = &read;
        assert_eq!((Arc::ptr_eq(first, again), Arc::ptr_eq(first, anew)), (true, false));
    }

    #[test]
    fn what_is_in_use_stays_and_the_rest_is_forgotten() {
        let shared = Shared::default();
        let common = answer("common.example");
        let first = shared.read(Arc::clone(&common));
        for number in 0..3 * Shared::GENERATION {
            shared.read(answer(&format!("n{number}.example")));
            shared.read(Arc::clone(&common));
        }
        let known = shared.known.lock().expect("no test panics inside");
        let kept = known.young.len() + known.old.len();
        drop(known);
        let is_kept = Arc::ptr_eq(&first, &shared.read(common));
        assert_eq!((kept <= 2 * Shared::GENERATION, is_kept), (true, true));
    }
}
