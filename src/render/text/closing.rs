//! The last lines: how much was found, what the exit code means, what to ask next.

use super::Look;
use super::line::Line;
use super::sheet::Sheet;
use crate::render::outcome::{asked, found, meaning};
use crate::render::palette::Ink;
use crate::report::{Report, Tally, Verdict};

pub(super) fn closing(
    sheet: &mut Sheet,
    report: &Report,
    tally: &Tally,
    only: Option<Verdict>,
    look: &Look,
) {
    let exit = format!("exit {}: {}", report.exit_code, meaning(report, tally));
    let parts = [found(tally), asked(&report.run), exit].map(|part| sheet.line().plain(part));
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
