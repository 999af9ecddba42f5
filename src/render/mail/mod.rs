//! Messages, bounces and reports in the formats that show domains too: what is said of each stands here once,
//! and the screen, a page and Markdown lay it out.

pub(in crate::render) mod bounce;
pub(in crate::render) mod feedback;
pub(in crate::render) mod message;

use super::Stream;
use crate::diagnostic::Severity;
use crate::report::bounce::Bounce;
use crate::report::feedback::Feedback;
use crate::report::message::MessageReport;
use crate::report::{Fault, FileLocation, Finding, Judged, Report, Run, Threshold, Verdict};
use crate::text::{Phrase, Role};
use std::io::{self, Write};

/// Something that arrived by mail, as every format shows it.
#[derive(Clone, Debug)]
pub struct Article {
    /// Where it stands: a file, perhaps a message of it.
    pub(super) name: String,
    /// How it adds up.
    pub(super) result: Verdict,
    /// The same in a sentence.
    pub(super) headline: Phrase,
    pub(super) faults: Vec<Fault>,
    pub(super) facts: Vec<Fact>,
    pub(super) tables: Vec<Table>,
    pub(super) notes: Vec<Phrase>,
    pub(super) findings: Vec<Finding>,
}

impl Article {
    /// A message.
    pub fn of_message(report: &MessageReport) -> Self {
        message::article(report)
    }

    /// A bounce: what it comes to, in a sentence and as an exit code.
    pub fn of_bounce(bounce: &Bounce, (headline, code): (Phrase, u8)) -> Self {
        bounce::article(bounce, headline, verdict(code))
    }

    /// That there is nothing of the kind.
    pub fn of_nothing(headline: Phrase) -> Self {
        let (faults, facts, tables) = Default::default();
        let (notes, findings) = Default::default();
        let (name, result) = ("mailcheck".to_owned(), Verdict::Unknown);
        Self { name, result, headline, faults, facts, tables, notes, findings }
    }

    /// Reports.
    pub fn of_reports(feedback: &Feedback) -> Self {
        feedback::article(feedback)
    }
}

/// What an exit code says of the whole.
fn verdict(code: u8) -> Verdict {
    match code {
        0 => Verdict::Ok,
        1 => Verdict::Fail,
        _ => Verdict::Unknown,
    }
}

/// A sentence and what it is about.
#[cfg_attr(not(feature = "html"), expect(dead_code, reason = "only pages and screens are inked"))]
#[derive(Clone, Debug)]
pub(super) struct Fact {
    /// What it is about; empty if that is what the one before is about.
    pub(super) label: &'static str,
    /// What it means for the whole.
    pub(super) role: Role,
    pub(super) said: Phrase,
}

/// Facts as they come in.
#[derive(Default)]
struct Facts(Vec<Fact>);

impl Facts {
    fn put(&mut self, label: &'static str, role: Role, said: Phrase) {
        self.0.push(Fact { label, role, said });
    }

    /// Words, unless there are none.
    fn text(&mut self, label: &'static str, words: &str) {
        if !words.is_empty() {
            self.put(label, Role::Plain, Phrase::from(words));
        }
    }
}

/// Rows with a head.
#[cfg_attr(not(feature = "html"), expect(dead_code, reason = "only pages and screens are inked"))]
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) title: &'static str,
    pub(super) head: &'static [&'static str],
    pub(super) rows: Vec<Vec<Phrase>>,
    /// What is drawn beside each row; empty if nothing is.
    pub(super) bars: Vec<Vec<Bar>>,
    /// Rows that are not shown.
    pub(super) left_out: usize,
}

/// A part of a bar, in thousandths of its length.
#[cfg_attr(not(feature = "html"), expect(dead_code, reason = "only pages and screens are inked"))]
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar {
    pub(super) from: u32,
    pub(super) width: u32,
    pub(super) role: Role,
}

/// Findings, each at the file that it was made in.
fn in_file(file: &str, findings: &[Finding]) -> Vec<Finding> {
    let place = (file != "-").then(|| FileLocation {
        file: file.to_owned(),
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
    });
    let placed = |it: &Finding| Finding { location: place.clone(), ..it.clone() };
    findings.iter().map(placed).collect()
}

/// A format that shows articles beside domains.
pub trait Articles: Stream {
    /// Adds an article.
    ///
    /// # Errors
    /// `out` cannot be written to.
    fn article(&mut self, article: &Article, out: &mut dyn Write) -> io::Result<()>;
}

/// The formats of domains that show what arrives by mail too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// The summary of a job, the comment of a pull request.
    Markdown,
    /// A page for a browser.
    #[cfg(feature = "html")]
    Html,
    /// Results of code scanning.
    Sarif,
    /// Test results.
    JUnit,
    /// Annotations of GitHub Actions.
    GitHub,
    /// Code Quality of GitLab.
    GitLab,
}

impl Shared {
    /// Every form with its name.
    pub const NAMES: &'static [(Self, &'static str)] = &[
        (Self::Markdown, "markdown"),
        #[cfg(feature = "html")]
        (Self::Html, "html"),
        (Self::Sarif, "sarif"),
        (Self::JUnit, "junit"),
        (Self::GitHub, "github"),
        (Self::GitLab, "gitlab"),
    ];

    /// The format, to be written.
    pub fn stream(self) -> Box<dyn Articles> {
        match self {
            Self::Markdown => Box::new(super::markdown::Summary::default()),
            #[cfg(feature = "html")]
            Self::Html => Box::new(super::html::Page::default()),
            Self::Sarif => Box::new(super::sarif::Log::default()),
            Self::JUnit => Box::new(super::junit::Suites::default()),
            Self::GitHub => Box::new(super::github::Annotations::default()),
            Self::GitLab => Box::new(super::gitlab::Issues::default()),
        }
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// `out` cannot be written to.
    pub fn write(
        self,
        articles: &[Article],
        frame: &Report,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut stream = self.stream();
        stream.begin(frame, out)?;
        articles.iter().try_for_each(|article| stream.article(article, out))?;
        stream.end(frame, out)
    }
}

/// What stands around articles: how the run was made, its exit code, and the least severity of a finding
/// that makes it fail, if one was named.
pub fn frame(run: &Run, code: u8, least: Option<Severity>) -> Report {
    let threshold = Threshold { fail_on: least, is_named: least.is_some(), ..Threshold::default() };
    let mut report = Judged::new(Vec::new(), Vec::new()).conclude(run.clone(), threshold);
    (report.result, report.exit_code) = (verdict(code), code);
    report
}
