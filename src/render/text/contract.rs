//! What the owner of a domain expects of it, a line each.

use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::{Domain, Expected};

/// Where sentences begin: where those about senders do.
const TEXT: usize = 11;

pub(super) fn contract(sheet: &mut Sheet, domain: &Domain) {
    // Of a change it matters what it breaks.
    let is_shown =
        |one: &&Expected| domain.change.is_none() || one.met.is_none() || domain.is_broken(one);
    let mut shown = domain.contract.iter().filter(is_shown).peekable();
    if shown.peek().is_some() {
        sheet.blank();
    }
    for expected in shown {
        let (word, ink) = match expected.met {
            Some(true) => ("ok", Ink::Good),
            Some(false) if domain.is_broken(expected) => ("FAIL", Ink::Bad),
            Some(false) => ("ignored", Ink::Faint),
            None => ("?", Ink::Unknown),
        };
        let label = sheet.line().plain("  ").with(ink, word).pad(TEXT);
        let sentence = sheet.line().phrase(&expected.expectation);
        sheet.sentence(label, &sentence);
    }
}
