//! What a change does: the records that differ, who fares otherwise, what it costs, and when.

use super::line::Line;
use super::of_result;
use super::sheet::Sheet;
use crate::dns::Kind;
use crate::render::palette::Ink;
use crate::render::words::{rest, span};
use crate::report::Effect;
use crate::report::Policy;
use crate::report::{
    Change, ChangedCost, ChangedRecords, ChangedSender, Domain, KeptSender, Presence, State,
};
use std::borrow::Cow;

/// Where the columns of the table begin.
const BEFORE: usize = 33;
const AFTER: usize = 48;
const REMARK: usize = 63;
/// Where the marks of a record that goes or comes end.
const SIGN: usize = 4;
/// Senders that are named; others are counted.
const NAMED: usize = 10;

pub(super) fn change(sheet: &mut Sheet, domain: &Domain, change: &Change) {
    for records in &change.records {
        sheet.blank();
        changed_records(sheet, records);
    }
    // What could not be told is not said to be as before.
    let is_determined = change.unknown.is_empty();
    let has_table = !change.senders.is_empty()
        || change.policy.is_some()
        || change.alignment.is_some()
        || change.cost.is_some();
    if !change.records.is_empty() {
        sheet.blank();
        if has_table && change.presence != Presence::Removed {
            table(sheet, change, is_determined);
        }
        if let Some(seconds) = change.in_effect_within_s {
            let said = format!("  in effect everywhere within {} of publishing", span(seconds));
            sheet.put(&sheet.line().faint(said));
        }
    }
    if !is_determined && change.records.is_empty() {
        sheet.blank();
    }
    for why in change.unknown.iter().take(NAMED) {
        let label = sheet.line().with(Ink::Unknown, "  undetermined  ");
        let sentence = sheet.line().phrase(why);
        sheet.sentence(label, &sentence);
    }
    if change.unknown.len() > NAMED {
        let more = change.unknown.len() - NAMED;
        sheet.put(&sheet.line().with(Ink::Unknown, format!("  and {more} more")));
    }
    let is_resolved = |it: &&crate::report::Finding| it.state == Some(State::Resolved);
    let resolved: Vec<_> = domain.findings.iter().filter(is_resolved).collect();
    if !resolved.is_empty() {
        sheet.blank();
    }
    for finding in resolved {
        let label =
            sheet.line().with(Ink::Good, "  fixed").pad(10).rule(Ink::Strong, &finding.rule);
        let sentence = sheet.line().plain(&finding.summary);
        sheet.sentence(label.plain("  "), &sentence);
    }
}

// ── records ─────────────────────────────────────────────────────────────────────────────────────

/// A record set, what goes and what comes, as a patch is shown.
fn changed_records(sheet: &mut Sheet, records: &ChangedRecords) {
    let head =
        sheet.line().plain("  ").with(Ink::Strong, format!("{} {}", records.name, records.kind));
    let place = records.location.as_ref();
    let place = place.map(ToString::to_string);
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
    let (removed, added) = match (records.removed.as_slice(), records.added.as_slice()) {
        ([old], [new]) => {
            let (old, new) = (joined(records.kind, old), joined(records.kind, new));
            let longest = old.len().max(new.len()) + SIGN;
            match longest > sheet.width && old != new {
                true => {
                    let [old, new] = [&old, &new].map(|text| text.trim_matches('"'));
                    let [old, new] = differing(old, new, sheet.glyphs.ellipsis);
                    (vec![Cow::Owned(old)], vec![Cow::Owned(new)])
                }
                false => (vec![old], vec![new]),
            }
        }
        (removed, added) => (all_joined(records.kind, removed), all_joined(records.kind, added)),
    };
    let signed = [("-", Ink::Bad, &removed, &added), ("+", Ink::Good, &added, &removed)];
    for (sign, ink, lines, others) in signed {
        for (index, text) in lines.iter().enumerate() {
            let label = sheet.line().with(ink, format!("  {sign} "));
            let longest = sheet.width.saturating_sub(SIGN + 1).max(1);
            let mut twins = others.get(index).map_or("", |other| other).split(' ');
            let words = text.split(' ').map(|word| {
                let twin = twins.next().unwrap_or_default();
                beside(word, twin, longest, sheet.glyphs.ellipsis)
            });
            let record = sheet.line().with(Ink::Code, words.collect::<Vec<_>>().join(" "));
            sheet.sentence(label, &record);
        }
    }
}

