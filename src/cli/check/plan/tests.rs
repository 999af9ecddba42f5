use super::*;
use crate::audit::Sender;
use crate::cli::words::{Format, Output, target};
use clap::Parser as _;

fn planned<const N: usize>(typed: [&str; N]) -> Result<Plan, Mistake> {
    let words = std::iter::once("mailcheck").chain(typed);
    plan(CheckArgs::try_parse_from(words).unwrap())
}

/// The only domain that was understood, and what was said about it.
fn understood(word: &str) -> (String, Vec<String>) {
    let plan = planned([word]).unwrap();
    let [inquiry] = plan.inquiries.as_slice() else { panic!("one domain was typed") };
    (inquiry.domain.to_string(), inquiry.notes.iter().map(ToString::to_string).collect())
}

fn mistake<const N: usize>(typed: [&str; N]) -> String {
    planned(typed).map(|plan| plan.inquiries).unwrap_err().to_string()
}

fn senders<const N: usize>(typed: [&str; N]) -> Vec<Sender> {
    let plan = planned(typed).unwrap();
    plan.inquiries[0].senders.iter().map(|asked| asked.sender.clone()).collect()
}

fn name(text: &str) -> Name {
    Name::from_unicode(text).unwrap()
}

// ── domains ─────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_domain_is_taken_as_it_is() {
    assert_eq!(understood("fmsinc.com"), ("fmsinc.com".into(), vec![]));
}

#[test]
fn a_dot_at_the_end_changes_nothing() {
    assert_eq!(understood("fmsinc.com."), ("fmsinc.com".into(), vec![]));
}

#[test]
fn pasted_words_are_cleaned_and_it_is_said() {
    for word in [
        "https://fmsinc.com/x?y#z",
        "user@fmsinc.com",
        "<user@fmsinc.com>",
        "mailto://user@fmsinc.com",
        "fmsinc.com:25",
        "fmsinc.com/",
        "_dmarc.fmsinc.com",
        "_smtp._tls.fmsinc.com",
        "selector1._domainkey.fmsinc.com",
    ] {
        let note = format!("read {word} as the domain fmsinc.com");
        assert_eq!(understood(word), ("fmsinc.com".into(), vec![note]), "{word}");
    }
}

#[test]
fn the_selector_in_the_name_of_a_key_is_looked_at() {
    let plan = planned(["s1.mail._domainkey.fmsinc.com"]).unwrap();
    assert_eq!(plan.inquiries[0].selectors, ["s1.mail"]);
}

#[test]
fn a_policy_below_an_underscore_is_a_domain_of_its_own() {
    assert_eq!(understood("_spf.google.com").0, "_spf.google.com");
}

#[test]
fn a_name_in_another_script_becomes_a_labels() {
    assert_eq!(understood("bücher.example").0, "xn--bcher-kva.example");
}

#[test]
fn a_comma_is_found_and_a_dot_is_proposed() {
    assert_eq!(
        mistake(["fmsinc,com"]),
        "\"fmsinc,com\" is not a domain name: ',' at column 7. Did you mean fmsinc.com?"
    );
}

#[test]
fn columns_count_from_the_beginning_of_the_word() {
    assert_eq!(
        mistake(["https://fms inc.com/"]),
        "\"https://fms inc.com/\" is not a domain name: ' ' at column 12. Did you mean fmsinc.com?"
    );
}

#[test]
fn two_dots_in_a_row_are_one() {
    assert_eq!(
        mistake(["fmsinc..com"]),
        "\"fmsinc..com\" is not a domain name: the name has an empty label (two dots in a row). \
         Did you mean fmsinc.com?"
    );
}

#[test]
fn a_name_that_is_too_long_is_not_repeated_whole() {
    let word = ["abcdefghi"; 30].join(".");
    let shown: String = word.chars().take(60).collect();
    assert_eq!(
        mistake([&word]),
        format!("\"{shown}…\" is not a domain name: the name has 299 octets (limit 253)")
    );
}

#[test]
fn a_command_of_other_tools_needs_no_command() {
    assert_eq!(
        mistake(["check", "fmsinc.com"]),
        "\"check\": no verb is needed. Try: mailcheck example.com"
    );
}

#[test]
fn a_provider_of_the_catalogue_is_a_sender() {
    assert_eq!(
        [senders(["fmsinc.com", "microsoft365"]), senders(["Google", "fmsinc.com"])],
        [[Sender::Provider("microsoft365".into())], [Sender::Provider("Google".into())]]
    );
}

