//! The report for a person: the answer first, every step behind it on demand.
//!
//! The first line answers. Below it stand, in this order and only where there is something to
//! say: what the owner expects of the domain, what a change does to it or else the senders that were
//! asked about, a row per protocol and the SPF policy as a tree, the steps (`explain`), the findings
//! with what mends them, the table of questions (`lookups`), and a closing line that says what the
//! exit code means. What files say by themselves is a list of its own.
//!
//! Three rules hold throughout. Words carry everything, colour only repeats it. A record that may
//! be copied stands in the first column of a line of its own, unbroken and without colour. And
//! every text passes [`escape`](crate::text::escape) on its way into a line, no matter where it came from.

mod authorization;
#[cfg(feature = "mail")]
#[doc(hidden)]
pub mod bounce;
mod catalogue;
mod change;
mod closing;
mod contract;
mod excerpt;
mod explain;
mod fault;
#[cfg(feature = "mail")]
#[doc(hidden)]
pub mod feedback;
mod finding;
#[cfg(feature = "history")]
#[doc(hidden)]
pub mod history;
#[cfg(feature = "history")]
mod incident;
mod line;
mod lint;
#[cfg(feature = "mail")]
#[doc(hidden)]
pub mod message;
mod page;
mod providers;
mod rows;
mod screen;
pub mod senders;
mod servers;
mod sheet;
#[cfg(feature = "smtp")]
#[doc(hidden)]
pub mod smtp;
mod table;
mod tree;
#[cfg(feature = "history")]
#[doc(hidden)]
pub mod watch;

pub use catalogue::rules;
pub use page::page;
pub use providers::{provider, providers};
pub use screen::Screen;

use crate::render::palette::Ink;
use crate::render::{outcome, sender};
use crate::report::{Answer, Domain, Report, SenderResult, Status, Verdict};
use sheet::Sheet;
use std::io::{self, Write};

/// How the text should look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// With colour, as [`palette::decide`](crate::render::palette::decide) said.
    pub color: bool,
    /// With characters of ASCII only.
    pub ascii: bool,
    /// Columns of a line.
    pub width: usize,
    /// With every step.
    pub explain: bool,
    /// With the table of questions.
    pub lookups: bool,
    /// The first line only.
    pub quiet: bool,
    /// A row a domain and what is gravest, not a report each.
    pub table: bool,
    /// With links behind citations, as [`link::are_understood`](crate::render::link::are_understood)
    /// said.
    pub links: bool,
    /// The question, so that the last lines can repeat it; `None` if they cannot.
    pub question: Option<Question>,
}

/// A question as a shell takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// As it was asked.
    pub command: String,
    /// The same of another server; `None` if that one was asked.
    pub elsewhere: Option<String>,
}

impl Default for Look {
    /// Plain text of 80 columns.
    fn default() -> Self {
        Self {
            color: false,
            ascii: false,
            width: 80,
            explain: false,
            lookups: false,
            quiet: false,
            table: false,
            links: false,
            question: None,
        }
    }
}

/// Writes a report as text.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    super::whole(&mut Screen::new(look.clone()), report, out)
}

fn whole(sheet: &mut Sheet, domain: &Domain, look: &Look) {
    if domain.is_unreachable() {
        unreachable(sheet, domain);
    } else {
        answer(sheet, domain, look);
        fault::faults(sheet, domain);
        for note in &domain.notes {
            let label = sheet.line().faint("  remark  ");
            let sentence = sheet.line().phrase(note);
            sheet.sentence(label, &sentence);
        }
        contract::contract(sheet, domain);
        match &domain.change {
            Some(change) => change::change(sheet, domain, change),
            None => {
                authorization::authorizations(sheet, domain, look);
                rows::rows(sheet, domain);
                servers::servers(sheet, domain);
                tree::tree(sheet, domain, look);
            }
        }
    }
    if look.explain {
        explain::sections(sheet, domain);
        rows::expected(sheet, domain);
    }
    finding::findings(sheet, &domain.findings, look);
    if look.lookups {
        explain::questions(sheet, &domain.lookups);
    }
}

/// The first line. When it is the only one, it is not broken, so that it can be counted on.
fn answer(sheet: &mut Sheet, domain: &Domain, look: &Look) {
    let ascii = domain.domain.to_string();
    let mut label = sheet.line().with(Ink::Strong, &ascii);
    if domain.unicode != ascii {
        label = label.plain(" (").with(Ink::Name, &domain.unicode).plain(")");
    }
    let label = match domain.answer() {
        // Whoever asks about a sender reads the answer about it first.
        Some(answer) => {
            sheet.line().with(of_answer(answer), answer.word()).plain("  ").then(&label).plain(": ")
        }
        None => label.plain("  ").with(of_verdict(domain.result), domain.result.word()).plain("  "),
    };
    let headline = sheet.line().phrase(&domain.headline);
    if look.quiet {
        sheet.put(&label.then(&headline));
    } else {
        sheet.sentence(label, &headline);
    }
}

/// One line in place of a screen full of unknowns, unbroken as any answer that stands alone.
fn unreachable(sheet: &mut Sheet, domain: &Domain) {
    let name = domain.domain.to_string();
    let word = Verdict::Unknown.word();
    let label = match domain.answer() {
        Some(_) => {
            sheet.line().with(Ink::Unknown, word).plain("  ").with(Ink::Strong, name).plain(": ")
        }
        None => {
            sheet.line().with(Ink::Strong, name).plain("  ").with(Ink::Unknown, word).plain("  ")
        }
    };
    let sentence = sheet.line().phrase(&outcome::unreachable(domain));
    sheet.put(&label.then(&sentence));
}

fn of_answer(answer: Answer) -> Ink {
    match answer {
        Answer::Yes => Ink::Good,
        Answer::Unknown => Ink::Unknown,
        Answer::Partly | Answer::No => Ink::Bad,
    }
}

fn of_verdict(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::Ok => Ink::Good,
        Verdict::Warn => Ink::Weak,
        Verdict::Unknown => Ink::Unknown,
        Verdict::Fail => Ink::Bad,
    }
}

fn of_status(status: Status) -> Ink {
    match status {
        Status::Good => Ink::Good,
        Status::Weak => Ink::Weak,
        Status::Broken => Ink::Bad,
        Status::Unknown => Ink::Unknown,
        Status::Partial => Ink::Plain,
        Status::Absent | Status::Skipped | Status::NotRecorded => Ink::Faint,
    }
}

/// The ink of a result where nobody in particular asked for another one.
fn of_policy_result(result: impl Into<SenderResult>) -> Ink {
    sender::role_in_policy(result).into()
}

/// The ink of what a sender gets.
fn of_result(result: impl Into<SenderResult>) -> Ink {
    sender::role_of(result).into()
}
