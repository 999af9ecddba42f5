//! Dialogues with mail servers, from recordings: what is printed, and how the run ends.

use super::{Ended, replay, run};
use serde_json::{Value, json};

/// A host, and what was said on a port of it.
fn recorded(port: u16, stages: &Value, tls: &Value) -> String {
    let dialogue = json!({"smtp": {
        "host": "mx.example.com",
        "address": format!("192.0.2.10:{port}"),
        "security": if port == 465 { "implicit" } else { "starttls" },
        "stages": stages,
        "extensions": ["AUTH PLAIN"],
        "mechanisms": ["PLAIN"],
        "clear_mechanisms": [],
        "tls": tls,
    }});
    let address = r#"{"name":"mx.example.com","type":"A","records":["192.0.2.10"]}"#;
    format!("{{\"cassette\":1,\"absent\":\"nxdomain\"}}\n{address}\n{dialogue}\n")
}

fn stage(step: &str, result: &str, code: Option<u16>, text: &str) -> Value {
    let status = text.split(' ').next().filter(|word| word.matches('.').count() == 2);
    json!({"step": step, "result": result, "code": code, "status": status, "text": text, "elapsed_ms": 1})
}

/// A certificate that holds, but for its dates.
fn tls(validity: &str) -> Value {
    json!({
        "version": "TLSv1.3", "cipher": "X", "trust": "known", "name_matches": true,
        "validity": validity,
        "chain": [{
            "subject": "CN=mx", "issuer": "CN=i", "names": ["mx.example.com"], "name_count": 1,
            "not_before": 1, "not_after": 86_400, "sha256": "", "key_sha256": "",
            "sha512": "", "key_sha512": "", "anchors": false
        }],
    })
}

fn end(test: &str, port: u16, stages: &Value, tls: &Value) -> Ended {
    let server = format!("mx.example.com:{port}");
    replay(test, &recorded(port, stages, tls), ["smtp", &server, "-f", "json"]).end()
}

#[test]
fn the_exit_code_says_whether_a_stage_failed_for_good_or_for_now() {
    let connect = || stage("connect", "done", None, "");
    let ends = [
        end("smtp-good", 25, &json!([connect()]), &tls("valid")),
        end("smtp-expired", 465, &json!([connect()]), &tls("expired")),
        end("smtp-expired-relay", 25, &json!([connect()]), &tls("expired")),
        end(
            "smtp-login",
            587,
            &json!([connect(), stage("login", "refused", Some(535), "5.7.8 no")]),
            &tls("valid"),
        ),
        end(
            "smtp-greylisted",
            25,
            &json!([connect(), stage("rcpt_to", "deferred", Some(450), "4.2.0 Greylisted")]),
            &tls("valid"),
        ),
        end("smtp-unreached", 25, &json!([stage("connect", "timeout", None, "x")]), &Value::Null),
    ];
    assert_eq!(ends.map(|ended| ended.code), [0, 1, 0, 1, 3, 3].map(Some));
}

#[test]
fn the_document_satisfies_its_schema() {
    let connect = stage("connect", "done", None, "");
    let document = end("smtp-document", 25, &json!([connect]), &tls("valid")).document();
    assert_eq!(
        (&document["schema"], &document["probes"][0]["result"]),
        (&json!("mailcheck.smtp/1"), &json!("ok"))
    );
}

#[test]
fn what_is_not_recorded_is_undetermined() {
    let cassette = recorded(25, &json!([]), &Value::Null);
    let ended = replay("smtp-unrecorded", &cassette, ["smtp", "mx.example.com:465"]).end();
    assert_eq!(ended.code, Some(3));
}

#[test]
fn a_private_address_that_the_dns_names_is_not_connected_to() {
    let cassette = "{\"cassette\":1}\n{\"name\":\"mx.example.com\",\"type\":\"A\",\"records\":[\"10.0.0.1\"]}\n\
                    {\"name\":\"mx.example.com\",\"type\":\"AAAA\",\"outcome\":\"nodata\"}\n";
    let ended = replay("smtp-private", cassette, ["smtp", "mx.example.com", "-f", "json"]).end();
    let said = ended.document()["probes"][0]["dialogue"].clone();
    assert_eq!((said, ended.code), (Value::Null, Some(3)));
}

#[test]
fn a_password_is_no_flag() {
    let ended = run("smtp-flag", ["smtp", "mx.example.com", "--password", "hunter2"]).end();
    assert_eq!((ended.code, ended.stderr.contains("hunter2")), (Some(2), false));
}

#[test]
fn an_address_that_would_end_its_line_is_refused() {
    let words = ["smtp", "mx.example.com", "--from", "a@b.example", "--to", "x@y\r\nDATA"];
    assert_eq!(run("smtp-line", words).end().code, Some(2));
}

/// How a run ends whose TLSA record is this one, `authentic` or not, and whose certificate has the key
/// digest `aa…`.
fn with_tlsa(test: &str, record: &str, is_authentic: bool) -> (Option<i32>, Value) {
    let mut tls = tls("valid");
    tls["chain"][0]["key_sha256"] = "aa".repeat(32).into();
    let cassette = recorded(25, &json!([stage("connect", "done", None, "")]), &tls);
    let tlsa = json!({
        "name": "_25._tcp.mx.example.com", "type": "TLSA", "authentic": is_authentic,
        "records": [record],
    });
    let cassette = format!("{cassette}{tlsa}\n");
    let ended = replay(test, &cassette, ["smtp", "mx.example.com", "-f", "json"]).end();
    (ended.code, ended.document()["probes"][0]["dane"]["result"].clone())
}

