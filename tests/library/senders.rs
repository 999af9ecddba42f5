//! Who may send, in full: the sets hold address by address, are as short as can be, and a policy
//! that was flattened passes whom it passed before.

use crate::made::made;
use crate::shared::shared;
use crate::world::{World, at_once, name};
use mailcheck::audit::listing::{Request, list};
use mailcheck::audit::{Asked, Sender as Who};
use mailcheck::dns::{Data, Dns, Replay};
use mailcheck::net::{Cidr, Family, IpSet, Range};
use mailcheck::protocols::spf::flatten::ANSWER_LIMIT;
use mailcheck::protocols::spf::{
    Cell, Facts, Partition, Policies, Receiver, Sender, SpfResult, check_host, examine,
};
use mailcheck::render::text::{self, Look};
use mailcheck::render::{cidr, nft};
use mailcheck::report::senders::{Flattened, Flattening, Listing, Report, Share};
use mailcheck::report::{Authorized, Run, SenderResult};
use mailcheck::zonefile::{Overlay, Zone};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;

/// Asks nothing particular about a domain.
fn about(domain: &str) -> Request {
    Request::about(name(domain))
}

fn listed(dns: &dyn Dns, request: &Request) -> Listing {
    at_once(list(dns, request))
}

fn flattening(dns: &dyn Dns, domain: &str) -> Flattening {
    let listing = listed(dns, &made!(Request { flatten: true, ..about(domain) }));
    listing.flattening.expect("it was asked for")
}

fn flattened(dns: &dyn Dns, domain: &str) -> Flattened {
    match flattening(dns, domain) {
        Flattening::Proved(flattened) => flattened,
        other => panic!("not proved: {other:?}"),
    }
}

fn refusal(lines: &str) -> String {
    match flattening(&World::new(lines), "example.com") {
        Flattening::Refused { why } => why.to_string(),
        other => panic!("not refused: {other:?}"),
    }
}

/// The networks with a result, as words.
fn networks(listing: &Listing, result: SpfResult) -> Vec<String> {
    let shares = listing.shares.iter().filter(|share| share.result == SenderResult::from(result));
    shares.flat_map(|share| &share.networks).map(Cidr::to_string).collect()
}

fn asked(text: &str, who: Who) -> Asked {
    Asked { text: text.to_owned(), sender: who }
}

fn report(listing: Listing) -> Report {
    Report::new(Run::default(), listing)
}

fn cidrs(listing: Listing) -> String {
    let mut out = Vec::new();
    cidr::render(&report(listing), &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("networks are ASCII")
}

// ── the policies of the snapshot ────────────────────────────────────────────────────────────────

/// Addresses that are tried beside the borders, for each policy.
const TRIES: usize = 100_000;

/// The records of the snapshot, as the whole world; `None` where there is no snapshot.
#[expect(clippy::disallowed_methods, reason = "tests read their material")]
fn snapshot() -> Option<Replay> {
    let text = std::fs::read_to_string(shared("snapshot/records.tsv")?).expect("a text");
    let mut sets: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        if let [name, kind, _, rdata, ..] = line.split('\t').collect::<Vec<_>>()[..] {
            sets.entry((name, kind)).or_default().push(rdata);
        }
    }
    let mut cassette = "{\"cassette\":1,\"absent\":\"nxdomain\"}\n".to_owned();
    for ((name, kind), records) in sets {
        let line = serde_json::json!({"name": name, "type": kind, "records": records});
        cassette.push_str(&format!("{line}\n"));
    }
    Some(Replay::read("records.tsv", cassette.as_bytes()).expect("the snapshot can be read"))
}

/// Numbers without pattern, the same every time.
struct Numbers(u64);

impl Numbers {
    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn wide(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }
}

/// The shares of a family, each with its set.
fn sets(listing: &Listing, family: Family) -> Vec<(&Share, IpSet)> {
    let shares = listing.shares.iter().filter(|share| share.family == family);
    let set = |share: &Share| IpSet::from_cidrs(family, share.networks.iter().copied());
    shares.map(|share| (share, set(share))).collect()
}

