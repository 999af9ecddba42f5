//! A timeline, for a person: when something happened, what it was, and who gained or lost by it.

use super::Look;
use super::incident;
use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::render::words::noun;
use crate::report::history::{DomainHistory, Event, EventKind, History};
use crate::report::{Change, Effect, Policy, State, Verdict};
use crate::text::Phrase;
use std::io::{self, Write};

/// Where what belongs to an event begins.
const INDENT: usize = 10;
/// Senders, records and findings of an event that are named; others are counted.
const NAMED: usize = 8;

/// Writes timelines as text.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(history: &History, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet::new(look);
    for domain in &history.domains {
        sheet.blank();
        timeline(&mut sheet, domain, look.quiet);
    }
    out.write_all(sheet.into_text().as_bytes())
}

fn timeline(sheet: &mut Sheet, domain: &DomainHistory, is_quiet: bool) {
    let looks = if domain.looks == 1 { "1 look" } else { &format!("{} looks", domain.looks) };
    let head = sheet.line().with(Ink::Name, domain.domain.to_string());
    sheet.put(&head.plain(format!("  {looks}, {} to {}", domain.first, domain.last)));
    for event in &domain.events {
        sheet.blank();
        shown(sheet, event, is_quiet);
    }
    for one in &domain.incidents {
        sheet.blank();
        let label = sheet.line().with(incident::ink(one), "incident").plain("  ");
        let title = sheet.line().phrase(&one.title);
        sheet.sentence(label, &title);
        if !is_quiet {
            incident::lines(sheet, one);
        }
    }
}

fn shown(sheet: &mut Sheet, event: &Event, is_quiet: bool) {
    let what = match event.kind {
        EventKind::First => "first look",
        EventKind::Changed => "changed",
        EventKind::Undetermined => "no answer",
        EventKind::Answers => "answers again, unchanged",
    };
    sheet.put(&sheet.line().with(Ink::Strong, what).plain(" ").plain(&event.bounds));
    let (ink, word) = match event.result {
        Verdict::Ok => (Ink::Good, "OK"),
        Verdict::Warn => (Ink::Weak, "WARN"),
        Verdict::Fail => (Ink::Bad, "FAIL"),
        Verdict::Unknown => (Ink::Unknown, "UNKNOWN"),
    };
    row(sheet, ink, word, &event.headline);
    if is_quiet {
        return;
    }
    if let Some(change) = &event.change {
        meaning(sheet, change);
    }
    let of = |state| event.findings.iter().filter(move |it| it.state == Some(state));
    for finding in of(State::Introduced).take(NAMED) {
        let said =
            Phrase::new().name(finding.rule.to_string()).plain(" ").plain(noun(finding.severity));
        row(sheet, Ink::Weak, "new", &said.plain(": ").then(finding.message.clone()));
    }
    for finding in of(State::Resolved).take(NAMED) {
        let said = Phrase::new().name(finding.rule.to_string());
        row(sheet, Ink::Good, "resolved", &said.plain(": ").plain(&*finding.summary));
    }
}

/// What a change means: who may send, what it costs, what receivers are asked to do, and by which
/// records.
fn meaning(sheet: &mut Sheet, change: &Change) {
    for sender in change.senders.iter().take(NAMED) {
        let (ink, word) = match sender.effect {
            Effect::Lost => (Ink::Bad, "lost"),
            Effect::Gained => (Ink::Good, "gained"),
            Effect::Altered => (Ink::Weak, "altered"),
        };
        let who = match (&sender.provider, sender.is_rest) {
            (Some(provider), false) => {
                Phrase::new().name(provider).plain(" (").addr(&sender.who).plain(")")
            }
            (None, false) => Phrase::new().addr(&sender.who),
            (_, true) => Phrase::new().plain(&sender.who),
        };
        let mut became = who.plain(format!(": SPF {}", sender.after.word()));
        became = by(became, sender.term_after.as_deref());
        became = by(
            became.plain(format!(", was {}", sender.before.word())),
            sender.term_before.as_deref(),
        );
        row(sheet, ink, word, &became);
    }
    if let Some(cost) = change.cost.filter(|cost| cost.lookups[0] != cost.lookups[1]) {
        let [before, after] = cost.lookups;
        let said = Phrase::new().plain(format!("{after} of 10, {before} before"));
        row(sheet, Ink::Plain, "lookups", &said);
    }
    if let Some(policy) = change.policy {
        let word = |policy: Option<Policy>| policy.map_or("none published", Policy::word);
        let said = format!("DMARC {}, {} before", word(policy.after), word(policy.before));
        row(sheet, Ink::Plain, "policy", &Phrase::new().plain(said));
    }
    for set in change.records.iter().take(NAMED) {
        let name = Phrase::new().name(set.name.to_string()).plain(format!(" {}", set.kind));
        row(sheet, Ink::Plain, "record", &name);
        for (sign, ink, texts) in [("-", Ink::Bad, &set.removed), ("+", Ink::Good, &set.added)] {
            for text in texts {
                row(sheet, ink, sign, &Phrase::new().code(text));
            }
        }
    }
    for why in &change.unknown {
        row(sheet, Ink::Unknown, "unknown", why);
    }
}

/// The same with the term that decided.
fn by(said: Phrase, term: Option<&str>) -> Phrase {
    match term {
        Some(term) => said.plain(" by ").code(term),
        None => said,
    }
}

fn row(sheet: &mut Sheet, ink: Ink, word: &str, sentence: &Phrase) {
    let label = sheet.line().plain("  ").with(ink, word).pad(INDENT).plain(" ");
    let sentence = sheet.line().phrase(sentence);
    sheet.sentence(label, &sentence);
}
