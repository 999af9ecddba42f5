//! Workflow commands of GitHub Actions: findings as annotations, at the line of the term.
//!
//! GitHub shows ten annotations of a level for each step and drops the rest in silence, so the worst
//! come first, findings of one line share an annotation, and the tenth says how many there are
//! more. Whatever a record holds, it ends neither the command nor a property of it.

use crate::diagnostic::Severity;
use crate::report::{Finding, Report};
use std::collections::HashMap;
use std::io::{self, Write};

/// How many annotations of a level GitHub shows.
const SHOWN: usize = 10;

/// Writes the findings that count as annotations.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for severity in [Severity::Error, Severity::Warn, Severity::Note] {
        let groups = groups(report, severity);
        let shown = if groups.len() > SHOWN { SHOWN - 1 } else { groups.len() };
        for group in &groups[..shown] {
            annotation(severity, group, out)?;
        }
        let rest: usize = groups[shown..].iter().map(Vec::len).sum();
        if rest > 0 {
            writeln!(out, "::{}::and {rest} more: see the report", level(severity))?;
        }
    }
    Ok(())
}

/// The findings of a severity that count, those of one line together, in the order of the report.
fn groups(report: &Report, severity: Severity) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut lines: HashMap<(&str, u32), usize> = HashMap::new();
    let counts = |finding: &&Finding| finding.severity == severity && finding.counts();
    for finding in report.findings().map(|(_, finding)| finding).filter(counts) {
        let next = groups.len();
        let line = finding.location.as_ref().map(|it| (it.file.as_str(), it.line));
        let index = line.map_or(next, |line| *lines.entry(line).or_insert(next));
        match groups.get_mut(index) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn annotation(severity: Severity, group: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = group.first() else { return Ok(()) };
    let mut properties = Vec::new();
    if let Some(place) = &first.location {
        properties.push(("file", place.file.clone()));
        properties.push(("line", place.line.to_string()));
        properties.push(("endLine", place.end_line.to_string()));
        // GitHub takes columns only where they belong to one line.
        if place.line == place.end_line && group.len() == 1 {
            properties.push(("col", place.column.to_string()));
            properties.push(("endColumn", place.end_column.to_string()));
        }
    }
    let more =
        if group.len() > 1 { format!(" and {} more", group.len() - 1) } else { String::new() };
    properties.push(("title", format!("{}{more}", first.rule)));
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let text: Vec<String> =
        group.iter().map(|finding| sentence(finding, group.len() > 1)).collect();
    writeln!(out, "::{} {}::{}", level(severity), properties.join(","), data(&text.join("\n\n")))
}

/// What is true, what says so, and the records that mend it.
fn sentence(finding: &Finding, is_named: bool) -> String {
    let Finding { rule, subject, message, reference, .. } = finding;
    let mut text = if is_named { format!("{rule}: ") } else { String::new() };
    text.push_str(&format!("{subject}: {message} ({})", reference.cite));
    if let Some(advice) = &finding.advice {
        text.push_str(&format!("\ndo: {advice}"));
    }
    if let Some(fix) = &finding.fix {
        text.push_str(&format!("\nfix: {}", fix.summary));
        for record in fix.records.iter().filter_map(|record| record.add.as_ref()) {
            text.push_str(&format!("\n{record}"));
        }
    }
    text
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Note => "notice",
    }
}

/// Text behind the second pair of colons: a line end would begin another command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, in which colons and commas mean something too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
