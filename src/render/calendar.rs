//! Deadlines as a calendar (RFC 5545).

use crate::report::watch::Deadline;
use crate::text::{date, seconds};

/// Most octets of a line, without its end (RFC 5545 §3.1).
const LONGEST: usize = 75;

/// Writes the calendar; `at` is when it is written, RFC 3339.
pub fn render(at: &str, deadlines: &[Deadline]) -> String {
    let stamp: String = at.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut out = String::new();
    let mut line = |text: &str| folded(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//mailcheck//mailcheck//EN");
    for Deadline { day, title, what, uid } in deadlines {
        let compact = |day: &str| day.replace('-', "");
        let Some(begin) = seconds(day) else { continue };
        let next = date(i64::try_from(begin / 86_400).unwrap_or(i64::MAX - 1) + 1);
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", escaped(uid)));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("DTSTART;VALUE=DATE:{}", compact(day)));
        line(&format!("DTEND;VALUE=DATE:{}", compact(&next)));
        line(&format!("SUMMARY:{}", escaped(&title.to_string())));
        line(&format!("DESCRIPTION:{}", escaped(&what.to_string())));
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

/// Text as a value (RFC 5545 §3.3.11).
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(';', "\\;");
    text.replace(',', "\\,").replace('\n', "\\n")
}

/// Writes a line, folded where it is long: RFC 5545 §3.1: "Lines of text SHOULD NOT be longer than 75
/// octets, excluding the line break."
fn folded(out: &mut String, text: &str) {
    let mut width = 0;
    for c in text.chars() {
        if width + c.len_utf8() > LONGEST {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Phrase;

    #[test]
    fn lines_are_folded_and_values_escaped() {
        let deadline = Deadline {
            uid: "key".to_owned(),
            day: "2026-12-31".to_owned(),
            title: Phrase::from("rotate; or, not"),
            what: Phrase::from(&*"x".repeat(100)),
        };
        let text = render("2026-11-28T00:00:00Z", &[deadline]);
        let longest = text.split("\r\n").map(str::len).max();
        assert!(longest <= Some(LONGEST), "{text}");
        assert!(text.contains("SUMMARY:rotate\\; or\\, not\r\n"), "{text}");
        assert!(text.contains("DTEND;VALUE=DATE:20270101\r\n"), "{text}");
        assert!(text.contains("DTSTAMP:20261128T000000Z\r\n"), "{text}");
    }
}
