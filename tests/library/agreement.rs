//! The walk over everybody and the check of one address are the same evaluation (RFC 7208 §4.6),
//! and the grammar holds for every text.
//!
//! Random zones, small enough that their parts meet: policies that include each other and
//! themselves, redirects, hosts with many addresses or none, silence and failure. The seed is
//! fixed, so a failure here fails everywhere; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look
//! further.

use crate::cases::config;
use crate::random::zone;
use crate::world::{World, alone, everybody};
use mailcheck::net::Family;
use mailcheck::protocols::spf::{Partition, Record, Spent, SpfResult, grammar};
use mailcheck::text::Parsed;
use proptest::collection::vec;
use proptest::prelude::*;

// ── the walk ────────────────────────────────────────────────────────────────────────────────────

/// The first and the last address of every range of every cell.
fn borders(partition: &Partition) -> Vec<u128> {
    let ranges = partition.cells.iter().flat_map(|cell| cell.set.ranges());
    let mut borders: Vec<u128> = ranges.flat_map(|range| [range.first(), range.last()]).collect();
    borders.dedup();
    borders
}

/// True if the cells hold every address of the family, none of them twice.
fn covers_once(partition: &Partition) -> bool {
    let ranges = partition.cells.iter().flat_map(|cell| cell.set.ranges().iter().copied());
    let mut ranges: Vec<_> = ranges.collect();
    ranges.sort_unstable();
    let touching =
        ranges.windows(2).all(|pair| pair[0].last().checked_add(1) == Some(pair[1].first()));
    let ends = [ranges.first().map(|r| r.first()), ranges.last().map(|r| r.last())];
    touching && ends == [Some(0), Some(partition.family.last())]
}

/// What there is to agree on about one address.
type Verdict = (Option<SpfResult>, Spent);

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn everybody_walked_together_agrees_with_each_walked_alone(lines in zone()) {
        let world = World::new(&lines);
        for family in Family::BOTH {
            let partition = everybody(&world, "p0.test", family);
            prop_assert!(covers_once(&partition), "{family} is not covered once");
            prop_assert_eq!(partition.sender_dependent(), []);
            let membership = partition.membership();
            for border in borders(&partition) {
                let ip = family.address(border);
                let together = partition.cell_of(ip).expect("everybody has a cell");
                let together: Verdict = (together.result(), together.spent);
                let one = alone(&world, "p0.test", ip);
                prop_assert_eq!(together, (one.result(), one.spent), "at {}", ip);
                prop_assert_eq!(membership.result_of(border), together.0, "at {}", ip);
            }
        }
    }
}

// ── the grammar ─────────────────────────────────────────────────────────────────────────────────

/// Any octets, and pieces of records in any order, which come further.
fn text() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: [&str; 42] = [
        " ",
        " ",
        " ",
        "v=spf1",
        "V=SPF1 ",
        "+",
        "-",
        "~",
        "?",
        "all",
        "include:",
        "a",
        "a:",
        "mx",
        "ptr",
        "exists:",
        "ip4:",
        "ip6:",
        "redirect=",
        "exp=",
        "x=",
        ":",
        "/",
        "//",
        "0",
        "024",
        "32",
        "129",
        "192.0.2.1",
        "2001:db8::1",
        "::ffff:1.2.3.4",
        ".",
        "example.com",
        "com",
        "%{",
        "%{d2r-}",
        "%{i}",
        "}",
        "%%",
        "%",
        "\t",
        "é",
    ];
    let soup = vec(proptest::sample::select(&PIECES[..]), 0..24);
    prop_oneof![
        vec(any::<u8>(), 0..200),
        soup.clone().prop_map(|pieces| pieces.concat().into_bytes()),
        soup.prop_map(|pieces| format!("v=spf1 {}", pieces.concat()).into_bytes()),
        vec(any::<u8>(), 0..60).prop_map(|tail| [b"v=spf1 ".as_slice(), &tail].concat()),
    ]
}