/// How many characters are shown of a long word that does not differ, at its beginning and before the place
/// where it does.
const ALIKE: usize = 12;

/// A word that fits, so that it shows where it differs from its twin: a key that was cut begins as the whole.
fn beside<'w>(word: &'w str, twin: &str, longest: usize, ellipsis: &str) -> Cow<'w, str> {
    let alike = word.chars().zip(twin.chars()).take_while(|(one, other)| one == other).count();
    let is_long = [word, twin].iter().any(|it| it.chars().nth(longest).is_some());
    if !is_long || word == twin || alike + ALIKE < longest || longest < 4 * ALIKE {
        return shortened(word, longest, ellipsis);
    }
    let begin: String = word.chars().take(ALIKE).collect();
    let rest: String = word.chars().skip(alike.saturating_sub(ALIKE)).collect();
    let rest = shortened(&rest, longest - ALIKE - 1, ellipsis);
    Cow::Owned(format!("{begin}{ellipsis}{rest}"))
}

/// The text of a TXT record with its strings joined, as it is read; other records as they stand.
fn joined(kind: Kind, text: &str) -> Cow<'_, str> {
    // Where something is escaped, a quote may be part of the text.
    if kind != Kind::Txt || text.contains('\\') {
        return Cow::Borrowed(text);
    }
    match text.contains("\" \"") {
        true => Cow::Owned(text.replace("\" \"", "")),
        false => Cow::Borrowed(text),
    }
}

fn all_joined(kind: Kind, texts: &[String]) -> Vec<Cow<'_, str>> {
    texts.iter().map(|text| joined(kind, text)).collect()
}

/// The words in which two long texts differ, with one beside them on either side.
fn differing(old: &str, new: &str, ellipsis: &str) -> [String; 2] {
    let [old, new] = [old, new].map(|text| text.split(' ').collect::<Vec<&str>>());
    let alike = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        pairs.take_while(|(one, other)| one == other).count()
    };
    let begin = alike(&mut old.iter().zip(&new));
    let end = alike(&mut old.iter().rev().zip(new.iter().rev()));
    let shortest = old.len().min(new.len());
    let end = end.min(shortest.saturating_sub(begin));
    // An ellipsis in place of one word says less and saves nothing.
    let [left, right] = [begin, end].map(|alike| if alike > 2 { alike - 1 } else { 0 });
    [old, new].map(|words| {
        let (from, to) = (left, words.len().saturating_sub(right));
        let mut shown: Vec<&str> = Vec::with_capacity(to - from + 2);
        shown.extend((from > 0).then_some(ellipsis));
        shown.extend(words.get(from..to).unwrap_or_default());
        shown.extend((to < words.len()).then_some(ellipsis));
        shown.join(" ")
    })
}

/// A word that fits; the end of one that does not is left out, for nobody compares keys by eye.
fn shortened<'w>(word: &'w str, longest: usize, ellipsis: &str) -> Cow<'w, str> {
    match word.char_indices().nth(longest) {
        None => Cow::Borrowed(word),
        Some(_) => {
            let kept: String = word.chars().take(longest.saturating_sub(1)).collect();
            Cow::Owned(kept + ellipsis)
        }
    }
}

// ── senders ─────────────────────────────────────────────────────────────────────────────────────

fn table(sheet: &mut Sheet, change: &Change, is_determined: bool) {
    let head = sheet.line().faint("  sender").pad(BEFORE).faint("before").pad(AFTER).faint("after");
    sheet.put(&head);
    let mut above = None;
    for sender in &change.senders {
        changed_sender(sheet, sender, above);
        above = Some(sender);
    }
    if change.senders.is_empty() && is_determined {
        let line = sheet.line().plain("  all senders").pad(BEFORE).faint("unchanged");
        sheet.put(&line.pad(AFTER).faint("unchanged"));
    }
    if !change.senders.is_empty() && !change.kept.is_empty() {
        kept(sheet, &change.kept);
    }
    if let Some(policy) = change.policy {
        let [before, after] =
            [policy.before, policy.after].map(|it| it.map_or("nothing", Policy::word));
        let line = sheet.line().plain("  DMARC policy").pad(BEFORE).plain(before);
        sheet.put(&line.pad(AFTER).plain(after));
    }
    if let Some(alignment) = change.alignment {
        for (label, [before, after]) in
            [("  SPF alignment", alignment.spf), ("  DKIM alignment", alignment.dkim)]
        {
            if before != after {
                let line = sheet.line().plain(label).pad(BEFORE).plain(before.word());
                sheet.put(&line.pad(AFTER).plain(after.word()));
            }
        }
    }
    if let Some(cost) = change.cost {
        costs(sheet, cost);
    }
}

