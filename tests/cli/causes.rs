//! What is said to be the cause of a fault, and what its owner is to do about it.

use super::kinds::{ended, screen};

const MX: &str = "example.org. MX 10 mail.example.org.\nexample.org. A 192.0.2.80\n\
    mail.example.org. A 192.0.2.10\n";
const KEY: &str = "bXEJj7uP8dbNEeurSjtOOOeKyh4aMsLG9UY+4J7+770=";

// ── the fault line ──────────────────────────────────────────────────────────────────────────────

#[test]
fn the_fault_line_of_an_error_says_what_to_do() {
    let zones = [
        ("exists", "v=spf1 exists -all exp", "correct the marked term; keep the other terms"),
        ("dash", "v=spf1 mx \\226\\128\\147all", "(spf/syntax); publish the corrected record"),
        (
            "loop",
            "v=spf1 include:EXAMPLE.ORG. mx -all",
            "remove the include or redirect that leads",
        ),
        ("everyone", "v=spf1 ip4:0.0.0.0/0 -all", "list the servers that send for you"),
        ("hosts", "v=spf1 ip4:mail.example.org -all", "authorized then: 192.0.2.10"),
    ];
    for (test, record, action) in zones {
        let zone = format!("{MX}example.org. TXT \"{record}\"\n");
        let asked = ["example.org", "--checks", "spf"];
        let said = screen(&format!("causes-action-{test}"), &zone, asked);
        let (_, fault) = said.split_once(" fault yours: ").expect("a fault line");
        let (fault, _) =
            fault.split_once(" SPF broken ").or(fault.split_once(" SPF weak ")).unwrap();
        assert!(fault.contains(action), "{said}");
    }
}

#[test]
fn a_permerror_that_only_some_senders_get_has_a_fault_line() {
    let terms: Vec<String> = (0..4).map(|at| format!("exists:%{{i}}.{at}.example.org")).collect();
    let zone = format!("example.org. TXT \"v=spf1 {} -all\"\n", terms.join(" "));
    let asked = ["example.org", "192.0.2.25", "--checks", "spf"];
    let ended = ended("causes-voids", &zone, asked);
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(ended.code, Some(1), "{said}");
    assert!(said.contains("fault yours: the SPF policy of example.org gives 192.0.2.25 permerror"));
}

#[test]
fn who_asks_about_a_sender_is_not_advised_to_write_a_second_policy() {
    let zone = format!("{MX}example.org. TXT \"v=spf mx -all\"\n");
    let asked = ["example.org", "192.0.2.10", "--checks", "spf"];
    let said = screen("causes-lookalike-sender", &zone, asked);
    assert!(said.contains("(spf/lookalike); publish the corrected record"), "{said}");
    assert!(!said.contains("publish an SPF record that lists every host"), "{said}");
}

#[test]
fn what_depends_on_the_helo_name_says_so() {
    let zone = "example.org. TXT \"v=spf1 exists:%{h}.%{d} -all\"\n";
    let said = screen("causes-helo", zone, ["example.org", "192.0.2.10", "--checks", "spf"]);
    assert!(said.contains("depends on the HELO name; give --helo"), "{said}");
    assert!(!said.contains("undetermined: undetermined"), "{said}");
}

// ── the first line ──────────────────────────────────────────────────────────────────────────────

#[test]
fn the_semicolon_of_an_html_entity_ends_no_headline() {
    for entity in ["&nbsp;", "&#160;", "&amp;"] {
        let zone = format!("{MX}example.org. TXT \"v=spf1 a mx ~all{entity}\"\n");
        let test = format!("causes-entity-{}", entity.len());
        let said = screen(&test, &zone, ["example.org", "--checks", "spf"]);
        let headline = said.split(" fault ").next().unwrap_or_default();
        assert!(headline.contains("SPF permerror: ~all&"), "{said}");
        assert!(!headline.ends_with(entity), "{said}");
    }
}

