//! Code Quality of GitLab: findings as an array of issues, which a merge request shows.
//!
//! GitLab holds the report of a branch against that of its target by fingerprint, and shows of
//! several issues with one fingerprint the first: so none occurs twice. What its owner decided
//! about, what was there before, and what is gone is left out.

use super::place::place;
use super::{Stream, json, whole};
use crate::diagnostic::Severity;
use crate::report::{Domain, FileLocation, Finding, Report};
use serde::Serialize;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write};

/// Writes the findings that count as issues.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    whole(&mut Issues::default(), report, out)
}

/// The issues as they are written.
#[derive(Clone, Debug)]
pub struct Issues {
    items: json::Items,
    /// How often a fingerprint occurred, by a digest of it: of an issue that was written no more is kept.
    seen: HashMap<u64, usize>,
    digests: RandomState,
}

impl Default for Issues {
    fn default() -> Self {
        let (seen, digests) = Default::default();
        Self { items: json::Items::new(2), seen, digests }
    }
}

impl Issues {
    fn put(
        &mut self,
        domain: Option<&Domain>,
        findings: &[Finding],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for finding in findings.iter().filter(|finding| finding.counts()) {
            let mut issue = issue(domain, finding);
            let digest = self.digests.hash_one(&issue.fingerprint);
            let count = self.seen.entry(digest).or_default();
            *count += 1;
            if *count > 1 {
                issue.fingerprint = format!("{}#{count}", issue.fingerprint);
            }
            self.items.put(&issue, out)?;
        }
        Ok(())
    }
}

impl Stream for Issues {
    fn begin(&mut self, _: &Report, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "[")
    }

    fn domain(&mut self, domain: &Domain, out: &mut dyn Write) -> io::Result<()> {
        self.put(Some(domain), &domain.findings, out)
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        self.put(None, &report.findings, out)?;
        self.items.end(out)?;
        writeln!(out)
    }
}

#[cfg(feature = "mail")]
impl super::mail::Articles for Issues {
    fn article(&mut self, article: &super::mail::Article, out: &mut dyn Write) -> io::Result<()> {
        self.put(None, &article.findings, out)
    }
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
