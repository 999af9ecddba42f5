//! Whole inquiries against cassettes that are the whole world.

use super::*;
use crate::dns::Replay;
use crate::net::Name;
use crate::posture::Role;
use crate::protocols::dmarc::DmarcResult;
use crate::report::{Authorization, Declaration, Status, Verdict};

/// Records of the world, `owner type data` a line; a word in place of data is an outcome.
fn world(lines: &str) -> Replay {
    let mut cassette = String::from("{\"cassette\":1,\"absent\":\"nxdomain\"}\n");
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
        cassette.push_str(&said.to_string());
        cassette.push('\n');
    }
    Replay::read("world", cassette.as_bytes()).expect("a test writes valid cassettes")
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
async fn a_provider_that_only_mx_shows_is_a_finding_and_no_answer() {
    let zone = "
        example.com MX 10 example-com.mail.protection.outlook.com.
        example-com.mail.protection.outlook.com A 192.0.2.9
        example.com TXT v=spf1 redirect=_spf.example.com
        _spf.example.com TXT v=spf1 ip4:192.0.2.0/24 -all
        spf.protection.outlook.com TXT v=spf1 ip4:40.92.0.0/15 -all";
    let domain = report(zone, &about("example.com")).await;
    let found: Vec<&str> = domain.findings.iter().map(|finding| &*finding.rule).collect();
    assert!(found.contains(&"posture/mailbox-provider-not-authorized"), "{found:?}");
    assert_eq!((domain.authorizations.len(), domain.result), (0, Verdict::Warn));
}

#[tokio::test]
async fn a_provider_that_only_mx_shows_is_not_named_where_senders_are_declared() {
    let zone = "
        example.com MX 10 example-com.mail.protection.outlook.com.
        example.com TXT v=spf1 ip4:192.0.2.0/24 -all
        spf.protection.outlook.com TXT v=spf1 ip4:40.92.0.0/15 -all";
    let relay = Asked {
        text: "192.0.2.1".into(),
        sender: Sender::Address("192.0.2.1".parse().expect("an address")),
    };
    let declared = vec![(crate::report::Declaration::Sender, relay)];
    let domain = report(zone, &Inquiry { declared, ..about("example.com") }).await;
    let found: Vec<&str> = domain.findings.iter().map(|finding| &*finding.rule).collect();
    assert!(!found.contains(&"posture/mailbox-provider-not-authorized"), "{found:?}");
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

#[tokio::test]
async fn a_provider_is_tested_by_the_name_that_the_policy_includes() {
    let zone = "
        example.com MX 10 mx.zoho.eu.
        example.com TXT v=spf1 include:zohomail.eu -all
        zohomail.eu TXT v=spf1 ip4:192.0.2.0/24 -all
        zohomail.com TXT v=spf1 ip4:198.51.100.0/24 -all";
    let domain = report(zone, &about("example.com")).await;
    assert_eq!(
        (only(&domain).sender.as_str(), only(&domain).authorized),
        ("zoho", Authorized::Yes)
    );
}

#[tokio::test]
async fn a_provider_whose_policy_is_gone_is_no_fault_of_the_domain() {
    let zone = "
        example.com MX 10 example-com.mail.protection.outlook.com.
        example.com TXT v=spf1 ip4:192.0.2.0/24 -all";
    let domain = report(zone, &about("example.com")).await;
    let found: Vec<&str> = domain.findings.iter().map(|finding| &*finding.rule).collect();
    assert!(domain.authorizations.is_empty(), "{}", said(&domain.notes));
    assert!(!found.contains(&"posture/mailbox-provider-not-authorized"), "{found:?}");
}

#[tokio::test]
async fn a_provider_that_the_policy_leaves_neutral_need_not_pass() {
    let zone = "
        example.com TXT v=spf1 ip4:198.51.100.1 ?include:amazonses.com -all
        amazonses.com TXT v=spf1 ip4:192.0.2.0/24 -all";
    let domain = report(zone, &about("example.com")).await;
    assert!(domain.authorizations.is_empty());
}

// ── the verdict ─────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_policy_that_fails_for_ipv6_alone_is_weak_and_not_broken() {
    let zone = "
        example.com TXT v=spf1 a:a.example a:b.example a:c.example -all
        a.example A 192.0.2.1
        b.example A 192.0.2.2
        c.example A 192.0.2.3";
    let domain = report(zone, &about("example.com")).await;
    assert_eq!((domain.spf.status, domain.result), (Status::Weak, Verdict::Warn));
}

