//! The record that somebody meant, read from the one that somebody wrote.
//!
//! A receiver discards a record without the exact version, and a tag without a valid value
//! (RFC 9989 §4.8). A missing semicolon, `mailto` forgotten or `p=rejected` leave no doubt of what was
//! meant; `p=block` does.

mod value;

use self::value::{address, addresses, both_lists, options_apart, swapped, word};
use super::grammar;
use crate::text::loose_tags::{self, LooseTag};
use crate::text::slip::Slips;
use crate::text::{Phrase, Repair, Span};

/// The longest text that is read, in octets.
const TEXT_LIMIT: usize = 4096;

/// What is wrong with two tags of one name.
const TWICE: &str = " are in one record; each tag is allowed only once";

/// The names of tags, with those that people write for them.
const NAMES: [&str; 16] = [
    "v", "p", "sp", "np", "adkim", "aspf", "t", "psd", "fo", "rua", "ruf", "pct", "rf", "ri",
    "policy", "dmarc1",
];

/// Reads a text that was meant as a DMARC record; `None` if it was not, as far as can be seen.
///
/// A record without a slip comes back as it is.
pub fn repair(text: &[u8]) -> Option<Repair> {
    let is_named =
        |word: &[u8]| text.windows(word.len()).any(|octets| octets.eq_ignore_ascii_case(word));
    if text.len() > TEXT_LIMIT || !is_named(b"dmarc") {
        return None;
    }
    let parsed = grammar::parse(text);
    let is_sound = parsed.as_ref().is_some_and(|parsed| parsed.errors.is_empty());
    let mut slips = Slips::default();
    let tags = loose_tags::read(text, &NAMES, &mut slips);
    if is_sound {
        slips = Slips::default();
    }
    let tags = versioned(joined(tags, &mut slips), &mut slips)?;
    let tags = respelt(tags, &mut slips);
    let tags = match is_sound {
        true => Some(readable(tags, &mut slips)),
        false => corrected(tags, &mut slips),
    };
    if !is_sound && slips.0.is_empty() && text.trim_ascii_end().ends_with(b",") {
        let end = text.trim_ascii_end().len();
        slips.certain(Span::new(end - 1, end), Phrase::from("a comma has no address behind it"));
    }
    let slips = slips.sorted();
    if slips.is_empty() {
        return Some(Repair { slips, text: is_sound.then(|| text.to_vec()) });
    }
    let meant = tags.map(|tags| {
        let tags: Vec<Vec<u8>> = in_order(tags).iter().map(LooseTag::written).collect();
        tags.join(&b"; "[..])
    });
    let is_valid = |text: &Vec<u8>| {
        grammar::parse(text.as_slice()).is_some_and(|parsed| parsed.errors.is_empty())
    };
    Some(Repair { slips, text: meant.filter(is_valid) })
}

// ── the version ─────────────────────────────────────────────────────────────────────────────────

/// The tags with `v=DMARC1` before the others; `None` if no version stands among them.
fn versioned(tags: Vec<LooseTag>, slips: &mut Slips) -> Option<Vec<LooseTag>> {
    let at = tags.iter().position(is_version)?;
    let mut tags = tags;
    let mut version = tags.remove(at);
    let wrong = || Phrase::new().code(version.written()).plain(" instead of ").code("v=DMARC1");
    if version.name != b"v" || version.value != b"DMARC1" {
        slips.certain(version.span, wrong());
    }
    if at > 0 {
        let says = Phrase::new().code("v=DMARC1").plain(" has to be the first tag");
        slips.certain(version.span, says);
    }
    version.name = b"v".to_vec();
    version.value = b"DMARC1".to_vec();
    // A second version says nothing.
    tags.retain(|tag| !is_version(tag));
    tags.insert(0, version);
    Some(tags)
}

/// True for `v=DMARC1` and what people write in its place.
fn is_version(tag: &LooseTag) -> bool {
    let value = match tag.name.as_slice() {
        b"v" | b"" => tag.value.as_slice(),
        b"dmarc1" => return true,
        _ => return false,
    };
    let word: Vec<u8> = value.iter().filter(|it| it.is_ascii_alphanumeric()).copied().collect();
    let word = word.to_ascii_lowercase();
    let word = if tag.name.is_empty() { word.strip_prefix(b"v").unwrap_or(&word) } else { &word };
    match word.strip_prefix(b"dmarc") {
        // Another number may be another standard.
        Some(rest) => matches!(rest, b"" | b"1" | b"l" | b"i" | b"10"),
        None => false,
    }
}

