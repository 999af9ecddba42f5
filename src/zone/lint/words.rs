//! Rules about how a text is written down.

use crate::diagnostic::Confidence::Likely;
use crate::diagnostic::Severity::Error;
use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::{Data, Kind, Mark, Place};
use crate::text::{Phrase, rfc};
use crate::zone::Facts;
use crate::zonefile::formats::Format;
use std::sync::Arc;

/// What it finds explains what other rules find at the same record.
pub(crate) static UNQUOTED_TEXT: Rule = Rule {
    id: "zone/unquoted-text",
    severity: Error,
    confidence: Likely,
    summary: "unquoted TXT data",
    why: "Without quotes, each space ends a string and a semicolon starts a comment, so the \
          published record differs from the text in the file.",
    cite: rfc(1035, "5.1"),
    page: include_str!("unquoted-text.md"),
};

pub(super) fn unquoted_text(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    // Elsewhere quotes mean other things, or nothing.
    if facts.files.format != Format::Zone {
        return;
    }
    for (owner, kind, record) in facts.records() {
        let Data::Txt(strings) = &record.data else { continue };
        let Some(place) = record.place.as_ref().filter(|_| kind == Kind::Txt) else { continue };
        let marks = place.marks.as_deref().unwrap_or_default();
        let (Some(first), Some(mark)) = (strings.first(), marks.first()) else { continue };
        let said = match strings.as_slice() {
            [only] if is_version(only) && is_cut(facts, place, mark, only.len()) => Phrase::new()
                .plain("unquoted text: only ")
                .code(only)
                .plain(" is published; the rest is a comment"),
            [_, _, ..]
                if first.eq_ignore_ascii_case(b"v=spf1") && !is_quoted(facts, place, mark) =>
            {
                Phrase::new()
                    .plain("unquoted text: ")
                    .code(strings.concat())
                    .plain(" is published; this is not an SPF record")
            }
            _ => continue,
        };
        let here = facts.at(&Place::new(Arc::clone(&place.file), mark.line, mark.column));
        findings.push(Finding::new(rule, Location { name: owner.clone(), kind, ..here }, said));
    }
}

/// True for the tag that a record of DMARC or DKIM begins with.
fn is_version(text: &[u8]) -> bool {
    [b"v=DMARC1".as_slice(), b"v=DKIM1"].iter().any(|known| text.eq_ignore_ascii_case(known))
}

/// True if the character before the text is a quotation mark.
fn is_quoted(facts: &Facts, place: &Place, mark: &Mark) -> bool {
    let (line, start) = facts.line_at(&place.file, mark.line, mark.column);
    start.checked_sub(1).and_then(|before| line.get(before)) == Some(&b'"')
}

/// True if a semicolon and something that looks like a tag follow the text at once.
fn is_cut(facts: &Facts, place: &Place, mark: &Mark, length: usize) -> bool {
    let (line, start) = facts.line_at(&place.file, mark.line, mark.column);
    let rest = line.get(start + length..).unwrap_or_default();
    !is_quoted(facts, place, mark)
        && rest.strip_prefix(b";").is_some_and(|rest| rest.contains(&b'='))
}
