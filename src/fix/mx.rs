//! Proposals for MX sets.

use super::patch::Change;
use super::{Case, Proposal};
use crate::diagnostic::Applicability::Review;
use crate::dns::Data;
use crate::net::Name;
use crate::text::Phrase;
use std::collections::HashSet;

/// The set without the null MX: whoever publishes hosts beside it takes mail.
pub(super) fn drop_null(case: Case<'_>) -> Vec<Proposal> {
    let answer = case.facts.mx.as_ref().map(|examined| &examined.facts.answer);
    let change = answer.and_then(|answer| Change::of(answer, case.domain));
    let is_null = |data: &Data| matches!(data, Data::Mx { exchange, .. } if exchange.is_root());
    let summary = Phrase::from("remove the null MX, so that the other hosts count");
    change
        .map(|change| Proposal::new(Review, summary, change.without(is_null)))
        .into_iter()
        .collect()
}

/// The set without hosts that never exist, if others are left.
pub(super) fn drop_placeholders(case: Case<'_>) -> Vec<Proposal> {
    let Some(facts) = case.facts.mx.as_ref().map(|examined| &examined.facts) else {
        return Vec::new();
    };
    let placeholders = facts.exchangers().iter().filter(|one| one.is_placeholder());
    let gone: HashSet<&Name> = placeholders.map(|one| &one.host).collect();
    if facts.exchangers().iter().all(|one| gone.contains(&one.host)) {
        return Vec::new();
    }
    let is_gone =
        |data: &Data| matches!(data, Data::Mx { exchange, .. } if gone.contains(exchange));
    let summary = Phrase::from("remove the hosts below .invalid, which never exist");
    Change::of(&facts.answer, case.domain)
        .map(|change| Proposal::new(Review, summary, change.without(is_gone)))
        .into_iter()
        .collect()
}
