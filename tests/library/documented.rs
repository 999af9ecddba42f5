//! The records that a mailbox provider documents, held against those that are published.

use crate::world::{DOMAIN, World, at_once, name};
use mailcheck::audit::{self, Clock, Inquiry};
use mailcheck::report::{Domain, ExpectedRecord, Need, RecordState};

use RecordState::{Different, Documented, LeadsNowhere, Missing, Unknown};

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
    let zone = format!("{zone}\nmail.oldhost.example A 192.0.2.5");
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

// ── records of mail clients ─────────────────────────────────────────────────────────────────────

/// A customer of Fastmail, with client records beside what mail needs.
fn fastmail(records: &str) -> String {
    format!(
        "example.com MX 10 in1-smtp.messagingengine.com
        in1-smtp.messagingengine.com A 192.0.2.1
        example.com TXT v=spf1 include:spf.messagingengine.com -all
        spf.messagingengine.com TXT v=spf1 ip4:192.0.2.0/24 -all
        {records}"
    )
}

#[test]
fn clients_that_are_still_sent_to_the_former_provider_are_a_move_half_done() {
    let domain = about(&WHOLE.replace(
        "autodiscover.example.com CNAME autodiscover.outlook.com",
        "autodiscover.example.com CNAME autodiscover.migadu.com
        autodiscover.migadu.com A 192.0.2.9",
    ));
    let record = record(&domain, "autodiscover");
    assert_eq!((record.state, record.leads_to.as_deref()), (Different, Some("Migadu")));
}

#[test]
fn a_client_record_that_leads_to_no_host_is_said_to_lead_nowhere() {
    let changed = "autodiscover.example.com CNAME autodiscover.gone.example";
    let zone = WHOLE.replace("autodiscover.example.com CNAME autodiscover.outlook.com", changed);
    assert_eq!(record(&about(&zone), "autodiscover").state, LeadsNowhere);
    let without_address = format!("{zone}\nautodiscover.gone.example TXT x");
    assert_eq!(record(&about(&without_address), "autodiscover").state, LeadsNowhere);
    let with_ipv6 = format!("{zone}\nautodiscover.gone.example AAAA 2001:db8::1");
    assert_eq!(record(&about(&with_ipv6), "autodiscover").state, Different);
}

#[test]
fn services_count_by_port_and_host_and_the_root_is_a_service_not_offered() {
    let zone = fastmail(
        "_imaps._tcp.example.com SRV 5 9 993 imap.fastmail.com
        _submissions._tcp.example.com SRV 0 1 587 smtp.fastmail.com
        smtp.fastmail.com A 192.0.2.3
        _imap._tcp.example.com SRV 0 0 0 .
        _pop3s._tcp.example.com SRV 0 0 0 .
        _jmap._tcp.example.com SRV 0 1 443 jmap.example.net",
    );
    let domain = about(&zone);
    let states = ["_imaps", "_submissions", "_imap", "_pop3s", "_jmap", "_submission"]
        .map(|service| record(&domain, &format!("{service}._tcp")).state);
    assert_eq!(states, [Documented, Different, Documented, Missing, LeadsNowhere, Missing]);
    let counted = counted(&domain);
    assert!(!counted.iter().any(|(label, _)| label.contains("_pop3s")), "{counted:?}");
}

#[test]
fn a_service_that_is_missing_can_be_pasted() {
    let domain = about(&fastmail(""));
    let add = |label: &str| record(&domain, label).add.as_deref().map(str::to_owned);
    let wanted = "_imaps._tcp.example.com. 3600 IN SRV 0 1 993 imap.fastmail.com.";
    assert_eq!(add("_imaps._tcp").as_deref(), Some(wanted));
    let wanted = "_imap._tcp.example.com. 3600 IN SRV 0 0 0 .";
    assert_eq!(add("_imap._tcp").as_deref(), Some(wanted));
}

