//! The text of an SPF record as words between spaces, changed without touching the others.

use crate::net::Cidr;
use crate::text::Span;

/// What becomes of a word.
pub(super) enum Word {
    /// It stays as it is.
    Keep,
    /// It goes.
    Drop,
    /// Something else stands in its place.
    Put(Vec<u8>),
}

/// The record with each word behind the version kept, dropped or replaced as `decide` says of its
/// place and its text. One space is left between words.
pub(super) fn reword(text: &[u8], mut decide: impl FnMut(Span, &[u8]) -> Word) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (index, word) in words(text).enumerate() {
        let decided = if index == 0 { Word::Keep } else { decide(Span::within(text, word), word) };
        let word: &[u8] = match &decided {
            Word::Keep => word,
            Word::Drop => continue,
            Word::Put(other) => other,
        };
        if !out.is_empty() {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
    out
}

/// The record without the words at some places.
pub(super) fn without(text: &[u8], spans: &[Span]) -> Vec<u8> {
    // Sorted, so that a hostile record of 30,000 terms costs no quadratic search.
    let mut spans = spans.to_vec();
    spans.sort_unstable();
    reword(text, |span, _| match spans.binary_search(&span) {
        Ok(_) => Word::Drop,
        Err(_) => Word::Keep,
    })
}

/// The words of a record, its version included.
pub(super) fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|octet| *octet == b' ').filter(|word| !word.is_empty())
}

/// The record with a term added: before `all`, before a redirect, or at the end.
pub(super) fn with_term(text: &[u8], term: &[u8]) -> Vec<u8> {
    let is_end = |word: &[u8]| {
        let bare = word.strip_prefix(b"-").or(word.strip_prefix(b"~")).unwrap_or(word);
        let bare = bare.strip_prefix(b"?").or(bare.strip_prefix(b"+")).unwrap_or(bare);
        bare.eq_ignore_ascii_case(b"all")
            || bare.get(..9).is_some_and(|word| word.eq_ignore_ascii_case(b"redirect="))
    };
    let mut term = Some(term);
    let mut out = reword(text, |_, word| match term.take_if(|_| is_end(word)) {
        Some(term) => Word::Put([term, word].join(&b' ')),
        None => Word::Keep,
    });
    if let Some(term) = term {
        out.push(b' ');
        out.extend_from_slice(term);
    }
    out
}

/// The record with each word that holds a fault corrected; `None` if for one of them it is not sure
/// what was meant. `meant` knows how a misspelt term was meant to begin.
pub(super) fn corrected(
    text: &[u8],
    faults: &[Span],
    meant: impl Fn(&[u8], Option<u8>) -> Option<String>,
) -> Option<Vec<u8>> {
    let is_faulty = |word: &[u8]| {
        let span = Span::within(text, word);
        faults.iter().any(|at| span.start <= at.start && at.start <= span.end)
    };
    let mut out: Vec<Vec<u8>> = Vec::new();
    let mut words = words(text).peekable();
    out.push(words.next()?.to_vec());
    while let Some(word) = words.next() {
        if !is_faulty(word) {
            out.push(word.to_vec());
            continue;
        }
        // `ip4: 192.0.2.1` and `include example.com`: the value slipped into the next word.
        let is_open = [&b"ip4"[..], b"ip6", b"include", b"exists"]
            .iter()
            .any(|name| word.strip_suffix(b":").unwrap_or(word).eq_ignore_ascii_case(name));
        if let Some(value) = words.next_if(|_| is_open) {
            let name = word.strip_suffix(b":").unwrap_or(word);
            let value = bare(value.strip_prefix(b":").unwrap_or(value));
            out.push([name, b":", value].concat());
            continue;
        }
        match correct(word, &meant)? {
            word if word.is_empty() => {}
            word => out.push(word),
        }
    }
    Some(out.join(&b' '))
}

/// What a faulty word was meant to be; empty if it is punctuation that means nothing.
fn correct(word: &[u8], meant: impl Fn(&[u8], Option<u8>) -> Option<String>) -> Option<Vec<u8>> {
    let bare = bare(word);
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

    #[test]
    fn a_term_is_added_before_what_decides_for_everybody() {
        let texts: [&[u8]; 4] =
            [b"v=spf1 mx -ALL", b"v=spf1 redirect=a.b", b"v=spf1 mx", b"v=spf1 ~all all"];
        assert_eq!(
            texts.map(|text| String::from_utf8_lossy(&with_term(text, b"a")).into_owned()),
            ["v=spf1 mx a -ALL", "v=spf1 a redirect=a.b", "v=spf1 mx a", "v=spf1 a ~all all"]
        );
    }

    #[test]
    fn a_word_that_goes_takes_its_space_along() {
        let text = b"v=spf1  a mx  -all";
        assert_eq!(without(text, &[Span::new(8, 9)]), b"v=spf1 mx -all");
    }

    fn mended(text: &str) -> Option<String> {
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
            assert_eq!(mended(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_may_have_been_meant_in_several_ways_is_left_to_the_owner() {
        for text in ["v=spf1 foo -all", "v=spf1 ip4:192.0.2.300 -all", "v=spf1 ip4:host.example"] {
            let mended = mended(text);
            let is_sound = |text: &String| {
                crate::protocols::spf::grammar::parse(text.as_bytes()).errors.is_empty()
            };
            assert!(!mended.as_ref().is_some_and(is_sound), "{mended:?}");
        }
    }
}
