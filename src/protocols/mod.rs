//! One folder a standard, all with the same doors, none that knows another.
//!
//! Each protocol is a row of [`ROWS`]: its names, its rules and, where nothing but the domain is
//! needed, how a domain is examined by it. From the row follow flags, the order of sections, rule
//! families and JSON keys, so that another protocol is a folder and a row.
//!
//! What one protocol needs from another arrives as a plain value from the room that examines a
//! domain. MX, SPF, DKIM and DMARC need each other in this way: they are examined there by name. DNSSEC is
//! about what all of them asked, and is examined last.

#[cfg(feature = "mail")]
pub mod arc;
#[cfg(feature = "mail")]
pub mod auth_results;
pub mod bimi;
pub mod dane;
pub mod dkim;
pub mod dmarc;
pub mod dnssec;
mod file;
pub mod mta_sts;
pub mod mx;
mod sole;
pub mod spf;
pub mod tls_rpt;

use file::{Fetched, NoResponse};
pub use sole::SoleEvent;
use sole::Standard;

use crate::diagnostic::{Check, Event, Finding, Rule, Standing, Step};
use crate::dns::{Dns, Failure};
use crate::net::Name;
use crate::text::Phrase;
use crate::web::Web;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::pin::Pin;

/// A protocol that mail relies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Protocol {
    /// Who receives (RFC 5321 §5).
    Mx,
    /// Who may send (RFC 7208).
    Spf,
    /// Whose signature counts (RFC 6376).
    Dkim,
    /// What is done with the rest (RFC 9989).
    Dmarc,
    /// Whether senders must use TLS (RFC 8461).
    MtaSts,
    /// Where failures of TLS are reported (RFC 8460).
    TlsRpt,
    /// Which certificates the MX hosts must show (RFC 7672).
    Dane,
    /// Which logo receivers show (draft-brand-indicators).
    Bimi,
    /// Whether the answers that all of this rests on are those that were signed (RFC 4033).
    Dnssec,
}

/// Every protocol, in the order in which sections are shown.
pub static ROWS: &[Row] = &[
    Row {
        protocol: Protocol::Mx,
        word: "mx",
        title: "MX",
        labels: &[],
        rules: || rules(mx::lint::CHECKS),
        examine: None,
        compact: None,
        is_optional: false,
    },
    Row {
        protocol: Protocol::Spf,
        word: "spf",
        title: "SPF",
        labels: &[],
        rules: || rules(spf::lint::CHECKS),
        examine: None,
        compact: None,
        is_optional: false,
    },
    Row {
        protocol: Protocol::Dkim,
        word: "dkim",
        title: "DKIM",
        labels: &[dkim::LABEL],
        rules: || rules(dkim::lint::CHECKS),
        examine: None,
        compact: None,
        is_optional: false,
    },
    Row {
        protocol: Protocol::Dmarc,
        word: "dmarc",
        title: "DMARC",
        labels: &[dmarc::LABEL],
        rules: || rules(dmarc::lint::CHECKS),
        examine: None,
        compact: None,
        is_optional: false,
    },
    Row {
        protocol: Protocol::MtaSts,
        word: "mta_sts",
        title: "MTA-STS",
        labels: &[mta_sts::LABEL],
        rules: || rules(mta_sts::lint::CHECKS),
        examine: Some(mta_sts::examine),
        compact: Some("enforce"),
        is_optional: false,
    },
    Row {
        protocol: Protocol::TlsRpt,
        word: "tls_rpt",
        title: "TLS-RPT",
        labels: tls_rpt::LABELS,
        rules: || rules(tls_rpt::lint::CHECKS),
        examine: Some(tls_rpt::examine),
        compact: Some("yes"),
        is_optional: false,
    },
    Row {
        protocol: Protocol::Dane,
        word: "dane",
        title: "DANE",
        labels: &[],
        rules: || rules(dane::lint::CHECKS),
        examine: Some(dane::examine),
        compact: Some("yes"),
        is_optional: false,
    },
    Row {
        protocol: Protocol::Bimi,
        word: "bimi",
        title: "BIMI",
        labels: bimi::LABELS,
        rules: || rules(bimi::lint::CHECKS),
        examine: Some(bimi::examine),
        compact: None,
        is_optional: true,
    },
    Row {
        protocol: Protocol::Dnssec,
        word: "dnssec",
        title: "DNSSEC",
        labels: &[],
        rules: || rules(dnssec::lint::CHECKS),
        examine: None,
        compact: None,
        is_optional: false,
    },
];

