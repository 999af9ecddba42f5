//! Bounces, for a person: what happened, who has to act, the words that decided, how it is now.

use super::Look;
use super::fault::fault_lines;
use super::finding::rules;
use super::sheet::Sheet;
use crate::render::mail::Fact;
use crate::render::mail::bounce::{MOST, facts, place, recipient_facts};
use crate::render::palette::Ink;
use crate::report::bounce::Bounces;
use crate::text::Phrase;
use std::io::{self, Write};

/// Writes what bounced as text.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(bounces: &Bounces, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet::new(look);
    let headline = sheet.line().phrase(&bounces.headline);
    let label = sheet.line();
    sheet.sentence(label, &headline);
    let is_many = bounces.bounces.len() > 1;
    if is_many && look.quiet {
        return out.write_all(sheet.into_text().as_bytes());
    }
    for bounce in bounces.bounces.iter().take(MOST) {
        if is_many {
            sheet.blank();
            let place = place(bounce);
            sheet.put(&sheet.line().with(Ink::Strong, place));
        }
        if let Some(first) = bounce.recipients.first() {
            fault_lines(&mut sheet, &first.faults);
        }
        if look.quiet {
            continue;
        }
        for recipient in bounce.recipients.iter().take(MOST) {
            sheet.blank();
            recipient_facts(recipient).iter().for_each(|fact| put(&mut sheet, fact));
        }
        if bounce.recipients.len() > MOST {
            let more = bounce.recipients.len() - MOST;
            sheet.put(&sheet.line().faint(format!("  and {more} more recipients (-f json)")));
        }
        facts(bounce).iter().for_each(|fact| put(&mut sheet, fact));
        let label = sheet.line().plain("  ").with(Ink::Faint, "rules").pad(14).plain(" ");
        rules(&mut sheet, label, &bounce.findings);
    }
    if bounces.bounces.len() > MOST {
        let more = bounces.bounces.len() - MOST;
        sheet.put(&sheet.line().faint(format!("and {more} more notifications (-f json)")));
    }
    for note in bounces.run.notes.iter().filter(|_| !look.quiet) {
        phrase(&mut sheet, "remark", note);
    }
    out.write_all(sheet.into_text().as_bytes())
}

fn put(sheet: &mut Sheet, fact: &Fact) {
    phrase(sheet, fact.label, &fact.said);
}

fn phrase(sheet: &mut Sheet, label: &str, text: &Phrase) {
    let label = sheet.line().plain("  ").with(Ink::Faint, label).pad(14).plain(" ");
    let sentence = sheet.line().phrase(text);
    sheet.sentence(label, &sentence);
}
