//! Findings: what is true, where, why it matters, and what repairs it.

use super::fragment::{Words, class, fragments};
use crate::render::link::Link;
use crate::render::overlap;
use crate::render::words::{caution, counted};
use crate::report::{Excerpt, Finding, State};
use crate::text::Phrase;
use askama::Template;

/// Findings that are shown; the others are counted.
const MOST: usize = 200;

/// Characters of a record that are shown on each side of the part that is meant, and of that part.
const AROUND: usize = 200;

/// Findings that count, and how many do not.
#[derive(Template)]
#[template(path = "report/findings.html")]
pub(super) struct Findings<'d> {
    shown: Vec<One<'d>>,
    left_out: usize,
    /// What its owner decided about: rule, place, reason.
    ignored: Vec<&'d Finding>,
    unchanged: usize,
    /// The number of the article, for anchors.
    number: usize,
    /// The level of the heading.
    level: u8,
}

fragments!(Findings<'_>);

/// A finding as it is shown.
struct One<'d> {
    finding: &'d Finding,
    excerpt: Option<[String; 3]>,
    /// Lines to copy.
    fix: String,
    /// How freely they may be published, and what they would undo.
    caution: String,
}

impl<'d> Findings<'d> {
    pub(super) fn new(findings: Vec<&'d Finding>, number: usize, level: u8) -> Self {
        let counting = findings.iter().filter(|finding| finding.counts());
        let left_out = counting.clone().count().saturating_sub(MOST);
        let shown = counting.take(MOST).map(|finding| One {
            finding,
            excerpt: finding.excerpt.as_ref().map(window),
            fix: finding.fix_lines().join("\n"),
            caution: finding.fix.as_ref().map_or_else(String::new, |fix| {
                let warning = overlap::warning(findings.iter().copied(), finding);
                format!("{}{}", caution(fix.applicability), warning.unwrap_or_default())
            }),
        });
        let shown = shown.collect();
        let is_unchanged =
            |it: &&&Finding| it.state == Some(State::Unchanged) && it.suppressed.is_none();
        let unchanged = findings.iter().filter(is_unchanged).count();
        let ignored = findings.iter().filter(|it| it.suppressed.is_some()).take(MOST).copied();
        Self { shown, left_out, ignored: ignored.collect(), unchanged, number, level }
    }

    fn is_empty(&self) -> bool {
        self.shown.is_empty() && self.ignored.is_empty() && self.unchanged == 0
    }

    fn count(&self) -> String {
        counted(self.shown.len() + self.left_out, "finding")
    }

    fn words<'w>(&self, phrase: &'w Phrase) -> Words<'w> {
        Words(phrase)
    }
}

impl One<'_> {
    fn class(&self) -> &'static str {
        class::of_severity(self.finding.severity)
    }

    /// The page of the rule.
    fn page(&self) -> Option<String> {
        Link::to_rule(&self.finding.rule).map(|link| link.address().to_owned())
    }

    /// The section that says so.
    fn section(&self) -> Option<String> {
        Link::to(&self.finding.reference.cite).map(|link| link.address().to_owned())
    }
}

/// The part that is meant and what is around it; what is further away is left out.
fn window(excerpt: &Excerpt) -> [String; 3] {
    let Excerpt { before, marked, after } = excerpt;
    let begin = before.chars().count().saturating_sub(AROUND);
    let before = match begin {
        0 => before.clone(),
        begin => format!("…{}", before.chars().skip(begin).collect::<String>()),
    };
    [before, first(marked), first(after)]
}

fn first(text: &str) -> String {
    match text.char_indices().nth(AROUND) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