#[test]
fn nothing_is_asked_for_clients_that_the_provider_does_not_document() {
    let asked = |zone: &str| -> Vec<String> {
        let domain = about(zone);
        let asked = domain.lookups.iter().map(|lookup| format!("{} {}", lookup.name, lookup.kind));
        asked.filter(|line| line.contains("SRV") || line.contains("auto")).collect()
    };
    let google = "example.com MX 1 smtp.google.com
        smtp.google.com A 192.0.2.1
        example.com TXT v=spf1 include:_spf.google.com -all
        _spf.google.com TXT v=spf1 ip4:192.0.2.0/24 -all";
    assert_eq!(asked(google), [""; 0]);
    let own = "example.com MX 1 mx.example.com\nmx.example.com A 192.0.2.1";
    assert_eq!(asked(own), [""; 0]);
    assert!(asked(&fastmail("")).len() <= 8);
}

// ── the clouds of Microsoft 365 ─────────────────────────────────────────────────────────────────

/// What is as documented at a customer of a cloud: its MX host, policy, the end of its key targets,
/// and where autodiscover leads.
fn cloud(
    [mx, policy, keys, autodiscover]: [&str; 4],
) -> (String, usize, Vec<(String, RecordState)>) {
    let zone = format!(
        "example.com MX 0 {mx}
        {mx} A 192.0.2.1
        example.com TXT v=spf1 include:{policy} -all
        {policy} TXT v=spf1 ip4:192.0.2.0/24 -all
        selector1._domainkey.example.com CNAME selector1-example-com._domainkey.{keys}
        selector1-example-com._domainkey.{keys} TXT v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
        selector2._domainkey.example.com CNAME selector2-example-com._domainkey.{keys}
        autodiscover.example.com CNAME {autodiscover}"
    );
    let domain = about(&zone);
    assert_eq!(domain.providers.len(), 1, "{:?}", domain.providers);
    let wrong = counted(&domain).into_iter().filter(|(_, state)| *state != Documented);
    (domain.providers[0].id.clone(), domain.providers[0].count().0, wrong.collect())
}

/// All but one, which every one of these lacks: DMARC in two clouds, `msoid` in China.
fn lacks(label: &str) -> Vec<(String, RecordState)> {
    vec![(
        format!("{label}.example.com {}", if label == "_dmarc" { "TXT" } else { "CNAME" }),
        Missing,
    )]
}

#[test]
fn the_world_wide_cloud_is_known_by_both_forms_of_its_mx_and_of_its_keys() {
    let old = [
        "example-com.mail.protection.outlook.com",
        "spf.protection.outlook.com",
        "example.onmicrosoft.com",
        "autodiscover.outlook.com",
    ];
    let mut new = old;
    new[0] = "example-com.k-v1.mx.microsoft";
    new[2] = "example.s-v1.dkim.mail.microsoft";
    for records in [old, new] {
        assert_eq!(cloud(records), ("microsoft365".into(), 5, lacks("_dmarc")));
    }
}

#[test]
fn gcc_high_is_known_by_its_hosts() {
    let records = [
        "example.mail.protection.office365.us",
        "spf.protection.office365.us",
        "example.onmicrosoft.us",
        "autodiscover.office365.us",
    ];
    assert_eq!(cloud(records), ("microsoft365-gcc-high".into(), 5, vec![]));
}

#[test]
fn dod_shares_the_hosts_of_gcc_high_and_is_known_by_autodiscover() {
    let records = [
        "example.mail.protection.office365.us",
        "spf.protection.office365.us",
        "example.onmicrosoft.us",
        "autodiscover-dod.office365.us",
    ];
    assert_eq!(cloud(records), ("microsoft365-dod".into(), 5, vec![]));
}

#[test]
fn the_cloud_in_china_wants_a_record_that_has_been_retired_elsewhere() {
    let records = [
        "example-cn.mail.protection.partner.outlook.cn",
        "spf.protection.partner.outlook.cn",
        "example.partner.onmschina.cn",
        "autodiscover.partner.outlook.cn",
    ];
    assert_eq!(cloud(records), ("microsoft365-china".into(), 5, lacks("msoid")));
}

