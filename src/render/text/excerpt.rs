//! A record with a mark below the part that is meant.

use super::line::{Line, to_ascii};
use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::Excerpt;
use std::ops::Range;

/// Fewest columns in which a part of a record makes sense.
const NARROWEST: usize = 24;

/// Writes a record and carets below the part that is meant. Of a record wider than the sheet, what
/// stands around that part is shown; the whole is never needed here, for what is to be copied stands
/// elsewhere.
pub(super) fn excerpt(sheet: &mut Sheet, label: Line, record: &Excerpt) {
    let indent = label.width();
    let room = sheet.width.saturating_sub(indent).max(NARROWEST);
    let is_ascii = sheet.line().is_ascii();
    let shown = |text: &str| if is_ascii { to_ascii(text) } else { text.to_owned() };
    let [before, marked, after] =
        [&record.before, &record.marked, &record.after].map(|it| shown(it));
    let start = before.chars().count();
    let columns = start..start + marked.chars().count();
    let (shown, marked) =
        window(&[before, marked, after].concat(), columns, room, sheet.glyphs.ellipsis);
    sheet.put(&label.with(Ink::Code, shown));
    let carets = "^".repeat(marked.len().max(1));
    sheet.put(&sheet.line().pad(indent + marked.start).with(Ink::Weak, carets));
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
    use crate::text::Span;
    use proptest::prelude::*;

    fn drawn(record: impl AsRef<[u8]>, span: Span, width: usize) -> String {
        let mut sheet = Sheet::new(&Look { width, ..Look::default() });
        let label = sheet.line().plain("  ");
        excerpt(&mut sheet, label, &Excerpt::new(record.as_ref(), span));
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
        let drawn = drawn(b"\xff\xfe ab", Span::new(3, 5), 80);
        assert_eq!(drawn, "  \\xff\\xfe ab\n           ^^\n");
    }

    #[test]
    fn an_escape_that_a_record_spells_out_is_as_wide_as_it_is_shown() {
        let drawn = drawn(br"a:\x1b[1m -all", Span::new(2, 9), 80);
        assert_eq!(drawn, "  a:\\x1b[1m -all\n    ^^^^^^^\n");
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
            let text = drawn(&record, Span::new(start, end), width);
            prop_assert_eq!(text.lines().count(), 2);
        }
    }
}
