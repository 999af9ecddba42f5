//! Text to key record: the rules of RFC 6376 §3.6.1, in its order.
//!
//! What people paste around a key (backslashes, quotation marks, PEM lines) is noted first and
//! blanked in a copy of the same length, so that the rest is still read and every span holds.

use super::key::Key;
use super::record::{Algorithm, Hash, KeyRecord, Stray};
use super::repair::repair;
use crate::text::lex::{Reading, Wanted, is_fws, trim, whole};
use crate::text::tag_list::{Tag, tag_list};
use crate::text::{Citation, Parsed, Span, Spanned, SyntaxError, rfc};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::combinator::verify;
use nom::multi::separated_list1;
use std::borrow::Cow;
use std::sync::Arc;

const TAG_LIST: Citation = rfc(6376, "3.2");
const KEY_RECORD: Citation = rfc(6376, "3.6.1");

/// True if the text means to be a key record: `v=` begins with `DKIM`, or there is no `v=` but a
/// `p=` or `k=`. Other texts at the name (SPF under a wildcard, a proof of ownership) are not ours.
pub fn is_meant_as_key(text: &[u8]) -> bool {
    let (clean, _) = without_strays(text);
    let tags = tag_list(&clean, TAG_LIST).value;
    match tags.iter().find(|tag| tag.is("v")) {
        Some(version) => version.value.get(..4).is_some_and(|v| v.eq_ignore_ascii_case(b"DKIM")),
        None => {
            tags.iter().any(|tag| tag.is("p") || tag.is("k"))
                || repair(text).is_some_and(|repair| repair.text.is_some())
        }
    }
}

/// Reads a key record. Total: every text yields a record and its faults.
pub fn key_record(text: &[u8]) -> Parsed<KeyRecord> {
    let (clean, strays) = without_strays(text);
    let Parsed { value: tags, mut errors } = tag_list(&clean, TAG_LIST);
    let reader = Reader { text: &clean, tags: &tags };

    reader.no_duplicates(&mut errors);
    reader.version(&mut errors);
    let algorithm = reader.algorithm(&mut errors);
    let hashes = reader.words(b"h", "a hash algorithm", &mut errors);
    let services = reader.words(b"s", "a service type", &mut errors);
    let flags = reader.words(b"t", "a flag", &mut errors).unwrap_or_default();
    let key = reader.key(algorithm, &mut errors);
    errors.sort_by_key(|error| error.span);

    let has = |words: &[&[u8]], word: &[u8]| words.iter().any(|w| w.eq_ignore_ascii_case(word));
    let value = KeyRecord {
        text: Arc::from(text),
        algorithm,
        key,
        hashes: hashes.map(|words| words.into_iter().map(hash).collect()),
        is_for_mail: services.is_none_or(|words| has(&words, b"*") || has(&words, b"email")),
        is_testing: has(&flags, b"y"),
        is_strict: has(&flags, b"s"),
        strays,
    };
    Parsed { value, errors }
}

/// Where a tag of a key record stands, its name with it; `None` if it is absent.
pub(super) fn tag_span(text: &[u8], name: &[u8]) -> Option<Span> {
    let (clean, _) = without_strays(text);
    let tags = tag_list(&clean, TAG_LIST).value;
    Some(tags.iter().find(|tag| tag.name == name)?.span(&clean))
}

/// The values of `k`, `h`, `s` and `t` that hold a word of the standard in capitals: where each
/// stands, its tag with it, and the tag in the letters of the standard.
///
/// RFC 6376 §3.2: "Values MUST be processed as case sensitive unless the specific description of the
/// tag specifies case insensitivity."
pub(crate) fn capitals(text: &[u8]) -> Vec<(Span, Vec<u8>)> {
    const WORDS: [&[u8]; 7] = [b"rsa", b"ed25519", b"sha256", b"sha1", b"email", b"y", b"s"];
    let (clean, _) = without_strays(text);
    let tags = tag_list(&clean, TAG_LIST).value;
    let listing = tags.iter().filter(|tag| ["k", "h", "s", "t"].iter().any(|name| tag.is(name)));
    let mut found = Vec::new();
    for tag in listing {
        let words = tag.value.split(|octet| *octet == b':').map(|word| {
            let lower = word.to_ascii_lowercase();
            if WORDS.contains(&lower.trim_ascii()) { lower } else { word.to_vec() }
        });
        let value = words.collect::<Vec<_>>().join(&b':');
        if value != tag.value {
            found.push((tag.span(&clean), [tag.name, b"=", &value].concat()));
        }
    }
    found
}

