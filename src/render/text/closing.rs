//! The last lines: how much was found, what the exit code means, what to ask next.

use super::Look;
use super::line::Line;
use super::sheet::Sheet;
use crate::diagnostic::Severity;
use crate::render::palette::Ink;
use crate::render::words::{counted, noun, queries};
use crate::report::{Report, Tally, Verdict};

pub(super) fn closing(
    sheet: &mut Sheet,
    report: &Report,
    tally: &Tally,
    only: Option<Verdict>,
    look: &Look,
) {
    let mut asked = queries(report.run.questions);
    if let Some(elapsed) = report.run.elapsed_ms {
        asked.push_str(&match elapsed {
            0..100 => format!(" in {elapsed} ms"),
            _ => format!(" in {}.{:02} s", elapsed / 1000, elapsed % 1000 / 10),
        });
    }
    if !report.run.sources.is_empty() {
        asked.push_str(&format!(" ({})", report.run.sources.join(", ")));
    }
    let exit = format!("exit {}: {}", report.exit_code, meaning(report, tally));
    let parts = [found(tally), asked, exit].map(|part| sheet.line().plain(part));
    side_by_side(sheet, &parts);
    let next = only.map(|only| next(report, only, look)).unwrap_or_default();
    if !next.is_empty() {
        let label = sheet.line().faint("next  ");
        let commands: Vec<Line> =
            next.iter().map(|command| sheet.line().with(Ink::Code, command)).collect();
        for (index, command) in commands.iter().enumerate() {
            let label = if index == 0 { label.clone() } else { sheet.line().pad(6) };
            sheet.put(&label.then(command));
        }
    }
}

/// How much was found, and how much of it does not count.
pub(super) fn found(tally: &Tally) -> String {
    let counting = [Severity::Error, Severity::Warn, Severity::Note]
        .map(|severity| counted(tally.of_severity(severity), noun(severity)));
    let mut found = counting.join(", ");
    let aside = [
        (tally.ignored(), "ignored"),
        (tally.unchanged(), "unchanged"),
        (tally.resolved(), "fixed"),
    ];
    let aside: Vec<String> = aside
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, why)| format!("{count} {why}"))
        .collect();
    if !aside.is_empty() {
        found.push_str(&format!(" ({})", aside.join(", ")));
    }
    found
}

/// The parts on one line with gaps between them, or on several lines where they do not fit.
pub(super) fn side_by_side(sheet: &mut Sheet, parts: &[Line]) {
    let mut line = sheet.line();
    for part in parts {
        if !line.is_empty() && line.width() + 3 + part.width() > sheet.width {
            sheet.put(&line);
            line = sheet.line();
        }
        let gap = if line.is_empty() { "" } else { "   " };
        line = line.plain(gap).then(part);
    }
    sheet.put(&line);
}

/// What the exit code means.
pub(super) fn meaning(report: &Report, tally: &Tally) -> &'static str {
    match (report.exit_code, report.result) {
        (0, Verdict::Ok | Verdict::Warn) => "passed",
        (0, _) => "as set by --exit-zero or --fail-on",
        (1, _) if tally.is_broken() => "contract violated",
        (1, _) if tally.is_refused() => "not authorized",
        (1, _) => "findings at or above --fail-on",
        (2, _) => "usage error",
        (3, _) => "undetermined",
        (130, _) => "interrupted",
        _ => "internal error",
    }
}

/// What a reader may want to ask next: the same question, and what would say more. Nothing that is
/// already on the screen, and nothing where the question cannot be typed again.
fn next(report: &Report, only: Verdict, look: &Look) -> Vec<String> {
    let Some(question) = &look.question else { return Vec::new() };
    let mut commands = Vec::new();
    if !look.explain {
        commands.push(format!("{} --explain", question.command));
    }
    // Another server may know; a replay (it has no time) asks none.
    if only == Verdict::Unknown && report.run.elapsed_ms.is_some() {
        commands.extend(question.elsewhere.clone());
    }
    commands
}