/// Every border, an address on either side of it, and any address: half of them from a range.
fn tried(sets: &[(&Share, IpSet)], family: Family, numbers: &mut Numbers) -> Vec<u128> {
    let ranges: Vec<Range> = sets.iter().flat_map(|(_, set)| set.ranges()).copied().collect();
    let mut tried: Vec<u128> =
        ranges.iter().flat_map(|range| [range.first(), range.last()]).collect();
    for index in 0..TRIES / Family::BOTH.len() {
        let any = numbers.wide() & family.last();
        let place = usize::try_from(numbers.next() % ranges.len() as u64).expect("a small number");
        let width = (ranges[place].last() - ranges[place].first()).saturating_add(1);
        tried.push(if index % 2 == 0 { any } else { ranges[place].first() + any % width });
    }
    tried
}

/// Addresses at which the listing says something else than a check of the address alone.
fn disagreements(dns: &dyn Dns, domain: &str) -> Vec<String> {
    let listing = listed(dns, &about(domain));
    let policies = Policies::new(dns);
    let sender = Sender::anybody(&name(domain));
    let mut numbers = Numbers(7208);
    let mut wrong = Vec::new();
    for family in Family::BOTH {
        let sets = sets(&listing, family);
        for number in tried(&sets, family, &mut numbers) {
            let ip = family.address(number);
            let receiver = Receiver { name: b"test", time: 0 };
            let alone = at_once(check_host(&policies, &sender, IpSet::one(ip), receiver));
            let alone = SenderResult::from(alone.only().and_then(Cell::result));
            let mut all = sets.iter().filter(|(_, set)| set.contains_number(number));
            let together: Vec<_> = all.by_ref().map(|(share, _)| share.result).collect();
            if together != [alone] {
                wrong.push(format!("{ip}: {together:?}, alone {alone}"));
            }
        }
    }
    wrong
}

#[test]
fn sets_of_microsoft_365_agree_with_single_checks() {
    let Some(dns) = snapshot() else { return };
    assert_eq!(disagreements(&dns, "fmsinc.com"), Vec::<String>::new());
}

#[test]
fn sets_of_google_agree_with_single_checks() {
    let Some(dns) = snapshot() else { return };
    assert_eq!(disagreements(&dns, "_spf.google.com"), Vec::<String>::new());
}

#[test]
fn sets_of_amazon_ses_agree_with_single_checks() {
    let Some(dns) = snapshot() else { return };
    assert_eq!(disagreements(&dns, "amazonses.com"), Vec::<String>::new());
}

#[test]
fn policies_of_the_snapshot_flatten_to_the_same() {
    let Some(dns) = snapshot() else { return };
    for domain in ["fmsinc.com", "_spf.google.com", "amazonses.com"] {
        let before = facts(&dns, domain);
        let flattened = flattened(&dns, domain);
        let after = facts(&published(&flattened, &dns), domain);
        assert_eq!(passing(&after), passing(&before), "{domain}");
    }
}

// ── the shortest list ───────────────────────────────────────────────────────────────────────────

/// The fewest networks that cover exactly each set of eight addresses: every choice of networks
/// is tried.
fn fewest() -> Vec<u32> {
    let blocks: Vec<u8> = (0..=3)
        .flat_map(|bits| (0..8_u32 >> bits).map(move |at| (at << bits, 1_u32 << bits)))
        .map(|(first, width)| u8::try_from(((1 << width) - 1) << first).expect("eight bits"))
        .collect();
    let mut fewest = vec![u32::MAX; 256];
    for choice in 0_u32..1 << blocks.len() {
        let chosen = blocks.iter().enumerate().filter(|(index, _)| choice & 1 << index != 0);
        let covered = chosen.fold(0, |covered, (_, block)| covered | block);
        let best = &mut fewest[usize::from(covered)];
        *best = (*best).min(choice.count_ones());
    }
    fewest
}