#[test]
fn of_two_that_share_hosts_of_amazon_only_autodiscover_shows_workmail() {
    let records = "example.com MX 10 inbound-smtp.eu-west-1.amazonaws.com
        inbound-smtp.eu-west-1.amazonaws.com A 192.0.2.1
        example.com TXT v=spf1 include:amazonses.com -all
        amazonses.com TXT v=spf1 ip4:192.0.2.0/24 -all";
    assert!(about(records).providers.is_empty());
    let workmail = "autodiscover.example.com CNAME autodiscover.mail.eu-west-1.awsapps.com
        autodiscover.mail.eu-west-1.awsapps.com A 192.0.2.2";
    let domain = about(&format!("{records}\n{workmail}"));
    let ids: Vec<&str> = domain.providers.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["amazon-workmail"]);
    assert_eq!(record(&domain, "autodiscover").state, Documented);
}

// ── policies that another service keeps, and gateways ───────────────────────────────────────────

/// A customer of Microsoft 365 whose policy Proofpoint keeps, and what that says of two addresses.
fn hosted(first: &str, second: &str) -> Domain {
    let macros = "include:%{ir}.%{v}.%{d}.spf.has.pphosted.com";
    let zone = WHOLE.replace("include:spf.protection.outlook.com", macros);
    let zone = zone.replace(
        "v=spf1 ip4:192.0.2.0/24 -all",
        "v=spf1 ip4:192.0.2.0/28 ip4:198.51.100.0/28 -all",
    );
    about(&format!(
        "{zone}
        0.2.0.192.in-addr.example.com.spf.has.pphosted.com TXT {first}
        0.100.51.198.in-addr.example.com.spf.has.pphosted.com TXT {second}"
    ))
}

fn include(domain: &Domain) -> Option<RecordState> {
    let mut records = domain.providers.iter().flat_map(|it| &it.records);
    records.find(|it| it.expected.starts_with("include:")).map(|it| it.state)
}

#[test]
fn a_policy_that_a_service_keeps_is_asked_about_addresses_of_the_provider() {
    let (yes, no) = ("v=spf1 +all", "v=spf1 -all");
    let states = [[yes, yes], [no, no], [yes, no]].map(|[first, second]| {
        let domain = hosted(first, second);
        let hosted = domain.providers[0].hosted_policy.as_ref().expect("a service keeps it");
        (hosted.asked, hosted.passing, include(&domain))
    });
    assert_eq!(states, [(2, 2, Some(Documented)), (2, 0, Some(Missing)), (2, 1, Some(Unknown))]);
}

#[test]
fn a_policy_that_a_service_keeps_and_that_does_not_answer_is_unknown() {
    let domain = hosted("!servfail", "!timeout");
    assert_eq!(include(&domain), Some(Unknown));
    assert_eq!(domain.providers[0].hosted_policy.as_ref().map(|it| it.asked), Some(0));
}

#[test]
fn behind_a_gateway_autodiscover_or_a_selector_shows_who_keeps_the_mailboxes() {
    let gateway = |more: &str| {
        about(&format!(
            "example.com MX 0 mx0a-00112233.pphosted.com
            mx0a-00112233.pphosted.com A 192.0.2.1
            example.com TXT v=spf1 ip4:192.0.2.0/28 -all
            {more}"
        ))
    };
    let found = [
        "autodiscover.example.com CNAME autodiscover.outlook.com",
        "selector1._domainkey.example.com CNAME selector1-example-com._domainkey.x.onmicrosoft.com",
        "autodiscover.example.com A 192.0.2.1",
    ]
    .map(|more| {
        let domain = gateway(more);
        let shown = domain.providers.first().map(|it| (it.id.clone(), it.gateway.is_some()));
        (shown, include(&domain))
    });
    let shown = Some(("microsoft365".to_owned(), true));
    assert_eq!(found, [(shown.clone(), Some(Unknown)), (shown, Some(Unknown)), (None, None)]);
}

