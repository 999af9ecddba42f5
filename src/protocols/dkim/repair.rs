//! The key record that somebody meant, read from the one that somebody wrote.

use super::grammar;
use super::key::Key;
use crate::text::loose_tags::{self, LooseTag};
use crate::text::slip::Slips;
use crate::text::{Phrase, Repair};

/// The longest text that is read, in octets.
const TEXT_LIMIT: usize = 4096;

/// The names of tags (RFC 6376 §3.6.1, and `g` of RFC 4871).
const NAMES: [&str; 8] = ["v", "g", "h", "k", "n", "p", "s", "t"];

/// The shortest base64 that is taken for a key without its name.
const SHORTEST_KEY: usize = 40;

/// The DER before the octets of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410 §4), as base64.
const ED25519_WRAPPING: &[u8] = b"MCowBQYDK2VwAyEA";

/// Reads a text that was meant as a key record; `None` if it was not, as far as can be seen.
///
/// A record without a slip comes back as it is.
pub fn repair(text: &[u8]) -> Option<Repair> {
    if text.len() > TEXT_LIMIT {
        return None;
    }
    let mut slips = Slips::default();
    let armoured = without_armour(text, &mut slips);
    let armoured = without_line_breaks(armoured, &mut slips);
    let mut tags = loose_tags::read(&armoured, &NAMES, &mut slips);
    for tag in tags.iter().filter(|tag| !tag.name.is_empty()) {
        let written = tag.span.of(text).get(..tag.name.len()).unwrap_or_default();
        // RFC 6376 §3.2: "Tags MUST be interpreted in a case-sensitive manner."
        if written != tag.name && written.eq_ignore_ascii_case(&tag.name) {
            let says = Phrase::new().code([written, b"="].concat()).plain(" instead of ");
            slips.certain(tag.span, says.code([tag.name.as_slice(), b"="].concat()));
        }
    }
    let has = |tags: &[LooseTag], name: &[u8]| tags.iter().any(|tag| tag.name == name);
    // A token that proves something is no key: without its name, a key has other tags beside it.
    if !has(&tags, b"p") && (has(&tags, b"v") || has(&tags, b"k")) {
        name_the_key(&mut tags, &mut slips);
    }
    let is_key = tags.iter().any(|tag| tag.name == b"p" && !tag.value.is_empty());
    let is_other = tags
        .iter()
        .any(|tag| tag.name == b"v" && !tag.value.to_ascii_lowercase().starts_with(b"dkim"));
    if !is_key || is_other {
        return None;
    }
    let parsed = grammar::key_record(text);
    let is_sound = parsed.errors.is_empty()
        && parsed.value.strays.is_empty()
        && !matches!(parsed.value.key.as_ref().map(|key| &key.value), Some(Key::Unreadable(_)))
        && parsed.value.unusable().is_none();
    if is_sound {
        return Some(Repair { slips: Vec::new(), text: Some(text.to_vec()) });
    }
    let tags = corrected(tags, &mut slips);
    let slips = slips.sorted();
    let meant = tags.filter(|_| !slips.is_empty()).map(|tags| {
        let tags: Vec<Vec<u8>> = tags.iter().map(LooseTag::written).collect();
        tags.join(&b"; "[..])
    });
    let is_valid = |text: &Vec<u8>| {
        let read = grammar::key_record(text);
        let is_readable = |key: &Key| !matches!(key, Key::Unreadable(_));
        read.errors.is_empty()
            && read.value.strays.is_empty()
            && read.value.unusable().is_none()
            && read.value.key.as_ref().is_some_and(|key| is_readable(&key.value))
    };
    Some(Repair { slips, text: meant.filter(is_valid) })
}

