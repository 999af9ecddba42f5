//! Many domains: a row each, as soon as it is decided, and below them what is gravest.

use super::line::Line;
use super::sheet::Sheet;
use super::{finding, of_status, of_verdict};
use crate::protocols::Protocol;
use crate::protocols::spf::LOOKUP_LIMIT;
use crate::render::palette::Ink;
use crate::render::words::counted;
use crate::report::{Domain, Finding, Origin, SectionView, Status, Tally, Verdict};
use crate::text::grouped;
use std::cmp::Reverse;

/// The columns behind the domain and their widths, blanks between them left aside.
const COLUMNS: [(&str, usize); 5] =
    [("verdict", 7), ("MX", 7), ("SPF lookups", 13), ("DKIM", 7), ("DMARC", 12)];

/// Blanks between columns.
const GAP: usize = 2;

/// Where the lines below a row begin.
const BELOW: usize = 4;

/// How many findings stand below a table.
const SHOWN: usize = 10;

/// What the columns are about.
pub(super) fn head(sheet: &mut Sheet) {
    let mut line = sheet.line().faint("domain");
    for ((title, _), begin) in COLUMNS.into_iter().zip(begins(sheet)) {
        line = line.pad(begin).faint(title);
    }
    sheet.put(&line);
}

/// The row of a domain, and below it what was asked or why nothing is known.
pub(super) fn row(sheet: &mut Sheet, domain: &Domain) {
    let mut line = sheet.line().with(Ink::Strong, domain.domain.to_string());
    let begins = begins(sheet);
    if begins.first().is_some_and(|begin| line.width() + GAP > *begin) {
        // A name is not cut: it may have to be copied.
        sheet.put(&line);
        line = sheet.line();
    }
    let verdict = (of_verdict(domain.result), domain.result.word().to_owned());
    let cells = [Protocol::Mx, Protocol::Spf, Protocol::Dkim, Protocol::Dmarc]
        .map(|protocol| cell(domain, protocol));
    for ((ink, word), begin) in [verdict].into_iter().chain(cells).zip(begins) {
        // What is wider than its column keeps a blank before it.
        let begin = if line.is_empty() { begin } else { begin.max(line.width() + 1) };
        line = line.pad(begin).with(ink, word);
    }
    sheet.put(&line);
    below(sheet, domain);
}

/// Where the columns behind the domain begin; together they fill the sheet.
fn begins(sheet: &Sheet) -> Vec<usize> {
    let all: usize = COLUMNS.iter().map(|(_, width)| width + GAP).sum();
    let mut begin = sheet.width.saturating_sub(all);
    let mut begins = Vec::with_capacity(COLUMNS.len());
    for (_, width) in COLUMNS {
        begin += GAP;
        begins.push(begin);
        begin += width;
    }
    begins
}

/// How a protocol stands, with the figure that is asked for first.
fn cell(domain: &Domain, protocol: Protocol) -> (Ink, String) {
    let Some(SectionView { status, .. }) = domain.section(protocol) else {
        return (Ink::Faint, "-".to_owned());
    };
    let is_published =
        matches!(status, Status::Good | Status::Weak | Status::Broken | Status::Partial);
    let word = match (protocol, status) {
        (_, Status::Skipped | Status::NotRecorded) => "-".to_owned(),
        (Protocol::Spf, _) if is_published => {
            format!("{} {}/{LOOKUP_LIMIT}", status.word(), domain.spf.details.lookups)
        }
        (Protocol::Dmarc, Status::Good | Status::Weak) => match domain.dmarc.details.policy {
            Some(policy) => format!("p={}", policy.word()),
            None => status.word().to_owned(),
        },
        _ => status.word().to_owned(),
    };
    (of_status(status), word)
}

/// The answer about each sender that was asked about; else, where the verdict is unknown, why.
fn below(sheet: &mut Sheet, domain: &Domain) {
    let asked = domain.authorizations.iter().filter(|one| one.origin == Origin::Asked);
    let mut answers: Vec<Line> = asked.map(|one| sheet.line().phrase(&one.headline)).collect();
    if answers.is_empty() && domain.result == Verdict::Unknown {
        let unknowns = domain.unknowns();
        let failed = domain.errors.first().map(|error| &error.message);
        let why = failed.or(unknowns.first().map(|unknown| &unknown.why));
        answers.push(match why {
            _ if domain.is_unreachable() => sheet.line().plain("no DNS answer"),
            Some(why) => sheet.line().phrase(why),
            None => sheet.line().phrase(&domain.headline),
        });
    }
    for answer in answers {
        let label = sheet.line().pad(BELOW);
        sheet.sentence(label, &answer);
    }
}

/// The gravest findings of a run; of those that are equally grave, the first.
#[derive(Clone, Debug, Default)]
pub(super) struct Gravest {
    findings: Vec<Finding>,
    /// How many there are, those that are not among the gravest included.
    all: usize,
}

impl Gravest {
    /// Takes in those that count, if they are among the gravest.
    pub(super) fn add(&mut self, findings: &[Finding]) {
        for finding in findings.iter().filter(|finding| finding.counts()) {
            self.all += 1;
            let last = self.findings.get(SHOWN - 1);
            if last.is_none_or(|last| finding.severity > last.severity) {
                self.findings.push(finding.clone());
                self.findings.sort_by_key(|finding| Reverse(finding.severity));
                self.findings.truncate(SHOWN);
            }
        }
    }

    /// Shows them, and how the domains add up.
    pub(super) fn show(&self, sheet: &mut Sheet, tally: &Tally) {
        if self.all > SHOWN {
            sheet.blank();
            let all = grouped(self.all as u128);
            let about = format!("the {SHOWN} most severe of {all} findings (--full shows all):");
            sheet.put(&sheet.line().faint(about));
        }
        for finding in &self.findings {
            sheet.blank();
            finding::brief(sheet, finding);
        }
        sheet.blank();
        let verdicts = [Verdict::Fail, Verdict::Unknown, Verdict::Warn, Verdict::Ok];
        let counts = verdicts.map(|verdict| {
            let count = grouped(tally.of_verdict(verdict) as u128);
            sheet.line().with(of_verdict(verdict), format!("{count} {}", verdict.word()))
        });
        let mut line = sheet.line().plain(counted(tally.domains(), "domain"));
        for (index, count) in counts.iter().enumerate() {
            line = line.plain(if index == 0 { ": " } else { ", " }).then(count);
        }
        sheet.put(&line);
    }
}
