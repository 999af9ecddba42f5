//! Code Quality of GitLab: findings as an array of issues, which a merge request shows.
//!
//! GitLab holds the report of a branch against that of its target by fingerprint, and shows of
//! several issues with one fingerprint the first: so none occurs twice. What its owner decided
//! about, what was there before, and what is gone is left out.

use super::json;
use super::place::place;
use crate::diagnostic::Severity;
use crate::report::{Domain, FileLocation, Finding, Report};
use serde::Serialize;
use std::collections::HashMap;
use std::io::{self, Write};

/// Writes the findings that count as issues.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let counting = report.findings().filter(|(_, finding)| finding.counts());
    let mut issues: Vec<Issue<'_>> =
        counting.map(|(domain, finding)| issue(domain, finding)).collect();
    let mut seen: HashMap<String, usize> = HashMap::with_capacity(issues.len());
    for issue in &mut issues {
        let count = seen.entry(issue.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            issue.fingerprint = format!("{}#{count}", issue.fingerprint);
        }
    }
    json::render(&issues, out)
}

/// One issue, with the members that GitLab reads.
#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'r str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

fn issue<'r>(domain: Option<&Domain>, finding: &'r Finding) -> Issue<'r> {
    let Finding { rule, severity, subject, message, reference, fingerprint, .. } = finding;
    let FileLocation { file, line, end_line, .. } = place(domain, finding);
    let owner = domain.map_or_else(String::new, |domain| domain.domain.to_string());
    Issue {
        description: format!("{subject}: {message} ({})", reference.cite),
        check_name: rule,
        // Findings of files are told apart by these, so that none depends on what another file has.
        fingerprint: match domain {
            Some(_) => format!("{owner}/{fingerprint}"),
            None => format!("{file}/{fingerprint}"),
        },
        severity: match severity {
            Severity::Error => "critical",
            Severity::Warn => "major",
            Severity::Note => "info",
        },
        location: Location { path: file, lines: Lines { begin: line, end: end_line } },
    }
}