/// The text with the lines of a PEM file blanked, octet for octet.
fn without_armour(text: &[u8], slips: &mut Slips) -> Vec<u8> {
    const DASHES: &[u8] = b"-----";
    let mut clean = text.to_vec();
    let mut at = 0;
    let find = |from: usize, what: &[u8]| {
        let rest = text.get(from..).unwrap_or_default();
        rest.windows(what.len()).position(|octets| octets == what).map(|found| from + found)
    };
    while let Some(begin) = find(at, DASHES) {
        let Some(end) = find(begin + DASHES.len(), DASHES) else { break };
        let end = end + DASHES.len();
        if let Some(place) = clean.get_mut(begin..end) {
            place.fill(b' ');
        }
        let says = Phrase::from("a line of a PEM file does not belong here");
        slips.certain(crate::text::Span::new(begin, end), says);
        at = end;
    }
    clean
}

/// The text with line breaks that are written as `\\n` blanked, octet for octet.
fn without_line_breaks(text: Vec<u8>, slips: &mut Slips) -> Vec<u8> {
    let mut clean = text;
    for at in 1..clean.len() {
        let is_break =
            clean.get(at - 1) == Some(&b'\\') && matches!(clean.get(at), Some(b'n' | b'r'));
        if let Some(place) = clean.get_mut(at - 1..=at).filter(|_| is_break) {
            place.fill(b' ');
            let says = Phrase::from("a line break written as ").code(b"\\n");
            slips.certain(
                crate::text::Span::new(at - 1, at + 1),
                says.plain(" does not belong here"),
            );
        }
    }
    clean
}

/// Base64 without a name, if there is one that is long enough, becomes the key.
fn name_the_key(tags: &mut Vec<LooseTag>, slips: &mut Slips) {
    let mut named = Vec::with_capacity(tags.len() + 1);
    for mut tag in std::mem::take(tags) {
        let value = tag.value.clone();
        let mut parts = value.split(|octet| *octet == b';').map(<[u8]>::trim_ascii);
        tag.value = parts.next().unwrap_or_default().to_vec();
        let span = tag.span;
        named.push(tag);
        named.extend(parts.filter(|part| !part.is_empty()).map(|part| LooseTag {
            name: Vec::new(),
            value: part.to_vec(),
            span,
        }));
    }
    for tag in &mut named {
        let is_base64 = |octet: &u8| {
            octet.is_ascii_alphanumeric() || b"+/=".contains(octet) || octet.is_ascii_whitespace()
        };
        let is_key = tag.name.is_empty()
            && tag.value.len() >= SHORTEST_KEY
            && tag.value.iter().all(is_base64);
        if is_key {
            tag.name = b"p".to_vec();
            let says = Phrase::new().code("p=").plain(" is missing before the key");
            slips.certain(tag.span, says);
            break;
        }
    }
    *tags = named;
}

