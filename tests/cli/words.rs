//! What people type in place of a domain, and what the program makes of it.

use super::{SOUND, replay, run, text, world};

/// The domain that a word was read as, and what was said about it.
fn understood(test: &str, word: &str) -> (String, Vec<String>) {
    let domain = replay(test, SOUND, [word, "--checks", "spf"]).domain();
    let notes = domain["notes"].as_array().into_iter().flatten();
    let said = notes.map(super::said).collect();
    (domain["domain"].as_str().unwrap_or_default().to_owned(), said)
}

#[test]
fn an_unknown_flag_is_named_with_the_one_that_was_meant() {
    let ended = run("unknown-flag", ["--frmat", "json", "example.com"]).end();
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.contains("'--frmat'") && said.contains("'--format'"), "{said}");
}

#[test]
fn a_comma_in_a_domain_is_shown_with_what_was_meant() {
    assert_eq!(
        run("comma", ["fmsinc,com"]).end().refusal(),
        (
            Some(2),
            "error: \"fmsinc,com\" is not a domain name: ',' at column 7. Did you mean fmsinc.com?"
        )
    );
}

#[test]
fn a_line_of_a_table_is_answered_with_the_domain_in_front_of_the_separator() {
    for line in ["fmsinc.com,yes", "fmsinc.com;mx.fmsinc.com", "fmsinc.com 203.0.113.9"] {
        let ended = run("table", [line]).end();
        let (code, said) = ended.refusal();
        assert_eq!((code, said.ends_with(". Did you mean fmsinc.com?")), (Some(2), true), "{said}");
    }
}

#[test]
fn an_address_a_url_or_the_name_of_a_record_is_read_as_its_domain_and_it_is_said() {
    for word in ["user@example.com", "https://example.com/path", "_dmarc.example.com"] {
        let note = format!("read {word} as the domain example.com");
        assert_eq!(understood("pasted", word), ("example.com".into(), vec![note]), "{word}");
    }
}

#[test]
fn a_name_outside_ascii_is_asked_for_in_its_ascii_form_and_shown_in_both() {
    let ended = replay("idn", SOUND, ["bücher.example", "-q"]).end();
    assert_eq!(
        ended.answer(),
        "xn--bcher-kva.example (bücher.example)  FAIL  xn--bcher-kva.example does not exist \
         (NXDOMAIN)"
    );
}

#[test]
fn a_name_over_253_octets_is_refused_with_its_length() {
    let label = "a".repeat(62);
    let name = [label.as_str(); 5].join(".");
    let ended = run("long-name", [&name]).end();
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.ends_with("the name has 314 octets (limit 253)"), "{said}");
}

#[test]
fn a_domain_that_is_no_utf_8_is_refused_and_shown() {
    let ended = run("domain-octets", []).octets(b"ex\xffample.com").end();
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.ends_with("is not a domain name: octet 3 is not UTF-8"), "{said}");
}

#[test]
fn terminal_escapes_in_a_flag_are_not_repeated() {
    let ended = run("flag-escape", ["--\x1b[31mred", "example.com"]).end();
    let (code, said) = ended.refusal();
    assert_eq!((code, said.contains('\x1b')), (Some(2), false), "{said:?}");
}

#[test]
fn an_unknown_protocol_is_answered_with_those_that_are_known() {
    let ended = run("unknown-check", ["example.com", "--checks", "spf,frob"]).end();
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.contains("'frob'") && said.contains("mx, spf, dkim, dmarc"), "{said}");
}

#[test]
fn only_the_protocols_named_are_looked_at() {
    let domain = replay("checks", SOUND, ["example.com", "--checks", "spf,mx"]).domain();
    let statuses = ["mx", "spf", "dkim", "dmarc"].map(|section| domain[section]["status"].clone());
    assert_eq!(statuses, ["good", "good", "skipped", "skipped"]);
}

#[test]
fn a_protocol_may_be_written_with_a_hyphen() {
    let domain = replay("hyphen", SOUND, ["example.com", "--checks", "mta-sts"]).domain();
    let statuses = ["mx", "spf", "mta_sts"].map(|section| domain[section]["status"].clone());
    assert_eq!(statuses, ["skipped", "skipped", "absent"]);
}

#[test]
fn a_top_level_domain_is_looked_at_with_a_dot_behind_it() {
    assert_eq!(understood("top-level", "com."), ("com".into(), Vec::new()));
}

#[test]
fn a_name_that_stands_for_a_provider_is_answered_as_the_provider_and_it_is_said() {
    let tape = world(&[
        ("example.com", "TXT", text(b"v=spf1 include:spf.protection.outlook.com -all")),
        ("spf.protection.outlook.com", "TXT", text(b"v=spf1 ip4:192.0.2.0/24 -all")),
    ]);
    let words = ["example.com", "protection.outlook.com", "--checks", "spf"];
    let said = "protection.outlook.com: read as Microsoft 365";
    let domain = replay("spoken", &tape, words).domain();
    let one = &domain["authorizations"][0];
    assert_eq!((&one["kind"], &one["authorized"]), (&"provider".into(), &"yes".into()));
    assert_eq!(super::said(&one["notes"][0]), said);
    let screen = replay("spoken-screen", &tape, words).end().stdout;
    assert!(screen.contains(said), "{screen}");
}

#[test]
fn several_domains_are_answered_in_the_order_typed() {
    let report = replay("several", SOUND, ["example.com", "other.example"]).json();
    let names: Vec<_> = report["domains"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|domain| domain["domain"].clone())
        .collect();
    assert_eq!(names, ["example.com", "other.example"]);
}
