//! What a person sees: reports made by hand, as text.

use crate::reports;
use mailcheck::audit::{self, Clock, Inquiry};
use mailcheck::dns::Replay;
use mailcheck::render::{github, json, text, tsv, whole};
use mailcheck::report::{Extent, Report, Verdict};
use mailcheck::text::Cited;
use proptest::prelude::*;
use text::{Look, Question};

fn shown(report: &Report, look: Look) -> String {
    let mut out = Vec::new();
    text::render(report, &look, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("text is UTF-8")
}

fn plain(report: &Report) -> String {
    shown(report, Look::default())
}

#[test]
fn a_good_domain() {
    insta::assert_snapshot!(plain(&reports::good()));
}

#[test]
fn a_sender_that_fails() {
    insta::assert_snapshot!(plain(&reports::failing()));
}

#[test]
fn a_network_that_may_send_in_part() {
    insta::assert_snapshot!(plain(&reports::partial()));
}

#[test]
fn a_sender_of_which_nothing_can_be_told() {
    insta::assert_snapshot!(plain(&reports::unknown()));
}

#[test]
fn without_dns_there_is_one_sentence() {
    insta::assert_snapshot!(plain(&reports::dark()));
}

#[test]
fn a_broken_record() {
    insta::assert_snapshot!(plain(&reports::broken()));
}

#[test]
fn records_that_attack_the_terminal() {
    let octets = b"\x1b]0;owned\x07\x1b[2J\xff \xe2\x80\xaeevil";
    insta::assert_snapshot!(plain(&reports::hostile(octets)));
}

#[test]
fn files_by_themselves() {
    insta::assert_snapshot!(plain(&reports::linted()));
}

#[test]
fn files_by_themselves_with_reasons() {
    let look = Look { explain: true, ascii: true, width: 60, ..Look::default() };
    insta::assert_snapshot!(shown(&reports::linted(), look));
}

#[test]
fn files_by_themselves_in_one_line() {
    let line = shown(&reports::linted(), Look { quiet: true, width: 40, ..Look::default() });
    assert_eq!(line.lines().count(), 1, "{line}");
}

#[test]
fn in_ascii() {
    let look = Look { ascii: true, explain: true, ..Look::default() };
    insta::assert_snapshot!(shown(&reports::broken(), look));
}

#[test]
fn in_sixty_columns() {
    insta::assert_snapshot!(shown(&reports::failing(), Look { width: 60, ..Look::default() }));
}

#[test]
fn with_every_step_and_every_question() {
    let look = Look { explain: true, lookups: true, ..Look::default() };
    insta::assert_snapshot!(shown(&reports::failing(), look));
}

#[test]
fn quietly() {
    let mut report = reports::good();
    report.domains.extend(reports::failing().domains);
    let quiet = Look { quiet: true, width: 40, ..Look::default() };
    insta::assert_snapshot!(shown(&report, quiet));
}

#[test]
fn in_colour() {
    let text = shown(&reports::failing(), Look { color: true, ..Look::default() });
    insta::assert_snapshot!(text.replace('\u{1b}', "ESC"));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let coloured = shown(&reports::broken(), Look { color: true, ..Look::default() });
    let mut bare = String::new();
    for (index, part) in coloured.split("\u{1b}[").enumerate() {
        bare.push_str(if index == 0 { part } else { part.split_once('m').unwrap_or_default().1 });
    }
    assert_eq!(bare, plain(&reports::broken()));
}

#[test]
fn records_to_copy_stand_alone_and_whole() {
    let report = reports::broken();
    let fix = report.domains[0].findings[0].fix.as_ref().expect("a fix");
    let record = fix.records[0].add.clone().expect("a record");
    let text = shown(&report, Look { color: true, width: 60, ..Look::default() });
    assert!(text.lines().any(|line| line == record), "{text}");
}

#[test]
fn a_document_written_bit_by_bit_is_the_document() {
    for report in reports::all() {
        let (mut bits, mut document) = (Vec::new(), Vec::new());
        whole(&mut json::Document::new(Extent::FULL), &report, &mut bits).expect("memory");
        json::render(&report, &mut document).expect("memory");
        assert_eq!(String::from_utf8_lossy(&bits), String::from_utf8_lossy(&document));
    }
}

/// A report about every domain of the others.
fn several() -> Report {
    let domains = reports::all().into_iter().flat_map(|report| report.domains);
    reports::report(Verdict::Fail, 1, domains.collect())
}

#[test]
fn a_table_has_a_row_a_domain_and_what_is_gravest() {
    insta::assert_snapshot!(shown(&several(), Look { table: true, ..Look::default() }));
}

#[test]
fn a_wide_table_gives_the_names_more_room() {
    let wide = Look { table: true, width: 100, ..Look::default() };
    let text = shown(&several(), wide);
    let columns = |text: &str| text.lines().find_map(|line| line.find("verdict"));
    assert_eq!(columns(&text), Some(46));
}

#[test]
fn of_many_domains_the_tenth_annotation_of_a_level_counts_the_rest() {
    let domains: Vec<_> = (0..12).flat_map(|_| reports::broken().domains).collect();
    let mut out = Vec::new();
    github::render(&reports::report(Verdict::Fail, 1, domains), &mut out).expect("memory");
    let text = String::from_utf8(out).expect("text is UTF-8");
    let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("::error")).collect();
    let counts = errors.last().is_some_and(|last| last.starts_with("::error::and "));
    assert_eq!((errors.len(), counts), (10, true), "{text}");
}

