//! The record that somebody meant, read from the one that somebody wrote.
//!
//! Evaluation is strict (RFC 7208 §4.6): one slip, and every sender gets permerror, or the record is
//! none at all. But a comma between two terms, an en dash before `all` or `ipv4:` leave no doubt of
//! what was meant. Here a text is read as a person reads it: characters first, then the version, then
//! words, then each word. What comes out is a record by the strict grammar and a list of slips, each
//! with its place and its name; or the slips alone, where one of them may have been meant in more
//! than one way.
//!
//! No DNS: whether an included name exists is for others to find out.

mod macros;
mod network;
mod value;
mod version;
mod words;

use super::grammar;
use super::lint::meant;
use crate::dns::Data;
use crate::text::slip::Slips;
use crate::text::typing::{Stray, clean};
use crate::text::{Phrase, Repair, Span};

/// The longest text that is read, in octets: no record that works is longer.
const TEXT_LIMIT: usize = 4096;

/// A word of the text, and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: Vec<u8>,
    span: Span,
}

/// Reads a text that was meant as an SPF record; `None` if it was not, as far as can be seen.
///
/// A record without a slip comes back as it is.
pub fn repair(text: &[u8]) -> Option<Repair> {
    if text.len() > TEXT_LIMIT {
        return None;
    }
    let cleaned = clean(text);
    let mut slips = Slips::default();
    for Stray { span, what, meant } in &cleaned.strays {
        let is_tag = span.of(text).starts_with(b"<");
        let instead = if is_tag { instead(b"") } else { instead(meant) };
        slips.certain(*span, Phrase::new().plain(what.as_str()).plain(instead));
    }
    let body = version::strip(&cleaned, text, &mut slips)?;
    let words = words::split(&cleaned, body, &mut slips);
    let is_record = grammar::is_record(text);
    let repaired = words::repair(words, &mut slips);
    // What the grammar does not read either was not meant.
    for slip in &mut slips.0 {
        let is_read = |meant: &Vec<u8>| {
            grammar::parse([b"v=spf1 ", meant.as_slice()].concat()).strict().is_ok()
        };
        if slip.meant.as_ref().is_some_and(|meant| !is_read(meant)) {
            slip.meant = None;
            slip.is_certain = false;
        }
    }
    if slips.0.is_empty() && repaired.is_some() {
        // A modifier that stands twice says the same as one.
        let errors = grammar::parse(text).errors;
        let twice = errors.iter().filter(|error| error.expected == grammar::ONLY_ONCE);
        twice.for_each(|error| {
            slips.certain(error.span, Phrase::from("the modifier is written twice"));
        });
    }
    let slips = slips.sorted();
    let words = match repaired {
        Some(words) => words,
        None if is_record => return Some(Repair { slips, text: None }),
        None => return None,
    };
    // What is no record has to say something of senders to have been meant as one.
    if !is_record && words.is_empty() {
        return None;
    }
    if slips.is_empty() {
        let is_sound = grammar::parse(text).errors.is_empty();
        return Some(Repair { slips, text: is_sound.then(|| text.to_vec()) });
    }
    let joined = [vec![b"v=spf1".to_vec()], words].concat().join(&b' ');
    let is_sound = grammar::parse(joined.as_slice()).strict().is_ok();
    match is_sound || is_record {
        true => Some(Repair { slips, text: is_sound.then_some(joined) }),
        false => None,
    }
}

/// The same for a record as it is published: where the first of several strings is the version, the text
/// was cut at its spaces, as a zone file does with a text without quotes, and receivers join it without
/// them (RFC 7208 §3.3).
pub fn repair_data(data: &Data) -> Option<Repair> {
    let text = data.text()?;
    let Data::Txt(strings) = data else { return repair(&text) };
    let begins = strings.first().is_some_and(|first| first.eq_ignore_ascii_case(b"v=spf1"));
    if !begins || strings.len() < 2 || grammar::is_record(&text) {
        return repair(&text);
    }
    let meant = repair(&strings.join(&b' '))?;
    let mut slips = Slips::default();
    let says = "the strings of the record are joined without the spaces that were between them";
    slips.certain(Span::new(0, text.len()), Phrase::from(says));
    slips.0.extend(meant.slips);
    Some(Repair { slips: slips.0, text: meant.text })
}

/// What belongs instead of a stray.
fn instead(meant: &[u8]) -> &'static str {
    match meant {
        b"-" => " instead of a hyphen",
        b" " => " instead of a space",
        b"~" => " instead of ~",
        _ => " does not belong here",
    }
}

/// The record that was meant, if it is another text than the one published and it can be told.
pub(super) fn meant_record(text: &[u8]) -> Option<Vec<u8>> {
    repair(text)?.text.filter(|meant| meant != text)
}

#[cfg(test)]
mod tests;
