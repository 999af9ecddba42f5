//! What others report, for a person: the answer, who has to act, who sends as the domain, the days.

use super::Look;
use super::fault::fault_lines;
use super::finding::rules;
use super::sheet::Sheet;
use crate::render::mail::feedback::{
    MOST_DAYS, MOST_SOURCES, MOST_WARNINGS, addresses, failure, rejected, seen,
    sessions as of_policy, standing, warnings as of_feedback,
};
use crate::render::palette::Ink;
use crate::report::feedback::{Feedback, Reported, Sending};
use crate::text::{Role, grouped};
use std::io::{self, Write};

/// Columns of the longest bar.
const BAR: u64 = 30;

/// Writes the report as text.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(feedback: &Feedback, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet::new(look);
    let headline = sheet.line().phrase(&feedback.headline);
    sheet.put(&headline);
    fault_lines(&mut sheet, &feedback.faults);
    if !look.quiet {
        sources(&mut sheet, &feedback.sources);
        days(&mut sheet, feedback);
        reject(&mut sheet, feedback);
        sessions(&mut sheet, feedback);
        warnings(&mut sheet, feedback);
        if !feedback.findings.is_empty() {
            sheet.blank();
            let label = sheet.line().plain("  ").with(Ink::Faint, "rules").pad(14);
            rules(&mut sheet, label, &feedback.findings);
        }
    }
    out.write_all(sheet.into_text().as_bytes())
}

fn sources(sheet: &mut Sheet, sources: &[Sending]) {
    let mut domain = None;
    for sending in sources.iter().take(MOST_SOURCES) {
        if domain != Some(&sending.domain) {
            sheet.blank();
            sheet.put(&sheet.line().with(Ink::Strong, &sending.domain));
            domain = Some(&sending.domain);
        }
        let (word, role) = standing(sending);
        // What a forwarder does is its own affair.
        let ink = if role == Role::Plain { Ink::Faint } else { role.into() };
        let seen = seen(sending).map(|seen| format!(", {seen}")).unwrap_or_default();
        let label = sheet.line().plain("  ").with(ink, word).pad(14);
        let said = sheet
            .line()
            .with(Ink::Name, &sending.name)
            .plain(format!(
                "  {} pass, {} fail  ",
                grouped(sending.pass.into()),
                grouped(sending.fail.into())
            ))
            .faint(format!("({}{seen})", addresses(sending)));
        sheet.sentence(label, &said);
        if !sending.advice.is_empty() {
            let label = sheet.line().pad(14);
            let advice = sheet.line().phrase(&sending.advice);
            sheet.sentence(label, &advice);
        }
    }
    if sources.len() > MOST_SOURCES {
        let more = sources.len() - MOST_SOURCES;
        sheet.put(&sheet.line().faint(format!("  and {more} more sources (-f csv)")));
    }
}

fn days(sheet: &mut Sheet, feedback: &Feedback) {
    let most = feedback.days.values().map(|[pass, fail]| pass + fail).max().unwrap_or_default();
    if feedback.days.len() < 2 || most == 0 {
        return;
    }
    sheet.blank();
    let skipped = feedback.days.len().saturating_sub(MOST_DAYS);
    for (day, [pass, fail]) in feedback.days.iter().skip(skipped) {
        let columns = |count: u64| {
            let width = count.saturating_mul(BAR).div_ceil(most);
            usize::try_from(width).unwrap_or_default()
        };
        let line = sheet
            .line()
            .plain(format!("  {day}  "))
            .with(Ink::Good, "=".repeat(columns(*pass)))
            .with(Ink::Bad, "x".repeat(columns(*fail)))
            .plain(format!("  {} pass, {} fail", grouped((*pass).into()), grouped((*fail).into())));
        sheet.put(&line);
    }
}

fn reject(sheet: &mut Sheet, feedback: &Feedback) {
    for cost in rejected(feedback) {
        sheet.blank();
        let label = sheet.line().plain("  p=reject").pad(14);
        let said = sheet.line().phrase(&cost);
        sheet.sentence(label, &said);
    }
}

fn sessions(sheet: &mut Sheet, feedback: &Feedback) {
    for report in &feedback.reports {
        match report {
            Reported::Tls(report) => {
                sheet.blank();
                let org = report.org.as_deref().unwrap_or("unnamed reporter");
                sheet.put(&sheet.line().plain("TLS  ").with(Ink::Strong, org));
                for policy in &report.policies {
                    let domain = policy.domain.as_deref().unwrap_or("?");
                    let label = sheet.line().plain("  ").with(Ink::Name, domain).plain("  ");
                    let said = sheet.line().plain(of_policy(policy));
                    sheet.sentence(label, &said);
                }
            }
            Reported::Failure(report) => {
                let label = sheet.line().plain("  report").pad(14);
                let said = sheet.line().plain(failure(report));
                sheet.sentence(label, &said);
            }
            Reported::Aggregate(_) => {}
        }
    }
}

fn warnings(sheet: &mut Sheet, feedback: &Feedback) {
    let lines = of_feedback(feedback);
    if feedback.duplicates > 0 {
        sheet.blank();
        let said = format!("  {} reports came twice and were counted once", feedback.duplicates);
        sheet.put(&sheet.line().faint(said));
    }
    for note in &feedback.run.notes {
        sheet.blank();
        let label = sheet.line().plain("  ").with(Ink::Weak, "remark").pad(14);
        let said = sheet.line().phrase(note);
        sheet.sentence(label, &said);
    }
    if !lines.is_empty() {
        sheet.blank();
    }
    for warning in lines.iter().take(MOST_WARNINGS) {
        let label = sheet.line().plain("  ").with(Ink::Weak, "remark").pad(14);
        let said = sheet.line().phrase(warning);
        sheet.sentence(label, &said);
    }
    if lines.len() > MOST_WARNINGS {
        let more = lines.len() - MOST_WARNINGS;
        sheet.put(&sheet.line().faint(format!("  and {more} more remarks on reports (-f json)")));
    }
}
