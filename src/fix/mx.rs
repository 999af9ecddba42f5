//! Candidates for MX sets.

use super::patch::Change;
use super::{Candidate, Context};
use crate::diagnostic::Applicability::{Review, Template};
use crate::diagnostic::Rule;
use crate::dns::{Data, Kind};
use crate::net::Name;
use crate::posture::lint::rules as posture_rules;
use crate::protocols::mx::lint::rules;
use crate::protocols::mx::{Target, lint};
use crate::text::Phrase;
use std::collections::HashSet;
use std::net::IpAddr;

/// The set without the null MX: a domain that publishes hosts beside it accepts mail.
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

/// A null MX, where the domain sends nothing and has no address to fall back to: senders then return
/// its mail at once (RFC 7505 §1).
pub(super) fn declare_none(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.mx.as_ref().map(|examined| &examined.facts) else {
        return Vec::new();
    };
    let spf = context.facts.spf.as_deref();
    if !facts.accepts_nothing() || !spf.is_some_and(crate::protocols::spf::Facts::sends_nothing) {
        return Vec::new();
    }
    let Some(mut change) = Change::of(&facts.answer, context.domain) else { return Vec::new() };
    change.after.push(Data::Mx { preference: 0, exchange: Name::root() });
    let summary = Phrase::from("declare that the domain accepts no mail");
    static LEADS_TO: [&Rule; 1] = [&posture_rules::PARKED_OPEN];
    let candidate = Candidate::new(Review, summary, change);
    vec![Candidate { leads_to: &LEADS_TO, ..candidate }]
}

/// The host at which a provider among the senders collects bounces; the customer knows which of them.
pub(super) fn return_host(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.mx.as_ref().map(|examined| &examined.facts) else {
        return Vec::new();
    };
    let Some(known) = context.facts.posture().return_host else { return Vec::new() };
    let change = Change::of(&facts.answer, context.domain);
    let (Some(mut change), Ok(exchange)) = (change, Name::from_octets(known.host.as_bytes()))
    else {
        return Vec::new();
    };
    change.after.push(Data::Mx { preference: 10, exchange });
    let summary = Phrase::from("publish the MX host of the MAIL FROM domain that ")
        .plain(known.title)
        .plain(" shows in its settings");
    // The name in angle brackets is none.
    static LEADS_TO: [&Rule; 2] = [&rules::NO_ADDRESS, &rules::INVALID_HOST];
    let candidate = Candidate::new(Template, summary, change);
    vec![Candidate { leads_to: &LEADS_TO, ..candidate }]
}

/// The set without hosts of others beside those of the provider that keeps the mailboxes.
pub(super) fn drop_others(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.mx.as_ref().map(|examined| &examined.facts) else {
        return Vec::new();
    };
    let others: HashSet<&Name> =
        lint::beside_provider(facts).into_iter().map(|one| &one.host).collect();
    let is_other =
        |data: &Data| matches!(data, Data::Mx { exchange, .. } if others.contains(exchange));
    let summary =
        Phrase::from("if it is left over from a former provider, remove the other MX host");
    Change::of(&facts.answer, context.domain)
        .map(|change| Candidate::new(Review, summary, change.without(is_other)))
        .into_iter()
        .collect()
}

/// A host with the address that replaces its name.
pub(super) fn name_addresses(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.mx.as_ref().map(|examined| &examined.facts) else {
        return Vec::new();
    };
    let literals = facts.exchangers().iter().filter_map(|one| match one.target {
        Target::Literal(ip) => Some((&one.host, ip)),
        _ => None,
    });
    let literals: Vec<(&Name, IpAddr)> = literals.collect();
    let ([(literal, ip)], Some(change)) =
        (literals.as_slice(), Change::of(&facts.answer, context.domain))
    else {
        return Vec::new();
    };
    let Ok(host) = context.domain.child("mail") else { return Vec::new() };
    let ttl = change.ttl;
    let mut named = change;
    for data in &mut named.after {
        if let Data::Mx { exchange, .. } = data
            && exchange == *literal
        {
            *exchange = host.clone();
        }
    }
    let (kind, data) = match ip {
        IpAddr::V4(ip) => (Kind::A, Data::A(*ip)),
        IpAddr::V6(ip) => (Kind::Aaaa, Data::Aaaa(*ip)),
    };
    let address = Change { name: host, kind, ttl, before: Vec::new(), after: vec![data] };
    let summary = Phrase::from(
        "publish a host name of your choice for the address, and use it in the MX record",
    );
    let mut candidate = Candidate::new(Template, summary, named).restoring();
    candidate.changes.push(address);
    vec![candidate]
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