#[test]
fn no_shorter_list_covers_the_same_set() {
    let fewest = fewest();
    for (family, base) in [(Family::V4, 0xc000_0200), (Family::V6, 0x2001_0db8 << 96)] {
        for members in 0..=u8::MAX {
            let of = (0..8).filter(|bit| members & 1 << bit != 0).map(|bit| base + bit);
            let set = IpSet::from_ranges(family, of.map(|number| Range::new(number, number)));
            assert_eq!(set.cidrs().len(), fewest[usize::from(members)] as usize, "{set:?}");
        }
    }
}

#[test]
fn no_two_networks_of_the_snapshot_could_be_one() {
    let Some(dns) = snapshot() else { return };
    let joins = |pair: &[Cidr]| {
        let [left, right] = pair else { return false };
        let wider = left.prefix().checked_sub(1).and_then(|it| Cidr::new(left.network(), it));
        left.prefix() == right.prefix()
            && wider.is_some_and(|it| it.to_set().contains(right.network()))
    };
    for domain in ["fmsinc.com", "_spf.google.com", "amazonses.com"] {
        let listing = listed(&dns, &about(domain));
        let broad = |share: &&Share| share.networks.windows(2).any(joins);
        assert!(listing.shares.iter().find(broad).is_none(), "{domain}");
    }
}

// ── the listing ─────────────────────────────────────────────────────────────────────────────────

#[test]
fn every_address_is_in_exactly_one_share() {
    let world = World::new(
        "example.com TXT v=spf1 ip4:192.0.2.0/24 ?include:b.test -ip4:198.51.100.0/25 ~all
         b.test TXT v=spf1 ip4:198.51.100.0/24 ip6:2001:db8::/32 -all",
    );
    let listing = listed(&world, &about("example.com"));
    for family in Family::BOTH {
        let sets = sets(&listing, family);
        let all = sets.iter().fold(IpSet::empty(family), |all, (_, set)| all.or(set));
        let count = sets.iter().fold(0_u128, |sum, (_, set)| sum.saturating_add(set.count()));
        assert!(all.is_all() && count == all.count(), "{family}");
    }
}

#[test]
fn a_share_names_the_terms_that_decide_outermost_first() {
    let world = World::new(
        "example.com TXT v=spf1 include:b.test -all
         b.test TXT v=spf1 include:c.test
         c.test TXT v=spf1 ip4:192.0.2.0/24",
    );
    let listing = listed(&world, &about("example.com"));
    let matched = listing.shares[0].terms[0].matched.as_ref().expect("a term matched");
    let path: Vec<&str> = matched.path.iter().chain([&matched.term]).map(String::as_str).collect();
    assert_eq!(path, ["include:b.test", "include:c.test", "ip4:192.0.2.0/24"]);
}

/// Eleven terms that cause lookups, the last of which passes somebody.
fn eleven_lookups() -> World {
    let mut lines = "example.com TXT v=spf1".to_owned();
    (0..10).for_each(|n| lines.push_str(&format!(" a:h{n}.test")));
    lines.push_str(" a:late.example.com -all\nlate.example.com A 192.0.2.99\n");
    (0..10).for_each(|n| lines.push_str(&format!("h{n}.test A 192.0.2.{n}\n")));
    World::new(&lines)
}

#[test]
fn an_address_beyond_the_limit_is_told_apart() {
    let listing = listed(&eleven_lookups(), &about("example.com"));
    let share = listing
        .shares
        .iter()
        .find(|share| share.result == SenderResult::Certain(SpfResult::Permerror))
        .expect("a share");
    let late =
        share.terms.iter().find(|term| term.beyond_limit == Some(SpfResult::Pass)).expect("a term");
    assert_eq!((late.networks[0].to_string().as_str(), late.lookups), ("192.0.2.99", 11));
}

#[test]
fn a_term_that_depends_on_the_sender_is_named() {
    let world = World::new("example.com TXT v=spf1 ip4:192.0.2.1 exists:%{i}.test -all");
    let listing = listed(&world, &about("example.com"));
    let named: Vec<_> =
        listing.sender_dependent.iter().map(|it| (it.term.term.as_str(), it.gives)).collect();
    assert_eq!(
        (named, networks(&listing, SpfResult::Pass)),
        (vec![("exists:%{i}.test", Some(SpfResult::Pass))], vec!["192.0.2.1".to_owned()])
    );
}