/// The tags with the values that were meant; `None` if one of them is undetermined.
fn corrected(tags: Vec<LooseTag>, slips: &mut Slips) -> Option<Vec<LooseTag>> {
    let mut kept: Vec<LooseTag> = Vec::with_capacity(tags.len());
    let has_type = tags.iter().any(|tag| tag.name == b"k");
    let mut is_ed25519 = false;
    for mut tag in tags {
        let mut parts = tag.value.split(|octet| *octet == b';').map(<[u8]>::trim_ascii);
        let first = parts.next().unwrap_or_default().to_vec();
        let rest: Vec<&[u8]> = parts.filter(|part| !part.is_empty()).collect();
        if !rest.is_empty() && tag.name != b"n" {
            return None;
        }
        tag.value = first;
        match tag.name.as_slice() {
            b"v" if tag.value != b"DKIM1" => {
                if !tag.value.to_ascii_lowercase().starts_with(b"dkim") {
                    return None;
                }
                tag.value = b"DKIM1".to_vec();
                slips.meant(tag.span, Phrase::new(), tag.written(), true);
            }
            b"k" => {
                let lower = tag.value.to_ascii_lowercase();
                let meant: &[u8] = match lower.as_slice() {
                    b"rsa" | b"ed25519" => &tag.value.clone(),
                    b"rsa-sha256" | b"rsa-sha1" | b"rsa2048" | b"rsa-2048" | b"rsa256" => b"rsa",
                    b"ed25519-sha256" => b"ed25519",
                    _ => return None,
                };
                if meant != tag.value {
                    tag.value = meant.to_vec();
                    slips.meant(tag.span, Phrase::new(), tag.written(), true);
                }
                is_ed25519 = lower.starts_with(b"ed25519");
            }
            b"h" => {
                let lower = tag.value.to_ascii_lowercase();
                let (is_spelt_wrong, is_old) = (
                    matches!(lower.as_slice(), b"sha-256" | b"sha2" | b"rsa-sha256" | b"sha_256"),
                    matches!(lower.as_slice(), b"sha1" | b"sha-1" | b"rsa-sha1"),
                );
                if is_spelt_wrong || is_old {
                    let written = Phrase::new().code(tag.written());
                    let what = match (is_old, lower.starts_with(b"rsa-")) {
                        // RFC 8301 §3.1: no verifier may accept rsa-sha1, so the signer may have to change.
                        (true, _) => written.plain(
                            " allows SHA-1 only, which verifiers must not accept (RFC 8301 §3.1); \
                             a signer that still uses rsa-sha1 has to change as well",
                        ),
                        (false, true) => written
                            .plain(" is a signature algorithm (a=), and h= names a hash algorithm"),
                        (false, false) => written.plain(" is an unknown hash algorithm"),
                    };
                    tag.value = b"sha256".to_vec();
                    slips.meant(tag.span, what, tag.written(), is_spelt_wrong);
                }
            }
            b"p" => key(&mut tag, has_type, &mut is_ed25519, slips, &mut kept)?,
            b"" => return None,
            _ => {}
        }
        match kept.iter().find(|known| known.name == tag.name) {
            None => kept.push(tag),
            Some(known) if known.value == tag.value => {
                let says = Phrase::new().code(&tag.name).plain(" is repeated");
                slips.certain(tag.span, says);
            }
            Some(_) => return None,
        }
    }
    let version = kept.iter().position(|tag| tag.name == b"v");
    if let Some(at) = version.filter(|at| *at > 0) {
        let version = kept.remove(at);
        slips
            .certain(version.span, Phrase::new().code("v=DKIM1").plain(" has to be the first tag"));
        kept.insert(0, version);
    }
    Some(kept)
}

/// A value with `%2B`, `%2F` and `%3D` as what they stand for, if it has one of them and no other percent
/// sign.
fn percent_decoded(value: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((first, behind)) = rest.split_first() {
        if *first != b'%' {
            decoded.push(*first);
            rest = behind;
            continue;
        }
        let digits = behind.get(..2)?.to_ascii_uppercase();
        decoded.push(match digits.as_slice() {
            b"2B" => b'+',
            b"2F" => b'/',
            b"3D" => b'=',
            _ => return None,
        });
        rest = behind.get(2..)?;
    }
    (decoded.len() < value.len()).then_some(decoded)
}

