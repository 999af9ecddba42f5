//! Proposals for MX sets.

use super::patch::Change;
use super::{Case, Proposal};
use crate::dns::Data;
use crate::judge::Applicability::Review;
use crate::text::Phrase;

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
