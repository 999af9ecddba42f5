//! Which record sets differ.

use super::presence::is_synthesized;
use crate::dns::{Dns, Kind, Trouble, ask};
use crate::net::Name;
use crate::report::{ChangedRecords, Domain, FileLocation, Lookup, LookupOutcome, Unknown, What};
use crate::text::Phrase;
use std::collections::HashMap;

/// The record sets that both states were asked for and that differ, and what only one of them could
/// tell.
pub(crate) async fn records(
    [old, new]: [&dyn Dns; 2],
    before: &Domain,
    after: &Domain,
) -> (Vec<ChangedRecords>, Vec<Unknown>) {
    let question = |lookup: &Lookup| (lookup.name.clone(), lookup.kind);
    let known: HashMap<_, &Lookup> = before.lookups.iter().map(|it| (question(it), it)).collect();
    let (mut changed, mut unknowns) = (Vec::new(), Vec::new());
    for now in &after.lookups {
        let Some(was) = known.get(&question(now)) else { continue };
        match (was.is_answered(), now.is_answered()) {
            (true, true) => {}
            (false, false) => {
                if let Some(change) = alias_change(was, now) {
                    changed.push(change);
                    unknowns.push(in_neither(now));
                } else if is_rewritten(was, now) {
                    unknowns.push(in_neither(now));
                }
                continue;
            }
            (was_answered, _) => {
                // What an alias led to may be unknown; that it goes or comes is not.
                changed.extend(alias_change(was, now));
                let (failed, when) = if was_answered { (now, "after") } else { (*was, "before") };
                if let LookupOutcome::Failed(trouble) = failed.outcome {
                    unknowns.push(one_sided(&now.name, now.kind, trouble, when));
                }
                continue;
            }
        }
        for (kind, [removed, added]) in differences(was, now) {
            let is_known = |it: &ChangedRecords| it.name == now.name && it.kind == kind;
            if removed.is_empty() && added.is_empty() || changed.iter().any(is_known) {
                continue;
            }
            let before = ask(old, &now.name, kind).await;
            let answer = ask(new, &now.name, kind).await;
            let by_wildcard =
                [is_synthesized(old, &before).await, is_synthesized(new, &answer).await];
            // What a wildcard gives to a name that comes or goes is no line of that name.
            let (removed, added) = match by_wildcard {
                [true, false] => (Vec::new(), added),
                [false, true] => (removed, Vec::new()),
                _ => (removed, added),
            };
            if removed.is_empty() && added.is_empty() {
                continue;
            }
            let answer = Some(answer).filter(|_| !added.is_empty());
            let records = answer.iter().flat_map(|answer| answer.records());
            let place = records.filter_map(|record| record.place.as_ref()).next();
            changed.push(ChangedRecords {
                name: now.name.clone(),
                kind,
                removed,
                added,
                ttl_before_s: was.ttl_s,
                ttl_s: now.ttl_s,
                location: place.map(FileLocation::from),
            });
        }
    }
    (changed, unknowns)
}

/// That only the other state could tell what stands there.
pub(crate) fn one_sided(name: &Name, kind: Kind, trouble: Trouble, when: &str) -> Unknown {
    let why = Phrase::new().name(name).plain(format!(" {kind} "));
    let why = why.unknown(trouble.sentence()).plain(format!(" {when} the change"));
    Unknown { what: What::Records(name.clone(), kind), why }
}

/// True where a file has something else than data, and another thing than before.
fn is_rewritten(was: &Lookup, now: &Lookup) -> bool {
    let is_open = |lookup: &Lookup| match lookup.outcome {
        LookupOutcome::Failed(trouble) => trouble.is_open_in_file(),
        _ => false,
    };
    is_open(was) && is_open(now) && (was.outcome, &was.detail) != (now.outcome, &now.detail)
}

/// The change of an alias whose targets did not answer: that it leads elsewhere is known.
fn alias_change(was: &Lookup, now: &Lookup) -> Option<ChangedRecords> {
    let alias = |lookup: &Lookup| lookup.aliases.first().map(|target| format!("{target}."));
    let (removed, added) = (alias(was), alias(now));
    (removed != added).then(|| ChangedRecords {
        name: now.name.clone(),
        kind: Kind::Cname,
        removed: removed.into_iter().collect(),
        added: added.into_iter().collect(),
        ttl_before_s: was.ttl_s,
        ttl_s: now.ttl_s,
        location: None,
    })
}

/// That what is there is unknown in both states, and not the same.
fn in_neither(now: &Lookup) -> Unknown {
    let trouble = match now.outcome {
        LookupOutcome::Failed(trouble) => trouble,
        _ => Trouble::Network,
    };
    one_sided(&now.name, now.kind, trouble, "before and after")
}

/// What goes and what comes, by type: an alias that was taken away, or leads elsewhere, is reported and
/// not what others publish at its end.
fn differences(was: &Lookup, now: &Lookup) -> Vec<(Kind, [Vec<String>; 2])> {
    let alias = |lookup: &Lookup| -> Vec<String> {
        lookup.aliases.first().map(|target| format!("{target}.")).into_iter().collect()
    };
    let without = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|it| !those.contains(it)).cloned().collect()
    };
    let aliases = [alias(was), alias(now)];
    let [alias_was, alias_now] = &aliases;
    if alias_was == alias_now {
        let (old, new) = (&was.records, &now.records);
        return vec![(now.kind, [without(old, new), without(new, old)])];
    }
    let own = |lookup: &Lookup, alias: &[String]| match alias {
        [] => lookup.records.clone(),
        _ => Vec::new(),
    };
    let records = [own(was, alias_was), own(now, alias_now)];
    vec![(Kind::Cname, aliases), (now.kind, records)]
}
