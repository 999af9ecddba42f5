//! The terms of a record, however they are separated and spelt.

use super::network;
use super::value::{self, is_host, valued};
use super::{Word, meant};
use crate::protocols::spf::lint::{begins_term, glued};
use crate::text::slip::Slips;
use crate::text::typing::Cleaned;
use crate::text::{Phrase, Span};

/// Mechanisms that need a value behind a colon.
const VALUED: [&[u8]; 8] =
    [b"include", b"includes", b"ip4", b"ip6", b"ipv4", b"ipv6", b"ip", b"exists"];

/// Cuts the terms apart, at spaces, commas, semicolons and vertical bars.
pub(super) fn split(cleaned: &Cleaned, body: usize, slips: &mut Slips) -> Vec<Word> {
    let place = |at: usize| cleaned.places.get(at).map_or(0, |it| *it as usize);
    let mut words: Vec<Word> = Vec::new();
    let mut current: Option<(usize, Vec<u8>)> = None;
    let mut end = 0;
    let mut depth = 0_usize;
    for (at, octet) in cleaned.text.iter().copied().enumerate().skip(body) {
        match octet {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        // The delimiters of a macro stand in braces (RFC 7208 §7.1).
        let is_separator = octet == b' ' || depth == 0 && matches!(octet, b',' | b';' | b'|');
        if !is_separator {
            current.get_or_insert_with(|| (place(at), Vec::new())).1.push(octet);
            end = place(at) + 1;
            continue;
        }
        if octet != b' ' {
            let what = match octet {
                b',' => "a comma",
                b';' => "a semicolon",
                _ => "a vertical bar",
            };
            let says = Phrase::from(what).plain(" instead of a space");
            slips.certain(Span::new(place(at), place(at) + 1), says);
        }
        words
            .extend(current.take().map(|(start, text)| Word { text, span: Span::new(start, end) }));
    }
    words.extend(current.map(|(start, text)| Word { text, span: Span::new(start, end) }));
    words
}

/// The terms that were meant; `None` if that of one of them cannot be told.
pub(super) fn repair(words: Vec<Word>, slips: &mut Slips) -> Option<Vec<Vec<u8>>> {
    let words = joined(words, slips);
    let (words, is_two) = without_versions(words, slips);
    let mut terms: Vec<Vec<u8>> = Vec::new();
    let mut is_whole = true;
    for word in words {
        for word in parted(word, slips) {
            match corrected(&word, terms.last().map(Vec::as_slice), slips) {
                Some(corrected) => terms.extend(corrected),
                None => is_whole = false,
            }
        }
    }
    // Nobody is advised to let everyone pass, and of two ends it is not known which was meant.
    let ends: Vec<&Vec<u8>> = terms.iter().filter(|term| is_end(term)).collect();
    let is_open = ends.iter().any(|end| !matches!(end.first(), Some(b'-' | b'~' | b'?')));
    let is_doubtful = !is_two && ends.windows(2).any(|two| !two[0].eq_ignore_ascii_case(two[1]));
    for slip in &mut slips.0 {
        if slip.meant.as_deref().is_some_and(is_end) && (is_open || is_doubtful) {
            slip.meant = None;
            slip.is_certain = false;
            if is_open {
                slip.what = Phrase::new()
                    .code("+all")
                    .plain(" would let everyone pass: end the record with ")
                    .code("-all")
                    .plain(" or ")
                    .code("~all");
            }
            is_whole = false;
        }
    }
    if !is_whole {
        return None;
    }
    once(&mut terms);
    if is_two {
        one_end(&mut terms);
    }
    Some(terms)
}

// ── words that belong together ──────────────────────────────────────────────────────────────────

fn is_end(term: &[u8]) -> bool {
    unsigned(term).eq_ignore_ascii_case(b"all")
}

fn unsigned(word: &[u8]) -> &[u8] {
    match word.split_first() {
        Some((b'+' | b'-' | b'~' | b'?', rest)) => rest,
        _ => word,
    }
}

fn is_one_of(word: &[u8], known: &[&[u8]]) -> bool {
    known.iter().any(|it| it.eq_ignore_ascii_case(word))
}

fn joined(words: Vec<Word>, slips: &mut Slips) -> Vec<Word> {
    let mut joined: Vec<Word> = Vec::new();
    for word in words {
        let Some(last) = joined.last_mut() else {
            joined.push(word);
            continue;
        };
        let name = unsigned(&last.text);
        let span = Span { start: last.span.end, end: word.span.start };
        let is_sign = matches!(last.text.as_slice(), b"+" | b"-" | b"~" | b"?");
        let (bare, sign) = match name.split_last() {
            Some((sign @ (b':' | b'='), bare)) => (bare, Some(*sign)),
            _ => (name, None),
        };
        let is_name = |word: &[u8]| {
            let bare = unsigned(word);
            bare.len() < word.len()
                || bare.iter().any(|octet| b":=".contains(octet))
                || is_one_of(bare, &[b"all", b"a", b"mx", b"ptr"])
                || is_one_of(bare, &VALUED)
                || meant(bare, None).is_some()
        };
        let glue: &[u8] = match word.text.first() {
            _ if is_sign && word.text.first().is_some_and(u8::is_ascii_alphabetic) => b"",
            // `include: a.example`, and not `include: -all`
            Some(_)
                if sign.is_some()
                    && !bare.is_empty()
                    && !bare.contains(&b':')
                    && all(&word.text).is_none() =>
            {
                b""
            }
            // `include :a.example`, and then a colon that stands alone
            Some(b':' | b'=') if !name.is_empty() && !name.contains(&b':') => b"",
            // `ip4:192.0.2.0 /24`
            Some(b'/')
                if name.contains(&b':') && ends_in_number(name) && begins_prefix(&word.text) =>
            {
                b""
            }
            // `ip4:192.0.2.0/ 24`
            Some(_) if name.contains(&b':') && name.ends_with(b"/") && is_number(&word.text) => b"",
            // `ip4:192.0.2.0 255.255.255.0`
            Some(_) if network::is_netmask(&word.text) && is_address(name) => b"/",
            // `include a.example`
            Some(_) if is_one_of(name, &VALUED) && !is_name(&word.text) => b":",
            _ => {
                joined.push(word);
                continue;
            }
        };
        let says = match glue {
            b":" => "a space instead of a colon",
            b"/" => "a space instead of a slash",
            _ => "a space within the term",
        };
        last.text.extend_from_slice(glue);
        last.text.extend_from_slice(&word.text);
        if glue == b"/" {
            with_prefix(&mut last.text);
        }
        slips.meant(span, Phrase::from(says), last.text.clone(), true);
        last.span.end = word.span.end;
    }
    joined
}

/// Writes the netmask of a network as its prefix.
fn with_prefix(word: &mut Vec<u8>) {
    let (sign, rest) = word.split_at(word.len() - unsigned(word).len());
    let value = rest.rsplit(|octet| *octet == b':').next().unwrap_or(rest);
    let Some((terms, _)) = network::read(value) else { return };
    *word = [sign, &terms.join(&b' ')].concat();
}

fn is_number(word: &[u8]) -> bool {
    !word.is_empty() && word.iter().all(u8::is_ascii_digit)
}

/// True for an IPv4 address without a prefix, with or without its mechanism.
fn is_address(word: &[u8]) -> bool {
    let word = word.rsplit(|octet| *octet == b':').next().unwrap_or(word);
    std::str::from_utf8(word).is_ok_and(|it| it.parse::<std::net::Ipv4Addr>().is_ok())
}

fn ends_in_number(word: &[u8]) -> bool {
    word.last().is_some_and(|octet| octet.is_ascii_hexdigit() || *octet == b':')
}

fn begins_prefix(word: &[u8]) -> bool {
    word.get(1..).is_some_and(|rest| !rest.is_empty() && rest.iter().all(u8::is_ascii_digit))
}

// ── two records in one text ─────────────────────────────────────────────────────────────────────

/// The words without further versions, and whether there were any.
fn without_versions(words: Vec<Word>, slips: &mut Slips) -> (Vec<Word>, bool) {
    let before = words.len();
    let is_version = |word: &Word| is_one_of(&word.text, &[b"v=spf1", b"v:spf1"]);
    let mut kept = Vec::with_capacity(before);
    for word in words {
        if is_version(&word) {
            let says = Phrase::from("a second ")
                .code("v=spf1")
                .plain(": two records were pasted into one");
            slips.certain(word.span, says);
        } else {
            kept.push(word);
        }
    }
    let is_two = kept.len() < before;
    (kept, is_two)
}

/// Only one `all`, the mildest of them, at the end.
fn one_end(terms: &mut Vec<Vec<u8>>) {
    let is_all = |term: &[u8]| unsigned(term).eq_ignore_ascii_case(b"all");
    let mildness = |term: &&Vec<u8>| match term.first() {
        Some(b'-') => 1,
        Some(b'~') => 2,
        Some(b'?') => 3,
        // One who lets everyone pass in one record and not in another does not mean it.
        _ => 0,
    };
    let all = terms.iter().filter(|term| is_all(term)).max_by_key(mildness).cloned();
    terms.retain(|term| !is_all(term));
    let mut known = std::collections::HashSet::new();
    terms.retain(|term| known.insert(term.to_ascii_lowercase()));
    if let Some(all) = all {
        let is_modifier =
            |term: &Vec<u8>| term.iter().find(|it| b"=:/".contains(it)) == Some(&b'=');
        let at = terms.iter().position(is_modifier).unwrap_or(terms.len());
        terms.insert(at, all);
    }
}

/// `redirect` and `exp` once, where the second one says the same.
fn once(terms: &mut Vec<Vec<u8>>) {
    let mut known: Vec<Vec<u8>> = Vec::new();
    terms.retain(|term| {
        let term = term.to_ascii_lowercase();
        let is_single = term.starts_with(b"redirect=") || term.starts_with(b"exp=");
        let is_known = is_single && known.contains(&term);
        known.push(term);
        !is_known
    });
}

// ── words that are two ──────────────────────────────────────────────────────────────────────────

/// A word cut where spaces are missing.
fn parted(word: Word, slips: &mut Slips) -> Vec<Word> {
    let Some(next) = second(&word.text) else { return vec![word] };
    let (at, place) =
        (word.text.len() - next.len(), (word.span.end as usize).saturating_sub(next.len()));
    let what = Phrase::from("a space is missing before ").code(next);
    slips.certain(Span::new(place, (place + 1).min(word.span.end as usize)), what);
    let tail = Word { text: next.to_vec(), span: Span::new(place, word.span.end as usize) };
    let mut head = word;
    head.text.truncate(at);
    head.span = Span::new(head.span.start as usize, place);
    [parted(head, slips), parted(tail, slips)].concat()
}

/// The second of two terms that are written as one.
fn second(word: &[u8]) -> Option<&[u8]> {
    let behind = |name: &&[u8]| word.strip_prefix(*name).filter(|rest| begins_term(rest));
    let short = [&b"mx"[..], b"ptr", b"a"].iter().find_map(behind);
    short.or_else(|| glued(word).filter(|next| is_apart(word, next)))
}

/// True unless what stands before the second term is only the beginning of the same one:
/// `include:include:a.example`, `--all`.
fn is_apart(word: &[u8], next: &[u8]) -> bool {
    let before = word.get(..word.len() - next.len()).unwrap_or_default();
    before.iter().any(u8::is_ascii_alphanumeric)
        && !before.ends_with(b":")
        && !before.ends_with(b"=")
}

// ── one word ────────────────────────────────────────────────────────────────────────────────────

/// What a word was meant to be: no term, one, or several; `None` if that cannot be told.
fn corrected(word: &Word, before: Option<&[u8]>, slips: &mut Slips) -> Option<Vec<Vec<u8>>> {
    let bare = trimmed(&word.text);
    if bare.is_empty() {
        return Some(Vec::new());
    }
    if let Some(terms) = without_value(bare) {
        let lacking = match bare {
            b"+" => "a + without a mechanism",
            _ => "a colon without a name or an address",
        };
        let unknown = "; whether a sender was left out cannot be determined";
        slips.likely(word.span, Phrase::from(lacking).plain(unknown));
        return Some(terms);
    }
    if let Some(all) = all(bare) {
        if all != word.text && !all.eq_ignore_ascii_case(&word.text) {
            let terms = vec![all];
            slips.meant(word.span, Phrase::new(), terms.join(&b' '), true);
            return Some(terms);
        }
        return Some(vec![word.text.clone()]);
    }
    let (sign, rest) = bare.split_at(bare.len() - unsigned(bare).len());
    if network::is_netmask(rest) {
        slips.likely(word.span, Phrase::from("a netmask without its network"));
        return None;
    }
    // An address by itself; `a:2001:db8::1` is none that begins with `a`.
    let is_mechanism = rest.get(..2).is_some_and(|begin| begin.eq_ignore_ascii_case(b"a:"))
        && rest.get(2..).and_then(network::read).is_some();
    if let Some((terms, _)) = network::read(rest).filter(|_| !is_mechanism) {
        let terms: Vec<Vec<u8>> = terms.iter().map(|term| [sign, term].concat()).collect();
        slips.meant(word.span, Phrase::new(), terms.join(&b' '), true);
        return Some(terms);
    }
    let at = rest.iter().position(|octet| matches!(octet, b':' | b'='));
    let (name, behind) = rest.split_at(at.unwrap_or(rest.len()));
    let written = behind.first().copied();
    let given = behind.get(1..).unwrap_or_default();
    let is_short = |name: &[u8]| is_one_of(name, &[b"a", b"mx", b"ptr"]);
    // `mx/24` and `a/28` have their prefix behind the name.
    let prefixed = at.is_none() && rest.split(|octet| *octet == b'/').next().is_some_and(is_short);
    if prefixed || at.is_none() && is_short(rest) {
        return Some(vec![bare.to_vec()]);
    }
    if value::domain_of_mailbox(rest.strip_prefix(b"mailto:").unwrap_or(rest)).is_some() {
        slips.likely(word.span, Phrase::from(value::MAILBOX));
        return None;
    }
    let Some(written) = written else {
        // A host behind an include, with a comma or nothing between them.
        let is_listed =
            before.is_some_and(|it| unsigned(it).to_ascii_lowercase().starts_with(b"include:"));
        return match meant(name, None) {
            Some(meant) if !is_listed || !name.contains(&b'.') => {
                let terms = vec![[sign, meant.trim_end_matches([':', '=']).as_bytes()].concat()];
                slips.meant(word.span, Phrase::new(), terms.join(&b' '), true);
                Some(terms)
            }
            _ if is_listed && is_host(rest) => {
                let terms = vec![[b"include:", rest].concat()];
                slips.meant(word.span, Phrase::new(), terms.join(&b' '), false);
                Some(terms)
            }
            _ => None,
        };
    };
    let begin = meant(name, Some(written)).filter(|meant| is_close(name, written, meant));
    if begin.is_none() && written == b'=' && !is_close(name, written, "") {
        // An unknown modifier is legal, and ignored.
        return Some(vec![bare.to_vec()]);
    }
    let begin = begin.map_or_else(|| [name, &[written]].concat(), String::into_bytes);
    let term = valued(word, sign, &begin, given, slips)?;
    if term.len() == 1 && term.first().is_some_and(|term| *term == word.text) {
        return Some(term);
    }
    let said = slips.0.iter().any(|slip| slip.span == word.span);
    if !said {
        slips.meant(word.span, Phrase::new(), term.join(&b' '), true);
    }
    Some(term)
}

/// What is left of a word whose end is missing: nothing of `+`, `include:` and `ip4:`, which name
/// no sender, and `a/24` of `a:/24`, which is the domain itself (RFC 7208 §5.3, §5.4).
fn without_value(word: &[u8]) -> Option<Vec<Vec<u8>>> {
    if word == b"+" {
        return Some(Vec::new());
    }
    let (sign, rest) = word.split_at(word.len() - unsigned(word).len());
    let colon = rest.iter().position(|octet| *octet == b':')?;
    let (name, value) = (rest.get(..colon)?, rest.get(colon + 1..)?);
    match value.first() {
        None if is_one_of(name, &VALUED) => Some(Vec::new()),
        None | Some(b'/') if is_one_of(name, &[b"a", b"mx"]) => {
            Some(vec![[sign, name, value].concat()])
        }
        _ => None,
    }
}

/// True if a misspelt name is near enough to be no modifier of somebody's own.
fn is_close(name: &[u8], written: u8, meant: &str) -> bool {
    const LONG_WORD: usize = 6;
    let known = meant.trim_end_matches([':', '=']).as_bytes();
    written == b':'
        || name.len() >= LONG_WORD && !meant.is_empty()
        || name.eq_ignore_ascii_case(known)
        || name.get(..2).is_some_and(|begin| begin.eq_ignore_ascii_case(b"ip"))
}

/// `all` with its qualifier, from what is near it: `-all.`, `all-`, `--all`, `-alll`.
fn all(word: &[u8]) -> Option<Vec<u8>> {
    let is_sign = |octet: &u8| b"+-~?".contains(octet);
    let letters: Vec<u8> =
        word.iter().copied().filter(|octet| !is_sign(octet) && !b".:".contains(octet)).collect();
    let signs: Vec<u8> = word.iter().copied().filter(is_sign).collect();
    let is_all = letters.eq_ignore_ascii_case(b"all")
        || meant(&letters, None).is_some_and(|meant| meant == "all") && !signs.is_empty();
    let is_one_sign = signs.windows(2).all(|two| two[0] == two[1]);
    if !is_all || !is_one_sign {
        return None;
    }
    let is_right = unsigned(word).eq_ignore_ascii_case(b"all");
    match is_right {
        true => Some(word.to_vec()),
        false => Some([signs.get(..1).unwrap_or_default(), b"all"].concat()),
    }
}

/// A word without the punctuation around it that has no meaning in a record.
fn trimmed(word: &[u8]) -> &[u8] {
    let is_stray = |octet: &u8| b"()[]".contains(octet);
    let start = word.iter().position(|octet| !is_stray(octet)).unwrap_or(word.len());
    let end = word.iter().rposition(|octet| !is_stray(octet)).map_or(start, |last| last + 1);
    word.get(start..end).unwrap_or_default()
}
