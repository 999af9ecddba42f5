//! Signatures and chains that others published, case by case.

use crate::shared::shared;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mailcheck::audit::message::{Found, MessageInquiry, message};
use mailcheck::dns::Replay;
use mailcheck::mail::Piece;
use serde_json::{Value, json};

#[expect(clippy::disallowed_methods, reason = "a test reads the suite")]
fn suite(file: &str) -> Option<Value> {
    let text = std::fs::read_to_string(shared(file)?).expect("it can be read");
    Some(serde_json::from_str(&text).expect("it is JSON"))
}

/// The keys of a case as a recording that is the whole world.
fn world(keys: &Value) -> Replay {
    let mut lines = vec![json!({"cassette": 1, "absent": "nxdomain"}).to_string()];
    for (name, records) in keys.as_object().into_iter().flatten() {
        let text = |record: &Value| {
            let octets = record.as_str().unwrap_or_default().as_bytes();
            let strings = octets.chunks(255).map(|string| {
                let quoted = string.iter().map(|octet| format!("\\{octet:03}")).collect::<String>();
                format!("\"{quoted}\"")
            });
            strings.collect::<Vec<_>>().join(" ")
        };
        let name: String = name
            .trim_end_matches('.')
            .bytes()
            .map(|octet| match octet {
                b'!'..=b'~' if octet != b'\\' => char::from(octet).to_string(),
                _ => format!("\\{octet:03}"),
            })
            .collect();
        let line = match records["error"].as_str() {
            Some(word) => json!({"name": name, "type": "TXT", "outcome": word}),
            None => {
                let records: Vec<String> =
                    records.as_array().into_iter().flatten().map(text).collect();
                if records.is_empty() {
                    continue;
                }
                json!({"name": name, "type": "TXT", "records": records})
            }
        };
        lines.push(line.to_string());
    }
    Replay::read("keys", lines.join("\n").into_bytes()).expect("a recording")
}

/// What the program says of a message.
fn examined(text: &Value, keys: &Value, now: Option<u64>) -> Option<Value> {
    let octets = STANDARD.decode(text.as_str()?).ok()?;
    let piece = Piece::new(octets).ok()?;
    let place = Found { file: "-".into(), number: 1, is_one_of_many: false };
    let inquiry = MessageInquiry { now, ..MessageInquiry::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let dns = world(keys);
    let report = runtime.block_on(message(&dns, &piece, &place, &inquiry, None, false));
    Some(serde_json::to_value(&report).expect("it is JSON"))
}

#[test]
fn every_published_signature_has_its_result() {
    let Some(suite) = suite("conformance/dkim-given.json") else { return };
    let mut differing = Vec::new();
    for case in suite["cases"].as_array().expect("a list") {
        let id = case["id"].as_str().unwrap_or_default();
        let found = examined(&case["message_b64"], &case["keys"], case["now"].as_u64());
        let found = found.unwrap_or_default();
        let results: Vec<&str> = found["dkim"]["signatures"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|it| it["result"].as_str())
            .collect();
        let wanted = case["signatures"].as_array().expect("a list");
        let fits = results.len() == wanted.len()
            && results.iter().zip(wanted).all(|(result, wanted)| {
                let accepted = wanted["results"].as_array().into_iter().flatten();
                accepted.filter_map(Value::as_str).any(|it| it == *result)
            });
        if !fits {
            differing.push(format!("{id}: {results:?}"));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn every_published_chain_has_its_status() {
    let Some(suite) = suite("conformance/arc.json") else { return };
    let mut differing = Vec::new();
    for scenario in suite["scenarios"].as_array().expect("a list") {
        for case in scenario["tests"].as_array().expect("a list") {
            let found = examined(&case["message_b64"], &scenario["keys"], None);
            let status =
                found.as_ref().map_or("none", |it| it["arc"]["result"].as_str().unwrap_or(""));
            let accepted = case["accept"].as_array().into_iter().flatten();
            if !accepted.filter_map(Value::as_str).any(|it| it == status) {
                differing.push(format!("{}: {status}, not {}", case["id"], case["cv"]));
            }
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}
