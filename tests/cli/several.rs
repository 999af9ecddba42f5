//! Several domains: a table, lists, what is written when, and what is left of an interrupted run.

use super::{Run, SOUND, replay, run};
use serde_json::{Value, json};
use std::io::{BufReader, Read as _, Write as _};
use std::net::UdpSocket;
use std::process::{Child, ChildStdout, Command, Stdio};

/// The sound domain, one with too many lookups, one without anything, and one with a long name.
fn tape() -> String {
    let includes: String = (0..11).map(|number| format!("include:i{number}.example ")).collect();
    let line = |name: &str, kind: &str, data: &str| {
        serde_json::json!({"name": name, "type": kind, "records": [data]}).to_string() + "\n"
    };
    let mut tape = SOUND.to_owned();
    tape.push_str(&line("deep.example", "TXT", &format!("\"v=spf1 {includes}-all\"")));
    for number in 0..11 {
        tape.push_str(&line(&format!("i{number}.example"), "TXT", "\"v=spf1 ip4:192.0.2.1 -all\""));
    }
    tape.push_str(&line(LONG, "TXT", "\"v=spf1 -all\""));
    tape.push_str("{\"name\":\"lost.example\",\"type\":\"TXT\",\"outcome\":\"timeout\"}\n");
    tape
}

const LONG: &str = "xn--bcher-kva.a-name-that-is-rather-long-for-a-column-of-a-table.example";

/// Four domains, one of each kind.
const FOUR: [&str; 4] = ["example.com", "deep.example", LONG, "lost.example"];

/// A run over a list in a file.
fn listed(test: &str, list: &str) -> Run {
    let run = replay(test, &tape(), ["--domains", "list.txt"]);
    run.file("list.txt", list.as_bytes())
}

#[test]
fn more_than_three_domains_are_a_table_and_what_is_gravest() {
    let ended = replay("table", &tape(), FOUR).end();
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn a_table_fits_its_terminal_but_for_names() {
    let ended = replay("table-wide", &tape(), FOUR).end();
    let others = ended.stdout.lines().filter(|line| !line.contains(LONG));
    let wide = others.filter(|line| line.chars().count() > 80);
    assert_eq!(wide.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn a_table_of_ascii_is_of_ascii() {
    let ended = replay("table-ascii", &tape(), FOUR).arguments(["--ascii"]).end();
    assert!(ended.stdout.is_ascii());
}

#[test]
fn the_answer_about_a_sender_stands_below_its_row() {
    let ended = replay("table-sender", &tape(), FOUR).arguments(["203.0.113.9"]).end();
    let below = ended.stdout.lines().filter(|line| line.starts_with("    "));
    let answers = below.filter(|line| line.contains("203.0.113.9"));
    assert_eq!(answers.count(), 4, "{}", ended.stdout);
}

#[test]
fn three_domains_are_a_report_each() {
    let [one, two, three, _] = FOUR;
    let ended = replay("three", &tape(), [one, two, three]).end();
    assert!(!ended.stdout.contains("verdict"), "{}", ended.stdout);
}

#[test]
fn full_shows_a_report_each_however_many_there_are() {
    let ended = replay("full-report", &tape(), FOUR).arguments(["--full"]).end();
    let rows = ended.stdout.lines().filter(|line| line.starts_with("  DMARC "));
    assert_eq!(rows.count(), 4, "{}", ended.stdout);
}

#[test]
fn what_fails_goes_before_what_is_unknown_in_the_exit_code() {
    let codes = [["deep.example", "lost.example"], ["example.com", "lost.example"]]
        .map(|domains| replay("worst", &tape(), domains).end().code);
    assert_eq!(codes, [Some(1), Some(3)]);
}

#[test]
fn a_list_may_have_comments_and_blank_lines() {
    let ended = listed("list", "# ours\n\nexample.com # the shop\r\n").arguments(["-q"]).end();
    assert_eq!((ended.code, ended.stdout.lines().count()), (Some(0), 1));
}

#[test]
fn a_line_that_is_no_domain_is_reported_and_skipped_and_the_exit_code_is_2() {
    let ended = listed("list-faulty", "example.com\nexample,com\n\nlost.example\n").end();
    let said = "error: list.txt:2: \"example,com\" is not a domain name: ',' at column 8. \
                Did you mean example.com?\n";
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(2), said));
}

#[test]
fn the_reports_of_the_other_lines_are_complete() {
    let list = "example.com\nexample,com\n\nlost.example\n";
    let report = listed("list-complete", list).json();
    let domains: Vec<&str> = report["domains"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["domain"].as_str())
        .collect();
    assert_eq!((domains, &report["exit_code"]), (vec!["example.com", "lost.example"], &2.into()));
}

#[test]
fn an_empty_list_is_a_mistake() {
    let ended = listed("list-empty", "# nothing yet\n").end();
    assert_eq!(ended.refusal(), (Some(2), "error: list.txt: there is no domain in it"));
}

#[test]
fn a_list_that_is_not_there_is_a_mistake() {
    let ended = replay("list-missing", SOUND, ["--domains", "none.txt"]).end();
    let (code, said) = ended.refusal();
    assert_eq!((code, said.starts_with("error: none.txt: ")), (Some(2), true), "{said}");
}

#[test]
fn words_go_before_the_lines_of_a_list() {
    let ended = listed("words-first", "example.com\n").arguments(["lost.example", "-q"]).end();
    let names: Vec<&str> =
        ended.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["lost.example", "example.com"]);
}

