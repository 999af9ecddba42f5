//! What others report of a domain's mail: DMARC aggregate reports, failure reports, TLS reports.
//!
//! [`read`] takes what a file holds, whatever it is called: a report, an archive of reports, a message
//! with reports attached, one packed in another. What it is, its octets say. A report with a field
//! that cannot be read keeps everything else, and [`Flaw`] names the field.
//!
//! Deliberately absent: entities of XML, names of archive entries as paths, and anything that would
//! have to be fetched.

pub mod aggregate;
mod charset;
mod failure;
mod flaw;
mod tls;
mod unpack;
mod xml;

pub use aggregate::Aggregate;
pub use failure::FailureReport;
pub use flaw::{Flaw, Flaws};
pub use tls::{Policy, TlsReport};
pub use unpack::read;

use crate::mail::source::{is_mbox, pieces};
use serde::{Deserialize, Serialize};

pub(super) use failure::fields as message_fields;

/// The JSON that octets are, if they are an object or a list.
pub(super) fn json_value(octets: &[u8]) -> Option<serde_json::Value> {
    let octets = octets.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(octets);
    let is_json = matches!(octets.first(), Some(b'{' | b'['));
    is_json.then(|| serde_json::from_slice(octets).ok()).flatten()
}

/// What became of a file. Of several the last in this order that is not overruled by a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every field was read.
    Read,
    /// All was read but some fields, which are named.
    ReadWithWarnings,
    /// A part is missing.
    Partial,
    /// It holds no report.
    NotAReport,
    /// It holds what would harm the reader, and was not read.
    Refused,
    /// It should hold a report, which is broken beyond reading.
    Error,
}

/// What a file holds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reading {
    /// The reports, in the order of the file.
    pub reports: Vec<Report>,
    /// What was left out, and why: entries of archives, parts of messages.
    pub flaws: Flaws,
    /// What became of it.
    pub outcome: Outcome,
}

/// One report.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Report {
    /// What a receiver saw in a span of time.
    Aggregate(Aggregate),
    /// One message that failed, or a complaint.
    Failure(FailureReport),
    /// Sessions that could be secured, and not.
    Tls(TlsReport),
}

impl Report {
    /// What is wrong with it.
    pub fn flaws(&self) -> &Flaws {
        match self {
            Self::Aggregate(report) => &report.flaws,
            Self::Failure(report) => &report.flaws,
            Self::Tls(report) => &report.flaws,
        }
    }
}

/// Why something is no report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is to be said of the file.
    pub outcome: Outcome,
    /// Why, in words.
    pub why: String,
}

impl Refusal {
    fn other(why: &str) -> Self {
        Self { outcome: Outcome::NotAReport, why: why.to_owned() }
    }

    fn hostile(why: &str) -> Self {
        Self { outcome: Outcome::Refused, why: why.to_owned() }
    }

    fn broken(why: &str) -> Self {
        Self { outcome: Outcome::Error, why: why.to_owned() }
    }
}

/// Reads the reports of a file that may be an mbox: each of its messages is read by itself, so that the
/// bounds of a file are those of a message. Each comes with its name, for what is said of it.
pub fn readings<'a>(
    name: &'a str,
    octets: &'a [u8],
) -> Box<dyn Iterator<Item = (String, Reading)> + 'a> {
    if !is_mbox(octets) {
        return Box::new(std::iter::once_with(move || (name.to_owned(), read(name, octets))));
    }
    let pieces = pieces(octets).into_iter().flatten();
    Box::new(pieces.zip(1_u64..).map(move |(piece, number)| {
        let name = format!("{name}, message {number}");
        let reading = read(&name, piece.as_ref().map_or(b"".as_slice(), |it| &it.octets));
        (name, reading)
    }))
}

#[cfg(test)]
mod tests;
