//! Every rule of SPF has a policy that trips it and nothing else, and sound ones trip none.

use crate::world::{World, facts};
use mailcheck::diagnostic::{Finding, Severity, Standing};
use mailcheck::protocols::spf::lint;
use std::collections::BTreeSet;

/// Twelve hosts with addresses of both families, a provider, and the policy under test.
fn world(lines: &str) -> World {
    let mut zone = String::new();
    for n in 1..=12 {
        zone += &format!("h{n}.host.test A 192.0.2.{n}\nh{n}.host.test AAAA 2001:db8::{n:x}\n");
    }
    zone += "why.host.test TXT %{i} is no host of %{d}\n";
    zone += "provider.test TXT v=spf1 ip4:198.51.100.0/24 ip6:2001:db8:1::/48 ~all\n";
    World::new(&(zone + lines))
}

fn findings(lines: &str) -> Vec<Finding> {
    lint::check(&facts(&world(lines)))
}

fn rules(lines: &str) -> Vec<&'static str> {
    let found: BTreeSet<&str> = findings(lines).iter().map(|finding| finding.rule.id).collect();
    found.into_iter().collect()
}

/// The message and the text that it points to, of the only finding.
fn only(lines: &str) -> (String, String) {
    let found = findings(lines);
    let [finding] = found.as_slice() else { panic!("{} findings: {found:#?}", found.len()) };
    let location = &finding.location;
    let record = location.record.as_deref().unwrap_or_default();
    let text = location.span.map_or(record, |span| span.of(record));
    (finding.message.to_string(), String::from_utf8_lossy(text).into_owned())
}

/// Terms that look up `count` hosts.
fn hosts(count: usize) -> String {
    (1..=count).map(|n| format!("a:h{n}.host.test ")).collect()
}

/// Records that give the names `prefix1.host.test` and so on IPv4 addresses only.
fn old_hosts(count: usize) -> String {
    (1..=count).map(|n| format!("old{n}.host.test A 203.0.113.{n}\n")).collect()
}

/// Records of an `mx` with so many hosts.
fn exchangers(count: usize) -> String {
    (1..=count).map(|n| format!("example.com MX {n} h{n}.host.test\n")).collect()
}