#[test]
fn networks_that_are_everyone_together_are_all_named() {
    let zone = "example.org. TXT \"v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/2 ip4:192.0.0.0/2 -all\"\n";
    let said = screen("causes-halves", zone, ["example.org", "--checks", "spf"]);
    let cause = "ip4:0.0.0.0/1, ip4:128.0.0.0/2 and ip4:192.0.0.0/2 together let anyone send";
    assert!(said.contains(cause), "{said}");
}

#[test]
fn a_text_in_the_place_of_a_dmarc_policy_is_the_first_line_and_has_a_fault() {
    let zones = [
        ("own", "_dmarc.example.org. TXT \"v=DMARCl; p=reject\"", "v=DMARCl instead of v=DMARC1"),
        ("semicolon", "_dmarc.example.org. TXT \"v=DMARC1 p=reject\"", "a semicolon is missing"),
        ("comma", "_dmarc.example.org. TXT \"v=DMARC1, p=reject\"", "a comma instead of"),
    ];
    for (test, record, cause) in zones {
        for domain in ["example.org", "news.example.org"] {
            let zone = format!("{MX}news.example.org. A 192.0.2.1\n{record}\n");
            let test = format!("causes-dmarc-{test}-{}", domain.len());
            let said = screen(&test, &zone, [domain, "--checks", "dmarc"]);
            let headline = said.split(" fault ").next().unwrap_or_default();
            assert!(headline.contains("is not a DMARC record"), "{said}");
            assert!(headline.contains(cause), "{said}");
        }
    }
}

// ── keys ────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn why_a_key_cannot_be_used_is_the_claim_of_its_finding() {
    let records = [
        ("sha1", format!("v=DKIM1; h=sha1; k=ed25519; p={KEY}"), "h=sha1 allows SHA-1 only"),
        (
            "algorithm",
            format!("v=DKIM1; h=rsa-sha256; k=ed25519; p={KEY}"),
            "h=rsa-sha256 is a signature algorithm (a=), and h= names a hash algorithm",
        ),
        (
            "wrapped",
            format!("v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA{KEY}"),
            "the Ed25519 key is wrapped in a SubjectPublicKeyInfo",
        ),
        ("untyped", format!("v=DKIM1; p={KEY}"), "k= is missing, so the 32 octets"),
    ];
    for (test, record, cause) in records {
        let zone = format!("s1._domainkey.example.org. TXT \"{record}\"\n");
        let asked = ["example.org", "--checks", "dkim", "--selector", "s1"];
        let said = screen(&format!("causes-key-{test}"), &zone, asked);
        let headline = said.split(" fault ").next().unwrap_or_default();
        assert!(headline.contains(cause), "{said}");
    }
}

#[test]
fn a_key_at_a_doubled_name_is_offered_once_and_in_its_strings() {
    let strings = format!("\"v=DKIM1; k=ed25519; \" \"p={KEY}\"");
    let zone = format!("mail._domainkey.example.org.example.org. TXT {strings}\n");
    let asked = ["example.org", "--checks", "dkim", "--selector", "mail"];
    let said = screen("causes-doubled", &zone, asked);
    let offered = format!(" mail._domainkey.example.org. 300 IN TXT {strings}");
    assert_eq!(said.matches(&offered).count(), 1, "{said}");
}

#[test]
fn two_selectors_that_are_aliases_of_each_other_are_one_loop() {
    let zone = "s1._domainkey.example.org. CNAME s2._domainkey.example.org.\n\
        s2._domainkey.example.org. CNAME s1._domainkey.example.org.\n";
    let asked = ["example.org", "--checks", "dkim", "--selector", "s1"];
    let said = screen("causes-loop", zone, asked);
    assert_eq!(said.matches("error dkim/alias-loop").count(), 1, "{said}");
    assert!(!said.contains("check that the name servers"), "{said}");
}

// ── policies ────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_policy_that_is_an_alias_of_itself_is_the_fault_of_the_alias() {
    let zone = "_dmarc.example.org. CNAME _dmarc2.example.org.\n\
        _dmarc2.example.org. CNAME _dmarc.example.org.\nexample.org. A 192.0.2.1\n";
    let ended = ended("causes-dmarc-loop", zone, ["example.org", "--checks", "dmarc"]);
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(ended.code, Some(3), "{said}");
    let fault = "fault yours: _dmarc.example.org is an alias that leads back to itself";
    assert!(said.contains(fault), "{said}");
}

