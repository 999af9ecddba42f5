//! Building blocks of grammars: an error that says what was wanted, and a few terminals.
//!
//! Grammars here work on slices of the record. A fault is a slice and a word: [`Wanted`] is the
//! nom error type that carries both, keeps the branch of an alternative that got furthest, and
//! turns into a [`SyntaxError`] with a span at the edge.

use super::{Citation, Span, SyntaxError};
use nom::error::{ContextError, ErrorKind, ParseError};
use nom::{Err, IResult, Parser};

/// The result of a grammar function: the rest and the value, or what was [`Wanted`].
pub type Reading<'a, T> = IResult<&'a [u8], T, Wanted<'a>>;

/// What a grammar wanted at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The text from the fault on.
    pub at: &'a [u8],
    /// To be read after "expected"; empty until somebody names it.
    pub what: &'static str,
}

impl<'a> Wanted<'a> {
    /// A failure that stops other alternatives from being tried.
    pub fn failure(at: &'a [u8], what: &'static str) -> Err<Self> {
        Err::Failure(Self { at, what })
    }

    /// The fault as a [`SyntaxError`]: from `at` to the end of `piece`.
    pub fn in_piece(self, record: &[u8], piece: &[u8], cite: Citation) -> SyntaxError {
        let piece = Span::within(record, piece);
        let at = Span::within(record, self.at);
        let start = at.start.clamp(piece.start, piece.end);
        SyntaxError::new(Span { start, end: piece.end }, self.what, cite)
    }
}

impl<'a> ParseError<&'a [u8]> for Wanted<'a> {
    fn from_error_kind(at: &'a [u8], _: ErrorKind) -> Self {
        Self { at, what: "" }
    }

    fn append(_: &'a [u8], _: ErrorKind, other: Self) -> Self {
        other
    }

    fn or(self, other: Self) -> Self {
        // The branch that got furthest has the shortest rest.
        if self.at.len() <= other.at.len() && !self.what.is_empty() { self } else { other }
    }
}

impl<'a> ContextError<&'a [u8]> for Wanted<'a> {
    fn add_context(at: &'a [u8], what: &'static str, other: Self) -> Self {
        // The innermost name wins: it knows best what was wanted.
        if other.what.is_empty() { Self { at, what } } else { other }
    }
}

/// Runs a grammar function to the very end of `text`.
///
/// # Errors
/// What was wanted, and where; trailing text is faulted with `what`.
pub fn whole<'a, T>(
    mut grammar: impl Parser<&'a [u8], Output = T, Error = Wanted<'a>>,
    what: &'static str,
    text: &'a [u8],
) -> Result<T, Wanted<'a>> {
    match grammar.parse(text) {
        Ok(([], value)) => Ok(value),
        Ok((rest, _)) => Err(Wanted { at: rest, what }),
        Err(Err::Error(wanted) | Err::Failure(wanted)) => Err(wanted),
        Err(Err::Incomplete(_)) => Err(Wanted { at: &[], what }),
    }
}

/// WSP of RFC 5234: space or tab.
pub fn is_wsp(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// The octets of FWS of RFC 6376 §2.8: white space, also folded.
pub fn is_fws(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

/// The text without white space at either end.
pub fn trim(mut text: &[u8], is_space: fn(u8) -> bool) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_space(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_space(*last)
    {
        text = rest;
    }
    text
}
