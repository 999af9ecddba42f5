//! Policies over which published SPF implementations come to different results, or did.
//!
//! Each test is one such policy and what RFC 7208 says of it. Where the standard leaves receivers
//! a choice, they do choose differently: then the domain's owner is told, too.

use crate::world::{DOMAIN, World, alone, at_once, everybody, facts, ip};
use mailcheck::net::{Family, IpSet};
use mailcheck::protocols::spf::SpfResult::{
    self, Fail, None, Pass, Permerror, Softfail, Temperror,
};
use mailcheck::protocols::spf::{Cell, Policies, Receiver, Sender, check_host, lint};
use std::net::IpAddr;

/// What the address gets that sends as `someone@example.com`.
fn result(zone: &str, address: &str) -> SpfResult {
    result_for(zone, b"someone@example.com", ip(address))
}

fn result_for(zone: &str, mail_from: &[u8], address: IpAddr) -> SpfResult {
    let world = World::new(zone);
    let sender = Sender::mail_from(mail_from, Option::Some(b"client.test"));
    let receiver = Receiver { name: b"receiver.test", time: 0 };
    let checked =
        at_once(check_host(&Policies::new(&world), &sender, IpSet::one(address), receiver));
    checked.only().and_then(Cell::result).expect("a sender that is known gets a result")
}

/// The most lookups that anybody spends.
fn lookups(zone: &str) -> u16 {
    everybody(&World::new(zone), DOMAIN, Family::V4).worst().lookups
}

/// True if the owner is told that receivers disagree.
fn is_disputed(zone: &str) -> bool {
    let findings = lint::check(&facts(&World::new(zone)));
    findings.iter().any(|finding| finding.rule.id == "spf/receivers-disagree")
}

/// The policy under test, and a record that all of them can look up.
fn policy(terms: &str) -> String {
    format!("example.com TXT v=spf1 {terms}\nhost.test A 192.0.2.1\n")
}

/// So many hosts, `h1.test` with `192.0.2.1` and so on, all of them exchangers of the domain.
fn exchangers(count: usize) -> String {
    (1..=count)
        .map(|n| format!("example.com MX {n} h{n}.test\nh{n}.test A 192.0.2.{n}\n"))
        .collect()
}

/// So many terms that look up a host and match nobody.
fn fillers(count: usize) -> String {
    "a:filler.test ".repeat(count)
}

const FILLER: &str = "filler.test A 203.0.113.1\n";

// ── records ─────────────────────────────────────────────────────────────────────────────────────

#[test]
fn two_records_are_a_permerror() {
    let zone = policy("ip4:192.0.2.1 -all") + &policy("ip4:192.0.2.1 -all");
    assert_eq!(result(&zone, "192.0.2.1"), Permerror);
}

#[test]
fn an_unknown_mechanism_is_a_permerror_even_after_a_match() {
    assert_eq!(result(&policy("ip4:192.0.2.1 foo:bar -all"), "192.0.2.1"), Permerror);
}

#[test]
fn a_prefix_of_33_bits_is_a_permerror() {
    assert_eq!(result(&policy("ip4:192.0.2.1/33 -all"), "192.0.2.1"), Permerror);
}

#[test]
fn a_prefix_with_a_leading_zero_is_a_permerror() {
    assert_eq!(result(&policy("ip4:192.0.2.1/024 -all"), "192.0.2.1"), Permerror);
}

#[test]
fn a_record_in_upper_case_is_a_record() {
    assert_eq!(result("example.com TXT V=SPF1 IP4:192.0.2.1 -ALL", "192.0.2.1"), Pass);
}

#[test]
fn a_tab_after_the_version_makes_it_no_record() {
    assert_eq!(result("example.com TXT v=spf1\tip4:192.0.2.1 -all", "192.0.2.1"), None);
}

#[test]
fn another_version_is_no_record_and_no_second_one() {
    let zone = policy("ip4:192.0.2.1 -all") + "example.com TXT v=spf10 -all";
    assert_eq!(result(&zone, "192.0.2.1"), Pass);
}

#[test]
fn an_unknown_modifier_with_a_bad_macro_is_a_permerror() {
    assert_eq!(result(&policy("ip4:192.0.2.1 foo=%{x} -all"), "192.0.2.1"), Permerror);
}

#[test]
fn an_unknown_modifier_with_a_plain_value_is_ignored() {
    assert_eq!(result(&policy("ra=postmaster ip4:192.0.2.1 -all"), "192.0.2.1"), Pass);
}

