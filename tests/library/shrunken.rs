//! A provider whose SPF policy lost addresses: its fault, and nothing that the domain can repair.

use crate::world::{self, DOMAIN, Served, World, at_once, name};
use mailcheck::audit::{self, Asked, Clock, Inquiry, Sender};
use mailcheck::dns::Dns;
use mailcheck::report::{Authorized, Domain, FaultKind, Party, Verdict};

const RULE: &str = "posture/provider-shrunk";

/// What the policy of Microsoft 365 listed in September 2026.
const WHOLE: [&str; 11] = [
    "ip4:40.92.0.0/15",
    "ip4:40.107.0.0/16",
    "ip4:52.100.0.0/15",
    "ip4:52.102.0.0/16",
    "ip4:52.103.0.0/17",
    "ip4:104.47.0.0/17",
    "ip6:2a01:111:f400::/48",
    "ip6:2a01:111:f403::/49",
    "ip6:2a01:111:f403:8000::/51",
    "ip6:2a01:111:f403:c000::/51",
    "ip6:2a01:111:f403:f000::/52",
];

/// A customer of Microsoft 365, whose policy has these terms.
fn customer(terms: &[&str]) -> String {
    format!(
        "example.com TXT v=spf1 include:spf.protection.outlook.com -all\n\
         example.com MX 0 mx.example.com\n\
         mx.example.com A 192.0.2.1\n\
         _dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:d@example.com\n\
         spf.protection.outlook.com TXT v=spf1 {} -all",
        terms.join(" ")
    )
}

/// The policy without these terms.
fn without(gone: &[&str]) -> String {
    let left: Vec<&str> = WHOLE.into_iter().filter(|term| !gone.contains(term)).collect();
    customer(&left)
}

fn about(dns: &dyn Dns, change: impl FnOnce(&mut Inquiry)) -> Domain {
    let mut inquiry = Inquiry::about(name(DOMAIN));
    change(&mut inquiry);
    at_once(audit::domain(dns, &inquiry, Clock::default()))
}

fn served(lines: &str) -> Domain {
    about(&Served(World::new(lines)), |_| ())
}

/// What the rule says.
fn said(domain: &Domain) -> Vec<String> {
    let found = domain.findings.iter().filter(|finding| &*finding.rule == RULE);
    found.map(|finding| finding.message.to_string()).collect()
}

#[test]
fn the_loss_of_a_wide_network_is_the_fault_of_the_provider_and_has_no_fix() {
    let domain = served(&without(&["ip4:52.102.0.0/16"]));
    assert_eq!(
        said(&domain),
        ["spf.protection.outlook.com lists 393,216 IPv4 addresses, down from 458,752 on \
          2026-04-14: 52.102.0.0/16 is gone"]
    );
    let fault = &domain.faults[0];
    assert_eq!(
        (fault.party, fault.kind, fault.name.as_str()),
        (Party::Provider, FaultKind::LostAddresses, "Microsoft 365")
    );
    assert!(domain.findings.iter().all(|finding| &*finding.rule != RULE || finding.fix.is_none()));
    assert_eq!(domain.authorizations[0].authorized, Authorized::Yes);
}

#[test]
fn the_loss_of_a_quarter_counts_also_where_no_network_is_wide() {
    let left = ["ip4:40.92.0.0/15", "ip4:40.107.0.0/17", "ip4:52.100.0.0/15", "ip4:52.102.0.0/17"];
    let ipv6 = &WHOLE[6..];
    let domain = served(&customer(&[&left[..], ipv6].concat()));
    assert_eq!(said(&domain).len(), 1);
}

#[test]
fn narrow_networks_that_go_are_upkeep() {
    let gone = ["ip4:52.103.0.0/17", "ip6:2a01:111:f403:f000::/52"];
    assert_eq!(said(&served(&without(&gone))), [""; 0]);
}

#[test]
fn a_policy_that_grew_or_lists_the_same_in_other_terms_lost_nothing() {
    let grown = [&WHOLE[..], &["ip4:192.0.2.0/24"]].concat();
    let merged: Vec<&str> = ["ip4:52.100.0.0/14", "ip4:40.92.0.0/15", "ip4:40.107.0.0/16"]
        .into_iter()
        .chain(["ip4:104.47.0.0/17", "ip6:2a01:111:f400::/47", "ip6:2a01:111:f403::/48"])
        .collect();
    for terms in [grown, merged] {
        assert_eq!(said(&served(&customer(&terms))), [""; 0]);
    }
}

#[test]
fn what_a_zone_file_says_of_a_provider_is_not_held_against_it() {
    let domain = about(&World::new(&without(&["ip4:52.102.0.0/16"])), |_| ());
    assert_eq!(said(&domain), [""; 0]);
}

#[test]
fn a_policy_that_did_not_come_in_whole_lost_nothing() {
    let zone = format!(
        "{}\nbroken.outlook.com TXT !servfail",
        customer(&["ip4:40.92.0.0/15", "include:broken.outlook.com"])
    );
    assert_eq!(said(&served(&zone)), [""; 0]);
}

#[test]
fn the_comparison_can_be_turned_off() {
    let dns = Served(World::new(&without(&["ip4:52.102.0.0/16"])));
    let domain = about(&dns, |inquiry| inquiry.provider_data = false);
    assert_eq!(said(&domain), [""; 0]);
}

#[test]
fn an_address_that_is_gone_from_the_policy_is_for_the_provider_to_restore() {
    let dns = Served(World::new(&without(&["ip4:52.102.0.0/16"])));
    let domain = about(&dns, |inquiry| {
        let sender = Sender::Address(world::ip("52.102.3.4"));
        inquiry.senders = vec![Asked { text: "52.102.3.4".into(), sender }];
    });
    let one = &domain.authorizations[0];
    assert_eq!((one.verdict(), one.fixes.len()), (Verdict::Fail, 0));
    let faults: Vec<(Party, String)> =
        domain.faults.iter().map(|it| (it.party, it.reason.to_string())).collect();
    let said = "spf.protection.outlook.com no longer lists 52.102.3.4; on 2026-04-14 it did";
    assert_eq!(faults, [(Party::Provider, said.to_owned())]);
}
