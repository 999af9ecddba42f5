//! Looks that are recorded, the timeline out of them, and questions about the past.

use super::{Ended, SOUND, run};

/// The same domain after its policy lost its network.
fn shrunken() -> String {
    SOUND.replace("192.0.2.0/24", "192.0.2.0/25")
}

/// Records looks of `example.com`, each at its time and over its cassette, and then runs this.
fn after<const N: usize>(test: &str, looks: &[(&str, &str)], arguments: [&str; N]) -> Ended {
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
    let mut last = run(test, arguments);
    if let Some(store) = ended {
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
