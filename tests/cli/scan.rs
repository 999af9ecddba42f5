//! Very many domains, a line each.

use super::{Ended, Run, SOUND, replay, run, schemas, text, world};
use serde_json::Value;
use std::net::UdpSocket;

/// A run of scan over a list in a file.
fn scan(test: &str, list: &[u8]) -> Run {
    replay(test, &tape(), []).file("list.txt", list).verb()
}

/// The sound domain, and one whose policy receivers refuse.
fn tape() -> String {
    let broken = ("broken.example", "TXT", text(b"v=spf1 ip4:192.0.2.300 -all"));
    let others = world(&[broken]);
    let others = others.split_once('\n').map(|(_, records)| records).unwrap_or_default();
    format!(
        "{SOUND}{others}{{\"name\":\"lost.example\",\"type\":\"TXT\",\"outcome\":\"timeout\"}}\n"
    )
}

impl Run {
    /// With the verb and the list before everything else.
    fn verb(mut self) -> Self {
        self.arguments.splice(0..0, ["scan".into(), "list.txt".into()]);
        self
    }
}

/// The rows on standard output, which are what their schema says, by their line.
fn rows(ended: &Ended) -> Vec<Value> {
    rows_of(&ended.stdout)
}

fn rows_of(text: &str) -> Vec<Value> {
    let mut rows: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
        .collect();
    for row in &rows {
        assert_eq!(schemas::faults(row), Vec::<String>::new());
    }
    rows.sort_by_key(|row| row["line"].as_u64());
    rows
}

/// Line, domain and result of each row.
fn outlines(rows: &[Value]) -> Vec<(u64, &str, Option<&str>)> {
    let outline = |row: &'_ Value| row["line"].as_u64().unwrap_or_default();
    rows.iter()
        .map(|row| (outline(row), row["domain"].as_str().unwrap_or(""), row["result"].as_str()))
        .collect()
}

const LIST: &[u8] =
    b"\xef\xbb\xbf# ours\n\nexample.com\r\nbroken.example\nlost.example\nexample.com\n";

#[test]
fn every_line_that_names_a_domain_has_a_row() {
    let ended = scan("scan", LIST).end();
    let rows = rows(&ended);
    let expected = [
        (3, "example.com", Some("ok")),
        (4, "broken.example", Some("fail")),
        (5, "lost.example", Some("unknown")),
        (6, "example.com", Some("ok")),
    ];
    assert_eq!((ended.code, outlines(&rows)), (Some(0), expected.to_vec()));
}

#[test]
fn a_row_says_what_the_report_of_the_domain_says() {
    let rows = rows(&scan("scan-row", b"broken.example\n").end());
    let report = replay("scan-report", &tape(), ["broken.example", "--checks", "mx,spf,dmarc"]);
    let domain = report.domain();
    let of_report: Vec<&Value> =
        domain["findings"].as_array().unwrap().iter().map(|it| &it["rule"]).collect();
    let of_row: Vec<&Value> =
        rows[0]["findings"].as_array().unwrap().iter().map(|it| &it["rule"]).collect();
    assert_eq!(of_row, of_report);
    assert_eq!(rows[0]["headline"].as_str(), domain["headline"].as_str());
    assert_eq!(rows[0]["result"], domain["result"]);
}

#[test]
fn a_line_that_names_no_domain_has_a_row_that_says_why() {
    let long = "x".repeat(10_000);
    let list = format!("192.0.2.1\nno domain\na\0b.example\n{long}\nexample.com\n");
    let ended = scan("scan-faulty", list.as_bytes()).end();
    let rows = rows(&ended);
    let errors: Vec<bool> = rows.iter().map(|row| row["error"].is_string()).collect();
    assert_eq!((ended.code, errors), (Some(0), vec![true, true, true, true, false]));
}

#[test]
fn rows_come_in_the_order_of_the_input_where_that_is_asked_for() {
    let list: String = (0..300).map(|number| format!("d{number}.example\n")).collect();
    let ended = scan("scan-ordered", list.as_bytes()).arguments(["--ordered"]).end();
    let lines: Vec<u64> = ended
        .stdout
        .lines()
        .filter_map(|row| serde_json::from_str::<Value>(row).ok()?["line"].as_u64())
        .collect();
    assert_eq!(lines, (1..=300).collect::<Vec<u64>>());
}

#[test]
fn columns_say_which_sender_is_meant() {
    let list = b"domain,ip,mail_from,helo\nexample.com,192.0.2.7,,\nexample.com,\"203.0.113.1\"\n";
    let ended = scan("scan-columns", list).end();
    let answers: Vec<Value> =
        rows(&ended).iter().map(|row| row["sender"]["answer"].clone()).collect();
    assert_eq!(answers, ["yes", "no"]);
}

