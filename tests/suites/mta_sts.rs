//! The MTA-STS suite: records, policy files, patterns and decisions by RFC 8461.
//!
//! Ambiguous cases are read too; where mailcheck decides otherwise than the suite, [`DEVIATIONS`] has
//! the reason. Cases about the response of a web server are
//! run against one on loopback.

use crate::shared::shared;
use crate::site::{Certificate, Says, Site};
use crate::zone::Zone;
use mailcheck::dns::sole::Found;
use mailcheck::net::Name;
use mailcheck::protocols::mta_sts::{Connection, Field, Policy, PolicyFault, facts, usable};
use mailcheck::text::escape;
use mailcheck::web::{Request, Unasked, Web as _};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How many cases the suite has.
const CASES: usize = 127;

/// How many of them are about the response of a web server.
const FETCHES: usize = 13;

/// Ambiguous cases that are read in another way, and why.
const DEVIATIONS: &[(&str, &str)] =
    &[("wsp-before-semicolon", "RFC 8461 §3.1 discards what does not begin with \"v=STSv1;\"")];

#[tokio::test]
async fn every_case_of_the_suite_is_decided_as_it_expects() {
    let Some(path) = shared("conformance/mtasts.json") else { return };
    #[expect(clippy::disallowed_methods, reason = "a test reads the suite")]
    let text = std::fs::read_to_string(path).expect("readable");
    let suite: Value = serde_json::from_str(&text).expect("JSON");
    let cases: Vec<&Value> =
        suite["cases"].as_array().expect("the suite has cases").iter().collect();
    let (mut failures, mut fetches) = (Vec::new(), 0);
    for case in &cases {
        let found = match case["kind"].as_str().expect("a case has a kind") {
            "record" => record(&case["txt"]).await,
            "policy" => policy(case["body"].as_str().expect("a text")),
            "mx-match" => matches(case),
            "decision" => decision(&case["input"]),
            "fetch" => {
                fetches += 1;
                fetch(&case["response"]).await
            }
            kind => panic!("unknown kind {kind}"),
        };
        let is_ambiguous = case["ambiguous"] == true;
        let deviates = is_ambiguous && DEVIATIONS.iter().any(|(id, _)| case["id"] == *id);
        if (found != as_sets(&case["expected"])) != deviates {
            failures.push(format!("{} {}: {found}", case["kind"], case["id"]));
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert_eq!((cases.len(), fetches), (CASES, FETCHES), "the numbers of cases");
}

async fn record(texts: &Value) -> Value {
    let texts = texts.as_array().expect("a case has texts").iter();
    let records: Vec<Value> = texts.map(|text| json!({"type": "TXT", "strings": [text]})).collect();
    let zone = Zone::from_json(&json!({"_mta-sts.example.com": records}).to_string());
    let domain = Name::from_octets(b"example.com").expect("a name");
    let (status, id) = match facts(&zone, &Unasked, &domain).await.record.found {
        Found::Nothing => ("none", None),
        Found::Several(_) => ("multiple", None),
        Found::Failed(_) => ("failed", None),
        Found::One(published) if !published.is_usable() => ("invalid", None),
        Found::One(published) => ("ok", Some(escape(published.record().id()))),
    };
    json!({"status": status, "id": id})
}

fn policy(body: &str) -> Value {
    match Policy::parse(body.as_bytes()) {
        Ok(policy) => {
            let mx: BTreeSet<String> = policy.mx.iter().map(ToString::to_string).collect();
            let (mode, max_age) = (policy.mode.word(), policy.max_age);
            json!({"valid": true, "errors": [], "mode": mode, "max_age": max_age, "mx": mx})
        }
        Err(faults) => {
            let errors: BTreeSet<String> = faults.iter().map(word).collect();
            json!({"valid": false, "errors": errors, "mode": null, "max_age": null, "mx": []})
        }
    }
}

/// The word of the suite for a fault.
fn word(fault: &PolicyFault) -> String {
    let field = match fault.field {
        Field::Version => "version",
        Field::Mode => "mode",
        Field::MaxAge => "max_age",
        Field::Mx => "mx",
        Field::Extension => "extension",
        Field::NoField => "syntax",
    };
    if fault.line.is_some() { field.to_owned() } else { format!("missing-{field}") }
}

/// What the suite expects, with errors and patterns as sets.
fn as_sets(expected: &Value) -> Value {
    let mut expected = expected.clone();
    for key in ["errors", "mx"] {
        if let Some(list) = expected.get_mut(key) {
            let texts = list.as_array().expect("a list").iter().filter_map(Value::as_str);
            *list = json!(texts.map(str::to_lowercase).collect::<BTreeSet<_>>());
        }
    }
    expected
}

fn matches(case: &Value) -> Value {
    let patterns = case["patterns"].as_array().expect("patterns").iter();
    let patterns: Vec<&str> = patterns.filter_map(Value::as_str).collect();
    let mode = if patterns.is_empty() { "none" } else { "enforce" };
    let host = case["host"].as_str().expect("a host");
    json!({"match": read(mode, &patterns).matches(&name(host))})
}

/// Fetches a policy from a server that responds so.
async fn fetch(response: &Value) -> Value {
    let text = |key: &str| response[key].as_str();
    let policy = "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 604800\n";
    let size = response["size"].as_u64().and_then(|it| usize::try_from(it).ok()).expect("a size");
    let padding = size.saturating_sub(policy.len() + "x-pad: \n".len());
    let body = match padding {
        0 => policy.to_owned(),
        more => format!("{policy}x-pad: {}\n", "x".repeat(more)),
    };
    let status = &response["status"];
    let mut head = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n", body.len());
    for (field, key) in [("Content-Type", "content_type"), ("Location", "redirect")] {
        head += &text(key).map(|value| format!("{field}: {value}\r\n")).unwrap_or_default();
    }
    let says = Says::Once(format!("{head}\r\n{body}").into_bytes());
    let host = "mta-sts.example.com";
    let site = match text("tls").expect("a state of TLS") {
        "ok" => Site::open(&Certificate::of(&[host]), says).await,
        "self-signed" => Site::open(&Certificate::self_signed(&[host]), says).await,
        "plain http" => Site::open_plain(says).await,
        other => {
            let known = other.strip_prefix("SAN dNSName ");
            let known = known.or(other.strip_prefix("certificate for "));
            let name = known.and_then(|it| it.split(' ').next()).expect("a name");
            Site::open(&Certificate::of(&[name]), says).await
        }
    };
    let request = Request::new(name(host), "/.well-known/mta-sts.txt", 65_536);
    let outcome = site.client().get(&request.at(site.addresses())).await;
    json!({"usable": outcome.is_ok_and(|response| usable(&response).is_ok())})
}

fn decision(input: &Value) -> Value {
    let policy = read(input["mode"].as_str().expect("a mode"), &["mx.example.com"]);
    let host = if input["mx_matches"] == true { "mx.example.com" } else { "mx.example.net" };
    let connection = match input["tls"].as_str() {
        Some("valid") => Connection::Valid,
        Some("no-starttls") => Connection::NoStartTls,
        other => panic!("unknown state of TLS {other:?}"),
    };
    let decision = policy.decide(&name(host), connection);
    let report = decision.failure.map(|_| "failure");
    json!({"deliver": decision.is_delivered, "report": report, "result_type": decision.failure})
}

fn read(mode: &str, patterns: &[&str]) -> Policy {
    let mx: String = patterns.iter().map(|pattern| format!("mx: {pattern}\n")).collect();
    let text = format!("version: STSv1\nmode: {mode}\n{mx}max_age: 604800\n");
    Policy::parse(text.as_bytes()).expect("a test writes valid policies")
}

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}
