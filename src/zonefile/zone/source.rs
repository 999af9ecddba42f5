//! The text that a zone is read from: its places, and what is said about them.

use super::fault::{Concern, ErrorKind, Notice, Remark, ZoneError};
use super::include::Part;
use crate::dns::{Mark, Place};
use crate::text::Span;
use crate::text::lines::{Lines, begins_character};
use std::collections::HashSet;
use std::sync::Arc;

/// Faults beyond this many are counted, not kept; so are notices.
const LIMIT: usize = 100;

/// Records that are read of a file, unless more are asked for: each takes some hundred octets of memory.
pub(crate) const MOST_RECORDS: usize = 500_000;

/// A file as octets, with its lines measured.
#[derive(Debug)]
pub(in crate::zonefile) struct Source<'a> {
    pub(in crate::zonefile) file: Arc<str>,
    pub(in crate::zonefile) text: &'a [u8],
    pub(in crate::zonefile) lines: Arc<Lines<'a>>,
    /// What it is put together of; nothing where it is one file.
    parts: Arc<[Part]>,
    /// Most records that are read of it.
    pub(in crate::zonefile) most_records: usize,
}

impl<'a> Source<'a> {
    pub(in crate::zonefile) fn new(file: &str, text: &'a [u8]) -> Self {
        // A byte order mark is no part of the first owner.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        Self {
            file: Arc::from(file),
            text,
            lines: Arc::new(Lines::new(text)),
            parts: Arc::from([]),
            most_records: MOST_RECORDS,
        }
    }

    /// The same, put together of parts.
    pub(in crate::zonefile) fn of_parts(file: &str, text: &'a [u8], parts: &[Part]) -> Self {
        let parts = if parts.len() > 1 { Arc::from(parts) } else { Arc::from([]) };
        Self { parts, ..Self::new(file, text) }
    }

    /// The same text, for a second look at it.
    #[cfg(feature = "formats")]
    pub(in crate::zonefile) fn again(&self) -> Self {
        let (file, lines) = (Arc::clone(&self.file), Arc::clone(&self.lines));
        Self {
            file,
            text: self.text,
            lines,
            parts: Arc::clone(&self.parts),
            most_records: self.most_records,
        }
    }

    /// Where in the text a slice of it begins.
    pub(in crate::zonefile) fn offset(&self, slice: &[u8]) -> usize {
        Span::within(self.text, slice).start as usize
    }

    pub(in crate::zonefile) fn place(&self, offset: usize) -> Place {
        let (line, column) = self.lines.place(offset);
        let part = self.part(offset);
        let file = part.map_or(&self.file, |part| &part.file);
        Place::new(Arc::clone(file), local(part, line), column)
    }

    /// Line and column in the file that an offset is in.
    pub(in crate::zonefile) fn line_and_column(&self, offset: usize) -> (u32, u32) {
        let (line, column) = self.lines.place(offset);
        (local(self.part(offset), line), column)
    }

    /// True if what the directive at an offset includes follows its line.
    pub(in crate::zonefile) fn is_followed(&self, offset: usize) -> bool {
        let behind = self.parts.partition_point(|part| part.begin <= offset);
        let depth = self.part(offset).map_or(0, |part| part.depth);
        let line = self.text.get(offset..).unwrap_or_default();
        let end = line
            .iter()
            .position(|octet| *octet == b'\n')
            .map_or(self.text.len(), |it| offset + it + 1);
        self.parts.get(behind).is_some_and(|next| next.begin == end && next.depth > depth)
    }

    fn part(&self, offset: usize) -> Option<&Part> {
        let behind = self.parts.partition_point(|part| part.begin <= offset);
        self.parts.get(behind.checked_sub(1)?)
    }

    /// Where the octets of a text stand, each written from one of `offsets` on: a mark wherever an
    /// octet does not follow the one before by one character.
    pub(in crate::zonefile) fn marks(&self, offsets: impl Iterator<Item = usize>) -> Vec<Mark> {
        let mut marks = Vec::new();
        // The last place, which is where its offset says.
        let (mut last, mut line, mut column) = (usize::MAX, 0, 0);
        let mut expected = None;
        for (offset, at) in offsets.enumerate() {
            let at = self.character(at);
            match self.text.get(last..at) {
                Some(passed) if passed.len() < NEAR && !passed.contains(&b'\n') => {
                    let passed = passed.iter().filter(|octet| begins_character(**octet)).count();
                    column += u32::try_from(passed).unwrap_or(u32::MAX);
                }
                _ => (line, column) = self.line_and_column(at),
            }
            last = at;
            if expected != Some((line, column)) {
                let offset = u32::try_from(offset).unwrap_or(u32::MAX);
                marks.push(Mark { offset, line, column });
            }
            expected = Some((line, column.saturating_add(1)));
        }
        marks
    }

    /// Where the character begins that an octet is part of.
    fn character(&self, at: usize) -> usize {
        let begins = |offset: &usize| self.text.get(*offset).is_none_or(|it| begins_character(*it));
        (at.saturating_sub(3)..=at).rev().find(begins).unwrap_or(at)
    }
}

