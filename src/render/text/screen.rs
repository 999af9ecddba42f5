//! The report as it is written on a screen, domain after domain.

use super::closing;
use super::sheet::Sheet;
use super::table::{self, Gravest};
use super::{Look, answer, finding, lint, unreachable, whole};
use crate::render::Stream;
use crate::render::palette::Ink;
use crate::render::words::is_same;
use crate::report::{Domain, Report, Tally, Verdict};
use std::io::{self, Write};

/// Text as it is written.
#[derive(Debug)]
pub struct Screen {
    look: Look,
    tally: Tally,
    /// True if a line was written and the last one is not empty.
    is_continued: bool,
    /// How many notes about the run were written.
    notes: usize,
    /// The domains of which a change alters nothing.
    same: Vec<String>,
    /// True if a server answered about some domain.
    is_answered: bool,
    /// How the only domain adds up, as long as it is one and no change of one.
    only: Option<Verdict>,
    /// What is shown below a table.
    gravest: Gravest,
}

impl Screen {
    /// Nothing written yet.
    pub fn new(look: Look) -> Self {
        Self {
            look,
            tally: Tally::default(),
            is_continued: false,
            notes: 0,
            same: Vec::new(),
            is_answered: false,
            only: None,
            gravest: Gravest::default(),
        }
    }

    fn sheet(&self) -> Sheet {
        Sheet::below(&self.look, self.is_continued)
    }

    fn put(&mut self, sheet: Sheet, out: &mut dyn Write) -> io::Result<()> {
        let text = sheet.into_text();
        if !text.is_empty() {
            self.is_continued = text != "\n" && !text.ends_with("\n\n");
        }
        out.write_all(text.as_bytes())
    }

    /// Writes what there is to say of the run and was not said yet.
    fn notes(&mut self, sheet: &mut Sheet, report: &Report) {
        for note in report.run.notes.iter().skip(self.notes) {
            let label = sheet.line().faint("remark  ");
            let sentence = sheet.line().phrase(note);
            sheet.sentence(label, &sentence);
        }
        self.notes = report.run.notes.len();
    }
}

impl Stream for Screen {
    fn begin(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let mut sheet = self.sheet();
        if !self.look.quiet && report.run.files.is_empty() {
            self.notes(&mut sheet, report);
        }
        self.put(sheet, out)
    }

    fn domain(&mut self, domain: &Domain, out: &mut dyn Write) -> io::Result<()> {
        self.tally.add(domain);
        let is_unreachable = domain.is_unreachable();
        self.is_answered |= !is_unreachable;
        let is_only = self.tally.domains() == 1 && domain.change.is_none();
        self.only = is_only.then_some(domain.result);
        let mut sheet = self.sheet();
        if self.look.table {
            if self.tally.domains() == 1 {
                sheet.blank();
                table::head(&mut sheet);
            }
            table::row(&mut sheet, domain);
            self.gravest.add(&domain.findings);
        } else if is_same(domain) {
            self.same.push(domain.domain.to_string());
        } else if self.look.quiet && is_unreachable {
            unreachable(&mut sheet, domain);
        } else if self.look.quiet {
            answer(&mut sheet, domain, &self.look);
        } else {
            sheet.blank();
            whole(&mut sheet, domain, &self.look);
        }
        self.put(sheet, out)
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let mut sheet = self.sheet();
        self.tally.add_findings(&report.findings);
        if !report.run.files.is_empty() {
            lint::lint(&mut sheet, report, &self.tally, &self.look);
            return self.put(sheet, out);
        }
        unchanged(&mut sheet, &self.same);
        let has_domains = self.tally.domains() > 0;
        let is_table = self.look.table && has_domains;
        if is_table {
            self.gravest.add(&report.findings);
            self.gravest.show(&mut sheet, &self.tally);
        } else if !self.look.quiet {
            finding::findings(&mut sheet, &report.findings, &self.look);
        }
        if !self.look.quiet {
            if has_domains && self.notes < report.run.notes.len() {
                sheet.blank();
                self.notes(&mut sheet, report);
            }
            // Of domains that no server answered about, a line each says all there is to say.
            if !report.findings.is_empty() || self.is_answered || is_table {
                sheet.blank();
                closing::closing(&mut sheet, report, &self.tally, self.only, &self.look);
            }
        }
        self.put(sheet, out)
    }
}

/// The domains of which a change alters nothing, in one sentence.
fn unchanged(sheet: &mut Sheet, names: &[String]) {
    if names.is_empty() {
        return;
    }
    sheet.blank();
    let label = sheet.line().with(Ink::Good, "no changes").plain("  for ");
    let sentence = sheet.line().with(Ink::Name, names.join(", "));
    sheet.sentence(label, &sentence);
}