#[test]
fn a_name_that_stands_for_a_provider_is_asked_as_it_behind_a_domain() {
    let names = [
        "protection.outlook.com",
        "spf.protection.outlook.com",
        "outbound.protection.outlook.com",
        "fmsinc-com.mail.protection.outlook.com",
        "mail.protection.outlook.com.",
    ];
    let microsoft = Sender::Provider("microsoft365".into());
    assert_eq!(
        names.map(|name| senders(["fmsinc.com", name])),
        [(); 5].map(|()| [microsoft.clone()])
    );
}

#[test]
fn a_policy_of_a_provider_that_gives_each_customer_another_is_asked_as_itself() {
    assert_eq!(
        senders(["fmsinc.com", "1234.spf01.hubspotemail.net"]),
        [Sender::Policy(name("1234.spf01.hubspotemail.net"))]
    );
}

#[test]
fn what_has_mail_of_its_own_is_a_domain_behind_a_domain_too() {
    for name in ["outlook.com", "google.com", "sendgrid.net", "smtp.office365.com"] {
        let plan = planned(["fmsinc.com", name]).unwrap();
        let [first, second] = plan.inquiries.as_slice() else { panic!("{name}: two domains") };
        assert!(first.senders.is_empty() && second.domain.to_string() == name, "{name}");
    }
}

#[test]
fn the_policy_of_a_provider_is_looked_at_as_the_first_word() {
    assert_eq!(understood("spf.protection.outlook.com").0, "spf.protection.outlook.com");
}

#[test]
fn a_sender_without_a_domain_says_what_is_missing() {
    assert_eq!(
        mistake(["google"]),
        "google is a sender; no domain given. Example: mailcheck example.com google"
    );
}

#[test]
fn a_misspelt_verb_or_provider_is_answered_with_the_one_that_was_meant() {
    let dotless = |word: &str| format!("\"{word}\" is a single label, not a full domain name.");
    assert_eq!(
        [mistake(["dif", "a", "b"]), mistake(["fmsinc.com", "microsft365"])],
        [
            format!("{} Did you mean the verb diff? (mailcheck help diff)", dotless("dif")),
            format!(
                "{} Did you mean the provider microsoft365? (mailcheck example.com microsoft365)",
                dotless("microsft365")
            ),
        ]
    );
}

#[test]
fn a_verb_behind_a_domain_is_told_its_place() {
    assert_eq!(
        mistake(["fmsinc.com", "senders"]),
        "\"senders\" is a verb and comes first: mailcheck senders …"
    );
}

#[test]
fn a_word_that_resembles_nothing_is_answered_with_what_is_expected() {
    let said = mistake(["xyzzyplugh"]);
    assert!(said.contains("Expected a domain such as example.com"), "{said}");
    assert!(said.contains("senders, diff, fix"), "{said}");
}

#[test]
fn a_top_level_domain_is_asked_with_a_dot_behind_it() {
    assert_eq!(
        mistake(["com"]),
        "\"com\" is a single label, not a full domain name. To ask about the top-level domain, add a \
         trailing dot: mailcheck com."
    );
    assert_eq!(understood("com.").0, "com");
}

#[test]
fn a_top_level_domain_is_written_with_its_dot() {
    assert_eq!(understood("museum.").0, "museum");
}

#[test]
fn numbers_with_dots_are_no_domain() {
    assert_eq!(
        mistake(["192.0.2.300"]),
        "\"192.0.2.300\" is not a domain name: and it is not an IPv4 address"
    );
}

#[test]
fn terminal_escapes_in_a_word_are_not_repeated() {
    assert_eq!(
        mistake(["a\u{1b}[31m.example"]),
        "\"a\\x1b[31m.example\" is not a domain name: '\\x1b' at column 2. \
         Did you mean a31m.example?"
    );
}

#[test]
fn a_sender_alone_is_no_inquiry() {
    assert_eq!(
        mistake(["192.0.2.1"]),
        "192.0.2.1 is a sender; no domain given. Example: mailcheck example.com 192.0.2.1"
    );
}

// ── senders ─────────────────────────────────────────────────────────────────────────────────────

