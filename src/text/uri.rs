//! URIs as records list them (RFC 3986 §3), as far as their characters go.

use super::lex::Reading;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n, take_while1};
use nom::combinator::{recognize, verify};
use nom::multi::many1_count;
use nom::sequence::{preceded, terminated};

/// `URI = scheme ":" hier-part`. A comma, a semicolon and an exclamation mark separate what stands in
/// a record and must be percent-encoded inside a URI, so each of them ends it.
pub(crate) fn uri(text: &[u8]) -> Reading<'_, &[u8]> {
    recognize(preceded(terminated(scheme, tag(":")), many1_count(character))).parse(text)
}

/// `scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`
fn scheme(text: &[u8]) -> Reading<'_, &[u8]> {
    verify(
        take_while1(|octet: u8| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet)),
        |scheme: &[u8]| scheme.first().is_some_and(u8::is_ascii_alphabetic),
    )
    .parse(text)
}

/// `unreserved / reserved / pct-encoded`, without the marks that separate URIs.
fn character(text: &[u8]) -> Reading<'_, &[u8]> {
    let hex = take_while_m_n(2, 2, |octet: u8| octet.is_ascii_hexdigit());
    let plain =
        |octet: u8| octet.is_ascii_alphanumeric() || b"-._~:/?#[]@$&'()*+=".contains(&octet);
    alt((take_while1(plain), preceded(tag("%"), hex))).parse(text)
}
