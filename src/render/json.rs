//! The report as it is, for programs: one JSON document, pretty, with a newline at the end.
//!
//! Its shape is described in `testdata/schema/report.schema.json`.

use crate::diagnostic::Rule;
use crate::report::{Domain, Finding, Reference, Report};
use crate::text::escape;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes a report as JSON.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut text = printable(&serde_json::to_string_pretty(report)?);
    text.push('\n');
    out.write_all(text.as_bytes())
}

/// Writes a report as JSON lines: a domain each, in the order asked, as it stands in the report; of
/// files that were looked at by themselves, a finding each.
///
/// # Errors
/// `out` cannot be written to.
pub fn lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for domain in &report.domains {
        let line = Line { schema: "mailcheck.domain/1", domain };
        writeln!(out, "{}", printable(&serde_json::to_string(&line)?))?;
    }
    let of_files = report.findings.iter().filter(|_| !report.run.files.is_empty());
    for finding in of_files {
        let line = FindingLine { schema: "mailcheck.finding/1", finding };
        writeln!(out, "{}", printable(&serde_json::to_string(&line)?))?;
    }
    Ok(())
}

/// A finding on a line of its own.
#[derive(Serialize)]
struct FindingLine<'r> {
    schema: &'static str,
    #[serde(flatten)]
    finding: &'r Finding,
}

/// A domain on a line of its own.
#[derive(Serialize)]
struct Line<'r> {
    schema: &'static str,
    #[serde(flatten)]
    domain: &'r Domain,
}

/// Writes rules as JSON.
///
/// # Errors
/// `out` cannot be written to.
pub fn rules(rules: impl Iterator<Item = &'static Rule>, out: &mut dyn Write) -> io::Result<()> {
    let rows = rules.map(|rule| Row {
        id: rule.id,
        severity: rule.severity.word(),
        confidence: rule.confidence.word(),
        summary: rule.summary,
        why: rule.why,
        reference: Reference { cite: rule.cite.into(), url: rule.cite.url() },
        page: rule.page,
    });
    render(&Catalogue { schema: "mailcheck.rules/1", rules: rows.collect() }, out)
}

/// Every rule there is.
#[derive(Serialize)]
struct Catalogue {
    schema: &'static str,
    rules: Vec<Row>,
}

/// A rule, with all that is said about it.
#[derive(Serialize)]
struct Row {
    id: &'static str,
    severity: &'static str,
    confidence: &'static str,
    summary: &'static str,
    why: &'static str,
    reference: Reference,
    page: &'static str,
}

/// The document with every character that could hurt a terminal as `\u….`.
///
/// JSON escapes the controls of ASCII by itself (RFC 8259 §7) but leaves those above it, and the
/// marks that turn the direction of writing around. Outside strings JSON is ASCII, so nothing but
/// strings changes, and those keep their meaning.
fn printable(document: &str) -> String {
    let mut out = String::with_capacity(document.len() + 1);
    for character in document.chars() {
        let mut buffer = [0; 4];
        let is_harmless = matches!(character, '\n' | ' '..='~') || {
            let octets = character.encode_utf8(&mut buffer).as_bytes();
            escape(octets).as_bytes() == octets
        };
        if is_harmless {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_above_ascii_are_escaped_and_keep_their_meaning() {
        let hostile = "a\u{9b}31m\u{202e}b\u{7f}\u{e0001}§";
        let document = serde_json::to_string(hostile).unwrap();
        let printed = printable(&document);
        assert_eq!(printed, r#""a\u009b31m\u202eb\u007f\udb40\udc01§""#);
        assert_eq!(serde_json::from_str::<String>(&printed).unwrap(), hostile);
    }
}