#[test]
fn addresses_and_networks_among_the_words_are_senders() {
    assert_eq!(
        senders(["fmsinc.com", "192.0.2.1", "2001:db8::/32", "192.0.2.0/24", "192.0.2.9/32"]),
        [
            Sender::Address("192.0.2.1".parse().unwrap()),
            Sender::Network("2001:db8::/32".parse().unwrap()),
            Sender::Network("192.0.2.0/24".parse().unwrap()),
            Sender::Address("192.0.2.9".parse().unwrap()),
        ]
    );
}

#[test]
fn an_ipv4_mapped_address_is_the_ipv4_address() {
    let address = Sender::Address("192.0.2.1".parse().unwrap());
    assert_eq!(senders(["fmsinc.com", "::ffff:192.0.2.1"]), [address]);
}

#[test]
fn a_prefix_that_is_too_long_is_a_mistake() {
    assert_eq!(
        mistake(["fmsinc.com", "192.0.2.0/33"]),
        "\"192.0.2.0/33\" is not a network: \"33\" is not a prefix length from 0 to 32"
    );
}

#[test]
fn senders_are_told_apart_by_their_looks() {
    let typed = [
        "fmsinc.com",
        "--sender=192.0.2.1",
        "--sender=spf:_spf.google.com",
        "--sender=mail.fmsinc.com.",
        "--sender=microsoft365",
    ];
    assert_eq!(
        senders(typed),
        [
            Sender::Address("192.0.2.1".parse().unwrap()),
            Sender::Policy(name("_spf.google.com")),
            Sender::Host(name("mail.fmsinc.com")),
            Sender::Provider("microsoft365".into()),
        ]
    );
}

#[test]
fn every_domain_is_asked_about_the_same_senders() {
    let plan = planned(["a.example", "192.0.2.1", "b.example"]).unwrap();
    let asked: Vec<(String, usize)> = plan
        .inquiries
        .iter()
        .map(|inquiry| (inquiry.domain.to_string(), inquiry.senders.len()))
        .collect();
    assert_eq!(asked, [("a.example".into(), 1), ("b.example".into(), 1)]);
}

// ── identities ──────────────────────────────────────────────────────────────────────────────────

fn mail_from(text: &str) -> Option<Vec<u8>> {
    planned(["fmsinc.com", "--mail-from", text]).unwrap().inquiries[0].mail_from.clone()
}

#[test]
fn the_null_reverse_path_is_empty() {
    assert_eq!(mail_from("<>"), Some(vec![]));
}

#[test]
fn angle_brackets_do_not_belong_to_the_reverse_path() {
    assert_eq!(mail_from("<\"a@b\"@x.example>"), Some(b"\"a@b\"@x.example".to_vec()));
}

#[test]
fn no_reverse_path_is_a_mistake() {
    assert_eq!(mail_from("@@ \u{1b}"), Some(b"@@ \x1b".to_vec()));
}

#[test]
fn domains_of_a_message_may_have_one_label() {
    let plan = planned(["fmsinc.com", "--header-from", "gov", "--dkim-domain", "com"]).unwrap();
    let Inquiry { header_from, dkim_domains, .. } = &plan.inquiries[0];
    assert_eq!((header_from, dkim_domains), (&Some(name("gov")), &vec![name("com")]));
}

#[test]
fn what_is_wrong_with_a_domain_of_a_message_is_said_with_the_flag() {
    assert_eq!(
        mistake(["fmsinc.com", "--header-from", "a,b.example"]),
        "--header-from: \"a,b.example\" is not a domain name: ',' at column 2. \
         Did you mean a.b.example?"
    );
}

#[test]
fn a_selector_may_be_pasted_as_the_name_of_its_key() {
    let plan = planned(["fmsinc.com", "--selector", "s1,s2._domainkey.fmsinc.com"]).unwrap();
    assert_eq!(plan.inquiries[0].selectors, ["s1", "s2"]);
}

#[test]
fn only_the_protocols_named_are_looked_at() {
    let plan = planned(["fmsinc.com", "--checks", "spf,mx"]).unwrap();
    let expected = Checks::only([Protocol::Mx, Protocol::Spf]);
    assert_eq!(plan.inquiries[0].checks, expected);
}

// ── sources and outputs ─────────────────────────────────────────────────────────────────────────

#[test]
fn a_word_after_an_at_sign_is_a_server() {
    let plan = planned(["fmsinc.com", "@tls://9.9.9.9", "-r", "8.8.8.8"]).unwrap();
    assert_eq!(plan.sources.resolvers, ["8.8.8.8", "tls://9.9.9.9"]);
}

