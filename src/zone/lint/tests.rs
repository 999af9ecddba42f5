//! Each rule with a file that meets it, and with those that must not.

use super::*;
use crate::zonefile::formats;

const SOA: &str = "@ 60 SOA ns.example.net. admin 1 7200 3600 1209600 3600\n";

fn facts(text: &str) -> Facts {
    Facts::new(formats::read("example.com.zone", text.as_bytes()), text.as_bytes().into())
}

fn ids(text: &str) -> Vec<&'static str> {
    check(&facts(text)).iter().map(|finding| finding.rule.name()).collect()
}

fn said(text: &str) -> Vec<String> {
    check(&facts(text)).iter().map(|finding| finding.message.to_string()).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn each_kind_of_fault_is_a_rule() {
    let long = "x".repeat(256);
    let files = [
        "a TXXT b".to_owned(),
        format!("a TXT {long}"),
        "a CNAME b\na TXT c".to_owned(),
        "a CNAME b\na CNAME c".to_owned(),
        format!("{SOA}a.example.org. 60 A 192.0.2.1"),
        "$INCLUDE b".to_owned(),
        "a A 192.0.2.1 ; mailcheck: what".to_owned(),
    ];
    let found: Vec<_> = files.iter().map(|file| ids(file)).collect();
    let expected = [
        ["syntax"],
        ["too-long-string"],
        ["alias-with-other-data"],
        ["alias-with-other-data"],
        ["out-of-zone"],
        ["not-read"],
        ["faulty-comment"],
    ];
    assert_eq!(found, expected);
}

#[test]
fn faults_without_end_are_counted() {
    assert_eq!(ids(&"a TXXT b\n".repeat(1000)).len(), 21);
}

#[test]
fn an_at_sign_before_a_name_is_a_label() {
    let message = said("@.example.com. TXT \"v=spf1 -all\"\n");
    let expected = "\\@.example.com is a name of its own: @ means the origin only as a \
                    whole name; did you mean example.com?";
    assert_eq!(message, [expected]);
}

#[test]
fn a_name_that_ends_in_the_zone_twice_lacks_a_dot() {
    assert_eq!(
        said("a MX 10 mail.example.com\nb.example.com A 192.0.2.1\n"),
        [
            "mail.example.com.example.com ends in example.com twice; is a dot missing after \
             mail.example.com?",
            "b.example.com.example.com ends in example.com twice; is a dot missing after \
             b.example.com?",
        ]
    );
}

#[test]
fn a_target_like_a_name_of_another_domain_lacks_a_dot_if_it_does_not_exist() {
    let zone = format!("{SOA}a 60 MX 10 aspmx.l.google.com\n");
    assert_eq!(ids(&zone), ["missing-dot"]);
    assert_eq!(ids(&format!("{zone}aspmx.l.google.com 60 A 192.0.2.1\n")), NOTHING);
    assert_eq!(ids("a 60 MX 10 aspmx.l.google.com\n"), NOTHING, "a fragment cannot tell");
    assert_eq!(ids(&format!("{SOA}a 60 MX 10 smtp.mx\n")), NOTHING, "it may be a host");
}

#[test]
fn the_target_is_marked_in_its_record() {
    let findings = check(&facts("a MX 10 mail.example.com\n"));
    let location = &findings[0].location;
    let (record, span) = (location.record.as_deref().unwrap(), location.span.unwrap());
    assert_eq!(span.of(record), b"mail.example.com.example.com.");
}

#[test]
fn a_slip_of_an_underscored_name_is_told_with_what_was_meant() {
    let meant = |owner: &str, data: &str| said(&format!("{owner} {data}\n"));
    let policy = "TXT \"v=DMARC1; p=none\"";
    for owner in ["_dmark", "dmarc", "_dmarc1", "_demarc", "-dmarc"] {
        let found = meant(owner, policy);
        assert!(
            found.len() == 1 && found[0].ends_with("_dmarc.example.com?"),
            "{owner}: {found:?}"
        );
    }
    for owner in ["s1._domainkeys", "s1.domainkey", "s1._domankey"] {
        let found = said(&format!("{SOA}{owner} 60 TXT \"v=DKIM1; p=AAAA\"\n"));
        assert!(found[0].ends_with("s1._domainkey.example.com?"), "{owner}: {found:?}");
    }
    assert_eq!(meant("_dmrc", "CNAME d.example.net.").len(), 1);
}

#[test]
fn a_name_that_only_sounds_so_is_not_told() {
    for zone in [
        "dmarc CNAME reports.example.net.",
        "_dmarc TXT \"v=DMARC1; p=none\"",
        "a._report._dmarc TXT \"v=DMARC1\"",
        "*._report._dmarc TXT \"v=DMARC1\"",
        "domainkey TXT other",
        "s1.domainkey.u1 TXT \"p=AAAA\"",
        "dmarc TXT \"v=DMARC1; p=none\"\n_dmarc.a CNAME dmarc",
        "s1._domainkey TXT \"p=\"",
        "www TXT \"p=1\"",
    ] {
        assert_eq!(ids(zone), NOTHING, "{zone}");
    }
}

#[test]
fn a_type_that_mail_does_not_query_at_a_name_is_told() {
    for zone in [
        "_dmarc A 192.0.2.1",
        "_dmarc.sub MX 10 mx.example.net.",
        "_dmarc SPF \"v=DMARC1; p=none\"",
        "s1._domainkey AAAA 2001:db8::1",
        "a.b._domainkey.sub SRV 0 0 25 mx.example.net.",
        "_mta-sts A 192.0.2.1",
        "_smtp._tls MX 10 mx.example.net.",
        "x._bimi A 192.0.2.1",
        "example.org._report._dmarc A 192.0.2.1",
        "_25._tcp.mx TXT \"3 1 1 abcd\"",
        "s1._domainkey TXT s1.example.net.",
        "_dmarc TXT \"_dmarc.example.net\"",
        "_dmarc CNAME v=DMARC1;p=none",
    ] {
        assert_eq!(ids(zone), ["wrong-type"], "{zone}");
    }
}

#[test]
fn types_that_lead_to_the_record_or_stand_beside_it_are_not_told() {
    for zone in [
        "_dmarc CNAME _dmarc.example.net.",
        "_dmarc NS ns.example.net.",
        "_dmarc TXT \"v=DMARC1; p=none\"\n_dmarc A 192.0.2.1",
        "_domainkey A 192.0.2.1",
        "_adsp._domainkey A 192.0.2.1",
        "*._domainkey A 192.0.2.1",
        "* A 192.0.2.1",
        "_smtp A 192.0.2.1",
        "mta-sts A 192.0.2.1",
        "_report._dmarc A 192.0.2.1",
        "_443._tcp.mx TXT x",
        "_25._tcp.mx CNAME tlsa.example.net.",
        "s1._domainkey TXT \"p=\"",
        "s1._domainkey TXT MIGfMA0GCSqGSIb3",
        "s1._domainkey TYPE65401 \\# 0",
    ] {
        let found = ids(zone);
        assert!(!found.contains(&"wrong-type"), "{zone}: {found:?}");
    }
}

#[test]
fn a_wrong_type_says_what_is_missing_only_of_a_zone_that_was_read_whole() {
    let record = "_dmarc 60 A 192.0.2.1\n";
    assert_eq!(
        [said(record), said(&format!("{SOA}{record}"))].concat(),
        [
            "_dmarc.example.com has A records but no TXT record in this file; receivers query TXT for \
             a DMARC policy",
            "_dmarc.example.com has A records but no TXT record: receivers find no DMARC policy",
        ]
    );
}

#[test]
fn a_wrong_type_is_an_error_where_nothing_else_is_there() {
    let counts = |text: &str| {
        let facts = facts(text);
        check(&facts).iter().any(|finding| is_only_one(&facts, finding))
    };
    let below = "_dmarc 60 TXT \"v=DMARC1; p=reject\"\n_dmarc.a 60 A 192.0.2.1\n";
    let other = [format!("{SOA}{below}"), "_dmarc 60 A 192.0.2.1\n".to_owned()];
    assert_eq!(other.map(|text| counts(&text)), [false, false]);
    assert!(counts(&format!("{SOA}s1._domainkey 60 A 192.0.2.1\n")));
}

#[test]
fn an_asterisk_is_a_wildcard_only_where_it_is_the_first_label() {
    assert_eq!(ids("_dmarc.* TXT \"v=DMARC1; p=none\""), ["inner-wildcard"]);
    assert_eq!(ids("* TXT x"), NOTHING);
}

#[test]
fn an_mx_at_a_wildcard_is_told_and_a_null_mx_is_not() {
    assert_eq!(ids("* MX 10 mx.example.net."), ["wildcard-mx"]);
    assert_eq!(ids("* MX 0 ."), NOTHING);
}

#[test]
fn times_to_live_from_a_second_to_a_week_are_usual() {
    let ids_of = |ttl: u32| ids(&format!("a {ttl} MX 10 mx.example.net."));
    assert_eq!(
        [0, 1, 604_800, 604_801].map(ids_of),
        [vec!["unusual-ttl"], vec![], vec![], vec!["unusual-ttl"]]
    );
}

#[test]
fn times_to_live_of_what_is_not_for_mail_are_not_looked_at() {
    assert_eq!(ids("a 0 TXT x\na 0 A 192.0.2.1"), NOTHING);
}

#[test]
fn remarks_of_the_reader_name_the_first_line() {
    assert_eq!(
        said("a 60 TXT x\n\na 60 TXT x\nb 60 TXT x\nb 61 TXT y\n"),
        [
            "the TXT records of b.example.com have TTL 61 here and TTL 60 in line 4",
            "the TXT record of a.example.com repeats line 1",
        ]
    );
}

#[test]
fn a_policy_without_quotes_falls_apart() {
    for zone in [
        "a TXT v=spf1 mx -all",
        "a TXT ( V=SPF1\n mx\n -all )",
        "_dmarc TXT v=DMARC1; p=reject",
        "s1._domainkey TXT ( v=DKIM1; k=rsa; p=AAAA\n)",
    ] {
        assert_eq!(ids(zone), ["unquoted-text"], "{zone}");
    }
}

#[test]
fn a_text_that_is_published_as_it_is_written_does_not() {
    for zone in [
        "a TXT \"v=spf1\" \" mx -all\"",
        "a TXT v=spf1\\ mx\\ -all",
        "_dmarc TXT v=DMARC1\\;p=reject",
        "_dmarc TXT \"v=DMARC1\" ; p=reject comes later",
        "_dmarc TXT v=DMARC1 ; p=reject comes later",
    ] {
        assert_eq!(ids(zone), NOTHING, "{zone}");
    }
}