/// A rule, and a policy that trips it alone.
fn tripping() -> Vec<(&'static str, String)> {
    let own = |terms: &str| format!("example.com TXT v=spf1 {terms}\n");
    let voids = "a:no1.test a:no2.test a:no3.test";
    let many = (0..30).map(|n| format!("ip4:198.51.100.{} ", n * 2)).collect::<String>();
    vec![
        ("spf/missing", "example.com A 192.0.2.1".into()),
        ("spf/several-records", own("-all") + &own("-all")),
        ("spf/syntax", own("al -all")),
        ("spf/suspicious-modifier", own("include=provider.test -all")),
        ("spf/doubtful-name", own("include:include:%{i}.lists.provider.test -all")),
        ("spf/lookalike", own("-all") + "example.com TXT \"v=spf1 a -all\""),
        ("spf/record-size", own(&format!("{many}-all"))),
        ("spf/duplicate-term", own("ip4:192.0.2.1 ip4:192.0.2.1/32 -all")),
        ("spf/dead-term", own("include:provider.test ip4:198.51.100.7 -all")),
        ("spf/shadowed-term", own("include:provider.test -ip4:198.51.100.7 -all")),
        ("spf/wide-network", own("ip4:198.48.0.0/12 -all")),
        ("spf/host-bits", own("ip4:198.51.100.7/24 -all")),
        ("spf/private-address", own("ip4:10.0.0.0/8 -all")),
        ("spf/weak-term", own("?ip4:198.51.100.7 -all")),
        ("spf/sender-id", own("-all") + "example.com TXT spf2.0/pra -all"),
        ("spf/include-without-record", own("include:no.test -all")),
        ("spf/loop", own("ip4:192.0.2.1 include:example.com -all")),
        ("spf/void-lookup", own("a:no.test -all")),
        ("spf/too-many-lookups", own(&format!("{}-all", hosts(11)))),
        ("spf/lookup-headroom", own(&format!("{}-all", hosts(9)))),
        ("spf/no-lookup-headroom", own(&format!("{}-all", hosts(10)))),
        ("spf/too-many-voids", own(&format!("{voids} -all"))),
        (
            "spf/possible-voids",
            own("exists:%{i}.a.host.test exists:%{i}.b.host.test exists:%{i}.c.host.test -all"),
        ),
        (
            "spf/family-asymmetry",
            own("a:old1.host.test a:old2.host.test a:old3.host.test -all") + &old_hosts(3),
        ),
        (
            "spf/receivers-disagree",
            own("mx ip6:2001:db8:2::/48 -all")
                + &old_hosts(3)
                + "example.com MX 1 old1.host.test\nexample.com MX 1 old2.host.test\n"
                + "example.com MX 1 old3.host.test",
        ),
        ("spf/redirect-ignored", own("-all redirect=provider.test")),
        ("spf/terms-after-all", own("-all ip4:192.0.2.1")),
        ("spf/no-all", own("ip4:192.0.2.1")),
        ("spf/neutral-all", own("ip4:192.0.2.1 ?all")),
        ("spf/pass-all", own("ip4:192.0.2.1 +all")),
        ("spf/ptr", own("ptr:host.test -all")),
        ("spf/mapped-address", own("ip6:::ffff:198.51.100.0/120 -all")),
        ("spf/unusual-case", own("IP4:198.51.100.7 -all")),
        ("spf/reporting-modifier", own("-all ra=postmaster")),
        ("spf/unused-explanation", own("ip4:198.51.100.7 ~all exp=why.example.com")),
        ("spf/unusable-explanation", own("ip4:198.51.100.7 -all exp=why.%{d}")),
        ("spf/local-part-macro", own("exists:%{l}.host.test -all")),
        // The world cuts a text in the middle, which is before `include:` here.
        ("spf/joined-strings", own("exists:%{i}.ho.testinclude:provider.test -all")),
    ]
}

#[test]
fn each_rule_has_a_policy_that_trips_it_alone() {
    for (rule, lines) in tripping() {
        assert_eq!(rules(&lines), [rule], "{lines}");
    }
}

#[test]
fn every_rule_is_tripped_somewhere() {
    // With more than ten MX hosts receivers disagree as well, so that rule is not met alone; and the
    // retired type is asked of files only, as the pages of its rules do.
    let mut tripped: Vec<_> = tripping().into_iter().map(|(rule, _)| rule).collect();
    tripped.extend(["spf/too-many-mx-hosts", "spf/retired-type", "spf/retired-type-differs"]);
    tripped.sort_unstable();
    let mut rules: Vec<_> = lint::CHECKS.iter().map(|check| check.rule.id).collect();
    rules.sort_unstable();
    assert_eq!(tripped, rules);
}

#[test]
fn sound_policies_trip_nothing() {
    let sound = [
        "-all",
        "mx a:h2.host.test ip4:203.0.113.7 include:provider.test -all",
        "include:provider.test ~all",
        "redirect=provider.test",
        "exists:%{i}._spf.example.com -all",
        "a:h1.host.test moo=cow -all exp=why.host.test",
        // An address that is near to the mapped ones, and one that only holds them.
        "ip6:::fffe:198.51.100.7 ip6:2001:db8::198.51.100.7 -all",
        // The world cuts this text behind the sign, and no term is swallowed.
        "a:h1.host.test -ip4:198.51.100.7/32 -all",
        // The value of a term may have capitals.
        "include:Provider.TEST -all",
        // One host with IPv4 addresses only is no void lookup of the term.
        "a:old1.host.test a:old2.host.test -all",
    ];
    for terms in sound {
        let lines = format!("example.com TXT v=spf1 {terms}\nexample.com MX 1 h1.host.test\n");
        assert_eq!(rules(&(lines + &old_hosts(2))), [] as [&str; 0], "{terms}");
    }
}

