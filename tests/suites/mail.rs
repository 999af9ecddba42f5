//! Bounces and reports that others published: what the program says of each.

use crate::shared::shared;
use mailcheck::audit::bounce::bounces;
use mailcheck::audit::feedback::{Folding, replay};
use mailcheck::report::Run;
use serde_json::Value;
use std::path::Path;

/// Reports that come out otherwise than expected, and why.
const REPORTS: &[(&str, &str)] = &[(
    "aggregate/dmarc-report--rfc9990-sample.xml",
    "an address is listed as RFC 5952 writes it, not as the reporter spelt it",
)];

/// Bounces that come out otherwise than expected, and why.
const BOUNCES: &[(&str, &str)] = &[
    (
        "bounce/sisimai-lhost-zoho-04.eml",
        "the text says that the message will be retried: a delay, as for every other server",
    ),
    (
        "bounce/kumomta-rfc3464-3.eml",
        "the prose names an invalid address, and no code contradicts it",
    ),
    (
        "bounce/mikel-multipart_report_multiple_status.eml",
        "a rule of the recipient's gateway against SMS, and nothing about the address",
    ),
];

/// The cases of a folder; `None` where it is not there.
#[expect(clippy::disallowed_methods, reason = "a test reads the suite")]
fn cases(folder: &str, file: &str) -> Option<(std::path::PathBuf, Vec<Value>)> {
    let folder = shared(folder)?;
    let text = std::fs::read_to_string(folder.join(file)).expect("it can be read");
    let whole: Value = serde_json::from_str(&text).expect("it is JSON");
    Some((folder, whole["cases"].as_array().expect("a list").clone()))
}

fn now<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(work)
}

/// The cases that differ, held against those that are known to.
fn compare(differing: &[(String, String)], known: &[(&str, &str)]) {
    let new: Vec<_> =
        differing.iter().filter(|(file, _)| known.iter().all(|(it, _)| it != file)).collect();
    assert!(new.is_empty(), "{new:#?}");
    let gone: Vec<_> =
        known.iter().filter(|(it, _)| differing.iter().all(|(file, _)| file != it)).collect();
    assert!(gone.is_empty(), "no longer so: {gone:?}");
}

#[expect(clippy::disallowed_methods, reason = "a test reads the suite")]
fn octets(folder: &Path, case: &Value) -> (String, Vec<u8>) {
    let file = case["file"].as_str().expect("a name").to_owned();
    let octets = std::fs::read(folder.join(&file)).expect("it can be read");
    (file, octets)
}

#[test]
fn every_published_report_is_read_as_expected() {
    let Some((folder, cases)) = cases("reports", "expected.json") else { return };
    let mut differing = Vec::new();
    for case in &cases {
        let (file, octets) = octets(&folder, case);
        let mut folding = Folding::default();
        folding.add(&file, mailcheck::mail::feedback::read(&file, &octets));
        let mut found = folding.finish(Run::default());
        now(replay(&mut found, None));
        let found = serde_json::to_value(&found).expect("it is JSON");
        if let Some(why) = difference(&found, &case["expect"]) {
            differing.push((file, why));
        }
    }
    compare(&differing, REPORTS);
}

fn difference(found: &Value, expected: &Value) -> Option<String> {
    let same =
        |word: &str| if word == "read-with-warnings" { "read".into() } else { word.to_owned() };
    let outcome = same(found["outcome"].as_str()?);
    let preferred = vec![expected["outcome"].clone()];
    let accepted = expected["accept"].as_array().unwrap_or(&preferred);
    if !accepted.iter().filter_map(Value::as_str).any(|it| same(it) == outcome) {
        return Some(format!("outcome {outcome}"));
    }
    let is_read = matches!(outcome.as_str(), "read" | "partial");
    let wanted = expected["reports"].as_array().filter(|it| is_read && !it.is_empty())?;
    let reports = found["reports"].as_array()?;
    if reports.len() != wanted.len() {
        return Some(format!("{} reports, not {}", reports.len(), wanted.len()));
    }
    let fields = [
        "org",
        "report_id",
        "begin",
        "end",
        "domain",
        "records",
        "messages",
        "pass",
        "fail",
        "sources",
    ];
    reports.iter().zip(wanted).find_map(|(report, wanted)| {
        fields.iter().find_map(|field| {
            let wanted = wanted.get(field)?;
            (report.get(field).unwrap_or(&Value::Null) != wanted)
                .then(|| format!("{field} {:?}, not {wanted}", report.get(field)))
        })
    })
}

#[test]
fn every_published_bounce_is_understood_as_expected() {
    let Some((folder, cases)) = cases("messages", "expected-bounce.json") else { return };
    let mut differing = Vec::new();
    for case in &cases {
        let (file, octets) = octets(&folder, case);
        let found = now(bounces(mailcheck::mail::bounce::read(&octets), None));
        let found = serde_json::to_value(&found).expect("it is JSON");
        let empty = Vec::new();
        let recipients = found["bounces"][0]["recipients"].as_array().unwrap_or(&empty);
        let is = |key: &str, value: &Value| {
            let accepted = case["expect"][format!("accept_{key}")].as_array();
            let of = &case["expect"][key];
            of == value
                || of.as_array().is_some_and(|it| it.contains(value))
                || accepted.is_some_and(|it| it.contains(value))
        };
        let fits = recipients.iter().any(|it| is("class", &it["class"]))
            && recipients.iter().any(|it| is("fault", &it["faults"][0]["kind"]));
        if !fits {
            differing.push((file, format!("{:?}", recipients.first().map(|it| &it["class"]))));
        }
    }
    compare(&differing, BOUNCES);
}