// ── names ───────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn an_alias_that_leads_nowhere_exists() {
    let domain = report("example.com CNAME gone.example.net.", &about("example.com")).await;
    let lines = [domain.headline, domain.spf.summary, domain.mx.summary];
    assert!(!said(&lines).contains("does not exist"), "{}", said(&lines));
}

// ── senders ─────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn what_is_not_known_of_a_refused_host_is_said() {
    let zone = "
        example.com TXT v=spf1 ip4:192.0.2.1 -all
        host.example A 192.0.2.9
        host.example AAAA servfail";
    let domain = report(zone, &from(Sender::Host(name("host.example")))).await;
    let sender = only(&domain);
    assert!(
        sender.authorized == Authorized::No && said(&sender.notes).contains("SERVFAIL"),
        "{}",
        said(&sender.notes)
    );
}

#[tokio::test]
async fn a_network_of_which_nothing_passes_for_certain_does_not_pass_in_part() {
    let zone = "example.com TXT v=spf1 -ip4:192.0.2.0/25 exists:%{i}.x.example -all";
    let network = "192.0.2.0/24".parse().expect("a network");
    let domain = report(zone, &from(Sender::Network(network))).await;
    assert_eq!(
        domain.headline.to_string(),
        "asked is at best partly authorized: no SPF pass for 128 of 256 IPv4 addresses"
    );
}

#[tokio::test]
async fn dmarc_does_not_pass_a_host_whose_addresses_are_not_all_known() {
    let zone = "
        example.com TXT v=spf1 ip4:192.0.2.1 -all
        _dmarc.example.com TXT v=DMARC1; p=reject
        host.example A 192.0.2.1
        host.example AAAA servfail";
    let domain = report(zone, &from(Sender::Host(name("host.example")))).await;
    assert_eq!(
        only(&domain).dmarc.as_ref().map(|dmarc| dmarc.result),
        Some(DmarcResult::Temperror)
    );
}

// ── the tree of terms ───────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn an_all_goes_back_to_the_outer_record_only_if_that_included_it() {
    let zone = "
        example.com TXT v=spf1 include:a.example include:b.example redirect=c.example
        a.example TXT v=spf1 -all
        b.example TXT v=spf1 ?include:b2.example ip4:192.0.2.1 ~all
        b2.example TXT v=spf1 ip4:192.0.2.2 all
        c.example TXT v=spf1 -all";
    let domain = report(zone, &about("example.com")).await;
    let inner = domain.spf.details.tree.iter().map(|node| node.terms.last());
    let remarks: Vec<_> = inner.map(|all| all.and_then(|node| node.remark.as_deref())).collect();
    let back = Some("no match: evaluation returns to the including record");
    assert_eq!(remarks, [back, Some("never reached"), Some("everything else")]);
}

#[tokio::test]
async fn a_failure_of_ipv6_alone_is_remarked() {
    let zone = "
        example.com TXT v=spf1 a:host.example -all
        host.example A 192.0.2.1
        host.example AAAA servfail";
    let domain = report(zone, &about("example.com")).await;
    let remark = domain.spf.details.tree.first().and_then(|node| node.remark.clone());
    assert_eq!(remark.as_deref(), Some("returned SERVFAIL: temperror"));
}

// ── what the owner declares ─────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_domain_that_is_said_to_send_is_not_told_that_it_looks_parked() {
    let zone = "
        example.com MX 0 .
        example.com TXT v=spf1 -all";
    let ids = |domain: Domain| domain.findings.iter().any(|it| it.rule == "posture/parked-open");
    let found = ids(report(zone, &about("example.com")).await);
    let declared = Inquiry { role: Some(Role::Sending), ..about("example.com") };
    assert_eq!((found, ids(report(zone, &declared).await)), (true, false));
}

#[tokio::test]
async fn declared_senders_are_tested_besides_the_own_providers() {
    let zone = "
        example.com TXT v=spf1 include:sendgrid.net -all
        sendgrid.net TXT v=spf1 ip4:192.0.2.0/24 -all";
    let network = |text: &str| Asked {
        text: text.into(),
        sender: Sender::Network(text.parse().expect("a test writes networks")),
    };
    let declared = vec![
        (Declaration::Sender, network("192.0.2.0/25")),
        (Declaration::NeverSender, network("198.51.100.0/24")),
    ];
    let domain = report(zone, &Inquiry { declared, ..about("example.com") }).await;
    let found: Vec<_> =
        domain.authorizations.iter().map(|one| (one.sender.as_str(), one.declared)).collect();
    assert_eq!(
        found,
        [
            ("sendgrid", None),
            ("192.0.2.0/25", Some(Declaration::Sender)),
            ("198.51.100.0/24", Some(Declaration::NeverSender)),
        ]
    );
    assert!(domain.authorizations.iter().all(|one| one.fixes.is_empty()));
}