#[test]
fn a_proved_record_decides_and_an_unproved_one_does_not() {
    let (good, bad) = (format!("3 1 1 {}", "aa".repeat(32)), format!("3 1 1 {}", "bb".repeat(32)));
    assert_eq!(
        [
            with_tlsa("smtp-dane", &good, true),
            with_tlsa("smtp-dane-bad", &bad, true),
            with_tlsa("smtp-dane-insecure", &bad, false),
        ],
        [(Some(0), json!("end_entity")), (Some(1), json!("nothing")), (Some(0), Value::Null),]
    );
}

/// What a run says of CAA records at `example.com`, as text and as JSON.
fn with_caa(test: &str, record: &str) -> (String, Value) {
    let cassette = recorded(25, &json!([stage("connect", "done", None, "")]), &tls("valid"));
    let caa = json!({"name": "example.com", "type": "CAA", "records": [record]});
    let cassette = format!("{cassette}{caa}\n");
    let ended = |format| replay(test, &cassette, ["smtp", "mx.example.com", "-f", format]).end();
    let text = ended("text").stdout;
    (text, ended("json").document()["probes"][0]["caa"]["status"].clone())
}

#[test]
fn the_authorities_that_may_issue_a_certificate_are_named() {
    let (text, status) = with_caa("smtp-caa", "0 issue \"ca.example\"");
    assert_eq!(status, json!("restricted"));
    assert!(
        text.contains("CAA           certificates from ca.example only (example.com)"),
        "{text}"
    );
}

#[test]
fn a_host_for_which_no_authority_may_issue_has_a_note() {
    let (text, status) = with_caa("smtp-caa-none", "0 issue \";\"");
    assert_eq!(status, json!("forbidden"));
    assert!(text.contains("CAA at example.com says issue \";\" (RFC 8659 §4.2)"), "{text}");
}

#[test]
fn a_file_of_authorities_that_holds_none_is_a_usage_error() {
    let ends =
        ["nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"].map(|text| {
            let words = ["smtp", "mx.example.com", "--ca-file", "ca.pem"];
            let ended = run("smtp-ca-file", words).file("ca.pem", text.as_bytes()).end();
            (ended.code, ended.stderr.contains("--ca-file ca.pem: "))
        });
    assert_eq!(ends, [(Some(2), true); 2]);
}

/// How a check with `--smtp` ends, by its exit code, the headline, and what was said with the host.
fn checked(test: &str, address: &str, dialogue: &Value) -> (Option<i32>, String, Value) {
    let cassette = format!(
        "{{\"cassette\":1,\"absent\":\"nxdomain\"}}\n\
         {{\"name\":\"example.com\",\"type\":\"MX\",\"records\":[\"10 mx.example.com.\"]}}\n\
         {{\"name\":\"mx.example.com\",\"type\":\"A\",\"records\":[\"{address}\"]}}\n{}\n",
        json!({ "smtp": dialogue })
    );
    let words = ["example.com", "--smtp", "--checks", "mx", "--select", "tls_rpt", "-f", "json"];
    let ended = replay(test, &cassette, words).end();
    let domain = ended.document()["domains"][0].clone();
    let headline = domain["headline"].to_string();
    (ended.code, headline, domain["smtp"][0]["dialogue"].clone())
}

fn relay(stages: &Value, tls: &Value) -> Value {
    json!({
        "host": "mx.example.com", "address": "192.0.2.10:25", "security": "starttls",
        "stages": stages, "extensions": [], "mechanisms": [], "clear_mechanisms": [], "tls": tls,
    })
}

#[test]
fn a_check_says_what_the_mx_hosts_offer_and_an_unreached_one_is_undetermined() {
    let connect = || stage("connect", "done", None, "");
    let no_tls = stage("starttls", "not_offered", None, "the server does not offer STARTTLS");
    let silent = stage("connect", "timeout", None, "no connection within 10 s in all");
    let ends = [
        checked("check-smtp-good", "192.0.2.10", &relay(&json!([connect()]), &tls("valid"))),
        checked(
            "check-smtp-plain",
            "192.0.2.10",
            &relay(&json!([connect(), no_tls]), &Value::Null),
        ),
        checked("check-smtp-silent", "192.0.2.10", &relay(&json!([silent]), &Value::Null)),
    ];
    let codes = ends.each_ref().map(|(code, ..)| *code);
    assert_eq!(codes, [Some(0), Some(1), Some(3)], "{ends:?}");
    assert!(ends[1].1.contains("STARTTLS") && ends[2].1.contains("no connection"), "{ends:?}");
}

#[test]
fn a_check_connects_to_no_private_address_that_the_dns_names() {
    let dialogue = relay(&json!([stage("connect", "done", None, "")]), &tls("valid"));
    let (_, headline, said) = checked("check-smtp-private", "10.0.0.1", &dialogue);
    assert_eq!((said, headline.contains("private address")), (Value::Null, true), "{headline}");
}