// ── tags that belong together ───────────────────────────────────────────────────────────────────

/// Addresses that a semicolon cut off from their tag go back to it.
fn joined(tags: Vec<LooseTag>, slips: &mut Slips) -> Vec<LooseTag> {
    let mut joined = Vec::with_capacity(tags.len());
    for mut tag in tags {
        if matches!(tag.name.as_slice(), b"rua" | b"ruf") {
            let mut parts = tag.value.split(|octet| *octet == b';').map(<[u8]>::trim_ascii);
            let mut value = parts.next().unwrap_or_default().to_vec();
            let mut rest = Vec::new();
            for part in parts.filter(|part| !part.is_empty()) {
                if part.contains(&b'@') && address(part).is_some() {
                    value = [value.as_slice(), b",", part].concat();
                    let says = Phrase::from("a semicolon instead of a comma before ");
                    slips.certain(tag.span, says.code(part));
                } else {
                    rest.push(part.to_vec());
                }
            }
            tag.value = value;
            let span = tag.span;
            joined.push(tag);
            let rest = rest.into_iter().map(|value| LooseTag { name: Vec::new(), value, span });
            joined.extend(rest);
            continue;
        }
        let mut parts = tag.value.split(|octet| *octet == b';').map(<[u8]>::trim_ascii);
        let value = parts.next().unwrap_or_default().to_vec();
        let rest: Vec<Vec<u8>> =
            parts.filter(|part| !part.is_empty()).map(<[u8]>::to_vec).collect();
        tag.value = value;
        let span = tag.span;
        joined.push(tag);
        joined.extend(rest.into_iter().map(|value| LooseTag { name: Vec::new(), value, span }));
    }
    joined
}

/// The names that are long enough to be known although a letter of them is wrong.
const LONG_NAMES: [&str; 6] = ["adkim", "aspf", "rua", "ruf", "policy", "pct"];

/// The name and the value of a tag that has a space for its equals sign: `p reject`.
fn spaced(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (Some(name), Some(value), None) = (words.next(), words.next(), words.next()) else {
        return None;
    };
    let is_name = NAMES.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name));
    let is_plain = !value.iter().any(|octet| b"=:".contains(octet)) || value.contains(&b'@');
    (is_name && is_plain).then(|| (name.to_ascii_lowercase(), value.to_vec()))
}

/// Tags with a misspelt name, under the one that was meant and is not there.
fn respelt(tags: Vec<LooseTag>, slips: &mut Slips) -> Vec<LooseTag> {
    let mut known: Vec<Vec<u8>> = tags.iter().map(|tag| tag.name.clone()).collect();
    let mut tags = tags;
    if !known.iter().any(|name| matches!(name.as_slice(), b"p" | b"policy")) {
        named_policy(&mut tags, slips);
    }
    known.extend(tags.iter().map(|tag| tag.name.clone()));
    for tag in tags.iter_mut().filter(|tag| tag.name.is_empty()) {
        if let Some((name, value)) = spaced(&tag.value)
            && !known.contains(&name)
        {
            (tag.name, tag.value) = (name, value);
            known.push(tag.name.clone());
            slips.meant(tag.span, Phrase::from("a space instead of ="), tag.written(), true);
            continue;
        }
        let Some(at) = tag.value.iter().position(|octet| *octet == b'=') else { continue };
        let (name, value) = tag.value.split_at(at);
        let name = String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase();
        let near = |known: &&&str| name.len() > 2 && swapped(&name, known) == 1;
        let mut near = LONG_NAMES.iter().filter(near);
        // Of two that are as near it is not known which was meant.
        let (Some(meant), None) = (near.next(), near.next()) else { continue };
        let meant = if *meant == "policy" { "p" } else { meant };
        if known.iter().any(|name| name == meant.as_bytes()) {
            continue;
        }
        let value = value.get(1..).unwrap_or_default().trim_ascii().to_vec();
        tag.name = meant.as_bytes().to_vec();
        tag.value = value;
        known.push(tag.name.clone());
        let says = Phrase::new().code(name).plain(" is an unknown tag");
        slips.meant(tag.span, says, tag.written(), true);
    }
    tags
}

