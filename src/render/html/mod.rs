//! A report as one HTML page: for a browser, a printer, an attachment.
//!
//! The page is one file. It has no script, asks for nothing, and says in its own policy
//! (Content-Security-Policy) that a browser must neither run nor fetch anything: the one style sheet
//! is named by its hash. The answer comes first, then whose fault it is, then a card a protocol, the
//! pictures, the findings with what repairs them, and, folded, every query and step.
//!
//! All markup is in `templates/`. A template is compiled, and escapes whatever it shows; what it does
//! not escape are other templates of this room (`fragment`), and nothing else. Text of others gets
//! into two contexts only: between tags, and between the double quotes of an attribute that holds
//! words. Addresses behind links are made of a citation or the id of a rule ([`Link`]), numbers of
//! numbers.
//!
//! [`Link`]: super::link::Link

mod article;
mod budget;
mod change;
mod evidence;
mod finding;
mod fragment;
#[cfg(feature = "mail")]
mod mail;
mod map;
mod policy;
mod sender;
mod servers;

use super::outcome::{asked, found, meaning};
use super::words::{counted, is_same};
use super::{Stream, whole};
use crate::report::{Domain, Finding, Report, Tally, Verdict};
use crate::text;
use article::Article;
use askama::Template;
use finding::Findings;
use fragment::{Words, class};
use std::io::{self, Write};

/// The style sheet's hash, as a policy of a page names it; a test computes it.
#[doc(hidden)]
pub const STYLE_HASH: &str = "sha256-elwaAyTFSZah9a9mfuxAsDRpCqAJNcucX/9cH6D7LLY=";

/// Domains that get an article each; of those behind them, as many again that fail or are unknown.
const MOST_ARTICLES: usize = 250;

/// Domains that the list at the end of a page names.
const MOST_ROWS: usize = 5000;

/// Writes a report as a page.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    whole(&mut Page::default(), report, out)
}

/// Writes a report as a page of a site, which is below that path: with a form that asks for another
/// domain, and these links beside it, each with its words.
///
/// # Errors
/// `out` cannot be written to.
#[cfg(feature = "server")]
pub(crate) fn render_at(
    report: &Report,
    site: &str,
    nav: Vec<(String, &'static str)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page { site: Some(site.to_owned()), nav, ..Page::default() };
    whole(&mut page, report, out)
}

/// A page as it is written: of one domain, whose answer is the title, or of several, with a list of
/// all at its end.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The path of the site that serves the page; `None` for a file.
    site: Option<String>,
    /// Links to other pages of that site, and their words.
    nav: Vec<(String, &'static str)>,
    tally: Tally,
    /// The first domain, until it is known whether it is the only one.
    first: Option<Box<Domain>>,
    rows: Vec<Row>,
    /// How many domains have an article, and how many of those that fail are among the later ones.
    articles: usize,
    more: usize,
    #[cfg(feature = "mail")]
    mail: mail::Mail,
}

/// A domain in the list of all.
#[derive(Clone, Debug)]
struct Row {
    /// Its name, in U-labels.
    name: String,
    result: Verdict,
    headline: String,
    /// The number of its article, if it has one.
    article: Option<usize>,
}

impl Row {
    fn class(&self) -> &'static str {
        class::of_verdict(self.result)
    }
}

/// What stands before the first article.
#[derive(Template)]
#[template(path = "report/begin.html")]
struct Begin<'p> {
    title: &'p str,
    style_hash: &'static str,
    /// True if several articles follow.
    is_list: bool,
    /// The path of the site that serves the page; `None` for a file.
    site: Option<&'p str>,
    nav: &'p [(String, &'static str)],
}

/// What stands behind the last article.
#[derive(Template)]
#[template(path = "report/end.html")]
struct End<'p> {
    report: &'p Report,
    rows: &'p [Row],
    /// What a row is about.
    noun: &'static str,
    left_out: usize,
    /// True if files were looked at by themselves.
    is_lint: bool,
    /// True if there is no domain and no file.
    is_empty: bool,
    findings: Findings<'p>,
    found: String,
    asked: String,
    meaning: &'static str,
}

impl End<'_> {
    /// A note about the run.
    fn words<'w>(&self, phrase: &'w crate::text::Phrase) -> Words<'w> {
        Words(phrase)
    }
}

