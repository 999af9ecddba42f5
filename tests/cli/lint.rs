//! `mailcheck lint`: files in, findings with their places out.

use super::{Run, run};
use serde_json::Value;

/// A zone about which there is nothing to say but what is added.
const SOUND: &str = "\
@      3600 SOA  ns.example.net. admin.example.com. 1 7200 3600 1209600 3600
@      3600 NS   ns.example.net.
@      3600 MX   10 mx.example.net.
@      3600 TXT  \"v=spf1 ip4:192.0.2.0/24 -all\"
_dmarc 3600 TXT  \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"
s1._domainkey 3600 CNAME s1.example.net.
";

/// A run over one file, `example.com.zone`.
fn lint<const N: usize>(test: &str, zone: &str, arguments: [&str; N]) -> Run {
    let run = run(&format!("lint-{test}"), ["lint", "example.com.zone"]);
    run.file("example.com.zone", zone.as_bytes()).arguments(arguments)
}

fn with(more: &str) -> String {
    format!("{SOUND}{more}\n")
}

#[test]
fn a_file_in_order_ends_with_0() {
    let ended = lint("sound", SOUND, []).end();
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (
            Some(0),
            "offline: only these files were checked\n\
             \n\
             1 file, 6 records: 0 errors, 0 warnings, 0 notes   exit 0: passed\n"
        )
    );
}

#[test]
fn an_error_ends_with_1_and_a_note_does_not() {
    let note = with("a 0 MX 10 mx.example.net.\na 3600 TXT \"v=spf1 ip4:192.0.2.1 -all\"");
    assert_eq!(lint("error", &with("a TXXT b"), []).end().code, Some(1));
    assert_eq!(lint("note", &note, []).end().code, Some(0));
    assert_eq!(lint("fail-on", &note, ["--fail-on", "note"]).end().code, Some(1));
    assert_eq!(lint("exit-zero", &with("a TXXT b"), ["--exit-zero"]).end().code, Some(0));
}

#[test]
fn what_cannot_be_told_from_the_file_is_no_exit_3() {
    let zone = "example.com. 3600 TXT \"v=spf1 include:spf.example.net a:b.example.net -all\"\n";
    assert_eq!(lint("untold", zone, ["--fail-on", "note"]).end().code, Some(0));
}

#[test]
fn every_finding_has_its_place() {
    let report = lint("places", "@ 3600 SOA ns admin 1 2 3 4 5\n@ 3600 TXT \"v=spf1 ?all\"\n", []);
    let report = report.json();
    let findings = report["findings"].as_array().expect("findings are a list");
    let placed = findings.iter().filter(|it| it["location"]["file"] == "example.com.zone");
    assert_eq!((findings.len() > 3, placed.count()), (true, findings.len()));
}

#[test]
fn a_fault_of_the_file_is_a_finding_and_the_others_are_told_all_the_same() {
    let zone = with("a TXXT b\nb 3600 TXT \"v=spf1 ptr -all\"");
    let ended = lint("syntax", &zone, []).end();
    let heads: Vec<&str> =
        ended.stdout.lines().filter(|line| line.starts_with("example")).collect();
    assert_eq!(
        heads,
        [
            "example.com.zone:7:3  error  zone/syntax  expected a record type",
            "example.com.zone:8:20  warn  spf/ptr  ptr costs up to 11 DNS queries for each",
        ]
    );
}

