//! Workflow commands of GitHub Actions: findings as annotations, at the line of the term.
//!
//! GitHub shows ten annotations of a level for each step and drops the rest in silence, so findings of
//! one line share an annotation, of each domain the worst come first, and the tenth of a level says
//! how many there are more. Whatever a record holds, it ends neither the command nor a property of it.

use super::{Stream, whole};
use crate::diagnostic::Severity;
use crate::report::{Domain, Finding, Report};
use std::collections::HashMap;
use std::io::{self, Write};

/// How many annotations of a level GitHub shows.
const SHOWN: usize = 10;

/// Writes the findings that count as annotations.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    whole(&mut Annotations::default(), report, out)
}

/// The annotations as they are written: of each domain the worst first.
#[derive(Clone, Debug, Default)]
pub struct Annotations {
    levels: [Level; 3],
}

/// The annotations of one level so far.
#[derive(Clone, Debug, Default)]
struct Level {
    /// How many were written.
    written: usize,
    /// One that is written only if it is the last: else its place is for how many more there are.
    held: Option<String>,
    /// How many findings found no place, those of the one that is held among them.
    rest: usize,
}

impl Level {
    fn add(
        &mut self,
        severity: Severity,
        group: &[&Finding],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if self.written + 1 < SHOWN {
            self.written += 1;
            return out.write_all(annotation(severity, group).as_bytes());
        }
        self.held = (self.rest == 0).then(|| annotation(severity, group));
        self.rest += group.len();
        Ok(())
    }
}

/// The severities, each with the place of its level.
const LEVELS: [(usize, Severity); 3] =
    [(0, Severity::Error), (1, Severity::Warn), (2, Severity::Note)];

impl Annotations {
    fn add(&mut self, findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
        for (index, severity) in LEVELS {
            let Some(level) = self.levels.get_mut(index) else { continue };
            for group in groups(findings, severity) {
                level.add(severity, &group, out)?;
            }
        }
        Ok(())
    }
}

impl Stream for Annotations {
    fn begin(&mut self, _: &Report, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn domain(&mut self, domain: &Domain, out: &mut dyn Write) -> io::Result<()> {
        self.add(&domain.findings, out)
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        self.add(&report.findings, out)?;
        for ((_, severity), level) in LEVELS.into_iter().zip(&self.levels) {
            match (&level.held, level.rest) {
                (Some(last), _) => out.write_all(last.as_bytes())?,
                (None, 0) => {}
                (None, rest) => {
                    writeln!(out, "::{}::and {rest} more: see the report", word(severity))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(feature = "mail")]
impl super::mail::Articles for Annotations {
    fn article(&mut self, article: &super::mail::Article, out: &mut dyn Write) -> io::Result<()> {
        self.add(&article.findings, out)
    }
}

/// The findings of a severity that count, those of one line together, in their order.
fn groups(findings: &[Finding], severity: Severity) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut lines: HashMap<(&str, u32), usize> = HashMap::new();
    let counts = |finding: &&Finding| finding.severity == severity && finding.counts();
    for finding in findings.iter().filter(counts) {
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

fn annotation(severity: Severity, group: &[&Finding]) -> String {
    let Some(first) = group.first() else { return String::new() };
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
    format!("::{} {}::{}\n", word(severity), properties.join(","), data(&text.join("\n\n")))
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

/// The word for a level.
fn word(severity: Severity) -> &'static str {
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
