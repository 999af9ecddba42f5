//! What a change does: the records that differ, who fares otherwise, what it costs, and when.

use super::line::Line;
use super::of_result;
use super::sheet::Sheet;
use crate::change::Effect;
use crate::render::palette::Ink;
use crate::report::{Change, ChangedCost, ChangedRecords, ChangedSender};

/// Where the columns of the table begin.
const BEFORE: usize = 33;
const AFTER: usize = 48;
const REMARK: usize = 63;

pub(super) fn change(sheet: &mut Sheet, change: &Change) {
    for records in &change.records {
        sheet.blank();
        changed_records(sheet, records);
    }
    let has_table = !change.senders.is_empty() || change.policy.is_some() || change.cost.is_some();
    if has_table && !change.records.is_empty() {
        sheet.blank();
        table(sheet, change);
    }
    for doubt in &change.unknown {
        let label = sheet.line().with(Ink::Unknown, "  could not tell  ");
        let sentence = sheet.line().phrase(doubt);
        sheet.sentence(label, &sentence);
    }
}

/// A record set, what goes and what comes, as a patch is shown.
fn changed_records(sheet: &mut Sheet, records: &ChangedRecords) {
    let head =
        sheet.line().plain("  ").with(Ink::Strong, format!("{} {}", records.name, records.kind));
    let place = records.location.as_ref();
    let place = place.map(|it| format!("{}:{}:{}", it.file, it.line, it.column));
    match place {
        Some(place) if head.width() + 2 + place.chars().count() <= sheet.width => {
            let width = sheet.width;
            sheet.put(&head.right(width, Ink::Name, &place));
        }
        Some(place) => {
            sheet.put(&head);
            sheet.put(&sheet.line().plain("  ").with(Ink::Name, place));
        }
        None => sheet.put(&head),
    }
    let signed = [("-", Ink::Bad, &records.removed), ("+", Ink::Good, &records.added)];
    for (sign, ink, lines) in signed {
        for text in lines {
            let label = sheet.line().with(ink, format!("  {sign} "));
            let record = sheet.line().with(Ink::Code, text);
            sheet.sentence(label, &record);
        }
    }
}

fn table(sheet: &mut Sheet, change: &Change) {
    let head = sheet.line().faint("  sender").pad(BEFORE).faint("before").pad(AFTER).faint("after");
    sheet.put(&head);
    for sender in &change.senders {
        changed_sender(sheet, sender);
    }
    if change.senders.is_empty() {
        sheet.put(
            &sheet
                .line()
                .plain("  everybody")
                .pad(BEFORE)
                .faint("as before")
                .pad(AFTER)
                .faint("as before"),
        );
    }
    if let Some(policy) = change.policy {
        let [before, after] = [policy.before, policy.after].map(|word| word.unwrap_or("nothing"));
        let line = sheet.line().plain("  DMARC asks for").pad(BEFORE).plain(before);
        sheet.put(&line.pad(AFTER).plain(after));
    }
    if let Some(cost) = change.cost {
        costs(sheet, cost);
    }
    if let Some(seconds) = change.in_effect_within_s {
        let said = format!("  in effect everywhere within {} of publishing", span(seconds));
        sheet.put(&sheet.line().faint(said));
    }
}

fn changed_sender(sheet: &mut Sheet, sender: &ChangedSender) {
    let rest = "everyone else".to_owned();
    let name = match &sender.provider {
        _ if sender.is_rest => &rest,
        Some(provider) => provider,
        None => &sender.who,
    };
    // A name that is too long keeps the columns by standing on a line of its own.
    let mut line = sheet.line().plain("  ").with(Ink::Name, name);
    if line.width() >= BEFORE {
        sheet.put(&line);
        line = sheet.line();
    }
    let line = line.pad(BEFORE).with(of_result(sender.before), sender.before);
    let line = line.pad(AFTER).with(of_result(sender.after), sender.after).pad(REMARK);
    sheet.put(&match sender.effect {
        Effect::Lost => line.with(Ink::Bad, "LOST"),
        Effect::Gained => line.with(Ink::Good, "new"),
        Effect::Altered => line,
    });
    if let Some(more) = remark(sheet, sender, name == &sender.who) {
        let label = sheet.line().pad(4);
        sheet.sentence(label, &more);
    }
}

/// How many, by which terms, and why.
fn remark(sheet: &Sheet, sender: &ChangedSender, is_counted: bool) -> Option<Line> {
    let mut parts: Vec<Line> = Vec::new();
    if !sender.is_rest && !is_counted {
        parts.push(sheet.line().faint(&sender.who));
    }
    let by = |when: &str, term: &str| sheet.line().faint(when).with(Ink::Code, term);
    match (&sender.term_before, &sender.term_after) {
        (Some(before), Some(after)) if before == after => parts.push(by("by ", before)),
        (before, after) => {
            parts.extend(before.as_ref().map(|term| by("before by ", term)));
            parts.extend(after.as_ref().map(|term| by("after by ", term)));
        }
    }
    parts.extend(sender.problem.as_ref().map(|problem| sheet.line().phrase(problem)));
    let mut parts = parts.into_iter();
    let first = parts.next()?;
    Some(parts.fold(first, |line, part| line.faint("; ").then(&part)))
}

fn costs(sheet: &mut Sheet, cost: ChangedCost) {
    let ChangedCost { lookups, voids, octets } = cost;
    let [before, after] = [0, 1]
        .map(|at| (lookups[at], voids[at], octets[at]))
        .map(|(lookups, voids, octets)| format!("{lookups} / {voids} / {octets}"));
    let line = sheet.line().plain("  lookups / voids / octets").pad(BEFORE).plain(before);
    sheet.put(&line.pad(AFTER).plain(after));
}

/// A time in words.
pub(in crate::render) fn span(seconds: u32) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds.div_ceil(60)),
        7200..172_800 => format!("{} h", seconds.div_ceil(3600)),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    }
}
