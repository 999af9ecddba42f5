use super::*;
use crate::dns::{
    Answer, Data, Dns as _, Failure, Kind, Outcome, Provenance, Question, Replay, Trouble,
};
use crate::net::Name;
use crate::report::{Judged, Report, Run, Threshold};
use std::path::Path;

const HOUR: u64 = 3600;

/// A history that no file holds.
fn store() -> Store {
    Store::open(Path::new(":memory:"), Access::Write).expect("memory takes a history")
}

fn question() -> Question {
    Question::new(Name::from_unicode("example.com").expect("a name"), Kind::Txt)
}

/// An answer with these texts, which are cached for so long.
fn answer(texts: &[&str], ttl: u32) -> Answer {
    let records = texts.iter().map(|text| Data::from_text(text.as_bytes()).into()).collect();
    let from = Provenance::Zone("test".into());
    let mut answer = Answer::new(question(), Outcome::Records(records), from);
    answer.ttl = Some(ttl);
    answer
}

fn failed(trouble: Trouble, detail: &str) -> Answer {
    let why = Outcome::Failed(Failure::because(trouble, detail));
    Answer::new(question(), why, Provenance::Zone("test".into()))
}

/// Makes one look that sees this.
fn look(store: &mut Store, at: u64, answer: &Answer) {
    let mut look = store.look(at).expect("it can be written");
    look.observe([answer]).expect("it can be written");
    look.keep().expect("it can be written");
}

/// What the query had at that time: its texts, or the word for the outcome.
async fn seen(store: &Store, at: u64) -> String {
    let text = store.cassette(at).expect("it can be read");
    let replay = Replay::read("history", text).expect("a cassette");
    let answer = replay.lookup(&question()).await;
    let texts: Vec<String> =
        answer.texts().map(|text| String::from_utf8_lossy(&text).into_owned()).collect();
    if texts.is_empty() { answer.outcome.word().to_owned() } else { texts.join(" ") }
}

fn count(store: &Store, table: &str) -> i64 {
    let asked = format!("SELECT count(*) FROM {table}");
    store.connection.query_row(&asked, [], |row| row.get(0)).expect("it can be counted")
}

fn report() -> Report {
    Judged::new(Vec::new(), Vec::new()).conclude(Run::default(), Threshold::default())
}

#[tokio::test]
async fn each_moment_has_the_answer_that_was_seen_last_by_then() {
    let mut store = store();
    look(&mut store, 10, &answer(&["old"], 60));
    look(&mut store, 20, &answer(&["old"], 60));
    look(&mut store, 30, &answer(&["new"], 60));
    let moments = [9, 10, 15, 29, 30, 99];
    let mut answers = Vec::new();
    for at in moments {
        answers.push(seen(&store, at).await);
    }
    assert_eq!(answers, ["not_recorded", "old", "old", "old", "new", "new"]);
}

#[test]
fn moments_that_are_read_together_are_as_each_is_alone() {
    let mut store = store();
    look(&mut store, 10, &answer(&["old"], 60));
    look(&mut store, 20, &failed(Trouble::Timeout, ""));
    look(&mut store, 30, &answer(&["new"], 60));
    let moments = [31, 5, 10, 25];
    let alone = moments.map(|at| store.cassette(at).expect("it can be read"));
    assert_eq!(store.cassettes(moments), Ok(alone));
}

#[tokio::test]
async fn a_failure_ends_what_was_known_and_does_not_replace_it() {
    let mut store = store();
    look(&mut store, 10, &answer(&["known"], 60));
    look(&mut store, 20, &failed(Trouble::Timeout, "3 tries, 5003 ms"));
    look(&mut store, 30, &answer(&["known"], 60));
    let answers = [seen(&store, 15).await, seen(&store, 25).await, seen(&store, 35).await];
    assert_eq!(answers, ["known", "timeout", "known"]);
}

#[test]
fn order_ttl_and_the_numbers_in_a_failure_are_no_change() {
    let mut store = store();
    look(&mut store, 10, &answer(&["a", "b"], 300));
    look(&mut store, 20, &answer(&["b", "a"], 17));
    look(&mut store, 30, &failed(Trouble::Timeout, "5003 ms"));
    look(&mut store, 40, &failed(Trouble::Timeout, "5001 ms"));
    assert_eq!((count(&store, "observation"), count(&store, "answer")), (2, 2));
}

#[test]
fn an_answer_that_comes_back_is_kept_once() {
    let mut store = store();
    for (at, text) in [(1, "a"), (2, "b"), (3, "a"), (4, "b")] {
        look(&mut store, at, &answer(&[text], 60));
    }
    assert_eq!((count(&store, "observation"), count(&store, "answer")), (4, 2));
}

