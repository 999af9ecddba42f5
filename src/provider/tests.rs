//! The table is complete and without contradiction, and names are recognised.

use super::table::Line;
use super::*;
use std::collections::HashMap;

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

fn id(provider: Option<&Provider>) -> Option<&'static str> {
    provider.map(Provider::id)
}

/// Every pattern of a provider, with its use.
fn patterns(provider: &'static Provider) -> impl Iterator<Item = (&'static str, Pattern)> {
    let hosts = provider.hosts().into_iter().flat_map(|(_, hosts)| hosts);
    let includes = provider.includes.iter().map(|pattern| ("include", *pattern));
    let targets = provider.targets.iter().map(|pattern| ("target", *pattern));
    includes.chain(hosts.map(|pattern| ("host", *pattern))).chain(targets)
}

// ── the table ───────────────────────────────────────────────────────────────────────────────────

/// What a TOML reader finds at a key: the texts of a list, or one text.
fn texts(value: &toml::Value) -> Vec<String> {
    match value {
        toml::Value::Array(items) => items.iter().flat_map(texts).collect(),
        toml::Value::String(text) => vec![text.clone()],
        toml::Value::Boolean(is) => vec![is.to_string()],
        other => panic!("the table has no {}", other.type_str()),
    }
}

/// Every key of every entry with its texts, as a TOML reader finds them; those of a generation of
/// ranges follow those of its provider.
fn entries() -> Vec<HashMap<String, Vec<String>>> {
    let table: toml::Table = toml::from_str(TABLE).expect("the table is TOML");
    let of = |value: &toml::Value| {
        let table = value.as_table().cloned().unwrap_or_default();
        let keys = table.into_iter().filter(|(key, _)| key != "ranges");
        keys.map(|(key, value)| (key, texts(&value))).collect::<HashMap<_, _>>()
    };
    let providers = table.get("provider").and_then(toml::Value::as_array);
    let mut entries = Vec::new();
    for provider in providers.into_iter().flatten() {
        entries.push(of(provider));
        let ranges = provider.get("ranges").and_then(toml::Value::as_array);
        entries.extend(ranges.into_iter().flatten().map(of));
    }
    entries
}

#[test]
fn the_table_is_read_as_toml_is() {
    let mut own: Vec<HashMap<String, Vec<String>>> = Vec::new();
    table::lines(TABLE, |line| match (line, own.last_mut()) {
        (Line::Provider | Line::Generation, _) => own.push(HashMap::new()),
        (Line::Value(key, value), Some(entry)) => {
            entry.entry(key.to_owned()).or_default().push(value.to_owned());
        }
        _ => {}
    });
    assert_eq!(own, entries());
}

#[test]
fn every_value_of_the_table_that_a_rule_needs_can_be_read() {
    let shown_only = ["keys", "reports", "mta_sts", "tokens", "return_path"];
    let mut unread = Vec::new();
    let mut provider = Provider::default();
    table::lines(TABLE, |line| match line {
        Line::Provider => provider = Provider::default(),
        Line::Generation => provider.ranges.push(Generation::default()),
        Line::Value(key, value) => {
            if !shown_only.contains(&key) && !provider.put(key, value) {
                unread.push((key, value));
            }
        }
        Line::Source(_) => {}
    });
    assert_eq!(unread, []);
}

#[test]
fn every_generation_of_a_policy_has_a_date_and_networks() {
    let mut generations = all().iter().flat_map(|provider| &provider.ranges);
    assert!(generations.all(|it| it.as_of.len() >= 4 && !it.networks.is_empty()));
}

#[test]
fn what_a_policy_is_held_against_is_its_newest_generation_since_a_day() {
    for provider in all() {
        let Some(known) = provider.known_ranges() else { continue };
        let newest = provider.ranges.iter().map(Generation::as_of).max();
        let is_day = known.since().is_some_and(|day| day.len() == 10);
        assert!(is_day && newest == Some(known.as_of()), "{}", provider.id());
        assert!(provider.policy().is_some(), "{}", provider.id());
    }
}

#[test]
fn at_least_150_platforms_are_known() {
    assert!(all().len() >= 150, "{}", all().len());
}

#[test]
fn every_entry_has_an_id_a_title_and_a_kind() {
    for provider in all() {
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(!provider.id.is_empty() && provider.id.chars().all(is_id), "{}", provider.id);
        assert!(!provider.title.is_empty() && !provider.kinds.is_empty(), "{}", provider.id);
    }
}