/// A policy of which a part cannot be told.
const DARK: &str = "example.com TXT v=spf1 ip4:192.0.2.0/24 include:dark.test -all
    dark.test TXT !timeout
    b.test TXT v=spf1 ip4:192.0.2.0/25 -all";

#[test]
fn a_list_that_could_not_be_told_in_full_is_withheld() {
    let listing = listed(&World::new(DARK), &about("example.com"));
    assert_eq!(
        (listing.exit_code(), cidrs(listing).lines().filter(|it| !it.starts_with('#')).count()),
        (3, 0)
    );
}

#[test]
fn what_is_certain_is_told_although_the_rest_is_not() {
    let contains = vec![asked("spf:b.test", Who::Policy(name("b.test")))];
    let listing = listed(&World::new(DARK), &made!(Request { contains, ..about("example.com") }));
    assert_eq!((listing.contains[0].contained, listing.exit_code()), (Authorized::Yes, 0));
}

#[test]
fn taking_away_what_could_not_be_told_leaves_nothing_that_could_be_relied_on() {
    let minus = vec![name("example.com")];
    let listing = listed(&World::new(DARK), &made!(Request { minus, ..about("b.test") }));
    assert_eq!((listing.exit_code(), cidrs(listing).starts_with("# undetermined")), (3, true));
}

const SIMPLE: &str = "example.com TXT v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all
    part.test TXT v=spf1 ip4:192.0.2.128/25 -all
    none.test TXT nothing of interest
    away.test TXT v=spf1 ip4:203.0.113.0/24 -all";

/// The answer about a sender, its exact remainder, and the exit code.
fn contained(text: &str, who: Who) -> (Authorized, Vec<String>, u8) {
    let contains = vec![asked(text, who)];
    let listing = listed(&World::new(SIMPLE), &made!(Request { contains, ..about("example.com") }));
    let remainder = listing.contains[0].uncovered.iter().map(Cidr::to_string).collect();
    (listing.contains[0].contained, remainder, listing.exit_code())
}

#[test]
fn a_network_within_the_policy_is_contained() {
    let network = Who::Network("192.0.2.64/26".parse().expect("a network"));
    assert_eq!(contained("192.0.2.64/26", network), (Authorized::Yes, vec![], 0));
}

#[test]
fn a_network_is_contained_in_part_with_the_exact_remainder() {
    let network = Who::Network("192.0.2.0/23".parse().expect("a network"));
    let remainder = vec!["192.0.3.0/24".to_owned()];
    assert_eq!(contained("192.0.2.0/23", network), (Authorized::Partial, remainder, 1));
}

#[test]
fn a_policy_that_shares_nobody_is_not_contained() {
    let remainder = vec!["203.0.113.0/24".to_owned()];
    let answer = contained("spf:away.test", Who::Policy(name("away.test")));
    assert_eq!(answer, (Authorized::No, remainder, 1));
}

#[test]
fn a_name_without_a_policy_is_not_contained() {
    let answer = contained("spf:none.test", Who::Policy(name("none.test")));
    assert_eq!(answer, (Authorized::No, vec![], 1));
}

#[test]
fn a_difference_is_exact() {
    let minus = vec![name("part.test")];
    let listing = listed(&World::new(SIMPLE), &made!(Request { minus, ..about("example.com") }));
    assert_eq!(cidrs(listing), "192.0.2.0/25\n2001:db8::/32\n");
}

/// The listing as a person sees it.
fn screen(lines: &str) -> String {
    let mut out = Vec::new();
    let listing = listed(&World::new(lines), &about("example.com"));
    text::senders::render(&report(listing), &Look::default(), &mut out).expect("memory");
    String::from_utf8(out).expect("a text")
}

