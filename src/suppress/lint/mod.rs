//! Rules about what the file decides.

use super::Ignore;
use crate::diagnostic::Confidence::Certain;
use crate::diagnostic::{Check, Finding, Location, Rule, Severity};
use crate::dns::Kind;
use crate::net::Name;
use crate::text::{Phrase, Span, advice};

/// What became of the ignores of a file.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Those whose last day has passed.
    pub expired: Vec<Ignore>,
    /// Those that matched nothing, though it was looked for.
    pub unused: Vec<Ignore>,
}

/// Every rule with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] =
    &[Check { rule: &EXPIRED_IGNORE, run: expired }, Check { rule: &UNUSED_IGNORE, run: unused }];

pub(crate) static EXPIRED_IGNORE: Rule = Rule {
    id: "config/expired-ignore",
    severity: Severity::Warn,
    confidence: Certain,
    summary: "ignore entry expired",
    why: "The finding counts again. Fix the problem, or set a new date.",
    cite: advice(),
    page: include_str!("expired-ignore.md"),
};

/// Met by comments of zone files too, where these are held against the findings.
pub(crate) static UNUSED_IGNORE: Rule = Rule {
    id: "config/unused-ignore",
    severity: Severity::Warn,
    confidence: Certain,
    summary: "ignore entry without a matching finding",
    why: "If the finding returned, the ignore would hide it.",
    cite: advice(),
    page: include_str!("unused-ignore.md"),
};

/// What the rules find.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}

fn expired(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    findings.extend(facts.expired.iter().map(|ignore| {
        let last = ignore.expires.as_deref().unwrap_or_default();
        let said =
            about(ignore).plain(" expired on ").number(last).plain("; the finding counts again");
        Finding::new(rule, place(ignore), said)
    }));
}

fn unused(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    findings.extend(facts.unused.iter().map(|ignore| {
        let said = about(ignore).plain(" matches no finding; remove it");
        Finding::new(rule, place(ignore), said)
    }));
}

/// The ignore in words.
fn about(ignore: &Ignore) -> Phrase {
    let said = Phrase::new().plain("ignore of ").code(ignore.rule.id);
    match &ignore.domain {
        Some(domain) => said.plain(" for ").name(domain),
        None => said,
    }
}

fn place(ignore: &Ignore) -> Location {
    let name = ignore.domain.clone().unwrap_or_else(Name::root);
    // Two ignores are two findings, so what is meant is the text.
    let text = match &ignore.fingerprint {
        Some(fingerprint) => format!("fingerprint = \"{fingerprint}\""),
        None => format!("rule = \"{}\"", ignore.rule.id),
    };
    let span = Span { start: 0, end: u32::try_from(text.len()).unwrap_or_default() };
    let location = Location::record(name, Kind::Txt, text.into_bytes().into()).at(span);
    location.in_file(Some(ignore.place.clone()))
}
