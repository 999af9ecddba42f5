//! Candidates for DKIM keys.

use super::patch::Change;
use super::{Candidate, Context};
use crate::diagnostic::Applicability::Review;
use crate::protocols::dkim::grammar;
use crate::text::{Phrase, Span};

/// The key record without what was pasted along with it.
pub(super) fn clean(context: Context<'_>) -> Vec<Candidate> {
    let Some(location) = context.findings.first().map(|finding| &finding.location) else {
        return Vec::new();
    };
    let Some(examined) = &context.facts.dkim else { return Vec::new() };
    let tried = examined.facts.tried.iter().find(|tried| tried.name == location.name);
    let cleaned = tried.filter(|tried| !tried.is_by_wildcard).and_then(|tried| {
        let mut change = Change::of(&tried.answer, context.domain)?;
        for key in tried.keys().iter().map(|published| &published.record.value) {
            let spans: Vec<Span> = key.strays.iter().map(|stray| stray.span).collect();
            let text = without(&key.text, &spans);
            let read = grammar::key_record(&text);
            if !read.errors.is_empty() || !read.value.strays.is_empty() {
                return None;
            }
            change = change.reword(&key.text, &text)?;
        }
        Some(change)
    });
    let summary = || Phrase::from("publish the key without the stray characters");
    cleaned.map(|change| Candidate::new(Review, summary(), change)).into_iter().collect()
}

/// The text without the octets of some places.
fn without(text: &[u8], spans: &[Span]) -> Vec<u8> {
    let stays = |at: usize| {
        !spans.iter().any(|span| (span.start as usize..span.end as usize).contains(&at))
    };
    let octets = text.iter().enumerate().filter(|(at, _)| stays(*at));
    octets.map(|(_, octet)| *octet).collect()
}
