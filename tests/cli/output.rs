//! What goes to standard output, in which form and colour.

use super::{SOUND, replay, run};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// True if the first line is in colour.
fn is_coloured<const N: usize>(
    test: &str,
    arguments: [&str; N],
    variables: &[(&'static str, &'static str)],
) -> bool {
    let run = replay(test, SOUND, ["example.com", "-q"]).arguments(arguments);
    let run = variables.iter().fold(run, |run, (name, value)| run.variable(name, value));
    run.end().answer().contains('\x1b')
}

#[test]
fn a_pipe_gets_no_colour() {
    assert!(!is_coloured("pipe", [], &[]));
}

#[test]
fn colour_can_be_forced_and_forbidden() {
    assert!(is_coloured("always", ["--color", "always"], &[]));
    assert!(is_coloured("forced", [], &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured("forced-0", [], &[("CLICOLOR_FORCE", "0")]));
    assert!(!is_coloured("no-color", [], &[("NO_COLOR", "1")]));
}

#[test]
fn a_flag_goes_before_the_environment() {
    assert!(is_coloured("flag-always", ["--color=always"], &[("NO_COLOR", "1")]));
    assert!(!is_coloured("flag-never", ["--color=never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn quiet_shows_the_first_line_only() {
    let ended = replay("quiet", SOUND, ["example.com", "192.0.2.1", "-q"]).end();
    assert_eq!(
        ended.stdout,
        "YES  example.com: 192.0.2.1 is authorized: SPF pass, by ip4:192.0.2.0/24\n"
    );
}

#[test]
fn text_on_the_screen_and_json_in_a_file_come_from_one_run() {
    let arguments = ["example.com", "-f", "text", "-f", "json=report.json"];
    let ended = replay("both", SOUND, arguments).end();
    let report: serde_json::Value =
        serde_json::from_str(&ended.read("report.json")).expect("the file is JSON");
    assert!(ended.answer().starts_with("example.com  OK"), "{}", ended.answer());
    assert_eq!(report["domains"][0]["domain"], "example.com");
}

#[test]
fn a_report_in_a_file_has_no_colour_unless_it_is_asked_for() {
    let arguments = ["example.com", "-f", "text=report.txt"];
    let ended = replay("file", SOUND, arguments).variable("CLICOLOR_FORCE", "1").end();
    assert!(!ended.read("report.txt").contains('\x1b'));
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    // More than a pipe holds, so that writing goes on after the reader has gone.
    let record = format!("v=spf1 {}-all", "ip4:192.0.2.1 ".repeat(4000));
    let run = replay("pipe-closed", &super::policy(&record), ["example.com"]);
    let run = run.arguments(["--checks", "spf", "--exit-zero"]);
    let mut program = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    let mut stdout = BufReader::with_capacity(16, program.stdout.take().expect("a pipe"));
    stdout.read_line(&mut first).expect("the first line can be read");
    drop(stdout);
    let out = program.wait_with_output().expect("the program ends");
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!((out.status.code(), said.as_str()), (Some(0), ""), "{first}");
}

#[test]
fn a_full_disk_is_a_failure_of_our_own() {
    let run = replay("full", SOUND, ["example.com"]);
    #[expect(clippy::disallowed_methods, reason = "standard output leads to a full disk")]
    let full = std::fs::File::create("/dev/full").expect("the device is there");
    let out = run.command().stdout(full).output().expect("the program runs");
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(4));
    assert!(said.starts_with("error: cannot write to standard output: "), "{said}");
}

#[test]
fn help_and_version_are_asked_for_and_succeed() {
    for flag in ["-h", "--help", "--version"] {
        let ended = run("help", [flag]).end();
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{flag}");
    }
}

#[test]
fn a_switch_may_be_turned_on_by_a_one_in_the_environment() {
    let run = replay("quiet-by-one", SOUND, ["example.com"]).variable("MAILCHECK_QUIET", "1");
    assert_eq!(run.end().stdout.lines().count(), 1);
}

#[test]
fn without_any_answer_the_quiet_line_says_so_too() {
    let empty = "{\"cassette\":1}\n";
    let ended = replay("quiet-dark", empty, ["example.net", "-q"]).end();
    assert!(ended.answer().contains("no DNS answer"), "{}", ended.answer());
}

#[test]
fn columns_in_the_environment_set_the_width_of_a_pipe() {
    let widest = |name, columns| {
        let ended = replay(name, SOUND, ["example.com"]).variable("COLUMNS", columns).end();
        let is_prose = |line: &&str| !line.contains("next") && !line.contains(" IN TXT ");
        let prose = ended.stdout.lines().filter(is_prose).map(|line| line.chars().count());
        prose.max().unwrap_or_default()
    };
    let [narrow, wide, nonsense] =
        [("columns-60", "60"), ("columns-80", "80"), ("columns-odd", "1e9")]
            .map(|(name, columns)| widest(name, columns));
    assert!(narrow <= 60 && wide > 60 && nonsense == wide, "{narrow} {wide} {nonsense}");
}
