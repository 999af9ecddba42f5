use super::*;
use crate::zonefile::formats;

/// What is said of a file named `example.com.zone`: `line:column rule`.
async fn places(text: &str) -> Vec<String> {
    told_of("example.com.zone", text).await
}

async fn told_of(file: &str, text: &str) -> Vec<String> {
    let files = formats::read(file, text.as_bytes());
    let linted = lint(&Facts::new(files, text.as_bytes().into())).await;
    let shown = linted.findings.iter().map(|finding| {
        let place = finding.location.as_ref().expect("every finding has its place");
        format!("{}:{} {}", place.line, place.column, finding.rule)
    });
    shown.collect()
}

const NOTHING: [&str; 0] = [];

/// A zone about which there is nothing to say.
const SOUND: &str = r#"
@      3600 SOA  ns.example.com. admin.example.com. 1 7200 3600 1209600 3600
       3600 MX   10 mx
       3600 TXT  "v=spf1 mx -all"
mx     3600 A    192.0.2.10
       3600 AAAA 2001:db8::10
_dmarc 3600 TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
mail._domainkey 3600 TXT ( "v=DKIM1; k=rsa; p="
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApiaYHh8Fapvs8iVXMfVZz5WsKtdi"
  "gGnSgr4t52tE6VsweqBJjVpcHeyS7A/Uz/qLULbvPnycZrRi5aLg5viXrXdZJF2/RyzDqlli"
  "vTni45cFv513CX8aevmkYS/q1XxbmYT/5K/328DQASiLLzoOv2GFkfbu3KiDuEyenPZp3m3S"
  "ZcyuqNxZJx/DHOoXRIuLIGn9lQrczcuhKJKm74nAfrpbMRs9S9iEjsmZEWDkh75wYGD9wLQR"
  "Z2/+CfeFjxTJEpy2DSIiczjWHS0c5h5gqakwMmD304Rqcubja+Iy/ZjRQIXTpy8OX3Mux6r7"
  "OyAsScpeYQgKw8zLMf4e/mt4rQIDAQAB" )
"#;

#[tokio::test]
async fn of_a_sound_zone_there_is_nothing_to_say() {
    assert_eq!(places(SOUND).await, NOTHING);
}

#[tokio::test]
async fn what_a_whole_zone_lacks_is_told_at_its_first_record() {
    let soa = SOUND.lines().nth(1).unwrap_or_default();
    assert_eq!(
        places(soa).await,
        ["1:1 spf/missing", "1:1 dkim/proved-none", "1:1 dmarc/missing", "1:1 mx/none"]
    );
}

#[tokio::test]
async fn a_fragment_says_nothing_of_what_it_lacks() {
    let fragment = "@ 3600 MX 10 mail\n@ 3600 TXT \"verification=1\"\n";
    assert_eq!(places(fragment).await, NOTHING);
}

#[tokio::test]
async fn a_zone_of_which_an_entry_is_lost_says_nothing_of_what_it_lacks() {
    let lost = SOUND.replace("mx -all\"", "mx -all");
    assert_eq!(places(&lost).await, ["4:18 zone/syntax"]);
}

#[tokio::test]
async fn what_lies_outside_of_the_file_is_not_told() {
    let sound = SOUND
        .replace("10 mx", "10 mx.example.net.")
        .replace("spf1 mx", "spf1 mx a:www.example.org include:_spf.example.net")
        + "s1._domainkey CNAME s1.example.net.\n";
    assert_eq!(places(&sound).await, NOTHING);
}

#[tokio::test]
async fn a_fault_of_a_policy_that_two_names_share_is_told_once() {
    let text = "_spf TXT \"v=spf1 ip4:192.0.2.1 ptr -all\"\n\
                a 3600 TXT \"v=spf1 include:_spf.example.com -all\"\n\
                b 3600 TXT \"v=spf1 include:_spf.example.com -all\"\n";
    assert_eq!(places(text).await, ["1:32 spf/ptr"]);
}

#[tokio::test]
async fn a_name_with_an_mx_is_asked_for_its_policy() {
    let zone = format!("{SOUND}news 3600 MX 10 mx\n");
    assert_eq!(places(&zone).await, ["15:1 spf/missing"]);
}

#[tokio::test]
async fn a_name_that_is_only_included_is_no_domain_with_mail() {
    let zone = format!("{SOUND}_spf 3600 TXT \"v=spf1 ip4:192.0.2.1 -all\"\n");
    assert_eq!(places(&zone).await, NOTHING);
}

#[tokio::test]
#[cfg(feature = "formats")]
async fn a_zone_in_another_format_is_told_by_its_own_lines() {
    let zone = "'':\n  - type: MX\n    value: {preference: 10, exchange: mx.example.net.}\n  \
                - type: TXT\n    value: v=spf1 ptr -all\n_dmarc:\n  type: TXT\n  \
                value: v=DMARC1\\; p=reject\\; rua=mailto:d@example.com\n\
                s1._domainkey:\n  type: CNAME\n  value: s1.example.net.\n";
    assert_eq!(told_of("example.com.yaml", zone).await, ["5:19 spf/ptr"]);
}

