//! Messages, bounces and reports: an article each, with their tables and what is drawn beside them.

use super::finding::Findings;
use super::fragment::{Words, class};
use super::{End, MOST_ARTICLES, MOST_ROWS, Page, Row, when};
use crate::render::attribution::{MOST, who};
use crate::render::mail::{Article, Articles, Bar, Table};
use crate::render::outcome::asked;
use crate::render::words::by_severity;
use crate::report::{Report, Verdict};
use crate::text::Phrase;
use askama::Template;
use std::io::{self, Write};

/// An article as it is shown.
#[derive(Template)]
#[template(path = "report/mail.html")]
struct Shown<'a> {
    article: &'a Article,
    /// Its number on the page, from 1: anchors begin with it.
    number: usize,
    /// The level of its heading.
    level: u8,
    /// When and how it was found out, if it is the only one.
    run: Option<String>,
    findings: Findings<'a>,
}

impl<'a> Shown<'a> {
    fn new(article: &'a Article, number: usize, level: u8, run: Option<String>) -> Self {
        let findings = Findings::new(article.findings.iter().collect(), number, level + 1);
        Self { article, number, level, run, findings }
    }

    fn class(&self) -> &'static str {
        class::of_verdict(self.article.result)
    }

    fn words<'w>(&self, phrase: &'w Phrase) -> Words<'w> {
        Words(phrase)
    }

    fn faults(&self) -> Vec<(String, Phrase)> {
        let faults = self.article.faults.iter().take(MOST);
        let said = faults.map(|fault| match fault.action.is_empty() {
            true => (who(fault), fault.reason.clone()),
            false => (who(fault), fault.reason.clone().plain("; ").then(fault.action.clone())),
        });
        said.collect()
    }

    fn facts(&self) -> impl Iterator<Item = (&'static str, &'static str, &Phrase)> {
        self.article.facts.iter().map(|fact| (fact.label, class::of_role(fact.role), &fact.said))
    }

    fn tables(&self) -> impl Iterator<Item = (usize, &Table)> {
        self.article.tables.iter().enumerate()
    }

    fn rows<'t>(&self, table: &'t Table) -> impl Iterator<Item = (&'t [Phrase], &'t [Bar])> {
        let bars = table.bars.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
        table.rows.iter().map(Vec::as_slice).zip(bars)
    }

    fn colour(&self, bar: &Bar) -> &'static str {
        class::of_role(bar.role)
    }
}

/// What arrived by mail, on its way to a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Mail {
    /// How many came in.
    pub(super) count: usize,
    /// The first one, until it is known whether it is the only one.
    first: Option<Box<Article>>,
    counts: crate::report::Counts,
}

impl Page {
    /// One of several, and its row.
    fn mail_of_several(&mut self, article: &Article, out: &mut dyn Write) -> io::Result<()> {
        let is_grave = article.result >= Verdict::Unknown;
        let is_shown = self.articles < MOST_ARTICLES || (is_grave && self.more < MOST_ARTICLES);
        if is_shown {
            self.more += usize::from(self.articles >= MOST_ARTICLES);
            self.articles += 1;
            Shown::new(article, self.articles, 2, None).write_into(out)?;
        }
        if self.rows.len() < MOST_ROWS {
            self.rows.push(Row {
                name: article.name.clone(),
                result: article.result,
                headline: article.headline.to_string(),
                article: is_shown.then_some(self.articles),
            });
        }
        Ok(())
    }

    /// Ends a page of what arrived by mail.
    pub(super) fn end_of_mail(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        if let Some(only) = self.mail.first.take() {
            let title = format!("{}: {}", only.name, only.result);
            self.head(&title, false, out)?;
            Shown::new(&only, 1, 1, Some(when(report))).write_into(out)?;
        }
        let end = End {
            report,
            rows: &self.rows,
            noun: "file",
            left_out: match self.rows.len() {
                0 => 0,
                rows => self.mail.count - rows,
            },
            is_lint: false,
            is_empty: false,
            findings: Findings::new(Vec::new(), 0, 3),
            found: by_severity(self.mail.counts),
            asked: asked(&report.run),
            meaning: match report.exit_code {
                0 => "nothing to act on",
                1 => "something fails",
                2 => "nothing could be read",
                3 => "undetermined",
                _ => "internal error",
            },
        };
        end.write_into(out)
    }
}

impl Articles for Page {
    fn article(&mut self, article: &Article, out: &mut dyn Write) -> io::Result<()> {
        self.mail.count += 1;
        self.mail.counts.add(&article.findings);
        if self.mail.count == 1 {
            self.mail.first = Some(Box::new(article.clone()));
            return Ok(());
        }
        if let Some(first) = self.mail.first.take() {
            self.head("mailcheck: several messages", true, out)?;
            self.mail_of_several(&first, out)?;
        }
        self.mail_of_several(article, out)
    }
}