#[test]
fn nothing_is_reported_from_a_failure() {
    let failing = [
        "example.com * !timeout",
        "example.com TXT v=spf1 include:silent.test -all\nsilent.test * !timeout",
        "example.com TXT v=spf1 redirect=silent.test\nsilent.test * !servfail",
        "example.com TXT v=spf1 a:silent.test mx:silent.test -all\nsilent.test * !servfail",
        "example.com TXT v=spf1 exists:silent.test -all\nsilent.test * !servfail",
        "example.com TXT v=spf1 a:half.test -all\nhalf.test A !timeout\nhalf.test TXT x",
    ];
    for lines in failing {
        assert_eq!(rules(lines), [] as [&str; 0], "{lines}");
    }
}

#[test]
fn a_term_is_dead_only_if_nothing_is_left_for_it_in_either_family() {
    let alive = [
        // The host has an IPv6 address, too.
        "ip4:192.0.2.0/24 a:h1.host.test -all",
        "ip4:192.0.2.0/25 ip4:192.0.2.0/24 -all",
        // Who passes here depends on the sender.
        "ip4:192.0.2.0/24 exists:%{i}.host.test -all",
        // Three addresses are listed, two of them before.
        "ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.0/30 -all",
        // Whoever is in the include passes, whoever is excluded in it does not.
        "include:hole.test ip4:192.0.2.7 -all",
    ];
    let hole = "hole.test TXT v=spf1 -ip4:192.0.2.7 ip4:192.0.2.0/24 -all\n";
    for terms in alive {
        let lines = format!("example.com TXT v=spf1 {terms}\n{hole}");
        assert_eq!(rules(&lines), [] as [&str; 0], "{terms}");
    }
}

#[test]
fn a_term_behind_a_failure_is_not_dead() {
    let lines = "example.com TXT v=spf1 a:silent.test ip4:192.0.2.1 include:provider.test -all\n\
                 silent.test * !timeout";
    assert_eq!(rules(lines), [] as [&str; 0]);
}

#[test]
fn an_include_that_failed_is_not_dead() {
    let lines = "example.com TXT v=spf1 ip4:192.0.2.0/24 include:half.test -all\n\
                 half.test TXT v=spf1 ip4:192.0.2.7 a:silent.test -all\nsilent.test * !timeout";
    assert_eq!(rules(lines), [] as [&str; 0]);
}

// ── what the findings say ───────────────────────────────────────────────────────────────────────

#[test]
fn too_many_lookups_says_who_is_hit_and_where() {
    let lines = format!(
        "example.com TXT v=spf1 {}ip4:198.51.100.0/24 a:h10.host.test a:h11.host.test a:own.example.com ip4:203.0.113.7 -all\n\
         own.example.com A 203.0.113.9",
        hosts(9)
    );
    let (message, text) = only(&lines);
    assert_eq!(
        message,
        "12 DNS lookups (limit 10); receivers return permerror for senders not matched before the limit: 4,294,967,030 IPv4 addresses and about 2^128 IPv6 addresses; without the limit 2 IPv4 addresses would pass"
    );
    assert_eq!(text, "a:h11.host.test");
}

#[test]
fn too_many_lookups_in_an_include_points_to_the_term_of_the_domain() {
    let inner = hosts(11);
    let lines = format!(
        "example.com TXT v=spf1 ip4:192.0.2.200 include:deep.test -all\ndeep.test TXT v=spf1 {inner}-all"
    );
    assert_eq!(only(&lines).1, "include:deep.test");
}

#[test]
fn a_fault_says_what_was_meant() {
    let meant = |term: &str| only(&format!("example.com TXT v=spf1 {term} -all")).0;
    assert_eq!(meant("-al"), "-al: expected a mechanism or modifier; did you mean -all?");
    // That would let everyone pass.
    assert!(!meant("al").contains("did you mean"));
    assert_eq!(
        meant("inlcude:provider.test"),
        "inlcude:provider.test: expected a mechanism or modifier; did you mean include:provider.test?"
    );
    assert_eq!(
        meant("ipv4:192.0.2.1"),
        "ipv4:192.0.2.1: expected a mechanism or modifier; did you mean ip4:192.0.2.1?"
    );
}