#[test]
fn an_unknown_column_and_utf_16_are_mistakes() {
    let lists: [&[u8]; 2] = [b"rank,domain\n1,example.com\n", b"\xff\xfee\0x\0\n\0"];
    let said = lists.map(|list| scan("scan-mistakes", list).end().refusal().1.to_owned());
    let expected = [
        "error: list.txt:1: unknown column \\\"rank\\\". Columns: domain, ip, mail_from, helo",
        "error: list.txt:1: the text is UTF-16: save it as UTF-8",
    ];
    assert_eq!(said.map(|it| it.replace('"', "\\\"")), expected);
}

#[test]
fn a_table_has_a_header_and_the_same_cells_in_every_line() {
    let ended = scan("scan-tsv", LIST).arguments(["--format", "tsv"]).end();
    let widths: Vec<usize> = ended.stdout.lines().map(|line| line.split('\t').count()).collect();
    assert_eq!(widths, [21; 5]);
    assert!(ended.stdout.starts_with("line\tdomain\tresult\t"), "{}", ended.stdout);
}

#[test]
fn a_whole_report_may_be_the_line() {
    let ended = scan("scan-full", b"example.com\n").arguments(["--full"]).end();
    let line: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        (&line["schema"], &line["domain"]),
        (&"mailcheck.domain/1".into(), &"example.com".into())
    );
}

#[test]
fn of_all_parts_each_line_has_one() {
    let list: String = (0..60).map(|number| format!("d{number}.example\n")).collect();
    let mut lines: Vec<u64> = Vec::new();
    for part in ["0/3", "1/3", "2/3"] {
        let ended = scan("scan-shard", list.as_bytes()).arguments(["--shard", part]).end();
        lines.extend(outlines(&rows(&ended)).iter().map(|(line, ..)| line));
    }
    lines.sort_unstable();
    assert_eq!(lines, (1..=60).collect::<Vec<u64>>());
}

/// What is in the file of rows.
#[expect(clippy::disallowed_methods, reason = "the program writes files")]
fn written(ended: &Ended) -> String {
    std::fs::read_to_string(ended.folder.join("rows.jsonl")).expect("rows are written")
}

#[test]
fn a_scan_goes_on_where_its_file_ends_and_a_half_line_is_cut_off() {
    let whole = scan("scan-whole", LIST).arguments(["--output", "rows.jsonl", "--ordered"]).end();
    let whole = written(&whole);
    let two: String = whole.lines().take(2).map(|line| format!("{line}\n")).collect();
    let cut = format!("{two}{{\"schema\":\"mailch");
    let resumed = scan("scan-resumed", LIST)
        .file("rows.jsonl", cut.as_bytes())
        .arguments(["--output", "rows.jsonl", "--resume"])
        .end();
    assert_eq!((resumed.code, rows_of(&written(&resumed))), (Some(0), rows_of(&whole)));
    assert!(resumed.stderr.starts_with("scan: 2 rows\n"), "{}", resumed.stderr);
}

#[test]
fn rows_of_another_list_are_not_gone_on_with() {
    let first = scan("scan-first", b"example.com\n").arguments(["--output", "rows.jsonl"]).end();
    let rows = written(&first);
    let other = scan("scan-other", b"broken.example\n")
        .file("rows.jsonl", rows.as_bytes())
        .arguments(["--output", "rows.jsonl", "--resume"])
        .end();
    let said = "error: rows.jsonl holds the rows of another list: line 1 of list.txt is \
                \"broken.example\"";
    assert_eq!(other.refusal(), (Some(2), said));
    assert_eq!(written(&other), rows);
}

#[test]
fn a_file_that_is_there_is_neither_overwritten_nor_taken_for_rows() {
    let there = |flag: &[&str]| {
        let mut run = scan("scan-there", LIST).file("rows.jsonl", b"my notes\n");
        run = run.arguments(["--output", "rows.jsonl"]);
        run.arguments.extend(flag.iter().map(Into::into));
        let ended = run.end();
        let text = written(&ended);
        (ended.code, ended.stderr, text)
    };
    let added = "error: rows.jsonl is there already: add --resume to go on with it, or remove it\n";
    let notes = || "my notes\n".to_owned();
    assert_eq!(there(&[]), (Some(2), added.into(), notes()));
    let no_row = "error: rows.jsonl:1 is not a row of a scan\n";
    assert_eq!(there(&["--resume"]), (Some(2), no_row.into(), notes()));
}

