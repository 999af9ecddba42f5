//! Markdown for GitHub: the summary of a job, the comment of a pull request.
//!
//! First a headline for each domain, then the domains one by one, those that fail first: who may
//! send, the sections, what is expected, what a change does, findings and their fixes. A page has
//! an end: what finds no place on it is counted.

mod change;
mod finding;
pub(super) mod inline;
#[cfg(feature = "mail")]
mod mail;
mod page;

use super::words::{by_severity, is_same, queries};
use super::{Stream, whole};
use crate::report::{Authorized, Domain, Expected, Report, SectionView};
use inline::{code, fenced, phrase};
use page::Page;
use std::cmp::Reverse;
use std::io::{self, Write};

/// Domains for whose lines a page has room, and more: what is kept of a run while it goes on.
const MOST_DOMAINS: usize = 500;

/// Writes a report as Markdown.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    whole(&mut Summary::default(), report, out)
}

/// A page that is written when all domains are known, those that fail first.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Outlines of the worst domains so far.
    domains: Vec<Domain>,
    /// The first of what arrived by mail.
    #[cfg(feature = "mail")]
    articles: Vec<super::mail::Article>,
    /// Their findings.
    #[cfg(feature = "mail")]
    counts: crate::report::Counts,
    /// How many domains came in that have no place on the page.
    left_out: usize,
}

impl Summary {
    /// Leaves the worst domains, in the order in which they came in.
    fn keep_worst(&mut self) {
        self.domains.sort_by_key(|domain| Reverse(domain.result));
        self.left_out += self.domains.len().saturating_sub(MOST_DOMAINS);
        self.domains.truncate(MOST_DOMAINS);
        #[cfg(feature = "mail")]
        {
            self.articles.sort_by_key(|article| Reverse(article.result));
            self.left_out += self.articles.len().saturating_sub(MOST_DOMAINS);
            self.articles.truncate(MOST_DOMAINS);
        }
    }
}

#[cfg(feature = "mail")]
impl super::mail::Articles for Summary {
    fn article(&mut self, article: &super::mail::Article, _: &mut dyn Write) -> io::Result<()> {
        self.counts.add(&article.findings);
        self.articles.push(article.clone());
        if self.articles.len() >= 2 * MOST_DOMAINS {
            self.keep_worst();
        }
        Ok(())
    }
}

impl Stream for Summary {
    fn begin(&mut self, _: &Report, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn domain(&mut self, domain: &Domain, _: &mut dyn Write) -> io::Result<()> {
        self.domains.push(domain.clone().outline());
        if self.domains.len() >= 2 * MOST_DOMAINS {
            self.keep_worst();
        }
        Ok(())
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        self.keep_worst();
        let mut page = Page::default();
        page.put("headings", &format!("## mailcheck: {}", report.result));
        page.list("headlines", self.domains.iter().map(headline));
        #[cfg(feature = "mail")]
        page.list("headlines", self.articles.iter().map(mail::headline));
        page.leave_out("headlines", self.left_out);
        #[cfg(feature = "mail")]
        if !self.articles.is_empty() {
            page.put("counts", &by_severity(self.counts));
        }
        if !self.domains.is_empty() || !report.findings.is_empty() {
            page.put("counts", &by_severity(report.counts));
        }
        let notes = report.run.notes.iter();
        page.list("remarks", notes.map(|note| format!("- {}", phrase(note))));
        self.domains.iter().for_each(|domain| of_domain(&mut page, domain));
        #[cfg(feature = "mail")]
        self.articles.iter().for_each(|article| mail::article(&mut page, article));
        page.leave_out("domains", self.left_out);
        if !report.findings.is_empty() {
            page.put("headings", "### Files and configuration");
            finding::findings(&mut page, &report.findings);
        }
        let run = &report.run;
        let mut asked = queries(run.questions);
        if !run.sources.is_empty() {
            asked.push_str(&format!(" ({})", inline::text(&run.sources.join(", "))));
        }
        let tool = &report.tool;
        page.put(
            "lines",
            &format!("{} {}, {asked}, exit {}", tool.name, tool.version, report.exit_code),
        );
        out.write_all(page.into_text().as_bytes())
    }
}

/// The answer about a domain.
fn headline(domain: &Domain) -> String {
    format!("- **{}** {}: {}", domain.result, named(domain), phrase(&domain.headline))
}

/// The domain, in U-labels too where these are others.
fn named(domain: &Domain) -> String {
    let name = domain.domain.to_string();
    match domain.unicode == name {
        true => code(&name),
        false => format!("{} ({})", code(&name), code(&domain.unicode)),
    }
}

fn of_domain(page: &mut Page, domain: &Domain) {
    // Of a change that alters nothing the headline says so.
    if is_same(domain) {
        return;
    }
    let head = format!("### {}: {}", named(domain), domain.result);
    let head = match &domain.change {
        Some(_) => head,
        None => format!("{head}\n\n{}", sections(domain)),
    };
    if !page.put("domains", &head) {
        return;
    }
    page.list("remarks", domain.notes.iter().map(|note| format!("- {}", phrase(note))));
    match &domain.change {
        Some(change) => change::change(page, change),
        None => {
            authorizations(page, domain);
            let errors = domain.errors.iter();
            page.list(
                "lookups that failed",
                errors.map(|error| format!("- **undetermined:** {}", phrase(&error.message))),
            );
        }
    }
    if !domain.contract.is_empty() {
        page.put("headings", "#### What is expected");
        page.list("expectations", domain.contract.iter().map(expected));
    }
    finding::findings(page, &domain.findings);
}

/// A row for each protocol.
fn sections(domain: &Domain) -> String {
    let rows = domain.sections().into_iter().filter(SectionView::is_examined);
    let rows = rows.map(|SectionView { protocol, status, summary, .. }| {
        let title = protocol.title();
        format!("| {title} | {} | {} |\n", status.word(), phrase(summary))
    });
    let rows: String = rows.collect();
    match rows.is_empty() {
        true => String::new(),
        false => format!("| | status | |\n|---|---|---|\n{rows}"),
    }
}

/// The senders, and what would let those pass that do not.
fn authorizations(page: &mut Page, domain: &Domain) {
    let shown = domain.authorizations.iter().filter(|one| !one.is_barred());
    let lines = shown.map(|one| {
        let word = match one.authorized {
            Authorized::Yes => "YES",
            Authorized::No => "NO",
            Authorized::Partial => "PARTLY",
            Authorized::Unknown => "UNKNOWN",
            Authorized::NotApplicable => "n/a",
        };
        format!("- **{word}:** {}", phrase(&one.headline))
    });
    page.list("senders", lines);
    for one in &domain.authorizations {
        let Some(best) = one.fixes.first() else { continue };
        let lines: Vec<String> =
            best.fix.records.iter().filter_map(|record| record.add.clone()).collect();
        let sender = code(&one.sender);
        let part = format!(
            "Fix for {sender}: {}\n\n{}",
            phrase(&best.fix.summary),
            fenced("zone", &lines)
        );
        page.put("fixes", &part);
    }
}

/// A box that is ticked if the expectation is met.
fn expected(expected: &Expected) -> String {
    let (tick, word) = match expected.met {
        Some(true) => ("x", ""),
        Some(false) => (" ", "**not met:** "),
        None => (" ", "**undetermined:** "),
    };
    let place = code(&format!("{}:{}", expected.location.file, expected.location.line));
    format!("- [{tick}] {word}{} ({place})", phrase(&expected.expectation))
}
