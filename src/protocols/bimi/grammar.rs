//! From text to [`Record`]: every fault with its place (§4.3).
//!
//! A record is a tag list of RFC 6376 §3.2 with `v` first. Tags: `l` (required, one https URI or
//! nothing), `a` (one https URI or nothing), `avp`, `lps`. Unknown tags are ignored; a repeated one
//! makes a tag list invalid.

use super::record::{Location, Preference, Record};
use super::section;
use crate::net::Name;
use crate::text::lex::{Wanted, is_fws, trim, whole};
use crate::text::tag_list::{Tag, tag_list};
use crate::text::uri::uri;
use crate::text::{Parsed, Span, SyntaxError};
use nom::error::context;
use std::sync::Arc;

/// How a record begins, as sentences show it.
pub(super) const BEGIN: &str = "v=BIMI1";

/// Suffixes of images that are not SVG (§4.3.2).
const OTHER_IMAGES: [&str; 11] =
    [".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".ico", ".tif", ".tiff", ".avif", ".heic"];
/// The longest prefix of a local part: `local-part-text = 1*63(ALPHA / DIGIT / "-")`.
const LONGEST_PREFIX: usize = 63;

/// True if the text is a BIMI record at all, and not one of those that receivers discard.
pub fn is_record(text: &[u8]) -> bool {
    // §4.3: v is the first tag, its value MUST be exactly "BIMI1", else the record is ignored.
    let first = text.split(|octet| *octet == b';').next().unwrap_or_default();
    let mut parts = first.splitn(2, |octet| *octet == b'=').map(|part| trim(part, is_fws));
    parts.next() == Some(b"v") && parts.next() == Some(b"BIMI1")
}

/// Reads a record; `None` if the text is not a BIMI record.
pub fn parse(text: impl Into<Arc<[u8]>>) -> Option<Parsed<Record>> {
    let text = text.into();
    if !is_record(&text) {
        return None;
    }
    let Parsed { value: tags, mut errors } = tag_list(&text, section("4.3"));
    // Two semicolons in a row hold no tag that a receiver could misread.
    errors.retain(|error| !trim(error.span.of(&text), is_fws).is_empty() || !is_gap(&text, error));
    let mut reader = Reader { text: &text, tags: &tags, errors };
    reader.no_duplicates();
    let (logo, evidence) = (reader.location("l"), reader.location("a"));
    let is_declined = reader.is_empty("l") && reader.tag("a").is_none_or(|a| a.value.is_empty());
    reader.require_logo(is_declined);
    reader.no_other_image();
    let (preference, unknown_preference) = reader.preference();
    let prefixes = reader.prefixes();
    let Reader { mut errors, .. } = reader;
    errors.sort_by_key(|error| error.span);
    let record = Record {
        text: Arc::clone(&text),
        logo,
        evidence,
        preference,
        unknown_preference,
        prefixes,
        is_declined,
    };
    Some(Parsed { value: record, errors })
}

/// True if nothing but white space is between the semicolons around the place of a fault.
fn is_gap(text: &[u8], error: &SyntaxError) -> bool {
    let at = (error.span.start as usize).min(text.len());
    let (before, after) = text.split_at(at);
    let before = before.rsplit(|octet| *octet == b';').next().unwrap_or_default();
    let after = after.split(|octet| *octet == b';').next().unwrap_or_default();
    trim(before, is_fws).is_empty() && trim(after, is_fws).is_empty()
}

/// A record while it is read.
struct Reader<'a> {
    text: &'a [u8],
    tags: &'a [Tag<'a>],
    errors: Vec<SyntaxError>,
}

