//! A record in three parts: what is meant, what stands before it and what behind it.

use crate::text::{Span, escape};
use serde::{Deserialize, Serialize};

/// A record with the part that is meant; all of it escaped, each part by itself.
///
/// Put together again, the parts are the record as it is shown everywhere, so nothing that is shown
/// has to be counted in octets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Excerpt {
    /// What stands before it.
    pub before: String,
    /// What is meant; empty for a place between two characters.
    pub marked: String,
    /// What stands behind it.
    pub after: String,
}

impl Excerpt {
    /// The record, cut where the span begins and ends. A character of which the span covers a part
    /// is covered whole; what lies beyond the record is its end.
    pub fn new(record: &[u8], span: Span) -> Self {
        let (mut start, mut end) = (record.len(), record.len());
        let (wanted_start, wanted_end) = (span.start as usize, span.end.max(span.start) as usize);
        for (begin, length) in characters(record) {
            if begin + length > wanted_start {
                start = start.min(begin);
            }
            if begin >= wanted_end {
                end = end.min(begin);
            }
        }
        let part = |from: usize, to: usize| escape(record.get(from..to).unwrap_or_default());
        // A place between octets of one character is the place before it.
        let end = if span.is_empty() { start } else { end.max(start) };
        Self { before: part(0, start), marked: part(start, end), after: part(end, record.len()) }
    }
}

/// Where each character begins and how many octets it has; an octet that is part of none stands for
/// itself.
fn characters(record: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let lengths = record.utf8_chunks().flat_map(|chunk| {
        let valid = chunk.valid().chars().map(char::len_utf8);
        valid.chain(chunk.invalid().iter().map(|_| 1))
    });
    lengths.scan(0, |offset, length| {
        let begin = *offset;
        *offset += length;
        Some((begin, length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(record: &[u8], start: usize, end: usize) -> [String; 3] {
        let Excerpt { before, marked, after } = Excerpt::new(record, Span::new(start, end));
        [before, marked, after]
    }

    #[test]
    fn a_record_is_cut_at_both_ends_of_the_span() {
        assert_eq!(parts(b"v=spf1 mx -all", 7, 9), ["v=spf1 ", "mx", " -all"]);
    }

    #[test]
    fn octets_that_cannot_be_shown_are_escaped_after_the_cut() {
        assert_eq!(parts(b"\xff\\xff a", 1, 5), ["\\xff", "\\xff", " a"]);
    }

    #[test]
    fn a_character_is_never_cut() {
        assert_eq!(parts("aé€b".as_bytes(), 2, 4), ["a", "é€", "b"]);
    }

    #[test]
    fn a_span_beyond_the_record_is_its_end() {
        assert_eq!(parts(b"v=spf1", 90, 99), ["v=spf1", "", ""]);
    }

    proptest! {
        #[test]
        fn the_parts_are_the_whole(
            record in proptest::collection::vec(any::<u8>(), 0..60),
            (start, end) in (0_usize..80, 0_usize..80),
        ) {
            prop_assert_eq!(parts(&record, start, end).concat(), escape(&record));
        }
    }
}
