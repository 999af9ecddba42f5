//! What was changed on the way, where that can be told: a change is undone and the hash made again.
//!
//! The hash says only whether a guess is right, so each one that is named here is proved. All of it is
//! bounded: bodies and headers that are too large are not guessed at.

use super::input::context;
use super::{PublicKey, Signature, SignedField, verifies};
use crate::mail::{Field, Message};
use serde::{Deserialize, Serialize};

/// Bodies of more octets are not guessed at.
const LARGEST: usize = 4 * 1024 * 1024;
/// Most octets that are hashed to find lines that were inserted.
const MOST_HASHED: usize = 128 * 1024 * 1024;
/// Most signatures that are verified to find what was changed in the header.
const MOST_TRIES: usize = 48;
/// Most octets of a line that is shown.
const SHOWN: usize = 120;

/// A change after signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ChangeMade {
    /// `>` was put before lines that begin with `From `, as in an mbox.
    FromQuoted,
    /// Dots at the beginning of lines were doubled, as on the way through SMTP.
    DotsDoubled,
    /// White space was added at the end of lines.
    TrailingSpace,
    /// Lines were appended.
    Footer {
        /// How many.
        lines: usize,
        /// The first that is not empty; octets beyond ASCII replaced.
        first: String,
    },
    /// Lines were inserted.
    Inserted {
        /// How many.
        lines: usize,
        /// Behind so many lines of the body.
        after: usize,
        /// The first that is not empty; octets beyond ASCII replaced.
        first: String,
    },
    /// A field was added whose name the signature lists.
    FieldAdded {
        /// Its name.
        name: String,
    },
    /// Text was put before the subject.
    SubjectPrefix {
        /// The text.
        prefix: String,
    },
    /// The folding of fields was changed, which `simple` does not absorb.
    Refolded,
}

/// The change of the body that explains why its hash differs; `None` if none of those that are known
/// does.
pub fn body_change(body: &[u8], signature: &Signature<'_>) -> Option<ChangeMade> {
    if body.len() > LARGEST || signature.length.is_some() {
        return None;
    }
    let hash =
        |text: &[u8]| super::HashedBody::new(text, signature.body, signature.algorithm, None).hash;
    let is_original = |text: &[u8]| hash(text) == signature.body_hash;
    let lines = || body.split_inclusive(|octet| *octet == b'\n');
    let mapped = |change: fn(&[u8]) -> &[u8]| lines().map(change).collect::<Vec<_>>().concat();
    let is_quoted = |line: &[u8]| {
        let place = line.iter().position(|octet| *octet != b'>').unwrap_or(0);
        place > 0 && line.get(place..).is_some_and(|rest| rest.starts_with(b"From "))
    };
    if lines().any(is_quoted)
        && is_original(&mapped(|line| {
            let place = line.iter().position(|octet| *octet != b'>').unwrap_or(0);
            let is = place > 0 && line.get(place..).is_some_and(|rest| rest.starts_with(b"From "));
            if is { line.get(1..).unwrap_or_default() } else { line }
        }))
    {
        return Some(ChangeMade::FromQuoted);
    }
    if lines().any(|line| line.starts_with(b".."))
        && is_original(&mapped(|line| match line.starts_with(b"..") {
            true => line.get(1..).unwrap_or_default(),
            false => line,
        }))
    {
        return Some(ChangeMade::DotsDoubled);
    }
    let trimmed: Vec<u8> = lines()
        .flat_map(|line| {
            let end: &[u8] = if line.ends_with(b"\r\n") { b"\r\n" } else { b"" };
            [line.trim_ascii_end(), end].concat()
        })
        .collect();
    if trimmed.len() < body.len() && is_original(&trimmed) {
        return Some(ChangeMade::TrailingSpace);
    }
    lines_added(body, signature)
}

/// Looks for lines without which the body has the hash that was signed.
fn lines_added(body: &[u8], signature: &Signature<'_>) -> Option<ChangeMade> {
    let mut canonical = Vec::with_capacity(body.len() + 2);
    signature.body.body(body, |piece| canonical.extend_from_slice(piece));
    let lines: Vec<&[u8]> = canonical.split_inclusive(|octet| *octet == b'\n').collect();
    let is = |context: ring::digest::Context| context.finish().as_ref() == signature.body_hash;
    let shown = |added: &[&[u8]]| {
        let first = added.iter().map(|line| line.trim_ascii()).find(|line| !line.is_empty());
        let first = first.unwrap_or_default();
        String::from_utf8_lossy(first.get(..first.len().min(SHOWN)).unwrap_or_default())
            .into_owned()
    };
    // An empty line at the end is not hashed, so an original never ends in one.
    let mut before = context(signature.algorithm);
    let mut prefixes = Vec::with_capacity(lines.len() + 1);
    prefixes.push(before.clone());
    for (place, line) in lines.iter().enumerate() {
        before.update(line);
        if place + 1 < lines.len() && is(before.clone()) {
            let added = lines.get(place + 1..).unwrap_or_default();
            return Some(ChangeMade::Footer { lines: added.len(), first: shown(added) });
        }
        prefixes.push(before.clone());
    }
    let work = lines.len().saturating_mul(lines.len()).saturating_mul(canonical.len()) / 6;
    if work > MOST_HASHED {
        return None;
    }
    for (begin, before) in prefixes.iter().enumerate() {
        for end in begin + 1..lines.len() {
            let mut whole = before.clone();
            lines.get(end..).unwrap_or_default().iter().for_each(|line| whole.update(line));
            if is(whole) {
                let added = lines.get(begin..end).unwrap_or_default();
                let (lines, first) = (added.len(), shown(added));
                return Some(ChangeMade::Inserted { lines, after: begin, first });
            }
        }
    }
    None
}