#[test]
fn facts_of_an_entry_carry_their_source_and_its_date() {
    let facts = by_id("microsoft365").map(Provider::facts).unwrap_or_default();
    let fact = facts.iter().find(|fact| fact.value == ".mail.protection.outlook.com");
    let source = "MicrosoftDocs/microsoft-365-docs external-domain-name-system-records.md @032d553";
    let told = fact.map(|fact| (fact.key, fact.source, fact.as_of));
    assert_eq!(told, Some(("mx", source, "2022-10-14")));
}

#[test]
fn every_entry_has_facts_and_each_of_them_a_value_a_source_and_a_date() {
    for provider in all() {
        let facts = provider.facts();
        let is_whole = |fact: &Fact| {
            !(fact.value.is_empty() || fact.source.is_empty() || fact.as_of.len() < 4)
        };
        assert!(!facts.is_empty() && facts.iter().all(is_whole), "{}: {facts:?}", provider.id);
    }
}

/// True for a comment that ends with a date in brackets: `https://example.com/page (2026-11-02)`.
fn is_source(comment: &str) -> bool {
    let Some((source, date)) = comment.rsplit_once(" (") else { return false };
    let is_year = date.get(..4).is_some_and(|year| year.bytes().all(|b| b.is_ascii_digit()));
    // What we wrote down ourselves without saying where from is no source.
    let is_ours = source.starts_with("our ") || source.contains("not recorded");
    source.len() > 2 && !is_ours && is_year && date.ends_with(')')
}

#[test]
fn every_fact_has_a_source_and_a_date() {
    let known = [
        "includes",
        "retired",
        "mx",
        "outbound",
        "submission",
        "domains",
        "forwarding",
        "selectors",
        "targets",
        "keys",
        "rotates",
        "key_note",
        "return_mx",
        "shares_mx",
        "resells",
        "return_path",
        "shared",
        "reports",
        "publish",
        "mta_sts",
        "tokens",
        "dates",
        "networks",
    ];
    let plain = ["id", "aliases", "title", "kinds", "policy", "as_of", "since"];
    let facts = TABLE.split_once("[[provider]]").expect("entries follow the head").1;
    let mut is_sourced = false;
    for line in facts.lines() {
        let bare = line.trim();
        let key = bare.split_once(" = ").map(|(key, _)| key);
        let is_known = |key: &str| known.contains(&key) || plain.contains(&key);
        assert!(bare.starts_with('"') || key.is_none_or(is_known), "{line}");
        if let Some(comment) = bare.strip_prefix("# ") {
            is_sourced = is_source(comment);
            assert!(is_sourced, "{line}");
        } else if key.is_some_and(|key| plain.contains(&key)) || bare.is_empty() || bare == "]" {
            continue;
        } else if bare.ends_with('[') || bare.starts_with("[[") {
            is_sourced = false;
        } else {
            assert!(is_sourced, "{line}");
        }
    }
}

#[test]
fn every_proper_policy_and_retired_name_is_an_include_of_its_provider() {
    for provider in all() {
        let facts = provider.facts();
        let retired = facts.iter().filter(|fact| fact.key == "retired").map(|fact| fact.value);
        for name in retired.chain(provider.policy) {
            let is_own = provider.includes.iter().any(|pattern| pattern.text() == name);
            assert!(is_own, "{}: {name}", provider.id);
        }
    }
}

#[test]
fn every_word_means_one_provider() {
    let mut known = HashMap::new();
    for provider in all() {
        for word in provider.words() {
            let other = known.insert(near::plain(word), provider.id);
            assert_eq!(other, None, "{word} is claimed by {}", provider.id);
        }
    }
}

#[test]
fn no_pattern_is_claimed_twice_for_one_use() {
    let mut known = HashMap::new();
    for provider in all() {
        for (usage, pattern) in patterns(provider) {
            let other = known.insert((usage, pattern.text()), provider.id);
            assert_eq!(other, None, "{usage} {} is claimed by {}", pattern.text(), provider.id);
        }
    }
}

#[test]
fn every_pattern_is_a_lower_case_name_below_a_registered_domain() {
    for provider in all() {
        for (_, pattern) in patterns(provider) {
            let text = pattern.text();
            let bare = text.strip_prefix('.').unwrap_or(text);
            let fixed = bare.rsplit('.').take(2).all(|label| !label.contains('*'));
            assert!(name(bare).label_count() >= 2 && fixed, "{}: {text}", provider.id);
            assert_eq!(name(bare).to_string(), bare, "{}", provider.id);
        }
    }
}

