//! One query, and what its answer means.

use super::event::Event;
use super::grammar::{is_record, parse};
use super::record::Record;
use super::{LABEL, explain, lint};
use crate::diagnostic::{self, Finding, Standing, Step};
use crate::dns::sole::{Found, Published, Sole, Text, sole};
use crate::dns::{Dns, Failure};
use crate::net::Name;
use crate::protocols::{Detail, Examined, Examining};
use crate::text::{Phrase, escape};

/// What was found out about a domain's MTA-STS.
pub type Facts = Sole<Record>;

/// Examines a domain.
pub fn examine<'a>(dns: &'a dyn Dns, domain: &'a Name) -> Examining<'a> {
    Box::pin(async move { Box::new(facts(dns, domain).await) as Box<dyn Examined> })
}

/// Finds out all about a domain's MTA-STS.
pub async fn facts(dns: &dyn Dns, domain: &Name) -> Facts {
    // RFC 8461 §3.1: several strings "MUST be treated as if those strings are concatenated", and "If the
    // number of resulting records is not one, or if the resulting record is syntactically invalid,
    // senders MUST assume the recipient domain does not have an available MTA-STS Policy".
    sole(dns, domain, owner(domain), is_record, parse).await
}

/// The name below a domain that its record is published at; `None` if that would be too long.
pub fn owner(domain: &Name) -> Option<Name> {
    domain.child(LABEL).ok()
}

impl Facts {
    /// Discarded texts that were probably meant as a MTA-STS record.
    pub fn lookalikes(&self) -> impl Iterator<Item = &Text> {
        self.discarded.iter().filter(|text| is_lookalike(text))
    }
}

/// True if the text names the version, and so was meant as a record.
fn is_lookalike(text: &Text) -> bool {
    text.has(b"stsv") || text.has(b"mta-sts")
}

impl Published<Record> {
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
        Sole::failure(self)
    }
}
