//! What somebody meant who wrote something else.

/// Words that begin a term, and what stands behind them.
const TERMS: [(&str, &str); 11] = [
    ("all", ""),
    ("include", ":"),
    ("a", ":"),
    ("mx", ":"),
    ("ptr", ":"),
    ("ip4", ":"),
    ("ip6", ":"),
    ("exists", ":"),
    ("redirect", "="),
    ("exp", "="),
    ("v", "=spf1"),
];

/// Words for a term that other languages or products use.
const FOREIGN: [(&str, &str); 6] = [
    ("ipv4", "ip4:"),
    ("ipv6", "ip6:"),
    ("ip", "ip4:"),
    ("includes", "include:"),
    ("exist", "exists:"),
    ("explanation", "exp="),
];

/// The longest word that is compared, in octets: much longer than any term's.
const WORD_LIMIT: usize = 16;

/// How the term was probably meant to begin, if `word` (what stands before `sign`) is not right:
/// `al` → `all`, `inlcude` → `include:`, `ipv4` → `ip4:`, `include=` → `include:`.
pub fn meant(word: &[u8], sign: Option<u8>) -> Option<String> {
    let word = word.to_ascii_lowercase();
    let foreign = FOREIGN.iter().find(|(known, _)| known.as_bytes() == word);
    if let Some((_, meant)) = foreign {
        return Some((*meant).to_owned());
    }
    let (known, follows) = closest(&word)?;
    // `aip4:` and `mxinclude:` are two terms without a blank between them, and no slip.
    let glued = word.strip_suffix(known.as_bytes());
    if glued.is_some_and(|first| [&b"a"[..], b"mx", b"ptr", b"all"].contains(&first)) {
        return None;
    }
    let spelt_right = known.as_bytes() == word;
    let sign_right = sign.is_none() || follows.as_bytes().first().copied() == sign;
    match (spelt_right, sign) {
        (true, _) if sign_right => None,
        // `a`, `mx` and `ptr` need no name, and neither does `all`.
        (_, None) => Some(known.to_owned()),
        _ => Some(format!("{known}{follows}")),
    }
}

/// Where a space was probably forgotten: the second of two terms that were read as one.
/// `include:a.example-all` → `-all`, `ip4:192.0.2.1ip4:192.0.2.2` → `ip4:192.0.2.2`.
pub(crate) fn glued(term: &[u8]) -> Option<&[u8]> {
    let (before, end) = term.split_last_chunk::<4>()?;
    let is_all =
        matches!(end, [b'+' | b'-' | b'~' | b'?', all @ ..] if all.eq_ignore_ascii_case(b"all"));
    if is_all && !before.is_empty() {
        return Some(end);
    }
    let value = term.iter().position(|octet| matches!(octet, b':' | b'='))? + 1;
    (value..term.len()).filter_map(|start| term.get(start..)).find(|rest| begins_term(rest))
}

/// True at `include:`, `ip4:` and the like; `a:` and `mx:` may be the end of another word.
pub(crate) fn begins_term(text: &[u8]) -> bool {
    TERMS.iter().filter(|(word, sign)| word.len() > 2 && !sign.is_empty()).any(|(word, sign)| {
        text.split_at_checked(word.len()).is_some_and(|(head, rest)| {
            head.eq_ignore_ascii_case(word.as_bytes()) && rest.starts_with(sign.as_bytes())
        })
    })
}

/// The word of a term that is at most one slip away, or two in a long word.
fn closest(word: &[u8]) -> Option<(&'static str, &'static str)> {
    if word.len() > WORD_LIMIT {
        return None;
    }
    if let Some(right) = TERMS.iter().find(|(known, _)| known.as_bytes() == word) {
        return Some(*right);
    }
    let most = |known: &str| known.len().saturating_sub(1).div_euclid(2).min(2);
    TERMS
        .iter()
        // Each letter more or less is a slip.
        .filter(|(known, _)| known.len().abs_diff(word.len()) <= most(known))
        .map(|(known, follows)| (slips(known.as_bytes(), word), *known, *follows))
        .filter(|(slips, known, _)| *slips <= most(known))
        .min_by_key(|(slips, ..)| *slips)
        .map(|(_, known, follows)| (known, follows))
}

/// How many letters were left out, put in, mistaken or swapped with their neighbour (the
/// restricted Damerau-Levenshtein distance).
fn slips(known: &[u8], word: &[u8]) -> usize {
    let mut before = vec![0; word.len() + 1];
    let mut last: Vec<usize> = (0..=word.len()).collect();
    for (row, letter) in known.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, other) in word.iter().enumerate() {
            let mistaken = last[column] + usize::from(letter != other);
            let mut least = mistaken.min(last[column + 1] + 1).min(next[column] + 1);
            let swapped =
                row > 0 && column > 0 && known[row - 1] == *other && *letter == word[column - 1];
            if swapped {
                least = least.min(before[column - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut last, next);
    }
    last[word.len()]
}

#[cfg(test)]
mod tests {
    use super::{glued, meant};

    #[test]
    fn slips_of_the_keyboard_are_recognised() {
        let cases: [(&str, Option<u8>, &str); 8] = [
            ("al", None, "all"),
            ("alll", None, "all"),
            ("inlcude", Some(b':'), "include:"),
            ("ipv4", Some(b':'), "ip4:"),
            ("ip5", Some(b':'), "ip4:"),
            ("include", Some(b'='), "include:"),
            ("redirect", Some(b':'), "redirect="),
            ("mx", Some(b'='), "mx:"),
        ];
        for (word, sign, expected) in cases {
            assert_eq!(meant(word.as_bytes(), sign).as_deref(), Some(expected), "{word}");
        }
    }

    #[test]
    fn other_words_are_left_alone() {
        for word in ["ra", "rp", "rr", "foo", "b", "include", "extra", "x-include-us"] {
            assert_eq!(meant(word.as_bytes(), None), None, "{word}");
        }
    }

    #[test]
    fn a_space_that_was_forgotten_is_recognised() {
        let cases = [
            ("include:a.exampleinclude:b.example", "include:b.example"),
            ("ip4:192.0.2.0/25IP4:192.0.2.128/25", "IP4:192.0.2.128/25"),
            ("include:a.example-all", "-all"),
            ("redirect=a.example~ALL", "~ALL"),
        ];
        for (term, expected) in cases {
            assert_eq!(glued(term.as_bytes()), Some(expected.as_bytes()), "{term}");
        }
    }

    #[test]
    fn a_term_that_is_one_is_not_taken_apart() {
        for term in ["-all", "include:include.example", "ip6:2001:db8::1", "a", "exists:%{i}.a", ""]
        {
            assert_eq!(glued(term.as_bytes()), None, "{term}");
        }
    }
}