impl<'a> Reader<'a> {
    fn tag(&self, name: &str) -> Option<Tag<'a>> {
        // RFC 6376 §3.2: names of tags are case-sensitive.
        self.tags.iter().find(|tag| tag.name == name.as_bytes()).copied()
    }

    fn is_empty(&self, name: &str) -> bool {
        self.tag(name).is_some_and(|tag| tag.value.is_empty())
    }

    fn fault(&mut self, span: Span, expected: &'static str, number: &'static str) {
        self.errors.push(SyntaxError::new(span, expected, section(number)));
    }

    /// RFC 6376 §3.2: "Tags with duplicate names MUST NOT occur within a single tag-list".
    fn no_duplicates(&mut self) {
        for (at, tag) in self.tags.iter().enumerate() {
            if self.tags.iter().take(at).any(|before| before.name == tag.name) {
                self.fault(tag.span(self.text), "each tag only once", "4.3");
            }
        }
    }

    fn location(&mut self, name: &str) -> Option<Location> {
        let tag = self.tag(name).filter(|tag| !tag.value.is_empty())?;
        match location(tag.value) {
            Ok((host, port, path)) => {
                let span = tag.value_span(self.text);
                Some(Location { uri: tag.value.into(), span, host, port, path })
            }
            Err(wanted) => {
                self.errors.push(wanted.in_piece(self.text, tag.value, section("4.3.2")));
                None
            }
        }
    }

    fn require_logo(&mut self, is_declined: bool) {
        let end = Span::new(self.text.len(), self.text.len());
        match self.tag("l") {
            None => self.fault(end, "an l tag, such as l=https://example.com/logo.svg", "4.3.2"),
            Some(tag) if tag.value.is_empty() && !is_declined => {
                let wanted = "the https URI of a logo: a declination has neither l nor a";
                self.fault(tag.span(self.text), wanted, "4.3.2");
            }
            Some(_) => {}
        }
    }

    /// §4.3.2: the suffix of another kind of image is a permanent error.
    fn no_other_image(&mut self) {
        let Some(tag) = self.tag("l") else { return };
        let path = tag.value.split(|octet| b"?#".contains(octet)).next().unwrap_or_default();
        let path = path.to_ascii_lowercase();
        if OTHER_IMAGES.iter().any(|suffix| path.ends_with(suffix.as_bytes())) {
            self.fault(tag.value_span(self.text), "the URI of an SVG file", "4.3.2");
        }
    }

    fn preference(&self) -> (Preference, Option<Span>) {
        let Some(tag) = self.tag("avp") else { return (Preference::Brand, None) };
        match tag.value {
            b"brand" => (Preference::Brand, None),
            b"personal" => (Preference::Personal, None),
            _ => (Preference::Brand, Some(tag.span(self.text))),
        }
    }

    fn prefixes(&mut self) -> Option<Vec<Box<[u8]>>> {
        let tag = self.tag("lps")?;
        if tag.value.is_empty() {
            return Some(Vec::new());
        }
        let mut prefixes = Vec::new();
        for piece in tag.value.split(|octet| *octet == b',').map(|piece| trim(piece, is_fws)) {
            let is_valid = |octet: &u8| octet.is_ascii_alphanumeric() || *octet == b'-';
            if piece.is_empty() || piece.len() > LONGEST_PREFIX || !piece.iter().all(is_valid) {
                let wanted = "a prefix of 1 to 63 letters, digits and hyphens";
                self.fault(Span::within(self.text, piece), wanted, "4.3");
            } else {
                prefixes.push(piece.into());
            }
        }
        Some(prefixes)
    }
}

/// One `https` URI with a domain name as host: the host, the port, and the path with its query.
fn location(text: &[u8]) -> Result<(Name, Option<u16>, String), Wanted<'_>> {
    const EXAMPLE: &str = "one https URI, such as https://example.com/logo.svg";
    whole(context(EXAMPLE, uri), "the end of the URI: only one is allowed", text)?;
    let rest = match text.split_at_checked(b"https://".len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(b"https://") => rest,
        _ => return Err(Wanted { at: text, what: EXAMPLE }),
    };
    let end = rest.iter().position(|octet| b"/?#".contains(octet)).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (host, port) = match authority.iter().rposition(|octet| *octet == b':') {
        None => (authority, None),
        Some(at) => (authority.get(..at).unwrap_or_default(), authority.get(at + 1..)),
    };
    let no_host = Wanted { at: rest, what: "a domain name, such as example.com" };
    let name = Name::from_octets(host).ok().filter(Name::is_host_name);
    let Some(name) = name.filter(|name| name.label_count() > 1) else { return Err(no_host) };
    let port = match port {
        None | Some([]) => None,
        Some(digits) => {
            let number = std::str::from_utf8(digits).ok().and_then(|it| it.parse().ok());
            Some(number.ok_or(Wanted { at: digits, what: "a port number" })?)
        }
    };
    let path = path.split(|octet| *octet == b'#').next().unwrap_or_default();
    // Visible ASCII: the grammar of URIs has let nothing else through.
    let path = String::from_utf8_lossy(path).into_owned();
    let path = if path.starts_with('/') { path } else { format!("/{path}") };
    Ok((name, port, path))
}
