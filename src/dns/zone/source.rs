//! The text that a zone is read from: its places, and what is said about them.

use super::fault::{ErrorKind, Notice, Remark, ZoneError};
use crate::dns::presentation::Word;
use crate::dns::{Mark, Place};
use crate::text::Span;
use crate::text::lines::{Lines, begins_character};
use std::sync::Arc;

/// Faults beyond this many are counted, not kept; so are notices.
const LIMIT: usize = 100;

/// A file as octets, with its lines measured.
#[derive(Debug)]
pub(in crate::dns) struct Source<'a> {
    pub(in crate::dns) file: Arc<str>,
    pub(in crate::dns) text: &'a [u8],
    pub(in crate::dns) lines: Lines<'a>,
}

impl<'a> Source<'a> {
    pub(in crate::dns) fn new(file: &str, text: &'a [u8]) -> Self {
        // A byte order mark is no part of the first owner.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        Self { file: Arc::from(file), text, lines: Lines::new(text) }
    }

    /// Where in the text a slice of it begins.
    pub(in crate::dns) fn offset(&self, slice: &[u8]) -> usize {
        Span::within(self.text, slice).start as usize
    }

    pub(in crate::dns) fn place(&self, offset: usize) -> Place {
        let (line, column) = self.lines.place(offset);
        Place::new(Arc::clone(&self.file), line, column)
    }

    /// Where the octets of a text stand: a mark at each string, and wherever an octet is written
    /// with more or less than one character.
    pub(in crate::dns) fn marks(&self, strings: &[Word<'_>]) -> Vec<Mark> {
        let (mut marks, mut offset) = (Vec::new(), 0);
        for string in strings {
            let (line, start) = self.lines.place(self.offset(string.text));
            let mut expected = None;
            // `column` belongs to the place `counted` in the text of the string.
            let (mut column, mut counted) = (start, 0);
            for (octet, at) in string.octets().flatten() {
                let passed = string.text.get(counted..at).unwrap_or_default();
                column += passed.iter().filter(|octet| begins_character(**octet)).count() as u32;
                counted = at;
                // An octet in the middle of a character stands where the character does.
                let inner = string.text.get(at) == Some(&octet) && !begins_character(octet);
                let here = column.saturating_sub(u32::from(inner));
                if expected != Some(here) {
                    marks.push(Mark { offset, line, column: here });
                }
                expected = Some(here + 1);
                offset += 1;
            }
        }
        marks
    }
}

/// A list that keeps its first entries and counts the others.
#[derive(Debug)]
pub(in crate::dns) struct Bounded<T> {
    kept: Vec<T>,
    omitted: usize,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self { kept: Vec::new(), omitted: 0 }
    }
}

impl<T> Bounded<T> {
    pub(in crate::dns) fn push(&mut self, entry: impl FnOnce() -> T) {
        if self.kept.len() < LIMIT {
            self.kept.push(entry());
        } else {
            self.omitted += 1;
        }
    }
}

/// What is said about a text, by offset, until it is read to its end.
#[derive(Debug, Default)]
pub(in crate::dns) struct Remarks {
    faults: Bounded<(usize, ErrorKind, String)>,
    notices: Bounded<(usize, Remark)>,
}

impl Remarks {
    pub(in crate::dns) fn fault(
        &mut self,
        offset: usize,
        kind: ErrorKind,
        sentence: impl FnOnce() -> String,
    ) {
        self.faults.push(|| (offset, kind, sentence()));
    }

    pub(in crate::dns) fn notice(&mut self, offset: usize, remark: impl FnOnce() -> Remark) {
        self.notices.push(|| (offset, remark()));
    }

    /// The faults in the order of the text, and how many more there are.
    pub(in crate::dns) fn errors(&mut self, source: &Source<'_>) -> (Vec<ZoneError>, usize) {
        let Bounded { mut kept, omitted } = std::mem::take(&mut self.faults);
        kept.sort_by_key(|fault| fault.0);
        let error = |(offset, kind, what)| ZoneError { place: source.place(offset), kind, what };
        (kept.into_iter().map(error).collect(), omitted)
    }

    /// The notices in the order of the text, and how many more there are.
    pub(in crate::dns) fn notices(&mut self, source: &Source<'_>) -> (Vec<Notice>, usize) {
        let Bounded { mut kept, omitted } = std::mem::take(&mut self.notices);
        kept.sort_by_key(|notice| notice.0);
        let notice = |(offset, remark)| Notice { place: source.place(offset), remark };
        (kept.into_iter().map(notice).collect(), omitted)
    }
}
