//! Zone files, cassettes, and files that reports are written to.

use super::{SOUND, replay, run};

/// A zone that speaks for all of `example.com`.
const ZONE: &str = "\
$ORIGIN example.com.
$TTL 1h
@ SOA ns hostmaster 1 2h 1h 2w 1h
@ TXT \"v=spf1 mx -all\"
@ MX 10 mx
mx A 192.0.2.1
";

#[test]
fn a_fault_on_line_7_of_a_zone_is_named_with_its_place() {
    let zone = format!("{ZONE}www A 192.0.2.300\n");
    let run = run("zone-fault", ["example.com", "--offline", "--zone", "new.zone"]);
    let ended = run.file("new.zone", zone.as_bytes()).end();
    let note = "1 entry not read (new.zone:7:7: expected an IPv4 address)";
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(note), "{said}");
}

#[test]
fn every_fault_of_a_zone_is_named_up_to_a_bound() {
    let zone = "a.example. A x\n".repeat(1000);
    let run = run("zone-faults", ["example.com", "--offline", "--zone", "new.zone"]);
    let ended = run.file("new.zone", zone.as_bytes()).end();
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("1000 entries not read") && said.contains("and 997 more"), "{said}");
}

#[test]
fn a_zone_laid_over_a_cassette_speaks_for_its_domain() {
    let run = replay("overlay", SOUND, ["example.com", "192.0.2.1", "--zone", "new.zone", "-q"]);
    let ended = run.file("new.zone", ZONE.as_bytes()).end();
    assert_eq!(ended.answer(), "YES  example.com: 192.0.2.1 is authorized: SPF pass, by mx");
}

#[test]
fn offline_a_zone_answers_alone() {
    let run = run("offline", ["example.com", "--offline", "--zone", "new.zone"]);
    let report = run.file("new.zone", ZONE.as_bytes()).arguments(["--checks", "mx,spf"]).json();
    assert_eq!((&report["exit_code"], &report["run"]["questions"]), (&0.into(), &0.into()));
}

#[test]
fn offline_needs_something_that_answers() {
    assert_eq!(
        run("offline-alone", ["example.com", "--offline"]).end().refusal(),
        (Some(2), "error: --offline needs --zone FILE or --replay FILE")
    );
}

#[test]
fn a_cassette_that_is_cut_off_is_refused_with_the_line() {
    let cut = &SOUND[..SOUND.len() - 30];
    assert_eq!(
        replay("cut", cut, ["example.com"]).end().refusal(),
        (Some(2), "error: tape.jsonl:6: truncated line: the recording is incomplete")
    );
}

#[test]
fn rubbish_on_a_cassette_is_refused_with_the_line() {
    let cassette = SOUND.replace("{\"name\":\"mx.example.com\"", "\x1b[31mrubbish");
    let ended = replay("rubbish", &cassette, ["example.com"]).end();
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.starts_with("error: tape.jsonl:4: expected an answer as JSON"), "{said}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let ended = run("no-tape", ["example.com", "--replay", "tape.jsonl"]).end();
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.starts_with("error: tape.jsonl: No such file"), "{said}");
}

#[test]
fn a_cassette_that_cannot_be_written_leaves_nothing_behind() {
    let arguments = ["example.com", "--offline", "--zone", "new.zone", "--record", "no/tape.jsonl"];
    let ended = run("unwritable", arguments).file("new.zone", ZONE.as_bytes()).end();
    let (code, said) = ended.refusal();
    assert!(said.starts_with("error: cannot write no/tape.jsonl: "), "{said}");
    assert_eq!((code, ended.files()), (Some(4), vec!["new.zone".to_owned()]));
}

#[test]
fn a_cassette_in_the_place_of_a_folder_leaves_nothing_half_written() {
    let arguments = ["example.com", "--offline", "--zone", "new.zone", "--record", "taken"];
    let run = run("half-written", arguments).file("new.zone", ZONE.as_bytes());
    std::fs::create_dir(run.folder.join("taken")).expect("a folder can be made");
    let ended = run.end();
    assert_eq!((ended.code, ended.files()), (Some(4), vec!["new.zone".into(), "taken".to_owned()]));
}

#[test]
fn a_report_that_cannot_be_written_keeps_the_one_that_was_there() {
    let run = replay("kept", SOUND, ["example.com", "-f", "json=out/report.json"]);
    let ended = run.file("out", b"no folder").end();
    assert_eq!((ended.code, ended.read("out").as_str()), (Some(4), "no folder"));
}

#[test]
fn a_report_that_has_nowhere_to_go_is_told_before_anything_is_asked() {
    for (name, place) in [("nowhere", "json=no/report.json"), ("folder", "json=.")] {
        let offline = ["example.com", "--offline", "--zone", "new.zone"];
        let run = run(name, offline).arguments(["--record", "tape.jsonl", "-f", place]);
        let ended = run.file("new.zone", ZONE.as_bytes()).end();
        assert_eq!((ended.code, ended.files()), (Some(4), vec!["new.zone".to_owned()]));
    }
}

#[test]
fn two_reports_for_one_file_are_refused() {
    let arguments = ["example.com", "-f", "json=report.json", "-f", "json=report.json"];
    let ended = replay("twice", SOUND, arguments).end();
    assert_eq!(ended.refusal(), (Some(2), "error: two formats for the same output: report.json"));
}

#[test]
fn what_was_recorded_answers_the_same_again() {
    let live = ["example.com", "--offline", "--zone", "new.zone", "--record", "tape.jsonl"];
    let first = run("record", live).file("new.zone", ZONE.as_bytes()).end();
    let cassette = first.read("tape.jsonl");
    let arguments = ["example.com", "--zone", "new.zone"];
    let second =
        replay("record-replay", &cassette, arguments).file("new.zone", ZONE.as_bytes()).end();
    assert_eq!(first.answer(), second.answer());
}

// ── comments ────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_comment_of_a_zone_file_leaves_out_what_it_names() {
    let zone = "example.com. 60 TXT \"v=spf1 ptr ip4:192.0.2.0/24 -all\" \
                ; mailcheck: ignore[spf/ptr] the relay goes in March\n";
    let run = replay("comment", SOUND, ["example.com", "--zone", "new.zone"]);
    let report = run.file("new.zone", zone.as_bytes()).json();
    let findings = report["domains"][0]["findings"].as_array().expect("findings are a list");
    let ptr: Vec<_> = findings.iter().filter(|it| it["id"] == "spf/ptr").collect();
    let [ptr] = ptr.as_slice() else { panic!("one finding: {report}") };
    assert_eq!(ptr["suppressed"]["reason"], "the relay goes in March");
}
