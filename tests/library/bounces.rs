//! Notifications and replies in the words of hosts and providers: what the program makes of each.

use mailcheck::audit::bounce::bounces;
use mailcheck::mail::bounce::read;
use serde_json::Value;

/// Where the notifications are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/bounces");

#[expect(clippy::disallowed_methods, reason = "a test reads its material")]
fn material(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}/{name}")).expect("it can be read")
}

/// The lines of a table, without remarks.
fn rows(name: &str) -> Vec<Vec<String>> {
    let text = String::from_utf8(material(name)).expect("it is UTF-8");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// The recipients of a notification.
fn recipients(octets: &[u8]) -> Vec<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let found = runtime.block_on(bounces(read(octets), None));
    let found = serde_json::to_value(&found).expect("it is JSON");
    found["bounces"][0]["recipients"].as_array().cloned().unwrap_or_default()
}

/// A delivery status with that reply.
fn status(host: &str, reply: &str) -> String {
    let code = if reply.starts_with('4') { "4.0.0" } else { "5.0.0" };
    format!(
        "From: MAILER-DAEMON@out.example.com\nTo: news@example.com\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=part\n\n--part\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; out.example.com\n\n\
         Final-Recipient: rfc822; reader@example.net\nAction: failed\nStatus: {code}\n\
         Remote-MTA: dns; {host}\nDiagnostic-Code: smtp; {reply}\n\n--part--\n"
    )
}

#[test]
fn every_documented_reply_has_its_class_and_fault() {
    let mut differing = Vec::new();
    for row in rows("replies.tsv") {
        let [class, fault, host, reply] = row.as_slice() else { panic!("four columns: {row:?}") };
        let recipients = recipients(status(host, reply).as_bytes());
        let found = recipients.first().cloned().unwrap_or_default();
        let is = (&found["class"], &found["faults"][0]["kind"]);
        if is != (&Value::from(class.as_str()), &Value::from(fault.as_str())) {
            differing.push(format!(
                "{class} {fault}: {} {} by {}: {reply}",
                is.0, is.1, found["decided_by"]
            ));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn every_form_of_notification_is_read() {
    let mut differing = Vec::new();
    for row in rows("expected.tsv") {
        let [file, class, fault, recipient, status, host] = row.as_slice() else {
            panic!("six columns: {row:?}")
        };
        let found = recipients(&material(file));
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let classes: Vec<String> = found.iter().map(|it| word(&it["class"])).collect();
        let first = found.first().cloned().unwrap_or_default();
        let pairs = [
            (class, classes.join(",")),
            (fault, word(&first["faults"][0]["kind"])),
            (recipient, word(&first["recipient"])),
            (status, word(&first["status"])),
            (host, word(&first["remote"])),
        ];
        let others = pairs.iter().filter(|(wanted, is)| *wanted != "-" && *wanted != is);
        differing.extend(others.map(|(wanted, is)| format!("{file}: {is}, not {wanted}")));
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn a_letter_that_mentions_figures_is_no_bounce() {
    let letter = "From: a@b.example\nTo: c@d.example\nSubject: rent\n\nI paid 450 euro, and 550 for the rest; it was blocked.\n";
    assert_eq!(recipients(letter.as_bytes()), Vec::<Value>::new());
}
