//! Bounces, for a person: what happened, who has to act, the words that decided, how it is now.

use super::Look;
use super::fault::fault_lines;
use super::finding::rules;
use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::bounce::{Bounces, Recipient};
use crate::text::Phrase;
use std::io::{self, Write};

/// Most recipients that are shown.
const MOST: usize = 20;

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
            let place = match bounce.number {
                0 | 1 => bounce.file.clone(),
                number => format!("{}, message {number}", bounce.file),
            };
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
            said(&mut sheet, recipient);
        }
        if bounce.recipients.len() > MOST {
            let more = bounce.recipients.len() - MOST;
            sheet.put(&sheet.line().faint(format!("  and {more} more recipients (-f json)")));
        }
        let checked = match (&bounce.checked_domain, &bounce.checked_address) {
            (Some(domain), Some(address)) => format!("{domain}, from {address}"),
            (Some(domain), None) => format!("{domain}, the domain of the sender"),
            (None, Some(address)) => address.clone(),
            (None, None) => String::new(),
        };
        row(&mut sheet, "passed on by", bounce.forwarder.as_deref().unwrap_or_default());
        row(&mut sheet, "checked", &checked);
        if let Some(now) = &bounce.now {
            phrase(&mut sheet, "now", &now.headline);
            if let Some(changed) = &now.changed {
                phrase(&mut sheet, "changed", changed);
            }
            for fix in &now.fixes {
                phrase(&mut sheet, "fix", fix);
            }
        }
        let label = sheet.line().plain("  ").with(Ink::Faint, "rules").pad(14).plain(" ");
        rules(&mut sheet, label, &bounce.findings);
    }
    if bounces.bounces.len() > MOST {
        let more = bounces.bounces.len() - MOST;
        sheet.put(&sheet.line().faint(format!("and {more} more notifications (-f json)")));
    }
    for note in bounces.run.notes.iter().filter(|_| !look.quiet) {
        phrase(&mut sheet, "note", note);
    }
    out.write_all(sheet.into_text().as_bytes())
}

fn said(sheet: &mut Sheet, recipient: &Recipient) {
    row(sheet, "to", recipient.recipient.as_deref().unwrap_or_default());
    row(sheet, "said by", recipient.remote.as_deref().unwrap_or_default());
    row(sheet, "code", recipient.status.as_deref().unwrap_or_default());
    row(sheet, "reply", &recipient.reason);
    let by = match recipient.decided_by.is_empty() {
        true => recipient.source.clone(),
        false => format!("\"{}\" in the reply ({})", recipient.decided_by, recipient.source),
    };
    row(sheet, "decided by", &by);
}

fn row(sheet: &mut Sheet, label: &str, text: &str) {
    if !text.is_empty() {
        phrase(sheet, label, &Phrase::from(text));
    }
}

fn phrase(sheet: &mut Sheet, label: &str, text: &Phrase) {
    let label = sheet.line().plain("  ").with(Ink::Faint, label).pad(14).plain(" ");
    let sentence = sheet.line().phrase(text);
    sheet.sentence(label, &sentence);
}