#[test]
fn offline_needs_something_that_answers() {
    assert_eq!(
        mistake(["fmsinc.com", "--offline"]),
        "--offline needs --zone FILE or --replay FILE"
    );
}

#[test]
fn a_replay_asks_no_server() {
    assert_eq!(
        mistake(["fmsinc.com", "@9.9.9.9", "--replay", "tape.jsonl"]),
        "--replay makes no DNS queries, so \"9.9.9.9\" has no use"
    );
}

#[test]
fn without_a_format_there_is_text_on_standard_output() {
    let expected = [Output { format: Format::Text, file: None }];
    assert_eq!(planned(["fmsinc.com"]).unwrap().ending.outputs, expected);
}

#[test]
fn formats_go_where_they_are_sent() {
    let plan = planned(["fmsinc.com", "-f", "text=-", "-f", "json=out=1.json"]).unwrap();
    let expected = [
        Output { format: Format::Text, file: None },
        Output { format: Format::Json, file: Some("out=1.json".into()) },
    ];
    assert_eq!(plan.ending.outputs, expected);
}

#[test]
fn an_unknown_format_is_answered_with_those_that_are_known() {
    assert_eq!(
        mistake(["fmsinc.com", "-f", "yaml"]),
        "unknown format \"yaml\". One of: text, json, jsonl, github, markdown, html, sarif, \
         gitlab, junit, prometheus, tsv"
    );
}

#[test]
fn standard_output_takes_one_format() {
    let text = mistake(["fmsinc.com", "-f", "text", "-f", "json"]);
    assert!(text.starts_with("two formats for standard output"), "{text}");
}

proptest::proptest! {
    #[test]
    fn no_word_is_too_much(octets in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        if let Err(mistake) = target::read(&octets) {
            let text = mistake.to_string();
            proptest::prop_assert!(!text.chars().any(char::is_control), "{text:?}");
        }
    }
}

#[test]
fn a_sender_that_no_check_would_test_is_a_mistake() {
    assert_eq!(
        mistake(["a.example", "192.0.2.1", "--checks", "mx,dmarc"]),
        "testing the sender 192.0.2.1 needs spf: add it to --checks"
    );
}

// ── lists ───────────────────────────────────────────────────────────────────────────────────────

/// The domain that a line of a list names, or why it names none.
fn listed(line: &str) -> Result<Option<String>, String> {
    let list = planned(["-"]).unwrap().list.expect("a list");
    let read = list.read(&Config::default(), line.as_bytes());
    let name = |inquiry: Inquiry| inquiry.domain.to_string();
    read.map(|inquiry| inquiry.map(name)).map_err(|why| why.to_string())
}

#[test]
fn a_line_is_a_domain_with_blanks_and_a_comment_around_it() {
    assert_eq!(listed("\u{feff}\t Example.COM.  # our own"), Ok(Some("example.com".into())));
}

#[test]
fn blank_lines_and_comments_are_no_domains() {
    assert_eq!(["", " \t", "# a", "  #b"].map(listed), [const { Ok(None) }; 4]);
}

#[test]
fn a_sign_within_a_word_begins_no_comment() {
    let begins = "\"exam#ple.com\" is a single label, not a full domain name";
    assert!(listed("exam#ple.com").is_err_and(|why| why.starts_with(begins)));
}

#[test]
fn an_address_and_a_server_are_no_line_of_a_list() {
    let read = ["192.0.2.1", "@9.9.9.9"].map(|line| listed(line).unwrap_err());
    let expected =
        ["\"192.0.2.1\" is an address, not a domain", "\"@9.9.9.9\" is a server, not a domain"];
    assert_eq!(read, expected);
}

#[test]
fn what_is_asked_of_the_words_is_asked_of_the_lines() {
    let list = planned(["-", "192.0.2.25"]).unwrap().list.expect("a list");
    let inquiry = list.read(&Config::default(), b"a.example").unwrap().expect("a domain");
    assert_eq!(inquiry.senders.len(), 1);
}

#[test]
fn there_is_one_list() {
    let why = mistake(["-", "--domains", "list.txt"]);
    assert_eq!(why, "\"-\" and --domains each name a list: name one");
}

#[test]
fn nothing_is_supposed_of_a_list() {
    let why = mistake(["a.example", "--domains", "list.txt", "--with", "mx"]);
    assert!(why.ends_with("leave out the list list.txt"), "{why}");
}