#[test]
fn an_alias_that_dangles_is_one_finding_about_the_policy() {
    let zone = "_dmarc.example.org. CNAME example.org.vendor.example.\nexample.org. A 192.0.2.1\n";
    let said = screen("causes-dmarc-dangling", zone, ["example.org", "--checks", "dmarc"]);
    assert!(said.contains("error dmarc/dangling-alias"), "{said}");
    assert!(!said.contains("dmarc/missing"), "{said}");
}

#[test]
fn the_addresses_of_a_tag_that_is_there_twice_are_put_into_one() {
    let zone = "_dmarc.example.org. TXT \"v=DMARC1; p=reject; rua=mailto:a@example.org; \
        rua=mailto:b@example.org,mailto:a@example.org\"\nexample.org. A 192.0.2.1\n";
    let said = screen("causes-rua-twice", zone, ["example.org", "--checks", "dmarc"]);
    let offered = "TXT \"v=DMARC1; p=reject; rua=mailto:a@example.org,mailto:b@example.org\"";
    assert!(said.contains(offered), "{said}");
}

#[test]
fn of_two_policies_in_one_record_none_is_said_to_be_ignored() {
    let zone = "_dmarc.example.org. TXT \"v=DMARC1; p=quarantine; p=none\"\n\
        example.org. A 192.0.2.1\n";
    let said = screen("causes-p-twice", zone, ["example.org", "--checks", "dmarc"]);
    assert!(said.contains("DMARC: p=quarantine and p=none are in one record"), "{said}");
    assert!(!said.contains("use the default of the tag"), "{said}");
}

#[test]
fn why_no_report_arrives_is_said() {
    let zones = [
        ("gone", "", "reports.example.org does not exist"),
        ("null", "reports.example.org. MX 0 .\n", "reports.example.org accepts no mail (null MX)"),
    ];
    for (test, records, cause) in zones {
        let zone = format!(
            "_dmarc.example.org. TXT \"v=DMARC1; p=reject; rua=mailto:d@reports.example.org\"\n\
             example.org. A 192.0.2.1\n{records}"
        );
        let test = format!("causes-reports-{test}");
        let said = screen(&test, &zone, ["example.org", "--checks", "dmarc"]);
        assert!(said.contains(cause), "{said}");
    }
}

#[test]
fn neutral_is_not_the_end_of_a_merged_policy_where_another_record_says_more() {
    let ends = [("~all", "~all"), ("-all", "-all")];
    for (end, merged) in ends {
        let zone = format!(
            "example.org. TXT \"v=spf1 ip4:192.0.2.1 {end}\"\n\
             example.org. TXT \"v=spf1 ip4:192.0.2.2 ?all\"\n"
        );
        let test = format!("causes-merge-{}", &end[..1].replace('~', "soft"));
        let said = screen(&test, &zone, ["example.org", "--checks", "spf"]);
        let offered = format!("TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 {merged}\"");
        assert!(said.contains(&offered), "{said}");
    }
}

#[test]
fn an_end_that_lets_everyone_pass_is_not_advised_to_move() {
    let zone = "example.org. TXT \"v=spf1 +all ip4:192.0.2.1 ~all\"\n";
    let said = screen("causes-pass-first", zone, ["example.org", "--checks", "spf"]);
    assert!(said.contains("error spf/pass-all"), "{said}");
    assert!(!said.contains("move all to the end"), "{said}");
}

#[test]
fn an_address_of_a_carrier_is_told_from_a_private_one() {
    let zone = "example.org. TXT \"v=spf1 ip4:10.0.0.1 ip4:100.64.0.1 -all\"\n";
    let said = screen("causes-shared", zone, ["example.org", "--checks", "spf"]);
    assert!(said.contains("RFC 6598 §7") && said.contains("RFC 1918 §3"), "{said}");
    assert!(said.contains("list the public address from which receivers see this host"), "{said}");
    assert!(!said.contains("IN TXT"), "{said}");
}

