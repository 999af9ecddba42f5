//! Whole inquiries against tapes that are the whole world.

use super::*;
use crate::dns::Replay;
use crate::report::Authorization;

/// Records of the world, `owner type data` a line; a word in place of data is an outcome.
fn world(lines: &str) -> Replay {
    let mut tape = String::from("{\"cassette\":1,\"absent\":\"nxdomain\"}\n");
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.splitn(3, ' ');
        let [owner, kind, data] = [(); 3].map(|()| words.next().expect("three words"));
        let said = match data {
            "servfail" | "timeout" | "nodata" => serde_json::json!({"outcome": data}),
            text if kind == "TXT" => serde_json::json!({"records": [format!("\"{text}\"")]}),
            data => serde_json::json!({"records": [data]}),
        };
        let mut said = said;
        said["name"] = owner.into();
        said["type"] = kind.into();
        tape.push_str(&said.to_string());
        tape.push('\n');
    }
    Replay::read("world", tape.as_bytes()).expect("a test writes valid tapes")
}

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

fn about(text: &str) -> Inquiry {
    Inquiry::about(name(text))
}

fn from(sender: Sender) -> Inquiry {
    let senders = vec![Asked { text: "asked".into(), sender }];
    Inquiry { senders, ..about("example.com") }
}

async fn report(lines: &str, inquiry: &Inquiry) -> Domain {
    domain(&world(lines), inquiry, Clock::default()).await
}

/// What was said of the only sender.
fn only(domain: &Domain) -> &Authorization {
    let [authorization] = domain.authorizations.as_slice() else { panic!("one sender was tested") };
    authorization
}

fn said(phrases: &[Phrase]) -> String {
    phrases.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
}

// ── providers ───────────────────────────────────────────────────────────────────────────────────

/// The policy of Salesforce has no address in it: each one is asked about by `exists`.
const SALESFORCE: &str = "
    example.com TXT v=spf1 include:_spf.salesforce.com -all
    _spf.salesforce.com TXT v=spf1 exists:%{i}._spf.mta.salesforce.com -all";

#[tokio::test]
async fn a_provider_that_lists_no_address_is_not_refused() {
    let asked = from(Sender::Provider("salesforce".into()));
    let domain = report(SALESFORCE, &asked).await;
    assert_eq!(only(&domain).authorized, Authorized::Unknown);
}

#[tokio::test]
async fn a_provider_that_lists_no_address_is_not_tested_unasked_and_it_is_said() {
    let domain = report(SALESFORCE, &about("example.com")).await;
    assert!(
        domain.authorizations.is_empty() && said(&domain.notes).contains("Salesforce"),
        "{}",
        said(&domain.notes)
    );
}

#[tokio::test]
async fn a_provider_that_receives_is_tested_where_the_policy_is_a_redirect() {
    let zone = "
        example.com MX 10 example-com.mail.protection.outlook.com.
        example.com TXT v=spf1 redirect=_spf.example.com
        _spf.example.com TXT v=spf1 ip4:192.0.2.0/24 -all
        spf.protection.outlook.com TXT v=spf1 ip4:40.92.0.0/15 -all";
    let domain = report(zone, &about("example.com")).await;
    assert_eq!(only(&domain).authorized, Authorized::No);
}

#[tokio::test]
async fn a_provider_behind_a_redirect_is_recognised() {
    let zone = "
        example.com TXT v=spf1 redirect=_spf.example.com
        _spf.example.com TXT v=spf1 include:spf.protection.outlook.com -all
        spf.protection.outlook.com TXT v=spf1 ip4:40.92.0.0/15 -all";
    let domain = report(zone, &about("example.com")).await;
    assert_eq!(only(&domain).authorized, Authorized::Yes);
}

#[tokio::test]
async fn a_domain_that_says_only_that_nobody_sends_has_no_provider_tested() {
    let zone = "
        example.com MX 10 example-com.mail.protection.outlook.com.
        example.com TXT v=spf1 -all
        spf.protection.outlook.com TXT v=spf1 ip4:40.92.0.0/15 -all";
    let domain = report(zone, &about("example.com")).await;
    assert!(domain.authorizations.is_empty());
}
