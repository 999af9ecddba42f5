//! The list of fields that the TXT records of MTA-STS and TLS-RPT share (RFC 8461 §3.1, RFC 8460 §3).
//!
//! ```text
//! record      = version 1*(field-delim field) [field-delim]
//! field-delim = *WSP ";" *WSP
//! extension   = ext-name "=" ext-value
//! ```
//!
//! This is no tag list of RFC 6376: names are case-sensitive, and no white space is allowed around
//! the equals sign or at either end of the record.

use super::lex::{Reading, is_wsp};
use nom::Parser;
use nom::bytes::complete::{tag, take_while_m_n, take_while1};
use nom::combinator::verify;
use nom::error::context;
use nom::sequence::separated_pair;

/// The fields of the text behind `version ";"`, without the white space that belongs to semicolons.
///
/// An empty field is a fault, and is among them; only the text behind the last semicolon may be
/// empty.
pub(crate) fn fields(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut pieces = text.split(|octet| *octet == b';').peekable();
    std::iter::from_fn(move || {
        let piece = pieces.next()?;
        let is_last = pieces.peek().is_none();
        // White space at the end of a field belongs to the semicolon behind it.
        let field = if is_last { trim_start(piece) } else { trim_end(trim_start(piece)) };
        (!(is_last && field.is_empty())).then_some(field)
    })
}

/// The text without white space at its beginning.
pub(crate) fn trim_start(text: &[u8]) -> &[u8] {
    let begin = text.iter().position(|octet| !is_wsp(*octet)).unwrap_or(text.len());
    text.get(begin..).unwrap_or_default()
}

/// The text without white space at its end.
pub(crate) fn trim_end(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|octet| !is_wsp(*octet)).map_or(0, |last| last + 1);
    text.get(..end).unwrap_or_default()
}

/// `extension = ext-name "=" ext-value`: name and value; `wanted` is a field for example.
///
/// # Errors
/// What the grammar wanted instead, and where.
pub(crate) fn extension<'a>(
    wanted: &'static str,
) -> impl FnMut(&'a [u8]) -> Reading<'a, (&'a [u8], &'a [u8])> {
    move |text| {
        separated_pair(
            context(wanted, extension_name),
            context("\"=\" right after the name of the field", tag("=")),
            context("a value", extension_value),
        )
        .parse(text)
    }
}

/// `ext-name = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")`
///
/// # Errors
/// Where the name ought to begin.
pub(crate) fn extension_name(text: &[u8]) -> Reading<'_, &[u8]> {
    let is_octet = |octet: u8| octet.is_ascii_alphanumeric() || b"_-.".contains(&octet);
    verify(take_while_m_n(1, 32, is_octet), |name: &[u8]| {
        name.first().is_some_and(u8::is_ascii_alphanumeric)
    })
    .parse(text)
}

/// `ext-value = 1*(%x21-3A / %x3C / %x3E-7E)`
fn extension_value(text: &[u8]) -> Reading<'_, &[u8]> {
    take_while1(|octet| matches!(octet, 0x21..=0x3a | 0x3c | 0x3e..=0x7e)).parse(text)
}