#[tokio::test]
async fn the_top_of_a_zone_exists_whatever_stands_there() {
    let zones = r#"{"domains":[{"name":"example.com","records":[]}]}"#;
    let places = told_of("zones.json", zones).await;
    assert!(!places.iter().any(|it| it.ends_with("no-such-domain")), "{places:?}");
}

#[tokio::test]
#[cfg(feature = "formats")]
async fn each_zone_of_a_file_is_judged_by_itself() {
    let record = |name| {
        let text = r#"{"type":"TXT","name":"@","target":"v=spf1 ptr -all"}"#;
        format!(r#"{{"name":"{name}","records":[{text}]}}"#)
    };
    let (one, other) = (record("example.com"), record("example.org"));
    let places = told_of("zones.json", &format!(r#"{{"domains":[{one},{other}]}}"#)).await;
    assert_eq!(places.iter().filter(|it| it.ends_with("spf/ptr")).count(), 2, "{places:?}");
}

#[tokio::test]
async fn every_name_is_checked_however_many_there_are() {
    let name = |number| format!("h{number} 60 TXT \"v=spf1 -all\"\n");
    let zone: String = (0..10_001).map(name).collect();
    let places = places(&format!("{zone}z 60 TXT \"v=spf1 ptr -all\"\n")).await;
    assert_eq!(places, ["10002:18 spf/ptr"]);
}

#[tokio::test]
async fn names_that_all_lead_to_one_large_record_are_counted() {
    // 60 KB at 9,000 names are half a gigabyte to read.
    let large = format!("\"{}\" ", "x".repeat(255)).repeat(235);
    let alias = |number| format!("_dmarc.h{number} 60 CNAME large\n");
    let names: String = (0..9000).map(alias).collect();
    let places = places(&format!("large 60 TXT {large}\n{names}")).await;
    assert_eq!((places.len(), places[0].ends_with(" zone/not-read")), (1, true), "{places:?}");
}

#[tokio::test]
async fn names_that_all_include_one_long_policy_are_counted() {
    // Each of them has every term of it evaluated, once for IPv4 and once for IPv6.
    let terms = "\"v=spf1 \" ".to_owned() + &format!("\"{}\" ", "x=y ".repeat(63)).repeat(238);
    let include = |number| format!("h{number} 60 TXT \"v=spf1 include:long.example.com\"\n");
    let names: String = (0..2000).map(include).collect();
    let places = places(&format!("long 60 TXT {terms}\n{names}")).await;
    let unread = places.iter().filter(|it| it.ends_with(" zone/not-read"));
    assert_eq!(unread.count(), 1, "{places:?}");
}

#[tokio::test]
async fn the_top_of_a_reverse_zone_takes_no_mail() {
    let zone = "2.0.192.in-addr.arpa. 60 SOA ns.example.com. a.example.com. 1 2 3 4 5\n\
                1.2.0.192.in-addr.arpa. 60 PTR mail.example.com.\n";
    assert_eq!(told_of("2.0.192.in-addr.arpa", zone).await, NOTHING);
}

#[tokio::test]
async fn each_selector_of_the_file_is_looked_at() {
    let zone = format!("{SOUND}made.up._domainkey 3600 TXT \"v=DKIM1; k=rsa; p=AAAA\"\n");
    assert_eq!(places(&zone).await, ["15:48 dkim/unusable-key"]);
}

#[tokio::test]
async fn a_text_that_falls_apart_is_told_once_with_its_cause() {
    let zone = SOUND.replace("\"v=spf1 mx -all\"", "v=spf1 mx -all");
    // What large receivers demand is another claim than that there is no record.
    let expected = ["4:8 posture/bulk-senders", "4:18 zone/unquoted-text"];
    assert_eq!(places(&zone).await, expected);
}

#[tokio::test]
async fn below_another_zone_nothing_is_said_of_a_policy_that_may_stand_above() {
    let zone = "a.b.example.com. 60 SOA ns.example.com. a.example.com. 1 2 3 4 5\n\
                a.b.example.com. 3600 TXT \"v=spf1 ip4:192.0.2.1 -all\"\n\
                a.b.example.com. 3600 MX 10 mx.example.net.\n\
                s1._domainkey.a.b.example.com. 3600 CNAME s1.example.net.\n";
    assert_eq!(told_of("a.b.example.com.zone", zone).await, NOTHING);
}

#[tokio::test]
async fn a_file_that_is_named_after_another_zone_than_it_is_about_says_so() {
    let zone = SOUND.replace("@  ", "$ORIGIN example.net.\n@");
    let expected = "3:1 zone/not-read".to_owned();
    assert!(places(&zone).await.contains(&expected), "{:?}", places(&zone).await);
    assert!(!told_of("example.net.zone", &zone).await.contains(&expected));
}
