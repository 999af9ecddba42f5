//! The last lines: how much was found, what the exit code means, what to ask next.

use super::Look;
use super::line::Line;
use super::sheet::Sheet;
use crate::diagnostic::Severity;
use crate::render::palette::Ink;
use crate::render::words::{counted, noun, queries};
use crate::report::{Authorized, Domain, Report, Tally, Verdict};

/// A public resolver that validates, for a second opinion.
const OTHER_SERVER: &str = "9.9.9.9";

/// What was asked about the only domain of a run, as far as it can be asked again.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    name: String,
    /// The sender that may not send, or of which nothing could be told.
    sender: Option<String>,
    is_repeatable: bool,
    is_unknown: bool,
}

impl Asked {
    pub(super) fn about(domain: &Domain) -> Self {
        let name = domain.domain.to_string();
        Self {
            sender: refused(domain).map(str::to_owned),
            is_repeatable: is_word(&name) && is_plain(domain) && domain.change.is_none(),
            is_unknown: domain.result == Verdict::Unknown,
            name,
        }
    }
}

pub(super) fn closing(
    sheet: &mut Sheet,
    report: &Report,
    tally: &Tally,
    only: Option<&Asked>,
    look: &Look,
) {
    let mut asked = queries(report.run.questions);
    if let Some(elapsed) = report.run.elapsed_ms {
        asked.push_str(&match elapsed {
            0..100 => format!(" in {elapsed} ms"),
            _ => format!(" in {}.{:02} s", elapsed / 1000, elapsed % 1000 / 10),
        });
    }
    if !report.run.sources.is_empty() {
        asked.push_str(&format!(" ({})", report.run.sources.join(", ")));
    }
    let exit = format!("exit {}: {}", report.exit_code, meaning(report, tally));
    let parts = [found(tally), asked, exit].map(|part| sheet.line().plain(part));
    side_by_side(sheet, &parts);
    let next = only.map(|only| next(report, only, look)).unwrap_or_default();
    if !next.is_empty() {
        let label = sheet.line().faint("next  ");
        let commands: Vec<Line> =
            next.iter().map(|command| sheet.line().with(Ink::Code, command)).collect();
        for (index, command) in commands.iter().enumerate() {
            let label = if index == 0 { label.clone() } else { sheet.line().pad(6) };
            sheet.put(&label.then(command));
        }
    }
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

/// The parts on one line with gaps between them, or on several lines where they do not fit.
pub(super) fn side_by_side(sheet: &mut Sheet, parts: &[Line]) {
    let mut line = sheet.line();
    for part in parts {
        if !line.is_empty() && line.width() + 3 + part.width() > sheet.width {
            sheet.put(&line);
            line = sheet.line();
        }
        let gap = if line.is_empty() { "" } else { "   " };
        line = line.plain(gap).then(part);
    }
    sheet.put(&line);
}

/// What the exit code means.
pub(super) fn meaning(report: &Report, tally: &Tally) -> &'static str {
    match (report.exit_code, report.result) {
        (0, Verdict::Ok | Verdict::Warn) => "passed",
        (0, _) => "as set by --exit-zero or --fail-on",
        (1, _) if tally.is_broken() => "contract not met",
        (1, _) if tally.is_refused() => "not authorized",
        (1, _) => "findings at or above --fail-on",
        (2, _) => "wrong usage",
        (3, _) => "undetermined",
        (130, _) => "interrupted",
        _ => "internal error",
    }
}

/// What a reader may want to ask next; nothing that is already on the screen, and nothing where the
/// same question cannot be asked again from what the report says.
fn next(report: &Report, only: &Asked, look: &Look) -> Vec<String> {
    let Some(source) = source(report).filter(|_| only.is_repeatable) else { return Vec::new() };
    let name = &only.name;
    let mut commands = Vec::new();
    if !look.explain {
        let sender = only.sender.as_ref().map_or_else(String::new, |sender| {
            let flag = if sender.parse::<crate::net::Cidr>().is_ok() { "" } else { "--sender " };
            format!(" {flag}{sender}")
        });
        commands.push(format!("mailcheck {name}{sender}{source} --explain"));
    }
    // Another server may know; a replay (it has no time) asks none.
    let asks_it = report.run.sources.iter().any(|source| source.contains(OTHER_SERVER));
    if only.is_unknown && report.run.elapsed_ms.is_some() && !asks_it {
        commands.push(format!("mailcheck {name} --resolver {OTHER_SERVER}"));
    }
    commands
}

/// The flag that names where the answers came from; `None` if that takes more than one flag.
fn source(report: &Report) -> Option<String> {
    match report.run.sources.as_slice() {
        [only] => match only.strip_prefix("recorded in ") {
            Some(cassette) if is_word(cassette) => Some(format!(" --replay {cassette}")),
            _ if report.run.elapsed_ms.is_none() => None,
            _ if is_word(only) => Some(format!(" --resolver {only}")),
            // Named in words: the servers of the system, which need no flag.
            _ if only.contains(' ') => Some(String::new()),
            _ => None,
        },
        _ => None,
    }
}

/// True if no identity was given but the domain itself.
fn is_plain(domain: &Domain) -> bool {
    domain.authorizations.iter().all(|one| {
        let given = &one.identities;
        given.helo.is_none()
            && given.dkim_domains.is_empty()
            && given.header_from == domain.domain
            && given.mail_from.starts_with("*@")
    })
}

/// The sender that was asked about and may not send, or of which nothing could be told.
fn refused(domain: &Domain) -> Option<&str> {
    let [one] = domain.authorizations.as_slice() else { return None };
    (!one.is_barred() && one.authorized != Authorized::Yes && is_word(&one.sender))
        .then_some(one.sender.as_str())
}

/// True if a shell takes the text as one word and as nothing else.
fn is_word(text: &str) -> bool {
    let is_tame = |octet: u8| octet.is_ascii_alphanumeric() || b".:/_-".contains(&octet);
    !text.starts_with('-') && text.bytes().all(is_tame)
}
