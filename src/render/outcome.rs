//! How a run adds up, in the words of every page and screen.

use super::words::{counted, noun, queries};
use crate::diagnostic::Severity;
use crate::dns::Trouble;
use crate::report::{Domain, LookupOutcome, Report, Run, Tally, Verdict};
use crate::text::Phrase;

/// How many queries were made, how long that took, and who answered.
pub(super) fn asked(run: &Run) -> String {
    let mut asked = queries(run.questions);
    if let Some(elapsed) = run.elapsed_ms {
        asked.push_str(&match elapsed {
            0..100 => format!(" in {elapsed} ms"),
            _ => format!(" in {}.{:02} s", elapsed / 1000, elapsed % 1000 / 10),
        });
    }
    if !run.sources.is_empty() {
        asked.push_str(&format!(" ({})", run.sources.join(", ")));
    }
    asked
}

/// How much was found, and how much of it does not count.
pub(super) fn found(tally: &Tally) -> String {
    let counting = [Severity::Error, Severity::Warn, Severity::Note]
        .map(|severity| counted(tally.of_severity(severity), noun(severity)));
    let mut found = counting.join(", ");
    let aside = [
        (tally.ignored(), "ignored"),
        (tally.unchanged(), "unchanged"),
        (tally.resolved(), "fixed"),
    ];
    let aside: Vec<String> = aside
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, why)| format!("{count} {why}"))
        .collect();
    if !aside.is_empty() {
        found.push_str(&format!(" ({})", aside.join(", ")));
    }
    found
}

/// What the exit code means.
pub(super) fn meaning(report: &Report, tally: &Tally) -> &'static str {
    let has = |severity| tally.of_severity(severity) > 0;
    match (report.exit_code, report.result) {
        (0, Verdict::Ok) => "passed",
        (0, Verdict::Warn) if has(Severity::Error) => "passed",
        (0, Verdict::Warn) => "passed, with no errors",
        (0, _) if tally.is_lenient() => "as set by --exit-zero or --fail-on",
        (0, _) => "passed",
        (1, _) if tally.is_broken() => "contract violated",
        (1, _) if tally.is_refused() => "not authorized",
        (1, _) if has(Severity::Error) => "errors found",
        (1, _) if has(Severity::Warn) => "warnings found, by --fail-on",
        (1, _) => "findings at or above --fail-on",
        (2, _) => "usage error",
        (3, _) => "undetermined",
        (130, _) => "interrupted",
        _ => "internal error",
    }
}

/// What is said of a domain in place of a page full of unknowns: no server answers.
pub(super) fn unreachable(domain: &Domain) -> Phrase {
    let mut said = Phrase::from("no DNS answer: ");
    if let Some(first) = domain.lookups.first() {
        let how = match first.outcome {
            LookupOutcome::Failed(trouble) => trouble.sentence(),
            _ => Trouble::Network.sentence(),
        };
        said = said.name(format_args!("{} {} ", first.name, first.kind)).unknown(how);
        if !first.detail.is_empty() {
            said = said.plain(format!(" ({})", first.detail));
        }
    }
    let others = domain.lookups.len().saturating_sub(1);
    if others > 0 {
        let noun = if others == 1 { "query" } else { "queries" };
        said = said.plain(format!(", as did {others} more {noun}"));
    }
    let offline = format!("mailcheck {} --replay FILE", domain.domain);
    said.plain("; to work offline: ").code(offline)
}
