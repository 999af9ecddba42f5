//! A term that somebody typed, which a record gets or loses: what a domain would publish if somebody
//! changed a word.

use super::record::{Record, Term};
use super::{edit, grammar};
use crate::text::{Span, SyntaxError};

/// One term that somebody typed, and its value read by the grammar of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedTerm {
    record: Record,
}

impl TypedTerm {
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

    /// The text of a record with the term put where it counts.
    pub fn added_to(&self, record: &Record) -> Vec<u8> {
        edit::with(&record.text, self.text())
    }

    /// The text of a record without the term, wherever it stands; `None` if it stands nowhere.
    pub fn taken_from(&self, record: &Record) -> Option<Vec<u8>> {
        let meant = record.terms.iter().filter(|term| self.means(record, term));
        let spans: Vec<Span> = meant.map(|term| term.span).collect();
        (!spans.is_empty()).then(|| edit::without(&record.text, &spans))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn added(record: &str, term: &str) -> String {
        let record = grammar::parse(record.as_bytes()).value;
        let text = TypedTerm::read(term.as_bytes()).unwrap().added_to(&record);
        String::from_utf8(text).unwrap()
    }

    fn taken(record: &str, term: &str) -> Option<String> {
        let record = grammar::parse(record.as_bytes()).value;
        let text = TypedTerm::read(term.as_bytes()).unwrap().taken_from(&record)?;
        Some(String::from_utf8(text).unwrap())
    }

    #[test]
    fn a_term_is_put_at_the_end_of_a_record_that_has_none() {
        assert_eq!(added("v=spf1 ", "-all"), "v=spf1 -all ");
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
        assert_eq!(TypedTerm::read(b"a mx").unwrap_err().expected, "one term");
    }
}