#[test]
fn a_service_that_only_receives_for_programs_is_no_gateway() {
    let domain = about(
        "example.com MX 10 inbound-smtp.us-east-1.amazonaws.com
        inbound-smtp.us-east-1.amazonaws.com A 192.0.2.1
        example.com TXT v=spf1 include:amazonses.com include:_spf.google.com -all
        amazonses.com TXT v=spf1 ip4:192.0.2.0/28 -all
        _spf.google.com TXT v=spf1 ip4:198.51.100.0/28 -all",
    );
    assert!(domain.providers.is_empty(), "{:?}", domain.providers);
}

#[test]
fn an_alias_without_a_key_behind_it_is_right_and_leads_nowhere() {
    let zone = WHOLE.lines().filter(|line| !line.contains("v=DKIM1"));
    let domain = about(&zone.collect::<Vec<_>>().join("\n"));
    let selector = record(&domain, "selector1._domainkey");
    assert_eq!(selector.state, LeadsNowhere);
    assert_eq!(selector.published, ["selector1-example-com._domainkey.fms.onmicrosoft.com"]);
}

#[test]
fn a_key_in_place_of_the_alias_is_not_what_is_documented() {
    let alias = "selector2._domainkey.example.com CNAME selector2-example-com._domainkey.fms.onmicrosoft.com";
    let key = "selector2._domainkey.example.com TXT v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let domain = about(&WHOLE.replace(alias, key));
    assert_eq!(record(&domain, "selector2._domainkey").state, Different);
}

#[test]
fn what_is_documented_for_customers_is_not_asked_of_the_providers_own_domains() {
    let own = WHOLE.replace("example.com", "fms.onmicrosoft.com");
    let inquiry = Inquiry::about(name("fms.onmicrosoft.com"));
    let domain = at_once(audit::domain(&World::new(&own), &inquiry, Clock::default()));
    assert!(domain.providers.is_empty(), "{:?}", domain.providers);
}

// ── what ends ───────────────────────────────────────────────────────────────────────────────────

#[test]
fn an_end_is_judged_by_the_clock_that_is_given_and_not_without_one() {
    let found = |day: &str, provider_data: bool| {
        let mut inquiry = Inquiry::about(name(DOMAIN));
        inquiry.provider_data = provider_data;
        let clock = Clock { seconds: mailcheck::text::seconds(day).unwrap_or_default() };
        let domain = at_once(audit::domain(&World::new(WHOLE), &inquiry, clock));
        let found = domain.findings.iter().filter(|it| it.rule.starts_with("posture/service-ends"));
        found.map(|it| it.message.to_string()).collect::<Vec<_>>()
    };
    let said = |when: &str| {
        let what = "basic authentication for SMTP AUTH is switched off by default for existing \
                    tenants; an administrator can switch it on again";
        vec![format!("Microsoft 365, 2026-12-31 ({when}): {what}")]
    };
    assert_eq!(found("2026-11-27", true), said("in 34 days"));
    assert_eq!(found("2026-12-30", true), said("in 1 day"));
    assert_eq!(found("2027-01-10", true), said("10 days ago"));
    for (day, provider_data) in [("", true), ("2026-09-01", true), ("2026-12-30", false)] {
        assert_eq!(found(day, provider_data), [""; 0]);
    }
}

#[test]
fn a_hosted_policy_that_is_gone_says_nothing_about_the_provider() {
    let zone = WHOLE.replace("include:spf.protection.outlook.com", "include:s1.fdmarc.net");
    let domain = about(&zone);
    assert_eq!(include(&domain), Some(Unknown));
    assert_eq!(domain.providers[0].hosted_policy.as_ref().map(|it| it.asked), Some(0));
}
