//! How fast bounces are understood, reports are read and signatures verified.

use divan::Bencher;
use divan::counter::ItemsCount;
use mailcheck::audit::message::{Found, MessageInquiry, message};
use mailcheck::dns::{Cache, Dns as _, Kind, Question, Replay};
use mailcheck::mail::signature::{Bodies, Index};
use mailcheck::mail::{Message, Piece, bounce, feedback};
use mailcheck::net::Name;
use mailcheck::protocols::dkim::signature::{Keys, signatures, verify};
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

/// Messages of 5 KB by key, with their selectors, signed by dkimpy 1.1.8 with the keys of the tests.
const MESSAGES: [(&str, &str, &[u8]); 2] = [
    ("ed25519", "ed", include_bytes!("messages/ed.eml")),
    ("rsa-2048", "rsa", include_bytes!("messages/rsa.eml")),
];

/// The keys of the messages, as a recording of the DNS.
fn keys() -> Replay {
    Replay::read("keys", include_bytes!("messages/keys.jsonl").to_vec()).expect("a recording")
}

/// The key record at a selector.
fn key_record(selector: &str) -> Vec<u8> {
    let name = Name::from_octets(format!("{selector}._domainkey.example.com").as_bytes());
    let question = Question::new(name.expect("a name"), Kind::Txt);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let answer = runtime.block_on(keys().lookup(&question));
    answer.texts().next().expect("it is recorded")
}

/// A message read and its signature verified, the key record in memory: what others measure.
#[divan::bench(args = ["ed25519", "rsa-2048"])]
fn verifications(bencher: Bencher<'_, '_>, key: &str) {
    let (_, selector, text) =
        *MESSAGES.iter().find(|(name, ..)| *name == key).expect("one of the two");
    let keys = Keys::Texts(vec![key_record(selector)]);
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
    let text = MESSAGES.iter().find(|(name, ..)| *name == key).expect("one of the two").2;
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