/// What everything above needs to know of a protocol.
#[derive(Debug)]
pub struct Row {
    /// The protocol.
    pub protocol: Protocol,
    /// Its key in JSON, its word in flags, and the family of its rules.
    pub word: &'static str,
    /// Its name for a reader.
    pub title: &'static str,
    /// The labels below a domain where its records stand, outermost first; empty if they stand at
    /// the domain itself.
    pub labels: &'static [&'static str],
    /// Its rules, in the order of findings in a report.
    pub rules: fn() -> Vec<&'static Rule>,
    /// How a domain is examined; `None` for those that need to know of others.
    pub examine: Option<Examine>,
    /// What stands for a good standing where it shares a line with others about the way of mail to the
    /// domain; `None` for those that always have a line of their own.
    pub compact: Option<&'static str>,
    /// True if few domains need it, so that the screen has no line about it where nothing is published.
    pub is_optional: bool,
}

/// Examines a domain.
pub type Examine = for<'a> fn(&'a dyn Dns, &'a dyn Web, &'a Name) -> Examining<'a>;

/// What will be found out about a domain.
pub type Examining<'a> = Pin<Box<dyn Future<Output = Box<dyn Examined>> + Send + 'a>>;

/// What was found out about a domain by a protocol that needs no other.
pub trait Examined: Send + Sync {
    /// The standing of the protocol at the domain.
    fn standing(&self) -> Standing;
    /// The line about it: what a reader wants to know first.
    fn summary(&self) -> Phrase;
    /// What was found, as data.
    fn details(&self) -> Vec<(&'static str, Detail)>;
    /// What its rules say.
    fn findings(&self) -> Vec<Finding>;
    /// How it was found out.
    fn steps(&self) -> Vec<Step<Box<dyn Event>>>;
    /// The query that failed and leaves the standing unknown, if it is that.
    fn failure(&self) -> Option<&Failure>;
}

/// A value that a protocol found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Detail {
    /// Nothing was found.
    None,
    /// A text, escaped.
    Text(String),
    /// Several texts, escaped.
    Texts(Vec<String>),
    /// Whether something is so.
    Flag(bool),
    /// A number.
    Number(u64),
}

impl Protocol {
    /// Every protocol, in the order in which sections are shown.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.protocol)
    }

    /// What is known of it.
    ///
    /// # Panics
    /// Never: a test holds every variant to its row.
    fn row(self) -> &'static Row {
        // Rows stand in the order of the variants.
        &ROWS[self as usize]
    }

    /// Its key in JSON, its word in flags, and the family of its rules.
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// What stands for a good standing in the line that it shares with others, if it shares one.
    pub fn compact(self) -> Option<&'static str> {
        self.row().compact
    }

    /// True if the screen has no line about it where nothing is published.
    pub fn is_optional(self) -> bool {
        self.row().is_optional
    }

    /// Its name for a reader.
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// The protocol of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.word == word).map(|row| row.protocol)
    }
}

/// The rules of a table of checks.
fn rules<F>(checks: &'static [Check<F>]) -> Vec<&'static Rule> {
    checks.iter().map(|check| check.rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_protocols() {
        let misplaced: Vec<_> = ROWS
            .iter()
            .enumerate()
            .filter(|(place, row)| row.protocol as usize != *place)
            .collect();
        assert!(misplaced.is_empty(), "{misplaced:?}");
    }

    #[test]
    fn the_rules_of_a_protocol_are_of_its_family() {
        for row in ROWS {
            assert!((row.rules)().iter().all(|rule| rule.family() == row.word), "{}", row.word);
        }
    }
}