fn looks() -> impl Strategy<Value = Look> {
    (any::<bool>(), any::<bool>(), any::<bool>(), 1_usize..130).prop_map(
        |(ascii, explain, quiet, width)| Look {
            color: false,
            ascii,
            width,
            explain,
            lookups: explain,
            quiet,
            ..Look::default()
        },
    )
}

/// Text without its links, each of which leads to an RFC or to the page of a rule.
fn without_links(text: &str) -> String {
    let mut bare = String::new();
    for (index, part) in text.split("\u{1b}]8;;").enumerate() {
        let (url, words) =
            if index == 0 { ("", part) } else { part.split_once("\u{1b}\\").expect("a link ends") };
        let is_tame = |c: char| c.is_ascii_alphanumeric() || ".-_/:#".contains(c);
        let pages = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/src/");
        let is_known = url.is_empty()
            || url.starts_with("https://www.rfc-editor.org/rfc/rfc")
            || url.starts_with(pages) && url.ends_with(".md");
        assert!(is_known && url.chars().all(is_tame), "{url:?}");
        bare.push_str(words);
    }
    bare
}

#[test]
fn a_citation_from_outside_is_no_link_if_it_could_end_one() {
    let mut report = reports::broken();
    let finding = &mut report.domains[0].findings[0];
    finding.reference.cite =
        Cited::from("RFC 7208 §4\u{1b}\\\u{1b}]8;;https://example.com\u{1b}\\");
    let look = Look { links: true, explain: true, ..Look::default() };
    let linked = shown(&report, look.clone());
    assert_eq!(without_links(&linked), shown(&report, Look { links: false, ..look }));
}

#[test]
fn the_last_lines_repeat_the_question() {
    let question = Question { command: "mailcheck a.example @192.0.2.53".into(), elsewhere: None };
    let look = Look { question: Some(question), ..Look::default() };
    let text = shown(&reports::failing(), look);
    assert!(text.ends_with("next  mailcheck a.example @192.0.2.53 --explain\n"), "{text}");
}

#[test]
fn every_rule_that_a_screen_names_is_a_link_to_its_page() {
    let report = reports::broken();
    let linked = shown(&report, Look { links: true, ..Look::default() });
    let plain = shown(&report, Look::default());
    let rules = report.domains.iter().flat_map(|domain| &domain.findings).map(|it| &*it.rule);
    let is_named = |rule: &&str| plain.contains(rule) && mailcheck::catalogue::rule(rule).is_some();
    let named: Vec<&str> = rules.filter(is_named).collect();
    assert!(!named.is_empty(), "{plain}");
    for rule in named {
        let links = linked.matches(&format!(".md\u{1b}\\{rule}\u{1b}]8;;\u{1b}\\")).count();
        assert_eq!(links, plain.matches(rule).count(), "{rule}: {linked}");
    }
}

