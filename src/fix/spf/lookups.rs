//! Candidates for a policy that costs too much (RFC 7208 §4.6.4).

use super::super::patch::Change;
use super::super::{Candidate, Context};
use crate::diagnostic::Applicability::Review;
use crate::net::{Family, IpSet};
use crate::protocols::spf::edit::{Edit, edit};
use crate::protocols::spf::record::{Mechanism, Qualifier};
use crate::protocols::spf::{Facts, LOOKUP_LIMIT, TermId};
use crate::text::Phrase;
use std::collections::HashSet;

/// Terms that cost lookups and decide about nobody go; if that does not suffice, as few hosts of
/// the domain's own as possible are named by their addresses.
pub(in crate::fix) fn spare_lookups(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.spf.as_deref() else { return Vec::new() };
    let Some(record) = facts.published.usable() else { return Vec::new() };
    let Some(change) = Change::of(&facts.published.answer, context.domain) else {
        return Vec::new();
    };
    let live = live(facts);
    let dead: HashSet<usize> = record
        .directives()
        .filter(|(index, .., mechanism)| mechanism.is_counted() && !live.contains(index))
        .map(|(index, ..)| index)
        .collect();
    let mut hosts: Vec<(usize, Vec<u8>)> = record
        .directives()
        .filter(|(index, .., mechanism)| !dead.contains(index) && is_own(mechanism, context))
        .filter_map(|(index, _, qualifier, _)| Some((index, networks(facts, index, qualifier)?)))
        .collect();
    hosts.sort_by_key(|(_, terms)| terms.len());
    let needed = usize::from(facts.worst().lookups.saturating_sub(LOOKUP_LIMIT));
    let least = needed.saturating_sub(dead.len());
    let tries = std::iter::once(0).chain(least.max(1)..=hosts.len());
    let candidate = |replaced: usize| {
        let text = edit(&record.text, |span, _| {
            let place = record.terms.binary_search_by_key(&span, |term| term.span);
            let Ok(index) = place else { return Edit::Keep };
            let named = hosts.iter().take(replaced).find(|(host, _)| *host == index);
            match named {
                Some((_, networks)) => Edit::Replace(networks.clone()),
                None if dead.contains(&index) => Edit::Drop,
                None => Edit::Keep,
            }
        });
        let change = change.clone().reword(&record.text, &text)?;
        Some(Candidate::new(Review, sparing(dead.len(), replaced), change))
    };
    tries.filter_map(candidate).collect()
}

fn sparing(dead: usize, replaced: usize) -> Phrase {
    let terms = |count| if count == 1 { "1 term".to_owned() } else { format!("{count} terms") };
    let mut summary = Phrase::new();
    if dead > 0 {
        summary = summary.plain("remove ").plain(terms(dead)).plain(if dead == 1 {
            " that never matches"
        } else {
            " that never match"
        });
    }
    if replaced > 0 {
        summary = summary.plain(if dead > 0 { ", and replace " } else { "replace " });
        summary = summary
            .plain("the hosts in ")
            .plain(terms(replaced))
            .plain(" with their addresses; update the record when a host moves");
    }
    summary
}

/// The terms of the domain's own record that decide about anybody, or may.
fn live(facts: &Facts) -> HashSet<usize> {
    let mut live = HashSet::new();
    for partition in facts.partitions() {
        let top = |id: TermId| partition.path(id).first().copied().unwrap_or(id);
        let decided = partition.cells.iter().filter_map(|cell| cell.top);
        let dependent = partition.sender_dependent().into_iter().map(top);
        let own = decided.chain(dependent).filter(|id| id.visit == 0);
        live.extend(own.filter_map(|id| usize::try_from(id.term).ok()));
    }
    live
}

/// True for `a` and `mx` whose hosts are the domain's own, so that its owner knows when they move.
fn is_own(mechanism: &Mechanism, context: Context<'_>) -> bool {
    let (Mechanism::A(target) | Mechanism::Mx(target)) = mechanism else { return false };
    target
        .domain
        .as_ref()
        .is_none_or(|spec| spec.fixed().is_some_and(|name| name.is_within(context.domain)))
}

/// The networks that a term decides about, as terms; `None` if something keeps them from being
/// known, or there are too many of them.
fn networks(facts: &Facts, index: usize, qualifier: Qualifier) -> Option<Vec<u8>> {
    const MOST: usize = 6;
    let mut terms: Vec<String> = Vec::new();
    for partition in facts.partitions() {
        let is_it = |id: TermId| id.visit == 0 && usize::try_from(id.term) == Ok(index);
        let decided = partition.gather(|cell| cell.by.is_some_and(is_it));
        let is_clear = partition
            .cells
            .iter()
            .filter(|cell| cell.by.is_some_and(is_it))
            .all(|cell| cell.exception().is_none());
        if !is_clear {
            return None;
        }
        terms.extend(terms_of(&decided).into_iter().map(|term| format!("{qualifier}{term}")));
    }
    (1..=MOST).contains(&terms.len()).then(|| terms.join(" ").into_bytes())
}

/// The shortest list of `ip4` or `ip6` terms for a set.
pub(in crate::fix) fn terms_of(set: &IpSet) -> Vec<String> {
    let word = match set.family() {
        Family::V4 => "ip4",
        Family::V6 => "ip6",
    };
    set.cidrs().into_iter().map(|cidr| format!("{word}:{cidr}")).collect()
}
