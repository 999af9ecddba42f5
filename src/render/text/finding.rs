//! Findings: what is true, where, why it matters, and what mends it.

use super::Look;
use super::excerpt::excerpt;
use super::line::Line;
use super::sheet::Sheet;
use crate::render::overlap;
use crate::render::palette::Ink;
use crate::render::words::caution;
use crate::report::{Finding, FixRecord, ProposedFix};

/// Where sentences begin.
const TEXT: usize = 7;

pub(super) fn findings(sheet: &mut Sheet, findings: &[Finding], look: &Look) {
    // What its owner decided about needs no second reading; the closing line counts it.
    for finding in findings.iter().filter(|finding| finding.counts()) {
        sheet.blank();
        brief(sheet, finding);
        if let Some(marked) = &finding.excerpt {
            let label = sheet.line().pad(TEXT);
            excerpt(sheet, label, marked);
        }
        if !finding.why.is_empty() {
            let label = sheet.line().faint("       why   ");
            let why = sheet.line().plain(&finding.why);
            sheet.sentence(label, &why);
        }
        source(sheet, finding, look);
        if let Some(proposed) = &finding.fix {
            let warning = overlap::warning(findings, finding).unwrap_or_default();
            fix(sheet, finding, proposed, &warning);
        }
        if let Some(advice) = &finding.advice {
            let label = sheet.line().faint("       do").pad(TEXT + 6);
            let advice = sheet.line().phrase(advice);
            sheet.sentence(label, &advice);
        }
    }
}

/// The rules that are met, each once with its severity and how often: what they say stands elsewhere
/// on the screen, and `explain` has the rest.
pub(super) fn rules(sheet: &mut Sheet, label: Line, findings: &[Finding]) {
    let mut met: Vec<(&Finding, usize)> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.counts()) {
        match met.iter_mut().find(|(known, _)| known.rule == finding.rule) {
            Some((_, count)) => *count += 1,
            None => met.push((finding, 1)),
        }
    }
    if met.is_empty() {
        return;
    }
    let mut said = sheet.line();
    for (place, (finding, count)) in met.iter().enumerate() {
        let separator = if place > 0 { ", " } else { "" };
        said = said.plain(separator).rule(Ink::Strong, &finding.rule).plain(" (");
        said = said.with(finding.severity.into(), finding.severity.word());
        said = match count {
            1 => said.plain(")"),
            count => said.plain(format!(", {count} times)")),
        };
    }
    sheet.sentence(label, &said);
}

/// The severity, the rule and the place, and what is true there.
pub(super) fn brief(sheet: &mut Sheet, finding: &Finding) {
    head(sheet, finding);
    let label = sheet.line().pad(TEXT);
    let message = sheet.line().phrase(&finding.message);
    sheet.sentence(label, &message);
}

/// The severity, the rule and the place.
fn head(sheet: &mut Sheet, finding: &Finding) {
    let severity = sheet.line().with(finding.severity.into(), finding.severity.word());
    let line = severity.pad(TEXT).rule(Ink::Strong, &finding.rule);
    let place = sheet.line().with(Ink::Name, finding.place());
    if line.width() + 2 + place.width() <= sheet.width {
        let begin = sheet.width - place.width();
        sheet.put(&line.pad(begin).then(&place));
    } else {
        sheet.put(&line);
        sheet.put(&sheet.line().pad(TEXT).then(&place));
    }
}

/// The section that says so, and where it can be read: behind the words where that can be shown, in
/// words of its own for who wants everything.
fn source(sheet: &mut Sheet, finding: &Finding, look: &Look) {
    let reference = &finding.reference;
    let mut line = sheet.line().cite(Ink::Plain, &reference.cite);
    if let Some(url) = reference.url.as_ref().filter(|_| look.explain) {
        line = line.plain("  ").faint(url);
    }
    let label = sheet.line().pad(TEXT);
    sheet.sentence(label, &line);
}

/// The change in words, then the records: each on a line of its own that can be pasted.
fn fix(sheet: &mut Sheet, finding: &Finding, proposed: &ProposedFix, warning: &str) {
    let label = sheet.line().faint("       fix").pad(TEXT + 6);
    let colon = if proposed.records.is_empty() { "" } else { ":" };
    let summary = sheet.line().phrase(&proposed.summary).faint(caution(proposed.applicability));
    let summary = summary.plain(warning).plain(colon);
    sheet.sentence(label, &summary);
    // The record that a finding is about needs no second showing.
    records(sheet, &proposed.records, finding.subject.value.is_some());
}

/// Records to publish, each on a line of its own; those that go in their place stand in comments,
/// so that the lines can be pasted into a zone as they are, unless the reader has seen them.
pub(super) fn records(sheet: &mut Sheet, records: &[FixRecord], is_known: bool) {
    for FixRecord { remove, add } in records {
        if let Some(remove) = remove.as_ref().filter(|_| !is_known || add.is_none()) {
            sheet.copyable(&format!("; remove: {remove}"));
        }
        if let Some(add) = add {
            sheet.copyable(add);
        }
    }
}
