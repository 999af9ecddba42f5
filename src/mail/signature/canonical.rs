//! Canonicalization (RFC 6376 §3.4): which changes of a message a signature does not see.
//!
//! Octets are handed on as slices of the message wherever nothing has to change, so an ordinary body
//! is hashed where it lies.

use crate::mail::Field;
use serde::{Deserialize, Serialize};

/// How octets are prepared before they are hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Canonicalization {
    /// Nearly as they are.
    #[default]
    Simple,
    /// White space reduced, names of fields in lower case.
    Relaxed,
}

impl Canonicalization {
    /// Its word in `c=`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Relaxed => "relaxed",
        }
    }

    /// Hands on the canonical form of a body, piece by piece.
    pub fn body(self, body: &[u8], mut out: impl FnMut(&[u8])) {
        match self {
            Self::Simple => simple_body(body, &mut out),
            Self::Relaxed => relaxed_body(body, &mut out),
        }
    }

    /// Adds the canonical form of a field, its line end with it.
    pub fn field(self, field: Field<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Simple => {
                out.extend_from_slice(field.octets);
                if !field.octets.ends_with(b"\n") {
                    out.extend_from_slice(b"\r\n");
                }
            }
            Self::Relaxed => {
                relaxed_name(field.name(), out);
                relaxed_value(field.value(), out);
                out.extend_from_slice(b"\r\n");
            }
        }
    }

    /// Adds the canonical form of a field with a signature, of which the octets between `from` and
    /// `to` are taken for empty, without its line end (RFC 6376 §3.7).
    pub(super) fn own_field(self, field: Field<'_>, value: [&[u8]; 2], out: &mut Vec<u8>) {
        match self {
            Self::Simple => {
                out.extend_from_slice(field.before_colon());
                out.push(b':');
                value.iter().for_each(|part| out.extend_from_slice(part));
            }
            Self::Relaxed => {
                relaxed_name(field.name(), out);
                relaxed_value(&value.concat(), out);
            }
        }
    }
}