/// The key as it was meant.
fn key(
    tag: &mut LooseTag,
    has_type: bool,
    is_ed25519: &mut bool,
    slips: &mut Slips,
    kept: &mut Vec<LooseTag>,
) -> Option<()> {
    let is_base64 = |octet: &u8| octet.is_ascii_alphanumeric() || b"+/=".contains(octet);
    if let Some(decoded) = percent_decoded(&tag.value) {
        tag.value = decoded;
        slips.certain(tag.span, Phrase::from("the key is percent-encoded, as in a URL"));
    }
    let mut value: Vec<u8> = tag.value.iter().copied().filter(is_base64).collect();
    let bare = value.iter().rposition(|octet| *octet != b'=').map_or(0, |last| last + 1);
    if value.is_empty() || value.get(..bare)?.contains(&b'=') {
        return None;
    }
    let padding = (4 - bare % 4) % 4;
    if padding == 3 {
        return None;
    }
    if value.len() != bare + padding {
        value.truncate(bare);
        value.extend(std::iter::repeat_n(b'=', padding));
        slips.certain(tag.span, Phrase::from("the padding of the key (=) is wrong"));
    }
    if value.len() == 60 && value.starts_with(ED25519_WRAPPING) {
        value.drain(..ED25519_WRAPPING.len());
        let says = Phrase::from(
            "the Ed25519 key is wrapped in a SubjectPublicKeyInfo; RFC 8463 wants its 32 octets",
        );
        slips.certain(tag.span, says);
        *is_ed25519 = true;
    }
    if value.len() == 44 && !has_type {
        let says = Phrase::new()
            .code("k=")
            .plain(" is missing, so the 32 octets of the key are read as RSA");
        slips.meant(tag.span, says, b"k=ed25519".to_vec(), false);
        let kind = LooseTag { name: b"k".to_vec(), value: b"ed25519".to_vec(), span: tag.span };
        kept.push(kind);
        *is_ed25519 = true;
    }
    if value != tag.value {
        let is_blank =
            tag.value.iter().all(|octet| is_base64(octet) || octet.is_ascii_whitespace());
        if !is_blank {
            slips.certain(tag.span, Phrase::from("the key holds characters that are not base64"));
        }
    }
    tag.value = value;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A key of 32 octets.
    const KEY: &str = "bXEJj7uP8dbNEeurSjtOOOeKyh4aMsLG9UY+4J7+770=";

    fn repaired(text: &str) -> Option<String> {
        let text = repair(text.as_bytes())?.text?;
        Some(String::from_utf8_lossy(&text).into_owned())
    }

    #[test]
    fn what_can_have_been_meant_in_one_way_only_is_written_so() {
        let whole = format!("v=DKIM1; k=ed25519; p={KEY}");
        let texts = [
            format!("v=DKIM1; k=ed25519; {KEY}"),
            format!("v=DKIM1 k=ed25519; p={KEY}"),
            format!("v=DKIM1; k=ed25519 p={KEY}"),
            format!("v=DKIM1, k=ed25519, p={KEY}"),
            format!("v=DKIM; k=ed25519; p={KEY}"),
            format!("v=DKIM1; k=ed25519; p={KEY}; p={KEY}"),
            format!("k=ed25519; p={KEY}; v=DKIM1"),
            format!("\u{201c}v=DKIM1; k=ed25519; p={KEY}\u{201d}"),
            format!("v=DKIM1; k=ed25519; p=<{KEY}>"),
            format!("v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA{KEY}"),
            format!("v=DKIM1; p={KEY}"),
            format!(
                "v=DKIM1; k=ed25519; p=-----BEGIN PUBLIC KEY-----{KEY}-----END PUBLIC KEY-----"
            ),
        ];
        for text in texts {
            assert_eq!(repaired(&text).as_deref(), Some(whole.as_str()), "{text}");
        }
    }

    #[test]
    fn a_key_for_sha1_alone_is_opened_for_sha256_and_that_is_not_certain() {
        let repair = repair(format!("v=DKIM1; h=sha1; k=ed25519; p={KEY}").as_bytes());
        let repair = repair.expect("a key");
        let whole = format!("v=DKIM1; h=sha256; k=ed25519; p={KEY}");
        assert_eq!((repair.is_certain(), repair.text), (false, Some(whole.into_bytes())));
    }

    #[test]
    fn other_texts_are_no_keys() {
        for text in ["v=spf1 -all", "", "p=", "google-site-verification=abc"] {
            assert!(repaired(text).is_none_or(|repaired| repaired == text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_read_without_panic(octets: Vec<u8>) {
            let _ = repair(&[b"v=DKIM1; p=".as_slice(), &octets].concat());
            let _ = repair(&octets);
        }
    }
}
