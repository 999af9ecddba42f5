//! One query, and what its answer means.

use super::event::Event;
use super::grammar::{is_record, parse};
use super::record::Record;
use super::{LABEL, explain, lint};
use crate::diagnostic::{self, Finding, Standing, Step};
use crate::dns::{Answer, Dns, Failure, Kind, Place, ask};
use crate::net::Name;
use crate::protocols::{Detail, Examined, Examining};
use crate::text::{Parsed, Phrase, escape};
use std::sync::Arc;

/// What was found out about a domain's MTA-STS.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The domain.
    pub domain: Name,
    /// The answer; `None` if the name of the record would be too long to exist.
    pub answer: Option<Arc<Answer>>,
    /// What it means.
    pub found: Found,
    /// Texts that senders discard.
    pub discarded: Vec<Text>,
}

/// What is published.
#[derive(Clone, Debug)]
pub enum Found {
    /// No MTA-STS record.
    Nothing,
    /// Exactly one.
    One(Published),
    /// More than one, which counts as none.
    Several(Vec<Text>),
    /// The query failed.
    Failed(Failure),
}

/// The record of a domain.
#[derive(Clone, Debug)]
pub struct Published {
    /// The record, and everything wrong with it.
    pub record: Parsed<Record>,
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

/// Examines a domain.
pub fn examine<'a>(dns: &'a dyn Dns, domain: &'a Name) -> Examining<'a> {
    Box::pin(async move { Box::new(facts(dns, domain).await) as Box<dyn Examined> })
}

/// Finds out all about a domain's MTA-STS.
pub async fn facts(dns: &dyn Dns, domain: &Name) -> Facts {
    let answer = match owner(domain) {
        Some(owner) => Some(ask(dns, &owner, Kind::Txt).await),
        None => None,
    };
    let failure = answer.as_ref().and_then(|answer| answer.failure());
    let records = answer.iter().flat_map(|answer| answer.records());
    // RFC 8461 §3.1: several strings "MUST be treated as if those strings are concatenated".
    let texts = records.filter_map(|record| {
        Some(Text { text: record.data.text()?.into(), place: record.place.clone() })
    });
    let (records, discarded): (Vec<Text>, _) = texts.partition(|text| is_record(&text.text));
    let found = match failure {
        Some(failure) => Found::Failed(failure.clone()),
        None => found(records),
    };
    Facts { domain: domain.clone(), answer, found, discarded }
}

fn found(mut records: Vec<Text>) -> Found {
    // RFC 8461 §3.1: "If the number of resulting records is not one, or if the resulting record is
    // syntactically invalid, senders MUST assume the recipient domain does not have an available
    // MTA-STS Policy"
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

/// The name below a domain that its record is published at; `None` if that would be too long.
pub fn owner(domain: &Name) -> Option<Name> {
    domain.child(LABEL).ok()
}

impl Facts {
    /// The name that the record is published at, or the domain if that name is too long.
    pub fn owner(&self) -> Name {
        owner(&self.domain).unwrap_or_else(|| self.domain.clone())
    }

    /// The record, if there is exactly one.
    pub fn published(&self) -> Option<&Published> {
        match &self.found {
            Found::One(published) => Some(published),
            Found::Nothing | Found::Several(_) | Found::Failed(_) => None,
        }
    }

    /// Discarded texts that were probably meant as a MTA-STS record.
    pub fn lookalikes(&self) -> impl Iterator<Item = &Text> {
        self.discarded.iter().filter(|text| text.is_lookalike())
    }
}

impl Text {
    /// True if the text names the version, and so was meant as a record.
    fn is_lookalike(&self) -> bool {
        let has = |wanted: &[u8]| {
            self.text.windows(wanted.len()).any(|octets| octets.eq_ignore_ascii_case(wanted))
        };
        has(b"stsv") || has(b"mta-sts")
    }
}

impl Published {
    /// What the record says.
    pub fn record(&self) -> &Record {
        &self.record.value
    }

    /// True if senders can use it: it has no fault.
    pub fn is_usable(&self) -> bool {
        self.record.errors.is_empty()
    }
}

impl Examined for Facts {
    fn standing(&self) -> Standing {
        match &self.found {
            Found::Failed(_) => Standing::Unknown,
            Found::Nothing => Standing::Absent,
            Found::One(published) if published.is_usable() => Standing::Good,
            Found::One(_) | Found::Several(_) => Standing::Broken,
        }
    }

    fn summary(&self) -> Phrase {
        explain::summary(self)
    }

    fn details(&self) -> Vec<(&'static str, Detail)> {
        let published = self.published();
        let record = published.map_or(Detail::None, |it| Detail::Text(escape(&it.record().text)));
        let id = published.map_or(Detail::None, |it| Detail::Text(escape(it.record().id())));
        vec![("record", record), ("id", id)]
    }

    fn findings(&self) -> Vec<Finding> {
        lint::check(self)
    }

    fn steps(&self) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        Event::trace(self)
    }

    fn failure(&self) -> Option<&Failure> {
        match &self.found {
            Found::Failed(failure) => Some(failure),
            Found::Nothing | Found::One(_) | Found::Several(_) => None,
        }
    }
}
