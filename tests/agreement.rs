//! The walk over everybody and the check of one address are the same evaluation (RFC 7208 §4.6),
//! and the grammar holds for every text.
//!
//! Random zones, small enough that their parts meet: policies that include each other and
//! themselves, redirects, hosts with many addresses or none, silence and failure. The seed is
//! fixed, so a failure here fails everywhere; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look
//! further.

mod world;

use mailcheck::net::Family;
use mailcheck::spf::{Partition, Record, Spent, SpfResult, grammar};
use mailcheck::text::Parsed;
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt::Write as _;
use world::cases::config;
use world::{World, alone, everybody};

/// The policies of a zone: `p0.test` to `p5.test`, and `p6.test`, which does not exist.
const POLICIES: usize = 6;
/// The hosts: `h0.test` to `h7.test`, and `h8.test`, which does not exist.
const HOSTS: usize = 8;
/// The mail domains: `m0.test` to `m2.test`, and `m3.test`, which does not exist.
const MAIL_DOMAINS: usize = 3;

// ── zones ───────────────────────────────────────────────────────────────────────────────────────

fn zone() -> impl Strategy<Value = String> {
    let policies = vec(policy(), POLICIES);
    let hosts = vec(host(), HOSTS);
    let mail = vec(mail_domain(), MAIL_DOMAINS);
    (policies, hosts, mail).prop_map(|(policies, hosts, mail)| {
        let mut zone = String::new();
        write_nodes(&mut zone, 'p', &policies);
        write_nodes(&mut zone, 'h', &hosts);
        write_nodes(&mut zone, 'm', &mail);
        zone
    })
}

fn write_nodes(zone: &mut String, letter: char, nodes: &[Vec<String>]) {
    for (index, lines) in nodes.iter().enumerate() {
        for line in lines {
            writeln!(zone, "{letter}{index}.test {line}").expect("writing to a string");
        }
    }
}

fn one(line: &str) -> Vec<String> {
    vec![line.to_owned()]
}

/// The lines of a name that publishes a policy, or fails to.
fn policy() -> impl Strategy<Value = Vec<String>> {
    let sound = || vec(term(), 0..7).prop_map(|terms| format!("TXT v=spf1 {}", terms.join(" ")));
    prop_oneof![
        24 => sound().prop_map(|line| vec![line]),
        2 => (sound(), address()).prop_map(|(line, (family, ip))| vec![line, a_line(family, ip)]),
        1 => (sound(), sound()).prop_map(|(first, second)| vec![first, second]),
        1 => sound().prop_map(|line| vec![format!("{line} ip4:10.0.0.300")]),
        1 => Just(one("TXT nothing of interest")),
        1 => Just(one("TXT !servfail")),
        1 => Just(one("* !timeout")),
        1 => (0..POLICIES).prop_map(|other| vec![format!("CNAME p{other}.test")]),
        1 => Just(Vec::new()),
    ]
}

fn term() -> impl Strategy<Value = String> {
    let mechanism = prop_oneof![
        1 => Just("all".to_owned()),
        6 => (0..=POLICIES).prop_map(|n| format!("include:p{n}.test")),
        1 => Just("include:%{d}".to_owned()),
        4 => (0..=HOSTS, prefixes()).prop_map(|(n, prefixes)| format!("a:h{n}.test{prefixes}")),
        1 => prefixes().prop_map(|prefixes| format!("a{prefixes}")),
        1 => Just("mx".to_owned()),
        3 => (0..=MAIL_DOMAINS, prefixes())
            .prop_map(|(n, prefixes)| format!("mx:m{n}.test{prefixes}")),
        5 => network(),
        1 => (0..=HOSTS).prop_map(|n| format!("exists:h{n}.test")),
        1 => Just("a:no..name.test".to_owned()),
        1 => Just("include:no..name.test".to_owned()),
    ];
    prop_oneof![
        12 => ("[-+~?]?", mechanism).prop_map(|(sign, mechanism)| sign + &mechanism),
        1 => (0..=POLICIES).prop_map(|n| format!("redirect=p{n}.test")),
        1 => Just("unknown=modifier".to_owned()),
    ]
}

fn prefixes() -> impl Strategy<Value = &'static str> {
    prop_oneof![6 => Just(""), 1 => Just("/28"), 1 => Just("//126"), 1 => Just("/30//120"), 1 => Just("/0//0")]
}

/// `ip4` and `ip6` of few addresses, so that terms overlap, and of many.
fn network() -> impl Strategy<Value = String> {
    prop_oneof![
        (address(), 0_u8..6).prop_map(|((family, ip), bits)| match family {
            Family::V4 => format!("ip4:{ip}/{}", 32 - bits),
            Family::V6 => format!("ip6:{ip}/{}", 128 - bits),
        }),
        Just("ip4:10.0.0.0/8".to_owned()),
        Just("ip4:0.0.0.0/1".to_owned()),
        Just("ip6:2001:db8::/32".to_owned()),
    ]
}

fn address() -> impl Strategy<Value = (Family, String)> {
    prop_oneof![
        (0_u8..64).prop_map(|low| (Family::V4, format!("10.0.0.{low}"))),
        (0_u8..64).prop_map(|low| (Family::V6, format!("2001:db8::{low:x}"))),
    ]
}

fn a_line(family: Family, ip: String) -> String {
    match family {
        Family::V4 => format!("A {ip}"),
        Family::V6 => format!("AAAA {ip}"),
    }
}

/// The lines of a name that has addresses, or not.
fn host() -> impl Strategy<Value = Vec<String>> {
    let addresses = |count| {
        vec(address(), count)
            .prop_map(|all| all.into_iter().map(|(family, ip)| a_line(family, ip)).collect())
    };
    prop_oneof![
        6 => addresses(0..=3),
        1 => addresses(12..=12),
        1 => (0..HOSTS).prop_map(|other| vec![format!("CNAME h{other}.test")]),
        1 => Just(one("TXT no address")),
        1 => Just(vec!["A !timeout".to_owned(), "AAAA 2001:db8::7".to_owned()]),
        1 => Just(one("* !servfail")),
    ]
}

/// The lines of a name that receives mail, or not.
fn mail_domain() -> impl Strategy<Value = Vec<String>> {
    let exchange = (0_u8..3, 0..=HOSTS).prop_map(|(p, n)| format!("MX {p} h{n}.test"));
    prop_oneof![
        6 => vec(exchange.clone(), 0..=4),
        1 => vec(exchange, 10..=12),
        1 => Just(one("MX 0 .")),
        1 => Just(one("MX !servfail")),
    ]
}

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
