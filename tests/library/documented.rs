//! The records that a mailbox provider documents, held against those that are published.

use crate::world::{DOMAIN, World, at_once, name};
use mailcheck::audit::{self, Clock, Inquiry};
use mailcheck::report::{Domain, ExpectedRecord, Need, RecordState};

use RecordState::{Different, Documented, Missing, Unknown};

/// A customer of Microsoft 365 with everything that is documented.
const WHOLE: &str = "example.com MX 0 example-com.mail.protection.outlook.com
    example-com.mail.protection.outlook.com A 192.0.2.1
    example.com TXT v=spf1 include:spf.protection.outlook.com -all
    spf.protection.outlook.com TXT v=spf1 ip4:192.0.2.0/24 -all
    selector1._domainkey.example.com CNAME selector1-example-com._domainkey.fms.onmicrosoft.com
    selector1-example-com._domainkey.fms.onmicrosoft.com TXT v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    selector2._domainkey.example.com CNAME selector2-example-com._domainkey.fms.onmicrosoft.com
    _dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:d@example.com
    autodiscover.example.com CNAME autodiscover.outlook.com";

fn about(lines: &str) -> Domain {
    at_once(audit::domain(&World::new(lines), &Inquiry::about(name(DOMAIN)), Clock::default()))
}

/// The records that count, by their labels, and how each fares.
fn counted(domain: &Domain) -> Vec<(String, RecordState)> {
    let records = domain.providers.iter().flat_map(|provider| &provider.records);
    let counted = records.filter(|record| record.is_counted());
    counted.map(|record| (format!("{} {}", record.name, record.kind), record.state)).collect()
}

fn record<'d>(domain: &'d Domain, label: &str) -> &'d ExpectedRecord {
    let mut records = domain.providers.iter().flat_map(|provider| &provider.records);
    let wanted = name(&format!("{label}.{DOMAIN}"));
    records.find(|record| record.name == wanted).expect("a documented record")
}

#[test]
fn a_customer_who_published_everything_is_as_documented() {
    let domain = about(WHOLE);
    let provider = &domain.providers[0];
    assert_eq!((provider.id.as_str(), provider.count()), ("microsoft365", (6, 6)));
    assert_eq!(
        provider.evidence,
        [
            "MX example-com.mail.protection.outlook.com",
            "SPF include:spf.protection.outlook.com",
            "selector1._domainkey.example.com CNAME \
             selector1-example-com._domainkey.fms.onmicrosoft.com",
            "selector2._domainkey.example.com CNAME \
             selector2-example-com._domainkey.fms.onmicrosoft.com",
        ]
    );
}

#[test]
fn what_is_missing_is_named_and_can_be_pasted_where_it_is_the_same_for_all() {
    let zone = WHOLE.lines().filter(|line| !line.contains("autodiscover"));
    let domain = about(&zone.collect::<Vec<_>>().join("\n"));
    let autodiscover = record(&domain, "autodiscover");
    assert_eq!((autodiscover.state, autodiscover.need), (Missing, Need::Required));
    assert_eq!(
        autodiscover.add.as_deref(),
        Some("autodiscover.example.com. 3600 IN CNAME autodiscover.outlook.com.")
    );
    assert_eq!(domain.providers[0].count(), (5, 6));
}

#[test]
fn a_half_finished_move_shows_where_clients_are_still_sent() {
    let zone = WHOLE.replace("autodiscover.outlook.com", "mail.oldhost.example");
    let domain = about(&zone);
    let autodiscover = record(&domain, "autodiscover");
    assert_eq!(autodiscover.state, Different);
    assert_eq!(autodiscover.published, ["mail.oldhost.example"]);
}

#[test]
fn optional_records_count_where_they_are_used_and_retired_ones_where_they_linger() {
    let optional = "_sipfederationtls._tcp.example.com";
    let domain = about(&format!("{WHOLE}\nmsoid.example.com CNAME clientconfig.example.net"));
    assert_eq!(record(&domain, "msoid").state, Different);
    assert_eq!(record(&domain, "msoid").add, None);
    assert!(!counted(&domain).iter().any(|(label, _)| label.starts_with(optional)));
    assert_eq!(domain.providers[0].count(), (6, 7));
}

#[test]
fn values_that_differ_between_customers_are_never_computed() {
    let zone = WHOLE.lines().filter(|line| !line.contains("_domainkey"));
    let domain = about(&zone.collect::<Vec<_>>().join("\n"));
    let selector = record(&domain, "selector1._domainkey");
    assert_eq!((selector.state, &selector.add), (Missing, &None));
}

#[test]
fn the_other_form_of_the_mx_is_as_documented() {
    let zone =
        WHOLE.replace("example-com.mail.protection.outlook.com", "example-com.n-v1.mx.microsoft");
    assert_eq!(about(&zone).providers[0].count(), (6, 6));
}

#[test]
fn a_policy_that_depends_on_the_sender_is_not_known_to_lack_the_provider() {
    let zone = WHOLE.replace("include:spf.protection.outlook.com", "exists:%{i}.spf.example.net");
    let domain = about(&zone);
    let states = domain.providers[0].records.iter().find(|it| it.expected.starts_with("include:"));
    assert_eq!(states.map(|it| it.state), Some(Unknown));
}

#[test]
fn behind_a_gateway_the_mx_is_the_gateways_and_nothing_is_expected_there() {
    let zone = WHOLE.replace(
        "example.com MX 0 example-com.mail.protection.outlook.com",
        "example.com MX 0 mx0a-00112233.pphosted.com",
    );
    let domain = about(&zone);
    assert_eq!(domain.providers[0].count(), (5, 5));
}

#[test]
fn what_cannot_be_looked_up_is_no_shortcoming() {
    let zone = WHOLE.replace(
        "autodiscover.example.com CNAME autodiscover.outlook.com",
        "autodiscover.example.com CNAME !servfail",
    );
    let domain = about(&zone);
    assert_eq!(record(&domain, "autodiscover").state, Unknown);
    assert_eq!(domain.providers[0].count(), (5, 5));
    assert!(domain.errors.is_empty(), "{:?}", domain.errors);
}

#[test]
fn a_domain_without_a_known_mailbox_provider_has_no_list() {
    let domain = about("example.com MX 0 mx.example.com\nexample.com TXT v=spf1 mx -all");
    assert!(domain.providers.is_empty());
    assert_eq!(counted(&about(WHOLE)).len(), 6);
    let all_good = counted(&about(WHOLE)).into_iter().all(|(_, state)| state == Documented);
    assert!(all_good);
}