#[test]
fn every_policy_is_recognised_as_its_own_providers() {
    for provider in all() {
        if let Some(policy) = provider.policy() {
            assert_eq!(id(recognise_include(&policy)), Some(provider.id));
        }
        assert_eq!(provider.policy().is_some(), provider.policy.is_some(), "{}", provider.id);
    }
}

#[test]
fn who_shares_mx_hosts_has_none_of_its_own_and_a_client_record_that_shows_it() {
    let twins: Vec<&Provider> = all().iter().filter(|it| it.shares_mx.is_some()).collect();
    assert!(twins.len() >= 2);
    for twin in twins {
        let is_known = twin.shares_mx.is_some_and(|id| all().iter().any(|it| it.id == id));
        let mut clients = twin.documented().filter(Documented::is_for_clients);
        assert!(is_known && twin.mx.is_empty() && clients.next().is_some(), "{}", twin.id);
    }
}

#[test]
fn a_host_of_clients_belongs_to_the_provider_that_documents_it() {
    let hosts = [
        "autodiscover.outlook.com",
        "autodiscover-dod.office365.us",
        "autodiscover.mail.eu-west-1.awsapps.com",
        "imap.fastmail.com",
        "autoconfig.migadu.com",
        "smtp.office365.com",
        "imap.example.com",
    ];
    let found = hosts.map(|host| id(recognise_client(&name(host))));
    let wanted = [
        Some("microsoft365"),
        Some("microsoft365-dod"),
        Some("amazon-workmail"),
        Some("fastmail"),
        Some("migadu"),
        Some("microsoft365"),
        None,
    ];
    assert_eq!(found, wanted);
}

#[test]
fn a_service_is_pasted_with_a_priority_and_a_weight() {
    let data = |line| Documented::read(line).and_then(|it| it.data());
    let lines = [
        "recommended SRV _autodiscover._tcp 443 autodiscover.secureserver.net",
        "optional SRV _imap._tcp 0 0 0 .",
        "required CNAME autodiscover -> autodiscover.outlook.com",
        "recommended CNAME autodiscover -> autodiscover.mail.<region>.awsapps.com",
    ];
    let wanted = [
        Some("0 0 443 autodiscover.secureserver.net."),
        Some("0 0 0 ."),
        Some("autodiscover.outlook.com."),
        None,
    ];
    assert_eq!(lines.map(data), wanted.map(|it| it.map(str::to_owned)));
}

#[test]
fn every_day_on_which_something_ends_is_one() {
    let ends: Vec<(&str, &str)> = all().iter().flat_map(Provider::ends).collect();
    assert!(ends.len() >= 3);
    assert!(ends.iter().all(|(day, what)| crate::text::seconds(day).is_some() && !what.is_empty()));
}

#[test]
fn every_selector_is_a_label() {
    for selector in all().iter().flat_map(Provider::selectors) {
        assert_eq!(name(selector).label_count(), 1, "{selector}");
    }
}

// ── recognition ─────────────────────────────────────────────────────────────────────────────────

#[test]
fn includes_of_real_policies_are_recognised() {
    let includes = [
        "spf.protection.outlook.com",
        "_spf.google.com",
        "u2320754.wl005.sendgrid.net",
        "7593890.spf10.hubspotemail.net",
        "10.2.163.148.in-addr.ibm.com.spf.has.pphosted.com",
        "de._netblocks.mimecast.com",
        "spf.example.com",
    ];
    assert_eq!(
        includes.map(|include| id(recognise_include(&name(include)))),
        [
            Some("microsoft365"),
            Some("google"),
            Some("sendgrid"),
            Some("hubspot"),
            Some("proofpoint-hosted-auth"),
            Some("mimecast"),
            None
        ]
    );
}

#[test]
fn hosts_of_real_mx_sets_are_recognised() {
    let hosts = [
        "fmsinc-com.mail.protection.outlook.com",
        "contoso-com.o-v1.mx.microsoft",
        "ALT1.aspmx.l.google.com",
        "aspmx2.googlemail.com",
        "inbound-smtp.eu-west-1.amazonaws.com",
        "mxa-00a17301.gslb.pphosted.com",
        "eu-smtp-inbound-1.mimecast.com",
        "mx00.ionos.de",
        "cluster5a.eu.messagelabs.com",
        "mail.example.com",
    ];
    assert_eq!(
        hosts.map(|host| id(recognise_mx(&name(host)))),
        [
            Some("microsoft365"),
            Some("microsoft365"),
            Some("google"),
            Some("google"),
            Some("amazonses"),
            Some("proofpoint"),
            Some("mimecast"),
            Some("ionos"),
            Some("symantec"),
            None
        ]
    );
}