/// The tags of one record, asked for one by one.
struct Reader<'a> {
    text: &'a [u8],
    tags: &'a [Tag<'a>],
}

impl<'a> Reader<'a> {
    /// The first tag of this name.
    fn tag(&self, name: &[u8]) -> Option<&'a Tag<'a>> {
        // RFC 6376 §3.2: "Tags MUST be interpreted in a case-sensitive manner."
        self.tags.iter().find(|tag| tag.name == name)
    }

    /// RFC 6376 §3.2: "Tags with duplicate names MUST NOT occur within a single tag-list"
    fn no_duplicates(&self, errors: &mut Vec<SyntaxError>) {
        // Sorted, so that a hostile record of 20,000 tags costs no quadratic search.
        let mut named: Vec<&Tag<'_>> = self.tags.iter().collect();
        named.sort_by_key(|tag| (tag.name, Span::within(self.text, tag.name)));
        for pair in named.windows(2) {
            if let [first, second] = pair
                && first.name == second.name
            {
                let span = second.span(self.text);
                errors.push(SyntaxError::new(span, "each tag once only", TAG_LIST));
            }
        }
    }

    /// `key-v-tag = %x76 [FWS] "=" [FWS] %x44.4B.49.4D.31`
    fn version(&self, errors: &mut Vec<SyntaxError>) {
        let Some(version) = self.tag(b"v") else { return };
        // RFC 6376 §3.6.1: "This tag MUST be the first tag in the record."
        if self.tags.first().is_none_or(|first| first.name != b"v") {
            let span = version.span(self.text);
            errors.push(SyntaxError::new(span, "v= as the first tag", KEY_RECORD));
        }
        if version.value != b"DKIM1" {
            errors.push(self.fault(version, "DKIM1, in capital letters"));
        }
    }

    /// `key-k-tag = "k" [FWS] "=" [FWS] ( "rsa" / hyphenated-word )`
    fn algorithm(&self, errors: &mut Vec<SyntaxError>) -> Algorithm {
        let Some(tag) = self.tag(b"k") else { return Algorithm::Rsa };
        if let Err(wanted) = whole(hyphenated_word, "the end of the key type", tag.value) {
            errors.push(named(wanted, "a key type").in_piece(self.text, tag.value, KEY_RECORD));
        }
        match tag.value {
            word if word.eq_ignore_ascii_case(b"rsa") => Algorithm::Rsa,
            word if word.eq_ignore_ascii_case(b"ed25519") => Algorithm::Ed25519,
            _ => Algorithm::Unknown(tag.value_span(self.text)),
        }
    }

    /// The words of `h=`, `s=` or `t=`; `None` if the tag is absent.
    fn words(
        &self,
        name: &[u8],
        what: &'static str,
        errors: &mut Vec<SyntaxError>,
    ) -> Option<Vec<&'a [u8]>> {
        let tag = self.tag(name)?;
        match whole(colon_list, "a colon or the end of the list", tag.value) {
            Ok(words) => Some(words),
            Err(wanted) => {
                errors.push(named(wanted, what).in_piece(self.text, tag.value, KEY_RECORD));
                // What stands before the fault still counts.
                Some(colon_list(tag.value).map(|(_, words)| words).unwrap_or_default())
            }
        }
    }

    /// `key-p-tag = %x70 [FWS] "=" [ [FWS] base64string ]`
    fn key(&self, algorithm: Algorithm, errors: &mut Vec<SyntaxError>) -> Option<Spanned<Key>> {
        let Some(tag) = self.tag(b"p") else {
            let end = Span::new(self.text.len(), self.text.len());
            errors.push(SyntaxError::new(end, "p= with the public key", KEY_RECORD));
            return None;
        };
        if let Some(bad) = tag.value.iter().position(|octet| !is_base64(*octet) && !is_fws(*octet))
        {
            let wanted = Wanted { at: &tag.value[bad..], what: "base64" };
            errors.push(wanted.in_piece(self.text, tag.value, KEY_RECORD));
        }
        Some(Spanned::new(Key::read(tag.value, algorithm), tag.value_span(self.text)))
    }

    fn fault(&self, tag: &Tag<'_>, expected: &'static str) -> SyntaxError {
        SyntaxError::new(tag.value_span(self.text), expected, KEY_RECORD)
    }
}

