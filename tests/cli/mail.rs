//! Messages, bounces and reports from outside: several in one file, budgets, recordings of another
//! day, readers that go away.

use super::{Ended, run, world};
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

// ── the forms of domains ────────────────────────────────────────────────────────────────────────

/// A report by which an address failed, whose names hold markup.
const FAILING: &str = "<feedback><report_metadata><org_name>&lt;img src=x onerror=a()&gt;</org_name>\
    <report_id>1</report_id><date_range><begin>1795651200</begin><end>1795737599</end></date_range>\
    </report_metadata><policy_published><domain>example.com</domain><p>none</p></policy_published>\
    <record><row><source_ip>203.0.113.9</source_ip><count>7 x</count></row></record><record><row>\
    <source_ip>203.0.113.9</source_ip><count>7</count><policy_evaluated><disposition>none</disposition>\
    <dkim>fail</dkim><spf>fail</spf></policy_evaluated></row><identifiers>\
    <header_from>example.com</header_from></identifiers></record></feedback>";

/// A message that fails, whose fields hold markup.
const SPOOFED: &str = "Return-Path: <a@example.net>\nAuthentication-Results: <script>a()</script>; \
    dmarc=pass header.from=<b>x</b>\nReceived: from <img src=x> ([192.0.2.25]) by mx.example.net; \
    Fri, 27 Nov 2026 08:12:04 +0000\nReceived: from out.example.com by <script>a()</script>; \
    Fri, 27 Nov 2026 08:02:04 +0000\nFrom: <script>a()</script> <a@example.com>\n\nbody\n";

/// What each verb about mail writes in a form, with its exit code: of a message, a bounce and a report.
fn in_form(test: &str, form: &str) -> [Ended; 3] {
    ["message", "bounce", "report"].map(|verb| {
        let args = [verb, "m.txt", "--replay", "w.jsonl", "-f", form];
        let cassette = world(&[
            ("example.com", "TXT", "\"v=spf1 -all\"".to_owned()),
            ("_dmarc.example.com", "TXT", "\"v=DMARC1; p=reject\"".to_owned()),
        ]);
        let text = match verb {
            "message" => SPOOFED.to_owned(),
            "bounce" => bounce("550 5.7.23 SPF fail <script>a()</script> ip 192.0.2.25", ""),
            _ => FAILING.to_owned(),
        };
        let run = run(&format!("{test}-{form}-{verb}"), args);
        run.file("m.txt", text.as_bytes()).file("w.jsonl", cassette.as_bytes()).end()
    })
}

#[test]
fn code_scanning_gets_a_result_for_each_finding_about_mail() {
    let rules = in_form("scanning", "sarif").map(|ended| {
        let log: Value = serde_json::from_str(&ended.stdout).expect("SARIF is JSON");
        let results = log["runs"][0]["results"].as_array().cloned().unwrap_or_default();
        let families = results.iter().filter_map(|it| it["ruleId"].as_str()?.split_once('/'));
        families.map(|(family, _)| family.to_owned()).next().unwrap_or_default()
    });
    assert_eq!(rules, ["message", "bounce", "report"]);
}

#[test]
fn code_scanning_names_the_file_of_a_message() {
    let [message, ..] = in_form("places", "sarif");
    let log: Value = serde_json::from_str(&message.stdout).expect("SARIF is JSON");
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "m.txt");
}

#[test]
fn a_test_about_mail_fails_exactly_when_the_run_does() {
    let found = in_form("tests", "junit").map(|ended| {
        let fails = ["<failure", "<error"].iter().any(|it| ended.stdout.contains(it));
        (ended.code == Some(0), fails)
    });
    assert!(found.iter().all(|(passes, fails)| passes != fails), "{found:?}");
}

#[test]
fn findings_about_mail_are_annotations_and_issues() {
    let annotated = in_form("annotated", "github").map(|ended| ended.stdout.starts_with("::"));
    let issues = in_form("issues", "gitlab").map(|ended| {
        let issues: Value = serde_json::from_str(&ended.stdout).expect("it is JSON");
        issues[0]["check_name"].is_string()
    });
    assert_eq!((annotated, issues), ([true; 3], [true; 3]));
}

#[test]
fn nothing_of_mail_is_markup_on_a_page_or_in_a_comment() {
    let pages = in_form("markup", "html").map(|ended| ended.stdout);
    // Code spans of Markdown hold no markup.
    let outside = |text: String| text.split('`').step_by(2).collect::<String>();
    let comments = in_form("markup", "markdown").map(|ended| outside(ended.stdout));
    for text in pages.iter().chain(&comments) {
        let lower = text.to_ascii_lowercase();
        let found = ["<script", "<img", "<b>"].into_iter().find(|it| lower.contains(it));
        assert_eq!(found, None, "{text}");
    }
}

#[test]
fn a_page_about_mail_runs_and_fetches_nothing_by_its_own_policy() {
    let found = in_form("policy", "html")
        .map(|ended| ended.stdout.contains("content=\"default-src 'none';"));
    assert_eq!(found, [true; 3]);
}

#[test]
fn a_page_about_a_message_draws_its_hops() {
    let [message, ..] = in_form("hops", "html");
    let rows = message.stdout.matches("<svg class=\"bar\"").count();
    assert_eq!(rows, 1, "{}", message.stdout);
}

#[test]
fn a_page_about_several_messages_lists_them() {
    let message = "From: a@example.com\n\nbody\n".to_owned();
    let run = run("page-several", ["message", "m.mbox", "--offline", "-f", "html"]);
    let page = run.file("m.mbox", mbox(&[message.clone(), message]).as_bytes()).end().stdout;
    let (_, list) = page.split_once("<section id=\"all\"").expect("a list of all");
    assert_eq!(list.matches("<tr><td><a href").count(), 2);
}

#[test]
fn a_form_that_mail_does_not_have_is_refused_with_those_that_it_has() {
    let refused = in_form("refused", "prometheus").map(|ended| ended.stderr);
    let begin = "error: there is no prometheus form of this report. One of: text, json";
    assert!(refused.iter().all(|it| it.starts_with(begin)), "{refused:?}");
}

#[test]
fn results_below_a_field_of_a_stranger_are_not_the_receivers() {
    let found = ["", "--authserv=mx.example.net"].map(|flag| {
        let message = "Received: from evil.example ([198.51.100.9]) by mx.example.net; Fri, 27 Nov 2026 \
                       08:12:04 +0000\nReceived: from x.example by evil.example; Fri, 27 Nov 2026 08:12:03 \
                       +0000\nAuthentication-Results: mx.example.net; dmarc=pass header.from=example.com\n\
                       From: a@example.com\n\nbody\n";
        let args = ["message", "m.eml", "--offline", "-f", "json"];
        let run = run(&format!("claim{flag}"), args).file("m.eml", message.as_bytes());
        let run = if flag.is_empty() { run } else { run.arguments([flag]) };
        run.end().document()["messages"][0]["authentication_results"][0]["trusted"].clone()
    });
    assert_eq!(found, [Value::from(false), Value::from(false)]);
}
