//! The grammar with its places, each standing, and each rule with a record that trips it.

use super::lint::check;
use super::*;
use crate::diagnostic::Standing;
use crate::dns::{
    Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Trouble,
};
use crate::net::Name;
use crate::protocols::{Detail, Examined};
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
            ("_smtp._tls.example.com", Kind::Txt) => self.0.clone(),
            _ => Outcome::NxDomain,
        };
        let answer = Answer::new(question.clone(), outcome, Provenance::Zone("test".into()));
        Box::pin(std::future::ready(Arc::new(answer)))
    }
}

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

async fn look(world: &World) -> Facts {
    facts(world, &name("example.com")).await
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

// ── the grammar ─────────────────────────────────────────────────────────────────────────────────

#[test]
fn every_fault_of_a_record_is_found_and_the_rest_is_read() {
    let text = "v=TLSRPTv1; x; rua=tls@example.com,mailto:a@example.com,https:b;; y==";
    assert_eq!(
        faults(text),
        [
            (String::new(), "\"=\" right after the name of the field"),
            ("tls@example.com".into(), "a URI such as mailto:tls@example.com"),
            ("b".into(), "\"//\" and a host name"),
            (String::new(), "a field such as rua=mailto:tls@example.com"),
            ("=".into(), "a value"),
        ]
    );
    let record = parse(text.as_bytes()).expect("a record").value;
    assert_eq!(
        record.rua.iter().map(|uri| &*uri.text).collect::<Vec<_>>(),
        [&b"mailto:a@example.com"[..]]
    );
}

#[test]
fn a_rua_in_capitals_is_an_extension_and_the_missing_rua_points_to_it() {
    let faults = faults("v=TLSRPTv1; RUA=mailto:a@example.com");
    assert_eq!(faults, [("RUA".into(), "rua in lower case")]);
}

#[test]
fn a_rua_with_a_fault_is_not_missing_as_well() {
    let faults = faults("v=TLSRPTv1; rua =mailto:a@example.com");
    assert_eq!(faults.len(), 1);
}

#[test]
fn a_version_alone_has_no_rua() {
    let missing = "a rua field, such as rua=mailto:tls@example.com";
    assert_eq!(faults("v=TLSRPTv1;"), [(String::new(), missing)]);
}

#[test]
fn white_space_belongs_to_semicolons_and_commas_and_nothing_else() {
    let is_sound = |text: &str| faults(text).is_empty();
    let sound = ["v=TLSRPTv1;\trua=mailto:a@b.example ; ", "v=TLSRPTv1;rua=https://a ,\thttps://b"];
    let faulty = ["v=TLSRPTv1; rua=mailto:a@b.example ", "v=TLSRPTv1; rua= mailto:a@b.example"];
    assert_eq!((sound.map(is_sound), faulty.map(is_sound)), ([true; 2], [false; 2]));
}

#[test]
fn a_line_break_is_no_white_space() {
    assert_eq!(faults("v=TLSRPTv1; rua=mailto:a@b.example\n,https://b").len(), 1);
}

#[test]
fn the_host_of_an_https_uri_may_be_an_ipv6_address_in_brackets() {
    let is_sound = |uri: &str| faults(&format!("v=TLSRPTv1; rua={uri}")).is_empty();
    let uris =
        ["https://[2001:db8::1]:8443/tls", "https://[2001:db8::1", "https://[x]/", "https://"];
    assert_eq!(uris.map(is_sound), [true, false, false, false]);
}

#[test]
fn no_text_makes_the_grammar_panic() {
    let parts =
        ["v=TLSRPTv1;", "rua=", ",", ";", " ", "mailto:", "@", "https://[", "%2", "\0", "é"];
    let two = |first: &str| parts.map(|second| format!("v=TLSRPTv1;{first}{second}"));
    for text in parts.iter().flat_map(|first| two(first)) {
        let parsed = parse(text.as_bytes()).expect("a record");
        let inside = |end: u32| end as usize <= text.len();
        assert!(parsed.errors.iter().all(|error| inside(error.span.end)), "{text:?}");
    }
}

// ── standings ───────────────────────────────────────────────────────────────────────────────────

const GOOD: &str = "v=TLSRPTv1; rua=mailto:tls@example.com";

/// How a domain stands, and its summary.
async fn row(world: World) -> (Standing, String) {
    let facts = look(&world).await;
    (facts.standing(), facts.summary().to_string())
}

#[tokio::test]
async fn one_valid_record_is_good() {
    let row = row(World::of(&["v=spf1 -all", GOOD])).await;
    assert_eq!(row, (Standing::Good, "reports to mailto:tls@example.com".into()));
}

#[tokio::test]
async fn a_name_that_does_not_exist_has_no_record() {
    let row = row(World(Outcome::NxDomain)).await;
    assert_eq!(row, (Standing::Absent, "no record".into()));
}

#[tokio::test]
async fn a_text_that_is_discarded_is_no_record() {
    let row = row(World::of(&["v=TLSRPTv1 ; rua=mailto:tls@example.com"])).await;
    let summary = "no TLS-RPT record; senders ignore the similar TXT record";
    assert_eq!(row, (Standing::Absent, summary.into()));
}

#[tokio::test]
async fn two_records_are_broken_even_if_they_are_the_same() {
    let row = row(World::of(&[GOOD, GOOD])).await;
    assert_eq!(row, (Standing::Broken, "2 records: senders ignore all of them".into()));
}

#[tokio::test]
async fn a_record_with_a_fault_is_broken() {
    let row = row(World::of(&["v=TLSRPTv1; rua=tls@example.com"])).await;
    assert_eq!(row, (Standing::Broken, "syntax error".into()));
}

#[tokio::test]
async fn a_query_that_failed_leaves_the_standing_unknown_and_finds_nothing() {
    let facts = look(&World(Outcome::Failed(Failure::new(Trouble::Timeout)))).await;
    let failure = facts.failure().map(|failure| failure.trouble);
    assert_eq!((facts.standing(), failure), (Standing::Unknown, Some(Trouble::Timeout)));
    assert!(check(&facts).is_empty());
}

#[tokio::test]
async fn a_domain_with_a_name_too_long_for_the_record_has_none() {
    let label = "a".repeat(60);
    let domain = name(&[&*label; 4].join("."));
    let facts = facts(&World::of(&[GOOD]), &domain).await;
    assert_eq!((facts.answer.is_none(), facts.standing()), (true, Standing::Absent));
}

#[tokio::test]
async fn the_details_are_the_record_and_its_destinations() {
    let details = look(&World::of(&[GOOD])).await.details();
    let uris = vec!["mailto:tls@example.com".to_owned()];
    let expected = [("record", Detail::Text(GOOD.into())), ("reports", Detail::Texts(uris))];
    assert_eq!(details, expected);
}

#[tokio::test]
async fn the_steps_are_the_query_and_what_was_read() {
    let facts = look(&World::of(&["v=spf1 -all", "v=TLSRPTv1; rua=mailto:a@b.example; x"])).await;
    let steps = facts.steps();
    let said = |step: &crate::diagnostic::Step<Box<dyn crate::diagnostic::Event>>| {
        step.event.explain().headline.to_string()
    };
    let all: Vec<String> =
        steps.iter().chain(steps.iter().flat_map(|step| &step.steps)).map(said).collect();
    assert_eq!(
        all,
        [
            "_smtp._tls.example.com has one TLS-RPT record",
            "v=spf1 -all discarded: does not begin with v=TLSRPTv1;",
            "expected \"=\" right after the name of the field",
            "mailto:a@b.example receives reports by mail",
        ]
    );
}

// ── rules ───────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn texts_of_other_standards_are_no_lookalikes() {
    let others = ["v=spf1 -all", "v=DMARC1; p=none; rua=mailto:a@example.com", "remark"];
    assert!(rules(&others).await.is_empty());
}

#[tokio::test]
async fn a_version_that_is_misspelt_or_badly_delimited_is_a_lookalike() {
    let texts = ["v=TLSRPTv1", "v = TLSRPTv1; rua=mailto:a@b.example", "v=tlsrptv1; x=y", "rua=x"];
    for text in texts {
        assert_eq!(rules(&[text]).await, ["tls_rpt/lookalike"], "{text}");
    }
}

#[tokio::test]
async fn a_scheme_that_senders_do_not_support_is_worse_without_another_destination() {
    let only = rules(&["v=TLSRPTv1; rua=http://example.com/tls"]).await;
    let beside = rules(&["v=TLSRPTv1; rua=http://example.com/tls,mailto:a@b.example"]).await;
    assert_eq!((only, beside), (vec!["tls_rpt/no-destination"], vec!["tls_rpt/report-scheme"]));
}