#[tokio::test]
async fn names_that_do_not_exist_have_one_answer_and_each_its_own() {
    let mut store = store();
    let absent = ["a.example", "b.example", "c.example"].map(|name| {
        let question = Question::new(Name::from_unicode(name).expect("a name"), Kind::Txt);
        Answer::new(question, Outcome::NxDomain, Provenance::Zone("test".into()))
    });
    let mut look = store.look(10).expect("it can be written");
    look.observe(&absent).expect("it can be written");
    look.keep().expect("it can be written");
    assert_eq!((count(&store, "observation"), count(&store, "answer")), (3, 1));
    let replay = store.replay(10).expect("it can be read");
    for answer in &absent {
        assert_eq!(replay.lookup(&answer.question).await.outcome, Outcome::NxDomain);
    }
}

#[tokio::test]
async fn an_answer_that_an_earlier_form_kept_with_its_name_goes_on() {
    let mut store = store();
    look(&mut store, 10, &answer(&["kept"], 60));
    let named = "UPDATE answer SET hash = x'00', line = \
        '{\"name\":\"example.com\",\"type\":\"TXT\",' || substr(line, 2)";
    store.connection.execute(named, []).expect("it can be changed");
    look(&mut store, 20, &answer(&["kept"], 60));
    assert_eq!((count(&store, "observation"), seen(&store, 20).await), (1, "kept".to_owned()));
}

#[tokio::test]
async fn a_look_that_is_not_kept_leaves_nothing() {
    let mut store = store();
    look(&mut store, 10, &answer(&["old"], 60));
    let mut broken = store.look(20).expect("it can be written");
    broken.observe([&answer(&["new"], 60)]).expect("it can be written");
    drop(broken);
    assert_eq!((seen(&store, 30).await.as_str(), store.newest()), ("old", Ok(Some(10))));
}

#[test]
fn a_clock_that_was_set_back_is_an_error_and_changes_nothing() {
    let mut store = store();
    look(&mut store, 1_795_716_600, &answer(&["a"], 60));
    let refused = store.look(1_795_716_599).map(|_| ()).expect_err("it is older");
    assert_eq!(
        refused.to_string(),
        "the look at 2026-11-26 18:09 UTC is older than the latest one in the history, of \
         2026-11-26 18:10 UTC: nothing was recorded. Check the clock"
    );
}

#[test]
fn a_full_disk_is_an_error_and_what_was_there_stays() {
    let mut store = store();
    look(&mut store, 10, &answer(&["a"], 60));
    let pages: i64 = store
        .connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .expect("it has pages");
    let limit = |file: &Store, pages: i64| {
        let set = format!("PRAGMA max_page_count = {pages}");
        file.connection.query_row(&set, [], |_| Ok(())).expect("a limit is set");
    };
    limit(&store, pages);
    let long = "x".repeat(100_000);
    let mut full = store.look(20).expect("nothing is written yet");
    let refused = full.observe([&answer(&[&long], 60)]);
    drop(full);
    assert_eq!((refused, store.newest()), (Err(StoreError::Full), Ok(Some(10))));
}

#[test]
fn a_report_that_stays_is_kept_once_and_is_read_back() {
    let (mut store, domain) = (store(), question().name);
    for at in [10, 20, 30] {
        let mut look = store.look(at).expect("it can be written");
        look.report(&domain, &report()).expect("it can be written");
        look.keep().expect("it can be written");
    }
    let sightings = store.reports(&domain).expect("it can be read");
    let spans: Vec<_> = sightings.iter().map(|it| (it.first, it.last, it.looks)).collect();
    let written = |report: &Report| serde_json::to_string(report).expect("it can be written");
    assert_eq!(spans, [(10, 30, 3)]);
    assert_eq!(written(&sightings[0].report), written(&report()));
    assert_eq!(store.domains(), Ok(vec![domain]));
}

#[test]
fn a_year_of_hourly_looks_at_a_quiet_domain_takes_less_than_two_megabytes() {
    let (mut store, domain) = (store(), question().name);
    for hour in 0..8760 {
        let mut look = store.look(hour * HOUR).expect("it can be written");
        // A change a month, and a failure a day.
        let month = format!("v=spf1 ip4:192.0.2.{} -all", hour / 730);
        let seen = match hour % 24 {
            7 => failed(Trouble::Timeout, ""),
            _ => answer(&[&month], 300),
        };
        look.observe([&seen]).expect("it can be written");
        look.report(&domain, &report()).expect("it can be written");
        look.keep().expect("it can be written");
    }
    let pages: i64 = store
        .connection
        .query_row(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            [],
            |row| row.get(0),
        )
        .expect("it has a size");
    assert!(pages < 2_000_000, "{pages} octets");
}

#[tokio::test]
async fn pruning_keeps_changes_and_drops_old_failures() {
    let mut store = store();
    look(&mut store, 10, &answer(&["old"], 60));
    look(&mut store, 20, &failed(Trouble::Timeout, ""));
    look(&mut store, 30, &answer(&["new"], 60));
    look(&mut store, 40, &failed(Trouble::Refused, ""));
    store.prune(35).expect("it can be written");
    let answers = [seen(&store, 25).await, seen(&store, 35).await, seen(&store, 45).await];
    assert_eq!(answers, ["old", "new", "refused"]);
}

mod watching;
