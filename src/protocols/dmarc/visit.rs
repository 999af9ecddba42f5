//! One name of the tree: the records that count, and those that do not.

use super::grammar;
use super::record::{Record, Tag, Usable};
use super::repair::repair;
use crate::dns::{Answer, Failure, Kind, Outcome, Place, Question};
use crate::net::Name;
use crate::text::Parsed;
use crate::text::slip::Slip;
use std::sync::{Arc, OnceLock};

/// The label below which policies are published (RFC 9989 §4.7).
pub const LABEL: &str = "_dmarc";

/// A DMARC record, and where it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// The domain that the record speaks for, without `_dmarc`.
    pub domain: Name,
    /// The record, and everything wrong with it.
    pub record: Parsed<Record>,
    /// Where in a file it stands, if it came from one.
    pub place: Option<Place>,
    slips: Slips,
}

/// The slips of a record, read when somebody first asks for them.
#[derive(Clone, Debug, Default)]
struct Slips(OnceLock<Vec<Slip>>);

/// They follow from the record.
impl PartialEq for Slips {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Published {
    /// The name that owns the TXT record.
    pub fn owner(&self) -> Name {
        owner(&self.domain).unwrap_or_else(|| self.domain.clone())
    }

    /// True if the record asks for reports and for no policy, and shows none that was meant: it counts
    /// as `p=none` (RFC 9989 §4.7).
    pub fn is_without_policy(&self) -> bool {
        let record = self.record();
        let is_policy = |tag: &Tag| ["p", "sp", "np"].iter().any(|it| record.is_named(tag, it));
        record.usable() == Usable::AsNone
            && !record.tags.iter().any(is_policy)
            && self.slips().is_empty()
    }

    /// Where the record is not written as it was meant.
    pub(super) fn slips(&self) -> &[Slip] {
        let read = || repair(&self.record().text).map(|repair| repair.slips).unwrap_or_default();
        self.slips.0.get_or_init(read)
    }

    /// What the record says.
    pub fn record(&self) -> &Record {
        &self.record.value
    }
}

/// The name below a domain that its policy is published at; `None` if that would be too long.
pub fn owner(domain: &Name) -> Option<Name> {
    domain.child(LABEL).ok()
}

/// The question for the policy of a domain; `None` if its name would be too long.
pub(super) fn question(domain: &Name) -> Option<Question> {
    Some(Question::new(owner(domain)?, Kind::Txt))
}

/// One name that was looked at, and what was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// The domain, without `_dmarc`.
    pub domain: Name,
    /// The answer; `None` if the name is too long to be asked for.
    pub answer: Option<Arc<Answer>>,
    /// What was found in it.
    pub found: Found,
    /// Texts that stand there and are no DMARC records.
    pub strangers: Vec<Arc<[u8]>>,
}

/// What was found at a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Exactly one DMARC record.
    One(Arc<Published>),
    /// More than one, which counts as none.
    Several(Vec<Arc<[u8]>>),
    /// None.
    Nothing,
    /// The question could not be answered.
    Failed(Failure),
}

impl Visit {
    /// Reads what the answer for a domain says; no answer means that there was no question.
    pub(super) fn read(domain: Name, answer: Option<Arc<Answer>>) -> Self {
        let (found, strangers) = match &answer {
            None => (Found::Nothing, Vec::new()),
            Some(answer) => read(&domain, answer),
        };
        Self { domain, answer, found, strangers }
    }

    /// The record, if there is exactly one.
    pub fn published(&self) -> Option<&Arc<Published>> {
        match &self.found {
            Found::One(published) => Some(published),
            _ => None,
        }
    }

    /// How many DMARC records stand there.
    pub fn count(&self) -> usize {
        match &self.found {
            Found::One(_) => 1,
            Found::Several(texts) => texts.len(),
            Found::Nothing | Found::Failed(_) => 0,
        }
    }
}

fn read(domain: &Name, answer: &Answer) -> (Found, Vec<Arc<[u8]>>) {
    if let Outcome::Failed(failure) = &answer.outcome {
        return (Found::Failed(failure.clone()), Vec::new());
    }
    // RFC 9989 §4.10: "Records that do not start with a "v" tag that identifies the current
    // version of DMARC are discarded."
    let (mut texts, strangers): (Vec<_>, Vec<_>) = answer
        .records()
        .iter()
        .filter_map(|record| Some((Arc::<[u8]>::from(record.data.text()?), &record.place)))
        .partition(|(text, _)| grammar::is_record(text));
    let strangers = strangers.into_iter().map(|(text, _)| text).collect();
    let found = match (texts.len(), texts.pop()) {
        (1, Some((text, place))) => grammar::parse(text).map_or(Found::Nothing, |record| {
            let place = place.clone();
            Found::One(Arc::new(Published {
                domain: domain.clone(),
                record,
                place,
                slips: Slips::default(),
            }))
        }),
        (_, None) => Found::Nothing,
        // RFC 9989 §4.10: "If multiple DMARC Policy Records are returned, they are all discarded."
        (_, Some(last)) => {
            texts.push(last);
            Found::Several(texts.into_iter().map(|(text, _)| text).collect())
        }
    };
    (found, strangers)
}