#[test]
fn the_screen_groups_terms_by_the_record_they_stand_in() {
    let lines = "example.com TXT v=spf1 include:b.test ip4:192.0.2.0/23 -all
        b.test TXT v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.1";
    assert_eq!(
        screen(lines).lines().take(8).collect::<Vec<_>>(),
        [
            "example.com  513 IPv4 addresses authorized",
            "",
            "  pass      IPv4  513 addresses in 2 networks",
            "    include:b.test",
            "      ip4:192.0.2.0/24  256 addresses",
            "      ip4:198.51.100.1  1 address",
            "    ip4:192.0.2.0/23  256 addresses: 192.0.3.0/24",
            "",
        ]
    );
}

#[test]
fn nothing_in_a_record_reaches_the_terminal_as_it_came() {
    let hostile = "example.com TXT v=spf1 include:\u{1b}[31m.test \u{9b}x ?all
        example.com TXT v=spf1 \u{202e}";
    assert!(!screen(hostile).chars().any(|c| c.is_control() && c != '\n'), "{}", screen(hostile));
}

#[test]
fn a_packet_filter_gets_a_table_with_a_set_a_family() {
    let mut out = Vec::new();
    let listing = listed(&World::new(SIMPLE), &about("example.com"));
    nft::render(&report(listing), &mut out).expect("memory takes everything");
    assert_eq!(
        String::from_utf8(out).expect("ASCII"),
        "# authorized senders of example.com (SPF)\ntable inet mailcheck_example_com {\n\tset senders_ipv4 {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t}\n\tset senders_ipv6 {\n\t\ttype ipv6_addr\n\t\tflags interval\n\t}\n}\nflush set inet mailcheck_example_com senders_ipv4\nadd element inet mailcheck_example_com senders_ipv4 {\n\t192.0.2.0/24,\n}\nflush set inet mailcheck_example_com senders_ipv6\nadd element inet mailcheck_example_com senders_ipv6 {\n\t2001:db8::/32,\n}\n"
    );
}

// ── flattening ──────────────────────────────────────────────────────────────────────────────────

fn facts(dns: &dyn Dns, domain: &str) -> Facts {
    at_once(examine(&Policies::new(dns), &name(domain)))
}

fn passing(facts: &Facts) -> [IpSet; 2] {
    facts.partitions().map(Partition::passing)
}

/// The world in which the records of a list were published, read as a master file.
fn published<'d>(flattened: &Flattened, dns: &'d dyn Dns) -> Overlay<&'d dyn Dns> {
    let lines: String = flattened.records.iter().map(|it| format!("{}\n", it.line)).collect();
    let zone = Zone::read("flattened.zone", None, lines.as_bytes());
    Overlay::new([zone.strict().expect("a master file").clone()], dns)
}

fn texts(flattened: &Flattened) -> Vec<&str> {
    flattened.records.iter().map(|record| record.text.as_str()).collect()
}

#[test]
fn a_short_policy_becomes_one_record() {
    let world = World::new(
        "example.com TXT v=spf1 a:h.test include:b.test ~all exp=why.%{d}
         h.test A 192.0.2.1
         h.test AAAA 2001:db8::1
         b.test TXT v=spf1 ip4:192.0.2.0 -ip4:192.0.2.2 ip4:192.0.2.2/31",
    );
    assert_eq!(
        texts(&flattened(&world, "example.com")),
        ["v=spf1 ip4:192.0.2.0/31 ip4:192.0.2.3 ip6:2001:db8::1 ~all exp=why.%{d}"]
    );
}

#[test]
fn the_ending_behind_a_redirect_is_kept() {
    let world = World::new(
        "example.com TXT v=spf1 redirect=b.test
         b.test TXT v=spf1 ip4:192.0.2.1 ?all",
    );
    assert_eq!(texts(&flattened(&world, "example.com")), ["v=spf1 ip4:192.0.2.1 ?all"]);
}

#[test]
fn what_fails_while_others_are_soft_keeps_its_qualifier() {
    let world = World::new("example.com TXT v=spf1 ip4:192.0.2.1 -ip4:192.0.2.2 ~all");
    assert_eq!(
        texts(&flattened(&world, "example.com")),
        ["v=spf1 -ip4:192.0.2.2 ip4:192.0.2.1 ~all"]
    );
}

