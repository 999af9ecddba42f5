//! Findings as a table for `cut` and `awk`: a line each, columns between tabs, a header first.
//!
//! Nothing in a column can break the line: texts are escaped when they are made.

use super::{Stream, whole};
use crate::net::Name;
use crate::report::{Domain, Finding, Report, State};
use crate::text::escape;
use std::io::{self, Write};

/// The columns, in their order; new ones are only ever put behind them.
const COLUMNS: [&str; 11] = [
    "domain",
    "severity",
    "rule",
    "name",
    "type",
    "file",
    "line",
    "column",
    "message",
    "fingerprint",
    "state",
];

/// Writes the findings as a table, without those that are ignored. Where a change is judged, the
/// state tells those that it brought about from those that were there before and those that are
/// gone; it is empty otherwise.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    whole(&mut Table, report, out)
}

/// The table as it is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Table;

impl Stream for Table {
    fn begin(&mut self, _: &Report, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", COLUMNS.join("\t"))
    }

    fn domain(&mut self, domain: &Domain, out: &mut dyn Write) -> io::Result<()> {
        rows(|_| domain.domain.clone(), &domain.findings, out)
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        rows(|finding| mail_domain(&finding.subject.name), &report.findings, out)
    }
}

/// The domain whose mail a name takes part in: `example.com` of `s1._domainkey.example.com`.
fn mail_domain(name: &Name) -> Name {
    let service = name.labels().enumerate().filter(|(_, label)| label.starts_with(b"_")).last();
    name.suffix(name.label_count() - service.map_or(0, |(index, _)| index + 1))
}

fn rows(
    domain: impl Fn(&Finding) -> Name,
    findings: &[Finding],
    out: &mut dyn Write,
) -> io::Result<()> {
    for finding in findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let Finding { rule, severity, subject, message, fingerprint, .. } = finding;
        let (file, line, column) = match &finding.location {
            Some(it) => (escape(it.file.as_bytes()), it.line.to_string(), it.column.to_string()),
            None => Default::default(),
        };
        let state = finding.state.map_or("", State::word);
        let cells = [
            domain(finding).to_string(),
            severity.to_string(),
            rule.to_string(),
            subject.name.to_string(),
            subject.kind.to_string(),
            file,
            line,
            column,
            message.to_string(),
            fingerprint.clone(),
            state.to_owned(),
        ];
        writeln!(out, "{}", cells.map(|cell| safe(&cell, '\t')).join("\t"))?;
    }
    Ok(())
}

/// Columns of the table of sources.
#[cfg(feature = "mail")]
const SOURCES: [&str; 14] = [
    "domain",
    "name",
    "party",
    "standing",
    "messages",
    "pass",
    "fail",
    "pass_spf",
    "pass_dkim",
    "addresses",
    "spf_domains",
    "dkim_domains",
    "first_seen",
    "last_seen",
];

/// Writes who sends as which domain as a table; `separator` is a comma or a tab.
///
/// # Errors
/// `out` cannot be written to.
#[cfg(feature = "mail")]
#[doc(hidden)]
pub fn sources(
    feedback: &crate::report::feedback::Feedback,
    separator: char,
    out: &mut dyn Write,
) -> io::Result<()> {
    let separated = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| safe(cell, separator)).collect();
        cells.join(separator.encode_utf8(&mut [0; 4]))
    };
    writeln!(out, "{}", separated(&SOURCES.map(str::to_owned)))?;
    for it in &feedback.sources {
        let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let time = |seconds: Option<i64>| seconds.map(|it| it.to_string()).unwrap_or_default();
        let cells = [
            it.domain.clone(),
            it.name.clone(),
            word(serde_json::to_value(it.party)?),
            word(serde_json::to_value(it.standing)?),
            it.pass.saturating_add(it.fail).to_string(),
            it.pass.to_string(),
            it.fail.to_string(),
            it.pass_spf.to_string(),
            it.pass_dkim.to_string(),
            it.addresses.join(" "),
            it.spf_domains.join(" "),
            it.dkim_domains.join(" "),
            time(it.first_seen),
            time(it.last_seen),
        ];
        writeln!(out, "{}", separated(&cells))?;
    }
    Ok(())
}

/// A cell that no spreadsheet takes for a formula and no log for a command, quoted where its text needs that.
pub(super) fn safe(cell: &str, separator: char) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@']) || cell.starts_with("::");
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    match separator == ',' && cell.contains([',', '"']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}