#[test]
fn each_fault_is_found_also_in_the_record_of_an_include() {
    let lines =
        "example.com TXT v=spf1 include:faulty.test -all\nfaulty.test TXT v=spf1 foo:1 bar:2 -all";
    let found = findings(lines);
    let places: Vec<_> =
        found.iter().map(|it| (it.rule.id, it.location.name.to_string())).collect();
    let fault = ("spf/syntax", "faulty.test".to_owned());
    assert_eq!(places, [fault.clone(), fault]);
}

#[test]
fn an_include_of_a_missing_domain_names_both() {
    let (message, text) = only("example.com TXT v=spf1 include:no.test -all");
    assert_eq!(
        message,
        "include:no.test points to a name that does not exist; receivers return permerror"
    );
    assert_eq!(text, "include:no.test");
}

#[test]
fn a_redirect_without_record_is_told_once_though_both_walks_meet_it() {
    let (_, text) = only("example.com TXT v=spf1 redirect=empty.test\nempty.test A 192.0.2.1");
    assert_eq!(text, "redirect=empty.test");
}

#[test]
fn an_include_of_no_name_is_an_include_without_record() {
    assert_eq!(
        rules("example.com TXT v=spf1 include:a..b.test -all"),
        ["spf/include-without-record"]
    );
}

#[test]
fn a_void_lookup_names_term_and_target() {
    let (message, text) = only("example.com TXT v=spf1 mx -all");
    assert_eq!(message, "mx (example.com) finds no MX record; receivers allow 2 void lookups");
    assert_eq!(text, "mx");
}

#[test]
fn a_void_host_of_an_mx_is_named() {
    let (message, _) = only("example.com TXT v=spf1 mx -all\nexample.com MX 1 gone.test");
    assert_eq!(
        message,
        "mx (gone.test) points to a name that does not exist; receivers allow 2 void lookups"
    );
}

#[test]
fn two_terms_without_a_space_between_them_are_taken_apart() {
    let lines = "example.com TXT v=spf1 include:provider.testinclude:other.test -all";
    assert_eq!(
        only(lines).0,
        "include:provider.testinclude:other.test points to a name that does not exist; receivers \
         return permerror; a space is missing before include:other.test"
    );
}

#[test]
fn too_many_voids_names_the_terms() {
    let (message, text) = only("example.com TXT v=spf1 a:no1.test a:no2.test exists:no3.test -all");
    assert_eq!(
        message,
        "3 void lookups, limit 2 (a:no1.test, a:no2.test, exists:no3.test); receivers return permerror for senders not matched before the limit: all IPv4 addresses and all IPv6 addresses"
    );
    assert_eq!(text, "exists:no3.test");
}

#[test]
fn a_dead_include_says_by_what_and_what_it_costs() {
    let lines = "example.com TXT v=spf1 include:provider.test include:inner.test -all\n\
                 inner.test TXT v=spf1 include:provider.test -all";
    assert_eq!(
        only(lines),
        (
            "include:inner.test never matches: include:provider.test already gives the same result to 256 IPv4 addresses and 2^80 IPv6 addresses; it costs 2 lookups"
                .into(),
            "include:inner.test".into()
        )
    );
}

#[test]
fn an_exception_behind_its_network_says_who_was_there_before() {
    let lines = "example.com TXT v=spf1 ip4:192.0.2.0/24 -ip4:192.0.2.66 -all";
    assert_eq!(
        only(lines).0,
        "-ip4:192.0.2.66 has no effect: ip4:192.0.2.0/24 already gives another result to 192.0.2.66"
    );
}

#[test]
fn a_wide_network_is_counted() {
    let (message, _) = only("example.com TXT v=spf1 ip6:2001:db00::/24 -all");
    assert_eq!(message, "ip6:2001:db00::/24 authorizes 2^104 addresses");
}

