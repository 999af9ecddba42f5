//! A tag list (RFC 6376 §3.2) as a person reads it: the names that are known say where tags begin,
//! whatever stands between them.

use super::slip::Slips;
use super::typing::{Cleaned, Stray, clean};
use super::{Phrase, Span};

/// The longest value that a message repeats, in octets: what is longer is a key.
const LONGEST_SHOWN: usize = 80;

/// A tag, and where it stood in the text as published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LooseTag {
    /// In lower case; empty for text without a name.
    pub(crate) name: Vec<u8>,
    pub(crate) value: Vec<u8>,
    pub(crate) span: Span,
}

impl LooseTag {
    /// The tag as it is published.
    pub(crate) fn written(&self) -> Vec<u8> {
        match self.name.is_empty() {
            true => self.value.clone(),
            false => [&self.name, &b"="[..], &self.value].concat(),
        }
    }
}

/// Cuts a text into tags. White space that the standard allows is no slip.
pub(crate) fn read(text: &[u8], known: &[&str], slips: &mut Slips) -> Vec<LooseTag> {
    let cleaned = clean(text);
    for Stray { span, what, .. } in &cleaned.strays {
        // RFC 6376 §2.8: tabs and line breaks are white space, where a space follows them.
        let is_blank = span.of(text).iter().all(u8::is_ascii_whitespace);
        if !is_blank {
            slips.certain(*span, Phrase::from(what.as_str()).plain(" does not belong here"));
        }
    }
    let mut starts = Vec::new();
    let mut at = 0;
    while at < cleaned.text.len() {
        match tag_at(&cleaned.text, at, known) {
            Some(start) => {
                at = start.value;
                starts.push(start);
            }
            None => at += 1,
        }
    }
    cut(&cleaned, &starts, slips)
}

/// Where a tag with a known name begins.
#[derive(Clone, Copy)]
struct Start {
    name: usize,
    name_end: usize,
    sign: u8,
    value: usize,
}

fn tag_at(text: &[u8], at: usize, known: &[&str]) -> Option<Start> {
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    if before.is_some_and(|octet| !matches!(octet, b';' | b',') && !octet.is_ascii_whitespace()) {
        return None;
    }
    let rest = text.get(at..)?;
    let length = rest.iter().take_while(|octet| octet.is_ascii_alphanumeric()).count();
    let name = rest.get(..length)?;
    known.iter().find(|known| known.as_bytes().eq_ignore_ascii_case(name))?;
    let blanks =
        |at: usize| text.iter().skip(at).take_while(|octet| octet.is_ascii_whitespace()).count();
    let sign_at = at + length + blanks(at + length);
    let sign = *text.get(sign_at).filter(|sign| b"=:-".contains(sign))?;
    Some(Start { name: at, name_end: at + length, sign, value: sign_at + 1 })
}

fn cut(cleaned: &Cleaned, starts: &[Start], slips: &mut Slips) -> Vec<LooseTag> {
    let text = cleaned.text.as_slice();
    let last = cleaned.places.last().map_or(0, |place| *place as usize + 1);
    let place = |at: usize| cleaned.places.get(at).map_or(last, |place| *place as usize);
    let mut tags = Vec::new();
    let first = starts.first().map_or(text.len(), |start| start.name);
    let head = text.get(..first).unwrap_or_default();
    let kept = trim(head);
    if !kept.is_empty() {
        let span = Span::new(place(0), place(kept.len().saturating_sub(1)) + 1);
        tags.push(LooseTag { name: Vec::new(), value: kept.to_vec(), span });
        separator(head, text, first, place(first), slips);
    }
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(text.len(), |next| next.name);
        let whole = text.get(start.value..end).unwrap_or_default();
        let is_last = end == text.len();
        let value = trim(whole);
        // `v=DKIM1: p=…`
        let value = if is_last { value } else { value.strip_suffix(b":").map_or(value, trim) };
        let name = text.get(start.name..start.name_end).unwrap_or_default();
        let offset = start.value + whole.len() - whole.trim_ascii_start().len();
        let close = if value.is_empty() { start.value } else { offset + value.len() };
        let span = Span::new(place(start.name), place(close.saturating_sub(1)) + 1);
        let tag = LooseTag { name: name.to_ascii_lowercase(), value: value.to_vec(), span };
        if start.sign != b'=' {
            let sign = if start.sign == b':' { "a colon" } else { "a hyphen" };
            let says = Phrase::from(sign).plain(" instead of =");
            let span = Span::new(place(start.value - 1), place(start.value));
            match tag.value.len() > LONGEST_SHOWN {
                true => slips.certain(span, says.plain(" behind ").code(name)),
                false => slips.meant(span, says, tag.written(), true),
            }
        }
        if end < text.len() {
            separator(whole, text, end, place(end), slips);
        }
        tags.push(tag);
    }
    tags
}

/// Notes what separates two tags, if it is not a semicolon.
fn separator(before: &[u8], text: &[u8], next: usize, place: usize, slips: &mut Slips) {
    let tail: Vec<u8> = before
        .iter()
        .rev()
        .take_while(|octet| matches!(octet, b';' | b',' | b':') || octet.is_ascii_whitespace())
        .copied()
        .collect();
    let name: Vec<u8> = text
        .get(next..)
        .unwrap_or_default()
        .iter()
        .take_while(|octet| octet.is_ascii_alphanumeric())
        .copied()
        .collect();
    let at = Span::new(place.saturating_sub(1), place);
    if tail.contains(&b';') {
        return;
    }
    let says = Phrase::from(match (tail.contains(&b','), tail.contains(&b':')) {
        (true, _) => "a comma instead of a semicolon before ",
        (_, true) => "a colon instead of a semicolon before ",
        _ => "a semicolon is missing before ",
    });
    let says = says.code(name);
    slips.certain(at, says);
}

/// Without separators and white space around it.
fn trim(text: &[u8]) -> &[u8] {
    let is_edge = |octet: &u8| matches!(octet, b';' | b',') || octet.is_ascii_whitespace();
    let start = text.iter().position(|octet| !is_edge(octet)).unwrap_or(text.len());
    let end = text.iter().rposition(|octet| !is_edge(octet)).map_or(start, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> (Vec<String>, Vec<String>) {
        let mut slips = Slips::default();
        let tags = read(text.as_bytes(), &["v", "p", "rua"], &mut slips);
        let show = |octets: Vec<u8>| String::from_utf8_lossy(&octets).into_owned();
        (
            tags.iter().map(|tag| show(tag.written())).collect(),
            slips.sorted().iter().map(|slip| slip.phrase().to_string()).collect(),
        )
    }

    #[test]
    fn tags_begin_at_known_names_whatever_separates_them() {
        let wanted = ["v=X1", "p=none", "rua=mailto:a@b.example"].map(str::to_owned).to_vec();
        for text in [
            "v=X1; p=none; rua=mailto:a@b.example",
            "v=X1 p=none rua=mailto:a@b.example;",
            "v=X1, p=none, rua=mailto:a@b.example",
            "v = X1;p:none;rua=mailto:a@b.example",
        ] {
            assert_eq!(tags(text).0, wanted, "{text}");
        }
    }

    #[test]
    fn what_separates_tags_and_is_no_semicolon_is_named() {
        assert_eq!(
            tags("v=X1 p=none, rua=mailto:a@b.example").1,
            ["a semicolon is missing before p", "a comma instead of a semicolon before rua"]
        );
    }
}
