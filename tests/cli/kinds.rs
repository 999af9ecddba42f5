//! Kinds of mistakes that people make in records, as files hold them: what is said, and what is offered.

use super::{Ended, run};

/// The world is a file from the root down: what it does not list does not exist.
const ROOT: &str = ". 300 SOA ns1.example.org. admin.example.org. 1 7200 900 1209600 300\n";

/// An Ed25519 key, which is short.
const KEY: &str = "bXEJj7uP8dbNEeurSjtOOOeKyh4aMsLG9UY+4J7+770=";

/// What is said with some records as the world, on one line.
pub(super) fn ended<const N: usize>(test: &str, records: &str, arguments: [&str; N]) -> Ended {
    let run = run(test, ["--zone", "zone", "--offline", "--color", "never"]);
    run.arguments(arguments).file("zone", format!("{ROOT}{records}").as_bytes()).end()
}

/// The screen as one line.
pub(super) fn screen<const N: usize>(test: &str, records: &str, arguments: [&str; N]) -> String {
    let screen = ended(test, records, arguments).screen();
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

// ── records at the wrong place ──────────────────────────────────────────────────────────────────

#[test]
fn aliases_with_a_doubled_origin_are_offered_where_receivers_look() {
    let zone = "example.org. MX 10 mail.example.org.\nmail.example.org. A 192.0.2.10\n\
        s1._domainkey.example.org.example.org. CNAME s1.domainkey.u1.wl1.sendgrid.net.\n\
        s2._domainkey.example.org.example.org. CNAME s2.domainkey.u1.wl1.sendgrid.net.\n";
    let said = screen("kinds-doubled", zone, ["example.org", "--checks", "dkim"]);
    for name in ["s1", "s2"] {
        let offered = format!(
            "{name}._domainkey.example.org. 300 IN CNAME {name}.domainkey.u1.wl1.sendgrid.net."
        );
        assert!(said.contains(&offered), "{said}");
    }
}

#[test]
fn the_alias_of_a_given_selector_with_a_doubled_origin_is_no_key_and_is_offered() {
    let zone = "s2._domainkey.example.org.example.org. CNAME s2.domainkey.u1.wl1.sendgrid.net.\n\
        example.org. A 192.0.2.1\n";
    let asked = ["example.org", "--checks", "dkim", "--selector", "s2"];
    let said = screen("kinds-doubled-given", zone, asked);
    assert!(said.contains("found an alias at s2._domainkey.example.org.example.org"), "{said}");
    assert!(said.contains(" s2._domainkey.example.org. 300 IN CNAME s2.domainkey.u1"), "{said}");
}

#[test]
fn a_policy_at_a_whole_name_behind_an_at_sign_is_found() {
    let zone = "@.example.org. TXT \"v=spf1 ip4:192.0.2.1 -all\"\nexample.org. A 192.0.2.1\n\
        @._dmarc.example.org. TXT \"v=DMARC1; p=reject\"\n";
    let said = screen("kinds-at", zone, ["example.org", "--checks", "spf,dmarc"]);
    assert!(said.contains("example.org. 300 IN TXT \"v=spf1 ip4:192.0.2.1 -all\""), "{said}");
    assert!(said.contains("_dmarc.example.org. 300 IN TXT \"v=DMARC1; p=reject\""), "{said}");
}

#[test]
fn the_target_of_an_alias_that_was_published_as_text_is_offered_as_an_alias() {
    let texts = [
        ("k", "selector1-example-org._domainkey.contoso.onmicrosoft.com"),
        ("google", "google._domainkey.example.net."),
        ("s1", "IN CNAME s1.domainkey.u1.wl1.sendgrid.net"),
    ];
    for (selector, text) in texts {
        let zone = format!("{selector}._domainkey.example.org. TXT \"{text}\"\n");
        let asked = ["example.org", "--checks", "dkim", "--selector", selector];
        let said = screen(&format!("kinds-text-{selector}"), &zone, asked);
        let target = text.trim_start_matches("IN CNAME ").trim_end_matches('.');
        let offered = format!("{selector}._domainkey.example.org. 300 IN CNAME {target}.");
        assert!(said.contains(&offered), "{said}");
    }
}

#[test]
fn a_selector_that_the_signing_provider_does_not_use_is_said_to_be_none_of_its_own() {
    let zone =
        "k._domainkey.example.org. TXT \"selector1-example-org._domainkey.c.onmicrosoft.com\"\n";
    let asked = ["example.org", "--checks", "dkim", "--selector", "k"];
    let said = screen("kinds-text-selector", zone, asked);
    assert!(said.contains("Microsoft 365 signs with selector1 and selector2"), "{said}");
}

#[test]
fn the_target_of_a_hosted_policy_that_was_published_as_text_is_offered_as_an_alias() {
    let zone = "_dmarc.example.org. TXT \"example.org._dmarc.vendor.example\"\n\
        example.org._dmarc.vendor.example. TXT \"v=DMARC1; p=none\"\nexample.org. A 192.0.2.1\n";
    let said = screen("kinds-text-dmarc", zone, ["example.org", "--checks", "dmarc"]);
    let offered = "_dmarc.example.org. 300 IN CNAME example.org._dmarc.vendor.example.";
    assert!(said.contains(offered), "{said}");
}

// ── the retired type ────────────────────────────────────────────────────────────────────────────

#[test]
fn a_record_of_type_99_that_differs_is_a_warning_and_the_text_stays() {
    let zone = "example.org. TXT \"v=spf1 ip4:192.0.2.1 -all\"\nexample.org. SPF \"v=spf1 -all\"\n";
    let said = screen("kinds-99-differs", zone, ["example.org", "--checks", "spf"]);
    assert!(said.contains("warn spf/retired-type-differs"), "{said}");
    assert!(said.contains("; remove: example.org. 300 IN SPF \"v=spf1 -all\""), "{said}");
}

#[test]
fn a_record_of_type_99_that_says_the_same_is_a_note_and_safe_to_remove() {
    let policy = "\"v=spf1 ip4:192.0.2.1 -all\"";
    let zone = format!("example.org. TXT {policy}\nexample.org. SPF {policy}\n");
    let said = screen("kinds-99-same", &zone, ["example.org", "--checks", "spf"]);
    assert!(said.contains("note spf/retired-type example.org SPF"), "{said}");
    assert!(said.contains("the TXT record stays: ; remove: example.org. 300 IN SPF"), "{said}");
}

#[test]
fn a_policy_of_type_99_alone_is_offered_as_text() {
    let zone = "example.org. SPF \"v=spf1 ip4:192.0.2.1 -all\"\n";
    let said = screen("kinds-99-alone", zone, ["example.org", "--checks", "spf"]);
    assert!(said.contains("example.org. 300 IN TXT \"v=spf1 ip4:192.0.2.1 -all\""), "{said}");
}

// ── contradictions in a file ────────────────────────────────────────────────────────────────────

#[test]
fn an_alias_beside_other_records_is_undetermined_and_the_fault_of_the_file() {
    let zone = "_dmarc.example.org. TXT \"v=DMARC1; p=reject\"\n\
        _dmarc.example.org. CNAME _dmarc.vendor.example.\nexample.org. A 192.0.2.1\n";
    let ended = ended("kinds-alias", zone, ["example.org", "--checks", "dmarc"]);
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(ended.code, Some(3), "{said}");
    let fault = "fault yours: _dmarc.example.org TXT in zone: a CNAME beside other records";
    assert!(said.contains(fault), "{said}");
}

#[test]
fn an_alias_at_the_top_of_a_zone_is_one_that_the_provider_resolves() {
    let zone = "example.org. CNAME web.example.net.\nexample.org. TXT \"v=spf1 -all\"\n";
    let ended = ended("kinds-alias-top", zone, ["example.org", "--checks", "spf"]);
    assert_eq!(ended.code, Some(0), "{}", ended.screen());
}

#[test]
fn an_entry_that_cannot_be_read_is_the_fault_of_the_file_and_of_no_server() {
    let zone = "example.org. TXT \"v=spf1 a ?all\".\n";
    let said = screen("kinds-unread", zone, ["example.org", "--checks", "spf"]);
    assert!(said.contains("fault yours: example.org TXT in zone: "), "{said}");
}

#[test]
fn an_alias_of_a_selector_that_goes_is_shown_once_though_its_key_is_unknown() {
    let zone = "example.org. 300 SOA ns.example.net. h.example.net. 1 7200 900 1209600 300\n\
        example.org. NS ns.example.net.\nexample.org. TXT \"v=spf1 -all\"\n";
    let alias = "s2._domainkey.example.org. CNAME s2.domainkey.u1.wl1.sendgrid.net.\n";
    let run = run("kinds-alias-gone", ["diff", "old.zone", "new.zone", "--offline"]);
    let run = run.file("old.zone", format!("{zone}{alias}").as_bytes());
    let ended = run.file("new.zone", zone.as_bytes()).end();
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    let line = "s2._domainkey.example.org CNAME - s2.domainkey.u1.wl1.sendgrid.net.";
    assert_eq!(said.matches(line).count(), 1, "{said}");
    assert_eq!(ended.code, Some(3), "{said}");
}

// ── policies without end ────────────────────────────────────────────────────────────────────────

#[test]
fn a_wildcard_that_answers_with_the_list_itself_is_a_loop_for_every_sender() {
    let policies = [
        ("include", "include:%{ir}.%{d}._spf.example.org -all"),
        ("redirect", "redirect=%{i}._spf.example.org"),
    ];
    for (test, terms) in policies {
        let zone = format!(
            "example.org. TXT \"v=spf1 {terms}\"\n*._spf.example.org. TXT \"v=spf1 {terms}\"\n"
        );
        let asked = ["example.org", "--checks", "spf"];
        let said = screen(&format!("kinds-endless-{test}"), &zone, asked);
        assert!(said.contains("error spf/loop"), "{said}");
        assert!(said.contains("SPF broken"), "{said}");
    }
}

#[test]
fn a_loop_under_ever_longer_names_is_shown_to_its_first_repetition() {
    let zone = "example.org. TXT \"v=spf1 redirect=%{i}._spf.example.org\"\n\
        *._spf.example.org. TXT \"v=spf1 redirect=%{i}._spf.%{d}\"\n";
    let said = screen("kinds-endless-steps", zone, ["example.org", "192.0.2.1", "--checks", "spf"]);
    assert_eq!(said.matches("redirect=%{i}._spf.%{d} (").count(), 1, "{said}");
}

#[test]
fn a_list_with_an_entry_for_each_sender_is_no_loop() {
    let zone = "example.org. TXT \"v=spf1 include:%{ir}._spf.example.org -all\"\n\
        10.2.0.192._spf.example.org. TXT \"v=spf1 +all\"\n\
        *.other.example.org. TXT \"v=spf1 include:%{ir}._spf.example.org -all\"\n";
    let said = screen("kinds-list", zone, ["example.org", "--checks", "spf"]);
    assert!(said.starts_with("example.org OK SPF valid"), "{said}");
}

// ── names that send and receive nothing ─────────────────────────────────────────────────────────

#[test]
fn a_bounce_domain_of_amazon_ses_without_mx_is_a_warning_with_a_template() {
    let zone = "bounce.example.org. TXT \"v=spf1 include:amazonses.com ~all\"\n\
        amazonses.com. TXT \"v=spf1 ip4:54.240.0.0/18 -all\"\nexample.org. A 192.0.2.1\n";
    let said = screen("kinds-ses", zone, ["bounce.example.org", "--checks", "mx,spf"]);
    assert!(said.contains("warn posture/no-return"), "{said}");
    let offered = "bounce.example.org. 300 IN MX 10 feedback-smtp.<region>.amazonses.com.";
    assert!(said.contains(offered), "{said}");
    assert!(!said.contains("mx/none"), "{said}");
}

#[test]
fn a_sending_name_with_an_address_has_somewhere_for_its_bounces() {
    let zone = "bounce.example.org. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n\
        bounce.example.org. A 192.0.2.1\n";
    let said = screen("kinds-address", zone, ["bounce.example.org", "--checks", "mx,spf"]);
    assert!(!said.contains("no-return"), "{said}");
}

#[test]
fn a_domain_that_sends_and_accepts_nothing_can_say_so_without_filling_in_anything() {
    let zone = "example.org. TXT \"v=spf1 -all\"\n";
    let said = screen("kinds-parked", zone, ["example.org"]);
    let offered = [
        "(review before publishing): _dmarc.example.org. 300 IN TXT \"v=DMARC1; p=reject\"",
        "(review before publishing): example.org. 300 IN MX 0 .",
    ];
    assert!(offered.iter().all(|offered| said.contains(offered)), "{said}");
}

#[test]
fn a_domain_with_an_address_of_its_own_may_accept_mail() {
    let zone = "example.org. TXT \"v=spf1 -all\"\nexample.org. A 192.0.2.80\n";
    let said = screen("kinds-web", zone, ["example.org"]);
    assert!(!said.contains("IN MX 0 ."), "{said}");
}

// ── texts ───────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_text_without_quotes_in_a_zone_file_is_put_together_with_its_spaces() {
    let zone = "example.org. TXT v=spf1 mx include:_spf.example.net -all\n\
        _spf.example.net. TXT \"v=spf1 ip4:192.0.2.7 -all\"\n\
        example.org. MX 10 mail.example.org.\nmail.example.org. A 192.0.2.10\n";
    let said = screen("kinds-unquoted", zone, ["example.org", "--checks", "spf"]);
    let offered = "publish the corrected record: example.org. 300 IN TXT \
        \"v=spf1 mx include:_spf.example.net -all\"";
    assert!(said.contains(offered), "{said}");
}

