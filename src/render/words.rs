//! Words that several formats have in common.

use crate::diagnostic::{Applicability, Severity};
use crate::report::{Change, ChangedSender, Counts, Domain, UNLISTED, Verdict};
use crate::text::grouped;

/// `1 term`, `2 terms`.
pub(super) fn counted(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {one}{plural}", grouped(count as u128))
}

/// `1 DNS query`, `2 DNS queries`.
pub(super) fn queries(count: usize) -> String {
    let noun = if count == 1 { "query" } else { "queries" };
    format!("{} DNS {noun}", grouped(count as u128))
}

/// `1 error, 2 warnings, 0 notes`.
pub(super) fn by_severity(counts: Counts) -> String {
    let Counts { error, warn, note, .. } = counts;
    let all = [(error, Severity::Error), (warn, Severity::Warn), (note, Severity::Note)];
    all.map(|(count, severity)| counted(count, noun(severity))).join(", ")
}

/// A severity as a noun, which is the word of SARIF 2.1.0 §3.27.10 too.
pub(super) fn noun(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Note => "note",
    }
}

/// What is said behind a fix that is not to be taken as it is.
pub(super) fn caution(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => "",
        Applicability::Review => " (review before publishing)",
        Applicability::Template => " (template: complete or confirm it before publishing)",
    }
}

/// A time in words.
pub(super) fn span(seconds: u32) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds.div_ceil(60)),
        7200..172_800 => format!("{} h", seconds.div_ceil(3600)),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    }
}

/// Everybody whom no term lists, as a row of a table has them.
pub(super) fn rest(sender: &ChangedSender) -> String {
    match &*sender.who {
        UNLISTED => "everyone else".to_owned(),
        // The families differ.
        who => who.to_owned(),
    }
}

/// True for a domain of which a change alters nothing.
pub(super) fn is_same(domain: &Domain) -> bool {
    let is_empty = |change: &Change| change.records.is_empty() && change.unknown.is_empty();
    domain.change.as_ref().is_some_and(is_empty) && domain.result == Verdict::Ok
}