impl Page {
    fn article(
        &mut self,
        domain: &Domain,
        run: Option<String>,
        level: u8,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.articles += 1;
        Article::new(domain, self.articles, level, run).write_into(out)
    }

    /// A domain of several, and its row.
    fn one_of_several(&mut self, domain: &Domain, out: &mut dyn Write) -> io::Result<()> {
        let is_grave = domain.result >= Verdict::Unknown;
        let has_room = self.articles < MOST_ARTICLES || (is_grave && self.more < MOST_ARTICLES);
        let is_shown = has_room && !is_same(domain);
        if is_shown {
            self.more += usize::from(self.articles >= MOST_ARTICLES);
            self.article(domain, None, 2, out)?;
        }
        if self.rows.len() < MOST_ROWS {
            self.rows.push(Row {
                name: domain.unicode.clone(),
                result: domain.result,
                headline: article::headline(domain).to_string(),
                article: is_shown.then_some(self.articles),
            });
        }
        Ok(())
    }

    fn head(&self, title: &str, is_list: bool, out: &mut dyn Write) -> io::Result<()> {
        let site = self.site.as_deref();
        Begin { title, style_hash: STYLE_HASH, is_list, site, nav: &self.nav }.write_into(out)
    }
}

impl Stream for Page {
    fn begin(&mut self, _: &Report, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn domain(&mut self, domain: &Domain, out: &mut dyn Write) -> io::Result<()> {
        self.tally.add(domain);
        if self.tally.domains() == 1 {
            self.first = Some(Box::new(domain.clone()));
            return Ok(());
        }
        if let Some(first) = self.first.take() {
            self.head("mailcheck: several domains", true, out)?;
            self.one_of_several(&first, out)?;
        }
        self.one_of_several(domain, out)
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        #[cfg(feature = "mail")]
        if self.mail.count > 0 {
            return self.end_of_mail(report, out);
        }
        self.tally.add_findings(&report.findings);
        let is_lint = !report.run.files.is_empty();
        match self.first.take() {
            Some(only) => {
                let title = format!("{}: {}", only.unicode, article::word(&only));
                self.head(&title, false, out)?;
                self.article(&only, Some(when(report)), 1, out)?;
            }
            None if self.tally.domains() == 0 => self.head("mailcheck", false, out)?,
            None => {}
        }
        let findings: Vec<&Finding> = match is_lint {
            true => in_files(report),
            false => report.findings.iter().collect(),
        };
        let read = match is_lint {
            false => String::new(),
            true => {
                let files = &report.run.files;
                let records = files.iter().map(|file| file.records).sum();
                format!("{}, {}: ", counted(files.len(), "file"), counted(records, "record"))
            }
        };
        let end = End {
            report,
            rows: &self.rows,
            noun: "domain",
            left_out: match self.rows.len() {
                0 => 0,
                rows => self.tally.domains() - rows,
            },
            is_lint,
            is_empty: !is_lint && self.tally.domains() == 0,
            findings: Findings::new(findings, 0, 3),
            found: read + &found(&self.tally),
            asked: asked(&report.run),
            meaning: meaning(report, &self.tally),
        };
        end.write_into(out)
    }
}

/// When the run began, and what was asked.
fn when(report: &Report) -> String {
    let asked = asked(&report.run);
    match report.run.started.as_deref().map(|started| (started, text::seconds(started))) {
        Some((_, Some(seconds))) => format!("{} · {asked}", text::minute(seconds)),
        Some((started, None)) => format!("{started} · {asked}"),
        None => asked,
    }
}

/// Findings in files, file by file as these were named, and in each as they come there; then those
/// about the configuration.
fn in_files(report: &Report) -> Vec<&Finding> {
    let files: Vec<&str> = report.run.files.iter().map(|file| file.file.as_str()).collect();
    let mut all: Vec<&Finding> = report.findings.iter().collect();
    all.sort_by_cached_key(|finding| match &finding.location {
        Some(it) => {
            let file = files.iter().position(|file| *file == it.file);
            (file.unwrap_or(files.len()), it.file.clone(), it.line, it.column)
        }
        None => (usize::MAX, String::new(), 0, 0),
    });
    all
}