/// A policy of as many addresses, none beside another.
fn scattered(addresses: usize) -> World {
    let ips = (0..addresses).map(|n| format!(" ip4:10.{}.{}.1", n / 200, n % 200));
    World::new(&format!(
        "example.com TXT v=spf1 include:all.test -all\nall.test TXT v=spf1{}",
        ips.collect::<String>()
    ))
}

#[test]
fn a_long_policy_is_chained_and_every_answer_fits() {
    let flattened = flattened(&scattered(200), "example.com");
    let names: Vec<String> = flattened.records.iter().map(|it| it.name.to_string()).collect();
    assert_eq!(names[..3], ["example.com", "_spf1.example.com", "_spf2.example.com"]);
    assert!(flattened.records.iter().all(|it| it.answer_octets <= ANSWER_LIMIT), "{flattened:?}");
    assert!(flattened.lookups <= 10);
}

#[test]
fn what_ten_records_do_not_hold_is_refused() {
    let Flattening::Refused { why } = flattening(&scattered(2000), "example.com") else {
        panic!("2000 networks fit into ten records")
    };
    assert!(why.to_string().starts_with("2000 networks do not fit"), "{why}");
}

#[test]
fn other_text_beside_the_policy_takes_room() {
    let beside = "x".repeat(400);
    let lines = format!(
        "example.com TXT {beside}
         example.com TXT v=spf1 ip4:10.0.0.1 ip4:10.0.0.3 ip4:10.0.0.5 ip4:10.0.0.7 ip4:10.0.0.9 -all"
    );
    let flattened = flattened(&World::new(&lines), "example.com");
    assert_eq!((flattened.lookups, flattened.records[0].answer_octets <= ANSWER_LIMIT), (1, true));
}

#[test]
fn hosts_of_others_beyond_the_limit_are_unknown_and_nothing_is_flattened() {
    let lines = "example.com TXT v=spf1".to_owned();
    let own: String = (0..10).map(|n| format!(" a:h{n}.example.com")).collect();
    let zone: String = (0..10).map(|n| format!("h{n}.example.com A 192.0.2.{n}\n")).collect();
    let world = World::new(&format!("{lines}{own} a:late.test -all\n{zone}late.test A 192.0.2.99"));
    let Flattening::Refused { why } = flattening(&world, "example.com") else {
        panic!("a list would lose late.test")
    };
    assert!(why.to_string().starts_with("a:late.test is beyond the limit of 10 lookups"), "{why}");
}

#[test]
fn who_passes_beyond_the_limit_is_gained() {
    let flattened = flattened(&eleven_lookups(), "example.com");
    let gained: Vec<String> = flattened.gained.iter().map(Cidr::to_string).collect();
    assert_eq!(gained, ["192.0.2.99"]);
}

#[test]
fn a_policy_that_asks_who_sends_is_not_flattened() {
    let why = refusal("example.com TXT v=spf1 ip4:192.0.2.1 exists:%{l}.test ptr -all");
    assert!(why.starts_with("exists:%{l}.test ptr depend on the sender"), "{why}");
}

#[test]
fn a_policy_that_could_not_be_told_is_not_flattened() {
    let why = refusal(DARK);
    assert!(why.starts_with("policy undetermined"), "{why}");
}

#[test]
fn a_broken_policy_is_not_flattened() {
    let why = refusal("example.com TXT v=spf1 ip4:192.0.2.1 include:gone.test -all");
    assert!(why.contains("gone.test does not exist"), "{why}");
}

#[test]
fn a_domain_without_a_policy_is_not_flattened() {
    assert_eq!(refusal("example.com TXT hello"), "no SPF policy to flatten");
}

