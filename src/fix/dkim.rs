//! Candidates for DKIM keys.

use super::patch::Change;
use super::{Candidate, Context};
use crate::diagnostic::Applicability::{Review, Safe};
use crate::protocols::dkim;
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
    let summary = || Phrase::from("publish the key record that was meant");
    let candidate = |change: Change| Candidate::new(applicability, summary(), change).restoring();
    restored.map(candidate).into_iter().collect()
}

/// The key of the doubled name at the selector that is in use, where receivers look for it.
pub(super) fn put_in_place(context: Context<'_>) -> Vec<Candidate> {
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
    let (Some(there), Some(here)) = (there, Change::of(found, context.domain)) else {
        return Vec::new();
    };
    let is_key = |text: &[u8]| dkim::grammar::is_meant_as_key(text);
    let texts: Vec<Vec<u8>> = found.texts().filter(|text| is_key(text)).collect();
    let [text] = texts.as_slice() else { return Vec::new() };
    let summary = Phrase::from("publish the key at ")
        .name(&location.name)
        .plain(", where receivers look for it");
    let mut candidate = Candidate::new(Review, summary, there.with_text(text)).restoring();
    candidate.changes.push(here.without(|data| data.text().as_deref() == Some(text)));
    vec![candidate]
}
