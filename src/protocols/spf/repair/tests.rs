use super::*;
use crate::protocols::spf::grammar;
use proptest::prelude::*;

fn repaired(text: &str) -> Option<String> {
    let text = repair(text.as_bytes())?.text?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn what_can_have_been_meant_in_one_way_only_is_written_so() {
    let cases = [
        ("v=spf1; mx; include:a.example; -all", "v=spf1 mx include:a.example -all"),
        ("v=spf1 ip4:192.0.2.10,198.51.100.7 -all", "v=spf1 ip4:192.0.2.10 ip4:198.51.100.7 -all"),
        ("v=spf1 ipv4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"),
        ("v=spf1 inlcude:a.example -all", "v=spf1 include:a.example -all"),
        ("v=spf1 include a.example -all", "v=spf1 include:a.example -all"),
        ("v=spf1 include :a.example -all", "v=spf1 include:a.example -all"),
        ("v=spf1 ip4: 192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"),
        ("v=spf1 192.0.2.0/24 -all", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 ip4:2001:db8::1 -all", "v=spf1 ip6:2001:db8::1 -all"),
        ("v=spf1 a:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"),
        ("v=spf1 a:2001:db8::1 -all", "v=spf1 ip6:2001:db8::1 -all"),
        ("v=spf1 ip4:192.0.2.0/255.255.255.0 -all", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 ip4:192.0.2.0 255.255.255.0 mx -all", "v=spf1 ip4:192.0.2.0/24 mx -all"),
        ("v=spf1 192.0.2.0 255.255.255.128 -all", "v=spf1 ip4:192.0.2.0/25 -all"),
        ("v=spf1 ip4:192.0.2.0/0.0.0.255 -all", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 ip4:192.0.2.0/ 24 -all", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 mx &#126;all", "v=spf1 mx ~all"),
        ("v=spf1 ip4:192.0.2.4-7 -all", "v=spf1 ip4:192.0.2.4/30 -all"),
        ("v=spf1 ip4:192.0.2.* -all", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 mx \u{2013}all", "v=spf1 mx -all"),
        ("\u{201c}v=spf1 mx \u{2013}all\u{201d}", "v=spf1 mx -all"),
        ("v=spf1 mx all-", "v=spf1 mx -all"),
        ("v=spf1 mx - all", "v=spf1 mx -all"),
        ("v=spf1 mx -al", "v=spf1 mx -all"),
        ("v=spf1 mx ?all.", "v=spf1 mx ?all"),
        ("v=spf1 mx ; -all;", "v=spf1 mx -all"),
        ("v=spf1 include=a.example -all", "v=spf1 include:a.example -all"),
        ("v=spf1 include:https://a.example/x -all", "v=spf1 include:a.example -all"),
        ("v=spf1 include:include:a.example -all", "v=spf1 include:a.example -all"),
        (
            "v=spf1 include:a.exampleinclude:b.example-all",
            "v=spf1 include:a.example include:b.example -all",
        ),
        ("v=spf1include:a.example -all", "v=spf1 include:a.example -all"),
        ("v=spf1 a -all v=spf1 include:b.example ~all", "v=spf1 a include:b.example ~all"),
        ("TXT v=spf1 mx -all", "v=spf1 mx -all"),
        ("<p>v=spf1 mx -all</p>", "v=spf1 mx -all"),
        ("spf1 mx -all", "v=spf1 mx -all"),
        ("v=spf1 redirect:a.example", "v=spf1 redirect=a.example"),
        ("v=spf1 +a +mx + ?all", "v=spf1 +a +mx ?all"),
        ("v=spf1 mx include: -all", "v=spf1 mx -all"),
        ("v=spf1 a:/24 -all", "v=spf1 a/24 -all"),
        ("v=spf1 mx: -all", "v=spf1 mx -all"),
        ("v=spf1 include:m\u{fc}nchen.example -all", "v=spf1 include:xn--mnchen-3ya.example -all"),
    ];
    for (text, expected) in cases {
        assert_eq!(repaired(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn nobody_is_advised_to_let_everyone_pass() {
    for text in ["v=spf1 mx +all.", "v=spf1 mx + all", "v=spf1 mx all.", "v=spf1 mx +al"] {
        let read = repair(text.as_bytes()).expect("read");
        let offers = read.slips.iter().any(|slip| slip.meant.is_some());
        assert_eq!((read.text, offers), (None, false), "{text}");
    }
}

#[test]
fn of_two_ends_it_is_not_known_which_was_meant() {
    for text in ["v=spf1 mx ~al -all", "v=spf1 mx -all.  ~all", "v=spf1 mx 255.255.255.0 -all"] {
        assert_eq!(repaired(text), None, "{text}");
    }
}

#[test]
fn what_may_have_been_meant_in_several_ways_is_left_to_the_owner() {
    let texts = [
        "v=spf1 foo -all",
        "v=spf1 ip4:192.0.2.300 -all",
        "v=spf1 ip4:192.0.2 -all",
        "v=spf1 ip4:192.0.2.0/64 -all",
        "v=spf1 redirect=a.example redirect=b.example",
    ];
    for text in texts {
        assert_eq!(repaired(text), None, "{text}");
    }
}

#[test]
fn what_rests_on_a_guess_is_not_certain() {
    for text in ["v=spf1 mx + -all", "v=spf1 a:/24 -all", "v=spf1 include:b@m.example -all"] {
        assert!(!repair(text.as_bytes()).expect("a record").is_certain(), "{text}");
    }
}

#[test]
fn only_a_modifier_that_stands_twice_is_said_to() {
    let slips = repair(b"v=spf1 a:b_c -all").expect("a record").slips;
    assert_eq!(slips, []);
}

#[test]
fn other_texts_are_no_records() {
    for text in ["google-site-verification=v", "spf", "spf2.0/pra mx -all", "", "v=DMARC1; p=none"]
    {
        assert_eq!(repair(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn each_slip_is_named_at_its_place() {
    let text = "v=spf1 mx, \u{2013}all".as_bytes();
    let slips = repair(text).expect("a record").slips;
    let said: Vec<_> =
        slips.iter().map(|slip| (slip.span.start, slip.phrase().to_string())).collect();
    assert_eq!(
        said,
        [
            (9, "a comma instead of a space".to_owned()),
            (11, "an en dash (U+2013) instead of a hyphen".to_owned()),
        ]
    );
}

proptest! {
    #[test]
    fn any_octets_are_read_without_panic(octets: Vec<u8>) {
        let _ = repair(&octets);
        let _ = repair(&[b"v=spf1 ".as_slice(), &octets].concat());
    }

    #[test]
    fn a_repaired_record_is_sound_and_needs_no_second_repair(tail in "[ ;,:=/.\\-~a-z0-9<>\"]{0,40}") {
        if let Some(text) = repair(format!("v=spf1 {tail}").as_bytes()).and_then(|it| it.text) {
            prop_assert!(grammar::parse(text.as_slice()).errors.is_empty());
        }
    }

    #[test]
    fn a_sound_record_of_plain_terms_is_left_as_it_is(
        terms in proptest::collection::vec("(ip4:198\\.51\\.100\\.[1-9]/2[4-9]|a|mx|a:h[0-9]\\.example|include:p[0-9]\\.example|exists:%\\{i\\}\\.e\\.example)", 0..6),
    ) {
        let text = format!("v=spf1 {} -all", terms.join(" "));
        prop_assert_eq!(repaired(&text), Some(text));
    }
}

#[test]
fn a_mail_address_leaves_the_domain_that_was_probably_meant() {
    let repair = repair(b"v=spf1 include:postmaster@spf.example.net -all").expect("a record");
    assert_eq!(repair.text.as_deref(), Some(&b"v=spf1 include:spf.example.net -all"[..]));
    assert!(!repair.is_certain());
}
