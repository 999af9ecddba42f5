//! The grammars with their places, each standing, and each rule with a record that trips it.

use super::lint::check;
use super::*;
use crate::diagnostic::Standing;
use crate::dns::{
    Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Trouble,
};
use crate::net::Name;
use crate::protocols::Examined;
use crate::web::{self, Scripted, Trouble as WebTrouble, Unasked};
use std::sync::Arc;

/// The answer to the one query.
struct World(Outcome);

impl World {
    fn of(texts: &[&str]) -> Self {
        let records = texts.iter().map(|text| Data::from_text(text.as_bytes()).into());
        Self(Outcome::Records(records.collect()))
    }
}

impl Dns for World {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let outcome = match (question.name.to_string().as_str(), question.kind) {
            ("_mta-sts.example.com", Kind::Txt) => self.0.clone(),
            _ => Outcome::NxDomain,
        };
        let answer = Answer::new(question.clone(), outcome, Provenance::Zone("test".into()));
        Box::pin(std::future::ready(Arc::new(answer)))
    }
}

async fn look(world: &World) -> Facts {
    facts(world, &Unasked, &Name::from_octets(b"example.com").expect("a name")).await
}

/// The texts of the faults of a record, and what was expected there.
fn faults(text: &str) -> Vec<(String, &'static str)> {
    let parsed = parse(text.as_bytes()).expect("a test writes records");
    let show = |span| String::from_utf8_lossy(parsed.value.show(span)).into_owned();
    parsed.errors.iter().map(|error| (show(error.span), error.expected)).collect()
}

async fn rules(texts: &[&str]) -> Vec<&'static str> {
    let facts = look(&World::of(texts)).await;
    check(&facts).iter().map(|finding| finding.rule.id).collect()
}

/// The faults of a policy file: line, field and text.
fn policy_faults(text: &str) -> Vec<(Option<usize>, Field, String)> {
    let faults = Policy::parse(text.as_bytes()).expect_err("a test writes faulty policies");
    let show = |found: &[u8]| String::from_utf8_lossy(found).into_owned();
    faults.iter().map(|fault| (fault.line, fault.field, show(&fault.found))).collect()
}

// ── the record ──────────────────────────────────────────────────────────────────────────────────

#[test]
fn every_fault_of_a_record_is_found_and_the_rest_is_read() {
    let text = "v=STSv1; x; id=2026-11-27;; y==";
    let found = faults(text);
    let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places.len(), 4, "{found:?}");
    assert_eq!(found.get(1).map(|(_, expected)| *expected), Some("only letters and digits"));
}

#[test]
fn an_id_of_more_than_32_characters_is_marked_where_it_becomes_too_long() {
    let text = format!("v=STSv1; id={}xyz", "a".repeat(32));
    assert_eq!(faults(&text), [("xyz".to_owned(), "at most 32 characters")]);
}

#[test]
fn an_id_in_capitals_is_named() {
    assert_eq!(faults("v=STSv1; ID=a"), [("ID".to_owned(), "id in lower case")]);
}

#[test]
fn a_record_without_id_lacks_it_at_its_end() {
    assert_eq!(faults("v=STSv1; a=b"), [(String::new(), "an id field, such as id=20261127")]);
}

#[test]
fn the_first_id_counts() {
    let parsed = parse(&b"v=STSv1; id=a; id=b"[..]).expect("a record");
    assert_eq!((parsed.value.id(), parsed.value.repeated.len()), (&b"a"[..], 1));
}

// ── the policy file ─────────────────────────────────────────────────────────────────────────────

#[test]
fn faults_of_a_policy_are_named_by_their_lines() {
    let text = "version: STSv1\r\nmode: on\r\n\r\nmx: a_b.example.com\r\nMode : x\r\n";
    assert_eq!(
        policy_faults(text),
        [
            (Some(2), Field::Mode, "on".to_owned()),
            (Some(3), Field::NoField, String::new()),
            (Some(4), Field::Mx, "a_b.example.com".to_owned()),
            (Some(5), Field::Extension, "Mode : x".to_owned()),
            (None, Field::MaxAge, String::new()),
        ]
    );
}

#[test]
fn octets_of_any_kind_are_faults_and_no_panic() {
    let text: Vec<u8> = (0..=255).cycle().take(4096).collect();
    assert!(Policy::parse(&text).is_err());
}

#[test]
fn an_escaped_host_is_no_pattern() {
    let text = "version: STSv1\nmode: enforce\nmax_age: 1\nmx: mx\\046example.com\n";
    assert_eq!(policy_faults(text), [(Some(4), Field::Mx, "mx\\046example.com".to_owned())]);
}

#[test]
fn a_certificate_of_another_name_keeps_mail_from_an_enforced_host() {
    let text = b"version: STSv1\nmode: enforce\nmax_age: 1\nmx: *.example.com";
    let policy = Policy::parse(text).expect("valid");
    let host = Name::from_octets(b"mx.example.com").expect("a name");
    let decision = policy.decide(&host, Connection::HostMismatch);
    let expected = Decision { is_delivered: false, failure: Some("certificate-host-mismatch") };
    assert_eq!(decision, expected);
}

