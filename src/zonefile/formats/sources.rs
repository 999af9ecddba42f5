//! A zone of octoDNS out of several files: those of its sources, one after the other.
//!
//! octoDNS stops where two sources list a record set of the same name and type, unless the later one says
//! `populate_should_replace: true`: then its set replaces the other one.

use super::book::Book;
use super::foreign::is_octodns_config;
pub(crate) use super::octodns::DEFAULT_TTL;
use super::octodns::{self, Provider, second_set};
use super::tool::{folder_zone, named_zone};
use super::{Files, Format};
use crate::net::Name;
use crate::text::escape;
use crate::zonefile::zone::include::Part;
use crate::zonefile::zone::{Concern, ErrorKind, Zone, ZoneError};

/// A file that a source reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceFile {
    pub(crate) file: String,
    pub(crate) text: Vec<u8>,
    /// True if its record sets replace those of files before it.
    pub(crate) replaces: bool,
    /// Time to live of a record set that does not say it.
    pub(crate) ttl: u32,
}

/// The zone that the path of a file of octoDNS tells, and whether it is a part of a split zone.
pub(crate) fn zone_of(file: &str) -> Option<(Name, bool)> {
    let is_yaml = [".yaml", ".yml"].iter().any(|end| file.ends_with(end));
    let split = folder_zone(file).filter(|_| is_yaml).map(|apex| (apex, true));
    split.or_else(|| Some((named_zone(file)?, false)))
}

/// True for a text of octoDNS that holds records.
pub(crate) fn is_octodns(file: &str, text: &[u8]) -> bool {
    Format::recognise(file, text) == Format::OctoDns && !is_octodns_config(text)
}

/// Reads a zone from its files, and puts their texts together, which places of lines refer to.
pub(crate) fn read_sources(
    apex: &Name,
    sources: &[SourceFile],
    most_records: usize,
) -> (Files, Vec<u8>) {
    let mut all = Files {
        format: Format::OctoDns,
        zones: Vec::new(),
        before: None,
        errors: Vec::new(),
        omitted: 0,
        notices: Vec::new(),
        omitted_notices: 0,
        ignores: Vec::new(),
        parts: Vec::new(),
    };
    let (mut text, mut line) = (Vec::new(), 1);
    for SourceFile { file, text: own, replaces, ttl } in sources {
        let own = own.strip_prefix(b"\xef\xbb\xbf").unwrap_or(own);
        all.parts.push(Part { begin: text.len(), whole_line: line, ..Part::whole(file) });
        text.extend_from_slice(own);
        if !own.ends_with(b"\n") {
            text.push(b'\n');
        }
        let lines = text.iter().filter(|octet| **octet == b'\n').count();
        line = u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1);
        let mut book = Book::new(file, own);
        book.source.most_records = most_records;
        let zone = octodns::read(&mut book, apex, Provider { ttl: *ttl, replaces: *replaces });
        let Book { source, mut remarks, .. } = book;
        let (errors, omitted) = remarks.errors(&source);
        let (notices, omitted_notices) = remarks.notices(&source);
        all.errors.extend(errors);
        all.notices.extend(notices);
        all.omitted += omitted;
        all.omitted_notices += omitted_notices;
        let Some(zone) = zone else { continue };
        match all.zones.first_mut() {
            Some(first) => all.errors.extend(clashes(first, zone, *replaces)),
            None => all.zones.push(zone),
        }
    }
    if all.parts.len() < 2 {
        all.parts.clear();
    }
    (all, text)
}

/// Adds what a file lists, and says what is there already.
fn clashes(zone: &mut Zone, other: Zone, replaces: bool) -> Vec<ZoneError> {
    let clashes = zone.add_source(other, replaces).into_iter().map(|clash| {
        let first = format!("at {}", escape(clash.first.to_string().as_bytes()));
        let what = second_set(&clash.name, clash.kind, &first);
        let concerns = Concern::Set(clash.name, Some(clash.kind));
        ZoneError { place: clash.second, kind: ErrorKind::SecondSet, what, concerns }
    });
    clashes.collect()
}
