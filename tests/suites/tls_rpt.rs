//! The TLS-RPT suite: the records at `_smtp._tls` by RFC 8460 §3.
//!
//! All cases are read, also those on which deployed implementations differ; where mailcheck decides
//! otherwise than the suite, [`DEVIATIONS`] has the reason.

use crate::shared::shared;
use crate::zone::Zone;
use mailcheck::dns::sole::Found;
use mailcheck::net::Name;
use mailcheck::protocols::tls_rpt::facts;
use mailcheck::text::escape;
use serde_json::{Value, json};

/// How many cases the suite has.
const CASES: usize = 40;

/// Ambiguous cases that are read in another way, and why.
const DEVIATIONS: &[(&str, &str)] = &[
    ("wsp-before-semi", "RFC 8460 §3 discards what does not begin with \"v=TLSRPTv1;\""),
    ("mixed-schemes", "the grammar takes any URI, and one of the two is supported"),
];

#[tokio::test]
async fn every_case_of_the_suite_is_read_as_it_expects() {
    let Some(path) = shared("conformance/tlsrpt.json") else { return };
    #[expect(clippy::disallowed_methods, reason = "a test reads the suite")]
    let text = std::fs::read_to_string(path).expect("readable");
    let suite: Value = serde_json::from_str(&text).expect("JSON");
    let cases = suite["cases"].as_array().expect("the suite has cases").iter();
    let cases: Vec<&Value> = cases.collect();
    let mut failures = Vec::new();
    for case in &cases {
        let found = show(&case["txt"]).await;
        let is_ambiguous = case["ambiguous"] == true;
        let deviates = is_ambiguous && DEVIATIONS.iter().any(|(id, _)| case["id"] == *id);
        if (found != case["expected"]) != deviates {
            failures.push(format!("{}: {found}", case["id"]));
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(cases.len(), CASES, "the number of cases");
}

async fn show(texts: &Value) -> Value {
    let texts = texts.as_array().expect("a case has texts").iter();
    let records: Vec<Value> = texts.map(|text| json!({"type": "TXT", "strings": [text]})).collect();
    let zone = Zone::from_json(&json!({"_smtp._tls.example.com": records}).to_string());
    let domain = Name::from_octets(b"example.com").expect("a name");
    let (status, rua) = match facts(&zone, &domain).await.found {
        Found::Nothing => ("none", Vec::new()),
        Found::Several(_) => ("multiple", Vec::new()),
        Found::Failed(_) => ("failed", Vec::new()),
        Found::One(published) if !published.is_usable() => ("invalid", Vec::new()),
        Found::One(published) => {
            let uris = published.record().rua.iter();
            ("ok", uris.map(|uri| escape(&uri.text)).collect())
        }
    };
    json!({"status": status, "rua": rua})
}
