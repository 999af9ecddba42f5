//! The tag list of RFC 6376 §3.2, shared by DKIM, DMARC, TLS-RPT, BIMI and their kin.
//!
//! ```text
//! tag-list  =  tag-spec *( ";" tag-spec ) [ ";" ]
//! tag-spec  =  [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]
//! ```
//!
//! The list recovers at each `;`: a bad tag costs one error and the others are still read.
//! Whether unknown or repeated tags are faults is for each standard to say.

use super::lex::{Reading, Wanted, is_fws, trim, whole};
use super::{Citation, Parsed, Span, SyntaxError};
use nom::Parser;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::combinator::{rest, verify};
use nom::error::context;
use nom::sequence::{preceded, separated_pair};

/// One `name=value` of a list; both are slices of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The name, as written.
    pub name: &'a [u8],
    /// The value without white space around it; may be empty.
    pub value: &'a [u8],
}

impl Tag<'_> {
    /// Where the whole tag stands, from its name to the end of its value.
    pub fn span(&self, record: &[u8]) -> Span {
        let name = Span::within(record, self.name);
        Span { start: name.start, end: self.value_span(record).end.max(name.end) }
    }

    /// Where the value stands.
    pub fn value_span(&self, record: &[u8]) -> Span {
        Span::within(record, self.value)
    }

    /// True if the tag has this name, letter case ignored.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Reads a tag list, with every fault cited to `cite`.
pub fn tag_list(record: &[u8], cite: Citation) -> Parsed<Vec<Tag<'_>>> {
    let mut tags = Vec::new();
    let mut errors: Vec<SyntaxError> = Vec::new();
    let mut pieces = record.split(|octet| *octet == b';').peekable();
    while let Some(piece) = pieces.next() {
        let trimmed = trim(piece, is_fws);
        // Only the text after the last ";" may be empty.
        if trimmed.is_empty() && pieces.peek().is_none() && !tags.is_empty() {
            break;
        }
        match whole(tag_spec, "the end of the tag", trimmed) {
            Ok(tag) => tags.push(tag),
            Err(wanted) => errors.push(wanted.in_piece(record, trimmed, cite)),
        }
    }
    Parsed { value: tags, errors }
}

/// `tag-spec = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]`, outer white space removed.
fn tag_spec(text: &[u8]) -> Reading<'_, Tag<'_>> {
    separated_pair(
        context("a tag name", tag_name),
        (take_while(is_fws), context("\"=\" after the tag name", tag("=")), take_while(is_fws)),
        preceded(take_while(is_fws), tag_value),
    )
    .map(|(name, value)| Tag { name, value })
    .parse(text)
}

/// `tag-name = ALPHA *ALNUMPUNC`
fn tag_name(text: &[u8]) -> Reading<'_, &[u8]> {
    verify(
        take_while1(|octet: u8| octet.is_ascii_alphanumeric() || octet == b'_'),
        |name: &[u8]| name.first().is_some_and(u8::is_ascii_alphabetic),
    )
    .parse(text)
}

/// `tag-value = [ tval *( 1*(WSP / FWS) tval ) ]`, `VALCHAR = %x21-3A / %x3C-7E`
fn tag_value(text: &[u8]) -> Reading<'_, &[u8]> {
    let (after, value) = rest(text)?;
    match value
        .iter()
        .position(|octet| !matches!(octet, 0x21..=0x3a | 0x3c..=0x7e) && !is_fws(*octet))
    {
        None => Ok((after, value)),
        Some(bad) => Err(Wanted::failure(&value[bad..], "a printable ASCII character")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::rfc;

    type Read = (Vec<(String, String)>, Vec<(u32, &'static str)>);

    fn read(record: &str) -> Read {
        let parsed = tag_list(record.as_bytes(), rfc(6376, "3.2"));
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        (
            parsed.value.iter().map(|tag| (text(tag.name), text(tag.value))).collect(),
            parsed.errors.iter().map(|error| (error.span.start, error.expected)).collect(),
        )
    }

    #[test]
    fn a_bad_tag_costs_one_error_and_the_others_are_read() {
        let (tags, errors) = read("v=DKIM1; k rsa; =x; p=AB==;");
        assert_eq!(
            (tags.len(), errors),
            (2, vec![(11, "\"=\" after the tag name"), (16, "a tag name")])
        );
    }

    #[test]
    fn white_space_around_names_and_values_is_not_part_of_them() {
        let (tags, _) = read(" v = DMARC1 ;\tp =  none ");
        assert_eq!(tags, [("v".into(), "DMARC1".into()), ("p".into(), "none".into())]);
    }

    #[test]
    fn an_empty_tag_between_two_semicolons_is_a_fault() {
        let (_, errors) = read("v=DKIM1;; p=AB");
        assert_eq!(errors, [(8, "a tag name")]);
    }
}