#[test]
fn rules_are_chosen_as_in_every_run() {
    let zone = with("a TXXT b\nb 3600 TXT \"v=spf1 ptr -all\"");
    let heads = |test: &str, flag: &str, rule: &str| {
        let report = lint(test, &zone, [flag, rule]).json();
        let findings = report["findings"].as_array().cloned().unwrap_or_default();
        findings.iter().map(|it| it["id"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let select: Vec<String> = heads("select", "--select", "zone");
    let ignore: Vec<String> = heads("ignore", "--ignore", "zone/syntax");
    assert_eq!((select, ignore), (vec!["zone/syntax".into()], vec!["spf/ptr".into()]));
}

#[test]
fn json_lines_have_a_finding_each() {
    let zone = with("a TXXT b\nb 3600 TXT \"v=spf1 ptr -all\"");
    let ended = lint("lines", &zone, ["--format", "jsonl"]).end();
    let read = |line| serde_json::from_str::<serde_json::Value>(line).expect("a line is JSON");
    let lines: Vec<_> = ended.stdout.lines().map(read).map(|it| it["id"].clone()).collect();
    assert_eq!(lines, ["zone/syntax", "spf/ptr"]);
}

#[test]
fn a_comment_leaves_a_finding_out_and_its_reason_is_told() {
    let zone = with("b 3600 TXT \"v=spf1 ptr -all\" ; mailcheck: ignore[spf/ptr] an old relay");
    let report = lint("comment", &zone, ["--fail-on", "note"]).json();
    let suppressed = &report["findings"][0]["suppressed"];
    assert_eq!(
        (&report["exit_code"], &suppressed["reason"], &suppressed["source"]),
        (&0.into(), &"an old relay".into(), &"example.com.zone:7".into())
    );
}

#[test]
fn a_configuration_counts_here_too() {
    let config = b"[[ignore]]\nrule = \"spf/ptr\"\ndomain = \"example.com\"\nreason = \"old\"\n";
    let zone = with("b 3600 TXT \"v=spf1 ptr -all\"");
    let run = lint("config", &zone, ["--config", "mailcheck.toml", "--fail-on", "warn"]);
    assert_eq!(run.file("mailcheck.toml", config).end().code, Some(0));
}

#[test]
fn files_are_told_in_the_order_in_which_they_are_named() {
    let mut run = run("lint-order", ["lint"]);
    let names: Vec<String> = (0..40).rev().map(|number| format!("f{number}.zone")).collect();
    for name in &names {
        run = run.file(name, b"a TXXT b\n").octets(name.as_bytes());
    }
    let ended = run.end();
    let told: Vec<&str> =
        ended.stdout.lines().filter_map(|line| line.split_once(":1:1")).map(|it| it.0).collect();
    assert_eq!(told, names);
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let ended = lint("twice", SOUND, ["example.com.zone", "--quiet"]).end();
    assert_eq!(ended.answer(), "1 file, 6 records: 0 errors, 0 warnings, 0 notes   exit 0: passed");
}

#[test]
fn a_file_that_cannot_be_read_ends_with_2_and_one_line() {
    let gone = run("lint-gone", ["lint", "gone.zone", "too.zone"]).end();
    assert_eq!(
        gone.refusal(),
        (Some(2), "error: gone.zone: No such file or directory (os error 2) (and 1 more)")
    );
    let folder = run("lint-folder", ["lint", "."]).end();
    assert_eq!(folder.refusal(), (Some(2), "error: .: an empty directory"));
    let octets = lint("octets", "a TXT b\nc TXT \0\n", []).end();
    assert_eq!(
        octets.refusal(),
        (Some(2), "error: example.com.zone: not a text file: NUL byte at line 2")
    );
}

#[test]
fn standard_input_is_a_file_without_a_name() {
    let run = run("lint-stdin", ["lint", "-"]);
    let mut command = run.command();
    let input = run.folder.join("input");
    #[expect(clippy::disallowed_methods, reason = "the program reads standard input")]
    let file =
        std::fs::write(&input, "a.example. 60 TXXT b\n").and_then(|()| std::fs::File::open(&input));
    let out = command.stdin(file.expect("a file can be read")).output().expect("the program runs");
    let text = String::from_utf8(out.stdout).expect("all output is UTF-8");
    assert!(text.contains("\n-:1:15  error  zone/syntax"), "{text}");
}

#[test]
fn a_hostile_file_neither_hurts_the_terminal_nor_lasts_for_ever() {
    let long = format!("a TXT {}\n", "x".repeat(4_000_000));
    let names: String = (0..1000)
        .map(|n| format!("h{n} 60 TXT \"v=spf1 include:h{}.example.com -all\"\n", n + 1))
        .collect();
    let escapes =
        "a TXXT \u{1b}[31m\u{9b}\u{202e}\n\u{1b}]0;owned\u{7} 60 TXT \"v=spf1 \u{1b}[2J\"\n";
    for (test, zone) in [("long", long), ("names", names), ("escapes", escapes.into())] {
        let ended = lint(&format!("hostile-{test}"), &zone, []).end();
        let is_harmless = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}';
        assert!(ended.stdout.chars().all(is_harmless), "{test}: {:?}", ended.stdout);
    }
}

#[test]
fn a_file_with_more_than_is_read_is_not_judged_as_if_it_had_no_more() {
    let zone = "$GENERATE 1-65536 a$ A 192.0.2.1\n$GENERATE 1-2 b$ A 192.0.2.1\n";
    let ended = lint("limit", zone, []).end();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("example.com.zone:2:1"), "{}", ended.stderr);
}

/// What `dnscontrol print-ir` prints of so many domains with this policy.
fn domains(count: usize, policy: &str) -> String {
    let record = format!(r#"{{"type":"TXT","name":"@","target":"{policy}"}}"#);
    let domain = |number| format!(r#"{{"name":"d{number}.example","records":[{record}]}}"#);
    let domains: Vec<String> = (0..count).map(domain).collect();
    format!(r#"{{"domains":[{}]}}"#, domains.join(","))
}

#[test]
fn thousands_of_zones_in_a_file_are_judged_in_bounds() {
    let run = run("lint-zones", ["lint", "zones.json", "-q"]);
    let ended = run.file("zones.json", domains(9_999, "v=spf1 -all").as_bytes()).end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[test]
fn a_change_among_thousands_of_zones_is_judged_in_bounds() {
    let mut run = run("diff-zones", ["diff", "--offline", "--deadline", "60m"]);
    run.arguments.extend((0..150).map(|number| format!("d{number}.example").into()));
    let ended = run
        .file("old.json", domains(30_000, "v=spf1 ip4:192.0.2.1 -all").as_bytes())
        .file("new.json", domains(30_000, "v=spf1 ip4:192.0.2.2 -all").as_bytes())
        .arguments(["old.json", "new.json", "-q"])
        .end();
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
}

#[test]
fn tls_rpt_records_are_judged_at_the_top_of_a_zone_and_below_it() {
    let records = with(
        "_smtp._tls 3600 TXT \"v=TLSRPTv1; rua=tls@example.com\"\n\
         _smtp._tls.a 3600 TXT \"v=TLSRPTv1; rua=http://example.com\"",
    );
    let report = lint("tls-rpt", &records, []).json();
    let findings = report["findings"].as_array().expect("findings are a list");
    let found: Vec<(&Value, &Value)> =
        findings.iter().map(|it| (&it["id"], &it["location"]["line"])).collect();
    assert_eq!(
        found,
        [(&"tls_rpt/syntax".into(), &7.into()), (&"tls_rpt/no-destination".into(), &8.into())]
    );
}

/// A zone without `$ORIGIN` that lets everybody send.
const NAMELESS: &[u8] =
    b"@ 3600 SOA ns.example.net. h.example.net. 1 2 3 4 5\n@ 3600 TXT \"v=spf1 +all\"\n";

#[test]
fn a_configuration_of_a_name_server_stands_for_the_zones_that_it_names() {
    let bind = "options { directory \"/var/named\"; };\n\
                zone \"example.com\" { type master; file \"zones/one\"; };\n\
                zone \"example.net\" { type slave; file \"copy\"; };\n";
    let nsd = "server:\n  zonesdir: \"zones\"\nzone:\n  name: example.com\n  zonefile: one\n";
    let knot = "zone:\n  - domain: example.com\n    storage: /etc/knot/zones\n    file: one\n";
    for (name, text) in [("named.conf", bind), ("nsd.conf", nsd), ("knot.conf", knot)] {
        let run = run(&format!("lint-{name}"), ["lint", name, "-f", "github"]);
        let ended = run.file(name, text.as_bytes()).file("zones/one", NAMELESS).end();
        assert!(ended.stdout.contains("::example.com TXT: +all"), "{name}: {}", ended.stdout);
        assert!(ended.stdout.contains("zones/one,line=2"), "{name}: {}", ended.stdout);
    }
}

#[test]
fn a_configuration_in_a_repository_opens_nothing_outside_of_it() {
    let text = "zone \"a.example\" { type master; file \"/etc/passwd\"; };\n\
                zone \"b.example\" { type master; file \"../../../../../../etc/passwd\"; };\n";
    let run = run("lint-outside", ["lint", "named.conf"]).in_repository();
    let ended = run.file("named.conf", text.as_bytes()).end();
    let words: Vec<&str> = ended.stdout.split_whitespace().collect();
    let said = words.join(" ");
    assert_eq!(ended.code, Some(3), "{said}");
    assert_eq!(said.matches("is outside the repository, not read").count(), 2, "{said}");
}

#[test]
fn an_origin_is_the_zone_of_files_that_do_not_name_it() {
    let run = run("lint-origin", ["lint", "records", "--origin", "example.com", "-f", "github"]);
    let ended = run.file("records", NAMELESS).end();
    assert!(ended.stdout.contains("::example.com TXT: +all"), "{}", ended.stdout);
}

#[test]
fn every_record_set_below_a_delegation_is_named() {
    let zone = with("sub 3600 MX 10 mx.example.net.\nsub 3600 NS ns.example.net.");
    let ended = lint("delegated", &zone, []).end();
    assert!(ended.stdout.contains("zone/below-delegation"), "{}", ended.stdout);
}
