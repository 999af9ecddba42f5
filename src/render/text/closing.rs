//! The last lines: how much was found, what the exit code means, what to ask next.

use super::Look;
use super::line::Line;
use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::render::words::{by_severity, counted};
use crate::report::{Authorized, Domain, Finding, Report, State, Verdict};

/// A public resolver that validates, for a second opinion.
const OTHER_SERVER: &str = "9.9.9.9";

pub(super) fn closing(sheet: &mut Sheet, report: &Report, look: &Look) {
    let mut asked = counted(report.run.questions, "question");
    if let Some(elapsed) = report.run.elapsed_ms {
        asked.push_str(&match elapsed {
            0..100 => format!(" in {elapsed} ms"),
            _ => format!(" in {}.{:02} s", elapsed / 1000, elapsed % 1000 / 10),
        });
    }
    if !report.run.sources.is_empty() {
        asked.push_str(&format!(" ({})", report.run.sources.join(", ")));
    }
    let exit = format!("exit {}: {}", report.exit_code, meaning(report));
    let parts = [found(report), asked, exit].map(|part| sheet.line().plain(part));
    side_by_side(sheet, &parts);
    let next = next(report, look);
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
pub(super) fn found(report: &Report) -> String {
    let (ignored, counting): (Vec<&Finding>, Vec<&Finding>) =
        report.findings().map(|(_, finding)| finding).partition(|it| !it.counts());
    let mut found = by_severity(&counting);
    let aside = aside(&ignored);
    if !aside.is_empty() {
        found.push_str(&format!(" ({})", aside.join(", ")));
    }
    found
}

/// How many findings do not count, by why.
fn aside(findings: &[&Finding]) -> Vec<String> {
    let ignored = |it: &&&Finding| it.suppressed.is_some();
    let is = |state| move |it: &&&Finding| it.suppressed.is_none() && it.state == Some(state);
    let counts = [
        (findings.iter().filter(ignored).count(), "ignored"),
        (findings.iter().filter(is(State::Unchanged)).count(), "as before"),
        (findings.iter().filter(is(State::Resolved)).count(), "mended"),
    ];
    let shown = counts.into_iter().filter(|(count, _)| *count > 0);
    shown.map(|(count, why)| format!("{count} {why}")).collect()
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
pub(super) fn meaning(report: &Report) -> &'static str {
    let judged = report.domains.iter().filter(|domain| domain.change.is_none());
    let refused = judged
        .flat_map(|domain| &domain.authorizations)
        .filter(|one| !one.is_barred())
        .any(|one| matches!(one.authorized, Authorized::No | Authorized::Partial));
    let breaks = |domain: &Domain| domain.contract.iter().any(|one| domain.is_broken(one));
    let is_broken = report.domains.iter().any(breaks);
    match (report.exit_code, report.result) {
        (0, Verdict::Ok | Verdict::Warn) => "good",
        (0, _) => "as you asked, whatever was found",
        (1, _) if is_broken => "the contract is not met",
        (1, _) if refused => "not authorized",
        (1, _) => "findings reach --fail-on",
        (2, _) => "wrong usage",
        (3, _) => "could not tell",
        _ => "our own failure",
    }
}

/// What a reader may want to ask next; nothing that is already on the screen, and nothing where the
/// same question cannot be asked again from what the report says.
fn next(report: &Report, look: &Look) -> Vec<String> {
    let [domain] = report.domains.as_slice() else { return Vec::new() };
    let name = domain.domain.to_string();
    let Some(source) = source(report) else { return Vec::new() };
    if !is_word(&name) || !is_plain(domain) || domain.change.is_some() {
        return Vec::new();
    }
    let mut commands = Vec::new();
    if !look.explain {
        let sender = refused(domain).map_or_else(String::new, |sender| {
            let flag = if sender.parse::<crate::net::Cidr>().is_ok() { "" } else { "--sender " };
            format!(" {flag}{sender}")
        });
        commands.push(format!("mailcheck {name}{sender}{source} --explain"));
    }
    // Another server may know; a replay (it has no time) asks none.
    let asks_it = report.run.sources.iter().any(|source| source.contains(OTHER_SERVER));
    if domain.result == Verdict::Unknown && report.run.elapsed_ms.is_some() && !asks_it {
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
            && given.mail_from.starts_with("anybody@")
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
