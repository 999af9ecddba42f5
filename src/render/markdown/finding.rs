//! Findings that count, the worst first, and how many do not.

use super::inline::{code, fenced, phrase, text};
use super::page::Page;
use crate::diagnostic::Severity;
use crate::render::overlap;
use crate::render::words::{caution, counted, noun};
use crate::report::{Finding, State};

/// The findings of a domain, or those of none, by severity.
pub(super) fn findings(page: &mut Page, findings: &[Finding]) {
    for severity in [Severity::Error, Severity::Warn, Severity::Note] {
        let is_shown = |finding: &&Finding| finding.severity == severity && finding.counts();
        let shown: Vec<&Finding> = findings.iter().filter(is_shown).collect();
        if shown.is_empty() {
            continue;
        }
        page.put("headings", &format!("#### {}", counted(shown.len(), noun(severity))));
        for finding in shown {
            if page.put("findings", &one(finding)) {
                fix(page, findings, finding);
            }
        }
    }
    page.list("lines about other findings", others(findings));
}

/// What is true, where, why it matters and what says so.
fn one(finding: &Finding) -> String {
    let Finding { rule, subject, message, why, reference, .. } = finding;
    let record = code(&subject.to_string());
    let place = match &finding.location {
        Some(it) => {
            format!("{record} at {}", code(&it.to_string()))
        }
        None => record,
    };
    let cite = text(&reference.cite.to_string());
    let cite = match &reference.url {
        Some(url) => format!("[{cite}]({url})"),
        None => cite,
    };
    let why = if why.is_empty() { String::new() } else { format!("{} ", text(why)) };
    format!(
        "**{}** {}: {place}\n\n{}\n\n{why}({cite})",
        finding.severity,
        code(rule),
        phrase(message)
    )
}

/// What mends it: the records stand between fences, to be copied.
fn fix(page: &mut Page, all: &[Finding], finding: &Finding) {
    if let Some(advice) = &finding.advice {
        page.put("fixes", &format!("Do: {}", phrase(advice)));
    }
    let Some(fix) = &finding.fix else { return };
    let warning = overlap::warning(all, finding).unwrap_or_default();
    let caution = caution(fix.applicability);
    let mut part = format!("Fix: {}{caution}{}", phrase(&fix.summary), text(&warning));
    let lines = finding.fix_lines();
    if !lines.is_empty() {
        part.push_str(&format!("\n\n{}", fenced("zone", &lines)));
    }
    page.put("fixes", &part);
}

/// What does not count: gone, there before, or ignored.
fn others(findings: &[Finding]) -> Vec<String> {
    let with = |state| findings.iter().filter(move |it| it.state == Some(state));
    let mut lines: Vec<String> = with(State::Resolved)
        .map(|finding| {
            let record = code(&finding.subject.to_string());
            format!("- fixed by the change: {}, {record}", code(&finding.rule))
        })
        .collect();
    let unchanged = with(State::Unchanged).filter(|finding| finding.suppressed.is_none()).count();
    let ignored = findings.iter().filter(|finding| finding.suppressed.is_some()).count();
    if unchanged > 0 {
        lines.push(format!(
            "- {} that {} there before",
            counted(unchanged, "finding"),
            was(unchanged)
        ));
    }
    if ignored > 0 {
        lines.push(format!("- {} that {} ignored", counted(ignored, "finding"), was(ignored)));
    }
    lines
}

fn was(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}
