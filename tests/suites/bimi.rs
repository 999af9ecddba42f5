//! The BIMI suite: records, which record counts, and logos, by draft-brand-indicators-for-message-identification-14.
//!
//! Ambiguous cases are read too; where mailcheck decides otherwise than the suite, [`DEVIATIONS`] has
//! the reason.

use crate::shared::shared;
use crate::zone::Zone;
use mailcheck::audit::{self, Clock, Inquiry};
use mailcheck::net::Name;
use mailcheck::protocols::Protocol;
use mailcheck::protocols::bimi::svg::{Problem, check};
use mailcheck::protocols::bimi::{Selector, Wanted, parse};
use mailcheck::text::escape;
use serde_json::{Value, json};

/// How many cases the suite has, by kind.
const CASES: [(&str, usize); 3] = [("record", 36), ("discovery", 18), ("svg", 19)];

/// Ambiguous cases that are read in another way, and why.
const DEVIATIONS: &[(&str, &str)] = &[];

#[tokio::test]
async fn every_case_of_the_suite_is_decided_as_it_expects() {
    let Some(path) = shared("conformance/bimi.json") else { return };
    #[expect(clippy::disallowed_methods, reason = "a test reads the suite")]
    let text = std::fs::read_to_string(path).expect("readable");
    let suite: Value = serde_json::from_str(&text).expect("JSON");
    let cases = suite["cases"].as_array().expect("the suite has cases");
    let (mut failures, mut counts) = (Vec::new(), CASES.map(|(kind, _)| (kind, 0)));
    for case in cases {
        let kind = case["kind"].as_str().expect("a case has a kind");
        let found = match kind {
            "record" => record(case["txt"].as_str().expect("a text")),
            "discovery" => discovery(case).await,
            "svg" => svg(case),
            other => panic!("unknown kind {other}"),
        };
        for (_, count) in counts.iter_mut().filter(|(other, _)| *other == kind) {
            *count += 1;
        }
        let is_ambiguous = case["ambiguous"] == true;
        let deviates = is_ambiguous && DEVIATIONS.iter().any(|(id, _)| case["id"] == *id);
        if is_expected(&found, &case["expected"]) == deviates {
            failures.push(format!("{kind} {}: {found}", case["id"]));
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(counts, CASES, "the numbers of cases");
}

/// True if all members agree; of several results that are allowed, one was found.
fn is_expected(found: &Value, expected: &Value) -> bool {
    let members = expected.as_object().expect("an object");
    members.iter().all(|(key, value)| match key.as_str() {
        "results" => value.as_array().expect("a list").contains(&found["result"]),
        key => found[key] == *value,
    })
}

fn record(text: &str) -> Value {
    let Some(parsed) = parse(text.as_bytes()) else { return json!({"status": "none"}) };
    if !parsed.errors.is_empty() {
        return json!({"status": "invalid"});
    }
    let record = parsed.value;
    let prefixes = record
        .prefixes
        .as_ref()
        .map(|all| -> Vec<String> { all.iter().map(|prefix| escape(prefix)).collect() });
    json!({
        "status": if record.is_declined { "declined" } else { "ok" },
        "l": record.logo.map(|it| escape(&it.uri)),
        "a": record.evidence.map(|it| escape(&it.uri)),
        "avp": record.preference.word(),
        "lps": prefixes,
    })
}

fn svg(case: &Value) -> Value {
    let text = case["svg"].as_str().expect("a text");
    let repeat = &case["svg_repeat"];
    let text = match repeat["mark"].as_str() {
        None => text.to_owned(),
        Some(mark) => {
            let times = repeat["times"].as_u64().and_then(|it| usize::try_from(it).ok());
            let with = repeat["with"].as_str().expect("a text");
            text.replace(mark, &with.repeat(times.expect("a number")))
        }
    };
    let checked = check(text.as_bytes());
    let problems: Vec<&str> = checked.problems.iter().map(Problem::word).collect();
    json!({"valid": problems.is_empty(), "problems": problems})
}

/// What a receiver does with a message that passes DMARC by SPF.
async fn discovery(case: &Value) -> Value {
    assert_eq!(case["spf_aligned_pass"], true, "a message that passes DMARC");
    let none = json!({"result": "fail", "location": null, "bimi_queries": []});
    let fields = case["bimi_selector_headers"].as_array().expect("a list");
    let selector = match fields.first().and_then(Value::as_str) {
        None => Selector::default(),
        Some(field) => match Selector::from_field(field.as_bytes()) {
            Some(selector) => selector,
            None => return none,
        },
    };
    let (_, domain) = case["from"].as_str().and_then(|it| it.split_once('@')).expect("an address");
    let mut inquiry = Inquiry::about(Name::from_octets(domain.as_bytes()).expect("a name"));
    inquiry.bimi = Wanted { selector, ..Wanted::default() };
    inquiry.checks = audit::Checks::only([Protocol::Bimi]);
    let zone = Zone::from_json(&case["zone"].to_string());
    let report = audit::domain(&zone, &inquiry, Clock::default()).await;
    let section = serde_json::to_value(&report).expect("a report is JSON")["bimi"].clone();
    let views = report.sections();
    let view = views.iter().find(|view| view.protocol == Protocol::Bimi).expect("a section");
    let events = view.steps.iter().map(|step| &step.event);
    let queries: Vec<&Value> =
        events.filter(|event| event["event"] == "bimi_query").map(|it| &it["name"]).collect();
    let result = match section["status"].as_str().expect("a status") {
        // Receivers look at DMARC first, and then do not look for a record.
        "weak" if section["dmarc_enforced"] == false => {
            return json!({"result": "skipped", "location": null, "bimi_queries": []});
        }
        "good" => "pass",
        "absent" if section["declined"] == true => "declined",
        "absent" => "none",
        "broken" => "fail",
        status => panic!("{}: {status}", case["id"]),
    };
    let location = if result == "pass" { section["logo"].clone() } else { Value::Null };
    json!({"result": result, "location": location, "bimi_queries": queries})
}
