//! A round of looks, for a person: how each domain is, and what became of incidents.

use super::Look;
use super::incident::{ink, lines};
use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::Verdict;
use crate::report::watch::{Notice, Watch, WatchedDomain};
use crate::text::{Phrase, minute, seconds};
use std::io::{self, Write};

/// With more domains than this, those where nothing is to be said are counted.
const FEW: usize = 12;

/// Writes a round as text.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(watch: &Watch, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet::new(look);
    let says = |one: &&WatchedDomain| {
        watch.domains.len() <= FEW || one.result == Verdict::Unknown || !one.pending.is_empty()
    };
    let shown: Vec<&WatchedDomain> = watch.domains.iter().filter(says).collect();
    for one in shown.iter().filter(|_| !look.quiet) {
        domain(&mut sheet, one);
    }
    for notice in &watch.news {
        sheet.blank();
        told(&mut sheet, notice);
    }
    for waiting in &watch.waiting {
        sheet.blank();
        let label = sheet.line().with(Ink::Weak, "waiting").plain("  ");
        let said = Phrase::from(&*waiting.way)
            .plain(format!(": {}, tried again: ", count(waiting.count, "message")))
            .plain(&*waiting.why);
        let said = sheet.line().phrase(&said);
        sheet.sentence(label, &said);
    }
    sheet.blank();
    sheet.put(&sheet.line().plain(closing(watch)));
    out.write_all(sheet.into_text().as_bytes())
}

fn domain(sheet: &mut Sheet, one: &WatchedDomain) {
    let ink = match one.result {
        Verdict::Ok => Ink::Good,
        Verdict::Warn => Ink::Weak,
        Verdict::Fail => Ink::Bad,
        Verdict::Unknown => Ink::Unknown,
    };
    let label = sheet.line().with(Ink::Name, one.domain.to_string()).plain("  ");
    let label = label.with(ink, one.result.word()).plain("  ");
    let said = one.headline.clone().plain(format!(" ({})", one.since));
    let said = sheet.line().phrase(&said);
    sheet.sentence(label, &said);
    for title in &one.pending {
        let label = sheet.line().plain("  ").with(Ink::Weak, "pending").plain("  ");
        let said = title.clone().plain(" (this look alone; it counts when the next one agrees)");
        let said = sheet.line().phrase(&said);
        sheet.sentence(label, &said);
    }
}

/// A message about an incident, as a mail has it.
pub fn message(notice: &Notice, look: &Look) -> String {
    let mut sheet = Sheet::new(look);
    told(&mut sheet, notice);
    sheet.into_text()
}

fn told(sheet: &mut Sheet, notice: &Notice) {
    let incident = &notice.incident;
    let label = sheet.line().with(ink(incident), notice.happened.word()).plain("  ");
    let title = sheet.line().phrase(&incident.title);
    sheet.sentence(label, &title);
    lines(sheet, incident);
}

/// How it adds up.
fn closing(watch: &Watch) -> String {
    let at = seconds(&watch.at).map_or_else(|| watch.at.clone(), minute);
    let open = match watch.open.len() {
        0 => "no open incident".to_owned(),
        number => count(number, "open incident"),
    };
    format!("{at}: {}, {open}", count(watch.domains.len(), "domain"))
}

/// So many of them.
fn count(number: impl TryInto<u64>, what: &str) -> String {
    match number.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}
