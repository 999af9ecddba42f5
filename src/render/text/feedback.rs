//! What others report, for a person: the answer, who has to act, who sends as the domain, the days.

use super::Look;
use super::fault::fault_lines;
use super::finding::rules;
use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::feedback::{Feedback, Reported, Sending, Standing};
use crate::text::grouped;
use std::io::{self, Write};

/// Most sources, days, and warnings that are shown.
const MOST_SOURCES: usize = 30;
const MOST_DAYS: usize = 31;
const MOST_WARNINGS: usize = 10;
/// Columns of the longest bar.
const BAR: u64 = 30;
/// Fewer messages than this make no percentage.
const FEW: u64 = 50;

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
        let (word, ink) = match sending.standing {
            Standing::Authorized => ("authorized", Ink::Good),
            Standing::Unknown => ("unknown", Ink::Weak),
            Standing::Forwarder => ("forwarder", Ink::Faint),
            Standing::Spoofing => ("spoofing?", Ink::Bad),
        };
        let addresses = match (sending.address_count, sending.addresses.first()) {
            (1, Some(address)) => address.clone(),
            (count, _) => format!("{count} addresses"),
        };
        let seen = match (sending.first_seen, sending.last_seen) {
            (Some(first), Some(last)) => format!(", {} to {}", date(first), date(last)),
            _ => String::new(),
        };
        let label = sheet.line().plain("  ").with(ink, word).pad(14);
        let said = sheet
            .line()
            .with(Ink::Name, &sending.name)
            .plain(format!(
                "  {} pass, {} fail  ",
                grouped(sending.pass.into()),
                grouped(sending.fail.into())
            ))
            .faint(format!("({addresses}{seen})"));
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
    for row in feedback.reject.iter().filter(|row| row.policy.as_deref() != Some("reject")) {
        sheet.blank();
        let label = sheet.line().plain("  p=reject").pad(14);
        let lost = row.own.saturating_add(row.forwarded);
        let share = match row.messages >= FEW {
            true => format!(" ({:.1}%)", lost as f64 * 100.0 / row.messages as f64),
            false => String::new(),
        };
        let said = sheet.line().with(Ink::Name, &row.domain).plain(format!(
            ": would reject {} of {} messages{share}: {} from your senders, {} forwarded; plus {} from unproved senders",
            grouped(lost.into()),
            grouped(row.messages.into()),
            grouped(row.own.into()),
            grouped(row.forwarded.into()),
            grouped(row.spoofed.into()),
        ));
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
                    let failures: Vec<String> = policy
                        .failures
                        .iter()
                        .map(|(kind, count)| format!("{count} {kind}"))
                        .collect();
                    let domain = policy.domain.as_deref().unwrap_or("?");
                    let kind = policy.kind.as_deref().unwrap_or("?");
                    let label = sheet.line().plain("  ").with(Ink::Name, domain).plain("  ");
                    let mut said = format!(
                        "{kind}: {} sessions secured, {} failed",
                        grouped(policy.ok.into()),
                        grouped(policy.failed.into())
                    );
                    if !failures.is_empty() {
                        said.push_str(&format!(": {}", failures.join(", ")));
                    }
                    let said = sheet.line().plain(said);
                    sheet.sentence(label, &said);
                }
            }
            Reported::Failure(report) => {
                let kind = report.feedback_type.as_deref().unwrap_or("unknown");
                let what = match kind.eq_ignore_ascii_case("auth-failure") {
                    true => "failure report".to_owned(),
                    false => format!("a complaint ({kind}), not DMARC"),
                };
                let label = sheet.line().plain("  report").pad(14);
                let domain = report.domain.as_deref().unwrap_or("?");
                let source = report.source.as_deref().unwrap_or("?");
                let said = sheet.line().plain(format!("{what}: {domain}, from {source}"));
                sheet.sentence(label, &said);
            }
            Reported::Aggregate(_) => {}
        }
    }
}

fn warnings(sheet: &mut Sheet, feedback: &Feedback) {
    let mut lines: Vec<(String, &crate::mail::feedback::Flaw)> = Vec::new();
    for report in &feedback.reports {
        let (org, flaws) = match report {
            Reported::Aggregate(it) => (it.org.as_deref(), &it.warnings),
            Reported::Failure(it) => (it.domain.as_deref(), &it.warnings),
            Reported::Tls(it) => (it.org.as_deref(), &it.warnings),
        };
        let org = org.unwrap_or("unnamed reporter").to_owned();
        lines.extend(flaws.iter().map(|flaw| (org.clone(), flaw)));
    }
    for file in &feedback.files {
        lines.extend(file.warnings.iter().map(|flaw| (file.file.clone(), flaw)));
    }
    if feedback.duplicates > 0 {
        sheet.blank();
        let said = format!("  {} reports came twice and were counted once", feedback.duplicates);
        sheet.put(&sheet.line().faint(said));
    }
    for note in &feedback.run.notes {
        sheet.blank();
        let label = sheet.line().plain("  ").with(Ink::Weak, "note").pad(14);
        let said = sheet.line().phrase(note);
        sheet.sentence(label, &said);
    }
    if !lines.is_empty() {
        sheet.blank();
    }
    for (whose, flaw) in lines.iter().take(MOST_WARNINGS) {
        let label = sheet.line().plain("  ").with(Ink::Weak, "warning").pad(14);
        let mut said = sheet.line().with(Ink::Name, whose).plain(format!(": {}", flaw.field));
        if !flaw.value.is_empty() {
            said = said.plain(" ").with(Ink::Code, &flaw.value);
        }
        let said = said.plain(format!(": {}", flaw.why));
        sheet.sentence(label, &said);
    }
    if lines.len() > MOST_WARNINGS {
        let more = lines.len() - MOST_WARNINGS;
        sheet.put(&sheet.line().faint(format!("  and {more} more warnings (-f json)")));
    }
}

fn date(seconds: i64) -> String {
    crate::text::date(seconds.div_euclid(86_400))
}