/// Octets with many of those that matter to a terminal.
fn hostile_octets() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop_oneof![
        Just(b"\x1b[31m".to_vec()),
        Just(b"\x1b]8;;x\x1b\\".to_vec()),
        Just("\u{9b}2J".into()),
        Just("\u{202e}\u{2066}\u{200b}".into()),
        Just(b"\r\n\t\x08\x00\x7f".to_vec()),
        Just("\u{fc}\u{4e2d}".into()),
        Just(b" ip4:192.0.2.1 ".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..20),
    ];
    proptest::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_control_character_reaches_the_stream(octets in hostile_octets(), look in looks()) {
        let ascii = look.ascii;
        let text = shown(&reports::hostile(&octets), look);
        let is_control = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}' || c == '\u{200b}';
        prop_assert!(!text.chars().any(is_control), "{text:?}");
        prop_assert!(!ascii || text.is_ascii(), "{text:?}");
    }

    #[test]
    fn links_add_nothing_but_links_to_rfcs_and_rules(octets in hostile_octets(), look in looks()) {
        let report = reports::hostile(&octets);
        let linked = shown(&report, Look { links: true, ..look.clone() });
        prop_assert_eq!(without_links(&linked), shown(&report, look));
    }

    #[test]
    fn no_control_character_reaches_json(octets in hostile_octets()) {
        let mut out = Vec::new();
        json::render(&reports::hostile(&octets), &mut out).expect("memory takes everything");
        let text = String::from_utf8(out).expect("JSON is UTF-8");
        let is_control = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}' || c == '\u{200b}';
        prop_assert!(!text.chars().any(is_control), "{text:?}");
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    }
}

// ── formats for other programs ──────────────────────────────────────────────────────────────────

fn written(
    report: &Report,
    form: impl Fn(&Report, &mut dyn std::io::Write) -> std::io::Result<()>,
) -> String {
    let mut out = Vec::new();
    form(report, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("formats are UTF-8")
}

#[test]
fn annotations_of_a_broken_record() {
    insta::assert_snapshot!(written(&reports::broken(), github::render));
}

#[test]
fn of_too_many_annotations_the_tenth_counts_the_rest() {
    let mut report = reports::broken();
    let domain = report.domains.first_mut().expect("one domain");
    let finding = domain.findings.first().expect("a finding").clone();
    domain.findings = (1..=30)
        .map(|line| {
            let mut finding = finding.clone();
            let place = finding.location.as_mut().expect("a place");
            (place.line, place.end_line) = (line, line);
            finding
        })
        .collect();
    let text = written(&report, github::render);
    let last = text.lines().last();
    assert_eq!((text.lines().count(), last), (10, Some("::error::and 21 more: see the report")));
}

#[test]
fn no_record_begins_a_workflow_command_of_its_own() {
    let octets = b"\n::set-env name=PATH::evil\r\n::error::,:%0A";
    let text = written(&reports::hostile(octets), github::render);
    let commands = ["::error ", "::warning ", "::notice "];
    assert!(text.lines().all(|line| commands.iter().any(|it| line.starts_with(it))), "{text}");
}

#[test]
fn findings_as_a_table() {
    insta::assert_snapshot!(written(&reports::broken(), tsv::render));
}

#[test]
fn every_line_of_a_table_has_all_columns_whatever_records_hold() {
    let text = written(&reports::hostile(b"\t\n\r\x0b\x1b"), tsv::render);
    let widths: Vec<usize> = text.lines().map(|line| line.split('\t').count()).collect();
    assert!(widths.len() > 1 && widths.iter().all(|width| *width == 11), "{widths:?}");
}

#[test]
fn a_json_line_is_the_domain_of_the_report() {
    let report = reports::broken();
    let line: serde_json::Value = serde_json::from_str(&written(&report, |report, out| {
        json::lines(report, Extent::FULL, out)
    }))
    .expect("one line of JSON");
    let whole: serde_json::Value =
        serde_json::from_str(&written(&report, |report, out| json::render(report, out)))
            .expect("JSON");
    let mut domain = whole["domains"][0].clone();
    for member in ["version", "tool", "started"] {
        domain[member] = whole[member].clone();
    }
    domain["schema"] = "mailcheck.domain/1".into();
    assert_eq!(line, domain);
}

#[tokio::test]
async fn a_mark_is_as_wide_as_what_it_marks_where_a_record_spells_out_an_escape() {
    // The record holds a backslash, an x and two digits: no octet 0x1b.
    let cassette = br#"{"cassette":1,"absent":"nxdomain"}
{"name":"a.example","type":"TXT","records":["\"v=spf1 \\\\x1b[1m -all\""]}
"#;
    let answers = Replay::read("tape", cassette).expect("the tape is well formed");
    let inquiry = Inquiry::about(reports::name("a.example"));
    let domain = audit::domain(&answers, &inquiry, Clock::default()).await;
    let text = plain(&reports::report(domain.result, 1, vec![domain]));
    let lines: Vec<&str> = text.lines().collect();
    let marked = lines.windows(2).find_map(|pair| {
        let (begin, end) = (pair[1].find('^')?, pair[1].rfind('^')?);
        pair[0].get(begin..=end)
    });
    assert_eq!(marked, Some("\\x1b[1m"), "{text}");
}
