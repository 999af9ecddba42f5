//! Candidates for MX sets.

use super::patch::Change;
use super::{Candidate, Context};
use crate::diagnostic::Applicability::Review;
use crate::dns::Data;
use crate::net::Name;
use crate::text::Phrase;
use std::collections::HashSet;

/// The set without the null MX: whoever publishes hosts beside it takes mail.
pub(super) fn drop_null(context: Context<'_>) -> Vec<Candidate> {
    let answer = context.facts.mx.as_ref().map(|examined| &examined.facts.answer);
    let change = answer.and_then(|answer| Change::of(answer, context.domain));
    let is_null = |data: &Data| matches!(data, Data::Mx { exchange, .. } if exchange.is_root());
    let summary = Phrase::from("remove the null MX so that the other hosts receive mail");
    change
        .map(|change| Candidate::new(Review, summary, change.without(is_null)))
        .into_iter()
        .collect()
}

/// The set without hosts that never exist, if others are left.
pub(super) fn drop_placeholders(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.mx.as_ref().map(|examined| &examined.facts) else {
        return Vec::new();
    };
    let placeholders = facts.exchangers().iter().filter(|one| one.is_placeholder());
    let removed: HashSet<&Name> = placeholders.map(|one| &one.host).collect();
    if facts.exchangers().iter().all(|one| removed.contains(&one.host)) {
        return Vec::new();
    }
    let is_gone =
        |data: &Data| matches!(data, Data::Mx { exchange, .. } if removed.contains(exchange));
    let summary = Phrase::from("remove the hosts below .invalid");
    Change::of(&facts.answer, context.domain)
        .map(|change| Candidate::new(Review, summary, change.without(is_gone)))
        .into_iter()
        .collect()
}
