//! What is known of a file.

use crate::diagnostic::Location;
use crate::dns::{Kind, Mark, Place, Record};
use crate::net::Name;
use crate::text::Span;
use crate::text::lines::begins_character;
use crate::zonefile::Zone;
use crate::zonefile::formats::Files;
use crate::zonefile::zone::{ErrorKind, ZoneError};
use std::sync::Arc;

/// Most octets of a line that are shown; of a longer one, those around the place that is meant.
const SHOWN: usize = 1000;

/// A file as it was read: the facts that rules look at.
#[derive(Debug)]
pub struct Facts {
    /// What was read, every fault and every remark.
    pub files: Files,
    text: Arc<[u8]>,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl Facts {
    /// Puts together what was read and the text that it was read from.
    pub fn new(files: Files, text: Arc<[u8]>) -> Self {
        let ends = text.iter().enumerate().filter(|(_, octet)| **octet == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(end, _)| end + 1)).collect();
        Self { files, text, starts }
    }

    /// How many octets the file has.
    pub fn size(&self) -> usize {
        self.text.len()
    }

    /// True if the file says what is not there in a zone: it speaks for all of it, and no entry
    /// was left out.
    pub fn is_whole(&self, zone: &Zone) -> bool {
        use ErrorKind::{Alias, Comment, MissingDot, OutOfZone, SecondAlias, SecondSoa};
        let is_read = |error: &ZoneError| {
            matches!(error.kind, Alias | Comment | MissingDot | OutOfZone | SecondAlias | SecondSoa)
        };
        zone.apex().is_some() && self.files.omitted == 0 && self.files.errors.iter().all(is_read)
    }

    /// All records of the file, zone by zone.
    pub fn records(&self) -> impl Iterator<Item = (&Name, Kind, &Record)> {
        self.files.zones.iter().flat_map(Zone::records)
    }

    /// A line of the file by its number, from 1, without its end.
    fn line(&self, number: u32) -> &[u8] {
        let index = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
        let Some(start) = self.starts.get(index) else { return &[] };
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(*start..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if index == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line }
    }

    /// The line of a place, and where in it the place is.
    pub(super) fn line_at(&self, file: &str, line: u32, column: u32) -> (&[u8], usize) {
        let line = self.line(self.files.line_of(file, line));
        (line, offset(line, column))
    }

    /// The place of a record, narrowed to the word that it begins with.
    pub(super) fn set(&self, owner: &Name, kind: Kind, place: Option<&Place>) -> Location {
        match place {
            Some(place) => Location { name: owner.clone(), kind, ..self.at(place) },
            None => Location::set(owner.clone(), kind),
        }
    }

    /// The word at a place of the file, in its line.
    pub(crate) fn at(&self, place: &Place) -> Location {
        let (line, start) = self.line_at(&place.file, place.line, place.column);
        let end = start + word(line.get(start..).unwrap_or_default());
        // A line has no end that can be relied on.
        let from = if line.len() > SHOWN { start.saturating_sub(SHOWN / 2) } else { 0 };
        let shown = line.get(from..line.len().min(from + SHOWN)).unwrap_or_default();
        let span = Span::new(start - from, (end - from).min(shown.len()));
        let mark = Mark { offset: span.start, line: place.line, column: place.column };
        let place = Place { marks: Some(Arc::from([mark])), ..place.clone() };
        let owner = self.files.zones.iter().find_map(Zone::apex).cloned();
        let owner = owner.unwrap_or_else(Name::root);
        if shown.is_empty() {
            return Location::set(owner, Kind::Txt).in_file(Some(place));
        }
        Location::record(owner, Kind::Txt, Arc::from(shown)).at(span).in_file(Some(place))
    }
}

/// Where in a line a column begins; columns count characters, from 1.
fn offset(line: &[u8], column: u32) -> usize {
    let index = usize::try_from(column).unwrap_or(usize::MAX).saturating_sub(1);
    let characters = line.iter().enumerate().filter(|(_, octet)| begins_character(**octet));
    characters.map(|(offset, _)| offset).nth(index).unwrap_or(line.len())
}

/// How many octets the word has that a text begins with.
fn word(text: &[u8]) -> usize {
    match text.split_first() {
        Some((b'"', rest)) => {
            let end = rest.iter().position(|octet| *octet == b'"');
            end.map_or(text.len(), |end| end + 2)
        }
        Some((b'(' | b')', _)) => 1,
        _ => {
            let is_end = |octet: &u8| b" \t;()\"".contains(octet);
            text.iter().position(is_end).unwrap_or(text.len())
        }
    }
}