/// The one policy that stands without its tag, or in a tag that does not exist: `reject`, `pp=reject`.
fn named_policy(tags: &mut [LooseTag], slips: &mut Slips) {
    let policy = |tag: &LooseTag| {
        let value = tag.value.rsplit(|octet| *octet == b'=').next().unwrap_or_default();
        let value = value.trim_ascii().to_ascii_lowercase();
        (tag.name.is_empty() && strictness(&value) > 0).then_some(value)
    };
    let mut found = tags.iter_mut().filter_map(|tag| policy(tag).map(|value| (tag, value)));
    let (Some((tag, value)), None) = (found.next(), found.next()) else { return };
    let says = match tag.value.contains(&b'=') {
        true => Phrase::new().code(&tag.value).plain(" is an unknown tag"),
        false => Phrase::new().code(&tag.value).plain(" has no tag"),
    };
    (tag.name, tag.value) = (b"p".to_vec(), value);
    slips.meant(tag.span, says, tag.written(), false);
}

// ── values ──────────────────────────────────────────────────────────────────────────────────────

/// The tags with the values that were meant; `None` if one of them is undetermined.
fn corrected(tags: Vec<LooseTag>, slips: &mut Slips) -> Option<Vec<LooseTag>> {
    let mut kept: Vec<LooseTag> = Vec::with_capacity(tags.len());
    // Tags of which nothing can be told; receivers ignore them (RFC 9989 §4.8).
    let mut lost: Vec<LooseTag> = Vec::new();
    for mut tag in tags {
        if tag.name == b"policy" {
            tag.name = b"p".to_vec();
            slips.meant(tag.span, Phrase::new(), tag.written(), true);
        }
        let meant = match tag.name.as_slice() {
            b"p" | b"sp" | b"np" => word(
                &tag.value,
                &[("none", "none"), ("quarantine", "quarantine"), ("reject", "reject")],
            ),
            b"adkim" | b"aspf" => {
                word(&tag.value, &[("r", "r"), ("s", "s"), ("relaxed", "r"), ("strict", "s")])
            }
            b"t" => word(&tag.value, &[("y", "y"), ("n", "n"), ("yes", "y"), ("no", "n")]),
            b"rua" | b"ruf" => {
                let (value, what) = match addresses(&tag.value) {
                    Some(found) => found,
                    None => {
                        lost.push(tag);
                        continue;
                    }
                };
                if value != tag.value {
                    tag.value = value;
                    slips.meant(tag.span, Phrase::from(what), tag.written(), true);
                }
                match kept.iter_mut().find(|known| known.name == tag.name) {
                    None => kept.push(tag),
                    Some(known) => {
                        let both = [known.written(), tag.written()];
                        let [first, second] = both.map(|it| Phrase::new().code(it));
                        let says = first.plain(" and ").then(second).plain(TWICE);
                        known.value = both_lists(&known.value, &tag.value);
                        slips.meant(tag.span, says, known.written(), true);
                    }
                }
                continue;
            }
            b"fo" => {
                // `1,d` and `1 d`
                if let Some(options) = options_apart(&tag.value) {
                    tag.value = options;
                    let says = Phrase::from("the options of fo are separated by colons");
                    slips.meant(tag.span, says, tag.written(), true);
                    kept.push(tag);
                    continue;
                }
                let is_option = |octet: &u8| b"01dsDS: ".contains(octet);
                if tag.value.is_empty() || !tag.value.iter().all(is_option) {
                    let says =
                        Phrase::new().code(tag.written()).plain(" has no option that fo knows");
                    slips.certain(tag.span, says);
                    continue;
                }
                Some(tag.value.clone())
            }
            // What has no name means nothing, unless it holds a value.
            b"" if tag.value.iter().any(|octet| b"@=".contains(octet)) => Some(tag.value.clone()),
            b"" => {
                let says = Phrase::new().code(&tag.value).plain(" has no meaning here");
                slips.certain(tag.span, says);
                continue;
            }
            _ => Some(tag.value.clone()),
        };
        let Some(meant) = meant else {
            lost.push(tag);
            continue;
        };
        if !meant.eq_ignore_ascii_case(&tag.value) {
            tag.value = meant;
            slips.meant(tag.span, Phrase::new(), tag.written(), true);
        }
        let same = |known: &&mut LooseTag| known.name == tag.name && !tag.name.is_empty();
        match kept.iter_mut().find(same) {
            None => kept.push(tag),
            Some(known) if known.value.eq_ignore_ascii_case(&tag.value) => {
                let says = Phrase::new()
                    .code(tag.written())
                    .plain(" is repeated; each tag is allowed only once");
                slips.certain(tag.span, says);
            }
            // Whoever took the trouble to write the stricter policy is not to lose it by a repair.
            Some(known) if is_policy(&tag.name) => {
                let both = [known.written(), tag.written()].map(|it| Phrase::new().code(it));
                let [first, second] = both;
                let says = first.plain(" and ").then(second).plain(TWICE);
                let span = tag.span;
                if strictness(&tag.value) > strictness(&known.value) {
                    *known = tag;
                }
                slips.meant(span, says, known.written(), false);
            }
            Some(_) => return None,
        }
    }
    if lost.is_empty() {
        return Some(kept);
    }
    // To drop a tag repairs nothing by itself, and what a policy was is not to be guessed.
    if slips.0.is_empty() || lost.iter().any(|tag| is_policy(&tag.name)) {
        return None;
    }
    for tag in lost {
        slips.likely(tag.span, Phrase::from("which value was meant is unknown"));
    }
    Some(kept)
}

