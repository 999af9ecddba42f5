//! The value that was meant by the one that is written.

use crate::net::Name;
use crate::text::near::edits;

/// The options of `fo` with colons between them, where something else is.
pub(super) fn options_apart(value: &[u8]) -> Option<Vec<u8>> {
    let options = value.split(|octet| b",/|; ".contains(octet));
    let options: Vec<&[u8]> = options.filter(|option| !option.is_empty()).collect();
    let is_known = |option: &&[u8]| matches!(*option, [b'0' | b'1' | b'd' | b's' | b'D' | b'S']);
    (options.len() > 1 && options.iter().all(is_known)).then(|| options.join(&b':'))
}

/// The addresses of two lists, each once.
pub(super) fn both_lists(first: &[u8], second: &[u8]) -> Vec<u8> {
    let mut all: Vec<&[u8]> = Vec::new();
    for address in first.split(|octet| *octet == b',').chain(second.split(|octet| *octet == b',')) {
        if !all.iter().any(|known| known.eq_ignore_ascii_case(address)) {
            all.push(address);
        }
    }
    all.join(&b',')
}

/// The word that is meant, if one is near and no other.
pub(super) fn word(value: &[u8], known: &[(&str, &str)]) -> Option<Vec<u8>> {
    let letters: String = value
        .iter()
        .filter(|octet| octet.is_ascii_alphanumeric())
        .map(|octet| char::from(octet.to_ascii_lowercase()))
        .collect();
    if letters.is_empty() || letters.len() > 20 {
        return None;
    }
    let exact = known.iter().find(|(written, _)| *written == letters);
    let near = || {
        let slips = |written: &str| match letters.strip_prefix(written) {
            // `rejected`, `quarantined`
            Some("ed" | "d" | "s") => 1,
            _ => swapped(&letters, written),
        };
        let long = known.iter().filter(|(written, _)| written.len() > 3);
        let mut near: Vec<_> = long.map(|it| (slips(it.0), it)).collect();
        near.retain(|(slips, (written, _))| *slips <= if written.len() > 5 { 2 } else { 1 });
        near.sort_by_key(|(slips, _)| *slips);
        near.first().map(|(_, it)| *it)
    };
    let (_, meant) = exact.or_else(near)?;
    Some(meant.as_bytes().to_vec())
}

/// Edits between two words, two letters that changed places counted as one.
pub(super) fn swapped(written: &str, known: &str) -> usize {
    let mut letters: Vec<char> = written.chars().collect();
    let mut least = edits(written, known);
    for at in 1..letters.len() {
        letters.swap(at - 1, at);
        let other: String = letters.iter().collect();
        least = least.min(edits(&other, known) + 1);
        letters.swap(at - 1, at);
    }
    least
}

/// A list of report addresses as it was meant, and what was wrong with it.
pub(super) fn addresses(list: &[u8]) -> Option<(Vec<u8>, &'static str)> {
    let mut uris: Vec<Vec<u8>> = Vec::new();
    let mut what = "";
    for piece in list.split(|octet| *octet == b',').map(<[u8]>::trim_ascii) {
        if piece.is_empty() {
            what = "a comma has no address behind it";
            continue;
        }
        let words: Vec<&[u8]> =
            piece.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
        let mut rest = words.as_slice();
        let mut is_first = true;
        while let Some((word, next)) = rest.split_first() {
            // `mailto: a@b.example`
            let (word, next) = match next.split_first() {
                Some((address, after)) if !word.contains(&b'@') => {
                    what = "a space within a URI";
                    ([*word, *address].concat(), after)
                }
                _ => (word.to_vec(), next),
            };
            if !is_first {
                what = "a space instead of a comma";
            }
            is_first = false;
            let (uri, wrong) = address(&word)?;
            if !wrong.is_empty() {
                what = wrong;
            }
            uris.push(uri);
            rest = next;
        }
    }
    (!uris.is_empty()).then(|| (uris.join(&b','), what))
}

/// One report address as a URI, and what was wrong with it; `None` if it is none.
pub(super) fn address(text: &[u8]) -> Option<(Vec<u8>, &'static str)> {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with(b"https://") || lower.starts_with(b"http://") {
        return Some((text.to_vec(), ""));
    }
    let at = text.iter().position(|octet| *octet == b'@')?;
    let (before, host) = text.split_at(at);
    // What stands before the local part is a scheme, however it is written.
    let scheme_end =
        before.iter().rposition(|octet| b":/=;".contains(octet)).map_or(0, |end| end + 1);
    let (scheme, local) = before.split_at(scheme_end);
    let is_local = !local.is_empty() && local.iter().all(u8::is_ascii_graphic);
    let name: Vec<u8> = host.get(1..)?.split(|octet| b"?!".contains(octet)).next()?.to_vec();
    if let Some(ascii) = in_ascii(&name) {
        let tail = host.get(1 + name.len()..)?;
        let (uri, _) = address(&[before, b"@", &ascii, tail].concat())?;
        return Some((uri, "a name with letters outside ASCII instead of its A-label (xn--)"));
    }
    let is_host = name.contains(&b'.')
        && name.iter().all(|octet| octet.is_ascii_alphanumeric() || b"-._".contains(octet));
    if !is_local || !is_host {
        return None;
    }
    let uri = [b"mailto:", local, host].concat();
    let what = match scheme {
        scheme if scheme.eq_ignore_ascii_case(b"mailto:") => return Some((text.to_vec(), "")),
        // `mailto:mailto:a@b.example`
        scheme if scheme.to_ascii_lowercase().ends_with(b"mailto:mailto:") => {
            return Some((uri, "mailto: is written twice"));
        }
        b"" => "an address instead of a URI with mailto:",
        _ => "the scheme of the URI is not mailto:",
    };
    // Another scheme is somebody's own.
    let letters: String = scheme
        .iter()
        .take_while(|octet| octet.is_ascii_alphabetic())
        .map(|octet| char::from(octet.to_ascii_lowercase()))
        .collect();
    (scheme.is_empty() || swapped(&letters, "mailto") <= 2).then_some((uri, what))
}

/// A name in ASCII, if it holds letters that are not.
fn in_ascii(name: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(name).ok().filter(|text| !text.is_ascii())?;
    let name = Name::from_unicode(text).ok()?;
    Some(name.to_string().into_bytes())
}
