//! The recorded domains: each one plays back whole, through the binary.

#![allow(clippy::disallowed_methods, reason = "tapes are files")]

use crate::program;
use mailcheck::dns::Replay;
use mailcheck::render::json;
use mailcheck::report::Report;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn testdata(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(path)
}

/// The domains that have a cassette, sorted.
fn recorded() -> Vec<String> {
    let entries = testdata("cassettes").read_dir().expect("the folder can be listed");
    let files = entries.map(|entry| entry.expect("an entry can be read").file_name());
    let files = files.map(|file| file.into_string().expect("domains are ASCII"));
    let mut domains: Vec<String> =
        files.filter_map(|file| Some(file.strip_suffix(".jsonl")?.to_owned())).collect();
    domains.sort();
    domains
}

fn cassette(domain: &str) -> PathBuf {
    testdata("cassettes").join(format!("{domain}.jsonl"))
}

/// The report of the plain command on a cassette.
fn report(domain: &str) -> Value {
    report_with(domain, &[])
}

/// The report of a command with more arguments on a cassette.
fn report_with(domain: &str, more: &[&str]) -> Value {
    let out = program::mailcheck()
        .args([domain, "--format", "json", "--lookups", "--replay"])
        .arg(cassette(domain))
        .args(more)
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&out.stdout);
    serde_json::from_str(&text).unwrap_or_else(|why| {
        panic!("{domain}: {why}: {text}{}", String::from_utf8_lossy(&out.stderr))
    })
}

/// The questions of a report that were not on the cassette.
fn missing(report: &Value) -> Vec<String> {
    let lookups = report["domains"][0]["lookups"].as_array().expect("a list of questions");
    assert!(!lookups.is_empty(), "nothing was asked");
    let is_missing = |lookup: &&Value| lookup["detail"].as_str() != Some("");
    let named =
        |lookup: &Value| format!("{} {}: {}", lookup["name"], lookup["type"], lookup["detail"]);
    lookups.iter().filter(is_missing).map(named).collect()
}

#[test]
fn the_report_on_every_domain_is_read_back_to_the_same_octets() {
    for domain in recorded() {
        let mut command = program::mailcheck();
        command.args([&domain, "--format", "json", "--replay"]).arg(cassette(&domain));
        let document = command.output().expect("the binary runs").stdout;
        let report: Report =
            serde_json::from_slice(&document).unwrap_or_else(|why| panic!("{domain}: {why}"));
        let mut again = Vec::new();
        json::render(&report, &mut again).expect("memory takes everything");
        assert!(again == document, "{domain}: {}", String::from_utf8_lossy(&again));
    }
}

#[test]
fn every_domain_marked_for_recording_has_a_cassette_and_no_other() {
    let list = fs::read_to_string(testdata("live-domains.txt")).expect("the list can be read");
    let marked = list.lines().filter_map(|line| line.strip_prefix("+ ")?.split_whitespace().next());
    let mut marked: Vec<&str> = marked.collect();
    marked.sort_unstable();
    assert_eq!(recorded(), marked);
}

#[test]
fn every_cassette_says_when_it_was_recorded() {
    let is_dated = |domain: &String| {
        let text = fs::read(cassette(domain)).expect("the cassette can be read");
        let replay = Replay::read(domain, text.as_slice()).expect("the cassette is whole");
        let date = replay.recorded().unwrap_or_default().as_bytes();
        matches!(date, [b'2', b'0', _, _, b'-', _, _, b'-', _, _])
    };
    let undated: Vec<String> = recorded().into_iter().filter(|domain| !is_dated(domain)).collect();
    assert_eq!(undated, Vec::<String>::new());
}

#[test]
fn the_plain_command_finds_every_answer_on_the_cassette() {
    let missing: Vec<String> =
        recorded().iter().flat_map(|domain| missing(&report(domain))).collect();
    assert_eq!(missing, Vec::<String>::new(), "record them anew: see testdata/README.md");
}

#[test]
fn a_question_that_is_not_on_the_cassette_is_noticed() {
    let out = program::mailcheck()
        .args(["example.org", "--checks", "dmarc", "--lookups", "--format", "json", "--replay"])
        .arg(cassette("fmsinc.com"))
        .output()
        .expect("the binary runs");
    let report = serde_json::from_slice(&out.stdout).expect("a report");
    assert_ne!(missing(&report), Vec::<String>::new());
}

#[test]
fn a_protocol_that_a_cassette_does_not_know_changes_nothing_else() {
    for domain in recorded() {
        let (mut new, mut old) =
            (report(&domain), report_with(&domain, &["--checks", "mx,spf,dkim,dmarc"]));
        for row in ["mta_sts", "tls_rpt"] {
            let status = new["domains"][0][row]["status"].take();
            assert_eq!(status, "not_recorded", "{row} of {domain}");
        }
        // Without MX hosts there is nothing to query.
        let status = &new["domains"][0]["dane"]["status"];
        assert!(status == "not_recorded" || status == "absent", "{status} of {domain}");
        for report in [&mut new, &mut old] {
            let about = report["domains"][0].as_object_mut().expect("a domain");
            about.remove("mta_sts");
            about.remove("tls_rpt");
            about.remove("dane");
            about.remove("bimi");
            // What the resolver says of DNSSEC is on every cassette.
            about.remove("dnssec");
            report["run"].take();
        }
        assert_eq!(new, old, "{domain}");
    }
}

#[test]
fn a_query_that_a_cassette_does_not_hold_is_not_counted() {
    let queries = |report: &Value| report["run"]["questions"].as_u64();
    let known = report_with("fmsinc.com", &["--checks", "mx,spf,dkim,dmarc"]);
    assert_eq!(queries(&report("fmsinc.com")), queries(&known));
}

#[test]
fn a_protocol_that_a_cassette_does_not_know_is_not_shown_to_readers() {
    for format in ["text", "markdown"] {
        let out = program::mailcheck()
            .args(["fmsinc.com", "--format", format, "--replay"])
            .arg(cassette("fmsinc.com"))
            .output()
            .expect("the binary runs");
        let text = String::from_utf8_lossy(&out.stdout);
        assert!(
            text.contains("DMARC") && !text.contains("TLS-RPT") && !text.contains("MTA-STS"),
            "{text}"
        );
    }
}
