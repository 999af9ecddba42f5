//! What the owner of a domain expects of it, a line each.

use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::Domain;

/// Where sentences begin: where those about senders do.
const TEXT: usize = 11;

pub(super) fn contract(sheet: &mut Sheet, domain: &Domain) {
    if domain.contract.is_empty() {
        return;
    }
    sheet.blank();
    for expected in &domain.contract {
        let (word, ink) = match expected.met {
            Some(true) => ("ok", Ink::Good),
            Some(false) => ("FAIL", Ink::Bad),
            None => ("?", Ink::Unknown),
        };
        let label = sheet.line().plain("  ").with(ink, word).pad(TEXT);
        let sentence = sheet.line().phrase(&expected.expectation);
        sheet.sentence(label, &sentence);
    }
}