#[test]
fn nothing_is_said_about_progress_where_standard_error_is_no_terminal() {
    assert_eq!(replay("no-progress", &tape(), FOUR).end().stderr, "");
}

// ── a domain that is named again ────────────────────────────────────────────────────────────────

/// The domains of a report.
fn domains(report: &Value) -> Vec<&str> {
    let domains = report["domains"].as_array().expect("a list of domains");
    domains.iter().filter_map(|it| it["domain"].as_str()).collect()
}

#[test]
fn a_domain_that_is_named_again_is_checked_once() {
    let list = "lost.example\nexample.com\nEXAMPLE.com.\nlost.example # again\n";
    let report = listed("again", list).arguments(["example.com", "example.com"]).json();
    assert_eq!(domains(&report), ["example.com", "lost.example"]);
}

#[test]
fn it_is_said_how_many_were_named_again() {
    let report = listed("again-note", "example.com\nexample.com\nexample.com\n").json();
    let notes = report["run"]["notes"].to_string();
    assert!(
        notes.contains("2 lines or words name a domain again: each is checked once"),
        "{notes}"
    );
}

#[test]
fn a_domain_with_another_selector_is_another_question() {
    let list = "a._domainkey.example.com\nb._domainkey.example.com\na._domainkey.example.com\n";
    let report = listed("again-selector", list).json();
    assert_eq!(domains(&report), ["example.com", "example.com"]);
}

#[test]
fn four_words_for_one_domain_are_one_report_and_no_table() {
    let ended = replay("again-words", &tape(), ["example.com"; 4]).end();
    assert!(!ended.stdout.contains("verdict"), "{}", ended.stdout);
}

// ── a list that goes on ─────────────────────────────────────────────────────────────────────────

/// What Ctrl-C does to a program.
fn interrupt(program: &Child) {
    let pid = program.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status().expect("kill runs");
    assert!(sent.success());
}

/// A run that reads its list from standard input, which stays open.
struct Typing {
    program: Child,
    stdout: BufReader<ChildStdout>,
}

impl Typing {
    fn begin<const N: usize>(test: &str, flags: [&str; N]) -> (Self, Run) {
        Self::over(replay(test, &tape(), ["-"]).arguments(flags))
    }

    fn over(run: Run) -> (Self, Run) {
        let mut program =
            run.command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
        let stdout = BufReader::new(program.stdout.take().expect("a pipe"));
        (Self { program, stdout }, run)
    }

    fn types(&mut self, lines: &str) {
        let stdin = self.program.stdin.as_mut().expect("a pipe");
        stdin.write_all(lines.as_bytes()).and_then(|()| stdin.flush()).expect("it reads");
    }

    /// What is written until it ends so, and not an octet more.
    fn until(&mut self, end: &str) -> String {
        let (mut text, mut octet) = (Vec::new(), [0]);
        while !text.ends_with(end.as_bytes()) {
            self.stdout.read_exact(&mut octet).expect("there is more");
            text.extend(octet);
        }
        String::from_utf8(text).expect("text is UTF-8")
    }

    /// The rest of what is written, and the exit code.
    fn end(mut self) -> (String, Option<i32>) {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("text");
        (rest, self.program.wait().expect("it ends").code())
    }
}

#[test]
fn a_report_is_written_while_the_list_is_still_being_read() {
    let (mut typing, _) = Typing::begin("typing", ["-f", "jsonl"]);
    typing.types("example.com\n");
    // The list is still open.
    assert!(typing.until("\n").contains("\"example.com\""));
    drop(typing.program.stdin.take());
    assert_eq!(typing.end(), (String::new(), Some(0)));
}

#[test]
fn rows_of_a_table_are_written_while_the_list_is_still_being_read() {
    let (mut typing, _) = Typing::begin("typing-table", []);
    typing.types("example.com\na.example\nb.example\nc.example\n");
    let rows = [typing.until("\n"), typing.until("\n"), typing.until("\n")];
    assert!(rows[2].starts_with("a.example "), "{rows:?}");
    drop(typing.program.stdin.take());
    typing.end();
}

