//! Looks that are recorded, the timeline out of them, and questions about the past.

use super::{Ended, SOUND, run};
use serde_json::Value;

/// The same domain after its policy lost its network.
fn shrunken() -> String {
    SOUND.replace("192.0.2.0/24", "192.0.2.0/25")
}

/// The history after looks of `example.com`, each at its time and over its cassette.
fn history(test: &str, looks: &[(&str, &str)]) -> Option<Vec<u8>> {
    let mut ended: Option<Vec<u8>> = None;
    for (number, (time, cassette)) in looks.iter().enumerate() {
        let name = format!("{number}.jsonl");
        let record = ["history", "record", "example.com", "--store", "h.db", "--replay", &name];
        let mut look = run(test, record).arguments(["--at", time]);
        look = match ended.take() {
            None => look,
            // A run begins with an empty folder.
            Some(store) => look.file("h.db", &store),
        };
        let look = look.file(&name, cassette.as_bytes()).end();
        assert!(matches!(look.code, Some(0 | 3)), "{}", look.stderr);
        ended = Some(content(&look));
    }
    ended
}

/// Records looks of `example.com`, and then runs this.
fn after<const N: usize>(test: &str, looks: &[(&str, &str)], arguments: [&str; N]) -> Ended {
    let store = history(test, looks);
    let mut last = run(test, arguments);
    if let Some(store) = store {
        last = last.file("h.db", &store);
    }
    last.end()
}

/// The history that a run left.
#[expect(clippy::disallowed_methods, reason = "the program writes files")]
fn content(ended: &Ended) -> Vec<u8> {
    assert_eq!(ended.files().iter().filter(|name| name.contains("-wal")).count(), 0);
    std::fs::read(ended.folder.join("h.db")).expect("a history was written")
}