#[test]
fn an_octet_that_is_not_ascii_is_a_permerror_even_after_all() {
    assert_eq!(result(&policy("ip4:192.0.2.1 -all \u{fc}"), "192.0.2.1"), Permerror);
}

#[test]
fn a_record_found_through_an_alias_counts() {
    let zone = "example.com CNAME spf.test\nspf.test TXT v=spf1 ip4:192.0.2.1 -all";
    assert_eq!(result(zone, "192.0.2.1"), Pass);
}

#[test]
fn a_record_among_49_other_texts_is_found() {
    let texts: String =
        (0..49).map(|n| format!("example.com TXT proof-of-ownership={n}\n")).collect();
    assert_eq!(result(&(texts + &policy("ip4:192.0.2.1 -all")), "192.0.2.1"), Pass);
}

// ── trouble in the DNS ──────────────────────────────────────────────────────────────────────────

#[test]
fn an_include_whose_server_fails_is_a_temperror() {
    let zone = policy("include:broken.test -all") + "broken.test TXT !servfail";
    assert_eq!(result(&zone, "192.0.2.1"), Temperror);
}

#[test]
fn an_include_of_a_name_that_does_not_exist_is_a_permerror() {
    assert_eq!(result(&policy("include:no.test -all"), "192.0.2.1"), Permerror);
}

#[test]
fn a_host_that_cannot_be_looked_up_in_time_is_a_temperror() {
    let zone = policy("a:silent.test -all") + "silent.test A !timeout";
    assert_eq!(result(&zone, "192.0.2.1"), Temperror);
}

// ── limits ──────────────────────────────────────────────────────────────────────────────────────

#[test]
fn three_void_lookups_are_a_permerror() {
    let zone = policy("a:no1.test a:no2.test a:no3.test ip4:192.0.2.1 -all");
    assert_eq!(result(&zone, "192.0.2.1"), Permerror);
}

#[test]
fn two_void_lookups_are_none() {
    assert_eq!(result(&policy("a:no1.test a:no2.test ip4:192.0.2.1 -all"), "192.0.2.1"), Pass);
}

#[test]
fn a_match_at_the_tenth_lookup_is_a_pass() {
    let zone = policy(&format!("{}a:host.test -all", fillers(9))) + FILLER;
    assert_eq!(result(&zone, "192.0.2.1"), Pass);
}

#[test]
fn a_match_at_the_eleventh_lookup_is_a_permerror() {
    let zone = policy(&format!("{}a:host.test -all", fillers(10))) + FILLER;
    assert_eq!(result(&zone, "192.0.2.1"), Permerror);
}

#[test]
fn a_redirect_is_the_eleventh_lookup_after_ten_terms() {
    let zone = policy(&format!("{}redirect=other.test", fillers(10)))
        + FILLER
        + "other.test TXT v=spf1 ip4:192.0.2.1 -all";
    assert_eq!(result(&zone, "192.0.2.1"), Permerror);
}

#[test]
fn terms_with_qualifiers_cost_lookups_like_those_without() {
    let zone = policy("-a ~mx ?include:x.test -all")
        + "example.com A 192.0.2.1\nexample.com MX 1 host.test\nx.test TXT v=spf1 -all";
    assert_eq!(lookups(&zone), 3);
}

#[test]
fn all_costs_no_lookup() {
    assert_eq!(lookups(&policy("all")), 0);
}

#[test]
fn the_same_include_twice_costs_two_lookups() {
    let zone = policy("include:x.test include:x.test -all") + "x.test TXT v=spf1 -all";
    assert_eq!(lookups(&zone), 2);
}

#[test]
fn a_policy_that_includes_itself_is_a_permerror() {
    assert_eq!(result(&policy("include:example.com -all"), "192.0.2.1"), Permerror);
}

#[test]
fn the_eleventh_exchanger_is_a_permerror() {
    assert_eq!(result(&(policy("mx -all") + &exchangers(11)), "192.0.2.11"), Permerror);
}

#[test]
fn the_tenth_exchanger_of_ten_is_a_pass() {
    assert_eq!(result(&(policy("mx -all") + &exchangers(10)), "192.0.2.10"), Pass);
}

// ── where receivers may choose ──────────────────────────────────────────────────────────────────

/// Four hosts without an IPv6 address, and a sender that has one.
fn old_hosts() -> String {
    let hosts: String = (1..=4).map(|n| format!("h{n}.test A 192.0.2.{n}\n")).collect();
    policy("a:h1.test a:h2.test a:h3.test a:h4.test ip6:2001:db8::/32 -all") + &hosts
}

