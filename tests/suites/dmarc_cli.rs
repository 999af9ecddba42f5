//! The DMARC suite driven from outside: the binary, a cassette, and the JSON that it prints.
//!
//! The suite says what SPF and DKIM found. For SPF a policy is put into the zone that makes the
//! sender come out so; a DKIM signature that passes is a flag. Cases on which deployed
//! implementations differ are marked ambiguous in the suite and left out.

use crate::program;
use crate::shared::shared;
use crate::zone::Zone;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// How many evaluations of the suite are not ambiguous.
const EVALUATIONS: usize = 49;

/// The sender that the policies put into the zones are about.
const SENDER: &str = "192.0.2.25";

#[expect(clippy::disallowed_methods, reason = "a test reads the suite")]
fn evaluations() -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(shared("conformance/dmarc-given.json")?);
    let suite: Value = serde_json::from_str(&text.expect("readable")).expect("JSON");
    let cases = suite["cases"].as_array().expect("the suite has cases").iter();
    let wanted = cases.filter(|case| case["kind"] == "evaluation" && case["ambiguous"] != true);
    Some(wanted.cloned().collect())
}

/// A text of the suite.
fn word(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// The records that make SPF find what the suite says it found.
fn policy(result: &str) -> Value {
    match result {
        "pass" => json!([{"type": "TXT", "strings": [format!("v=spf1 ip4:{SENDER} -all")]}]),
        "fail" => json!([{"type": "TXT", "strings": ["v=spf1 -all"]}]),
        "temperror" => json!([{"type": "TXT", "error": "timeout"}]),
        other => panic!("no policy is known that gives {other}"),
    }
}

/// Writes a case's zone, and the SPF policy with it, as a cassette that is the whole world.
#[expect(clippy::disallowed_methods, reason = "the binary reads a file")]
fn cassette(case: &Value) -> PathBuf {
    let mut table = case["zone"].clone();
    if let Some(spf) = case["spf"].as_object() {
        let rows = table[word(&spf["domain"])].take();
        let mut rows = rows.as_array().cloned().unwrap_or_default();
        rows.extend(policy(word(&spf["result"])).as_array().cloned().unwrap_or_default());
        table[word(&spf["domain"])] = rows.into();
    }
    let file = format!("dmarc-{}.jsonl", word(&case["id"]));
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file);
    let zone = Zone::from_json(&table.to_string());
    std::fs::write(&path, zone.cassette()).expect("the tape can be written");
    path
}

/// What the program makes of the message of a case.
fn run(case: &Value, cassette: &Path) -> Value {
    // Without a domain in the reverse-path and without a HELO name, SPF has nothing to check.
    let reverse_path =
        case["spf"]["domain"].as_str().map_or("<>".to_owned(), |domain| format!("a@{domain}"));
    let mut command = program::mailcheck();
    command
        .args(["author.test", SENDER, "--checks", "spf,dmarc", "--format", "json", "--replay"])
        .arg(cassette)
        .args(["--mail-from", &reverse_path, "--header-from", word(&case["from_domain"])]);
    let signatures = case["dkim"].as_array().into_iter().flatten();
    for signature in signatures.filter(|signature| signature["result"] == "pass") {
        command.args(["--dkim-domain", word(&signature["domain"])]);
    }
    let out = command.output().expect("the binary runs");
    let text = String::from_utf8_lossy(&out.stdout);
    let report: Value = serde_json::from_str(&text).unwrap_or_else(|why| {
        panic!("{}: {why}: {text}{}", case["id"], String::from_utf8_lossy(&out.stderr))
    });
    report["domains"][0]["authorizations"][0].clone()
}

#[test]
fn the_evaluations_of_the_dmarc_suite_pass_through_the_binary() {
    let Some(cases) = evaluations() else { return };
    let mut faults = Vec::new();
    for case in &cases {
        let authorization = run(case, &cassette(case));
        if let Some(wanted) = case["spf"]["result"].as_str() {
            let spf = &authorization["spf"]["result"];
            assert_eq!(spf, wanted, "{}: the zone gives another result of SPF", case["id"]);
        }
        let (expected, found) = (&case["expected"], &authorization["dmarc"]);
        let accepted = expected["results"].as_array().into_iter().flatten();
        let mut agrees = vec![accepted.clone().any(|result| *result == found["result"])];
        // A temperror has no disposition: what to do is then for a later attempt to tell.
        for member in ["disposition", "policy", "policy_domain", "org_domain"] {
            agrees.extend(expected.get(member).map(|wanted| *wanted == found[member]));
        }
        if agrees.contains(&false) {
            faults.push(format!("{}: expected {expected}, got {}", case["id"], brief(found)));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(cases.len(), EVALUATIONS, "the number of cases");
}

/// What is compared of a verdict.
fn brief(dmarc: &Value) -> Value {
    let members = ["result", "disposition", "policy", "policy_domain", "org_domain"];
    members.into_iter().map(|member| (member.to_owned(), dmarc[member].clone())).collect()
}