/// A time, and the zone that stands then.
type Look = (&'static str, fn() -> String);

const MORNING: [Look; 3] = [
    ("2026-11-26T18:10", || SOUND.to_owned()),
    ("2026-11-26T18:40", shrunken),
    ("2026-11-27T22:40", || SOUND.to_owned()),
];

fn morning<const N: usize>(test: &str, arguments: [&str; N]) -> Ended {
    let looks = MORNING.map(|(time, cassette)| (time, cassette()));
    let looks: Vec<(&str, &str)> = looks.iter().map(|(time, it)| (*time, it.as_str())).collect();
    after(test, &looks, arguments)
}

#[test]
fn a_timeline_says_between_which_looks_a_sender_was_lost_and_came_back() {
    let ended = morning("history-lost", ["history", "example.com", "--store", "h.db"]);
    for said in [
        "changed between 18:10 and 18:40 UTC on 2026-11-26",
        "changed between 2026-11-26 18:40 UTC and 2026-11-27 22:40 UTC",
        "lost     192.0.2.128/25: SPF fail by -all, was pass by ip4:192.0.2.0/24",
        "gained   192.0.2.128/25: SPF pass by ip4:192.0.2.0/24, was fail by -all",
    ] {
        assert!(ended.stdout.contains(said), "{said}:\n{}{}", ended.stdout, ended.stderr);
    }
}

#[test]
fn the_document_satisfies_its_schema_and_has_the_bounds() {
    let json = ["history", "example.com", "--store", "h.db", "-f", "json"];
    let document = morning("history-json", json).document();
    let event = &document["domains"][0]["events"][1];
    let bounds = [&event["kind"], &event["after"], &event["by"]];
    assert_eq!(bounds, ["changed", "2026-11-26T18:10:00Z", "2026-11-26T18:40:00Z"]);
}

#[test]
fn since_and_until_leave_events_out() {
    let flags = ["history", "example.com", "--store", "h.db", "-f", "json"];
    let count = |test: &str, flag: &str, time: &str| {
        let arguments: [&str; 8] = [&flags[..], &[flag, time]].concat().try_into().expect("eight");
        morning(test, arguments).document()["domains"][0]["events"].as_array().map(Vec::len)
    };
    let counts = [
        count("history-since", "--since", "2026-11-26T18:30"),
        count("history-until", "--until", "2026-11-26T18:30"),
    ];
    assert_eq!(counts, [Some(2), Some(1)]);
}

#[test]
fn a_sender_is_asked_about_at_a_moment_of_the_past() {
    let asked = |test: &str, time: &str| {
        let words = ["example.com", "192.0.2.200", "-q", "--store", "h.db", "--at", time];
        morning(test, words).code
    };
    let codes = [
        asked("history-at-before", "2026-11-26T18:20"),
        asked("history-at-during", "2026-11-27T07:30"),
        asked("history-at-after", "2026-11-27T23:00"),
    ];
    assert_eq!(codes, [Some(0), Some(1), Some(0)]);
}

#[test]
fn what_was_not_asked_by_then_is_undetermined_and_never_missing() {
    let words = ["other.example", "--store", "h.db", "--at", "2026-11-27T07:30", "--checks", "spf"];
    assert_eq!(morning("history-at-gap", words).code, Some(3));
}

#[test]
fn a_moment_before_the_first_look_has_no_answers() {
    let words = ["example.com", "--store", "h.db", "--at", "2026-11-26"];
    let ended = morning("history-at-early", words);
    let said = "error: h.db: no look before 2026-11-26 00:00 UTC";
    assert_eq!(ended.refusal(), (Some(2), said));
}

#[test]
fn a_failed_query_is_an_event_and_replaces_nothing() {
    let silent = r#"{"cassette":1}
{"name":"example.com","type":"TXT","outcome":"timeout"}
"#;
    let looks = [("2026-11-26", SOUND), ("2026-11-27", silent), ("2026-11-28", SOUND)];
    let json = ["history", "example.com", "--store", "h.db", "-f", "json"];
    let document = after("history-silent", &looks, json).document();
    let events = document["domains"][0]["events"].as_array().expect("events");
    let kinds: Vec<_> = events.iter().filter_map(|event| event["kind"].as_str()).collect();
    assert_eq!(kinds, ["first", "undetermined", "answers"]);
}

#[test]
fn a_change_behind_a_failure_may_have_begun_before_it() {
    let silent =
        "{\"cassette\":1}\n{\"name\":\"example.com\",\"type\":\"TXT\",\"outcome\":\"servfail\"}\n";
    let looks = [("2026-11-26", SOUND), ("2026-11-27", silent), ("2026-11-28", &shrunken())];
    let json = ["history", "example.com", "--store", "h.db", "-f", "json"];
    let document = after("history-behind", &looks, json).document();
    let event = &document["domains"][0]["events"][2];
    assert_eq!([&event["kind"], &event["after"]], ["changed", "2026-11-26T00:00:00Z"]);
}

#[test]
fn an_exported_moment_is_replayed_to_the_same_report() {
    let export = ["history", "export", "--store", "h.db", "--at", "2026-11-27T07:30"];
    let cassette = morning("history-export", export).stdout;
    let replayed = run("history-replay", ["example.com", "192.0.2.200", "--replay", "m.jsonl"])
        .file("m.jsonl", cassette.as_bytes())
        .end();
    assert_eq!(replayed.code, Some(1), "{}", replayed.screen());
}

#[test]
fn the_history_is_in_the_folder_for_state_unless_a_flag_names_it() {
    let record = ["history", "record", "example.com", "--replay", "a.jsonl", "--at", "2026-11-26"];
    let ended = run("history-place", record)
        .file("a.jsonl", SOUND.as_bytes())
        .variable("XDG_STATE_HOME", "state")
        .end();
    let line = "recorded 2026-11-26 00:00 UTC in state/mailcheck/history.db";
    assert_eq!((ended.code, ended.stdout.lines().last()), (Some(0), Some(line)));
}

#[test]
fn what_means_nothing_is_a_mistake() {
    let refused = |test: &str, arguments: &[&str]| {
        let mut run = run(test, []).file("a.jsonl", SOUND.as_bytes());
        run.arguments.extend(arguments.iter().map(Into::into));
        run.end().refusal().1.to_owned()
    };
    assert_eq!(
        [
            refused("history-none", &["history", "example.com", "--store", "h.db"]),
            refused("history-nowhere", &["history", "example.com"]),
            refused(
                "history-undated",
                &["history", "record", "example.com", "--replay", "a.jsonl", "--store", "h.db"]
            ),
            refused("history-dated", &["history", "record", "example.com", "--at", "2026-11-26"]),
            refused("history-both", &["example.com", "--at", "2026-11-26", "--replay", "a.jsonl"]),
        ],
        [
            "error: h.db: no history. To begin one: mailcheck history record DOMAIN",
            "error: no place for the history: XDG_STATE_HOME and HOME are not set. Add --store FILE",
            "error: --at TIME is missing: when were these answers seen?",
            "error: no place for the history: XDG_STATE_HOME and HOME are not set. Add --store FILE",
            "error: --at answers from the history: leave out --replay",
        ]
    );
}

#[test]
fn a_look_that_is_older_than_the_latest_one_is_refused() {
    let record = ["history", "record", "example.com", "--store", "h.db", "--replay", "a.jsonl"];
    let first = run("history-older", record).arguments(["--at", "2026-11-27"]);
    let store = content(&first.file("a.jsonl", SOUND.as_bytes()).end());
    let second = run("history-older", record).arguments(["--at", "2026-11-26"]);
    let ended = second.file("a.jsonl", SOUND.as_bytes()).file("h.db", &store).end();
    let (code, said) = ended.refusal();
    assert!(code == Some(2) && said.contains("Check the clock"), "{said}");
}

/// An aggregate report of 2026-11-26, by which this address failed.
fn report(address: &str) -> String {
    format!(
        "<feedback><report_metadata><org_name>example.net</org_name><report_id>1</report_id><date_range>\
         <begin>1795651200</begin><end>1795737599</end></date_range></report_metadata><policy_published>\
         <domain>example.com</domain><p>reject</p></policy_published><record><row><source_ip>{address}\
         </source_ip><count>7</count><policy_evaluated><disposition>reject</disposition><dkim>fail</dkim>\
         <spf>fail</spf></policy_evaluated></row><identifiers><header_from>example.com</header_from>\
         </identifiers><auth_results><spf><domain>example.com</domain><result>fail</result></spf>\
         </auth_results></record></feedback>"
    )
}

/// What a report about an address says of it after [`MORNING`], with these flags more.
fn reported<const N: usize>(test: &str, address: &str, flags: [&str; N]) -> (Ended, Value) {
    let looks = MORNING.map(|(time, cassette)| (time, cassette()));
    let looks: Vec<(&str, &str)> = looks.iter().map(|(time, it)| (*time, it.as_str())).collect();
    let store = history(test, &looks).expect("a history was written");
    let ended = run(test, ["report", "r.xml", "--store", "h.db", "-f", "json"])
        .arguments(flags)
        .file("r.xml", report(address).as_bytes())
        .file("now.jsonl", SOUND.as_bytes())
        .file("h.db", &store)
        .end();
    let source = ended.document()["sources"][0].clone();
    (ended, source)
}

#[test]
fn a_failing_source_of_a_report_is_judged_by_the_dns_of_that_day_and_of_now() {
    let (ended, source) = reported("report-then", "192.0.2.200", ["--replay", "now.jsonl"]);
    assert_eq!(
        (&source["passes_now"], &source["earlier"]["passes"]),
        (&true.into(), &false.into())
    );
    assert!(source["advice"].to_string().contains("2026-11-27 22:40 UTC"), "{}", source["advice"]);
    assert_eq!(ended.code, Some(0));
}

#[test]
fn a_source_of_a_report_that_spf_did_not_list_that_day_is_a_strangers_without_a_query() {
    let (ended, source) = reported("report-offline", "203.0.113.9", ["--offline"]);
    assert_eq!(
        (&source["passes_now"], &source["earlier"]["passes"]),
        (&Value::Null, &false.into())
    );
    assert_eq!(ended.code, Some(0));
}

#[test]
fn a_source_of_a_report_that_spf_listed_all_day_did_not_fail_for_the_record() {
    let (_, source) = reported("report-listed", "192.0.2.25", ["--replay", "now.jsonl"]);
    assert!(source["advice"].to_string().contains("is not why"), "{}", source["advice"]);
}

#[test]
fn a_report_older_than_the_history_is_judged_by_now_and_says_so() {
    let looks = [("2026-11-28T10:00", SOUND)];
    let store = history("report-young", &looks).expect("a history was written");
    let ended =
        run("report-unknown", ["report", "r.xml", "--store", "h.db", "--replay", "l.jsonl"])
            .file("r.xml", report("192.0.2.25").as_bytes())
            .file("l.jsonl", SOUND.as_bytes())
            .file("h.db", &store)
            .end();
    assert!(ended.stdout.contains("no look at example.com"), "{}", ended.stdout);
}

#[test]
fn a_history_that_nothing_would_be_read_from_is_refused() {
    let errors = |test, words: [&str; 4]| {
        let run = run(test, words).arguments(["--replay", "l.jsonl"]);
        let run = run.file("l.jsonl", SOUND.as_bytes());
        run.file("m.eml", b"From: a@example.com\n\nx\n").end().stderr
    };
    let said =
        "error: --store names a history and --at the moment to read from it: add --at TIME\n";
    let found = [
        errors("store-alone", ["example.com", "-q", "--store", "h.db"]),
        errors("store-message", ["message", "m.eml", "--store", "h.db"]),
    ];
    assert_eq!(found, [said, said]);
}
