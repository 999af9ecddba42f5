//! A message, for a person: what it proves, who has to act, then signature by signature and hop by hop.

use super::Look;
use super::fault::fault_lines;
use super::finding::{findings, rules};
use super::sheet::Sheet;
use crate::render::mail::Fact;
use crate::render::mail::message::facts;
use crate::render::palette::Ink;
use crate::report::message::{MessageReport, Messages};
use crate::text::Phrase;
use std::io::{self, Write};

/// Writes a message; `is_next` says that others stand above it.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(
    report: &MessageReport,
    look: &Look,
    is_next: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut sheet = Sheet::below(look, is_next);
    if !look.quiet {
        sheet.blank();
    }
    let label = match report.number > 1 || is_next {
        true => sheet.line().faint(format!("{}#{} ", report.file, report.number)),
        false => sheet.line(),
    };
    let headline = sheet.line().phrase(&report.headline);
    sheet.sentence(label, &headline);
    fault_lines(&mut sheet, &report.faults);
    if !look.quiet {
        sheet.blank();
        for Fact { label, role, said } in facts(report, look.explain) {
            phrase(&mut sheet, label, role.into(), &said);
        }
        match look.explain {
            true => findings(&mut sheet, &report.findings, look),
            false => {
                let label = sheet.line().plain("  ").faint("rules").pad(10).plain(" ");
                rules(&mut sheet, label, &report.findings);
            }
        }
    }
    out.write_all(sheet.into_text().as_bytes())
}

/// Writes what is said of several messages together.
///
/// # Errors
/// `out` cannot be written to.
pub fn end(
    messages: &Messages,
    look: &Look,
    written: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut sheet = Sheet::below(look, true);
    if written > 1 || !messages.run.notes.is_empty() {
        sheet.blank();
        let line = sheet.line().phrase(&messages.headline);
        let label = sheet.line();
        sheet.sentence(label, &line);
        for note in &messages.run.notes {
            phrase(&mut sheet, "remark", Ink::Faint, note);
        }
    }
    out.write_all(sheet.into_text().as_bytes())
}

fn phrase(sheet: &mut Sheet, label: &str, ink: Ink, text: &Phrase) {
    let label = sheet.line().plain("  ").with(ink, label).pad(10).plain(" ");
    let sentence = sheet.line().phrase(text);
    sheet.sentence(label, &sentence);
}