// ── the fetch ───────────────────────────────────────────────────────────────────────────────────

const URL: &str = "https://mta-sts.example.com/.well-known/mta-sts.txt";

/// A domain with a record, a host for its file and one MX host.
struct Published;

impl Dns for Published {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let exchange = Name::from_octets(b"mx.new.example").expect("a name");
        let data = match (question.name.to_string().as_str(), question.kind) {
            ("_mta-sts.example.com", Kind::Txt) => Some(Data::from_text(b"v=STSv1; id=1")),
            ("mta-sts.example.com", Kind::A) => Some(Data::A([192, 0, 2, 1].into())),
            ("example.com", Kind::Mx) => Some(Data::Mx { preference: 10, exchange }),
            _ => None,
        };
        let outcome = data.map_or(Outcome::NoData, |data| Outcome::Records(vec![data.into()]));
        let answer = Answer::new(question.clone(), outcome, Provenance::Zone("test".into()));
        Box::pin(std::future::ready(Arc::new(answer)))
    }
}

async fn fetched(web: &Scripted) -> Facts {
    facts(&Published, web, &Name::from_octets(b"example.com").expect("a name")).await
}

fn served(mode: &str, mx: &str) -> Scripted {
    let text = format!("version: STSv1\nmode: {mode}\nmx: {mx}\nmax_age: 2592000\n");
    Scripted::default().with_text(URL, &text)
}

#[tokio::test]
async fn an_enforced_policy_that_names_the_mx_is_good() {
    let facts = fetched(&served("enforce", "*.new.example")).await;
    let said = facts.summary().to_string();
    assert_eq!((facts.standing(), &*said), (Standing::Good, "enforce, max_age 30 d"));
}

#[tokio::test]
async fn an_enforced_policy_for_the_old_mx_is_broken_and_names_both() {
    let facts = fetched(&served("enforce", "mx.old.example")).await;
    let said: Vec<String> = check(&facts).iter().map(|it| it.message.to_string()).collect();
    let expected = "the MTA-STS policy names mx.old.example, your MX is mx.new.example: senders do \
                    not deliver there";
    assert_eq!((facts.standing(), said), (Standing::Broken, vec![expected.to_owned()]));
}

#[tokio::test]
async fn a_policy_under_test_is_weak() {
    let facts = fetched(&served("testing", "mx.new.example")).await;
    assert_eq!(facts.standing(), Standing::Weak);
}

#[tokio::test]
async fn a_server_that_does_not_answer_leaves_the_file_unseen_and_is_no_finding() {
    let silent = Err(web::Failure::new(WebTrouble::Timeout));
    let facts = fetched(&Scripted::default().with(URL, silent)).await;
    assert_eq!((facts.standing(), check(&facts).len()), (Standing::Partial, 0));
}

#[tokio::test]
async fn an_expired_certificate_is_weak_and_a_finding() {
    let expired = Err(web::Failure::new(WebTrouble::Expired));
    let facts = fetched(&Scripted::default().with(URL, expired)).await;
    let rules: Vec<_> = check(&facts).iter().map(|it| it.rule.id).collect();
    assert_eq!((facts.standing(), rules), (Standing::Weak, vec!["mta_sts/no-policy"]));
}

// ── standings ───────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn one_valid_record_without_its_file_is_partial() {
    let facts = look(&World::of(&["v=STSv1; id=1", "other"])).await;
    let said = facts.summary().to_string();
    let expected = "record with id 1; policy file not fetched".to_owned();
    assert_eq!((facts.standing(), said), (Standing::Partial, expected));
}

#[tokio::test]
async fn no_record_is_absent_and_no_finding() {
    let facts = look(&World(Outcome::NxDomain)).await;
    assert_eq!((facts.standing(), check(&facts).len()), (Standing::Absent, 0));
}

#[tokio::test]
async fn a_query_that_times_out_is_unknown_and_no_finding() {
    let facts = look(&World(Outcome::Failed(Failure::new(Trouble::Timeout)))).await;
    assert_eq!((facts.standing(), check(&facts).len()), (Standing::Unknown, 0));
}

// ── rules ───────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn two_records_count_as_none_even_if_one_has_a_fault() {
    assert_eq!(rules(&["v=STSv1; id=1", "v=STSv1; id=-"]).await, ["mta_sts/several-records"]);
}

#[tokio::test]
async fn a_fault_is_a_syntax_error() {
    assert_eq!(rules(&["v=STSv1; id=a-b"]).await, ["mta_sts/syntax"]);
}

#[tokio::test]
async fn a_text_that_names_the_version_in_capitals_is_a_lookalike() {
    assert_eq!(rules(&["V=STSV1; id=1"]).await, ["mta_sts/lookalike"]);
}

#[tokio::test]
async fn a_text_about_something_else_is_no_lookalike() {
    assert_eq!(rules(&["google-site-verification=x"]).await, [""; 0]);
}

#[tokio::test]
async fn a_second_id_is_noted() {
    assert_eq!(rules(&["v=STSv1; id=1; id=2"]).await, ["mta_sts/repeated-id"]);
}
