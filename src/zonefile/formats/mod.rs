//! Records in files, in the formats that people keep them in: one door to all of them.
//!
//! | format | files | speaks for |
//! |---|---|---|
//! | master file | `db.example.com`, `*.zone`, anything else | the zone of its SOA record, or the sets it lists |
//! | octoDNS | `example.com.yaml` | the zone that the name of the file says |
//! | dnscontrol | JSON of `dnscontrol print-ir` | each of its domains |
//! | Terraform | JSON of `terraform show -json` | the sets it lists |
//! | plain | `*.txt`, `*.tsv`, `*.records` | the sets it lists |
//! | exports | JSON or YAML of Route 53, Google, Azure, PowerDNS, Cloudflare, DNSEndpoint, CloudFormation | the zone of its SOA record, or the sets it lists |
//! | tinydns | `data` | each zone with an SOA |
//! | table | CSV with a header | the sets it lists |
//! | text | a pasted record | that record |
//!
//! Each record keeps its line and column, and each octet of a text its own, so that a finding can
//! point at what it means, whatever stands around it. A format only says which words a record is made
//! of; what they mean is read as in master files, once.
//!
//! Reading is bounded: files nest a few values deep, aliases are counted as often as they repeat a
//! value, and nothing is opened.

#[cfg(feature = "formats")]
mod book;
#[cfg(feature = "formats")]
mod dnscontrol;
mod format;
#[cfg(feature = "formats")]
mod exports;
mod foreign;
mod named;
#[cfg(feature = "formats")]
mod json;
#[cfg(feature = "formats")]
mod octodns;
#[cfg(feature = "formats")]
pub(crate) mod paging;
#[cfg(feature = "formats")]
mod plain;
#[cfg(feature = "cli")]
pub(crate) mod production;
#[cfg(feature = "formats")]
mod routing;
#[cfg(feature = "cli")]
pub(crate) mod sources;
#[cfg(feature = "formats")]
mod table;
#[cfg(feature = "formats")]
mod terraform;
#[cfg(feature = "formats")]
mod tinydns;
#[cfg(all(test, feature = "formats"))]
mod tests;
#[cfg(feature = "formats")]
mod text;
#[cfg(feature = "formats")]
mod tool;
#[cfg(feature = "formats")]
mod value;
#[cfg(feature = "formats")]
mod yaml;

#[cfg(feature = "cli")]
pub(crate) use format::is_master_file;
pub use format::{Format, UnknownFormat};
use named::name_in;
#[cfg(feature = "cli")]
pub(crate) use named::{Holds, begins_as_zone, holds};
#[cfg(feature = "formats")]
use named::{base_name, zone_name};

use super::zone::include::{Part, whole_line};
#[cfg(feature = "formats")]
use super::zone::source::Source;
use super::zone::{Assembly, Concern, ErrorKind, Ignore, Notice, Reading, Remark, Zone, ZoneError};
use crate::dns::{Kind, Place};
use crate::net::Name;

/// What a file says, and everything that is wrong with its text.
#[derive(Debug)]
#[non_exhaustive]
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
    /// What the text is put together of, if more than one file.
    pub(crate) parts: Vec<Part>,
}

impl Files {
    /// The line of the whole text at which a line of one of its files stands, from 1.
    pub(crate) fn line_of(&self, file: &str, line: u32) -> u32 {
        if self.parts.is_empty() { line } else { whole_line(&self.parts, file, line) }
    }

    /// Where a file is included, the innermost first; empty for the file that was given.
    pub(crate) fn stack_of(&self, file: &str) -> &[String] {
        let part = self.parts.iter().find(|part| *part.file == *file);
        part.map_or(&[], |part| &part.stack)
    }

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
    read_with(None, file, None, text)
}

/// Reads a file in a format, or in the one that its name and content tell, of a zone that was named:
/// relative names end in `origin`, which goes before what the name of the file tells.
pub fn read_with(format: Option<Format>, file: &str, origin: Option<&Name>, text: &[u8]) -> Files {
    match format.unwrap_or_else(|| Format::recognise(file, text)) {
        Format::Zone => master_file(file, origin, text),
        #[cfg(feature = "formats")]
        format => tool::read(format, origin, Source::new(file, text)),
        #[cfg(not(feature = "formats"))]
        format => unread(format, file),
    }
}

/// Reads a file with all that it includes, as [`read_with`] does.
#[doc(hidden)]
pub fn read_assembly(
    format: Option<Format>,
    file: &str,
    origin: Option<&Name>,
    whole: &Assembly,
) -> Files {
    match format.unwrap_or_else(|| Format::recognise(file, whole.text())) {
        Format::Zone if foreign::advice(whole.text()).is_none() => {
            let origin = Origin::of(file, origin, whole.text());
            let reading = origin.reading(&|name| Zone::read_assembly(name, whole));
            let files = of_reading(origin, reading);
            let parts = if whole.parts().len() > 1 { whole.parts().to_vec() } else { Vec::new() };
            Files { parts, ..files }
        }
        Format::Zone => master_file(file, origin, whole.text()),
        #[cfg(feature = "formats")]
        format => {
            let mut source = Source::of_parts(file, whole.text(), whole.parts());
            source.most_records = whole.most_records();
            let files = tool::read(format, origin, source);
            let parts = if whole.parts().len() > 1 { whole.parts().to_vec() } else { Vec::new() };
            Files { parts, ..files }
        }
        #[cfg(not(feature = "formats"))]
        format => unread(format, file),
    }
}

