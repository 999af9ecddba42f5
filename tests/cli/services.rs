//! What services make of a report: where files are, what fails, which finding is which, and that no text of
//! a file is a command to them.

use super::{Ended, Run, run};
use serde_json::Value;

const SOA: &str = "@ 3600 SOA ns.example.net. h.example.com. 1 7200 3600 604800 300\n\
                   @ 3600 NS ns.example.net.\n";

fn zone(more: &str) -> Vec<u8> {
    format!("{SOA}{more}\n").into_bytes()
}

/// A folder that is the top of a repository.
fn repository(test: &str) -> Run {
    run(&format!("services-{test}"), []).file(".git/HEAD", b"ref: refs/heads/main\n")
}

/// The end of a run in a folder of the one that it was made in.
fn in_folder<const N: usize>(mut run: Run, folder: &str, arguments: [&str; N]) -> Ended {
    run.folder.push(folder);
    run.arguments(arguments).end()
}

// ── where files are ─────────────────────────────────────────────────────────────────────────────

#[test]
fn services_get_paths_from_the_top_of_the_repository() {
    let all = [
        "lint",
        "example.com.zone",
        "../b.example.zone",
        "-f",
        "github",
        "-f",
        "sarif=s.json",
        "-f",
        "gitlab=g.json",
        "-f",
        "junit=j.xml",
    ];
    let run = repository("paths").file("zones/example.com.zone", &zone("@ TXT \"v=spf1 +all\""));
    let ended = in_folder(run.file("b.example.zone", &zone("@ TXT \"v=spf1 +all\"")), "zones", all);
    let [sarif, gitlab, junit] = ["s.json", "g.json", "j.xml"].map(|file| ended.read(file));
    assert!(ended.stdout.contains("file=zones/example.com.zone,"), "{}", ended.stdout);
    assert!(ended.stdout.contains("file=b.example.zone,"), "{}", ended.stdout);
    for (wanted, text) in [
        ("\"uri\": \"zones/example.com.zone\"", &sarif),
        ("\"path\": \"zones/example.com.zone\"", &gitlab),
        ("\"path\": \"b.example.zone\"", &gitlab),
        ("zones/example.com.zone:3:", &junit),
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
}

#[test]
fn a_person_gets_paths_that_lead_to_the_file() {
    let run = repository("typed").file("zones/example.com.zone", &zone("@ TXT \"v=spf1 +all\""));
    let ended = in_folder(run, "zones", ["lint", "./example.com.zone"]);
    assert!(ended.stdout.contains("\n./example.com.zone:3:"), "{}", ended.stdout);
}

// ── what fails ──────────────────────────────────────────────────────────────────────────────────

/// How many tests fail or are in error in a report of JUnit.
fn failing(xml: &str) -> usize {
    xml.matches("<failure ").count() + xml.matches("<error ").count()
}

#[test]
fn junit_fails_exactly_when_the_exit_code_does() {
    let (error, warning) = ("@ TXT \"v=spf1 +all\"", "a TXT \"v=spf1 ptr -all\"");
    let cases = [
        (error, vec![], 1),
        (error, vec!["--exit-zero"], 0),
        (error, vec!["--fail-on", "never"], 0),
        (warning, vec!["--select", "spf"], 0),
        (warning, vec!["--select", "spf", "--fail-on", "warn"], 1),
        ("a 0 TXT \"v=spf1 -all\"", vec!["--select", "zone/unusual-ttl", "--fail-on", "note"], 1),
    ];
    for (index, (more, flags, code)) in cases.into_iter().enumerate() {
        let run =
            run(&format!("services-junit-{index}"), ["lint", "example.com.zone", "-f", "junit"]);
        let mut run = run.file("example.com.zone", &zone(more));
        for flag in &flags {
            run = run.arguments([*flag]);
        }
        let ended = run.end();
        assert_eq!(ended.code, Some(code), "{more} {flags:?}");
        assert_eq!(failing(&ended.stdout) > 0, code != 0, "{more} {flags:?}: {}", ended.stdout);
    }
}

#[test]
fn a_file_of_which_nothing_is_understood_fails_in_junit_and_is_named_everywhere() {
    let formats = ["github", "sarif", "gitlab", "junit", "tsv", "markdown", "text", "json"];
    for format in formats {
        let run =
            run(&format!("services-unread-{format}"), ["diff", "old.tf", "new.tf", "-f", format]);
        let run = run
            .file("old.tf", b"resource \"a\" \"b\" {}\n")
            .file("new.tf", b"resource \"a\" \"c\" {}\n");
        let ended = run.arguments(["--offline"]).end();
        assert_eq!(ended.code, Some(3), "{format}: {}", ended.screen());
        assert!(ended.stdout.contains("new.tf"), "{format}: {}", ended.screen());
    }
}

#[test]
fn one_file_that_cannot_be_read_hides_no_other() {
    let run = run(
        "services-missing",
        ["lint", "gone.zone", "example.com.zone", "-f", "junit=j.xml", "-f", "text"],
    );
    let ended = run.file("example.com.zone", &zone("@ TXT \"v=spf1 +all\"")).end();
    assert_eq!(ended.code, Some(2));
    assert!(ended.stdout.contains("spf/pass-all"), "{}", ended.stdout);
    assert!(ended.stderr.contains("gone.zone: No such file"), "{}", ended.stderr);
    assert!(ended.read("j.xml").contains("gone.zone"), "{}", ended.read("j.xml"));
}

// ── which finding is which ──────────────────────────────────────────────────────────────────────

fn fingerprints(report: &Value, file: &str) -> Vec<(String, String)> {
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let own = findings.into_iter().filter(|it| it["location"]["file"] == file);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    own.map(|it| (text(&it["id"]), text(&it["fingerprint"]))).collect()
}

#[test]
fn fingerprints_stay_when_another_file_is_repaired() {
    let bad = zone("a TXT \"v=spf1 ptr -all\"\nb TXT \"v=spf1 +all\"");
    let report = |test: &str, first: &[u8]| {
        let run = run(&format!("services-{test}"), ["lint", "in/example.com", "out/example.com"]);
        run.file("in/example.com", first).file("out/example.com", &bad).json()
    };
    let (before, after) = (report("before", &bad), report("after", &zone("a TXT \"v=spf1 -all\"")));
    let own = fingerprints(&before, "out/example.com");
    assert!(own.len() >= 2, "{before}");
    assert_eq!(own, fingerprints(&after, "out/example.com"));
}

#[test]
fn findings_about_mx_hosts_are_told_apart_by_their_host() {
    let report = |test: &str, hosts: &str| {
        let run = run(&format!("services-{test}"), ["lint", "example.com.zone", "--select", "mx"]);
        run.file("example.com.zone", &zone(hosts)).json()
    };
    let both = report("mx-both", "@ MX 10 a\n@ MX 20 b");
    let one = report("mx-one", "@ MX 20 b");
    let [both, one] = [both, one].map(|it| fingerprints(&it, "example.com.zone"));
    assert_eq!((both.len(), one.len()), (2, 1));
    assert_eq!(both[1], one[0]);
}

#[test]
fn the_domain_fills_its_column() {
    let run = run("services-column", ["lint", "example.com.zone", "-f", "tsv"]);
    let ended = run.file("example.com.zone", &zone("s._domainkey.a TXT \"v=DKIM1; p=x\"")).end();
    let domains: Vec<&str> =
        ended.stdout.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    assert!(domains.contains(&"a.example.com"), "{}", ended.stdout);
    assert!(domains.iter().all(|domain| domain.ends_with("example.com")), "{domains:?}");
}

// ── commands and formulas ───────────────────────────────────────────────────────────────────────

const COMMANDS: &str = "@ TXT \"v=spf1 ::stop-commands::token ##[error]x ##vso[task.complete]y =HYPERLINK(1) -all\"\n\
                        ::add-mask::root 3600 TXT \"v=spf1 +all\"";

#[test]
fn no_line_of_a_report_is_a_command_to_a_service() {
    for format in
        ["text", "json", "jsonl", "markdown", "sarif", "gitlab", "junit", "prometheus", "tsv"]
    {
        let run = run(&format!("services-command-{format}"), ["lint", "x.com.zone", "-f", format]);
        let ended = run.file("x.com.zone", &zone(COMMANDS)).end();
        for line in ended.stdout.lines().chain(ended.stderr.lines()) {
            let is_command = line.trim_start().starts_with("::")
                || line.contains("##[")
                || line.to_ascii_lowercase().contains("##vso[");
            assert!(!is_command, "{format}: {line}");
        }
    }
}

#[test]
fn annotations_hold_no_command_of_a_file() {
    let run = run("services-annotations", ["lint", "x.com.zone", "-f", "github"]);
    let ended = run.file("x.com.zone", &zone(COMMANDS)).end();
    let own = ["::error ", "::warning ", "::notice "];
    for line in ended.stdout.lines() {
        assert!(own.iter().any(|begin| line.starts_with(begin)), "{line}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "{line}");
    }
}

#[test]
fn no_cell_of_a_table_is_a_formula() {
    let zone = zone("@ TXT \"v=spf1 =HYPERLINK(1) @SUM(1) -all\"");
    let ended = run("services-formula", ["lint", "x.com.zone", "-f", "tsv"])
        .file("x.com.zone", &zone)
        .end();
    let mut cells = ended.stdout.lines().flat_map(|line| line.split('\t'));
    assert!(!cells.any(|cell| cell.starts_with(['=', '+', '-', '@'])), "{}", ended.stdout);
}

// ── files that are none ─────────────────────────────────────────────────────────────────────────

fn pipe(run: &Run, name: &str) {
    let made = std::process::Command::new("mkfifo").arg(run.folder.join(name)).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
}

#[test]
fn a_pipe_is_refused_before_it_is_opened() {
    let input = run("services-pipe", ["lint", "a.zone"]);
    pipe(&input, "a.zone");
    let output =
        run("services-pipe-out", ["lint", "b.zone", "-f", "json=a.json"]).file("b.zone", &zone(""));
    pipe(&output, "a.json");
    let include = run("services-pipe-include", ["lint", "b.zone", "--config", "m.toml"]);
    let include = include.file("b.zone", &zone("")).file("m.toml", b"include = [\"i.toml\"]\n");
    pipe(&include, "i.toml");
    for (run, code) in [(input, 2), (output, 4), (include, 2)] {
        let ended = run.end();
        assert_eq!(ended.code, Some(code), "{}", ended.stderr);
        assert!(ended.stderr.contains("not a regular file"), "{}", ended.stderr);
    }
}

fn link(run: &Run, target: &str, name: &str) {
    std::os::unix::fs::symlink(target, run.folder.join(name)).expect("a link can be made");
}

#[test]
fn a_link_out_of_the_repository_is_neither_read_nor_written() {
    let input = repository("link-in").arguments(["lint", "p.zone"]);
    link(&input, "/etc/passwd", "p.zone");
    let ended = input.end();
    assert_eq!(ended.code, Some(2));
    assert!(!ended.screen().contains("root:"), "{}", ended.screen());

    let folder = run("services-link-target", []).file("victim", b"PRECIOUS").folder;
    let output = repository("link-out").file("x.com.zone", &zone(""));
    let output = output.arguments(["lint", "x.com.zone", "-f", "json=report.json"]);
    link(&output, &folder.join("victim").display().to_string(), "report.json");
    let ended = output.end();
    assert_eq!(ended.code, Some(4), "{}", ended.screen());
    assert_eq!(ended.read("../services-link-target/victim"), "PRECIOUS");
}

#[test]
fn a_link_within_the_repository_is_followed() {
    let run =
        repository("link-inside").file("a/x.com.zone", &zone("")).arguments(["lint", "x.com.zone"]);
    link(&run, "a/x.com.zone", "x.com.zone");
    assert_ne!(run.end().code, Some(2));
}

#[test]
fn an_include_leads_nowhere_out_of_the_repository() {
    let run = repository("include")
        .file("r/.git/HEAD", b"x")
        .file("r/mailcheck.toml", b"include = [\"../out.toml\"]\n");
    let run = run.file("out.toml", b"fail-on = \"note\"\n").file("r/x.com.zone", &zone(""));
    let ended = in_folder(run, "r", ["lint", "x.com.zone", "--config", "mailcheck.toml"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("out of the repository"), "{}", ended.stderr);
}

#[test]
fn a_file_in_a_folder_that_is_named_like_a_format_is_that_file() {
    let run = run("services-prefix", ["lint", "plain:./x.com.zone"]);
    let run = run.file("plain:./x.com.zone", &zone("")).file("x.com.zone", b"SECRET\n");
    let ended = run.end();
    assert!(!ended.screen().contains("SECRET"), "{}", ended.screen());
}

#[test]
fn an_error_is_one_line_that_a_log_can_take() {
    let config = format!("{} = 1\n", "k".repeat(170_000));
    let run = run("services-long-error", ["lint", "x.com.zone", "--config", "m.toml"]);
    let ended = run.file("x.com.zone", &zone("")).file("m.toml", config.as_bytes()).end();
    assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1));
    assert!(ended.stderr.len() < 3000, "{}", ended.stderr.len());
}

// ── hooks and action ────────────────────────────────────────────────────────────────────────────

#[expect(clippy::disallowed_methods, reason = "what is shipped beside the program is read")]
fn shipped(file: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    std::fs::read_to_string(path).expect("a file of text")
}

/// A pattern of the hooks.
fn pattern(key: &str) -> regex::Regex {
    let hooks = shipped(".pre-commit-hooks.yaml");
    let line = hooks.lines().find_map(|line| line.trim().strip_prefix(key)).expect("a pattern");
    let pattern = line.trim().split_once(' ').map_or(line, |(_, pattern)| pattern);
    regex::Regex::new(pattern).expect("a sound pattern")
}

#[test]
fn the_hooks_take_zone_files_and_no_programs() {
    let (files, exclude) = (pattern("files:"), pattern("exclude:"));
    let takes = |file: &&str| files.is_match(file) && !exclude.is_match(file);
    let zones = [
        "example.com.zone",
        "zones/db.example.com",
        "db.192.0.2",
        "named/example.com.db",
        "example.com.hosts",
        "example.com.dns",
        "zones/db.local",
    ];
    let others = [
        "src/db.js",
        "db.py",
        "db.test.ts",
        "a/db.go",
        "db.sql",
        "cache.db",
        "example.com.yaml",
        "db.yml",
        "db.txt",
        "config/db.toml",
        "etc/hosts",
        "x.sqlite3",
        "db.rs",
        "db.json",
    ];
    let missed: Vec<&str> = zones.into_iter().filter(|file| !takes(file)).collect();
    let taken: Vec<&str> = others.into_iter().filter(takes).collect();
    assert_eq!((missed, taken), (Vec::new(), Vec::new()));
}

#[test]
fn other_actions_are_pinned_by_commit_and_what_is_printed_is_no_command() {
    let action = shipped("action.yml");
    let uses = action.lines().chain([]).filter_map(|line| line.trim().strip_prefix("uses: "));
    for used in uses {
        let commit = used.split_once('@').map_or("", |(_, rest)| rest).split(' ').next();
        let is_commit =
            |it: &str| it.len() == 40 && it.bytes().all(|octet| octet.is_ascii_hexdigit());
        assert!(commit.is_some_and(is_commit), "{used}");
    }
    let place = |text: &str| action.find(text).unwrap_or_else(|| panic!("{text}"));
    let run = place("mailcheck \"$@\" || code=$?");
    assert!(place("::stop-commands::$token") < run && run < place("echo \"::$token::\""));
}