fn is_wsp(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// RFC 6376 §3.4.3: "converts '*CRLF' at the end of the body to a single 'CRLF'", and adds it where
/// there is none.
fn simple_body(body: &[u8], out: &mut impl FnMut(&[u8])) {
    let mut rest = body;
    while let Some(shorter) = rest.strip_suffix(b"\r\n") {
        rest = shorter;
    }
    match body.get(..rest.len() + 2) {
        Some(with_end) => out(with_end),
        None => {
            out(rest);
            out(b"\r\n");
        }
    }
}

/// RFC 6376 §3.4.4.
fn relaxed_body(body: &[u8], out: &mut impl FnMut(&[u8])) {
    // Empty lines at the end go, and a line of white space is one.
    let mut body = body;
    loop {
        let end = body.iter().rposition(|octet| !is_wsp(*octet)).map_or(0, |place| place + 1);
        body = body.get(..end).unwrap_or_default();
        match body.strip_suffix(b"\r\n") {
            Some(shorter) => body = shorter,
            None => break,
        }
    }
    if body.is_empty() {
        return;
    }
    // What is not handed on yet, and where in it to look on.
    let (mut rest, mut from) = (body, 0);
    while let Some(place) = position(rest, from) {
        let after = rest.get(place..).unwrap_or_default();
        let run = after.iter().position(|octet| !is_wsp(*octet)).unwrap_or(after.len());
        let behind = after.get(run..).unwrap_or_default();
        if behind.starts_with(b"\r\n") {
            out(rest.get(..place).unwrap_or_default());
            (rest, from) = (behind, 0);
        } else if run == 1 && after.first() == Some(&b' ') {
            // A space before a CR that ends no line.
            from = place + 1;
        } else {
            out(rest.get(..place).unwrap_or_default());
            out(b" ");
            (rest, from) = (behind, 0);
        }
    }
    out(rest);
    out(b"\r\n");
}

/// The place of the next white space that does not stay as it is: a tab, a run, or what ends a line.
/// Octets are looked at in blocks, without a branch for each.
fn position(text: &[u8], from: usize) -> Option<usize> {
    const BLOCK: usize = 32;
    let mut rest = text.get(from..)?;
    let changes = |octet: u8, next: u8| {
        (octet == b'\t') | ((octet == b' ') & ((next == b' ') | (next == b'\t') | (next == b'\r')))
    };
    while let Some((block, next)) = rest.first_chunk::<BLOCK>().zip(rest.get(1..)) {
        let Some(next) = next.first_chunk::<BLOCK>() else { break };
        let pairs = block.iter().zip(next);
        if pairs.fold(false, |found, (octet, next)| found | changes(*octet, *next)) {
            break;
        }
        rest = rest.get(BLOCK..).unwrap_or_default();
    }
    let begin = text.len() - rest.len();
    let nexts = rest.iter().skip(1).copied().chain([b'\n']);
    let found = rest.iter().zip(nexts).position(|(octet, next)| changes(*octet, next));
    found.map(|place| begin + place)
}

fn relaxed_name(name: &[u8], out: &mut Vec<u8>) {
    out.extend(name.iter().map(u8::to_ascii_lowercase));
    out.push(b':');
}

/// RFC 6376 §3.4.2: unfolded, runs of white space as one space, none at either end.
fn relaxed_value(value: &[u8], out: &mut Vec<u8>) {
    let begin = out.len();
    let mut space = false;
    let mut rest = value;
    while let Some(first) = rest.first() {
        match first {
            b'\r' if rest.starts_with(b"\r\n") => rest = rest.get(2..).unwrap_or_default(),
            b' ' | b'\t' => {
                space = true;
                rest = rest.get(1..).unwrap_or_default();
            }
            _ => {
                if space && out.len() > begin {
                    out.push(b' ');
                }
                space = false;
                // The first octet is one of the word, a CR that ends no line among them.
                let ends = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r');
                let end = rest.iter().skip(1).position(ends).map_or(rest.len(), |place| place + 1);
                let (word, behind) = rest.split_at(end);
                out.extend_from_slice(word);
                rest = behind;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(kind: Canonicalization, body: &str) -> String {
        let mut out = Vec::new();
        kind.body(body.as_bytes(), |piece| out.extend_from_slice(piece));
        String::from_utf8(out).expect("text stays text")
    }

    fn field(kind: Canonicalization, field: &str) -> String {
        let mut out = Vec::new();
        kind.field(Field::read(field.as_bytes()).expect("a field"), &mut out);
        String::from_utf8(out).expect("text stays text")
    }

    // The example of RFC 6376 §3.4.5.
    #[test]
    fn the_example_of_the_standard_comes_out_as_printed() {
        let relaxed = Canonicalization::Relaxed;
        let simple = Canonicalization::Simple;
        let text = " C \r\nD \t E\r\n\r\n\r\n";
        assert_eq!(body(relaxed, text), " C\r\nD E\r\n");
        assert_eq!(body(simple, text), " C \r\nD \t E\r\n");
        assert_eq!(field(relaxed, "B \t:  Y\t\r\n\tZ  \r\n"), "b:Y Z\r\n");
        assert_eq!(field(simple, "B \t:  Y\t\r\n\tZ  \r\n"), "B \t:  Y\t\r\n\tZ  \r\n");
    }

    #[test]
    fn an_empty_body_is_a_line_end_for_simple_and_nothing_for_relaxed() {
        let of =
            |text| [Canonicalization::Simple, Canonicalization::Relaxed].map(|it| body(it, text));
        assert_eq!([of(""), of("\r\n\r\n")], [["\r\n", ""]; 2].map(|it| it.map(String::from)));
        assert_eq!(of(" \r\n\t"), [" \r\n\t\r\n", ""].map(String::from));
    }

    #[test]
    fn a_body_without_a_line_end_gets_one() {
        let of = |kind| body(kind, "a  b\t");
        assert_eq!(of(Canonicalization::Simple), "a  b\t\r\n");
        assert_eq!(of(Canonicalization::Relaxed), "a b\r\n");
    }
}
