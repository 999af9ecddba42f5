//! A record with a mark below the part that is meant.

use super::line::{Line, to_ascii};
use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::text::Span;
use std::ops::Range;

/// Fewest columns in which a part of a record makes sense.
const NARROWEST: usize = 24;

/// Writes a record and carets below its span. Of a record wider than the sheet, the part around
/// the span is shown; the whole is never needed here, for what is to be copied stands elsewhere.
pub(super) fn excerpt(sheet: &mut Sheet, label: Line, record: &str, span: Span) {
    let indent = label.width();
    let room = sheet.width.saturating_sub(indent).max(NARROWEST);
    let (shown, marked) = window(
        &record_text(record, sheet.line().is_ascii()),
        columns(record, span, sheet.line().is_ascii()),
        room,
        sheet.glyphs.ellipsis,
    );
    sheet.put(&label.with(Ink::Code, shown));
    let carets = "^".repeat(marked.len().max(1));
    sheet.put(&sheet.line().pad(indent + marked.start).with(Ink::Weak, carets));
}

fn record_text(record: &str, ascii: bool) -> String {
    if ascii { to_ascii(record) } else { record.to_owned() }
}

/// The columns that a span of octets fills once the record is escaped.
///
/// An octet that cannot be shown fills the four columns of its `\x1b`; a character of several
/// octets fills one. A record that holds the four characters `\x1b` as such moves the mark, and
/// nothing else.
fn columns(record: &str, span: Span, ascii: bool) -> Range<usize> {
    let (mut octet, mut column) = (0_usize, 0_usize);
    let (mut start, mut end) = (None, None);
    let mut rest = record;
    while let Some(character) = rest.chars().next() {
        if octet >= span.start as usize {
            start = start.or(Some(column));
        }
        if octet >= span.end as usize {
            end = end.or(Some(column));
        }
        let (octets, length) = match escaped(rest) {
            true => (1, 4),
            false => (character.len_utf8(), character.len_utf8()),
        };
        let printed = rest.get(..length).unwrap_or(rest);
        column += match ascii {
            true => to_ascii(printed).chars().count(),
            false => printed.chars().count(),
        };
        octet += octets;
        rest = rest.get(length..).unwrap_or_default();
    }
    let start = start.unwrap_or(column);
    start..end.unwrap_or(column).max(start)
}

/// True if the text begins with an octet in the form that `escape` gives it.
fn escaped(text: &str) -> bool {
    let digits = text.strip_prefix("\\x").and_then(|rest| rest.get(..2));
    digits
        .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        .is_some_and(|octet| !(b' '..=b'~').contains(&octet))
}

/// The part of a text around `marked` that fits `room` columns, and where the mark is in it.
fn window(text: &str, marked: Range<usize>, room: usize, ellipsis: &str) -> (String, Range<usize>) {
    let total = text.chars().count();
    if total <= room {
        return (text.to_owned(), marked);
    }
    let dots = ellipsis.chars().count();
    let wanted = marked.len().min(room.saturating_sub(2 * dots));
    let before = (room - wanted) / 2;
    let begin = marked.start.saturating_sub(before).min(total - room);
    let end = begin + room;
    let from = begin + if begin > 0 { dots } else { 0 };
    let to = end - if end < total { dots } else { 0 };
    let mut shown = String::with_capacity(room);
    shown.push_str(if begin > 0 { ellipsis } else { "" });
    shown.extend(text.chars().take(to).skip(from));
    shown.push_str(if end < total { ellipsis } else { "" });
    (shown, marked.start - begin..marked.end.clamp(marked.start, to.max(marked.start)) - begin)
}

#[cfg(test)]
mod tests {
    use super::super::Look;
    use super::*;
    use crate::text::escape;
    use proptest::prelude::*;

    fn drawn(record: &str, span: Span, width: usize) -> String {
        let mut sheet = Sheet::new(&Look { width, ..Look::default() });
        let label = sheet.line().plain("  ");
        excerpt(&mut sheet, label, record, span);
        sheet.into_text()
    }

    #[test]
    fn carets_stand_below_the_span() {
        assert_eq!(
            drawn("v=spf1 ip4:1.2.3 -all", Span::new(11, 16), 80),
            "  v=spf1 ip4:1.2.3 -all\n             ^^^^^\n"
        );
    }

    #[test]
    fn a_place_between_octets_gets_one_caret() {
        assert_eq!(drawn("v=spf1", Span::new(6, 6), 80), "  v=spf1\n        ^\n");
    }

    #[test]
    fn a_span_beyond_the_record_is_marked_at_its_end() {
        assert_eq!(drawn("v=spf1", Span::new(90, 99), 80), "  v=spf1\n        ^\n");
    }

    #[test]
    fn octets_that_are_shown_escaped_move_the_carets() {
        let record = escape(b"\xff\xfe ab");
        assert_eq!(drawn(&record, Span::new(3, 5), 80), "  \\xff\\xfe ab\n           ^^\n");
    }

    #[test]
    fn of_a_long_record_the_part_around_the_span_is_shown() {
        let record = format!("v=spf1 {}BAD {}-all", "a:x.example ".repeat(20), "mx ".repeat(40));
        let start = record.find("BAD").unwrap();
        let text = drawn(&record, Span::new(start, start + 3), 50);
        let lines: Vec<&str> = text.lines().collect();
        let carets = lines[1].find("^^^").unwrap();
        let marked: String = lines[0].chars().skip(carets).take(3).collect();
        assert_eq!((marked.as_str(), lines[0].chars().count()), ("BAD", 50));
    }

    proptest! {
        #[test]
        fn no_record_and_no_span_is_too_much(
            record in proptest::collection::vec(any::<u8>(), 0..300),
            (start, end) in (0_usize..400, 0_usize..400),
            width in 0_usize..120,
        ) {
            let text = drawn(&escape(&record), Span::new(start, end), width);
            prop_assert_eq!(text.lines().count(), 2);
        }
    }
}
