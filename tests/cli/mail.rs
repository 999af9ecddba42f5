//! Messages, bounces and reports from outside: several in one file, budgets, recordings of another
//! day, readers that go away.

use super::{run, world};
use serde_json::Value;

/// A notification of a reply.
fn bounce(reply: &str, returned: &str) -> String {
    format!(
        "From: MAILER-DAEMON@out.example.com\nTo: news@example.com\nSubject: Undelivered\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=part\n\n--part\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; out.example.com\n\n\
         Final-Recipient: rfc822; reader@example.net\nAction: failed\nStatus: 5.0.0\n\
         Remote-MTA: dns; mx.example.net\nDiagnostic-Code: smtp; {reply}\n\n--part\n\
         Content-Type: text/rfc822-headers\n\nFrom: News <news@example.com>\n{returned}\n--part--\n"
    )
}

const FULL: &str = "552 5.2.2 Mailbox full";
const SPF: &str = "550 5.7.23 SPF check of example.com failed for client ip 192.0.2.25";

/// An mbox of these messages.
fn mbox(messages: &[String]) -> String {
    let line = "From MAILER-DAEMON Fri Nov 27 08:12:04 2026\n";
    messages.iter().map(|message| format!("{line}{message}\n")).collect()
}

fn spf(record: &str) -> String {
    world(&[("example.com", "TXT", format!("\"{record}\""))])
}

/// The fault of the first recipient of a bounce in a world.
fn fault(test: &str, file: &str, cassette: &str) -> Value {
    let run = run(test, ["bounce", "b.eml", "--replay", "w.jsonl", "-f", "json"]);
    let run = run.file("b.eml", file.as_bytes()).file("w.jsonl", cassette.as_bytes());
    run.end().document()["bounces"][0]["recipients"][0]["faults"][0].clone()
}

#[test]
fn every_bounce_of_an_mbox_is_read_and_the_gravest_decides() {
    let text = mbox(&[bounce(FULL, ""), bounce(SPF, ""), "From: a@b.example\n\nlunch?\n".into()]);
    let run = run("bounces", ["bounce", "b.mbox", "--offline", "-f", "json"]);
    let ended = run.file("b.mbox", text.as_bytes()).end();
    let found = ended.document();
    let numbers = [0, 1].map(|place: usize| found["bounces"][place]["number"].clone());
    assert_eq!(numbers, [Value::from(1), Value::from(2)]);
    assert_eq!(found["run"]["notes"].as_array().map(Vec::len), Some(1));
    assert_eq!(ended.code, Some(1));
}

