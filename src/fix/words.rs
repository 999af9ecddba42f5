//! What the faulty words of an SPF record were meant to be.

use crate::net::Cidr;
use crate::protocols::spf::edit::{Edit, edit, words};
use crate::text::Span;

/// The record with each word that holds a fault corrected; `None` if for one of them it is not sure
/// what was meant. `meant` knows how a misspelt term was meant to begin.
pub(super) fn corrected(
    text: &[u8],
    faults: &[Span],
    meant: impl Fn(&[u8], Option<u8>) -> Option<String>,
) -> Option<Vec<u8>> {
    let is_faulty =
        |span: Span| faults.iter().any(|at| span.start <= at.start && at.start <= span.end);
    let mut edits = Vec::new();
    let mut words = words(text).skip(1).peekable();
    while let Some((span, word)) = words.next() {
        if !is_faulty(span) {
            edits.push(Edit::Keep);
            continue;
        }
        // `ip4: 192.0.2.1` and `include example.com`: the value slipped into the next word.
        let name = word.strip_suffix(b":").unwrap_or(word);
        let is_open = [&b"ip4"[..], b"ip6", b"include", b"exists"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known));
        if let Some((_, value)) = words.next_if(|_| is_open) {
            let value = bare(value.strip_prefix(b":").unwrap_or(value));
            edits.extend([Edit::Replace([name, b":", value].concat()), Edit::Drop]);
            continue;
        }
        edits.push(match correct(word, &meant)? {
            word if word.is_empty() => Edit::Drop,
            word => Edit::Replace(word),
        });
    }
    let mut edits = edits.into_iter();
    Some(edit(text, |_, _| edits.next().unwrap_or(Edit::Keep)))
}

/// What a faulty word was meant to be; empty if it is punctuation that means nothing.
fn correct(word: &[u8], meant: impl Fn(&[u8], Option<u8>) -> Option<String>) -> Option<Vec<u8>> {
    let bare = bare(word);
    // `a:2001:db8::1` is no address that begins with `a`: the word before the colon is a mechanism.
    if let Some(value) = bare.strip_prefix(b"a:").or(bare.strip_prefix(b"A:"))
        && let Some(network) = network(value)
    {
        return Some(network);
    }
    if let Some(network) = network(bare) {
        return Some(network);
    }
    let (sign, rest) = match bare.split_first() {
        Some((sign, rest)) if b"+-~?".contains(sign) => (&bare[..1], rest),
        _ => (&bare[..0], bare),
    };
    let sign_at = rest.iter().position(|octet| matches!(octet, b':' | b'='));
    let (name, value) = rest.split_at(sign_at.unwrap_or(rest.len()));
    let value = value.get(1..).unwrap_or_default();
    let name_of = |word: &[u8]| meant(word, rest.get(sign_at?).copied());
    let begin = match sign_at {
        Some(_) => name_of(name),
        None => meant(name, None),
    };
    let begin = begin.map_or_else(
        || rest.get(..sign_at.map_or(rest.len(), |at| at + 1)).unwrap_or_default().to_vec(),
        String::into_bytes,
    );
    // The family follows from the address, not from the word before it.
    if matches!(begin.as_slice(), b"ip4:" | b"ip6:")
        && let Some(network) = network(value)
    {
        return Some([sign, &network].concat());
    }
    let whole = [sign, &begin, value].concat();
    (whole != word).then_some(whole)
}

/// A word without the punctuation around it that has no meaning in a record.
fn bare(word: &[u8]) -> &[u8] {
    let is_stray = |octet: &u8| b";,\"'\\".contains(octet);
    let start = word.iter().position(|octet| !is_stray(octet)).unwrap_or(word.len());
    let end = word.iter().rposition(|octet| !is_stray(octet)).map_or(start, |last| last + 1);
    word.get(start..end).unwrap_or_default()
}

/// An address or a network as a term.
fn network(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let cidr: Cidr = text.parse().ok()?;
    let word = if text.contains(':') { "ip6" } else { "ip4" };
    (cidr.prefix() > 0).then(|| format!("{word}:{text}").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> Option<String> {
        let parsed = crate::protocols::spf::grammar::parse(text.as_bytes());
        let faults: Vec<Span> = parsed.errors.iter().map(|error| error.span).collect();
        let text = corrected(text.as_bytes(), &faults, crate::protocols::spf::lint::meant)?;
        Some(String::from_utf8_lossy(&text).into_owned())
    }

    #[test]
    fn what_can_have_been_meant_in_one_way_only_is_written_so() {
        let cases = [
            ("v=spf1 ipv4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"),
            ("v=spf1 inlcude:a.example -all", "v=spf1 include:a.example -all"),
            ("v=spf1 include a.example -all", "v=spf1 include:a.example -all"),
            ("v=spf1 ip4: 192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"),
            ("v=spf1 192.0.2.0/24 -all", "v=spf1 ip4:192.0.2.0/24 -all"),
            ("v=spf1 ip4:2001:db8::1 -all", "v=spf1 ip6:2001:db8::1 -all"),
            ("v=spf1 include:a.example; -all;", "v=spf1 include:a.example -all"),
            ("v=spf1 a -al", "v=spf1 a -all"),
            ("v=spf1 mx ; -all", "v=spf1 mx -all"),
        ];
        for (text, expected) in cases {
            assert_eq!(repaired(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_may_have_been_meant_in_several_ways_is_left_to_the_owner() {
        for text in ["v=spf1 foo -all", "v=spf1 ip4:192.0.2.300 -all", "v=spf1 ip4:host.example"] {
            let repaired = repaired(text);
            let is_sound = |text: &String| {
                crate::protocols::spf::grammar::parse(text.as_bytes()).errors.is_empty()
            };
            assert!(!repaired.as_ref().is_some_and(is_sound), "{repaired:?}");
        }
    }
}