fn changed_sender(sheet: &mut Sheet, sender: &ChangedSender, above: Option<&ChangedSender>) {
    let rest = rest(sender);
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
    let line = line.pad(BEFORE).with(of_result(sender.before), sender.before.word());
    let line = line.pad(AFTER).with(of_result(sender.after), sender.after.word()).pad(REMARK);
    sheet.put(&match sender.effect {
        Effect::Lost => line.with(Ink::Bad, "LOST"),
        Effect::Gained => line.with(Ink::Good, "new"),
        Effect::Altered => line,
    });
    if let Some(more) = remark(sheet, sender, name == &sender.who, above) {
        let label = sheet.line().pad(4);
        sheet.sentence(label, &more);
    }
}

/// How many, by which terms, and why, unless the row above has just said so.
fn remark(
    sheet: &Sheet,
    sender: &ChangedSender,
    is_counted: bool,
    above: Option<&ChangedSender>,
) -> Option<Line> {
    let mut parts: Vec<Line> = Vec::new();
    if !sender.is_rest && !is_counted {
        parts.push(sheet.line().faint(&sender.who));
    }
    let by = |when: &str, term: &str, path: &[String]| {
        let line = sheet.line().faint(when).with(Ink::Code, term);
        path.iter().fold(line, |line, step| line.faint(" > ").with(Ink::Code, step))
    };
    let (path_before, path_after) = (&sender.path_before, &sender.path_after);
    let why = |sender: &ChangedSender| (sender.term_after.clone(), sender.problem.clone());
    let is_said = sender.problem.is_some() && above.is_some_and(|above| why(above) == why(sender));
    let term_after = sender.term_after.as_ref().filter(|_| !is_said);
    match (sender.term_before.as_ref(), term_after) {
        (Some(before), Some(after)) if before == after && path_before == path_after => {
            parts.push(by("by ", before, path_before));
        }
        (before, after) => {
            parts.extend(before.map(|term| by("before: ", term, path_before)));
            parts.extend(after.map(|term| by("after: ", term, path_after)));
        }
    }
    let problem = sender.problem.as_ref().filter(|_| !is_said);
    parts.extend(problem.map(|problem| sheet.line().phrase(problem)));
    let mut parts = parts.into_iter();
    let first = parts.next()?;
    Some(parts.fold(first, |line, part| line.faint("; ").then(&part)))
}

/// Who is not hit.
fn kept(sheet: &mut Sheet, all: &[KeptSender]) {
    let mut names: Vec<&str> = Vec::with_capacity(all.len());
    for one in all {
        let name = one.provider.as_deref().unwrap_or(&one.who);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let named = if names.len() > NAMED { NAMED - 1 } else { names.len() };
    let more = names.len() - named;
    let mut line = sheet.line();
    for (index, name) in names.iter().take(named).enumerate() {
        let gap = match index {
            0 => "",
            _ if index + 1 == names.len() => " and ",
            _ => ", ",
        };
        line = line.plain(gap).with(Ink::Name, name);
    }
    if more > 0 {
        line = line.plain(format!(" and {more} more"));
    }
    let label = sheet.line().plain("  still pass").pad(BEFORE);
    sheet.sentence(label, &line);
}

fn costs(sheet: &mut Sheet, cost: ChangedCost) {
    let ChangedCost { lookups, voids, octets } = cost;
    let [before, after] = [0, 1]
        .map(|at| (lookups[at], voids[at], octets[at]))
        .map(|(lookups, voids, octets)| format!("{lookups} / {voids} / {octets}"));
    let line = sheet.line().plain("  lookups / void / octets").pad(BEFORE).plain(before);
    sheet.put(&line.pad(AFTER).plain(after));
}