#[test]
fn hosts_without_ipv6_are_void_lookups_for_a_sender_that_uses_it() {
    assert_eq!(result(&old_hosts(), "2001:db8::1"), Permerror);
}

#[test]
fn hosts_without_ipv6_are_none_for_a_sender_that_does_not() {
    assert_eq!(result(&old_hosts(), "192.0.2.4"), Pass);
}

#[test]
fn receivers_disagree_over_void_lookups_of_ipv6_senders() {
    assert!(is_disputed(&old_hosts()));
}

/// Three exchangers without any address, and a sender that another term allows.
fn empty_exchangers() -> String {
    let hosts: String = (1..=3).map(|n| format!("example.com MX {n} h{n}.test\n")).collect();
    policy("mx ip4:192.0.2.9 -all") + &hosts
}

#[test]
fn exchangers_without_address_are_one_void_term() {
    // RFC 7208 §4.6.4: "it is useful to limit the number of "terms" for which DNS queries return
    // either a positive answer (RCODE 0) with an answer count of 0, or a "Name Error""
    let world = World::new(&empty_exchangers());
    let cell = alone(&world, DOMAIN, ip("192.0.2.9"));
    assert_eq!((cell.result(), cell.spent.voids, cell.spent.void_questions), (Some(Pass), 1, 3));
}

#[test]
fn receivers_disagree_over_exchangers_without_address() {
    assert!(is_disputed(&empty_exchangers()));
}

#[test]
fn an_exchanger_before_the_eleventh_is_a_pass() {
    assert_eq!(result(&(policy("mx -all") + &exchangers(11)), "192.0.2.4"), Pass);
}

#[test]
fn receivers_disagree_over_eleven_exchangers() {
    assert!(is_disputed(&(policy("mx -all") + &exchangers(11))));
}

#[test]
fn receivers_agree_over_ten_exchangers() {
    assert!(!is_disputed(&(policy("mx -all") + &exchangers(10))));
}

// ── mechanisms and modifiers ────────────────────────────────────────────────────────────────────

#[test]
fn redirect_is_ignored_where_all_stands_even_after_it() {
    let zone = policy("redirect=other.test -all") + "other.test TXT v=spf1 ip4:192.0.2.1 -all";
    assert_eq!(result(&zone, "192.0.2.1"), Fail);
}

#[test]
fn exists_asks_for_an_ipv4_address_even_for_an_ipv6_sender() {
    let zone = policy("exists:new.test -all") + "new.test AAAA 2001:db8::1";
    assert_eq!(result(&zone, "2001:db8::1"), Fail);
}

#[test]
fn a_softfail_inside_an_include_is_no_match() {
    let zone = policy("include:soft.test -all") + "soft.test TXT v=spf1 ~all";
    assert_eq!(result(&zone, "192.0.2.1"), Fail);
}

#[test]
fn each_family_has_its_own_prefix_length() {
    let zone =
        policy("a:both.test/24//64 ~all") + "both.test A 192.0.2.1\nboth.test AAAA 2001:db8::1";
    let results = ["192.0.2.200", "192.0.3.1", "2001:db8::ffff", "2001:db8:0:1::1"];
    assert_eq!(results.map(|it| result(&zone, it)), [Pass, Softfail, Pass, Softfail]);
}

// ── macros ──────────────────────────────────────────────────────────────────────────────────────

#[test]
fn the_domain_macro_of_an_include_is_the_domain_included() {
    let zone = policy("include:inner.test -all")
        + "inner.test TXT v=spf1 exists:%{d}.list.test -all\ninner.test.list.test A 127.0.0.2";
    assert_eq!(result(&zone, "192.0.2.1"), Pass);
}

#[test]
fn a_reverse_name_that_leads_back_is_the_validated_name() {
    let zone = policy("exists:%{p}.list.test -all")
        + "1.2.0.192.in-addr.arpa PTR host.test\nhost.test.list.test A 127.0.0.2";
    assert_eq!(result(&zone, "192.0.2.1"), Pass);
}

#[test]
fn an_upper_case_macro_escapes_a_percent_sign_of_the_local_part() {
    let zone = policy("exists:%{L}.list.test -all") + "50%25off.list.test A 127.0.0.2";
    assert_eq!(result_for(&zone, b"50%off@example.com", ip("192.0.2.1")), Pass);
}
