//! Findings as a table for `cut` and `awk`: a line each, columns between tabs, a header first.
//!
//! Nothing in a column can break the line: texts are escaped when they are made.

use super::{Stream, whole};
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
        rows(&domain.domain.to_string(), &domain.findings, out)
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        rows("", &report.findings, out)
    }
}

fn rows(domain: &str, findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    for finding in findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let Finding { rule, severity, subject, message, fingerprint, .. } = finding;
        let (file, line, column) = match &finding.location {
            Some(it) => (escape(it.file.as_bytes()), it.line.to_string(), it.column.to_string()),
            None => Default::default(),
        };
        let state = finding.state.map_or("", State::word);
        writeln!(
            out,
            "{domain}\t{severity}\t{rule}\t{}\t{}\t{file}\t{line}\t{column}\t{message}\t{fingerprint}\t{state}",
            subject.name, subject.kind
        )?;
    }
    Ok(())
}
