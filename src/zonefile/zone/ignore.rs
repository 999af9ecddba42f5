//! Comments that are meant for mailcheck.
//!
//! ```text
//! comment  =  ";" *SP "mailcheck:" *SP "ignore" "[" rule *( "," rule ) "]" 1*SP reason
//! rule     =  *SP family "/" name *SP                 ; lower case, digits, "-" and "_"
//! ```
//! It is about the entry that it stands in or behind; on a line by itself, about the next one.
//! Whether such a rule exists is not known here.

use super::source::Source;
use crate::dns::Place;
use crate::text::lex::{Wanted, is_wsp, trim};

/// A comment that asks to leave findings out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ignore {
    /// Where the comment begins.
    pub place: Place,
    /// The rules that it names, at least one.
    pub rules: Vec<IgnoredRule>,
    /// Why.
    pub reason: String,
    /// The first and the last line of the records that it is about.
    pub lines: (u32, u32),
}

/// A rule that a comment names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredRule {
    /// Family and name, as in `spf/too-many-lookups`; not known to exist.
    pub id: String,
    /// Where it is named.
    pub place: Place,
}

/// A comment that is not yet known to belong to an entry.
#[derive(Debug)]
pub(super) struct Pending<'a> {
    at: &'a [u8],
    rules: Vec<&'a [u8]>,
    reason: &'a [u8],
}

/// Rules that a comment names, at most.
const RULE_LIMIT: usize = 100;
const MARK: &[u8] = b"mailcheck:";
const WHAT: &str = "ignore[family/name] and a reason after \"mailcheck:\"";

/// True for a comment that is meant for us; it begins with a semicolon.
pub(super) fn is_ours(comment: &[u8]) -> bool {
    comment.strip_prefix(b";").is_some_and(|text| trim(text, is_wsp).starts_with(MARK))
}

/// Reads a comment, which begins with a semicolon; `None` if it is not meant for us.
///
/// # Errors
/// It is meant for us, and not understood.
pub(super) fn comment(comment: &[u8]) -> Result<Option<Pending<'_>>, Wanted<'_>> {
    let line = comment.split(|octet| *octet == b'\n').next().unwrap_or_default();
    let line = trim(line, |octet| octet == b'\r');
    let text = trim(line.strip_prefix(b";").unwrap_or(line), is_wsp);
    let Some(text) = text.strip_prefix(MARK) else { return Ok(None) };
    let text = trim(text, is_wsp);
    let wanted = |at, what| Wanted { at, what };
    let list = text.strip_prefix(b"ignore[").ok_or(wanted(text, WHAT))?;
    let close = list.iter().position(|octet| *octet == b']');
    let close = close.ok_or(wanted(text, "a closing bracket after the names of the rules"))?;
    let (list, rest) = list.split_at_checked(close).unwrap_or_default();
    let rules: Vec<&[u8]> =
        list.split(|octet| *octet == b',').map(|rule| trim(rule, is_wsp)).collect();
    if let Some(next) = rules.get(RULE_LIMIT) {
        return Err(wanted(next, "at most 100 rules in a comment"));
    }
    if let Some(odd) = rules.iter().find(|rule| !is_rule(rule)) {
        return Err(wanted(odd, "the name of a rule, as in spf/too-many-lookups"));
    }
    let rest = rest.get(1..).unwrap_or_default();
    let reason = trim(rest, is_wsp);
    if reason.is_empty() || !rest.first().is_some_and(|octet| is_wsp(*octet)) {
        return Err(wanted(rest, "a reason after the names of the rules"));
    }
    Ok(Some(Pending { at: comment, rules, reason }))
}

/// `rule = family "/" name`
fn is_rule(text: &[u8]) -> bool {
    let is_word = |word: &[u8]| {
        let is_octet = |octet: &u8| {
            octet.is_ascii_lowercase() || octet.is_ascii_digit() || matches!(octet, b'-' | b'_')
        };
        !word.is_empty() && word.iter().all(is_octet)
    };
    let mut words = text.split(|octet| *octet == b'/');
    words.next().is_some_and(is_word) && words.next().is_some_and(is_word) && words.next().is_none()
}

impl<'a> Pending<'a> {
    /// The comment, which begins with its semicolon.
    pub(super) fn at(&self) -> &'a [u8] {
        self.at
    }

    /// Says which lines the comment is about.
    pub(super) fn about(&self, lines: (u32, u32), source: &Source<'_>) -> Ignore {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let place = |slice| source.place(source.offset(slice));
        let rules =
            self.rules.iter().map(|rule| IgnoredRule { id: text(rule), place: place(rule) });
        Ignore { place: place(self.at), rules: rules.collect(), reason: text(self.reason), lines }
    }
}