fn is_policy(name: &[u8]) -> bool {
    matches!(name, b"p" | b"sp" | b"np")
}

/// The place of a policy among the three of RFC 9989 §4.7; what is none of them is before all.
fn strictness(policy: &[u8]) -> usize {
    let known: [&[u8]; 3] = [b"none", b"quarantine", b"reject"];
    known.iter().position(|it| it.eq_ignore_ascii_case(policy)).map_or(0, |at| at + 1)
}

/// The tags of a record that the grammar reads, with what it reads otherwise than it was meant.
fn readable(tags: Vec<LooseTag>, slips: &mut Slips) -> Vec<LooseTag> {
    let has_policy = tags.iter().any(|tag| tag.name == b"p");
    let mut read = tags;
    for tag in &mut read {
        match tag.name.as_slice() {
            b"policy" if !has_policy => {
                tag.name = b"p".to_vec();
                slips.meant(tag.span, Phrase::new(), tag.written(), true);
            }
            b"rua" | b"ruf" => {
                let Some((value, what)) = addresses(&tag.value) else { continue };
                // White space around a comma is allowed.
                if !what.is_empty() {
                    tag.value = value;
                    slips.meant(tag.span, Phrase::from(what), tag.written(), true);
                }
            }
            _ => {}
        }
    }
    read
}

// ── order ───────────────────────────────────────────────────────────────────────────────────────

