//! Every step, with the questions asked and what came back.

use super::line::Line;
use super::sheet::Sheet;
use crate::diagnostic::Tone;
use crate::protocols::Protocol;
use crate::render::palette::Ink;
use crate::report::{Domain, Lookup, LookupOutcome, Step};
use std::collections::HashSet;

/// Longest record that is shown whole among steps.
const LONGEST_RECORD: usize = 1000;

/// Deepest step that is drawn as deep as it stands.
const DEEPEST: usize = 12;

/// The steps of every section.
pub(super) fn sections(sheet: &mut Sheet, domain: &Domain) {
    for view in domain.sections() {
        // Who asks about senders has read how they fare, and does not ask about everybody.
        let is_shown = view.protocol == Protocol::Spf
            && domain.authorizations.iter().any(|it| !it.spf.steps.is_empty());
        if is_shown {
            continue;
        }
        block(sheet, view.protocol.title(), view.steps, &domain.lookups);
    }
}

/// Steps below a title, each answer in full where it is used first.
pub(super) fn block(sheet: &mut Sheet, title: &str, steps: &[Step], lookups: &[Lookup]) {
    if steps.is_empty() {
        return;
    }
    sheet.blank();
    let title = sheet.line().plain("  ").with(Ink::Strong, title).faint(", step by step");
    sheet.put(&title);
    let mut block = Block { sheet, lookups, shown: HashSet::new() };
    block.steps(steps, "  ", 0);
    sheet.blank();
}

struct Block<'a> {
    sheet: &'a mut Sheet,
    lookups: &'a [Lookup],
    shown: HashSet<usize>,
}

impl Block<'_> {
    fn steps(&mut self, steps: &[Step], guides: &str, depth: usize) {
        let glyphs = self.sheet.glyphs;
        for (index, step) in steps.iter().enumerate() {
            let (sign, side) = match index + 1 == steps.len() {
                true => (glyphs.last, "   "),
                false => (glyphs.branch, glyphs.bar),
            };
            let (mark, ink) = match step.tone {
                Tone::Good => (glyphs.good, Ink::Good),
                Tone::Bad => (glyphs.bad, Ink::Bad),
                Tone::Unknown => ("?", Ink::Unknown),
                Tone::Plain => (glyphs.plain, Ink::Faint),
            };
            let below = format!("{guides}{side}");
            let label =
                self.sheet.line().faint(format!("{guides}{sign}")).with(ink, mark).plain(" ");
            let rest = self.sheet.line().faint(&below).plain("  ");
            let mut sentence = self.sheet.line().phrase(&step.headline);
            if let Some(cite) = &step.cite {
                sentence = sentence.faint("  [").cite(Ink::Faint, cite).faint("]");
            }
            self.sheet.paragraph(label, &rest, &sentence);
            for id in &step.lookups {
                self.answer(*id, &rest);
            }
            let next = if depth < DEEPEST { &below } else { guides };
            self.steps(&step.steps, next, depth + 1);
        }
    }

    /// A question and its answer.
    fn answer(&mut self, id: usize, rest: &Line) {
        let Some(lookup) = self.lookups.get(id) else { return };
        let label = rest.clone().faint(format!("#{id} "));
        let rest = rest.clone().plain("   ");
        let asked = self.sheet.line().with(Ink::Name, format!("{} {}", lookup.name, lookup.kind));
        if !self.shown.insert(id) {
            let sentence = asked.faint(", see above");
            return self.sheet.paragraph(label, &rest, &sentence);
        }
        let sentence = came_back(asked.plain(": "), lookup);
        self.sheet.paragraph(label, &rest, &sentence);
        for alias in &lookup.aliases {
            let line = rest.clone().faint("alias of ").with(Ink::Name, alias.to_string());
            self.sheet.put(&line);
        }
        for record in &lookup.records {
            let line = rest.clone().then(&record_line(self.sheet.line(), record));
            self.sheet.put(&line);
        }
    }
}

fn record_line(line: Line, record: &str) -> Line {
    match record.char_indices().nth(LONGEST_RECORD) {
        Some((end, _)) => {
            let count = record.chars().count();
            let begin = record.get(..end).unwrap_or_default();
            line.with(Ink::Code, begin).faint(format!("…[{count} characters]"))
        }
        None => line.with(Ink::Code, record),
    }
}

/// What came back, from whom, for how long it holds.
fn came_back(line: Line, lookup: &Lookup) -> Line {
    let mut line = line.with(of_outcome(lookup.outcome), lookup.outcome.word());
    if !lookup.detail.is_empty() {
        line = line.plain(format!(" ({})", lookup.detail));
    }
    if let Some(ttl) = lookup.ttl_s {
        line = line.faint(format!(", TTL {ttl} s"));
    }
    line = line.faint(format!(", {}", lookup.source));
    match lookup.elapsed_ms {
        Some(elapsed) => line.faint(format!(", {elapsed} ms")),
        None => line,
    }
}

fn of_outcome(outcome: LookupOutcome) -> Ink {
    match outcome {
        LookupOutcome::Records => Ink::Plain,
        LookupOutcome::NoData | LookupOutcome::NxDomain => Ink::Weak,
        LookupOutcome::Failed(_) => Ink::Unknown,
    }
}

/// The table of questions; what has no fixed length stands last.
pub(super) fn questions(sheet: &mut Sheet, lookups: &[Lookup]) {
    if lookups.is_empty() {
        return;
    }
    sheet.blank();
    let row = |line: Line, cells: [&str; 5], ink: Ink| {
        let [id, kind, outcome, ttl, elapsed] = cells;
        line.right(5, Ink::Faint, id)
            .plain("  ")
            .plain(kind)
            .pad(13)
            .with(ink, outcome)
            .pad(23)
            .right(30, Ink::Plain, ttl)
            .right(37, Ink::Plain, elapsed)
            .plain("  ")
    };
    let head = row(sheet.line(), ["#", "type", "outcome", "TTL/s", "ms"], Ink::Plain);
    sheet.put(&head.plain("query, source"));
    let number = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), |v| v.to_string());
    for lookup in lookups {
        let cells = [
            &lookup.id.to_string(),
            &lookup.kind.to_string(),
            lookup.outcome.word(),
            &number(lookup.ttl_s.map(u64::from)),
            &number(lookup.elapsed_ms),
        ];
        let label = row(sheet.line(), cells, of_outcome(lookup.outcome));
        let mut about = sheet.line().with(Ink::Name, lookup.name.to_string());
        about = about.plain(", ").faint(&lookup.source);
        if !lookup.detail.is_empty() {
            about = about.plain(format!(" ({})", lookup.detail));
        }
        sheet.sentence(label, &about);
    }
}
