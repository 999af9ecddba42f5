//! Documents for programs: pretty JSON with a newline at the end, or JSON lines.
//!
//! Their envelope is [`report::envelope`](crate::report::envelope); their shape is described by
//! [`report::schema`](crate::report::schema).

use super::{Stream, whole};
use crate::diagnostic::Rule;
use crate::provider::{Fact, Provider};
use crate::report::envelope::{Enveloped, Kind};
use crate::report::{Domain, Extent, Reference, Report, Tool};
use crate::text::escape;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes a document as JSON.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut text = printable(serde_json::to_string_pretty(document)?);
    text.push('\n');
    out.write_all(text.as_bytes())
}

/// Writes messages about incidents as JSON lines, each a document.
///
/// # Errors
/// `out` cannot be written to.
#[cfg(feature = "history")]
#[doc(hidden)]
pub fn notices(notices: &[crate::report::watch::Notice], out: &mut dyn Write) -> io::Result<()> {
    notices.iter().try_for_each(|it| writeln!(out, "{}", notice(it)?))
}

/// A message about an incident as a document on one line.
///
/// # Errors
/// It cannot be written as JSON.
#[cfg(feature = "history")]
#[doc(hidden)]
pub fn notice(notice: &crate::report::watch::Notice) -> io::Result<String> {
    let line = serde_json::to_string(&Enveloped::new(Kind::Notice, None, notice))?;
    Ok(printable(line))
}

/// Writes a report of that extent as JSON.
///
/// # Errors
/// `out` cannot be written to.
pub fn report(report: &Report, extent: Extent, out: &mut dyn Write) -> io::Result<()> {
    render(&report.document(extent), out)
}

/// The items of a list in a document, written one after the other; the list was begun with its bracket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Items {
    /// How far its items are set in.
    indent: usize,
    is_begun: bool,
}

impl Items {
    /// None yet; each will be set in so far.
    pub(super) fn new(indent: usize) -> Self {
        Self { indent, is_begun: false }
    }

    /// Writes the next one.
    ///
    /// # Errors
    /// `out` cannot be written to.
    pub(super) fn put(&mut self, item: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
        let comma = if std::mem::replace(&mut self.is_begun, true) { "," } else { "" };
        write!(out, "{comma}\n{}{}", " ".repeat(self.indent), indented(item, self.indent)?)
    }

    /// Ends the list.
    ///
    /// # Errors
    /// `out` cannot be written to.
    pub(super) fn end(self, out: &mut dyn Write) -> io::Result<()> {
        match self.is_begun {
            true => write!(out, "\n{}]", " ".repeat(self.indent.saturating_sub(2))),
            false => write!(out, "]"),
        }
    }
}

/// A part of a document, the lines below its first one set in so far.
///
/// # Errors
/// It has no form in JSON.
pub(super) fn indented(part: &impl Serialize, indent: usize) -> io::Result<String> {
    let text = printable(serde_json::to_string_pretty(part)?);
    Ok(text.replace('\n', &format!("\n{}", " ".repeat(indent))))
}

/// What the empty list of domains looks like in a report.
const NO_DOMAINS: &str = "\n  \"domains\": []";

/// A report as one JSON document that is written while the domains come in: the same octets as
/// [`report`] writes of the whole.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    extent: Extent,
    domains: Items,
}

impl Document {
    /// A document of that extent.
    pub fn new(extent: Extent) -> Self {
        Self { extent, domains: Items::new(4) }
    }

    /// What stands before and behind the domains of a report.
    fn frame(self, report: &Report) -> io::Result<(String, String)> {
        let text = printable(serde_json::to_string_pretty(&report.document(self.extent))?);
        let frame = text.split_once(NO_DOMAINS).map(|(head, tail)| (head.into(), tail.into()));
        frame.ok_or_else(|| io::Error::other("a report has a list of domains"))
    }
}

impl Stream for Document {
    fn begin(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        if !report.run.files.is_empty() {
            // Of files there are findings and no domains: they come at the end.
            return Ok(());
        }
        let (head, _) = self.frame(report)?;
        write!(out, "{head}\n  \"domains\": [")
    }

    fn domain(&mut self, domain: &Domain, out: &mut dyn Write) -> io::Result<()> {
        self.domains.put(&domain.document(self.extent), out)
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        if !report.run.files.is_empty() {
            return render(&report.document(self.extent), out);
        }
        let (_, tail) = self.frame(report)?;
        self.domains.end(out)?;
        writeln!(out, "{tail}")
    }
}

