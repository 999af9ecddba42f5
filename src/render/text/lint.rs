//! What files say by themselves: a line a finding, then how much was read and what it comes to.
//!
//! A finding begins with its place in the form that editors and terminals take for a link. Why it
//! matters is shown on demand (`explain`); here a file is looked through.

use super::Look;
use super::closing::side_by_side;
use super::excerpt::excerpt;
use super::sheet::Sheet;
use crate::render::outcome::{found, meaning};
use crate::render::palette::Ink;
use crate::render::words::counted;
use crate::report::{Finding, Report, Tally};
use std::collections::{HashMap, HashSet};

/// Where further lines of a finding begin.
const TEXT: usize = 4;

pub(super) fn lint(sheet: &mut Sheet, report: &Report, tally: &Tally, look: &Look) {
    if !look.quiet {
        let scope = "offline: only these files were checked";
        sheet.sentence(sheet.line(), &sheet.line().faint(scope));
        for note in &report.run.notes {
            let sentence = sheet.line().phrase(note);
            sheet.sentence(sheet.line().faint("remark  "), &sentence);
        }
        findings(sheet, report, look);
        sheet.blank();
    }
    let files = &report.run.files;
    let records: usize = files.iter().map(|file| file.records).sum();
    let read = format!("{}, {}", counted(files.len(), "file"), counted(records, "record"));
    let exit = format!("exit {}: {}", report.exit_code, meaning(report, tally));
    if look.quiet {
        // When it is the only line, it is not broken, so that it can be counted on.
        sheet.put(&sheet.line().plain(format!("{read}: {}   {exit}", found(tally))));
        return;
    }
    let parts = [format!("{read}: {}", found(tally)), exit];
    let parts = parts.map(|part| sheet.line().plain(part));
    side_by_side(sheet, &parts);
    // The worst stand first in a report.
    if let Some(worst) = report.findings.iter().find(|finding| finding.counts()) {
        let line = sheet.line().faint("next  ").with(Ink::Code, "mailcheck explain ");
        sheet.put(&line.rule(Ink::Code, &worst.rule));
    }
}

/// The findings that count, file by file in the order in which these were named, and in each as
/// they stand there; then those about the configuration.
fn findings(sheet: &mut Sheet, report: &Report, look: &Look) {
    let mut by_file: HashMap<&str, Vec<&Finding>> = HashMap::new();
    let mut others = Vec::new();
    let mut files: Vec<&str> = report.run.files.iter().map(|file| file.file.as_str()).collect();
    for finding in report.findings.iter().filter(|finding| finding.counts()) {
        match &finding.location {
            Some(place) => by_file.entry(&place.file).or_default().push(finding),
            None => others.push(finding),
        }
    }
    let known: HashSet<&str> = files.iter().copied().collect();
    let mut rest: Vec<&str> =
        by_file.keys().filter(|file| !known.contains(*file)).copied().collect();
    rest.sort_unstable();
    files.append(&mut rest);
    for file in files {
        let Some(mut found) = by_file.remove(file) else { continue };
        found.sort_by_key(|it| it.location.as_ref().map(|place| (place.line, place.column)));
        sheet.blank();
        found.into_iter().for_each(|finding| one(sheet, finding, look));
    }
    if !others.is_empty() {
        sheet.blank();
        others.into_iter().for_each(|finding| one(sheet, finding, look));
    }
}

/// Place, severity, rule and sentence, and the part of the text that is meant.
fn one(sheet: &mut Sheet, finding: &Finding, look: &Look) {
    let label = sheet
        .line()
        .with(Ink::Name, finding.place())
        .plain("  ")
        .with(finding.severity.into(), finding.severity.word())
        .plain("  ")
        .rule(Ink::Strong, &finding.rule)
        .plain("  ");
    let rest = sheet.line().pad(TEXT);
    let message = sheet.line().phrase(&finding.message);
    sheet.paragraph(label, &rest, &message);
    if let Some(marked) = &finding.excerpt {
        excerpt(sheet, rest, marked);
    }
    if look.explain {
        let label = sheet.line().faint("    why  ");
        let cite = &finding.reference.cite;
        let why = sheet.line().plain(&finding.why).faint(format!(" ({cite})"));
        sheet.sentence(label, &why);
    }
}
