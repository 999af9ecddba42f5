//! How a run adds up, in the words of every page and screen.

use super::words::{counted, noun, queries};
use crate::diagnostic::Severity;
use crate::dns::Trouble;
use crate::report::{Domain, LookupOutcome, Report, Run, Tally, Verdict};
use crate::text::Phrase;
use std::borrow::Cow;

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
pub(super) fn meaning(report: &Report, tally: &Tally) -> Cow<'static, str> {
    let threshold = || match report.threshold.fail_on {
        Some(level) => format!("at or above --fail-on={level}"),
        None => "at or above --fail-on".to_owned(),
    };
    match (report.exit_code, report.result) {
        (0, Verdict::Ok) => "passed".into(),
        (0, Verdict::Warn) => format!("passed: no finding {}", threshold()).into(),
        (0, _) => "as set by --exit-zero or --fail-on".into(),
        (1, _) if tally.is_broken() => "contract violated".into(),
        (1, _) if tally.is_refused() => "not authorized".into(),
        (1, _) => format!("findings {}", threshold()).into(),
        (2, _) => "usage error".into(),
        (3, _) => "undetermined".into(),
        (130, _) => "interrupted".into(),
        _ => "internal error".into(),
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
