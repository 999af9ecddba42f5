//! The JSON documents, held against their published schemas.

use crate::reports;
use crate::schemas::{faults, printed as schema};
use mailcheck::audit::{self, Clock, Inquiry};
use mailcheck::dns::Replay;
use mailcheck::render::json;
use mailcheck::report::envelope::Kind;
use mailcheck::report::{Extent, Report, Verdict};
use serde_json::Value;

/// Every extent that a document can have.
const EXTENTS: [Extent; 4] = [
    Extent::FULL,
    Extent { steps: true, lookups: false },
    Extent { steps: false, lookups: true },
    Extent { steps: false, lookups: false },
];

fn printed(report: &Report) -> Value {
    printed_within(report, Extent::FULL)
}

fn printed_within(report: &Report, extent: Extent) -> Value {
    let mut out = Vec::new();
    json::report(report, extent, &mut out).expect("memory takes everything");
    serde_json::from_slice(&out).expect("the report is JSON")
}

#[test]
fn every_schema_is_a_schema() {
    let wrong: Vec<Kind> =
        Kind::ALL.into_iter().filter(|kind| !jsonschema::meta::is_valid(&schema(*kind))).collect();
    assert_eq!(wrong, Vec::<Kind>::new());
}

#[test]
fn every_schema_is_of_the_document_that_it_is_printed_for() {
    for kind in Kind::ALL {
        let schema = schema(kind);
        assert_eq!(schema["properties"]["schema"]["const"], kind.schema());
        let envelope = ["schema", "version", "tool", "started"];
        let required = schema["required"].as_array().expect("members are required");
        assert_eq!(required.get(..4), Some(&envelope.map(Value::from)[..]), "{kind:?}");
    }
}

#[test]
fn a_schema_defines_all_that_it_refers_to_and_nothing_else() {
    for kind in Kind::ALL {
        let schema = schema(kind);
        let text = schema.to_string();
        let places = text.split("\"#/$defs/").skip(1);
        let mut used: Vec<&str> = places.filter_map(|rest| rest.split('"').next()).collect();
        used.sort_unstable();
        used.dedup();
        let defined = schema["$defs"].as_object().into_iter().flatten();
        let defined: Vec<&str> = defined.map(|(name, _)| name.as_str()).collect();
        assert_eq!(defined, used, "{kind:?}");
    }
}

#[test]
fn every_kind_of_report_satisfies_the_schema() {
    let reports = reports::all();
    let documents =
        reports.iter().flat_map(|report| EXTENTS.map(|extent| printed_within(report, extent)));
    let all: Vec<String> = documents.flat_map(|document| faults(&document)).collect();
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
fn every_line_satisfies_the_schema() {
    let mut out = Vec::new();
    for (report, extent) in reports::all().iter().zip(EXTENTS.into_iter().cycle()) {
        json::lines(report, extent, &mut out).expect("memory takes everything");
    }
    let text = String::from_utf8(out).expect("JSON is UTF-8");
    let line = |line| serde_json::from_str::<Value>(line).expect("a line is JSON");
    let all: Vec<String> = text.lines().flat_map(|text| faults(&line(text))).collect();
    assert_eq!((all, text.is_empty()), (Vec::<String>::new(), false));
}

#[test]
fn no_object_of_a_schema_is_open_except_the_event_of_a_step() {
    // What is also a line with an envelope is closed where it is used.
    let closed_in_use = ["/$defs/domain", "/$defs/finding", "/$defs/rule"];
    for kind in Kind::ALL {
        let mut open = Vec::new();
        visit(&schema(kind), "", &mut open);
        open.retain(|path| path != "/$defs/step/properties/event");
        open.retain(|path| !closed_in_use.contains(&path.as_str()));
        assert_eq!(open, Vec::<String>::new(), "{kind:?}");
    }
}

#[test]
fn a_domain_and_a_finding_are_closed_wherever_they_stand() {
    let report = printed(&reports::broken());
    for place in ["/domains/0", "/domains/0/findings/0"] {
        let mut document = report.clone();
        document.pointer_mut(place).expect("it is there")["novel"] = Value::Null;
        assert_eq!(faults(&document).len(), 1, "{place}");
    }
}

/// Gathers the objects that would let unknown members pass.
fn visit(schema: &Value, path: &str, open: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            let is_object = members.get("type").is_some_and(|kind| kind == "object");
            let uses = members.get("$ref").and_then(Value::as_str).unwrap_or_default();
            let is_line = ["domain", "finding", "rule"].map(|it| format!("#/$defs/{it}"));
            let is_object = is_object || is_line.iter().any(|it| it == uses);
            let closes = ["additionalProperties", "unevaluatedProperties"];
            // A map has members of any name, whose values are described.
            let is_map = members.get("additionalProperties").is_some_and(Value::is_object);
            if is_object
                && !is_map
                && !closes.iter().any(|it| members.get(*it) == Some(&Value::Bool(false)))
            {
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