#[test]
fn what_followed_from_a_repaired_slip_is_not_left() {
    let zone = format!("{MX}example.org. TXT \"v=spf mx -all\"\n");
    let run = super::run("causes-left", ["fix", "example.org", "--zone", "zone", "--offline"]);
    let root = ". 300 SOA ns1.example.org. admin.example.org. 1 7200 900 1209600 300\n";
    let said = run.file("zone", format!("{root}{zone}").as_bytes()).end().screen();
    assert!(said.contains("spf/lookalike (safe)"), "{said}");
    assert!(!said.contains("spf/missing"), "{said}");
}

// ── what was meant ──────────────────────────────────────────────────────────────────────────────

#[test]
fn terms_between_vertical_bars_are_put_apart() {
    for terms in
        ["ip4:192.0.2.10|mx|-all", "| ip4:192.0.2.10 | mx | -all", "ip4:192.0.2.10| mx |-all"]
    {
        let zone = format!("{MX}example.org. TXT \"v=spf1 {terms}\"\n");
        let test = format!("causes-bar-{}", terms.len());
        let said = screen(&test, &zone, ["example.org", "--checks", "spf"]);
        assert!(said.contains("a vertical bar instead of a space"), "{said}");
        assert!(said.contains("TXT \"v=spf1 ip4:192.0.2.10 mx -all\""), "{said}");
    }
}

#[test]
fn a_macro_in_other_brackets_is_put_in_braces_and_nothing_unreadable_is_suggested() {
    let names =
        [("round", "%{i}._spf.%(d)"), ("square", "%{i}._spf.%[d]"), ("open", "%{i}._spf.%{d")];
    for (test, name) in names {
        let zone = format!("{MX}example.org. TXT \"v=spf1 exists:{name} -all\"\n");
        let asked = ["example.org", "--checks", "spf"];
        let said = screen(&format!("causes-macro-{test}"), &zone, asked);
        assert!(said.contains("did you mean exists:%{i}._spf.%{d}?"), "{said}");
        assert!(said.contains("TXT \"v=spf1 exists:%{i}._spf.%{d} -all\""), "{said}");
    }
}

#[test]
fn a_misspelt_name_of_the_own_domain_is_put_right_for_review() {
    for name in ["_spf.example.ogr", "_spf.exmaple.org", "_spf.examples.org"] {
        let zone = format!(
            "{MX}example.org. TXT \"v=spf1 include:{name} mx -all\"\n\
             _spf.example.org. TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n"
        );
        let test = format!("causes-own-{}", name.replace('.', "-"));
        let said = screen(&test, &zone, ["example.org", "--checks", "spf"]);
        let (_, fix) = said.split_once(" fix correct the name to _spf.example.org").expect("a fix");
        assert!(fix.contains("(review before publishing)"), "{said}");
        assert!(fix.contains("TXT \"v=spf1 include:_spf.example.org mx -all\""), "{said}");
    }
}

#[test]
fn another_domain_of_the_organization_is_no_misspelt_name_of_its_own() {
    let zone = format!(
        "{MX}example.org. TXT \"v=spf1 include:_spf.example.net mx -all\"\n\
         _spf.example.org. TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n"
    );
    let said = screen("causes-other", &zone, ["example.org", "--checks", "spf"]);
    assert!(!said.contains("_spf.example.org"), "{said}");
}

#[test]
fn the_terms_of_a_sender_id_record_are_offered_as_a_policy() {
    for version in ["spf2.0/pra", "spf2.0/mfrom,pra", "SPF2.0/mfrom"] {
        let zone = format!("{MX}example.org. TXT \"{version} mx -all\"\n");
        let test = format!("causes-sender-id-{}", version.len());
        let said = screen(&test, &zone, ["example.org", "--checks", "mx,spf"]);
        assert!(said.contains("example.org. 300 IN TXT \"v=spf1 mx -all\""), "{said}");
    }
}

