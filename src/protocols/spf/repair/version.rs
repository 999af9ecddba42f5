//! The version section, however it is written.

use crate::protocols::spf::grammar;
use crate::text::slip::Slips;
use crate::text::typing::Cleaned;
use crate::text::{Phrase, Span};

/// Words that zone files and forms put before a text.
const TYPES: [&[u8]; 4] = [b"txt", b"spf", b"in", b"@"];

/// How terms begin, with which a version may be glued together.
const BEGINS: [&[u8]; 12] = [
    b"include:",
    b"ip4:",
    b"ip6:",
    b"a:",
    b"mx:",
    b"exists:",
    b"redirect=",
    b"-all",
    b"~all",
    b"?all",
    b"+all",
    b"ptr",
];

/// Where in the cleaned text the terms begin; `None` if no version stands there.
pub(super) fn strip(cleaned: &Cleaned, original: &[u8], slips: &mut Slips) -> Option<usize> {
    let text = cleaned.text.as_slice();
    let mut at = blanks(text, 0);
    let is_record = grammar::is_record(original);
    if is_record {
        return Some(at + 6);
    }
    let place = |at: usize| cleaned.places.get(at).map_or(original.len(), |it| *it as usize);
    if at > 0 && cleaned.strays.iter().all(|stray| stray.span.start > 0) {
        let says = Phrase::from("white space before ").code("v=spf1");
        slips.certain(Span::new(0, place(at)), says);
    }
    let begin = at;
    while let Some(next) = type_word(text, at) {
        at = next;
    }
    if at > begin {
        let word = text.get(begin..at).unwrap_or_default().trim_ascii();
        let says = Phrase::new().code(word).plain(" before ").code("v=spf1");
        slips.certain(Span::new(place(begin), place(at)), says);
    }
    let version = at;
    let (end, how) = read(text, at)?;
    let span = Span::new(place(version), place(end.max(version + 1)));
    let written = text.get(version..end).unwrap_or_default();
    let wrong = || Phrase::new().code(written.trim_ascii()).plain(" instead of ").code("v=spf1");
    match how {
        How::Right => {}
        How::Spaced => {
            slips.certain(span, Phrase::from("a space within ").code("v=spf1"));
        }
        How::Wrong => slips.certain(span, wrong()),
        // Another number may have been another standard.
        How::Number => slips.likely(span, wrong()),
    }
    match text.get(end) {
        None | Some(b' ') => {}
        Some(b';' | b',') => {}
        Some(_) => {
            let says = Phrase::from("a space is missing behind ").code("v=spf1");
            slips.certain(Span::new(place(end), place(end)), says);
        }
    }
    Some(end)
}

fn blanks(text: &[u8], at: usize) -> usize {
    at + text.iter().skip(at).take_while(|octet| **octet == b' ').count()
}

/// Behind a word such as `TXT`, if one stands there and is not the version itself.
fn type_word(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let word = TYPES.iter().find(|word| {
        rest.split_at_checked(word.len()).is_some_and(|(begin, after)| {
            begin.eq_ignore_ascii_case(word) && matches!(after.first(), Some(b' ' | b':' | b'='))
        })
    })?;
    let next = blanks(text, at + word.len() + 1);
    // `spf = ...` says what follows; the version has to.
    read(text, next).or_else(|| type_word(text, next).map(|_| (0, How::Right)))?;
    Some(next)
}

/// How a version is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Right,
    Spaced,
    Wrong,
    Number,
}

/// The end of the version at a place, and how it is written.
fn read(text: &[u8], start: usize) -> Option<(usize, How)> {
    let lower = |at: usize| text.get(at).map(u8::to_ascii_lowercase);
    let mut at = start;
    let mut how = How::Right;
    let has_v = lower(at) == Some(b'v');
    if has_v {
        let sign = blanks(text, at + 1);
        at = sign;
        match lower(at) {
            Some(b'=') => at += 1,
            Some(b':' | b'-' | b'.') => {
                how = How::Wrong;
                at += 1;
            }
            _ => how = How::Wrong,
        }
        if lower(at) == Some(b'=') {
            how = How::Wrong;
            at += 1;
        }
        let word = blanks(text, at);
        if (word > at || sign > start + 1) && how == How::Right {
            how = How::Spaced;
        }
        at = word;
    } else {
        how = How::Wrong;
    }
    let is_spf = text.get(at..at + 3).is_some_and(|word| word.eq_ignore_ascii_case(b"spf"));
    if !is_spf {
        return None;
    }
    at += 3;
    match lower(at) {
        Some(b'1') => at += 1,
        Some(b'2'..=b'9' | b'0') => {
            how = How::Number;
            at += 1;
        }
        Some(b'l' | b'i') => {
            how = How::Wrong;
            at += 1;
        }
        _ => how = How::Wrong,
    }
    // `spf2.0/pra` is Sender ID.
    if text.get(at) == Some(&b'.') {
        if text.get(at + 1).is_some_and(|octet| !b" ;,".contains(octet)) {
            return None;
        }
        how = How::Wrong;
        at += 1;
    }
    let rest = text.get(at..).unwrap_or_default();
    let begins = |rest: &[u8]| {
        BEGINS.iter().any(|term| {
            rest.get(..term.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(term))
        })
    };
    let ends = match rest.first() {
        None => has_v,
        Some(b' ' | b';' | b',') => true,
        Some(b'+' | b'-' | b'~' | b'?') => {
            begins(rest) || begins(rest.get(1..).unwrap_or_default())
        }
        Some(_) => begins(rest) || is_short_term(rest),
    };
    ends.then_some((at, how))
}

/// `a` and `mx` by themselves, glued to the version: `v=spf1mx -all`.
fn is_short_term(rest: &[u8]) -> bool {
    let word = rest.split(|octet| *octet == b' ').next().unwrap_or_default();
    word.eq_ignore_ascii_case(b"a") || word.eq_ignore_ascii_case(b"mx")
}
