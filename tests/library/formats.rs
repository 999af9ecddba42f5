//! Formats for other programs, held against their schemas, and shown.

mod commonmark;
mod metrics;
mod spans;

use crate::reports;
use jsonschema::Validator;
use mailcheck::render::{github, gitlab, json, junit, markdown, prometheus, sarif, tsv};
use mailcheck::report::{Extent, Report};
use proptest::prelude::*;
use serde_json::Value;
use std::io::{self, Write as _};
use std::process::Command;

const SARIF: &str = include_str!("../../testdata/schema/sarif-2.1.0.schema.json");
const GITLAB: &str = include_str!("../../testdata/schema/gitlab-code-quality.schema.json");
const JUNIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/schema/junit-10.xsd");

type Form = fn(&Report, &mut dyn io::Write) -> io::Result<()>;

fn written(report: &Report, form: Form) -> String {
    let mut out = Vec::new();
    form(report, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("formats are UTF-8")
}

fn read(report: &Report, form: Form) -> Value {
    serde_json::from_str(&written(report, form)).expect("JSON")
}

/// Every kind of report, and some whose records attack whoever reads them.
fn all() -> Vec<Report> {
    let mut long = b"v=spf1 ".to_vec();
    long.extend(b"include:a.example ".repeat(4000));
    vec![
        reports::good(),
        reports::failing(),
        reports::partial(),
        reports::unknown(),
        reports::dark(),
        reports::broken(),
        reports::changed(),
        reports::hostile(b"\x1b[31m\xff\"\\ \xc2\x9b\x00"),
        reports::hostile("\u{202e}\u{fffe}\u{ffff} ]]></failure><x a='\"'>&amp;".as_bytes()),
        reports::hostile(b"%{i}._spf.%{d2} {0} [a](https://a.example) a: b\r\n::error::"),
        reports::hostile(&long),
    ]
}

/// Octets with many of those that matter to a format.
fn hostile_octets() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop_oneof![
        Just(b"\x1b[31m\r\n\t\x08\x00\x7f".to_vec()),
        Just("\u{9b}\u{202e}\u{fffe}\u{ffff}\u{feff}".into()),
        Just(b"]]><!--<x a=\"'\">&amp;&#0;</failure>".to_vec()),
        Just(b"``` ` ```` ~~~ | \\| <code> </code> $x$ **b** __c__".to_vec()),
        Just(b" @owner #1 https://a.example www.a.example [a](b) ![c](d)".to_vec()),
        Just(b"\\\"}\n# HELP x\nup 1".to_vec()),
        Just(b" ip4:192.0.2.1 %{i} {0} ".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..20),
    ];
    proptest::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

// ── schemas ─────────────────────────────────────────────────────────────────────────────────────

fn validator(schema: &str) -> Validator {
    let mut schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    // The pattern of this member, which we never write, has a bracket too many: legal in ECMAScript
    // and in no other dialect.
    for owner in ["run", "toolComponent"] {
        let member = format!("/definitions/{owner}/properties/language");
        if let Some(language) = schema.pointer_mut(&member) {
            *language = Value::Bool(false);
        }
    }
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema")
}

/// What a schema says against a document.
fn against(validator: &Validator, document: &Value) -> Vec<String> {
    let errors = validator.iter_errors(document);
    errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// What a schema says against the form of every report.
fn faults(schema: &str, form: Form) -> Vec<String> {
    let validator = validator(schema);
    let documents = all().into_iter().map(|report| read(&report, form));
    documents.flat_map(|document| against(&validator, &document)).collect()
}

#[test]
fn sarif_satisfies_the_schema_of_oasis() {
    assert_eq!(faults(SARIF, sarif::render), Vec::<String>::new());
}

#[test]
fn code_quality_satisfies_its_schema() {
    assert_eq!(faults(GITLAB, gitlab::render), Vec::<String>::new());
}

#[test]
fn what_is_no_uri_and_no_severity_is_a_fault() {
    let mut document = read(&reports::broken(), sarif::render);
    let place = &mut document["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    place["artifactLocation"]["uri"] = "a b".into();
    assert_eq!(against(&validator(SARIF), &document).len(), 1);
    let mut document = read(&reports::broken(), gitlab::render);
    document[0]["severity"] = "error".into();
    assert_eq!(against(&validator(GITLAB), &document).len(), 1);
}

#[test]
fn test_results_satisfy_the_schema_of_jenkins() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        // Not `eprintln!`: the test harness would swallow the line.
        let _ = writeln!(io::stderr(), "skipped: xmllint is not there (libxml2-utils)");
        return;
    }
    for (index, report) in all().iter().enumerate() {
        let path = format!("{}/junit-{index}.xml", env!("CARGO_TARGET_TMPDIR"));
        #[expect(clippy::disallowed_methods, reason = "xmllint reads a file")]
        std::fs::write(&path, written(report, junit::render)).expect("a file can be written");
        let out = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema", JUNIT, &path])
            .output()
            .expect("xmllint runs");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
}

proptest! {
    #[test]
    fn no_record_puts_into_xml_what_xml_cannot_carry(octets in hostile_octets()) {
        let text = written(&reports::hostile(&octets), junit::render);
        // XML 1.0 §2.2, without the carriage return and the tab, which nobody needs.
        let is_char = |c: char| {
            matches!(c, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        };
        prop_assert!(text.chars().all(is_char), "{text:?}");
        // Markup is ours: as many elements as without the octets, and no text with a bare mark.
        let elements = |text: &str| text.matches('<').count();
        let benign = written(&reports::hostile(b"a"), junit::render);
        prop_assert_eq!(elements(&text), elements(&benign));
        let is_reference = |rest: &str| {
            ["amp;", "lt;", "gt;", "quot;"].iter().any(|name| rest.starts_with(name))
        };
        prop_assert!(text.split('&').skip(1).all(is_reference), "{text}");
    }

    #[test]
    fn no_control_character_reaches_any_format(octets in hostile_octets()) {
        let report = reports::hostile(&octets);
        let forms: [Form; 5] =
            [sarif::render, gitlab::render, junit::render, markdown::render, prometheus::render];
        for form in forms {
            let text = written(&report, form);
            let is_control = |c: char| {
                (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{200b}' | '\u{feff}')
            };
            prop_assert!(!text.chars().any(is_control), "{text:?}");
        }
    }
}

// ── what is said ────────────────────────────────────────────────────────────────────────────────

#[test]
fn sarif_of_a_broken_record() {
    insta::assert_snapshot!(written(&reports::broken(), sarif::render));
}

#[test]
fn sarif_of_a_change() {
    let mut document = read(&reports::changed(), sarif::render);
    // The pages are shown by another test.
    document["runs"][0]["tool"].take();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).expect("JSON"));
}

#[test]
fn sarif_of_what_could_not_be_told() {
    insta::assert_snapshot!(written(&reports::unknown(), sarif::render));
}

#[test]
fn code_quality_of_a_broken_record() {
    insta::assert_snapshot!(written(&reports::broken(), gitlab::render));
}

#[test]
fn code_quality_of_a_change() {
    insta::assert_snapshot!(written(&reports::changed(), gitlab::render));
}

#[test]
fn test_results_of_a_broken_record() {
    insta::assert_snapshot!(written(&reports::broken(), junit::render));
}

#[test]
fn test_results_of_a_change() {
    insta::assert_snapshot!(written(&reports::changed(), junit::render));
}

#[test]
fn test_results_of_what_could_not_be_told() {
    insta::assert_snapshot!(written(&reports::unknown(), junit::render));
}

#[test]
fn markdown_of_a_good_domain() {
    insta::assert_snapshot!(written(&reports::good(), markdown::render));
}

#[test]
fn markdown_of_a_broken_record() {
    insta::assert_snapshot!(written(&reports::broken(), markdown::render));
}

#[test]
fn markdown_of_a_change() {
    insta::assert_snapshot!(written(&reports::changed(), markdown::render));
}

#[test]
fn markdown_of_what_could_not_be_told() {
    insta::assert_snapshot!(written(&reports::unknown(), markdown::render));
}

#[test]
fn metrics_of_a_broken_record() {
    insta::assert_snapshot!(written(&reports::broken(), prometheus::render));
}

#[test]
fn metrics_of_what_could_not_be_told() {
    insta::assert_snapshot!(written(&reports::unknown(), prometheus::render));
}

#[test]
fn annotations_of_a_change() {
    insta::assert_snapshot!(written(&reports::changed(), github::render));
}

#[test]
fn a_table_of_a_change() {
    insta::assert_snapshot!(written(&reports::changed(), tsv::render));
}

#[test]
fn a_json_line_says_what_a_change_did_to_a_finding() {
    let line = read(&reports::changed(), |report, out| json::lines(report, Extent::FULL, out));
    let findings = line["findings"].as_array().expect("findings");
    let states: Vec<&str> = findings.iter().filter_map(|it| it["state"].as_str()).collect();
    assert_eq!(states, ["introduced", "unchanged", "resolved", "introduced", "introduced"]);
}

#[test]
fn every_result_of_sarif_has_a_place() {
    for report in all() {
        let document = read(&report, sarif::render);
        let results = document["runs"][0]["results"].as_array().expect("results").clone();
        for result in results {
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str();
            assert!(uri.is_some_and(|uri| !uri.is_empty()), "{result}");
            assert!(place["region"]["startLine"].as_u64() >= Some(1), "{result}");
        }
    }
}

#[test]
fn a_finding_without_a_place_stands_where_its_domain_is_declared() {
    let document = read(&reports::changed(), sarif::render);
    let place = &document["runs"][0]["results"][1]["locations"][0]["physicalLocation"];
    assert_eq!(
        (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
        (&Value::from("mailcheck.toml"), &Value::from(6))
    );
}

#[test]
fn braces_of_a_record_are_no_placeholders() {
    let document = read(&reports::hostile(b"exists:%{i}.{0}"), sarif::render);
    let text = document["runs"][0]["results"][0]["message"]["text"].as_str().expect("a text");
    assert!(text.contains("exists:%{{i}}.{{0}}"), "{text}");
}

#[test]
fn no_fingerprint_of_code_quality_occurs_twice() {
    let mut report = reports::broken();
    let domain = report.domains[0].clone();
    report.domains.push(domain);
    let document = read(&report, gitlab::render);
    let issues = document.as_array().expect("issues");
    let mut fingerprints: Vec<&str> =
        issues.iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    let count = fingerprints.len();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!((count, fingerprints.len()), (6, 6));
}

#[test]
fn what_is_gone_stands_in_no_file_of_the_state_before() {
    let mut report = reports::changed();
    let before = report.domains[0].findings[0].location.clone().expect("a place");
    let gone = &mut report.domains[0].findings[2];
    gone.location = Some(mailcheck::report::FileLocation {
        file: "zones/new.zone at origin/main".into(),
        ..before
    });
    let document = read(&report, sarif::render);
    let place = &document["runs"][0]["results"][2]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "mailcheck.toml");
}