#[test]
fn the_terms_of_a_sender_id_record_are_not_offered_beside_a_policy_at_another_name() {
    let zone = format!(
        "{MX}example.org. TXT \"spf2.0/pra a mx ?all\"\n\
         _spf.example.org. TXT \"v=spf1 ip4:198.51.100.0/24 ~all\"\n"
    );
    let said = screen("causes-sender-id-beside", &zone, ["example.org", "--checks", "mx,spf"]);
    assert!(!said.contains("v=spf1 a mx ?all"), "{said}");
    assert!(said.contains("found an SPF record at _spf.example.org"), "{said}");
}

#[test]
fn a_misspelt_tag_is_a_warning_with_the_tag_that_was_meant() {
    let tags = [
        ("rau=mailto:d@example.org", "rua=mailto:d@example.org"),
        ("adkmi=s", "adkim=s"),
        ("aspff=s", "aspf=s"),
    ];
    for (written, meant) in tags {
        let zone = format!(
            "_dmarc.example.org. TXT \"v=DMARC1; p=reject; {written}\"\nexample.org. A 192.0.2.1\n"
        );
        let test = format!("causes-tag-{}", &written[..4]);
        let said = screen(&test, &zone, ["example.org", "--checks", "dmarc"]);
        assert!(said.contains("warn dmarc/stray-text"), "{said}");
        assert!(said.contains(&format!("TXT \"v=DMARC1; p=reject; {meant}\"")), "{said}");
    }
}

#[test]
fn the_options_of_fo_are_kept_and_put_apart() {
    for options in ["1,d", "1 d", "1|d"] {
        let zone = format!(
            "_dmarc.example.org. TXT \"v=DMARC1; p=reject; fo={options}; ruf=mailto:f@example.org\"\n\
             example.org. A 192.0.2.1\n"
        );
        let test = format!("causes-fo-{}", options.as_bytes()[1]);
        let said = screen(&test, &zone, ["example.org", "--checks", "dmarc"]);
        assert!(said.contains("TXT \"v=DMARC1; p=reject; fo=1:d; ruf="), "{said}");
    }
}

#[test]
fn no_policy_is_offered_where_an_alias_leads_to_a_name_without_one() {
    for target in ["example.org", "www.example.org", "hosted.example.net"] {
        let zone = format!(
            "{MX}www.example.org. A 192.0.2.1\nexample.org. TXT \"v=spf1 mx -all\"\n\
             hosted.example.net. A 192.0.2.9\n_dmarc.example.org. CNAME {target}.\n"
        );
        let test = format!("causes-alias-{}", target.len());
        let said = screen(&test, &zone, ["example.org", "--checks", "spf,dmarc"]);
        let cause =
            format!("_dmarc.example.org is an alias of {target}, which has no DMARC record");
        assert!(said.contains(&cause), "{said}");
        assert!(!said.contains("IN TXT \"v=DMARC1"), "{said}");
    }
}

#[test]
fn two_halves_of_a_key_in_two_records_are_joined_and_neither_is_removed() {
    let whole = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQChgVtjZT8naCWCIuXCmQfNIqGvuFtP/4xV/hzwSxVF\
        NZ514fc52N1Chp737DGx/UIYkGwUgc8kY4IqYse5Hxa530/+dxXtj8RbRn2pbLIq07UQ5XtWk/OFk7cv2eI/BJZ0yrre\
        BrY9+K7mTTr16bFFHTQBNvYjKh3BKYmXzHCuLQIDAQAB";
    for at in [60, 101, 140] {
        let (first, rest) = whole.split_at(at);
        let zone = format!(
            "s1._domainkey.example.org. TXT \"v=DKIM1; k=rsa; p={first}\"\n\
             s1._domainkey.example.org. TXT \"{rest}\"\n"
        );
        let test = format!("causes-halves-{at}");
        let said = screen(&test, &zone, ["example.org", "--checks", "dkim", "--selector", "s1"]);
        assert!(said.contains(&format!("TXT \"v=DKIM1; k=rsa; p={whole}\"")), "{said}");
        assert!(!said.contains("dkim/stray-record"), "{said}");
    }
}

