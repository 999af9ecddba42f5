//! The zones of the published suites answer as their tables say.

use crate::openspf::{Explanation, spf_rfc7208};
use crate::zone::Zone;
use mailcheck::dns::{Answer, Data, Dns, Kind, Question, Replay};
use mailcheck::net::Name;

const ZONE: &str = r#"{
    "example.com": [
        {"type": "TXT", "strings": ["v=spf1 ", "mx -all"]},
        {"type": "TXT", "strings": []},
        {"type": "SPF", "strings": ["v=spf1 -all"]},
        {"type": "MX", "preference": 10, "exchange": "mail.example.com."},
        {"type": "MX", "preference": 0, "exchange": ""},
        {"type": "A", "error": "servfail"}
    ],
    "mail.example.com": [
        {"type": "A", "address": "192.0.2.1"},
        {"type": "AAAA", "address": "2001:db8::1"}
    ],
    "slow.example.com": [
        {"type": "TXT", "strings": ["ï»¿\"quoted\" \\"]},
        {"type": "*", "error": "timeout"}
    ],
    "alias.example.com": [{"type": "CNAME", "target": "WWW.example.com."}],
    "www.example.com": [{"type": "CNAME", "target": "mail.example.com"}],
    "loop.example.com": [{"type": "CNAME", "target": "loop.example.com"}],
    "dangling.example.com": [{"type": "CNAME", "target": "gone.example.com"}],
    "a.deep.example.com": [{"type": "A", "address": "192.0.2.2"}],
    "*.wild.example.com": [{"type": "TXT", "strings": ["wild"]}],
    "host.sub.wild.example.com": [{"type": "A", "address": "192.0.2.3"}]
}"#;

fn question(name: &str, kind: Kind) -> Question {
    Question::new(Name::from_octets(name.as_bytes()).expect("a test writes valid names"), kind)
}

/// The outcome of a question in one word, and the alias that was reached.
async fn outcome(name: &str, kind: Kind) -> String {
    let answer = Zone::from_json(ZONE);
    let answer = answer.lookup(&question(name, kind)).await;
    match answer.aliases.last() {
        Some(alias) => format!("{} at {alias}", answer.outcome.word()),
        None => answer.outcome.word().into(),
    }
}

#[tokio::test]
async fn absent_names_do_not_exist_and_present_ones_have_no_data_of_other_types() {
    assert_eq!(outcome("gone.example.com", Kind::Txt).await, "nxdomain");
    assert_eq!(outcome("MAIL.example.com", Kind::Txt).await, "nodata");
}

#[tokio::test]
async fn a_name_with_descendants_only_has_no_data() {
    assert_eq!(outcome("deep.example.com", Kind::A).await, "nodata");
}

#[tokio::test]
async fn a_failure_of_all_types_spares_those_that_have_records() {
    assert_eq!(outcome("slow.example.com", Kind::Txt).await, "records");
    assert_eq!(outcome("slow.example.com", Kind::A).await, "timeout");
}

#[tokio::test]
async fn a_failure_of_one_type_spares_the_others() {
    assert_eq!(outcome("example.com", Kind::A).await, "servfail");
    assert_eq!(outcome("example.com", Kind::Aaaa).await, "nodata");
}

#[tokio::test]
async fn aliases_are_followed_to_whatever_is_there() {
    assert_eq!(outcome("alias.example.com", Kind::A).await, "records at mail.example.com");
    assert_eq!(outcome("alias.example.com", Kind::Mx).await, "nodata at mail.example.com");
    assert_eq!(outcome("dangling.example.com", Kind::A).await, "nxdomain at gone.example.com");
    assert_eq!(outcome("alias.example.com", Kind::Cname).await, "records");
}

#[tokio::test]
async fn a_loop_of_aliases_fails() {
    assert_eq!(outcome("loop.example.com", Kind::A).await, "servfail");
}

#[tokio::test]
async fn a_wildcard_speaks_for_names_below_its_encloser_unless_a_closer_one_exists() {
    assert_eq!(outcome("any.name.wild.example.com", Kind::Txt).await, "records");
    assert_eq!(outcome("any.wild.example.com", Kind::A).await, "nodata");
    assert_eq!(outcome("sub.wild.example.com", Kind::Txt).await, "nodata");
    assert_eq!(outcome("other.sub.wild.example.com", Kind::Txt).await, "nxdomain");
}