/// Reads a file in a format. Without the feature `formats` every format but that of master files is
/// a fault.
pub fn read_as(format: Format, file: &str, text: &[u8]) -> Files {
    read_with(Some(format), file, None, text)
}

/// A file of which nothing was read, for this build reads master files only.
#[cfg(not(feature = "formats"))]
fn unread(format: Format, file: &str) -> Files {
    let what = "expected a master file: other formats need the feature `formats`".to_owned();
    let place = Place::new(file.into(), 1, 1);
    nothing(format, ZoneError { place, kind: ErrorKind::Syntax, what, concerns: Concern::Anything })
}

/// A file of which nothing was read.
fn nothing(format: Format, fault: ZoneError) -> Files {
    Files {
        format,
        zones: Vec::new(),
        before: None,
        errors: vec![fault],
        omitted: 0,
        notices: Vec::new(),
        omitted_notices: 0,
        ignores: Vec::new(),
        parts: Vec::new(),
    }
}

fn master_file(file: &str, origin: Option<&Name>, text: &[u8]) -> Files {
    if let Some(what) = foreign::advice(text) {
        let place = Place::new(file.into(), 1, 1);
        let what = format!("expected a file with records: {what}");
        let concerns = Concern::Anything;
        return nothing(Format::Zone, ZoneError { place, kind: ErrorKind::Syntax, what, concerns });
    }
    let origin = Origin::of(file, origin, text);
    let reading = origin.reading(&|name| Zone::read(file, name, text));
    of_reading(origin, reading)
}

/// What names a zone.
const NAME: &str = "its name";
/// The same.
const HEADER: &str = "its header";

/// The zone that a master file is about, before its text is read.
struct Origin {
    name: Option<Name>,
    /// What is said where its name and its header disagree.
    notice: Option<Notice>,
    /// What the zone is named by.
    by: &'static str,
}

impl Origin {
    /// As an argument names it, or else the file, or else its header.
    fn of(file: &str, given: Option<&Name>, text: &[u8]) -> Self {
        if let Some(given) = given {
            return Self { name: Some(given.clone()), notice: None, by: NAME };
        }
        match (name_in(file), named::header(text)) {
            (Some(name), Some((other, line))) if name != other => {
                let is_of_file = crate::net::has_public_suffix(&name);
                let (taken, by) = if is_of_file { (&name, NAME) } else { (&other, HEADER) };
                let what =
                    format!("read as the zone {taken}, as its name says; {HEADER} says {other}");
                let place = Place::new(file.into(), line, 1);
                // What is no name of a zone contradicts nothing.
                let notice = is_of_file.then_some(Notice { place, remark: Remark::Zone { what } });
                Self { name: Some(taken.clone()), notice, by }
            }
            (name, header) => {
                let by = if name.is_some() { NAME } else { HEADER };
                Self { name: name.or(header.map(|(name, _)| name)), notice: None, by }
            }
        }
    }

    /// What is read with it. A header that an SOA record contradicts is a comment that was left behind.
    fn reading(&self, read: &dyn Fn(Option<&Name>) -> Reading) -> Reading {
        let reading = read(self.name.as_ref());
        let is_other = reading.zone.apex().is_some_and(|apex| Some(apex) != self.name.as_ref());
        if self.by == HEADER && self.name.is_some() && is_other { read(None) } else { reading }
    }
}

fn of_reading(origin: Origin, mut reading: Reading) -> Files {
    let apex = reading.zone.apex();
    let is_of_origin = apex.is_none_or(|apex| origin.name.as_ref() == Some(apex));
    let disagreement = disagreement(&origin, &reading.zone);
    if let Some(notice) = disagreement.or(origin.notice.filter(|_| is_of_origin)) {
        let is_before = |it: &Notice| it.place.line < notice.place.line;
        let index = reading.notices.partition_point(is_before);
        reading.notices.insert(index, notice);
    }
    if reading.errors.is_empty() && reading.zone.records().next().is_none() {
        let place = Place::new(reading.zone.file().clone(), 1, 1);
        let what = "expected a record, found none".to_owned();
        let concerns = Concern::Anything;
        reading.errors.push(ZoneError { place, kind: ErrorKind::Syntax, what, concerns });
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
        parts: Vec::new(),
    }
}

/// Says which zone a file was taken to be about, where its SOA record and what named the zone before it, the
/// name of the file or an argument, disagree.
fn disagreement(Origin { name: origin, by, .. }: &Origin, zone: &Zone) -> Option<Notice> {
    let apex = zone.apex()?;
    let named = origin.as_ref().filter(|it| *it != apex && crate::net::has_public_suffix(it))?;
    let mut records = zone.records();
    let place =
        records.find(|(owner, kind, _)| *owner == apex && *kind == Kind::Soa)?.2.place.clone()?;
    let what = format!("read as the zone {apex}, as its SOA record says; {by} says {named}");
    Some(Notice { place, remark: Remark::Zone { what } })
}

#[cfg(all(test, not(feature = "formats")))]
mod without_the_feature {
    use super::*;

    #[test]
    fn a_file_of_a_tool_is_a_fault_and_not_read_as_a_master_file() {
        let list = b"example.com. TXT \"v=spf1 -all\"\n";
        for file in ["example.com.yaml", "plan.json", "records.txt"] {
            let files = read(file, list);
            let [fault] = files.errors.as_slice() else { panic!("{file}: {:?}", files.errors) };
            assert!(fault.what.contains("feature `formats`"), "{file}: {fault}");
            assert!(files.zones.is_empty(), "{file}");
        }
    }
}