#[test]
fn a_parked_domain_is_not_told_to_wait_for_reports() {
    for record in ["v=DMARC1; p=none", "v=DMARC1; p=none; sp=none", "v=DMARC1; p=quarantine"] {
        let zone = format!(
            "example.org. TXT \"v=spf1 -all\"\nexample.org. MX 0 .\n\
             _dmarc.example.org. TXT \"{record}\"\n"
        );
        let said = screen(&format!("causes-parked-{}", record.len()), &zone, ["example.org"]);
        assert!(said.contains("IN TXT \"v=DMARC1; p=reject"), "{said}");
        assert!(!said.contains("when reports show"), "{said}");
    }
}

#[test]
fn a_text_that_is_no_policy_comes_before_what_follows_from_it() {
    for text in ["v=spf mx -all", "<p>v=spf1 mx -all</p>", "v=spf1. mx -all"] {
        let zone = format!("{MX}example.org. TXT \"{text}\"\n");
        let test = format!("causes-first-{}", text.len());
        let said = screen(&test, &zone, ["example.org", "--checks", "spf"]);
        let headline = said.split(" fault ").next().unwrap_or_default();
        assert!(headline.contains("is not an SPF record: "), "{said}");
    }
}

#[test]
fn a_policy_with_a_space_for_its_equals_sign_is_never_lowered() {
    for policy in ["p reject", "P reject", "p  reject"] {
        let zone = format!(
            "_dmarc.example.org. TXT \"v=DMARC1; {policy}; rua=mailto:d@example.org\"\n\
             example.org. TXT \"v=spf1 ip4:192.0.2.1 -all\"\nexample.org. A 192.0.2.1\n"
        );
        let test =
            format!("causes-space-{}", policy.len() + usize::from(policy.starts_with('P')) * 9);
        let said = screen(&test, &zone, ["example.org", "--checks", "spf,dmarc"]);
        assert!(said.contains("a space instead of ="), "{said}");
        assert!(!said.contains("IN TXT \"v=DMARC1; p=none"), "{said}");
        let run = super::run(&format!("{test}-fix"), ["fix", "example.org", "--zone", "zone"]);
        let root = ". 300 SOA ns1.example.org. admin.example.org. 1 7200 900 1209600 300\n";
        let run = run.arguments(["--offline", "--review"]);
        let fixed = run.file("zone", format!("{root}{zone}").as_bytes()).end().screen();
        assert!(!fixed.contains("\n_dmarc.example.org. 300 IN TXT \"v=DMARC1; p=none"), "{fixed}");
    }
}

#[test]
fn a_list_of_addresses_that_ends_in_a_comma_keeps_its_addresses() {
    for list in ["mailto:d@example.org,", "mailto:d@example.org, ", "mailto:d@example.org,,"] {
        let zone = format!(
            "_dmarc.example.org. TXT \"v=DMARC1; p=reject; rua={list}\"\nexample.org. A 192.0.2.1\n"
        );
        let test =
            format!("causes-comma-{}", list.replace(' ', "x").len() + list.matches(' ').count());
        let said = screen(&test, &zone, ["example.org", "--checks", "dmarc"]);
        let offered = "TXT \"v=DMARC1; p=reject; rua=mailto:d@example.org\"";
        assert!(said.contains(offered), "{said}");
    }
}

#[test]
fn keys_as_panels_break_them_are_put_right() {
    let encoded = KEY.replace('+', "%2B").replace('=', "%3D");
    let (first, rest) = KEY.split_at(20);
    let records = [
        ("capital", format!("v=DKIM1; k=ed25519; P={KEY}"), "P= instead of p="),
        ("percent", format!("v=DKIM1; k=ed25519; p={encoded}"), "percent-encoded, as in a URL"),
        ("break", format!("v=DKIM1; k=ed25519; p={first}\\\\n{rest}"), "a line break written as"),
    ];
    for (test, record, cause) in records {
        let zone = format!("s1._domainkey.example.org. TXT \"{record}\"\n");
        let asked = ["example.org", "--checks", "dkim", "--selector", "s1"];
        let said = screen(&format!("causes-panel-{test}"), &zone, asked);
        assert!(said.contains(cause), "{said}");
        assert!(said.contains(&format!("TXT \"v=DKIM1; k=ed25519; p={KEY}\"")), "{said}");
    }
}