#[test]
fn a_mail_address_in_a_record_is_named_and_no_record_without_its_term_is_offered() {
    let terms =
        ["include:bob@example.net mx", "include:mailto:bob@example.net mx", "bob@example.net mx"];
    for (index, terms) in terms.into_iter().enumerate() {
        let zone = format!(
            "example.org. TXT \"v=spf1 {terms} -all\"\nexample.org. MX 10 mail.example.org.\n\
             mail.example.org. A 192.0.2.10\n"
        );
        let said = screen(&format!("kinds-mailbox-{index}"), &zone, ["example.org"]);
        assert!(said.contains("SPF authorizes hosts, not mailboxes"), "{said}");
        assert!(!said.contains("IN TXT \"v=spf1"), "{said}");
    }
}

#[test]
fn the_domain_of_a_mail_address_is_offered_where_it_publishes_a_policy() {
    let zone = "example.org. TXT \"v=spf1 include:bob@example.net -all\"\n\
        example.net. TXT \"v=spf1 ip4:192.0.2.7 -all\"\n";
    let said = screen("kinds-mailbox-known", zone, ["example.org", "--checks", "spf"]);
    assert!(said.contains("IN TXT \"v=spf1 include:example.net -all\""), "{said}");
}

#[test]
fn a_name_in_unicode_is_put_right_though_its_policy_is_still_missing() {
    let zone = "example.org. TXT \"v=spf1 include:_spf.m\\195\\188nchen.example -all\"\n";
    let said = screen("kinds-unicode", zone, ["example.org", "--checks", "spf"]);
    assert!(said.contains("IN TXT \"v=spf1 include:_spf.xn--mnchen-3ya.example -all\""), "{said}");
    assert!(
        said.contains("the policy does not work before its other errors are repaired"),
        "{said}"
    );
}

