//! A record with one term more or less: what a domain would publish if somebody changed a word.
//!
//! The text around the change stays octet for octet, so that what is shown is what was published.

use super::grammar;
use super::record::{Body, Mechanism, Record, Term};
use crate::text::{Span, SyntaxError};

/// One term that somebody typed, and its value read by the grammar of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    record: Record,
}

impl Word {
    /// Reads a term as it would stand in a record; spaces around it are left out.
    ///
    /// # Errors
    /// It is no term, or more than one.
    pub fn read(text: &[u8]) -> Result<Self, SyntaxError> {
        let parsed = grammar::parse([b"v=spf1 ", text.trim_ascii()].concat());
        if let Some(error) = parsed.errors.first() {
            return Err(error.clone());
        }
        match parsed.value.terms.as_slice() {
            [_] => Ok(Self { record: parsed.value }),
            _ => {
                let span = Span::new(0, parsed.value.text.len());
                Err(SyntaxError::new(span, "one term", crate::text::rfc(7208, "4.6.1")))
            }
        }
    }

    /// The term as typed.
    pub fn text(&self) -> &[u8] {
        self.record.terms.first().map_or(&[], |term| term.span.of(&self.record.text))
    }

    fn is_modifier(&self) -> bool {
        let directive = |term: &Term| matches!(term.body, Body::Directive(..));
        !self.record.terms.first().is_some_and(directive)
    }

    /// True if a term of a record is meant: the same apart from letter case and from what has a
    /// default. A qualifier that was not typed may be any.
    fn means(&self, record: &Record, term: &Term) -> bool {
        let Some(own) = self.record.terms.first() else { return false };
        let any = self.text().first().is_some_and(u8::is_ascii_alphanumeric);
        let [mut own, mut other] = [canonical(&self.record, own), canonical(record, term)];
        if any {
            let bare = |text: &mut String| *text = text.trim_start_matches(['-', '~', '?']).into();
            bare(&mut own);
            bare(&mut other);
        }
        own.eq_ignore_ascii_case(&other)
    }
}

/// A term alone, in the form that all its spellings share.
fn canonical(record: &Record, term: &Term) -> String {
    let alone = Record { text: record.text.clone(), terms: vec![term.clone()] };
    alone.to_string().split_once(' ').map(|(_, term)| term.to_owned()).unwrap_or_default()
}

/// The text of a record with a term put where it counts: before `all`, or before what follows if
/// there is none; a modifier at the end.
pub fn with(record: &Record, word: &Word) -> Vec<u8> {
    let stop = record.terms.iter().find(|term| match &term.body {
        Body::Directive(_, mechanism) => *mechanism == Mechanism::All,
        Body::Redirect(_) => record.all().is_none(),
        _ => false,
    });
    let text = &*record.text;
    let end = text.trim_ascii_end().len();
    let at = stop.filter(|_| !word.is_modifier()).map_or(end, |term| term.span.start as usize);
    let (before, after) = text.split_at(at.min(end));
    let space: &[u8] = b" ";
    let (lead, trail) = if at == end { (space, &[][..]) } else { (&[][..], space) };
    [before, lead, word.text(), trail, after].concat()
}

/// The text of a record without a term, wherever it stands; `None` if it stands nowhere.
pub fn without(record: &Record, word: &Word) -> Option<Vec<u8>> {
    let mut text = record.text.to_vec();
    let mut found = false;
    for term in record.terms.iter().rev().filter(|term| word.means(record, term)) {
        let range = term.span.start as usize..term.span.end as usize;
        let blank = |octet: &&u8| **octet == b' ';
        let before = text.get(..range.start)?.iter().rev().take_while(blank).count();
        text.drain(range.start - before..range.end);
        found = true;
    }
    found.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(record: &str, term: &str) -> String {
        let record = grammar::parse(record.as_bytes()).value;
        let text = with(&record, &Word::read(term.as_bytes()).unwrap());
        String::from_utf8(text).unwrap()
    }

    fn taken(record: &str, term: &str) -> Option<String> {
        let record = grammar::parse(record.as_bytes()).value;
        let text = without(&record, &Word::read(term.as_bytes()).unwrap())?;
        Some(String::from_utf8(text).unwrap())
    }

    #[test]
    fn a_term_is_put_before_all() {
        assert_eq!(added("v=spf1  a -all exp=x.y", "mx"), "v=spf1  a mx -all exp=x.y");
    }

    #[test]
    fn a_term_is_put_before_a_redirect_that_is_in_force() {
        assert_eq!(added("v=spf1 a redirect=x.y", "mx"), "v=spf1 a mx redirect=x.y");
    }

    #[test]
    fn a_term_is_put_at_the_end_of_a_record_that_has_none() {
        assert_eq!(added("v=spf1 ", "-all"), "v=spf1 -all ");
    }

    #[test]
    fn a_modifier_is_put_at_the_end() {
        assert_eq!(added("v=spf1 -all", "exp=x.y"), "v=spf1 -all exp=x.y");
    }

    #[test]
    fn a_term_is_taken_out_with_the_space_before_it() {
        assert_eq!(taken("v=spf1 a mx -all", "MX").as_deref(), Some("v=spf1 a -all"));
    }

    #[test]
    fn a_term_is_found_whatever_its_spelling() {
        let record = "v=spf1 +ip4:192.0.2.1/32 Include:A.example ?all";
        let found = ["ip4:192.0.2.1", "include:a.EXAMPLE", "all"].map(|it| taken(record, it));
        assert!(found.iter().all(Option::is_some), "{found:?}");
    }

    #[test]
    fn a_qualifier_that_was_typed_is_meant() {
        assert_eq!(taken("v=spf1 -all", "~all"), None);
    }

    #[test]
    fn every_occurrence_is_taken_out() {
        assert_eq!(taken("v=spf1 a mx a -all", "a").as_deref(), Some("v=spf1 mx -all"));
    }

    #[test]
    fn two_terms_are_no_term() {
        assert_eq!(Word::read(b"a mx").unwrap_err().expected, "one term");
    }
}