/// The tags with `p` behind the version, where RFC 7489 §6.3 wants it.
fn in_order(mut tags: Vec<LooseTag>) -> Vec<LooseTag> {
    if let Some(at) = tags.iter().position(|tag| tag.name == b"p").filter(|at| *at > 1) {
        let policy = tags.remove(at);
        tags.insert(1, policy);
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn repaired(text: &str) -> Option<String> {
        let text = repair(text.as_bytes())?.text?;
        Some(String::from_utf8_lossy(&text).into_owned())
    }

    #[test]
    fn what_can_have_been_meant_in_one_way_only_is_written_so() {
        let whole = "v=DMARC1; p=reject; rua=mailto:a@b.example";
        let texts = [
            "v=DMARC1 p=reject; rua=mailto:a@b.example",
            "v=DMARC1 p=reject rua=mailto:a@b.example",
            "v=DMARC1, p=reject, rua=mailto:a@b.example",
            "v=DMARCl; p=reject; rua=mailto:a@b.example",
            "v=dmarc1; p=reject; rua=mailto:a@b.example",
            "DMARC1; p=reject; rua=mailto:a@b.example",
            "v=DMARC1; p=rejected; rua=mailto:a@b.example",
            "v=DMARC1; p=jerect; rua=mailto:a@b.example",
            "v=DMARC1; p=\"reject\"; rua=mailto:a@b.example",
            "v=DMARC1; p-reject; rua=mailto:a@b.example",
            "v=DMARC1; p=reject; rua=a@b.example",
            "v=DMARC1; p=reject; rua=mailto:<a@b.example>",
            "v=DMARC1; p=reject; rua=mailto: a@b.example",
            "v=DMARC1; p=reject; rua=malito:a@b.example",
            "v=DMARC1; p=reject; rua=mailto://a@b.example",
            "v=DMARC1; rua=a@b.example; p=reject",
            "v=DMARC1; p=reject; rua=mailto:mailto:a@b.example",
            "v=DMARC1; policy=reject; rua=mailto:a@b.example",
            "v=DMARC1\\; p=reject\\; rua=mailto:a@b.example",
            "<p>v=DMARC1; p=reject; rua=mailto:a@b.example</p>",
            "p=reject; rua=mailto:a@b.example; v=DMARC1",
            "v=DMARC1; p=reject; p=reject; rua=mailto:a@b.example",
            "v=DMARC1; p=reject; rua=mailto:a@b.example; fo=all",
        ];
        for text in texts {
            assert_eq!(repaired(text).as_deref(), Some(whole), "{text}");
        }
    }

    #[test]
    fn several_addresses_stay_several() {
        for text in
            ["mailto:a@x.example;mailto:b@x.example", "mailto:a@x.example mailto:b@x.example"]
        {
            assert_eq!(
                repaired(&format!("v=DMARC1; p=none; rua={text}")).as_deref(),
                Some("v=DMARC1; p=none; rua=mailto:a@x.example,mailto:b@x.example"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_may_have_been_meant_in_several_ways_is_left_to_the_owner() {
        for text in ["v=DMARC1; p=block", "v=DMARC1; p=none; rua=a@", "v=DMARC2; p=none"] {
            assert_eq!(repaired(text), None, "{text}");
        }
    }

    #[test]
    fn a_policy_without_its_tag_is_not_lost_and_it_is_not_certain() {
        for text in ["reject", "pp=reject", "o=reject", "p; reject", "Reject"] {
            let text = format!("v=DMARC1; {text}; rua=mailto:a@x.example");
            let read = repair(text.as_bytes()).expect("read");
            assert_eq!(
                (read.is_certain(), read.text.as_deref()),
                (false, Some(&b"v=DMARC1; p=reject; rua=mailto:a@x.example"[..])),
                "{text}"
            );
        }
    }

    #[test]
    fn of_two_policies_the_stricter_is_kept_and_it_is_not_certain() {
        let both = repair(b"v=DMARC1; p=quarantine; p=none; rua=mailto:a@x.example").expect("read");
        assert_eq!(
            (both.is_certain(), both.text.as_deref()),
            (false, Some(&b"v=DMARC1; p=quarantine; rua=mailto:a@x.example"[..]))
        );
    }

    #[test]
    fn a_tag_that_nobody_can_read_does_not_keep_the_others_from_being_repaired() {
        let text = repair(b"v=DMARC1; p=rejected; rua=mailto:0").expect("read");
        assert_eq!(
            (text.is_certain(), text.text.as_deref()),
            (false, Some(&b"v=DMARC1; p=reject"[..]))
        );
    }

    #[test]
    fn names_of_report_addresses_are_written_in_ascii() {
        assert_eq!(
            repaired("v=DMARC1; p=reject; rua=mailto:d@m\u{fc}nchen.example").as_deref(),
            Some("v=DMARC1; p=reject; rua=mailto:d@xn--mnchen-3ya.example")
        );
    }

    #[test]
    fn other_texts_are_no_records() {
        for text in ["v=spf1 -all", "", "see dmarc.org"] {
            assert_eq!(repair(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_read_without_panic(octets: Vec<u8>) {
            let _ = repair(&[b"v=DMARC1;".as_slice(), &octets].concat());
        }

        #[test]
        fn a_repaired_record_is_sound(tail in "[ ;=,!:@a-z.<>\"\\-]{0,60}") {
            if let Some(text) = repair(format!("v=DMARC1 p=none {tail}").as_bytes()).and_then(|it| it.text) {
                let parsed = grammar::parse(text.as_slice()).expect("a record");
                prop_assert!(parsed.errors.is_empty());
            }
        }
    }
}
