//! Candidates for DKIM keys.

use super::patch::Change;
use super::{Candidate, Context};
use crate::diagnostic::Applicability::{Review, Safe};
use crate::diagnostic::Rule;
use crate::dns::{Answer, Data, Kind};
use crate::net::Name;
use crate::protocols::dkim;
use crate::protocols::dkim::lint::rules;
use crate::provider;
use crate::text::Phrase;

/// The key record that was meant by the one that has slips.
pub(super) fn restore(context: Context<'_>) -> Vec<Candidate> {
    let Some(location) = context.findings.first().map(|finding| &finding.location) else {
        return Vec::new();
    };
    let Some(examined) = &context.facts.dkim else { return Vec::new() };
    let tried = examined.facts.tried.iter().find(|tried| tried.name == location.name);
    let mut is_certain = true;
    let restored = tried.filter(|tried| !tried.is_by_wildcard).and_then(|tried| {
        let mut change = Change::of(&tried.answer, context.domain)?;
        for key in tried.keys().iter().map(|published| &published.record.value) {
            let repair = dkim::repair(&key.text)?;
            is_certain &= repair.is_certain();
            change = change.reword(&key.text, &repair.text?)?;
        }
        Some(change)
    });
    let applicability = if is_certain { Safe } else { Review };
    let summary = || Phrase::from("publish the corrected key record");
    let candidate = |change: Change| Candidate::new(applicability, summary(), change).restoring();
    restored.map(candidate).into_iter().collect()
}

/// The key records of a selector without the test flag.
pub(super) fn end_test(context: Context<'_>) -> Vec<Candidate> {
    let Some(tried) = tried(context).filter(|tried| !tried.is_by_wildcard) else {
        return Vec::new();
    };
    let Some(mut change) = Change::of(&tried.answer, context.domain) else { return Vec::new() };
    for key in tried.keys().iter().map(|published| &published.record.value) {
        match change.reword(&key.text, &without_test_flag(&key.text)) {
            Some(reworded) => change = reworded,
            None => return Vec::new(),
        }
    }
    let summary = Phrase::from("when the test is over, remove the flag ").code("y");
    vec![Candidate::new(Review, summary, change)]
}

/// The key records of a selector with the words of the standard as it writes them.
pub(super) fn write_small(context: Context<'_>) -> Vec<Candidate> {
    let Some(tried) = tried(context).filter(|tried| !tried.is_by_wildcard) else {
        return Vec::new();
    };
    let Some(mut change) = Change::of(&tried.answer, context.domain) else { return Vec::new() };
    for key in tried.keys().iter().map(|published| &published.record.value) {
        let mut text = key.text.to_vec();
        for (span, meant) in dkim::grammar::capitals(&key.text).into_iter().rev() {
            text.splice(span.start as usize..span.end as usize, meant);
        }
        match change.reword(&key.text, &text) {
            Some(reworded) => change = reworded,
            None => return Vec::new(),
        }
    }
    let summary = Phrase::from("write the values in lower case");
    vec![Candidate::new(Safe, summary, change)]
}

/// A key record without `y` among its flags; the tag goes with its last flag (RFC 6376 §3.6.1).
fn without_test_flag(text: &[u8]) -> Vec<u8> {
    let tags = text.split(|octet| *octet == b';').filter_map(|tag| {
        let at = tag.iter().position(|octet| *octet == b'=')?;
        let (name, value) = (tag.get(..at)?, tag.get(at + 1..)?);
        if name.trim_ascii() != b"t" {
            return Some(tag.trim_ascii().to_vec());
        }
        let flags = value.split(|octet| *octet == b':').map(<[u8]>::trim_ascii);
        let flags: Vec<&[u8]> = flags.filter(|flag| *flag != b"y").collect();
        (!flags.is_empty()).then(|| [b"t=", flags.join(&b':').as_slice()].concat())
    });
    let tags: Vec<Vec<u8>> = tags.collect();
    tags.join(&b"; "[..])
}

