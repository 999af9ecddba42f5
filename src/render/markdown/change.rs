//! What a change does, for those who review it.

use super::inline::{code, fenced, phrase, text};
use super::page::Page;
use crate::render::words::{rest, span};
use crate::report::Effect;
use crate::report::Policy;
use crate::report::{Change, ChangedRecords, ChangedSender, Presence, SenderResult};

/// Networks that are named; others are counted.
const NAMED: usize = 3;
/// Senders that still pass and are named; others are counted.
const KEPT: usize = 10;

/// Who loses and who gains, the records, and what else differs.
pub(super) fn change(page: &mut Page, change: &Change) {
    let before = phrase(&change.headline_before);
    let mut head = "#### What the change does\n\n".to_owned();
    if !before.is_empty() {
        head.push_str(&format!("Before: {before}\n"));
    }
    page.put("changes", &head);
    if !change.senders.is_empty() && change.presence != Presence::Removed {
        let head = ["| sender | addresses | before | after | |", "|---|---|---|---|---|"];
        let head = head.into_iter().map(str::to_owned);
        page.list("rows about senders", head.chain(change.senders.iter().map(sender)));
    }
    for records in &change.records {
        page.put("changed record sets", &diff(records));
    }
    page.list("facts about the change", facts(change));
    let unknown = change.unknown.iter();
    let unknown = unknown.map(|why| format!("- **undetermined:** {}", phrase(why)));
    page.list("what could not be compared", unknown);
}

/// A row of the table of senders.
fn sender(sender: &ChangedSender) -> String {
    let who = match &sender.provider {
        _ if sender.is_rest => rest(sender),
        Some(provider) => text(provider),
        None => {
            let named = sender.networks.iter().take(NAMED);
            let named: Vec<String> = named.map(|network| code(&network.to_string())).collect();
            match sender.networks.len().saturating_sub(NAMED) {
                0 => named.join(", "),
                more => format!("{} and {more} more", named.join(", ")),
            }
        }
    };
    let addresses = if sender.is_rest { String::new() } else { text(&sender.who) };
    let by = |result: SenderResult, term: &Option<String>, path: &[String]| match term {
        Some(term) => {
            let there: String = path.iter().map(|it| format!(" > {}", code(it))).collect();
            format!("{}, by {}{there}", text(result.word()), code(term))
        }
        None => text(result.word()),
    };
    let mut effect = match sender.effect {
        Effect::Lost => "**lost**".to_owned(),
        Effect::Gained => "new".to_owned(),
        Effect::Altered => String::new(),
    };
    if let Some(problem) = &sender.problem {
        let colon = if effect.is_empty() { "" } else { ": " };
        effect.push_str(&format!("{colon}{}", phrase(problem)));
    }
    let before = by(sender.before, &sender.term_before, &sender.path_before);
    let after = by(sender.after, &sender.term_after, &sender.path_after);
    format!("| {who} | {addresses} | {before} | {after} | {effect} |")
}

/// The records that go and those that come.
fn diff(records: &ChangedRecords) -> String {
    let ChangedRecords { name, kind, removed, added, location, .. } = records;
    let mut head = code(&format!("{name} {kind}"));
    if let Some(place) = location {
        head.push_str(&format!(" at {}", code(&format!("{}:{}", place.file, place.line))));
    }
    let removed = removed.iter().map(|record| format!("- {record}"));
    let lines: Vec<String> =
        removed.chain(added.iter().map(|record| format!("+ {record}"))).collect();
    format!("{head}\n\n{}", fenced("diff", &lines))
}

/// What it costs, what is asked of receivers, and when it holds.
fn facts(change: &Change) -> Vec<String> {
    let mut facts = Vec::new();
    if !change.senders.is_empty() && !change.kept.is_empty() {
        let mut names: Vec<String> = Vec::new();
        for one in &change.kept {
            let name = one.provider.as_deref().map_or_else(|| code(&one.who), text);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let more = names.len().saturating_sub(KEPT);
        names.truncate(KEPT);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        facts.push(format!("- still pass: {}{more}", names.join(", ")));
    }
    if let Some(cost) = &change.cost {
        let arrow = |[before, after]: [String; 2]| match before == after {
            true => before,
            false => format!("{before} → {after}"),
        };
        facts.push(format!(
            "- lookups {}, void lookups {}, octets of the record {}",
            arrow(cost.lookups.map(|it| it.to_string())),
            arrow(cost.voids.map(|it| it.to_string())),
            arrow(cost.octets.map(|it| it.to_string())),
        ));
    }
    if let Some(policy) = &change.policy {
        let word =
            |policy: Option<Policy>| policy.map_or("nothing".to_owned(), |it| code(it.word()));
        facts.push(format!(
            "- DMARC policy {}, before {}",
            word(policy.after),
            word(policy.before)
        ));
    }
    if let Some(alignment) = &change.alignment {
        for (tag, [before, after]) in [("aspf", alignment.spf), ("adkim", alignment.dkim)] {
            if before != after {
                let [before, after] = [before, after].map(|mode| code(mode.word()));
                facts.push(format!("- DMARC alignment ({tag}) {after}, before {before}"));
            }
        }
    }
    if let Some(seconds) = change.in_effect_within_s {
        facts.push(format!("- in effect everywhere within {} of publishing", span(seconds)));
    }
    facts
}