#[test]
fn an_include_that_passes_everybody_lets_everybody_pass() {
    let lines = "example.com TXT v=spf1 include:open.test -all\nopen.test TXT v=spf1 +all";
    let (message, text) = only(lines);
    assert_eq!(
        message,
        "include:open.test (by +all) lets anyone send: all IPv4 addresses and all IPv6 addresses"
    );
    assert_eq!(text, "include:open.test");
}

#[test]
fn a_host_that_only_the_walk_of_one_family_reaches_is_not_known_to_be_void() {
    let found = rules(
        "example.com TXT v=spf1 ip4:0.0.0.0/0 a:old1.host.test -all\nold1.host.test A 203.0.113.1",
    );
    assert!(!found.contains(&"spf/void-lookup"), "{found:?}");
}

#[test]
fn two_lists_by_sender_are_within_the_limit() {
    assert_eq!(
        rules("example.com TXT v=spf1 exists:%{i}.a.host.test exists:%{i}.b.host.test -all"),
        [""; 0]
    );
}

#[test]
fn networks_that_cover_half_of_ipv4_let_everybody_pass() {
    assert_eq!(rules("example.com TXT v=spf1 ip4:0.0.0.0/0 -all"), ["spf/pass-all"]);
}

#[test]
fn more_than_ten_mx_hosts_break_the_policy_and_divide_receivers() {
    let lines = format!("example.com TXT v=spf1 mx -all\n{}", exchangers(11));
    assert_eq!(rules(&lines), ["spf/receivers-disagree", "spf/too-many-mx-hosts"]);
}

#[test]
fn receivers_disagree_says_which_addresses_get_what_where() {
    let (_, lines) =
        tripping().into_iter().find(|(rule, _)| rule.contains("disagree")).expect("a row");
    assert_eq!(
        only(&lines).0,
        "pass for 2^80 IPv6 addresses at receivers that count void lookups per term, permerror at those that count void DNS queries"
    );
}

#[test]
fn a_loop_over_two_domains_is_told_where_it_closes() {
    let lines = "example.com TXT v=spf1 include:there.test -all\n\
                 there.test TXT v=spf1 include:example.com -all";
    let (_, text) = only(lines);
    assert_eq!(text, "include:example.com");
}

#[test]
fn the_same_policy_included_twice_is_no_loop() {
    let lines = "example.com TXT v=spf1 include:a.test include:b.test -all\n\
                 a.test TXT v=spf1 include:provider.test -all\n\
                 b.test TXT v=spf1 include:provider.test ip4:203.0.113.7 -all";
    assert_eq!(rules(lines), [] as [&str; 0]);
}

#[test]
fn records_that_look_right_to_a_human_eye_are_lookalikes() {
    for text in ["v=spf10 -all", " v=spf1 -all", "v=spf1\t-all", "\"v=spf1 -all\"", "v = spf1 -all"]
    {
        let lines = format!("example.com TXT v=spf1 -all\nexample.com TXT {text}");
        assert_eq!(rules(&lines), ["spf/lookalike"], "{text}");
    }
}

#[test]
fn a_misspelt_term_does_not_make_the_policy_look_endless() {
    assert_eq!(rules("example.com TXT v=spf1 ip4:192.0.2.1 -al"), ["spf/syntax"]);
}

#[test]
fn a_flood_of_findings_is_cut_to_twenty_and_one_that_counts_the_rest() {
    let lines = format!("example.com TXT v=spf1 {}-all", "ip4:192.0.2.1/24 ".repeat(1000));
    let found = findings(&lines);
    assert_eq!(found.iter().filter(|it| it.rule.id == "spf/host-bits").count(), 21);
}

#[test]
fn findings_carry_no_control_characters_of_a_record() {
    let found = findings("example.com TXT v=spf1 \u{1b}[31mall a:\u{9b}x -all");
    assert!(found.iter().all(|finding| !finding.message.to_string().contains(char::is_control)));
    assert_eq!(found.len(), 2);
}