#[test]
fn a_list_is_as_old_as_the_shortest_lived_answer_it_rests_on() {
    let cassette = r#"{"cassette":1,"absent":"nxdomain"}
{"name":"example.com","type":"TXT","ttl":60,"records":["\"v=spf1 include:b.test a:h.test -all\""]}
{"name":"b.test","type":"TXT","ttl":600,"records":["\"v=spf1 ip4:192.0.2.1\""]}
{"name":"h.test","type":"A","ttl":300,"records":["192.0.2.9"]}
{"name":"h.test","type":"AAAA","ttl":900,"records":["2001:db8::1"]}
"#;
    let dns = Replay::read("tape", cassette.as_bytes()).expect("a tape");
    let flattened = flattened(&dns, "example.com");
    let trusted: Vec<String> =
        flattened.sources.iter().map(|it| format!("{} {}", it.name, it.kind)).collect();
    assert_eq!(
        (flattened.stale_after_s, trusted),
        (Some(300), ["b.test TXT", "h.test A", "h.test AAAA"].map(String::from).to_vec())
    );
}

/// Policies of some names that lead to each other, and hosts.
fn zone() -> impl Strategy<Value = String> {
    let term = prop_oneof![
        6 => ("[-+~?]?", 0_u8..64, 26_u8..=32).prop_map(|(q, n, p)| format!("{q}ip4:10.0.0.{n}/{p}")),
        2 => ("[-+~?]?", 0_u8..64, 120_u8..=128)
            .prop_map(|(q, n, p)| format!("{q}ip6:2001:db8::{n:x}/{p}")),
        3 => ("[-+~?]?", 1_usize..4).prop_map(|(q, n)| format!("{q}include:p{n}.test")),
        2 => ("[-+~?]?", 0_usize..3).prop_map(|(q, n)| format!("{q}a:h{n}.test")),
        1 => Just("mx:h0.test".to_owned()),
        1 => Just("redirect=p3.test".to_owned()),
        1 => "[-+~?]?all",
    ];
    (vec(vec(term, 0..6), 4), vec((0_u8..64, 0_u8..64), 3)).prop_map(|(policies, hosts)| {
        let mut lines = String::new();
        for (n, terms) in policies.iter().enumerate() {
            let owner = if n == 0 { "example.com".to_owned() } else { format!("p{n}.test") };
            lines.push_str(&format!("{owner} TXT v=spf1 {}\n", terms.join(" ")));
        }
        for (n, (ipv4, ipv6)) in hosts.iter().enumerate() {
            lines.push_str(&format!(
                "h{n}.test A 10.0.0.{ipv4}\nh{n}.test AAAA 2001:db8::{ipv6:x}\n"
            ));
        }
        lines.push_str("h0.test MX 5 h1.test\n");
        lines
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        rng_seed: RngSeed::Fixed(7208),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_flattened_policy_gives_every_address_the_same(lines in zone()) {
        let world = World::new(&lines);
        if let Flattening::Proved(flattened) = flattening(&world, "example.com") {
            let before = facts(&world, "example.com");
            let overlay = published(&flattened, &world);
            let after = facts(&overlay, "example.com");
            for (before, after) in before.partitions().into_iter().zip(after.partitions()) {
                for cell in &before.cells {
                    for range in cell.set.ranges() {
                        for number in [range.first(), range.last()] {
                            let ip = before.family.address(number);
                            prop_assert_eq!(after.result_of(ip), cell.unlimited(), "{}", ip);
                        }
                    }
                }
            }
            prop_assert_eq!(usize::from(after.worst().lookups), flattened.lookups);
            for record in &flattened.records {
                let Data::Txt(strings) = Data::from_text(record.text.as_bytes()) else { panic!() };
                prop_assert!(strings.iter().all(|string| string.len() <= 255));
                prop_assert!(record.answer_octets <= ANSWER_LIMIT);
            }
        }
    }

    #[test]
    fn most_sound_policies_can_be_flattened(addresses in vec(any::<u32>(), 1..150)) {
        let terms: String = addresses
            .iter()
            .map(|ip| format!(" ip4:{}", std::net::Ipv4Addr::from(*ip)))
            .collect();
        let world = World::new(&format!("example.com TXT v=spf1{terms} -all"));
        let set = IpSet::from_ranges(Family::V4, addresses.iter().map(|ip| {
            Range::new(u128::from(*ip), u128::from(*ip))
        }));
        let flattened = flattened(&world, "example.com");
        let overlay = published(&flattened, &world);
        prop_assert_eq!(&passing(&facts(&overlay, "example.com"))[0], &set);
    }
}
