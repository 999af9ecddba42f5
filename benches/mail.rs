//! How fast bounces are understood, reports are read and signatures verified.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use divan::Bencher;
use divan::counter::ItemsCount;
use mailcheck::audit::message::{Found, MessageInquiry, message};
use mailcheck::dns::{Cache, Replay};
use mailcheck::mail::signature::{Bodies, Index};
use mailcheck::mail::{Message, Piece, bounce, feedback};
use mailcheck::protocols::dkim::signature::{Keys, signatures, verify};
use ring::signature::{Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use std::fmt::Write as _;

fn main() {
    divan::main();
}

const BOUNCE: &str = "From: MAILER-DAEMON@mx.example.org\nTo: a@example.org\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nThis is the mail system at host mx.example.org.\n\nI'm sorry to have to inform you that your message could not be delivered.\n\n<pat@example.net>: host mx.example.net[192.0.2.1] said: 550 5.1.1 <pat@example.net>: Recipient address rejected: User unknown (in reply to RCPT TO command)\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\nArrival-Date: Thu, 1 Jan 2026 00:00:00 +0000 (UTC)\n\nFinal-Recipient: rfc822; pat@example.net\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.example.net\nDiagnostic-Code: smtp; 550 5.1.1 <pat@example.net>: Recipient address rejected: User unknown\n\n--b\nContent-Type: text/rfc822-headers\n\nReturn-Path: <a@example.org>\nFrom: a@example.org\nTo: pat@example.net\nMessage-Id: <1@example.org>\n\n--b--\n";

/// An aggregate report with so many records.
fn report(records: usize) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\"?><feedback><report_metadata><org_name>R</org_name><email>d@r.example</email><report_id>1</report_id><date_range><begin>1767571200</begin><end>1767657599</end></date_range></report_metadata><policy_published><domain>example.org</domain><adkim>r</adkim><aspf>r</aspf><p>none</p><sp>none</sp><pct>100</pct></policy_published>",
    );
    for at in 0..records {
        let [_, b, c, d] = u32::try_from(at).unwrap_or_default().to_be_bytes();
        let written = write!(
            text,
            "<record><row><source_ip>10.{b}.{c}.{d}</source_ip><count>1</count><policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row><identifiers><header_from>example.org</header_from></identifiers><auth_results><dkim><domain>example.org</domain><selector>s1</selector><result>pass</result></dkim><spf><domain>bounce.example.net</domain><result>pass</result></spf></auth_results></record>"
        );
        written.expect("memory takes everything");
    }
    text.push_str("</feedback>");
    text
}

#[divan::bench]
fn bounces(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(1usize)).bench(|| bounce::read(BOUNCE.as_bytes()));
}

#[divan::bench(args = [2, 30_000])]
fn records(bencher: Bencher<'_, '_>, records: usize) {
    let text = report(records);
    bencher
        .counter(ItemsCount::new(1usize))
        .bench(|| feedback::read("report.xml", text.as_bytes()));
}

/// Messages of 5 KB, signed by dkimpy 1.1.8 with the keys of the tests.
const MESSAGES: [(&str, &[u8]); 2] = [
    ("ed25519", include_bytes!("messages/ed.eml")),
    ("rsa-2048", include_bytes!("messages/rsa.eml")),
];

/// The key records of the messages, by their names.
fn key_records() -> [(&'static str, String); 2] {
    let rsa = RsaKeyPair::from_pkcs8(include_bytes!("../testdata/keys/rsa-2048.pk8"));
    let edwards = Ed25519KeyPair::from_seed_unchecked(&[7; 32]);
    let rsa = STANDARD.encode(rsa.expect("a key").public_key().as_ref());
    let edwards = STANDARD.encode(edwards.expect("a key").public_key().as_ref());
    [
        ("ed._domainkey.example.com", format!("v=DKIM1; k=ed25519; p={edwards}")),
        ("rsa._domainkey.example.com", format!("v=DKIM1; k=rsa; p={rsa}")),
    ]
}

/// The key records, as a recording of the DNS.
fn keys() -> Replay {
    let line = |name: &str, text: &str| {
        let strings: Vec<String> = text
            .as_bytes()
            .chunks(250)
            .map(|string| format!("\"{}\"", String::from_utf8_lossy(string)))
            .collect();
        serde_json::json!({"name": name, "type": "TXT", "records": [strings.join(" ")]}).to_string()
    };
    let lines = key_records().map(|(name, text)| line(name, &text));
    let head = "{\"cassette\":1,\"absent\":\"nxdomain\"}";
    Replay::read("keys", [head, &lines.join("\n")].join("\n").into_bytes()).expect("a recording")
}

/// A message read and its signature verified, the key record in memory: what others measure.
#[divan::bench(args = ["ed25519", "rsa-2048"])]
fn verifications(bencher: Bencher<'_, '_>, key: &str) {
    let at = MESSAGES.iter().position(|(name, _)| *name == key).expect("one of the two");
    let keys = Keys::Texts(vec![key_records()[at].1.clone().into_bytes()]);
    let text = MESSAGES[at].1;
    let verified = || {
        let message = Message::read(text);
        let found = signatures(&message);
        let signature = found[0].1.as_ref().expect("it can be read");
        let mut bodies = Bodies::new(message.body);
        verify(&Index::new(&message), &mut bodies, signature, &keys, None).reason
    };
    assert_eq!(verified().result().word(), "pass");
    bencher.counter(ItemsCount::new(1usize)).bench(verified);
}

/// The whole report of a message, its signature verified and every step told.
#[divan::bench(args = ["ed25519", "rsa-2048"])]
fn messages(bencher: Bencher<'_, '_>, key: &str) {
    let text = MESSAGES.iter().find(|(name, _)| *name == key).expect("one of the two").1;
    let (keys, inquiry) = (Cache::new(keys()), MessageInquiry::default());
    let place = Found { file: "-".into(), number: 1, is_one_of_many: false };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let report = || {
        let piece = Piece::new(text.to_vec()).expect("a message");
        runtime.block_on(message(&keys, &piece, &place, &inquiry, None, false))
    };
    let passes = report().dkim.signatures.iter().all(|it| it.result.word() == "pass");
    assert!(passes, "a signature that is not verified would be measured");
    bencher.counter(ItemsCount::new(1usize)).bench(report);
}