/// The line of a part's file, for a line of the whole.
fn local(part: Option<&Part>, line: u32) -> u32 {
    part.map_or(line, |part| part.line.saturating_add(line.saturating_sub(part.whole_line)))
}

/// Octets within which a column is counted on from the last one.
const NEAR: usize = 64;

/// A list that keeps its first entries and counts the others.
#[derive(Debug)]
pub(in crate::zonefile) struct Bounded<T> {
    kept: Vec<T>,
    omitted: usize,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self { kept: Vec::new(), omitted: 0 }
    }
}

impl<T> Bounded<T> {
    pub(in crate::zonefile) fn push(&mut self, entry: impl FnOnce() -> T) {
        if self.kept.len() < LIMIT {
            self.kept.push(entry());
        } else {
            self.omitted += 1;
        }
    }
}

/// What is said about a text, by offset, until it is read to its end.
#[derive(Debug, Default)]
pub(in crate::zonefile) struct Remarks {
    faults: Bounded<(usize, ErrorKind, String, Concern)>,
    notices: Bounded<(usize, Remark)>,
    /// What faults leave open, those that are only counted among them.
    concerns: HashSet<Concern>,
}

impl Remarks {
    pub(in crate::zonefile) fn fault(
        &mut self,
        offset: usize,
        kind: ErrorKind,
        sentence: impl FnOnce() -> String,
    ) {
        let concern = match kind {
            ErrorKind::SecondSoa
            | ErrorKind::OutOfZone
            | ErrorKind::MissingDot
            | ErrorKind::Comment => Concern::Nothing,
            _ => Concern::Anything,
        };
        self.fault_of(offset, kind, concern, sentence);
    }

    /// A fault that leaves something open.
    pub(in crate::zonefile) fn fault_of(
        &mut self,
        offset: usize,
        kind: ErrorKind,
        concern: Concern,
        sentence: impl FnOnce() -> String,
    ) {
        if concern != Concern::Nothing && !self.concerns.contains(&concern) {
            self.concerns.insert(concern.clone());
        }
        self.faults.push(|| (offset, kind, sentence(), concern));
    }

    /// What the faults so far leave open.
    pub(in crate::zonefile) fn take_concerns(&mut self) -> HashSet<Concern> {
        std::mem::take(&mut self.concerns)
    }

    /// A fault at the beginning of the text, if there is no other.
    #[cfg(feature = "formats")]
    pub(in crate::zonefile) fn fault_if_none(&mut self, kind: ErrorKind, sentence: &str) {
        if self.faults.kept.is_empty() {
            self.fault(0, kind, || sentence.to_owned());
        }
    }

    pub(in crate::zonefile) fn notice(&mut self, offset: usize, remark: impl FnOnce() -> Remark) {
        self.notices.push(|| (offset, remark()));
    }

    /// The faults in the order of the text, and how many more there are.
    pub(in crate::zonefile) fn errors(&mut self, source: &Source<'_>) -> (Vec<ZoneError>, usize) {
        let Bounded { mut kept, omitted } = std::mem::take(&mut self.faults);
        kept.sort_by_key(|fault| fault.0);
        let error = |(offset, kind, what, concerns)| ZoneError {
            place: source.place(offset),
            kind,
            what,
            concerns,
        };
        (kept.into_iter().map(error).collect(), omitted)
    }

    /// The notices in the order of the text, and how many more there are.
    pub(in crate::zonefile) fn notices(&mut self, source: &Source<'_>) -> (Vec<Notice>, usize) {
        let Bounded { mut kept, omitted } = std::mem::take(&mut self.notices);
        kept.sort_by_key(|notice| notice.0);
        let notice = |(offset, remark)| Notice { place: source.place(offset), remark };
        (kept.into_iter().map(notice).collect(), omitted)
    }
}