#[test]
fn reports_of_an_mbox_are_read_each_by_itself() {
    let report = |id: u8| {
        format!(
            "From: r@example.net\nSubject: report\nContent-Type: text/xml\n\n<feedback><report_metadata>\
             <org_name>r</org_name><report_id>{id}</report_id></report_metadata><policy_published>\
             <domain>example.com</domain></policy_published><record><row><source_ip>192.0.2.1</source_ip>\
             <count>5</count><policy_evaluated><dkim>pass</dkim></policy_evaluated></row></record></feedback>\n"
        )
    };
    let run = run("reports", ["report", "r.mbox", "--offline", "-f", "json"]);
    let found = run.file("r.mbox", mbox(&[report(1), report(2)]).as_bytes()).end().document();
    assert_eq!(found["reports"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_bounce_of_a_forwarded_message_is_the_forwarders() {
    let forwarded = bounce(SPF, "X-Forwarded-For: reader@forwards.example reader@example.net\n");
    let fault = fault("forwarded", &forwarded, &spf("v=spf1 ip4:198.51.100.0/24 -all"));
    assert_eq!(
        (&fault["party"], &fault["name"]),
        (&"forwarder".into(), &"forwards.example".into())
    );
}

#[test]
fn an_address_that_is_the_recipients_own_gateway_is_the_recipients_fault() {
    let cassette = world(&[
        ("example.com", "TXT", "\"v=spf1 ip4:198.51.100.0/24 -all\"".to_owned()),
        ("example.net", "MX", "10 mx.example.net.".to_owned()),
        ("mx.example.net", "A", "192.0.2.25".to_owned()),
    ]);
    let fault = fault("gateway", &bounce(SPF, ""), &cassette);
    assert_eq!((&fault["party"], &fault["name"]), (&"recipient".into(), &"mx.example.net".into()));
}

#[test]
fn an_earlier_recording_says_when_it_changed() {
    let args =
        ["bounce", "b.eml", "--replay", "now.jsonl", "--earlier", "then.jsonl", "-f", "json"];
    let ended = run("earlier", args)
        .file("b.eml", bounce(SPF, "").as_bytes())
        .file("now.jsonl", spf("v=spf1 ip4:192.0.2.0/24 -all").as_bytes())
        .file("then.jsonl", spf("v=spf1 -all").as_bytes())
        .end();
    let now = ended.document()["bounces"][0]["now"].clone();
    assert_eq!((&now["passes"], &now["earlier"]["passes"]), (&true.into(), &false.into()));
    assert_eq!(ended.code, Some(0));
}

#[test]
fn one_organization_is_asked_only_so_often_for_a_message() {
    let fields: String = (0..12)
        .map(|number| {
            format!(
                "DKIM-Signature: v=1; a=rsa-sha256; d=victim.example; s=s{number}; h=from; bh=AAAA; b=AAAA\n"
            )
        })
        .collect();
    let message = format!("{fields}From: a@example.com\n\nbody\n");
    let args = ["message", "m.eml", "--replay", "w.jsonl", "--most-queries", "3", "-f", "json"];
    let run = run("budget", args).file("m.eml", message.as_bytes());
    let found = run.file("w.jsonl", spf("v=spf1 -all").as_bytes()).end().document();
    let signatures =
        found["messages"][0]["dkim"]["signatures"].as_array().cloned().unwrap_or_default();
    let unanswered = signatures.iter().filter(|it| it["result"] == "temperror").count();
    assert_eq!((signatures.len(), unanswered), (12, 9));
}

/// The exit code of an unsigned message that passes DMARC.
fn code_of_unsigned<const N: usize>(test: &str, args: [&str; N]) -> Option<i32> {
    let message = "Return-Path: <a@example.com>\nReceived: from out.example.com ([192.0.2.25]) by \
                   mx.example.net; Fri, 27 Nov 2026 08:12:04 +0000\nFrom: a@example.com\n\nbody\n";
    let cassette = world(&[
        ("example.com", "TXT", "\"v=spf1 ip4:192.0.2.0/24 -all\"".to_owned()),
        ("_dmarc.example.com", "TXT", "\"v=DMARC1; p=reject\"".to_owned()),
    ]);
    let run = run(test, args).file("m.eml", message.as_bytes());
    run.file("w.jsonl", cassette.as_bytes()).end().code
}

#[test]
fn a_finding_counts_beside_the_answer_where_a_severity_is_named() {
    let verb = ["message", "m.eml", "--replay", "w.jsonl"];
    let [a, b, c, d] = verb;
    let rule = "message/unsigned";
    let codes = [
        code_of_unsigned("counts-not", verb),
        code_of_unsigned("counts", [a, b, c, d, "--fail-on", "warn"]),
        code_of_unsigned("counts-more", [a, b, c, d, "--fail-on", "error"]),
        code_of_unsigned("ignored", [a, b, c, d, "--fail-on", "warn", "--ignore", rule]),
    ];
    assert_eq!(codes, [Some(0), Some(1), Some(0), Some(0)]);
}

#[test]
fn findings_of_a_bounce_count_where_a_severity_is_named() {
    let code = |test, severity| {
        let args = ["bounce", "b.eml", "--offline", "--fail-on", severity];
        run(test, args).file("b.eml", bounce(FULL, "").as_bytes()).end().code
    };
    assert_eq!([code("full", "warn"), code("full-note", "note")], [Some(0), Some(1)]);
}

#[test]
fn findings_of_a_report_count_where_a_severity_is_named() {
    let report = "<feedback><report_metadata><org_name>r</org_name><report_id>1</report_id></report_metadata>\
                  <policy_published><domain>example.com</domain><p>none</p></policy_published><record><row>\
                  <source_ip>203.0.113.9</source_ip><count>5</count><policy_evaluated><dkim>fail</dkim>\
                  <spf>fail</spf></policy_evaluated></row></record></feedback>";
    let code = |test, severity| {
        let args = ["report", "r.xml", "--replay", "w.jsonl", "--fail-on", severity];
        let run = run(test, args).file("r.xml", report.as_bytes());
        run.file("w.jsonl", spf("v=spf1 -all").as_bytes()).end().code
    };
    assert_eq!([code("spoofed", "error"), code("spoofed-warn", "warn")], [Some(0), Some(1)]);
}

#[test]
fn a_message_without_any_answer_is_undetermined_and_its_body_is_still_checked() {
    let message = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s; h=from; \
                   bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\nFrom: a@example.com\r\n\r\n";
    let run = run("mute", ["message", "m.eml", "--offline", "-f", "json"]);
    let ended = run.file("m.eml", message.as_bytes()).end();
    let signature = ended.document()["messages"][0]["dkim"]["signatures"][0].clone();
    assert_eq!(
        (&signature["result"], &signature["body_hash_ok"]),
        (&"temperror".into(), &true.into())
    );
    assert_eq!(ended.code, Some(3));
}
