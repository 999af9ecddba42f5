//! The summary of a job of GitHub Actions.

use super::{Run, SOUND, replay};

/// A run in a step whose summary is the file `summary.md`.
fn step<const N: usize>(test: &str, arguments: [&str; N]) -> Run {
    replay(test, SOUND, ["example.com"])
        .arguments(arguments)
        .variable("GITHUB_ACTIONS", "true")
        .variable("GITHUB_STEP_SUMMARY", "summary.md")
}

const HEAD: &str = "## mailcheck: OK\n";

#[test]
fn a_step_adds_its_report_to_the_summary_of_the_job() {
    let run = step("summary", ["-q", "--color=never"]).file("summary.md", b"of another step\n\n");
    let ended = run.end();
    let summary = ended.read("summary.md");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(summary.starts_with(&format!("of another step\n\n{HEAD}")), "{summary}");
    assert!(ended.answer().starts_with("example.com  OK"), "{}", ended.stdout);
}

#[test]
fn the_first_step_makes_the_file() {
    assert!(step("summary-first", []).end().read("summary.md").starts_with(HEAD));
}

#[test]
fn outside_a_step_there_is_no_summary() {
    let run = replay("summary-outside", SOUND, ["example.com"]);
    let ended = run.variable("GITHUB_STEP_SUMMARY", "summary.md").end();
    assert_eq!(ended.files(), ["tape.jsonl"]);
}

#[test]
fn a_summary_that_was_asked_for_is_not_written_twice() {
    let ended = step("summary-asked", ["-f", "text", "-f", "markdown=./summary.md"]).end();
    assert_eq!(ended.read("summary.md").matches(HEAD).count(), 1);
}

#[test]
fn a_summary_that_cannot_be_written_is_a_failure_of_our_own() {
    let run = step("summary-refused", ["-q"]).variable("GITHUB_STEP_SUMMARY", "no/summary.md");
    let ended = run.end();
    let said = ended.stderr.trim_end();
    assert_eq!(ended.code, Some(4));
    assert!(said.starts_with("error: cannot write no/summary.md: "), "{said}");
}