#[test]
fn an_error_is_what_receivers_that_follow_the_standard_refuse_today() {
    let ids: Vec<_> = lint::CHECKS
        .iter()
        .map(|check| check.rule)
        .filter(|rule| rule.severity == Severity::Error)
        .map(|rule| rule.id.trim_start_matches("spf/"))
        .collect();
    assert_eq!(
        ids,
        [
            "several-records",
            "syntax",
            "include-without-record",
            "loop",
            "too-many-lookups",
            "too-many-voids",
            "too-many-mx-hosts",
            "pass-all"
        ]
    );
}

#[test]
fn voids_that_only_ipv6_senders_meet_weaken_a_policy_and_do_not_break_it() {
    let standing = |terms: &str| {
        let lines = format!("example.com TXT v=spf1 {terms} -all\n{}", old_hosts(3));
        facts(&world(&lines)).standing()
    };
    let old = standing("a:old1.host.test a:old2.host.test a:old3.host.test");
    let void = standing("a:no1.test a:no2.test a:no3.test");
    assert_eq!((old, void), (Standing::Weak, Standing::Broken));
}

// ── explanations ────────────────────────────────────────────────────────────────────────────────

/// What is said of an explanation at why.test.
fn explained(records: &str) -> Vec<String> {
    let lines = format!("example.com TXT v=spf1 -all exp=why.test\n{records}");
    findings(&lines).iter().map(|finding| finding.message.to_string()).collect()
}

#[test]
fn an_explanation_that_receivers_cannot_use_is_told_with_its_flaw() {
    let records = [
        "why.test A 192.0.2.1",
        "why.test TXT one\nwhy.test TXT two",
        "why.test TXT caf\u{e9}",
        "why.test TXT 100% sure",
        "why.test TXT %{i} is not %{z}",
    ];
    let flaws = records.map(|records| {
        let said = explained(records).concat();
        let flaw = said.split("why.test has ").nth(1).unwrap_or_default().to_owned();
        flaw.split(';').next().unwrap_or_default().to_owned()
    });
    assert_eq!(
        flaws,
        [
            "no TXT record",
            "2 TXT records (1 allowed)",
            "a non-ASCII text",
            "a syntax error in a macro",
            "a syntax error in a macro"
        ]
    );
}

#[test]
fn an_explanation_that_could_not_be_asked_for_is_not_told() {
    assert_eq!(explained("why.test TXT !servfail"), [""; 0]);
}

#[test]
fn an_explanation_behind_the_sender_or_in_anothers_record_is_not_looked_for() {
    let lines = [
        "example.com TXT v=spf1 -all exp=%{l}.why.test",
        "example.com TXT v=spf1 redirect=other.test\nother.test TXT v=spf1 -all exp=why.test",
    ];
    let found = lines.map(|lines| rules(lines).contains(&"spf/unusable-explanation"));
    assert_eq!(found, [false, false]);
}

#[test]
fn a_mail_address_in_the_place_of_a_name_is_called_one() {
    let (message, _) = only("example.com TXT v=spf1 include:postmaster@provider.test -all");
    assert!(message.contains("a mail address instead of a domain name"), "{message}");
}

#[test]
fn a_term_that_never_decides_is_not_weak_as_well() {
    assert_eq!(
        rules("example.com TXT v=spf1 ip4:198.51.100.0/24 ?ip4:198.51.100.7 -all"),
        ["spf/shadowed-term"]
    );
}

#[test]
fn lists_that_may_be_empty_make_a_policy_weak_when_they_are_more_than_two() {
    let policy = |count: usize| {
        let lists: String = (0..count).map(|n| format!("exists:%{{i}}.l{n}.test ")).collect();
        facts(&world(&format!("example.com TXT v=spf1 {lists}-all"))).standing()
    };
    assert_eq!([policy(2), policy(3)], [Standing::Good, Standing::Weak]);
}
