//! Mail that is broken or means harm, given to each verb that reads mail: a clear answer within the
//! bounds of a run, nothing written, nothing fetched, no escape sequence on the screen.

use super::{Ended, run};
use std::io::Write as _;

const VERBS: [&str; 3] = ["message", "bounce", "report"];

/// What each verb says of a file, as text and as JSON. Nothing else may appear in the folder.
fn said(test: &str, content: &[u8]) -> [Ended; 6] {
    let forms = VERBS.map(|verb| ["text", "json"].map(|form| (verb, form)));
    let [a, b, c] = forms;
    [a[0], a[1], b[0], b[1], c[0], c[1]].map(|(verb, form)| {
        let name = format!("bad-{test}-{verb}-{form}");
        let run = run(&name, [verb, "in", "--offline", "-f", form]).file("in", content);
        let ended = run.end();
        assert_eq!(ended.files(), ["in"], "{verb} wrote a file");
        let is_harmless = |c: char| c == '\n' || !c.is_control();
        assert!(ended.screen().chars().all(is_harmless), "{verb}: {:?}", ended.screen());
        ended
    })
}

/// The exit codes of `message`, `bounce` and `report`.
fn codes(test: &str, content: &[u8]) -> [i32; 3] {
    let [message, _, bounce, _, report, _] = said(test, content);
    [message, bounce, report].map(|ended| ended.code.expect("a code"))
}

const LETTER: &str = "From: a@example.com\r\nSubject: x\r\n\r\nbody\r\n";

#[test]
fn nothing_is_said_to_be_nothing() {
    assert_eq!(codes("empty", b""), [2, 2, 2]);
    assert_eq!(codes("blank", b"\n\n \n"), [2, 2, 2]);
}

#[test]
fn binary_data_is_not_mail() {
    let binary: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    assert_eq!(codes("binary", &binary), [2, 2, 2]);
    assert_eq!(codes("zeros", &[0; 100_000]), [2, 2, 2]);
}

#[test]
fn a_message_in_utf_16_is_read_and_said_to_be_stored_so() {
    let mut utf16 = vec![0xFF, 0xFE];
    utf16.extend(LETTER.encode_utf16().flat_map(u16::to_le_bytes));
    let [message, ..] = said("utf16", &utf16);
    assert!(message.stdout.contains("UTF-16"), "{}", message.screen());
}

#[test]
fn lines_that_end_otherwise_are_lines() {
    for (name, end) in [("lf", "\n"), ("cr", "\r"), ("mixed", "\r\n\n\r")] {
        let [code, ..] = codes(name, LETTER.replace("\r\n", end).as_bytes());
        assert_eq!(code, 3, "{name}: no policy can be fetched, and nothing else is wrong");
    }
}

#[test]
fn octets_beyond_ascii_in_a_header_are_kept() {
    let [message, ..] =
        said("8bit", b"From: J\xf6rg <a@example.com>\r\nSubject: \xfc\xff\r\n\r\nx\r\n");
    assert!(message.stdout.contains("example.com"), "{}", message.screen());
}

#[test]
fn a_part_without_an_end_is_read_as_far_as_it_goes() {
    let text = "From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\
                Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\n\
                Final-Recipient: rfc822; x@b.example\nAction: failed\nStatus: 5.2.2\n";
    let [_, bounce, _] = codes("unterminated", text.as_bytes());
    assert_eq!(bounce, 0);
}