/// The fault, named `what` unless the grammar knew better.
fn named<'a>(wanted: Wanted<'a>, what: &'static str) -> Wanted<'a> {
    if wanted.what.is_empty() { Wanted { what, ..wanted } } else { wanted }
}

/// `word *( [FWS] ":" [FWS] word )`
fn colon_list(text: &[u8]) -> Reading<'_, Vec<&[u8]>> {
    let separator = (take_while(is_fws), tag(":"), take_while(is_fws));
    separated_list1(separator, alt((tag("*"), hyphenated_word))).parse(text)
}

/// `hyphenated-word = ALPHA [ *(ALPHA / DIGIT / "-") (ALPHA / DIGIT) ]`
fn hyphenated_word(text: &[u8]) -> Reading<'_, &[u8]> {
    let octets = take_while1(|octet: u8| octet.is_ascii_alphanumeric() || octet == b'-');
    verify(octets, |word: &[u8]| {
        word.first().is_some_and(u8::is_ascii_alphabetic) && !word.ends_with(b"-")
    })
    .parse(text)
}

fn hash(word: &[u8]) -> Hash {
    match word {
        word if word.eq_ignore_ascii_case(b"sha256") => Hash::Sha256,
        word if word.eq_ignore_ascii_case(b"sha1") => Hash::Sha1,
        _ => Hash::Unknown,
    }
}

fn is_base64(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=')
}

// ── what does not belong ────────────────────────────────────────────────────────────────────────

/// The text with everything that does not belong blanked, and what that was.
fn without_strays(text: &[u8]) -> (Cow<'_, [u8]>, Vec<Spanned<Stray>>) {
    // An ordinary record, with nothing of the kind, is read where it lies.
    let may_be_stray = |octet: &u8| matches!(octet, b'\\' | b'"' | b'-' | 0x80..);
    if !text.iter().any(may_be_stray) {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut strays = Vec::new();
    for piece in text.split(|octet| *octet == b';').filter(|piece| !is_note(piece)) {
        let start = Span::within(text, piece).start as usize;
        let mut at = 0;
        while let Some((stray, length)) = piece.get(at..).and_then(stray_at) {
            if let Some(stray) = stray {
                strays.push(Spanned::new(stray, Span::new(start + at, start + at + length)));
            }
            at += length;
        }
    }
    if strays.is_empty() {
        return (Cow::Borrowed(text), strays);
    }
    let mut clean = text.to_vec();
    for stray in &strays {
        if let Some(place) = clean.get_mut(stray.span.start as usize..stray.span.end as usize) {
            place.fill(b' ');
        }
    }
    (Cow::Owned(clean), strays)
}

/// `n=`: the one tag in which people may write what they like.
fn is_note(piece: &[u8]) -> bool {
    trim(piece, is_fws).strip_prefix(b"n").is_some_and(|rest| trim(rest, is_fws).starts_with(b"="))
}

/// What is at the beginning, and for how many octets; `None` at the end.
fn stray_at(text: &[u8]) -> Option<(Option<Stray>, usize)> {
    const DASHES: &[u8] = b"-----";
    let run = |is: fn(&u8) -> bool| text.iter().take_while(|octet| is(octet)).count();
    Some(match text.first()? {
        b'\\' => (Some(Stray::Backslash), run(|octet| *octet == b'\\')),
        b'"' => (Some(Stray::Quote), run(|octet| *octet == b'"')),
        0x80.. => (Some(Stray::NotAscii), run(|octet| !octet.is_ascii())),
        b'-' if text.starts_with(b"-----BEGIN") || text.starts_with(b"-----END") => {
            let inner = &text[DASHES.len()..];
            let end = inner.windows(DASHES.len()).position(|window| window == DASHES);
            let length = end.map_or(text.len(), |end| end + 2 * DASHES.len());
            (Some(Stray::Armour), length)
        }
        _ => (None, 1),
    })
}
