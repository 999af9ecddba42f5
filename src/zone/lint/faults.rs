//! Rules about what cannot be read, or cannot stand as it does.

use crate::diagnostic::Confidence::Certain;
use crate::diagnostic::Severity::{Note, Warn};
use crate::diagnostic::{Finding, Rule};
use crate::text::{Phrase, advice};
use crate::zone::Facts;
use crate::zonefile::zone::{ErrorKind, Notice, Remark, ZoneError};

pub(super) fn syntax(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    use ErrorKind::{Data, LargeSet, Name, SecondSoa, Syntax, Ttl, Type};
    let is_it = |kind| matches!(kind, Syntax | Name | Ttl | Type | Data | LargeSet | SecondSoa);
    each(facts, is_it, rule, "", findings);
}

pub(super) fn too_long_string(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each(facts, |kind| kind == ErrorKind::LongString, rule, "", findings);
}

pub(super) fn alias(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let is_it = |kind| matches!(kind, ErrorKind::Alias | ErrorKind::SecondAlias);
    each(facts, is_it, rule, "", findings);
}

pub(super) fn duplicate_set(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each(facts, |kind| kind == ErrorKind::SecondSet, rule, "", findings);
}

pub(super) fn out_of_zone(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let effect = "; servers ignore the record";
    each(facts, |kind| kind == ErrorKind::OutOfZone, rule, effect, findings);
}

/// That there are more names than are examined is reported further up.
pub(crate) static NOT_READ: Rule = Rule {
    id: "zone/not-read",
    severity: Note,
    confidence: Certain,
    summary: "part of the file not read",
    why: "mailcheck cannot check this part, and reports no record as missing from the file \
          because the record may be there.",
    cite: advice(),
    page: include_str!("not-read.md"),
};

pub(super) fn not_read(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    use ErrorKind::{Class, Incomplete, Limit, MissingDot, Refused};
    // The name of a zone without its final dot, as some exports have it, is read as it is meant.
    let is_it = |kind| matches!(kind, Refused | Incomplete | Limit | Class | MissingDot);
    each(facts, is_it, rule, "", findings);
    for Notice { place, remark } in &facts.files.notices {
        if let Remark::Skipped { what } | Remark::Unchanged { what } | Remark::Zone { what } =
            remark
        {
            findings.push(Finding::new(rule, facts.at(place), Phrase::new().plain(&**what)));
        }
    }
}

pub(super) fn nothing_read(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let is_empty = facts.records().next().is_none();
    if is_empty && facts.files.errors.is_empty() && !facts.files.notices.is_empty() {
        let zone = facts.files.zones.first();
        let place = facts.files.notices.first().map(|notice| &notice.place);
        let Some(place) = place.filter(|_| zone.is_some()) else { return };
        let said = Phrase::new().plain("no record of this file could be read");
        findings.push(Finding::new(rule, facts.at(place), said));
    }
}

/// Which rules exist is not known here, so those that name one that does not are reported further up.
pub(crate) static FAULTY_COMMENT: Rule = Rule {
    id: "zone/faulty-comment",
    severity: Warn,
    confidence: Certain,
    summary: "invalid mailcheck comment",
    why: "mailcheck ignores the comment, so the finding that it should suppress still counts.",
    cite: advice(),
    page: include_str!("faulty-comment.md"),
};

pub(super) fn faulty_comment(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each(facts, |kind| kind == ErrorKind::Comment, rule, "", findings);
}

/// One finding for each fault of these kinds.
fn each(
    facts: &Facts,
    is_it: impl Fn(ErrorKind) -> bool,
    rule: &'static Rule,
    effect: &str,
    findings: &mut Vec<Finding>,
) {
    let faults = facts.files.errors.iter().filter(|error| is_it(error.kind));
    findings.extend(faults.map(|ZoneError { place, what, .. }| {
        // The section stands with the rule.
        let what = what.split(" (RFC ").next().unwrap_or(what);
        Finding::new(rule, facts.at(place), Phrase::new().plain(what).plain(effect))
    }));
}