#[test]
fn without_any_dns_server_a_scan_ends_with_3_and_writes_no_row() {
    // It is bound as long as the scan runs: a free port might be given to one of its own sockets.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let list: String = (0..1000).map(|number| format!("d{number}.example\n")).collect();
    let mut run = run("scan-deaf", []).file("list.txt", list.as_bytes()).verb();
    run = run.arguments(["--timeout", "200ms", "--output", "rows.jsonl", "--resolver"]);
    run.arguments.push(silent.local_addr().unwrap().to_string().into());
    let ended = run.end();
    let said = "scan: no DNS server replied; no row was written\n\
                Go on with: --output rows.jsonl --resume\n";
    assert_eq!(
        (ended.code, ended.stderr.as_str(), written(&ended)),
        (Some(3), said, String::new())
    );
}

#[test]
fn a_summary_counts_what_the_rows_say() {
    let ended = scan("scan-summary", LIST).arguments(["--summary", "rows.jsonl"]).end();
    let summary: Value = serde_json::from_str(&written(&ended)).unwrap();
    let results = serde_json::json!({"fail": 1, "ok": 2, "unknown": 1});
    assert_eq!((&summary["rows"], &summary["results"]), (&4.into(), &results));
}

#[test]
fn what_is_ignored_is_in_no_row() {
    let list = b"broken.example\n";
    let rows = rows(&scan("scan-select", list).arguments(["--select", "dmarc"]).end());
    let rules = rows[0]["findings"].as_array().unwrap();
    assert!(rules.iter().all(|it| it["rule"].as_str().unwrap().starts_with("dmarc/")), "{rules:?}");
}

#[test]
fn a_sender_without_a_local_part_is_postmaster() {
    let tape = world(&[
        ("macro.example", "TXT", text(b"v=spf1 exists:%{l}.%{d} -all")),
        ("postmaster.macro.example", "A", "127.0.0.2".to_owned()),
    ]);
    let list = b"domain\tip\nmacro.example\t192.0.2.1\n";
    let run = replay("scan-postmaster", &tape, []).file("list.txt", list).verb();
    assert_eq!(rows(&run.end())[0]["sender"]["spf"], "pass");
}

#[test]
fn what_has_no_end_is_not_gone_on_with() {
    let flags = ["--output", "/dev/zero", "--resume"];
    let ended = scan("scan-device", LIST).arguments(flags).end();
    let said = "error: --resume needs a regular file: /dev/zero";
    assert_eq!(ended.refusal(), (Some(2), said));
    let endless = "x".repeat(3 << 20);
    let ended = scan("scan-endless", LIST)
        .file("rows.jsonl", endless.as_bytes())
        .arguments(["--output", "rows.jsonl", "--resume"])
        .end();
    assert_eq!(ended.refusal(), (Some(2), "error: rows.jsonl:1 is not a row of a scan"));
}

#[test]
fn a_verdict_says_what_the_row_of_the_policy_says_of_the_sender_dmarc_and_mx() {
    let list =
        b"domain,ip\nexample.com,192.0.2.7\nexample.com,203.0.113.1\nbroken.example,192.0.2.1\n\
                 lost.example,192.0.2.1\nmissing.example,192.0.2.1\n";
    let [policy, verdict] = ["policy", "verdict"].map(|profile| {
        let run = scan("scan-verdict", list).arguments(["--profile", profile]);
        let mut rows = rows(&run.end());
        for row in &mut rows {
            // The hosts of the MX set are not looked up, and no query beside these.
            row["mx"]["status"].take();
            let unknown = row["unknown"].as_array().is_some_and(|it| !it.is_empty());
            row["unknown"] = unknown.into();
        }
        let outline =
            |row: &Value| ["line", "sender", "dmarc", "mx", "unknown"].map(|key| row[key].clone());
        rows.iter().map(outline).collect::<Vec<_>>()
    });
    assert_eq!(verdict, policy);
    let answers: Vec<&Value> = verdict.iter().map(|[_, sender, ..]| &sender["spf"]).collect();
    assert_eq!(answers, ["pass", "fail", "permerror", "temperror", "none"]);
}

#[test]
fn a_verdict_has_room_for_nothing_else() {
    let [full, dkim] = ["--full", "--dkim"].map(|flag| {
        let run = scan("scan-room", LIST).arguments(["--profile", "verdict", flag]);
        run.end().refusal().1.to_owned()
    });
    let said = |flag| format!("error: --profile verdict has no room for {flag}: leave it out");
    assert_eq!([full, dkim], [said("--full"), said("--dkim")]);
}
