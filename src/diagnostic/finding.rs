//! A rule that met a fact.

use super::{Fix, Rule};
use crate::dns::{Kind, Place};
use crate::net::Name;
use crate::text::{Citation, Phrase, Span};
use std::sync::Arc;

/// Where a fault stands: a record set, perhaps one record of it, perhaps a part of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The owner of the record.
    pub name: Name,
    /// Its type.
    pub kind: Kind,
    /// The text of the record, strings joined, if one is meant.
    pub record: Option<Arc<[u8]>>,
    /// The part of the text that is meant.
    pub span: Option<Span>,
    /// The host that is meant, where the records of a set name several.
    pub host: Option<Name>,
    /// Where in a file the record stands, if it came from one.
    pub place: Option<Place>,
}

impl Location {
    /// The record set of a type at a name, as a whole.
    pub fn set(name: Name, kind: Kind) -> Self {
        Self { name, kind, record: None, span: None, host: None, place: None }
    }

    /// One record.
    pub fn record(name: Name, kind: Kind, text: Arc<[u8]>) -> Self {
        Self { name, kind, record: Some(text), span: None, host: None, place: None }
    }

    /// The same set, narrowed to the record that names a host.
    #[must_use]
    pub fn of_host(mut self, host: &Name) -> Self {
        self.host = Some(host.clone());
        self
    }

    /// The same place, narrowed to a part of the record.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// The same place, found in a file.
    #[must_use]
    pub fn in_file(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }
}

/// A fault, or something worth knowing, about a domain.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// The rule that was met.
    pub rule: &'static Rule,
    /// What is true here, with its numbers, then what follows from it.
    pub message: Phrase,
    /// Where it stands.
    pub location: Location,
    /// Why it matters.
    pub why: &'static str,
    /// Who says so.
    pub cite: Citation,
    /// What mends it, if that was proved.
    pub fix: Option<Fix>,
    /// What to do where no change of records was proved, in words.
    pub advice: Option<Phrase>,
}

impl Finding {
    /// A finding without a fix, with the reason and the source of its rule.
    pub fn new(rule: &'static Rule, location: Location, message: Phrase) -> Self {
        Self { rule, message, location, why: rule.why, cite: rule.cite, fix: None, advice: None }
    }

    /// True if it is this rule that was met.
    pub fn is(&self, rule: &Rule) -> bool {
        self.rule == rule
    }

    /// The same with a reason and a source of its own, where a rule covers several standards.
    #[must_use]
    pub fn because(self, why: &'static str, cite: Citation) -> Self {
        Self { why, cite, ..self }
    }
}
