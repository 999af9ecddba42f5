//! A record, as it was read.

use crate::net::Name;
use crate::text::Span;
use std::sync::Arc;

/// A BIMI record.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// The text, strings joined.
    pub text: Arc<[u8]>,
    /// Where the logo is (`l`); `None` if the tag is empty, absent or faulty.
    pub logo: Option<Location>,
    /// Where the evidence is (`a`): a certificate for the mark; `None` if the tag is empty, absent or
    /// faulty.
    pub evidence: Option<Location>,
    /// Which image the domain prefers (`avp`).
    pub preference: Preference,
    /// Where `avp` has a value that is not defined; `brand` applies.
    pub unknown_preference: Option<Span>,
    /// The prefixes of local parts for which there are selectors (`lps`).
    pub prefixes: Option<Vec<Box<[u8]>>>,
    /// True if `l` and `a` are there to be empty: the domain declines to show a logo (§4.3.2).
    pub is_declined: bool,
}

/// A file at an https URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The URI, as published.
    pub uri: Box<[u8]>,
    /// Where it is in the record.
    pub span: Span,
    /// Its host.
    pub host: Name,
    /// Its port, if it names one.
    pub port: Option<u16>,
    /// Its path and query.
    pub path: String,
}

/// Which image a domain prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// The logo of the brand.
    #[default]
    Brand,
    /// The picture of the person who writes, where the receiver knows one.
    Personal,
}

impl Preference {
    /// The word for it in a record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Brand => "brand",
            Self::Personal => "personal",
        }
    }
}

impl Record {
    /// The text at a place.
    pub fn show(&self, span: Span) -> &[u8] {
        span.of(&self.text)
    }
}
