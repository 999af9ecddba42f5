//! The one editor of SPF text: words that go, come or change, and nothing else.
//!
//! A record is edited as words between spaces, so that a record with faults can be edited too. All
//! that is not touched stays octet for octet, its spaces included.

use crate::text::Span;

/// What becomes of a word.
pub enum Edit {
    /// It stays as it is.
    Keep,
    /// It goes, with the spaces before it.
    Drop,
    /// Something else stands in its place.
    Replace(Vec<u8>),
}

/// The words of a record with their places, its version first.
pub fn words(text: &[u8]) -> impl Iterator<Item = (Span, &[u8])> {
    let words = text.split(|octet| *octet == b' ').filter(|word| !word.is_empty());
    words.map(|word| (Span::within(text, word), word))
}

/// The record with each word behind the version kept, dropped or replaced, as `decide` says of its
/// place and its text.
pub fn edit(text: &[u8], mut decide: impl FnMut(Span, &[u8]) -> Edit) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut copied = 0;
    for (span, word) in words(text).skip(1) {
        let (start, end) = (span.start as usize, span.end as usize);
        let spaces = text.get(copied..start).unwrap_or_default();
        match decide(span, word) {
            Edit::Keep => out.extend([spaces, word].concat()),
            Edit::Replace(other) => out.extend([spaces, &other].concat()),
            // Behind the first word they follow the version, which stays.
            Edit::Drop => out.extend_from_slice(spaces.trim_ascii_end()),
        }
        copied = end;
    }
    out.extend_from_slice(text.get(copied..).unwrap_or_default());
    out
}

/// The record without the words at some places.
pub fn without(text: &[u8], spans: &[Span]) -> Vec<u8> {
    // Sorted, so that a hostile record of 30,000 terms costs no quadratic search.
    let mut spans = spans.to_vec();
    spans.sort_unstable();
    edit(text, |span, _| match spans.binary_search(&span) {
        Ok(_) => Edit::Drop,
        Err(_) => Edit::Keep,
    })
}

/// The record with a term, or several with a space between them, put where it counts: before
/// `all`, else before `redirect`, else at the end. A modifier is put at the end.
pub fn with(text: &[u8], term: &[u8]) -> Vec<u8> {
    let is_all = |word: &[u8]| bare(word).eq_ignore_ascii_case(b"all");
    let find = |is_it: &dyn Fn(&[u8]) -> bool| {
        words(text).skip(1).find(|(_, word)| is_it(word)).map(|(span, _)| span.start as usize)
    };
    let stop = match is_modifier(term) {
        true => None,
        false => find(&is_all).or_else(|| find(&is_redirect)),
    };
    let end = text.trim_ascii_end().len();
    let (before, after) = text.split_at(stop.unwrap_or(end));
    match stop {
        Some(_) => [before, term, b" ", after].concat(),
        None => [before, b" ", term, after].concat(),
    }
}

/// A word without its qualifier.
fn bare(word: &[u8]) -> &[u8] {
    match word.split_first() {
        Some((b'+' | b'-' | b'~' | b'?', rest)) => rest,
        _ => word,
    }
}

fn is_redirect(word: &[u8]) -> bool {
    word.get(..9).is_some_and(|name| name.eq_ignore_ascii_case(b"redirect="))
}

/// True for `name=value` (RFC 7208 §4.6.1): of the marks that end a name, `=` comes first.
fn is_modifier(term: &[u8]) -> bool {
    term.iter().find(|octet| b"=:/ ".contains(octet)) == Some(&b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str, term: &str) -> String {
        String::from_utf8_lossy(&with(text.as_bytes(), term.as_bytes())).into_owned()
    }

    #[test]
    fn a_term_is_put_where_it_counts_and_the_rest_stays_octet_for_octet() {
        let cases = [
            ("v=spf1 a -all", "v=spf1 a mx -all"),
            ("v=spf1 a -ALL", "v=spf1 a mx -ALL"),
            ("v=spf1 -all a", "v=spf1 mx -all a"),
            ("v=spf1 ~all all", "v=spf1 mx ~all all"),
            ("v=spf1 redirect=a.example", "v=spf1 mx redirect=a.example"),
            ("v=spf1 redirect=a.example a", "v=spf1 mx redirect=a.example a"),
            ("v=spf1 a REDIRECT=a.example", "v=spf1 a mx REDIRECT=a.example"),
            ("v=spf1 redirect=a.example a -all", "v=spf1 redirect=a.example a mx -all"),
            ("v=spf1 -all redirect=a.example", "v=spf1 mx -all redirect=a.example"),
            ("v=spf1 exp=x.example a -all", "v=spf1 exp=x.example a mx -all"),
            ("v=spf1  a -all exp=x.example", "v=spf1  a mx -all exp=x.example"),
            ("v=spf1 a exp=x.example", "v=spf1 a exp=x.example mx"),
            ("v=spf1  a   ?all ", "v=spf1  a   mx ?all "),
            ("v=spf1 a:all.example", "v=spf1 a:all.example mx"),
            ("V=SPF1 ", "V=SPF1 mx "),
            ("v=spf1", "v=spf1 mx"),
        ];
        for (text, expected) in cases {
            assert_eq!(added(text, "mx"), expected, "{text}");
        }
    }

    #[test]
    fn a_modifier_is_put_at_the_end() {
        let texts = ["exp=x.example", "redirect=x.example", "a:x.example/24"];
        assert_eq!(
            texts.map(|term| added("v=spf1 a -all", term)),
            [
                "v=spf1 a -all exp=x.example",
                "v=spf1 a -all redirect=x.example",
                "v=spf1 a a:x.example/24 -all"
            ]
        );
    }

    #[test]
    fn a_word_that_goes_takes_the_spaces_before_it_along() {
        let text = b"v=spf1  a mx  -all ";
        let removed = [Span::new(8, 9), Span::new(14, 18)];
        assert_eq!(without(text, &removed), b"v=spf1 mx ");
    }

    #[test]
    fn the_version_is_no_word_that_can_go() {
        assert_eq!(edit(b"v=spf1 a", |_, _| Edit::Drop), b"v=spf1");
    }
}