#[test]
fn colons_in_a_key_record_are_one_finding_whatever_they_stand_for() {
    let records = [format!("v:DKIM1; k:ed25519; p:{KEY}"), format!("v=DKIM1: k=ed25519: p={KEY}")];
    for (index, record) in records.iter().enumerate() {
        let zone = format!("s1._domainkey.example.org. TXT \"{record}\"\n");
        let asked = ["example.org", "--checks", "dkim", "--selector", "s1"];
        let said = screen(&format!("kinds-colons-{index}"), &zone, asked);
        assert_eq!(said.matches("error dkim/syntax").count(), 1, "{said}");
        assert!(said.contains("a colon instead of"), "{said}");
        assert!(said.contains(&format!("\"v=DKIM1; k=ed25519; p={KEY}\"")), "{said}");
    }
}

#[test]
fn values_of_a_key_record_in_capitals_are_a_note_with_a_safe_fix() {
    let zone =
        format!("s1._domainkey.example.org. TXT \"v=DKIM1; h=SHA256; k=ED25519; t=S; p={KEY}\"\n");
    let asked = ["example.org", "--checks", "dkim", "--selector", "s1"];
    let said = screen("kinds-capitals", &zone, asked);
    assert!(said.contains("note dkim/unusual-case"), "{said}");
    assert!(said.contains(&format!("\"v=DKIM1; h=sha256; k=ed25519; t=s; p={KEY}\"")), "{said}");
}