/// The selector without a second text: what is a part of a key is left over from one, and safe to
/// remove.
pub(super) fn drop_stray(context: Context<'_>) -> Vec<Candidate> {
    let Some(tried) = tried(context).filter(|tried| !tried.is_by_wildcard) else {
        return Vec::new();
    };
    let Some(change) = Change::of(&tried.answer, context.domain) else { return Vec::new() };
    let is_part = |text: &[u8]| {
        text.iter().all(|octet| octet.is_ascii_alphanumeric() || b"+/= ".contains(octet))
    };
    let strays: Vec<&[u8]> = tried.foreign.iter().map(|(text, _)| &**text).collect();
    let applicability = match strays.iter().all(|text| is_part(text)) {
        true => Safe,
        false => Review,
    };
    let summary = Phrase::from("remove what is not a key record");
    let is_stray = |data: &Data| data.text().is_some_and(|text| strays.contains(&&*text));
    vec![Candidate::new(applicability, summary, change.without(is_stray))]
}

/// The halves of a key in one record.
pub(super) fn join_halves(context: Context<'_>) -> Vec<Candidate> {
    let Some(tried) = tried(context).filter(|tried| !tried.is_by_wildcard) else {
        return Vec::new();
    };
    let (Some(text), Some(change)) = (tried.joined(), Change::of(&tried.answer, context.domain))
    else {
        return Vec::new();
    };
    let summary = Phrase::from("publish the two parts of the key as one record");
    let change = change.without(|data| data.text().is_some()).with_text(&text);
    vec![Candidate::new(Safe, summary, change).restoring()]
}

/// The target of an alias that was published as text, as an alias.
fn put_alias(context: Context<'_>) -> Option<Candidate> {
    let tried = tried(context).filter(|tried| !tried.is_by_wildcard)?;
    let mut texts = tried.answer.texts();
    let (text, None) = (texts.next()?, texts.next()) else { return None };
    let target = dkim::lint::target_as_text(&text)?;
    let there = Change::of(&tried.answer, context.domain)?;
    let data = vec![Data::Cname(target.clone())];
    let alias = Change { kind: Kind::Cname, before: Vec::new(), after: data, ..there.clone() };
    let mut summary = Phrase::from(
        "publish the target as an alias, if it is still the one that the signing provider shows",
    );
    let known = provider::recognise_dkim_target(&target);
    if let Some(known) = known.filter(|it| !it.selectors().is_empty()) {
        let own = tried.candidate.selector.to_string();
        if !known.selectors().contains(&own.as_str()) {
            summary = summary.plain("; ").plain(known.title()).plain(" signs with ");
            let selectors = known.selectors().iter().map(|it| Phrase::new().code(*it));
            summary = summary.then(Phrase::listed(selectors, 3, " and "));
        }
    }
    let mut candidate = Candidate::new(Review, summary, there.without(|_| true)).restoring();
    candidate.changes.push(alias);
    // Whether signing is enabled there is said then.
    static LEADS_TO: [&Rule; 1] = [&rules::DANGLING_ALIAS];
    Some(Candidate { leads_to: &LEADS_TO, ..candidate })
}

/// The selector that the findings are about.
fn tried(context: Context<'_>) -> Option<&dkim::Tried> {
    let name = &context.findings.first()?.location.name;
    let tried = &context.facts.dkim.as_ref()?.facts.tried;
    tried.iter().find(|tried| tried.name == *name).map(|tried| &**tried)
}