/// Writes a report as JSON lines: a domain each, in the order asked, as it stands in the report; of
/// files that were looked at by themselves, a finding each.
///
/// # Errors
/// `out` cannot be written to.
pub fn lines(report: &Report, extent: Extent, out: &mut dyn Write) -> io::Result<()> {
    whole(&mut Lines::new(extent), report, out)
}

/// JSON lines as they are written.
#[derive(Clone, Debug)]
pub struct Lines {
    extent: Extent,
    tool: Tool,
    started: Option<String>,
}

impl Lines {
    /// Lines of that extent.
    pub fn new(extent: Extent) -> Self {
        Self { extent, tool: Tool::default(), started: None }
    }
}

impl Stream for Lines {
    fn begin(&mut self, report: &Report, _: &mut dyn Write) -> io::Result<()> {
        self.tool = report.tool.clone();
        self.started = report.run.started.clone();
        Ok(())
    }

    fn domain(&mut self, domain: &Domain, out: &mut dyn Write) -> io::Result<()> {
        let line = domain.line(self.extent, &self.tool, self.started.as_deref());
        writeln!(out, "{}", printable(serde_json::to_string(&line)?))
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        report
            .finding_lines()
            .try_for_each(|line| writeln!(out, "{}", printable(serde_json::to_string(&line)?)))
    }
}

/// Writes providers as JSON, each with everything that is known of it.
///
/// # Errors
/// `out` cannot be written to.
pub fn providers(known: &'static [Provider], out: &mut dyn Write) -> io::Result<()> {
    let providers = known.iter().map(Known::from).collect();
    render(&Enveloped::new(Kind::Providers, None, Platforms { providers }), out)
}

/// Providers.
#[derive(Serialize)]
struct Platforms {
    providers: Vec<Known>,
}

/// A provider, with all that is known of it.
#[derive(Serialize)]
struct Known {
    id: &'static str,
    aliases: &'static [&'static str],
    title: &'static str,
    does: Vec<&'static str>,
    facts: Vec<Fact>,
}

impl From<&'static Provider> for Known {
    fn from(known: &'static Provider) -> Self {
        Self {
            id: known.id(),
            aliases: known.aliases(),
            title: known.title(),
            does: known.does(),
            facts: known.facts(),
        }
    }
}

/// Writes rules as JSON.
///
/// # Errors
/// `out` cannot be written to.
pub fn rules(rules: impl Iterator<Item = &'static Rule>, out: &mut dyn Write) -> io::Result<()> {
    let rules = rules.map(Row::from).collect();
    render(&Enveloped::new(Kind::Rules, None, Catalogue { rules }), out)
}

/// Writes a rule as JSON.
///
/// # Errors
/// `out` cannot be written to.
pub fn rule(rule: &'static Rule, out: &mut dyn Write) -> io::Result<()> {
    render(&Enveloped::new(Kind::Rule, None, Row::from(rule)), out)
}

/// Every rule there is.
#[derive(Serialize)]
struct Catalogue {
    rules: Vec<Row>,
}

/// A rule, with all that is said about it.
#[derive(Serialize)]
struct Row {
    rule: &'static str,
    severity: &'static str,
    confidence: &'static str,
    summary: &'static str,
    why: &'static str,
    reference: Reference,
    page: &'static str,
}

impl From<&'static Rule> for Row {
    fn from(rule: &'static Rule) -> Self {
        Self {
            rule: rule.id,
            severity: rule.severity.word(),
            confidence: rule.confidence.word(),
            summary: rule.summary,
            why: rule.why,
            reference: Reference { cite: rule.cite.into(), url: rule.cite.url() },
            page: rule.page,
        }
    }
}

/// The document with every character that could hurt a terminal as `\u….`.
///
/// JSON escapes the controls of ASCII by itself (RFC 8259 §7) but leaves those above it, and the
/// marks that turn the direction of writing around. Outside strings JSON is ASCII, so nothing but
/// strings changes, and those keep their meaning.
pub(super) fn printable(document: String) -> String {
    if document.bytes().all(|octet| matches!(octet, b'\n' | b' '..=b'~')) {
        return document;
    }
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
        let printed = printable(document);
        assert_eq!(printed, r#""a\u009b31m\u202eb\u007f\udb40\udc01§""#);
        assert_eq!(serde_json::from_str::<String>(&printed).unwrap(), hostile);
    }
}
