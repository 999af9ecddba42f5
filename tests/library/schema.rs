//! The JSON form, held against its published schema.

use crate::reports;
use jsonschema::Validator;
use mailcheck::audit::{self, Clock, Inquiry};
use mailcheck::dns::Replay;
use mailcheck::render::json;
use mailcheck::report::{Report, Verdict};
use serde_json::Value;

const SCHEMA: &str = include_str!("../../testdata/schema/report.schema.json");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).expect("the schema is a schema")
}

fn printed(report: &Report) -> Value {
    let mut out = Vec::new();
    json::render(report, &mut out).expect("memory takes everything");
    serde_json::from_slice(&out).expect("the report is JSON")
}

/// What the schema says against a document.
fn faults(document: &Value) -> Vec<String> {
    validator()
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn the_schema_is_a_schema() {
    assert!(jsonschema::meta::is_valid(&schema()));
}

#[test]
fn every_kind_of_report_satisfies_the_schema() {
    let reports = reports::all();
    let all: Vec<String> = reports.iter().flat_map(|report| faults(&printed(report))).collect();
    assert_eq!(all, Vec::<String>::new());
}

#[tokio::test]
async fn an_audited_domain_satisfies_the_schema() {
    let cassette = br#"{"cassette":1,"absent":"nxdomain"}
{"name":"example.com","type":"TXT","outcome":"records","records":["\"v=spf1 include:b.example ip4:192.0.2.0/28 ptr -al\""]}
{"name":"example.com","type":"MX","outcome":"records","records":["10 mx.example.com."]}
{"name":"mx.example.com","type":"A","outcome":"servfail","detail":"EDE 22"}
{"name":"_dmarc.example.com","type":"TXT","outcome":"records","records":["\"v=DMARC1; p=none\""]}
"#;
    let answers = Replay::read("tape", cassette).expect("the tape is well formed");
    let inquiry = Inquiry::about(reports::name("example.com"));
    let domain = audit::domain(&answers, &inquiry, Clock::default()).await;
    let report = reports::report(Verdict::Fail, 1, vec![domain]);
    assert_eq!(faults(&printed(&report)), Vec::<String>::new());
}

#[test]
fn a_member_that_the_schema_does_not_know_is_a_fault() {
    let mut document = printed(&reports::good());
    document["domains"][0]["spf"]["novel"] = Value::Null;
    assert_eq!(faults(&document).len(), 1);
}

#[test]
fn a_member_that_is_missing_is_a_fault() {
    let mut document = printed(&reports::good());
    document["domains"][0].as_object_mut().expect("an object").remove("headline");
    assert_eq!(faults(&document).len(), 1);
}

#[test]
fn no_object_of_the_schema_is_open_except_the_event_of_a_step() {
    let mut open = Vec::new();
    visit(&schema(), "", &mut open);
    assert_eq!(open, ["/$defs/step/properties/event"]);
}

/// Gathers the objects that would let unknown members pass.
fn visit(schema: &Value, path: &str, open: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            let is_object = members.get("type").is_some_and(|kind| kind == "object");
            if is_object && members.get("additionalProperties") != Some(&Value::Bool(false)) {
                open.push(path.to_owned());
            }
            for (name, inner) in members {
                visit(inner, &format!("{path}/{name}"), open);
            }
        }
        Value::Array(items) => items.iter().for_each(|inner| visit(inner, path, open)),
        _ => {}
    }
}
