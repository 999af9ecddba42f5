//! How a domain stands, by the answers about its hosts.

use super::*;
use crate::diagnostic::Standing;
use crate::dns::Replay;
use crate::net::Name;
use crate::protocols::Examined as _;

const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// How a domain with one MX host stands whose MX and TLSA records are secure or not, and say this.
async fn standing(mx: bool, tlsa: bool, records: &[&str]) -> (Standing, String) {
    let records: Vec<String> = records.iter().map(|it| format!("\"{it}\"")).collect();
    let cassette = format!(
        r#"{{"cassette":1,"absent":"nxdomain"}}
{{"name":"example.com","type":"MX","records":["10 mx.example.com."],"authentic":{mx}}}
{{"name":"mx.example.com","type":"A","records":["192.0.2.1"],"authentic":{tlsa}}}
{{"name":"_25._tcp.mx.example.com","type":"TLSA","records":[{}],"authentic":{tlsa}}}
"#,
        records.join(",")
    );
    of(cassette).await
}

async fn of(cassette: String) -> (Standing, String) {
    let dns = Replay::read("test", cassette.into_bytes()).unwrap();
    let facts = facts(&dns, &Name::from_unicode("example.com").unwrap()).await;
    (facts.standing(), facts.summary().to_string())
}

#[tokio::test]
async fn usable_records_that_dnssec_proves_are_good() {
    let seen = standing(true, true, &[&format!("3 1 1 {DIGEST}")]).await;
    assert_eq!(seen, (Standing::Good, "TLSA records at mx.example.com".into()));
}

#[tokio::test]
async fn records_that_dnssec_does_not_prove_are_ignored() {
    let seen = standing(true, false, &[&format!("3 1 1 {DIGEST}")]).await;
    let said = "senders ignore the TLSA records of mx.example.com: not authenticated by the resolver (AD bit not set)";
    assert_eq!(seen, (Standing::Weak, said.into()));
}

#[tokio::test]
async fn without_a_signed_mx_the_host_may_be_another_one() {
    let seen = standing(false, true, &[&format!("3 1 1 {DIGEST}")]).await;
    assert_eq!(seen.0, Standing::Weak);
}

#[tokio::test]
async fn usages_of_the_web_protect_nothing() {
    let seen = standing(true, true, &[&format!("1 1 1 {DIGEST}")]).await;
    assert_eq!(seen, (Standing::Weak, "no usable TLSA record at mx.example.com".into()));
}

#[tokio::test]
async fn a_failed_query_for_the_records_leaves_the_domain_partial() {
    let cassette = r#"{"cassette":1,"absent":"nxdomain"}
{"name":"example.com","type":"MX","records":["10 mx.example.com."],"authentic":true}
{"name":"mx.example.com","type":"A","records":["192.0.2.1"],"authentic":true}
{"name":"_25._tcp.mx.example.com","type":"TLSA","outcome":"servfail"}
"#;
    assert_eq!(of(cassette.to_owned()).await.0, Standing::Partial);
}

#[tokio::test]
async fn a_domain_that_takes_no_mail_has_none() {
    let cassette = r#"{"cassette":1,"absent":"nxdomain"}
{"name":"example.com","type":"MX","records":["0 ."],"authentic":true}
"#;
    assert_eq!(of(cassette.to_owned()).await, (Standing::Absent, "no TLSA records".into()));
}