#[tokio::test]
async fn characters_stand_for_octets() {
    let zone = Zone::from_json(ZONE);
    let answer = zone.lookup(&question("slow.example.com", Kind::Txt)).await;
    assert_eq!(answer.texts().next().as_deref(), Some(&b"\xef\xbb\xbf\"quoted\" \\"[..]));
}

#[tokio::test]
async fn the_zone_remembers_what_it_was_asked_in_order() {
    let zone = Zone::from_json(ZONE);
    let asked = [question("www.example.com", Kind::A), question("example.com", Kind::Spf)];
    for question in &asked {
        zone.lookup(question).await;
    }
    assert_eq!(zone.asked(), asked);
}

#[test]
fn a_cassette_holds_every_type_of_every_name_and_says_that_it_is_the_whole_world() {
    let zone = Zone::from_json(
        r#"{"b.example": [{"type": "TXT", "strings": ["a\"ÿ", "b"]}, {"type": "*", "error": "timeout"}],
            "c.example": [{"type": "CNAME", "target": "m.example"}],
            "m.example": [{"type": "MX", "preference": 0, "exchange": ""}]}"#,
    );
    let cassette = zone.cassette();
    let kept = |line: &&str| line.contains("TXT") || line.contains("MX") || line.contains("ca");
    let kept: Vec<_> = cassette.lines().filter(kept).collect();
    assert_eq!(
        kept,
        [
            r#"{"cassette":1,"absent":"nxdomain"}"#,
            r#"{"name":"b.example","type":"MX","outcome":"timeout","records":[],"aliases":[]}"#,
            r#"{"name":"b.example","type":"TXT","outcome":"records","ttl":3600,"records":["\"a\\\"\\255\" \"b\""],"aliases":[]}"#,
            r#"{"name":"c.example","type":"MX","outcome":"records","ttl":3600,"records":["0 ."],"aliases":["m.example"]}"#,
            r#"{"name":"c.example","type":"TXT","outcome":"nodata","records":[],"aliases":["m.example"]}"#,
            r#"{"name":"example","type":"MX","outcome":"nodata","records":[],"aliases":[]}"#,
            r#"{"name":"example","type":"TXT","outcome":"nodata","records":[],"aliases":[]}"#,
            r#"{"name":"m.example","type":"MX","outcome":"records","ttl":3600,"records":["0 ."],"aliases":[]}"#,
            r#"{"name":"m.example","type":"TXT","outcome":"nodata","records":[],"aliases":[]}"#,
        ]
    );
}

#[test]
#[should_panic(expected = "a tape cannot hold a wildcard")]
fn a_zone_with_a_wildcard_is_refused_as_a_cassette() {
    Zone::from_json(ZONE).cassette();
}

#[test]
fn the_openspf_suite_has_203_cases_in_16_scenarios_with_a_cassette_each() {
    let Some(scenarios) = spf_rfc7208() else { return };
    let cases = || scenarios.iter().flat_map(|scenario| &scenario.cases);
    let checked = cases().filter(|case| case.explanation != Explanation::Unchecked);
    let cassettes =
        scenarios.iter().filter(|scenario| scenario.zone.cassette().lines().count() > 1);
    assert_eq!(
        (scenarios.len(), cases().count(), checked.count(), cassettes.count()),
        (16, 203, 22, 16)
    );
}

#[tokio::test]
async fn every_cassette_answers_as_its_zone_does() {
    let Some(scenarios) = spf_rfc7208() else { return };
    let mut offenders = Vec::new();
    for scenario in &scenarios {
        let cassette = Replay::read("tape.jsonl", scenario.zone.cassette().as_bytes())
            .expect("the cassette can be read");
        for question in scenario.zone.questions() {
            let (zone, cassette) = (scenario.zone.lookup(&question), cassette.lookup(&question));
            let (zone, cassette) = (zone.await, cassette.await);
            let same = zone.outcome.word() == cassette.outcome.word()
                && zone.aliases == cassette.aliases
                && joined(&zone) == joined(&cassette);
            if !same {
                offenders.push(format!("{}: {question}: {zone:?} {cassette:?}", scenario.id));
            }
        }
    }
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}

/// The data of an answer, texts joined: a text of no string and one of an empty string are one.
fn joined(answer: &Answer) -> Vec<Result<Vec<u8>, &Data>> {
    answer.records().iter().map(|record| record.data.text().ok_or(&record.data)).collect()
}