/// The key of the doubled name at the selector that is in use, where receivers look for it; or the
/// alias that stands there as text.
pub(super) fn put_in_place(context: Context<'_>) -> Vec<Candidate> {
    if let Some(alias) = put_alias(context) {
        return vec![alias];
    }
    let Some(location) = context.findings.first().map(|finding| &finding.location) else {
        return Vec::new();
    };
    let Some(examined) = &context.facts.dkim else { return Vec::new() };
    let facts = &examined.facts;
    let tried = facts.tried.iter().find(|tried| tried.name == location.name);
    let is_own = |answer: &&std::sync::Arc<crate::dns::Answer>| {
        answer.question.name.labels().next() == location.name.labels().next()
    };
    let mut found = facts.misplaced.iter().filter(is_own);
    let (Some(tried), Some(found), None) = (tried, found.next(), found.next()) else {
        return Vec::new();
    };
    let there = Change::of(&tried.answer, context.domain);
    if let (Some(there), Some(target)) = (&there, found.aliases.first()) {
        let [here, there] = moved_alias(found, target, there.clone());
        let summary = Phrase::from("publish the alias at ")
            .name(&location.name)
            .plain(", where receivers look for it");
        let mut candidate = Candidate::new(Review, summary, there).restoring();
        candidate.changes.push(here);
        static LEADS_TO: [&Rule; 1] = [&rules::DANGLING_ALIAS];
        return vec![Candidate { leads_to: &LEADS_TO, ..candidate }];
    }
    let (Some(there), Some(here)) = (there, Change::of(found, context.domain)) else {
        return Vec::new();
    };
    let is_key = |text: &[u8]| dkim::grammar::is_meant_as_key(text);
    let is_key = |data: &Data| data.text().is_some_and(|text| is_key(&text));
    let mut keys = here.before.iter().filter(|data| is_key(data));
    let (Some(key), None) = (keys.next().cloned(), keys.next()) else { return Vec::new() };
    let summary = Phrase::from("publish the key at ")
        .name(&location.name)
        .plain(", where receivers look for it");
    // In the strings in which it stands.
    let there = Change { after: vec![key], ..there };
    let mut candidate = Candidate::new(Review, summary, there).restoring();
    candidate.changes.push(here.without(is_key));
    vec![candidate]
}

/// An alias taken from the name that was asked for, and put at another one: what stands at the name
/// itself is the alias.
fn moved_alias(found: &Answer, target: &Name, there: Change) -> [Change; 2] {
    let alias = vec![Data::Cname(target.clone())];
    let name = found.question.name.clone();
    let empty = Change { kind: Kind::Cname, before: Vec::new(), after: Vec::new(), ..there };
    [Change { name, before: alias.clone(), ..empty.clone() }, Change { after: alias, ..empty }]
}

/// The keys and aliases of doubled names, at the selectors where receivers look for them.
pub(super) fn undouble(context: Context<'_>) -> Vec<Candidate> {
    let Some(examined) = &context.facts.dkim else { return Vec::new() };
    let facts = &examined.facts;
    let Some(doubled) = facts.domain.doubled() else { return Vec::new() };
    let mut changes = Vec::new();
    for found in &facts.misplaced {
        let tried = facts.tried.iter().find(|tried| {
            tried.candidate.selector.at(&doubled).is_ok_and(|name| name == found.question.name)
        });
        let there = tried.and_then(|tried| Change::of(&tried.answer, context.domain));
        let Some(there) = there else { return Vec::new() };
        if let Some(target) = found.aliases.first() {
            changes.extend(moved_alias(found, target, there));
            continue;
        }
        let Some(here) = Change::of(found, context.domain) else { return Vec::new() };
        let is_key =
            |data: &Data| data.text().is_some_and(|text| dkim::grammar::is_meant_as_key(&text));
        let mut keys = here.before.iter().filter(|data| is_key(data));
        let (Some(key), None) = (keys.next(), keys.next()) else { return Vec::new() };
        let there = Change { after: vec![key.clone()], ..there };
        changes.extend([there, here.clone().without(is_key)]);
    }
    let Some(first) = changes.first().cloned() else { return Vec::new() };
    let summary = Phrase::from("publish at the names where receivers look");
    let candidate = Candidate::new(Review, summary, first).restoring();
    static LEADS_TO: [&Rule; 1] = [&rules::DANGLING_ALIAS];
    vec![Candidate { changes, leads_to: &LEADS_TO, ..candidate }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_flag_goes_and_other_flags_stay() {
        let texts = ["v=DKIM1; t=y:s; p=abc", "v=DKIM1; t=y; p=abc", "v=DKIM1;t= s : y ;p=abc=="];
        assert_eq!(
            texts.map(|text| String::from_utf8(without_test_flag(text.as_bytes())).expect("ASCII")),
            ["v=DKIM1; t=s; p=abc", "v=DKIM1; p=abc", "v=DKIM1; t=s; p=abc=="]
        );
    }
}