/// The change of the header that explains why a signature does not verify though the body is what
/// was signed; `None` if none of those that are known does.
pub fn header_change(
    message: &Message<'_>,
    signature: &Signature<'_>,
    signed: &[SignedField<'_>],
    key: &PublicKey,
) -> Option<ChangeMade> {
    let mut tries = 0;
    let mut is_original = |fields: &[Vec<u8>]| {
        tries += 1;
        let fields = fields.iter().filter_map(|octets| Field::read(octets));
        let input = super::input::input(signature, fields);
        tries <= MOST_TRIES && verifies(key, signature.algorithm, &input, &signature.signature)
    };
    let octets: Vec<Vec<u8>> = signed
        .iter()
        .filter_map(|it| message.fields.get(it.place?))
        .map(|field| field.octets.to_vec())
        .take(200)
        .collect();
    let name = |octets: &[u8]| {
        let field = Field::read(octets);
        field.map(|it| String::from_utf8_lossy(it.name()).into_owned()).unwrap_or_default()
    };
    // A field that is listed and that an intermediary added, or repeated.
    for place in 0..octets.len() {
        let mut fewer = octets.clone();
        let added = fewer.remove(place);
        if is_original(&fewer) {
            return Some(ChangeMade::FieldAdded { name: name(&added) });
        }
    }
    if let Some(place) = octets.iter().position(|it| name(it).eq_ignore_ascii_case("subject"))
        && let Some(subject) = octets.get(place).and_then(|it| Field::read(it))
    {
        let value = subject.value();
        let begin = value.iter().position(|it| !it.is_ascii_whitespace()).unwrap_or(0);
        // `[list] `, `***SPAM*** `, `EXTERNAL: `, `Re: `
        let ends = value.iter().enumerate().skip(begin).filter(|(_, it)| b" ]*:".contains(*it));
        for (end, _) in ends.take(6) {
            let rest = value.get(end + 1..).unwrap_or_default().trim_ascii_start();
            let mut shorter = octets.clone();
            if let Some(field) = shorter.get_mut(place) {
                let lead = value.get(..begin).unwrap_or_default();
                *field = [subject.before_colon(), b":", lead, rest, b"\r\n"].concat();
            }
            if is_original(&shorter) {
                let prefix = value.get(begin..=end).unwrap_or_default();
                let prefix = String::from_utf8_lossy(prefix).into_owned();
                return Some(ChangeMade::SubjectPrefix { prefix });
            }
        }
    }
    let unfolded = |octets: &Vec<u8>| {
        let text = String::from_utf8_lossy(octets).into_owned();
        let text = text.trim_end_matches(['\r', '\n']).to_owned();
        [text.replace("\r\n\t", " ").replace("\r\n", "").into_bytes(), b"\r\n".to_vec()].concat()
    };
    let folded =
        |octets: &Vec<u8>| String::from_utf8_lossy(octets).replace("\r\n\t", "\r\n ").into_bytes();
    let variants: [Vec<Vec<u8>>; 2] =
        [octets.iter().map(unfolded).collect(), octets.iter().map(folded).collect()];
    variants.iter().any(|it| *it != octets && is_original(it)).then_some(ChangeMade::Refolded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::signature::{Canonicalization, Dialect, HashedBody, SigningAlgorithm};
    use base64::Engine as _;

    /// What is found when a body with this hash arrives as another.
    fn found(original: &str, arrived: &str) -> Option<ChangeMade> {
        let form = Canonicalization::Relaxed;
        let hash =
            HashedBody::new(original.as_bytes(), form, SigningAlgorithm::RsaSha256, None).hash;
        let hash = base64::engine::general_purpose::STANDARD.encode(hash);
        let field = format!(
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=s; h=From; bh={hash}; b=AAAA\r\n"
        );
        let field = Field::read(field.as_bytes()).expect("a field");
        let signature = Signature::read(field, Dialect::Dkim).expect("a signature");
        body_change(arrived.as_bytes(), &signature)
    }

    #[test]
    fn a_footer_is_found_and_its_first_line_named() {
        let footer = found("one\r\ntwo\r\n", "one\r\ntwo\r\n\r\n-- \r\nThe list\r\n");
        assert_eq!(footer, Some(ChangeMade::Footer { lines: 3, first: "--".into() }));
    }

    #[test]
    fn lines_within_a_part_are_found() {
        let inserted = found("--b\r\none\r\n--b--\r\n", "--b\r\none\r\nfooter\r\n--b--\r\n");
        let expected = ChangeMade::Inserted { lines: 1, after: 2, first: "footer".into() };
        assert_eq!(inserted, Some(expected));
    }

    #[test]
    fn the_quoting_of_an_mbox_is_found() {
        assert_eq!(found("a\r\nFrom b\r\n", "a\r\n>From b\r\n"), Some(ChangeMade::FromQuoted));
    }

    #[test]
    fn a_word_that_was_changed_is_not_explained() {
        assert_eq!(found("one\r\ntwo\r\n", "one\r\ntoo\r\n"), None);
    }
}
