//! Whose fault it is: for each situation the party that has to act, and no party where the records
//! do not say.

use crate::world::{self, DOMAIN, World, at_once, name};
use mailcheck::audit::{self, Asked, Clock, Inquiry, Sender};
use mailcheck::report::{Certainty, Domain, Evidence, Examined, FaultKind, Judged, Party};
use mailcheck::report::{Run, Threshold};

use Certainty::{Likely, Proved};
use FaultKind::{
    DanglingAlias, ForwardingPool, LookupLimit, MissingRecord, MisspeltName, NotAligned, Record,
    Resolver, Servers, UnlistedSender, UnregisteredDomain,
};
use Party::{Forwarder, None as Nobody, Operator, Provider, Undetermined, You};

fn about(lines: &str, change: impl FnOnce(&mut Inquiry)) -> Domain {
    let mut inquiry = Inquiry::about(name(DOMAIN));
    change(&mut inquiry);
    let domain = at_once(audit::domain(&World::new(lines), &inquiry, Clock::default()));
    let examined = Examined { domains: vec![domain], findings: Vec::new() };
    let judged = Judged::new(examined.domains, examined.findings);
    judged.conclude(Run::default(), Threshold::default()).domains.remove(0)
}

fn asking(lines: &str, ip: &str) -> Domain {
    about(lines, |inquiry| {
        let sender = Sender::Address(world::ip(ip));
        inquiry.senders = vec![Asked { text: ip.to_owned(), sender }];
    })
}

/// Who has to act, for what, by which name, how sure.
fn faults(domain: &Domain) -> Vec<(Party, FaultKind, &str, Certainty)> {
    let faults = domain.faults.iter();
    faults.map(|it| (it.party, it.kind, it.name.as_str(), it.confidence)).collect()
}

/// The same without certainty, of a domain that nothing special is asked about.
fn parties(lines: &str) -> Vec<(Party, FaultKind, String)> {
    let domain = about(lines, |_| ());
    let faults = faults(&domain).into_iter();
    faults.map(|(party, kind, name, _)| (party, kind, name.to_owned())).collect()
}

const REJECT: &str = "_dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:d@example.com\n";

fn with_reject(lines: &str) -> String {
    format!("{lines}\n{REJECT}example.com MX 0 mx.example.com\nmx.example.com A 192.0.2.1\n")
}

#[test]
fn a_host_of_a_provider_in_place_of_its_policy_is_the_domains_own_mistake() {
    let zone = with_reject(
        "example.com TXT v=spf1 include:protection.outlook.com -all\n\
         protection.outlook.com A 192.0.2.7",
    );
    let domain = about(&zone, |_| ());
    assert_eq!(faults(&domain), [(You, MisspeltName, "", Proved)]);
    assert_eq!(
        domain.faults[0].reason.to_string(),
        "TXT of example.com names protection.outlook.com; Microsoft 365 publishes its senders at \
         spf.protection.outlook.com"
    );
}

#[test]
fn a_misspelt_policy_of_a_provider_is_the_domains_own_mistake_although_nobody_holds_the_name() {
    let zone =
        with_reject("example.com TXT v=spf1 include:_spf.gogle.com -all\nother.test A 192.0.2.7");
    assert_eq!(parties(&zone), [(You, MisspeltName, String::new())]);
}

#[test]
fn a_policy_that_its_provider_does_not_publish_is_the_providers_fault() {
    let zone = with_reject(
        "example.com TXT v=spf1 include:spf.protection.outlook.com -all\n\
         outlook.com A 192.0.2.7",
    );
    let domain = about(&zone, |_| ());
    assert_eq!(faults(&domain), [(Provider, MissingRecord, "Microsoft 365", Likely)]);
    let is_query = |it: &Evidence| matches!(it, Evidence::Query { .. });
    assert!(domain.faults[0].evidence.iter().any(is_query));
}

#[test]
fn a_provider_whose_servers_fail_is_named_and_the_domain_is_not_wrong() {
    let zone = with_reject(
        "example.com TXT v=spf1 include:spf.protection.outlook.com -all\n\
         spf.protection.outlook.com TXT !servfail",
    );
    let domain = about(&zone, |_| ());
    assert_eq!(faults(&domain), [(Provider, Servers, "Microsoft 365", Likely)]);
}

#[test]
fn a_nested_include_that_breaks_is_the_fault_of_who_chose_it() {
    let zone = with_reject(
        "example.com TXT v=spf1 include:spf.esp.test -all\n\
         spf.esp.test TXT v=spf1 include:u1.other.test -all\n\
         u1.other.test A 192.0.2.7",
    );
    assert_eq!(parties(&zone), [(Operator, MissingRecord, "esp.test".to_owned())]);
}

#[test]
fn own_servers_that_do_not_answer_are_the_domains_own() {
    let zone = with_reject(
        "example.com TXT v=spf1 include:_spf.example.com include:spf.esp.test -all\n\
         spf.esp.test TXT v=spf1 ip4:198.51.100.1 -all\n\
         _spf.example.com TXT !timeout",
    );
    assert_eq!(parties(&zone), [(You, Servers, String::new())]);
}