/// A record without fault.
fn sound_record() -> impl Strategy<Value = String> {
    let spec = prop_oneof![
        "[a-zA-Z0-9_-]{1,8}(\\.[a-z0-9_/:-]{1,8}){0,2}\\.[a-z]{2,5}\\.?",
        "(%\\{[slodipvhSLODIPVH]([1-9][0-9]?)?r?[-.+,/_=]{0,2}\\}|%%|%_|%-|[a-z.]){0,6}%\\{d\\}",
        "%\\{ir\\}\\.[a-z]{1,5}\\.example",
    ];
    let dual = "(/(0|[1-9]|[12][0-9]|3[0-2]))?(//(0|[1-9][0-9]?|1[01][0-9]|12[0-8]))?";
    let term = prop_oneof![
        Just("aLL".to_owned()),
        ("(include|exists|PTR)", spec.clone()).prop_map(|(word, spec)| format!("{word}:{spec}")),
        ("(a|mX)", spec.clone(), dual).prop_map(|(w, spec, dual)| format!("{w}:{spec}{dual}")),
        ("(a|mx)", dual).prop_map(|(word, dual)| word + &dual),
        (any::<[u8; 4]>(), 0_u8..=32)
            .prop_map(|(ip, bits)| format!("Ip4:{}/{bits}", std::net::Ipv4Addr::from(ip))),
        (any::<u128>(), 0_u8..=128)
            .prop_map(|(ip, bits)| format!("ip6:{}/{bits}", std::net::Ipv6Addr::from(ip))),
    ];
    let directive = ("[-+~?]?", term).prop_map(|(sign, term)| sign + &term);
    let modifier = prop_oneof![
        "[b-d][a-zA-Z0-9_.-]{0,5}=(%\\{[slodipvh]\\}|[!-$&-~]){0,9}",
        spec.prop_map(|spec| format!("Redirect={spec}")),
    ];
    (vec(directive, 0..8), proptest::option::of(modifier), " {1,3}").prop_map(
        |(mut terms, modifier, space)| {
            terms.extend(modifier);
            terms.insert(0, "v=SPF1".to_owned());
            terms.join(&space)
        },
    )
}

fn spans_are_inside(parsed: &Parsed<Record>) -> bool {
    let end = parsed.value.text.len();
    let terms = parsed.value.terms.iter().map(|term| term.span);
    let mut spans = terms.chain(parsed.errors.iter().map(|error| error.span));
    spans.all(|span| span.start <= span.end && span.end as usize <= end)
}

proptest! {
    #![proptest_config(config(4000))]

    #[test]
    fn any_text_is_read_and_every_place_lies_within_it(text in text()) {
        let parsed = grammar::parse(text.as_slice());
        prop_assert!(spans_are_inside(&parsed), "{parsed:?}");
    }

    #[test]
    fn what_is_read_is_never_more_than_the_pieces_of_the_text(text in text()) {
        let pieces = text.split(|octet| *octet == b' ').filter(|piece| !piece.is_empty()).count();
        let parsed = grammar::parse(text.as_slice());
        let read = parsed.value.terms.len();
        // One fault a piece at most, and one for the version.
        prop_assert!(read <= pieces && parsed.errors.len() <= pieces + 1);
    }

    #[test]
    fn a_text_is_a_record_exactly_if_its_version_is_no_fault(text in text()) {
        let parsed = grammar::parse(text.as_slice());
        let fault = parsed.errors.iter().any(|error| error.expected.contains("v=spf1"));
        prop_assert_eq!(grammar::is_record(&text), !fault);
    }

    #[test]
    fn the_canonical_text_of_a_record_reads_as_the_same_record(text in sound_record()) {
        let first = grammar::parse(text.as_bytes());
        prop_assert_eq!(&first.errors, &[]);
        let canonical = first.value.to_string();
        let second = grammar::parse(canonical.as_bytes());
        prop_assert_eq!(&second.errors, &[]);
        prop_assert_eq!(second.value.to_string(), canonical);
        prop_assert_eq!(second.value.terms.len(), first.value.terms.len());
    }
}