#[test]
fn a_repaired_dmarc_record_has_no_tag_that_nobody_reads_any_more() {
    let zone = "_dmarc.example.org. TXT \"v=DMARCl; p=reject; sp- reject; ri=604800\"\n\
        example.org. TXT \"v=spf1 -all\"\n";
    let said = screen("kinds-historic", zone, ["example.org", "--checks", "spf,dmarc"]);
    assert!(said.contains("TXT \"v=DMARC1; p=reject; sp=reject\""), "{said}");
}

// ── senders ─────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_name_that_depends_on_the_helo_name_is_undetermined_and_no_softfail() {
    let zone = "example.org. TXT \"v=spf1 include:%{i}._ip.%{h}._ehlo._spf.example.org ~all\"\n\
        192.0.2.10._ip.mail.example.org._ehlo._spf.example.org. TXT \"v=spf1 +all\"\n";
    let ended = ended("kinds-helo", zone, ["example.org", "192.0.2.10", "--checks", "spf"]);
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(ended.code, Some(3), "{said}");
    assert!(said.contains("depends on the HELO name; give --helo"), "{said}");
    assert!(said.contains("softfail unless a term above that depends on the sender"), "{said}");
}

#[test]
fn a_strict_name_below_the_envelope_domain_is_not_aligned() {
    let zone = "example.org. TXT \"v=spf1 ip4:192.0.2.10 -all\"\n\
        sub.example.org. TXT \"v=spf1 -all\"\n\
        _dmarc.example.org. TXT \"v=DMARC1; p=reject; aspf=s\"\n";
    let asked =
        ["sub.example.org", "192.0.2.10", "--mail-from", "s@example.org", "--checks", "spf,dmarc"];
    let ended = ended("kinds-strict", zone, asked);
    assert!(ended.answer().contains("192.0.2.10 is authorized: SPF pass"), "{}", ended.answer());
    assert_eq!(ended.code, Some(1));
}

#[test]
fn names_with_underscores_and_hyphens_are_asked_as_they_are() {
    for name in ["my_app.example.org", "-x-.example.org"] {
        let zone = format!("{name}. TXT \"v=spf1 ip4:192.0.2.31 -all\"\n");
        let from = format!("a@{name}");
        let asked = ["example.org", "192.0.2.31", "--mail-from", &from, "--checks", "spf", "-q"];
        let ended = ended(&format!("kinds-name-{}", name.len()), &zone, asked);
        assert_eq!(ended.code, Some(0), "{}", ended.screen());
    }
}

#[test]
fn a_provider_that_only_the_record_names_is_a_finding_and_no_failed_run() {
    let zone = "example.org. TXT \"v=spf1 ~all include:_spf.google.com\"\n\
        _spf.google.com. TXT \"v=spf1 ip4:35.190.247.0/24 ~all\"\n";
    let ended = ended("kinds-inferred", zone, ["example.org", "--checks", "spf"]);
    assert_eq!(ended.code, Some(0), "{}", ended.screen());
    assert!(ended.answer().starts_with("example.org  WARN"), "{}", ended.answer());
}
