//! The openspf suite driven from outside: the binary, a cassette, and the JSON that it prints.

use crate::openspf::{Case, Explanation, Scenario, spf_rfc7208};
use crate::program;
use serde_json::Value;
use std::fmt::Write;
use std::path::PathBuf;

/// Writes a scenario's zone as a cassette that is the whole world.
#[expect(clippy::disallowed_methods, reason = "the binary reads a file")]
fn cassette(scenario: &Scenario) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.jsonl", scenario.id));
    std::fs::write(&path, scenario.zone.cassette()).expect("the tape can be written");
    path
}

/// An argument made of any octets.
fn argument(octets: &[u8]) -> std::ffi::OsString {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(octets.to_vec())
}

fn run(case: &Case, cassette: &PathBuf) -> Value {
    let mut path = b"<".to_vec();
    path.extend_from_slice(&case.mailfrom);
    path.push(b'>');
    let reverse_path = if case.mailfrom.is_empty() { path } else { case.mailfrom.clone() };
    let out = program::mailcheck()
        .arg("example.com")
        .arg(case.host.to_string())
        .arg("--mail-from")
        .arg(argument(&reverse_path))
        .arg("--helo")
        .arg(argument(&case.helo))
        .args(["--checks", "spf", "--format", "json", "--replay"])
        .arg(cassette)
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&out.stdout);
    serde_json::from_str(&text).unwrap_or_else(|e| {
        panic!("{}: {e}: {text}{}", case.id, String::from_utf8_lossy(&out.stderr))
    })
}

#[test]
fn the_openspf_suite_passes_through_the_binary() {
    let Some(scenarios) = spf_rfc7208() else { return };
    let mut faults = String::new();
    for scenario in &scenarios {
        let cassette = cassette(scenario);
        for case in &scenario.cases {
            let report = run(case, &cassette);
            let spf = &report["domains"][0]["authorizations"][0]["spf"];
            let result = spf["result"].as_str().unwrap_or("null");
            if !case.results.iter().any(|accepted| accepted == result) {
                let _ = writeln!(faults, "{}: {result}, expected {:?}", case.id, case.results);
            }
            let given = spf["explanation"].as_str();
            match &case.explanation {
                Explanation::Text(text) if result == "fail" => {
                    let expected = String::from_utf8_lossy(text);
                    if given != Some(&*expected) {
                        let _ = writeln!(faults, "{}: {given:?}, expected {expected:?}", case.id);
                    }
                }
                Explanation::Default if given.is_some() => {
                    let _ = writeln!(faults, "{}: {given:?}, expected none", case.id);
                }
                _ => {}
            }
        }
    }
    assert_eq!(faults, "");
}