#[test]
fn parts_in_parts_ten_thousand_deep_end() {
    let deep: String = (0..10_000)
        .map(|level| format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"))
        .collect();
    let messages = "Content-Type: message/rfc822\n\n".repeat(10_000);
    for (name, inner) in [("deep", deep), ("deep-messages", messages)] {
        said(name, format!("From: a@example.com\n{inner}").as_bytes());
    }
    let xml = format!("<feedback>{}", "<a>".repeat(10_000));
    assert_eq!(codes("deep-xml", xml.as_bytes())[2], 2);
    let json = "[".repeat(10_000);
    assert_eq!(codes("deep-json", json.as_bytes()), [2, 2, 2]);
}

#[test]
fn ten_thousand_fields_are_read() {
    let fields: String = (0..10_000).map(|number| format!("X-{number}: value\r\n")).collect();
    let received = "Received: from a.example by b.example; Fri, 27 Nov 2026 08:12:04 +0000\r\n";
    let text = format!("{fields}{}{LETTER}", received.repeat(10_000));
    assert_eq!(codes("fields", text.as_bytes())[0], 3);
}

#[test]
fn of_two_hundred_signatures_some_are_verified_and_the_rest_is_counted() {
    let field =
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s; h=from; bh=AAAA; b=AAAA\r\n";
    let [message, json, ..] =
        said("signatures", format!("{}{LETTER}", field.repeat(200)).as_bytes());
    assert!(message.stdout.contains("184 signatures were not verified"), "{}", message.stdout);
    assert_eq!(json.document()["messages"][0]["dkim"]["unverified"], 184);
}

/// A notification about a mailbox of somebody.
fn bounce(of: &str) -> String {
    format!(
        "From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; boundary={of}\n\n--{of}\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\nFinal-Recipient: \
         rfc822; {of}@b.example\nAction: failed\nStatus: 5.2.2\n\n--{of}--\n"
    )
}

/// The recipients of each bounce that is found.
fn bounced(test: &str, content: &str) -> Vec<String> {
    let [_, _, _, json, ..] = said(test, content.as_bytes());
    let bounces = json.document()["bounces"].as_array().cloned().unwrap_or_default();
    let of = |bounce: &serde_json::Value| bounce["recipients"][0]["recipient"].to_string();
    bounces.iter().map(of).collect()
}

#[test]
fn every_bounce_of_several_in_one_message_is_read() {
    let both = ["\"x@b.example\"", "\"y@b.example\""];
    let [x, y] = ["x", "y"].map(bounce);
    let head = "From: h@example.com\nMIME-Version: 1.0\nContent-Type: multipart";
    let part = "--o\nContent-Type: message/rfc822\n\n";
    let forwarded = format!("{head}/mixed; boundary=o\n\n{part}{x}\n{part}{y}\n--o--\n");
    let digest = format!("{head}/digest; boundary=o\n\n--o\n\n{x}\n--o\n\n{y}\n--o--\n");
    let file = "--o\nContent-Type: application/octet-stream; name=a.eml\n\n";
    let files = format!("{head}/mixed; boundary=o\n\n{file}{x}\n{file}{y}\n--o--\n");
    let found = [
        bounced("forwarded", &forwarded),
        bounced("digest", &digest),
        bounced("files", &files),
        bounced("concatenated", &format!("{x}{y}")),
    ];
    assert_eq!(found, [both; 4]);
}

#[test]
fn messages_in_a_message_are_one_message_to_verify() {
    let inner = format!("--o\n\n{LETTER}\n");
    let text = format!(
        "From: a@example.com\nContent-Type: multipart/digest; boundary=o\n\n{inner}{inner}--o--\n{LETTER}"
    );
    let [_, json, ..] = said("one", text.as_bytes());
    assert_eq!(json.document()["messages"].as_array().map(Vec::len), Some(1));
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(content).expect("memory takes everything");
    packed.finish().expect("memory takes everything")
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(*name, options).expect("an entry");
        archive.write_all(content).expect("memory takes everything");
    }
    archive.finish().expect("an archive").into_inner()
}

const REPORT: &str = "<feedback><report_metadata><org_name>r</org_name><report_id>1</report_id>\
    </report_metadata><policy_published><domain>example.com</domain></policy_published><record><row>\
    <source_ip>192.0.2.1</source_ip><count>5</count><policy_evaluated><dkim>pass</dkim></policy_evaluated>\
    </row></record></feedback>";

#[test]
fn bombs_are_refused() {
    let zeros = vec![b' '; 200 * 1024 * 1024];
    let packed = gzip(&zeros);
    let bombs = [
        ("gzip", packed.clone()),
        ("gzip-gzip", gzip(&packed)),
        ("zip", zip(&[("a.xml", &packed)])),
        ("many", zip(&[("a.gz", packed.as_slice()), ("b.gz", packed.as_slice())])),
    ];
    for (name, bomb) in bombs {
        let [.., text, _] = said(&format!("bomb-{name}"), &bomb);
        assert_eq!(text.code, Some(2), "{name}: {}", text.screen());
        assert!(text.screen().contains("refused"), "{name}: {}", text.screen());
    }
}

#[test]
fn entities_are_neither_expanded_nor_fetched() {
    let laughs = "<!DOCTYPE f [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
                  <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
    let outside = "<!DOCTYPE f [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    for (name, document) in [("laughs", laughs), ("outside", outside)] {
        let entity = if name == "laughs" { "&c;" } else { "&x;" };
        let xml = format!("{document}{}", REPORT.replace(">r<", &format!(">{entity}<")));
        let [.., text, json] = said(name, xml.as_bytes());
        assert!(!text.screen().contains("root:") && !json.stdout.contains("root:"));
        assert!(!json.stdout.contains("aaaaaaaaaaaa"), "{name}");
    }
}

#[test]
fn names_in_an_archive_are_no_paths() {
    let archive = zip(&[("../../escape.xml", REPORT.as_bytes()), ("/tmp/absolute.xml", b"")]);
    let [.., text, _] = said("paths", &archive);
    assert_eq!(text.code, Some(0), "{}", text.screen());
}

#[test]
fn escape_sequences_of_any_text_are_shown_and_never_emitted() {
    let escape = "\u{1b}]0;owned\u{7}\u{1b}[31mred\u{9b}2J\u{202e}";
    let message = format!(
        "Authentication-Results: mx{escape}; spf=fail{escape}\r\nDKIM-Signature: v=1; a=rsa-sha256; \
         d=example.com; s=s{escape}; h=from; bh=AAAA; b=AAAA\r\nFrom: {escape} <a@example.com>\r\n\
         Message-ID: <{escape}>\r\nReceived: from {escape} by {escape}; Fri, 27 Nov 2026 08:12:04 +0000\r\n\r\nx\r\n"
    );
    let bounce = format!(
        "From: MAILER-DAEMON@a.example\nX-Failed-Recipients: x{escape}@b.example\n\n{escape}\n550 5.1.1 {escape}\n"
    );
    let report = REPORT.replace(">r<", &format!(">r{}<", "&#27;[31m\u{9b}2J\u{202e}"));
    for (name, text) in [("message", message), ("bounce", bounce), ("report", report)] {
        for ended in said(&format!("escapes-{name}"), text.as_bytes()) {
            assert!(!ended.screen().contains('\u{202e}'), "{}", ended.screen());
        }
    }
}