#[test]
fn an_interrupted_run_leaves_a_whole_document_and_exits_with_130() {
    let (mut typing, _) = Typing::begin("interrupt", ["-f", "json"]);
    typing.types("example.com\n");
    let mut document = typing.until("\n    }");
    interrupt(&typing.program);
    let (rest, code) = typing.end();
    document.push_str(&rest);
    let report: Value = serde_json::from_str(&document).expect("a whole document");
    let domains = report["domains"].as_array().map(Vec::len);
    assert_eq!((code, domains, &report["exit_code"]), (Some(130), Some(1), &130.into()));
}

#[test]
fn an_interrupt_while_servers_are_asked_is_quiet() {
    let server = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
    let port = server.local_addr().expect("it has an address").port();
    let run = run("interrupt-asking", ["example.com", "--resolver", &format!("127.0.0.1:{port}")]);
    let program = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let program = program.expect("it runs");
    server.recv_from(&mut [0; 512]).expect("it asks");
    interrupt(&program);
    let out = program.wait_with_output().expect("it ends");
    let said = [out.stdout, out.stderr].concat();
    assert_eq!((out.status.code(), String::from_utf8_lossy(&said).as_ref()), (Some(130), ""));
}

#[test]
fn an_interrupted_run_leaves_whole_files() {
    let (mut typing, run) =
        Typing::begin("interrupt-file", ["-f", "jsonl", "-f", "sarif=report.sarif"]);
    typing.types("example.com\n");
    typing.until("\n");
    interrupt(&typing.program);
    typing.end();
    #[expect(clippy::disallowed_methods, reason = "the program writes files")]
    let sarif = std::fs::read(run.folder.join("report.sarif")).expect("the file is there");
    let sarif: Value = serde_json::from_slice(&sarif).expect("the file is whole");
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(
        (&invocation["exitCode"], &invocation["executionSuccessful"]),
        (&130.into(), &false.into())
    );
}

#[test]
fn an_interrupted_recording_says_so_and_is_played() {
    let world = ["-", "--offline", "--zone", "new.zone", "-f", "jsonl", "--record", "new.jsonl"];
    let zone = b"$ORIGIN example.com.\n@ SOA a. b. 1 1 1 1 1\n@ MX 0 .\n";
    let run = run("interrupt-record", world).file("new.zone", zone);
    let (mut typing, run) = Typing::over(run);
    typing.types("example.com\n");
    typing.until("\n");
    interrupt(&typing.program);
    typing.end();
    #[expect(clippy::disallowed_methods, reason = "the program writes files")]
    let cassette = std::fs::read_to_string(run.folder.join("new.jsonl")).expect("it is there");
    let report = replay("interrupt-replay", &cassette, ["example.com"]).json();
    let sources = report["run"]["sources"].to_string();
    assert!(sources.contains("tape.jsonl, which was interrupted"), "{sources}");
}

#[test]
fn where_nobody_reads_any_more_the_run_ends_quietly() {
    let (mut typing, _) = Typing::begin("unread", ["-f", "jsonl", "--fail-on", "never"]);
    typing.types("example.com\n");
    typing.until("\n");
    let Typing { mut program, stdout } = typing;
    drop(stdout);
    // The list goes on until the program has noticed.
    let mut stdin = program.stdin.take().expect("a pipe");
    let mut names = (0..).map(|number| format!("d{number}.example\n"));
    while names.next().is_some_and(|name| stdin.write_all(name.as_bytes()).is_ok()) {}
    assert_eq!(program.wait().expect("it ends").code(), Some(0));
}

#[test]
fn a_file_is_there_when_it_is_whole() {
    let ended = run("files-whole", ["example.com", "--replay", "tape.jsonl"])
        .file("tape.jsonl", SOUND.as_bytes())
        .arguments(["-f", "text=report.txt", "-f", "json=report.json"])
        .end();
    assert_eq!(ended.files(), ["report.json", "report.txt", "tape.jsonl"]);
}

#[test]
fn a_line_with_columns_is_no_misspelt_name() {
    let list = "example.com,yes\nexample.com;1\nexample.com lost.example\n";
    let ended = listed("list-columns", list).end();
    assert_eq!(
        ended.stderr,
        "error: list.txt:1: one domain per line, found a comma at column 12\n\
         error: list.txt:2: one domain per line, found a semicolon at column 12\n\
         error: list.txt:3: one domain per line, found a space at column 12\n"
    );
}

#[test]
fn a_line_that_is_no_domain_is_an_error_of_the_document() {
    let list = "example.com\nexample,com\n";
    let ended = listed("list-errors", list).arguments(["-f", "json"]).end();
    let report: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let [error] = report["errors"].as_array().map(Vec::as_slice).expect("a list") else {
        panic!("one line is wrong: {}", report["errors"]);
    };
    let place = ["kind", "file", "line"].map(|member| error[member].clone());
    assert_eq!(Value::from(place.to_vec()), json!(["not_a_domain", "list.txt", 2]));
    let said = format!("error: list.txt:2: {}\n", error["message"].as_str().unwrap_or_default());
    assert_eq!(ended.stderr, said);
}