// ── names that others may come to hold ──────────────────────────────────────────────────────────

/// A domain whose policy, key and MX lead to names that do not exist.
const ABANDONED: &str = "
    example.com TXT v=spf1 a:mail.gone-host.com include:_spf.gone-include.com -all
    example.com MX 10 mx.gone-mx.co.uk.
    selector1._domainkey.example.com CNAME key.gone-key.com.";

fn unregistered(domain: &Domain) -> Vec<String> {
    let found = domain.findings.iter().filter(|it| it.rule == "posture/unregistered-domain");
    found.map(|it| it.message.to_string()).collect()
}

#[tokio::test]
async fn an_abandoned_domain_is_reported_with_what_its_next_owner_gains() {
    let domain = report(ABANDONED, &about("example.com")).await;
    assert_eq!(
        unregistered(&domain),
        [
            "the MX host mx.gone-mx.co.uk depends on gone-mx.co.uk, which does not exist; an \
             attacker who registers it receives mail for example.com",
            "selector selector1 (alias of key.gone-key.com) depends on gone-key.com, which does \
             not exist; an attacker who registers it can sign as example.com",
            "a:mail.gone-host.com depends on gone-host.com, which does not exist; an attacker \
             who registers it passes SPF as example.com",
            "include:_spf.gone-include.com depends on gone-include.com, which does not exist; \
             an attacker who registers it passes SPF as example.com",
        ]
    );
}

#[tokio::test]
async fn a_domain_that_exists_or_could_not_be_asked_is_not_for_others_to_register() {
    let others = "
        gone-host.com A 192.0.2.1
        gone-include.com NS timeout
        gone-mx.co.uk NS servfail
        gone-key.com A 192.0.2.1";
    let domain = report(&format!("{ABANDONED}{others}"), &about("example.com")).await;
    assert_eq!(unregistered(&domain), [""; 0]);
}

#[tokio::test]
async fn a_term_that_leads_to_an_abandoned_domain_is_no_longer_told_as_void() {
    let domain = report(ABANDONED, &about("example.com")).await;
    assert!(domain.findings.iter().all(|it| it.rule != "spf/void-lookup"));
}

#[tokio::test]
async fn a_term_that_lets_nobody_pass_gives_nobody_anything() {
    let lines = "example.com TXT v=spf1 ?include:gone-include.com -a:gone-host.com -all";
    assert_eq!(unregistered(&report(lines, &about("example.com")).await), [""; 0]);
}

#[tokio::test]
async fn an_include_that_is_no_pass_hands_nothing_on() {
    let lines = "
        example.com TXT v=spf1 ?include:_spf.example.com -all
        _spf.example.com TXT v=spf1 a:gone-host.com include:gone-include.com -all";
    assert_eq!(unregistered(&report(lines, &about("example.com")).await), [""; 0]);
}

#[tokio::test]
async fn a_name_below_the_own_domain_is_not_for_others_to_register() {
    let own = "example.com TXT v=spf1 a:old.example.com -all";
    assert_eq!(unregistered(&report(own, &about("mail.example.com")).await), [""; 0]);
}

// ── platforms ───────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_platform_behind_an_include_that_is_no_pass_lets_nobody_pass() {
    let lines = "
        example.com TXT v=spf1 ?include:_spf.example.com -all
        _spf.example.com TXT v=spf1 include:sendgrid.net -all
        _dmarc.example.com TXT v=DMARC1; p=reject
        sendgrid.net TXT v=spf1 ip4:192.0.2.128/25 ~all";
    let domain = report(lines, &about("example.com")).await;
    assert!(domain.findings.iter().all(|it| it.rule != "posture/shared-platform"));
}

#[tokio::test]
async fn a_platform_that_receives_for_the_domain_is_not_held_against_it() {
    let lines = "
        example.com TXT v=spf1 include:eu._netblocks.mimecast.com include:sendgrid.net -all
        example.com MX 10 eu-smtp-inbound-1.mimecast.com.
        _dmarc.example.com TXT v=DMARC1; p=reject
        eu._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/25 ~all
        sendgrid.net TXT v=spf1 ip4:192.0.2.128/25 ~all";
    let domain = report(lines, &about("example.com")).await;
    let found = domain.findings.iter().find(|it| it.rule == "posture/shared-platform");
    let message = found.map(|it| it.message.to_string()).unwrap_or_default();
    assert!(message.starts_with("mail from the shared servers of SendGrid can pass"), "{message}");
}