#[test]
fn aliases_of_selectors_without_keys_at_a_provider_are_one_fault() {
    let zone = with_reject(
        "example.com TXT v=spf1 include:spf.protection.outlook.com -all\n\
         spf.protection.outlook.com TXT v=spf1 ip4:198.51.100.0/24 -all\n\
         selector1._domainkey.example.com CNAME selector1-example-com._domainkey.x.onmicrosoft.com\n\
         selector2._domainkey.example.com CNAME selector2-example-com._domainkey.x.onmicrosoft.com\n\
         x.onmicrosoft.com A 192.0.2.7",
    );
    assert_eq!(parties(&zone), [(You, DanglingAlias, String::new())]);
}

#[test]
fn an_address_that_no_term_lists_is_the_fault_of_no_party() {
    let domain = asking(&with_reject("example.com TXT v=spf1 ip4:192.0.2.1 -all"), "198.51.100.25");
    assert_eq!(faults(&domain), [(Nobody, UnlistedSender, "", Proved)]);
}

#[test]
fn a_pool_for_forwarded_mail_is_the_forwarders_and_not_to_be_listed() {
    let domain = asking(&with_reject("example.com TXT v=spf1 ip4:192.0.2.1 -all"), "40.95.1.7");
    assert_eq!(faults(&domain), [(Forwarder, ForwardingPool, "Microsoft 365", Proved)]);
    let action = domain.faults[0].action.to_string();
    assert!(action.starts_with("do not add it to SPF"), "{action}");
}

#[test]
fn a_sender_that_is_not_aligned_may_be_signed_so_the_party_is_undetermined() {
    let zone = with_reject(
        "example.com TXT v=spf1 -all\n\
         bounces.esp.test TXT v=spf1 ip4:192.0.2.9 -all\n\
         k1._domainkey.example.com TXT v=DKIM1; p=",
    );
    let domain = about(&zone, |inquiry| {
        let sender = Sender::Address(world::ip("192.0.2.9"));
        inquiry.senders = vec![Asked { text: "192.0.2.9".to_owned(), sender }];
        inquiry.mail_from = Some(b"b@bounces.esp.test".to_vec());
        inquiry.header_from = Some(name(DOMAIN));
    });
    assert_eq!(faults(&domain), [(Undetermined, NotAligned, "", Proved)]);
}

#[test]
fn the_term_that_costs_most_lookups_is_named() {
    let nested: String = (0..8).map(|n| format!("include:i{n}.test ")).collect();
    let includes: String =
        (0..8).map(|n| format!("i{n}.test TXT v=spf1 ip4:198.51.100.{n} -all\n")).collect();
    let zone = with_reject(&format!(
        "example.com TXT v=spf1 a mx include:costly.test -all\nexample.com A 192.0.2.1\n\
         costly.test TXT v=spf1 {nested}-all\n{includes}"
    ));
    let domain = about(&zone, |_| ());
    assert_eq!(faults(&domain)[..1], [(You, LookupLimit, "", Proved)]);
    let reason = domain.faults[0].reason.to_string();
    assert_eq!(reason, "11 DNS lookups (limit 10); include:costly.test costs 9");
}

#[test]
fn a_domain_that_anyone_may_register_is_named() {
    let zone = with_reject("example.com TXT v=spf1 include:spf.lapsed-provider.com -all");
    assert_eq!(parties(&zone)[..1], [(You, UnregisteredDomain, String::new())]);
}

#[test]
fn a_record_that_is_wrong_is_its_owners() {
    let zone = with_reject("example.com TXT v=spf1 ip4:192.0.2.300 -all");
    assert_eq!(parties(&zone), [(You, Record, String::new())]);
}

#[test]
fn two_parties_have_a_line_each() {
    let zone = with_reject(
        "example.com TXT v=spf1 ip4:192.0.2.300 include:spf.protection.outlook.com -all\n\
         spf.protection.outlook.com TXT !servfail",
    );
    let parties: Vec<Party> = parties(&zone).into_iter().map(|(party, ..)| party).collect();
    assert_eq!(parties, [You]);
}

#[test]
fn when_no_name_of_any_organization_is_answered_it_is_the_resolver() {
    let zone = "example.com * !timeout\n_dmarc.example.com * !timeout\ncom * !timeout\n\
                _dmarc.com * !timeout\n_domainkey.example.com * !timeout\n\
                _smtp._tls.example.com * !timeout";
    let domain = about(zone, |inquiry| {
        inquiry.checks = mailcheck::audit::Checks::only([
            mailcheck::protocols::Protocol::Spf,
            mailcheck::protocols::Protocol::Dmarc,
        ]);
    });
    assert_eq!(faults(&domain)[0].1, Resolver, "{:?}", faults(&domain));
}

#[test]
fn when_only_names_of_one_organization_were_asked_the_resolver_may_be_at_fault() {
    let domain = about("example.com * !timeout", |inquiry| {
        inquiry.checks = mailcheck::audit::Checks::only([mailcheck::protocols::Protocol::Spf]);
    });
    assert_eq!(faults(&domain), [(Undetermined, Servers, "", Proved)]);
}

#[test]
fn a_sound_domain_has_no_fault() {
    let zone = with_reject("example.com TXT v=spf1 mx -all");
    assert_eq!(parties(&zone), []);
}

#[test]
fn a_declared_domain_of_the_same_organization_is_the_readers_own() {
    let zone = with_reject(
        "example.com TXT v=spf1 include:_spf.sister.test -all\n_spf.sister.test TXT v=spf1 ip4:1 -all",
    );
    let domain = about(&zone, |inquiry| inquiry.own = vec![name("sister.test")]);
    assert_eq!(faults(&domain)[0].0, You);
}