#[test]
fn both_styles_of_microsoft_key_targets_are_recognised() {
    let targets = [
        "selector1-fmsinc-com._domainkey.fmsinc.onmicrosoft.com",
        "selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
        "selector1-contoso-com._domainkey.contoso.onmicrosoft.us",
    ];
    assert_eq!(
        targets.map(|target| id(recognise_dkim_target(&name(target)))),
        [Some("microsoft365"), Some("microsoft365"), Some("microsoft365-gcc-high")]
    );
}

#[test]
fn a_host_is_told_by_what_it_does() {
    use HostRole::{Domain, Inbound, Outbound, Submission};
    let hosts = [
        ("fmsinc-com.mail.protection.outlook.com", "microsoft365", Inbound),
        ("mail-am6eur05on2051.outbound.protection.outlook.com", "microsoft365", Outbound),
        ("smtp.office365.com", "microsoft365", Submission),
        ("protection.outlook.com", "microsoft365", Domain),
        ("smtp.google.com", "google", Inbound),
        ("mail-ed1-f41.google.com", "google", Outbound),
        ("smtp.gmail.com", "google", Submission),
        ("a8-31.smtp-out.amazonses.com", "amazonses", Outbound),
        ("b224-12.smtp-out.eu-central-1.amazonses.com", "amazonses", Outbound),
        ("email-smtp.us-east-1.amazonaws.com", "amazonses", Submission),
    ];
    for (text, provider, role) in hosts {
        let found = host(&name(text)).map(|(found, role)| (found.id(), role));
        assert_eq!(found, Some((provider, role)), "{text}");
    }
}

#[test]
fn the_narrower_pattern_wins() {
    let found = host(&name("smtp.mailgun.org")).map(|(_, role)| role);
    assert_eq!(found, Some(HostRole::Submission));
}

#[test]
fn a_host_that_only_looks_alike_is_nobodys() {
    let hosts = ["evilprotection.outlook.com", "protection.outlook.com.example", "mail.google.com"];
    assert_eq!(hosts.map(|text| host(&name(text)).is_none()), [true; 3]);
}

#[test]
fn words_are_found_by_id_and_alias_in_any_spelling() {
    let words = ["microsoft365", "M365", "Office 365", "gcc-high", "SES", "nobody"];
    assert_eq!(
        words.map(|word| id(by_id(word))),
        [
            Some("microsoft365"),
            Some("microsoft365"),
            Some("microsoft365"),
            Some("microsoft365-gcc-high"),
            Some("amazonses"),
            None
        ]
    );
}

#[test]
fn a_misspelt_word_suggests_the_nearest() {
    assert_eq!(
        ["sendgird", "microsft365", "gogle", "xyzzy", ""].map(nearest),
        [Some("sendgrid"), Some("microsoft365"), Some("google"), None, None]
    );
}

#[test]
fn what_the_mailbox_providers_document_can_be_read() {
    let unread: Vec<&str> = all()
        .iter()
        .filter(|provider| provider.keeps_mailboxes())
        .flat_map(|provider| &provider.publish)
        .copied()
        .filter(|line| Documented::read(line).is_none())
        .collect();
    let advice = ["recommended CNAME _mta-sts and mta-sts -> mta-sts.tutanota.de"];
    assert!(
        unread.iter().all(|line| advice.contains(line) || line.contains(" and ")),
        "{unread:?}"
    );
}

#[test]
fn a_documented_record_has_a_need_a_type_a_name_and_a_value() {
    let read = |line| Documented::read(line).map(|it| (it.need, it.kind, it.name, it.value));
    assert_eq!(
        read("required CNAME autodiscover -> autodiscover.outlook.com"),
        Some((Need::Required, "CNAME", "autodiscover", "autodiscover.outlook.com"))
    );
    assert_eq!(
        read("optional SRV _sip._tls 100 1 443 sipdir.online.lync.com"),
        Some((Need::Optional, "SRV", "_sip._tls", "100 1 443 sipdir.online.lync.com"))
    );
    assert_eq!(read("retired CNAME msoid"), Some((Need::Retired, "CNAME", "msoid", "")));
    for advice in ["optional CNAME _dmarc, _mta-sts, mta-sts", "required two MX of the partner"] {
        assert_eq!(read(advice), None, "{advice}");
    }
}
