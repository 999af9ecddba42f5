//! Records in files, in the formats that people keep them in: one door to all of them.
//!
//! | format | files | speaks for |
//! |---|---|---|
//! | master file | `db.example.com`, `*.zone`, anything else | the zone of its SOA record, or the sets it lists |
//! | octoDNS | `example.com.yaml` | the zone that the name of the file says |
//! | dnscontrol | JSON of `dnscontrol print-ir` | each of its domains |
//! | Terraform | JSON of `terraform show -json` | the sets it lists |
//! | plain | `*.txt`, `*.tsv`, `*.records` | the sets it lists |
//!
//! Each record keeps its line and column, and each octet of a text its own, so that a finding can
//! point at what it means, whatever stands around it. A format only says which words a record is made
//! of; what they mean is read as in master files, once.
//!
//! Reading is bounded: files nest a few values deep, aliases are counted as often as they repeat a
//! value, and nothing is opened.

mod book;
mod dnscontrol;
mod format;
mod json;
mod octodns;
mod plain;
mod terraform;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod yaml;

pub use format::{Format, UnknownFormat};

use super::zone::{Builder, ErrorKind, Ignore, Notice, Zone, ZoneError};
use crate::dns::Kind;
use crate::net::Name;
use book::Book;
use json::Piece;
use text::Text;

/// What a file says, and everything that is wrong with its text.
#[derive(Debug)]
pub struct Files {
    /// The format it was read in.
    pub format: Format,
    /// The zones, or parts of zones: for a plan, as they are after the change.
    pub zones: Vec<Zone>,
    /// For a plan, the record sets as they are before the change, as far as the plan knows them.
    pub before: Option<Zone>,
    /// The faults in the order of the text, the first 100 of them.
    pub errors: Vec<ZoneError>,
    /// How many more there are.
    pub omitted: usize,
    /// What is no fault, and worth a word: in the order of the text, the first 100 of them.
    pub notices: Vec<Notice>,
    /// How many more there are.
    pub omitted_notices: usize,
    /// The comments that ask to leave findings out; only master files have them.
    pub ignores: Vec<Ignore>,
}

impl Files {
    /// What was read, if nothing was wrong with the text.
    ///
    /// # Errors
    /// The faults.
    pub fn strict(self) -> Result<Self, Vec<ZoneError>> {
        if self.errors.is_empty() { Ok(self) } else { Err(self.errors) }
    }
}

/// Reads a file in the format that its name and content tell.
///
/// `file` is the name of the file for messages and for what it tells; nothing is opened.
pub fn read(file: &str, text: &[u8]) -> Files {
    read_as(Format::tell(file, text), file, text)
}

/// Reads a file in a format.
pub fn read_as(format: Format, file: &str, text: &[u8]) -> Files {
    if format == Format::Zone {
        return master_file(file, text);
    }
    let mut book = Book::new(file, text);
    let mut before = None;
    let zones = match format {
        Format::Zone => Vec::new(),
        Format::Plain => vec![plain::read(&mut book)],
        Format::OctoDns => octodns_zone(&mut book, file).into_iter().collect(),
        Format::DnsControl => match document(&mut book) {
            Some(document) => dnscontrol::read(&mut book, document),
            None => Vec::new(),
        },
        Format::Terraform => {
            let change = document(&mut book).map(|it| terraform::read(&mut book, it));
            match change {
                Some(Ok(change)) => {
                    before = change.before;
                    vec![change.after]
                }
                Some(Err(fault)) => {
                    book.wrong(fault);
                    Vec::new()
                }
                None => Vec::new(),
            }
        }
    };
    let Book { source, mut remarks } = book;
    if format == Format::Plain && is_silent(&zones) {
        remarks.fault_if_none(ErrorKind::Syntax, "expected a record, and there is none");
    }
    let (errors, omitted) = remarks.errors(&source);
    let (notices, omitted_notices) = remarks.notices(&source);
    let ignores = Vec::new();
    Files { format, zones, before, errors, omitted, notices, omitted_notices, ignores }
}

fn master_file(file: &str, text: &[u8]) -> Files {
    let mut reading = Zone::read(file, name_in(file).as_ref(), text);
    if reading.errors.is_empty() && reading.zone.records().next().is_none() {
        let place = crate::dns::Place::new(reading.zone.file().clone(), 1, 1);
        let what = "expected a record, and there is none".to_owned();
        reading.errors.push(ZoneError { place, kind: ErrorKind::Syntax, what });
    }
    Files {
        format: Format::Zone,
        zones: vec![reading.zone],
        before: None,
        errors: reading.errors,
        omitted: reading.omitted,
        notices: reading.notices,
        omitted_notices: reading.omitted_notices,
        ignores: reading.ignores,
    }
}

fn is_silent(zones: &[Zone]) -> bool {
    zones.iter().all(|zone| zone.records().next().is_none())
}

/// The whole of a file as JSON.
fn document<'a>(book: &mut Book<'a>) -> Option<Piece<'a>> {
    let text = book.utf8()?;
    Piece::document(text).map_err(|fault| book.wrong(fault)).ok()
}

fn octodns_zone(book: &mut Book<'_>, file: &str) -> Option<Zone> {
    let base = base_name(file);
    let name = base.strip_suffix(".yaml").or_else(|| base.strip_suffix(".yml"));
    let Some(apex) = name.and_then(zone_name) else {
        let what = "expected a file that is named after its zone, as in example.com.yaml";
        book.fault(0, ErrorKind::Name, what);
        return None;
    };
    octodns::read(book, &apex)
}

/// The origin that a file's name tells: `example.com.zone` and `db.example.com` are about
/// `example.com`. An `$ORIGIN` in the file goes before it.
fn name_in(file: &str) -> Option<Name> {
    let base = base_name(file);
    let name = base.strip_prefix("db.").or_else(|| base.strip_suffix(".zone"));
    zone_name(name.or_else(|| base.strip_suffix(".db"))?)
}

fn base_name(file: &str) -> &str {
    file.rsplit(std::path::is_separator).next().unwrap_or(file)
}

fn zone_name(text: &str) -> Option<Name> {
    Name::from_unicode(text).ok().filter(|name| name.label_count() > 1)
}

/// Says that a record of a type that only a provider knows is not read. Most of them stand for
/// addresses, so nothing is claimed about these.
fn provider_type(book: &mut Book<'_>, builder: &mut Builder, owner: &Name, word: &Text) {
    [Kind::A, Kind::Aaaa].iter().for_each(|kind| builder.unread(owner, *kind));
    book.skip(word.start(), || {
        let shown = crate::text::escape(word.octets().get(..40).unwrap_or(word.octets()));
        format!("{owner}: {shown} is no type of the DNS, and is not read")
    });
}
