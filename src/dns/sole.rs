//! The one TXT record of a standard at a name: of all texts there those that the standard takes for
//! its records, of which exactly one counts.

use super::{Answer, Dns, Failure, Kind, Place, ask};
use crate::net::Name;
use crate::text::Parsed;
use std::sync::Arc;

/// What was found out about the record.
#[derive(Clone, Debug)]
pub struct Sole<R> {
    /// The domain.
    pub domain: Name,
    /// The answer; `None` if the name of the record would be too long to exist.
    pub answer: Option<Arc<Answer>>,
    /// What it means.
    pub found: Found<R>,
    /// Texts that are no records of the standard.
    pub discarded: Vec<Text>,
    owner: Option<Name>,
}

/// What is published.
#[derive(Clone, Debug)]
pub enum Found<R> {
    /// No record.
    Nothing,
    /// Exactly one.
    One(Published<R>),
    /// More than one, which counts as none.
    Several(Vec<Text>),
    /// The query failed.
    Failed(Failure),
}

/// The record of a domain.
#[derive(Clone, Debug)]
pub struct Published<R> {
    /// The record, and everything wrong with it.
    pub record: Parsed<R>,
    /// Where in a file it is, if it came from one.
    pub place: Option<Place>,
}

/// The text of a TXT record.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Its octets, strings joined.
    pub text: Arc<[u8]>,
    /// Where in a file it is, if it came from one.
    pub place: Option<Place>,
}

/// Asks for the record of a domain at `owner`, which is `None` if that name would be too long.
/// `is_record` tells which texts are records, and `parse` reads one.
pub async fn sole<R>(
    dns: &dyn Dns,
    domain: &Name,
    owner: Option<Name>,
    is_record: fn(&[u8]) -> bool,
    parse: fn(Arc<[u8]>) -> Option<Parsed<R>>,
) -> Sole<R> {
    let answer = match &owner {
        Some(owner) => Some(ask(dns, owner, Kind::Txt).await),
        None => None,
    };
    let failure = answer.as_ref().and_then(|answer| answer.failure());
    let records = answer.iter().flat_map(|answer| answer.records());
    let texts = records.filter_map(|record| {
        Some(Text { text: record.data.text()?.into(), place: record.place.clone() })
    });
    let (records, discarded): (Vec<Text>, _) = texts.partition(|text| is_record(&text.text));
    let found = match failure {
        Some(failure) => Found::Failed(failure.clone()),
        None => found(records, parse),
    };
    Sole { domain: domain.clone(), answer, found, discarded, owner }
}

fn found<R>(mut records: Vec<Text>, parse: fn(Arc<[u8]>) -> Option<Parsed<R>>) -> Found<R> {
    match (records.len(), records.pop()) {
        (1, Some(Text { text, place })) => match parse(text) {
            Some(record) => Found::One(Published { record, place }),
            None => Found::Nothing,
        },
        (_, None) => Found::Nothing,
        (_, Some(last)) => {
            records.push(last);
            Found::Several(records)
        }
    }
}

impl<R> Sole<R> {
    /// The name that the record is published at, or the domain if that name is too long.
    pub fn owner(&self) -> Name {
        self.owner.as_ref().unwrap_or(&self.domain).clone()
    }

    /// The record, if there is exactly one.
    pub fn published(&self) -> Option<&Published<R>> {
        match &self.found {
            Found::One(published) => Some(published),
            Found::Nothing | Found::Several(_) | Found::Failed(_) => None,
        }
    }

    /// Why the query failed; `None` if it did not.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.found {
            Found::Failed(failure) => Some(failure),
            Found::Nothing | Found::One(_) | Found::Several(_) => None,
        }
    }

    /// How many records there are.
    ///
    /// # Errors
    /// The query failed.
    pub fn count(&self) -> Result<usize, Failure> {
        match &self.found {
            Found::Nothing => Ok(0),
            Found::One(_) => Ok(1),
            Found::Several(texts) => Ok(texts.len()),
            Found::Failed(failure) => Err(failure.clone()),
        }
    }
}

impl<R> Published<R> {
    /// What the record says.
    pub fn record(&self) -> &R {
        &self.record.value
    }
}

impl Text {
    /// True if these octets are in the text, in capitals or not.
    pub fn has(&self, wanted: &[u8]) -> bool {
        self.text.windows(wanted.len()).any(|octets| octets.eq_ignore_ascii_case(wanted))
    }
}
