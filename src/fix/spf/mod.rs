//! Candidates for SPF records: single terms here, whole records in [`record`], and what they cost in
//! [`lookups`].

mod lookups;
mod record;

pub(super) use lookups::{spare_lookups, terms_of};
pub(super) use record::{
    correct_targets, drop_retired, merge, missing, part_terms, restore, write_small,
};

use super::patch::Change;
use super::proof::IDLE_TERMS;
use super::{Candidate, Context};
use crate::diagnostic::Applicability::{self, Review, Safe};
use crate::diagnostic::Severity;
use crate::net::{Cidr, IpSet};
use crate::protocols::spf::edit::{Edit, edit, with, without};
use crate::protocols::spf::lint;
use crate::protocols::spf::record::{Body, Mechanism, Qualifier, Term};
use crate::protocols::spf::{Facts, Published, Record, SpfResult};
use crate::provider;
use crate::text::{Phrase, Span};
use std::net::IpAddr;
use std::sync::Arc;

/// A record that the owner of the domain keeps, and its set.
struct Site<'c> {
    record: &'c Record,
    change: Change,
}

impl<'c> Site<'c> {
    /// The record that the findings are about.
    fn of(context: Context<'c>) -> Option<Self> {
        let facts = context.facts.spf.as_deref()?;
        let published = published(facts, context)?;
        let record = &published.record()?.value;
        Some(Self { record, change: Change::of(&published.answer, context.domain)? })
    }

    /// A candidate for another text of the record, if it is another one.
    fn reworded(self, text: &[u8], make: impl FnOnce(Change) -> Candidate) -> Vec<Candidate> {
        if *text == *self.record.text {
            return Vec::new();
        }
        self.change.reword(&self.record.text, text).map(make).into_iter().collect()
    }
}

/// The records at the name that the findings are about.
fn published<'c>(facts: &'c Facts, context: Context<'c>) -> Option<&'c Arc<Published>> {
    let name = &context.findings.first()?.location.name;
    let visits = facts.partitions().into_iter().flat_map(|partition| &partition.visits);
    let mut met = std::iter::once(&facts.published).chain(visits.map(|visit| &visit.published));
    met.find(|published| published.domain == *name)
}

/// The places that the findings are about.
fn spans(context: Context<'_>) -> Vec<Span> {
    context.findings.iter().filter_map(|finding| finding.location.span).collect()
}

fn drop_terms(context: Context<'_>, applicability: Applicability, why: &str) -> Vec<Candidate> {
    let Some(site) = Site::of(context) else { return Vec::new() };
    let removed = spans(context);
    let mut summary = Phrase::from("drop ");
    for (index, span) in removed.iter().take(3).enumerate() {
        summary = summary.plain(if index == 0 { "" } else { ", " });
        summary = summary.code(span.of(&site.record.text));
    }
    if removed.len() > 3 {
        summary = summary.plain(" and ").number(removed.len() - 3).plain(" more");
    }
    let text = ended(site.record, &removed, without(&site.record.text, &removed));
    site.reworded(&text, |change| Candidate::new(applicability, summary.plain(why), change))
}

/// The text, with an end if the redirect that was its end is gone.
fn ended(record: &Record, removed: &[Span], text: Vec<u8>) -> Vec<u8> {
    let is_redirect = |term: &Term| matches!(term.body, Body::Redirect(_));
    let loses_end = record.all().is_none()
        && record.terms.iter().any(|term| is_redirect(term) && removed.contains(&term.span));
    if loses_end { with(&text, b"~all") } else { text }
}

/// The record without addresses that no host has: nobody is lost.
pub(super) fn drop_unusable(context: Context<'_>) -> Vec<Candidate> {
    let Some(site) = Site::of(context) else { return Vec::new() };
    let unusable = site.record.directives().filter(|(.., mechanism)| match mechanism {
        Mechanism::Ip4(network) | Mechanism::Ip6(network) => lint::is_unusable(*network),
        _ => false,
    });
    let removed: Vec<Span> = unusable.map(|(_, term, ..)| term.span).collect();
    let text = without(&site.record.text, &removed);
    let summary =
        Phrase::from("drop what is no address of a host; add the sender if one was left out");
    site.reworded(&text, |change| Candidate::new(Safe, summary, change))
}

pub(super) fn drop_duplicates(context: Context<'_>) -> Vec<Candidate> {
    drop_terms(context, Safe, " (duplicate)")
}

/// What an include or a host lists may change, so that a term is dead today is worth a look.
pub(super) fn drop_dead_terms(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.spf.as_deref() else { return Vec::new() };
    // Where something else is wrong with a policy, it is not known who is meant; and where a network
    // lets everybody pass, every term after it seems dead.
    let is_doubtful = lint::check(facts).iter().any(|finding| {
        finding.rule.severity == Severity::Error || IDLE_TERMS.contains(&finding.rule)
    });
    let met = facts.partitions().into_iter().flat_map(|partition| &partition.visits);
    let has_lookalike = met.into_iter().any(|visit| lint::has_lookalike(&visit.published));
    // A provider keeps its own list up to date; it does not give way to a network.
    let removed = spans(context);
    let names_provider = |record: &Record| {
        let directives = record.directives().filter(|(_, term, ..)| removed.contains(&term.span));
        let specs = directives.filter_map(|(.., mechanism)| mechanism.domain_spec());
        let mut names = specs.filter_map(|spec| spec.fixed());
        names.any(|name| provider::recognise_include(name).is_some())
    };
    let is_of_provider = Site::of(context).is_some_and(|site| names_provider(site.record));
    // A network costs no lookup, and stays when the host moves whose address covers it today.
    let is_a_network = Site::of(context).is_some_and(|site| has_network(site.record, &removed));
    if is_doubtful || has_lookalike || is_of_provider || is_a_network {
        return Vec::new();
    }
    drop_terms(context, Review, ", which changes no result")
}

/// True if a term among those at `removed` is a network that the other networks of the record do not
/// cover.
fn has_network(record: &Record, removed: &[Span]) -> bool {
    let networks = |is_removed: bool| {
        let directives = record
            .directives()
            .filter(move |(_, term, ..)| removed.contains(&term.span) == is_removed);
        directives.filter_map(|(.., mechanism)| match mechanism {
            Mechanism::Ip4(network) | Mechanism::Ip6(network) => Some(*network),
            _ => None,
        })
    };
    networks(true).any(|one| {
        let covers = |other: Cidr| other.prefix() <= one.prefix() && other.contains(one.network());
        !networks(false).any(covers)
    })
}

/// Networks written as what they are.
pub(super) fn clear_host_bits(context: Context<'_>) -> Vec<Candidate> {
    let Some(site) = Site::of(context) else { return Vec::new() };
    let found = spans(context);
    let canonical = |span: Span| {
        let index = site.record.terms.binary_search_by_key(&span, |term| term.span).ok()?;
        match &site.record.terms.get(index)?.body {
            Body::Directive(qualifier, mechanism @ (Mechanism::Ip4(net) | Mechanism::Ip6(net))) => {
                // A prefix of 0 is everyone: that is what has to be repaired.
                let is_meant = net.prefix() > 0;
                is_meant.then(|| format!("{qualifier}{}:{net}", mechanism.word()).into_bytes())
            }
            _ => None,
        }
    };
    let text = edit(&site.record.text, |span, _| match found.contains(&span) {
        true => canonical(span).map_or(Edit::Keep, Edit::Replace),
        false => Edit::Keep,
    });
    let summary = Phrase::from("write each network with its first address (same network)");
    site.reworded(&text, |change| Candidate::new(Safe, summary, change))
}

/// The record with the policies of the providers that keep the domain's mailboxes.
pub(super) fn include_mailboxes(context: Context<'_>) -> Vec<Candidate> {
    let Some(site) = Site::of(context) else { return Vec::new() };
    let mailboxes = &context.facts.unauthorized_mailboxes;
    let terms: Vec<String> = mailboxes.iter().map(|it| format!("include:{}", it.policy)).collect();
    let text = with(&site.record.text, terms.join(" ").as_bytes());
    let titles = mailboxes.iter().map(|it| Phrase::from(it.title));
    let summary = Phrase::from("authorize ").then(Phrase::listed(titles, 3, " and "));
    site.reworded(&text, |change| Candidate::new(Review, summary, change))
}

pub(super) fn drop_redirect(context: Context<'_>) -> Vec<Candidate> {
    drop_terms(context, Safe, " (ignored)")
}

pub(super) fn drop_explanation(context: Context<'_>) -> Vec<Candidate> {
    drop_terms(context, Safe, " (never used)")
}

/// The record with `all` behind every other mechanism, or, where nobody is lost by that, without
/// the mechanisms behind `all`.
pub(super) fn move_all(context: Context<'_>) -> Vec<Candidate> {
    let Some(site) = Site::of(context) else { return Vec::new() };
    let text = &site.record.text;
    let mut directives = site.record.directives();
    let Some((_, all, qualifier, _)) = directives.find(|(.., it)| **it == Mechanism::All) else {
        return Vec::new();
    };
    if qualifier == Qualifier::Pass {
        // At the end it would still let anyone send: what to do about it is said there.
        return Vec::new();
    }
    let (later_alls, late): (Vec<_>, Vec<_>) =
        directives.partition(|(.., mechanism)| **mechanism == Mechanism::All);
    if late.is_empty() {
        let spans: Vec<Span> = later_alls.iter().map(|(_, term, ..)| term.span).collect();
        let summary = Phrase::from("remove the second ").code("all");
        let text = without(text, &spans);
        return site.reworded(&text, |change| Candidate::new(Safe, summary, change));
    }
    let mut removed: Vec<Span> = late.iter().map(|(_, term, ..)| term.span).collect();
    removed.extend(later_alls.iter().map(|(_, term, ..)| term.span));
    let dropped = without(text, &removed);
    let Some((moved, end)) = all_last(site.record) else { return Vec::new() };
    let (moving, end) = match end == all.span {
        true => (Safe, Phrase::new()),
        false => {
            let [first, last] = [all.span.of(text), end.of(text)].map(|it| Phrase::new().code(it));
            let said = Phrase::from("; the record has ").then(first).plain(" and ").then(last);
            (Review, said.plain(", and which of them was meant is yours to say"))
        }
    };
    let summaries = [
        Phrase::from("move ")
            .code("all")
            .plain(" to the end so that the terms after it match")
            .then(end),
        Phrase::from("remove the terms after ").code("all").plain(" (no effect)"),
    ];
    // What is repaired is not removed.
    let candidates = [(moved, moving), (dropped, Safe)].into_iter().zip(summaries);
    candidates
        .filter_map(|((text, applicability), summary)| {
            let change = site.change.clone().reword(&site.record.text, &text)?;
            Some(Candidate::new(applicability, summary, change).restoring())
        })
        .collect()
}

/// A record with one `all` behind every other mechanism, and where the one stands that is kept: of
/// two ends, a stricter one behind all terms is taken for the policy that was meant.
pub(super) fn all_last(record: &Record) -> Option<(Vec<u8>, Span)> {
    let text = &record.text;
    let mut directives = record.directives();
    let (_, all, qualifier, _) = directives.find(|(.., it)| **it == Mechanism::All)?;
    let (later_alls, late): (Vec<_>, Vec<_>) =
        directives.partition(|(.., mechanism)| **mechanism == Mechanism::All);
    let (_, last, ..) = late.last()?;
    let strictness = |end: Qualifier| match end {
        Qualifier::Pass => 0,
        Qualifier::Neutral => 1,
        Qualifier::Softfail => 2,
        Qualifier::Fail => 3,
    };
    let kept = later_alls.last().filter(|it| strictness(it.2) > strictness(qualifier));
    let end = kept.map_or(all.span, |(_, term, ..)| term.span);
    let moved = edit(text, |span, word| match span {
        span if span == all.span || later_alls.iter().any(|(_, it, ..)| it.span == span) => {
            Edit::Drop
        }
        span if span == last.span => Edit::Replace([word, end.of(text)].join(&b' ')),
        _ => Edit::Keep,
    });
    Some((moved, end))
}

/// `~all` at the end.
pub(super) fn end_with_all(context: Context<'_>) -> Vec<Candidate> {
    let Some(site) = Site::of(context) else { return Vec::new() };
    let text = with(&site.record.text, b"~all");
    let summary = Phrase::from("end the policy with ").code("~all");
    site.reworded(&text, |change| Candidate::new(Review, summary, change))
}

/// `~all` instead of `?all`.
pub(super) fn soften_all(context: Context<'_>) -> Vec<Candidate> {
    let Some(site) = Site::of(context) else { return Vec::new() };
    let found = spans(context);
    let text = all_of(site.record, &found);
    let summary = Phrase::from("replace ").code("?all").plain(" by ").code("~all");
    site.reworded(&text, |change| Candidate::new(Review, summary, change))
}

fn all_of(record: &Record, found: &[Span]) -> Vec<u8> {
    edit(&record.text, |span, word| match found.contains(&span) {
        true if word.len() <= 4 => Edit::Replace(b"~all".to_vec()),
        true => Edit::Drop,
        false => Edit::Keep,
    })
}

/// Nobody passes any more whom no other term lists. That everybody else is lost is the point, so
/// what has to be kept is the record without the terms that let everybody pass.
///
/// A host or an address behind which a prefix opens everything was meant all the same: it stays,
/// without the prefix.
pub(super) fn stop_everybody(context: Context<'_>) -> Vec<Candidate> {
    let Some(site) = Site::of(context) else { return Vec::new() };
    let found = spans(context);
    let is_found = |term: &Term| found.contains(&term.span);
    let is_wide = |mechanism: &Mechanism| match mechanism {
        Mechanism::Ip4(network) => network.prefix() < 8,
        Mechanism::Ip6(network) => network.prefix() < 16,
        Mechanism::A(target) | Mechanism::Mx(target) => {
            target.ip4_prefix < 8 || target.ip6_prefix < 16
        }
        _ => false,
    };
    // Two halves are everyone together, and each of them is to go.
    let opening: Vec<Span> = site
        .record
        .directives()
        .filter(|(_, term, qualifier, mechanism)| {
            *qualifier == Qualifier::Pass
                && (is_wide(mechanism) || **mechanism == Mechanism::All && is_found(term))
        })
        .map(|(_, term, ..)| term.span)
        .collect();
    if !found.iter().any(|span| opening.contains(span)) {
        return Vec::new();
    }
    let bare = without(&site.record.text, &opening);
    let narrowed = edit(&site.record.text, |span, word| match opening.contains(&span) {
        true => narrowed(word).map_or(Edit::Drop, Edit::Replace),
        false => Edit::Keep,
    });
    let ends = |(_, term, _, mechanism): (_, &Term, _, &Mechanism)| {
        *mechanism == Mechanism::All && !opening.contains(&term.span)
    };
    // Behind every other term, so that they are tested, unless the record has an end of its own.
    let mut all = site.record.directives().filter(|(.., it)| **it == Mechanism::All);
    let has_end = !all.any(|(_, term, ..)| is_found(term)) || site.record.directives().any(ends);
    let ended = |text: &[u8]| if has_end { text.to_vec() } else { with(text, b"~all") };
    let is_kept = narrowed != bare;
    let summary = match is_kept {
        true => Phrase::from("authorize the host itself; add the intended prefix length"),
        false => Phrase::from("authorize only the senders that the other terms list"),
    };
    let reading = site.change.clone().reword(&site.record.text, &bare);
    site.reworded(&ended(&narrowed), |change| Candidate {
        readings: reading.map(|reading| vec![reading]).into_iter().collect(),
        ..Candidate::new(Review, summary, change)
    })
}

/// A term without the prefix that opens everything: `a` of `a/0`, `ip4:192.0.2.10` of
/// `ip4:192.0.2.10/0`; nothing where it names nobody.
fn narrowed(term: &[u8]) -> Option<Vec<u8>> {
    let at = term.iter().position(|octet| *octet == b'/')?;
    let bare = term.get(..at)?;
    let is_host = |octets: &[u8]| {
        let text = std::str::from_utf8(octets).ok()?;
        let address: IpAddr = text.parse().ok()?;
        let bits = match address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        // The first address of a wide network is that network, and nobody's.
        let is_first = Cidr::new(address, if bits == 32 { 8 } else { 16 })?.network() == address;
        (!is_first && !lint::is_unusable(Cidr::new(address, bits)?)).then_some(())
    };
    let colon = bare.iter().position(|octet| *octet == b':');
    match colon.map(|at| bare.split_at(at + 1)) {
        Some((begin, address)) if begin.to_ascii_lowercase().ends_with(b"ip4:") => {
            is_host(address).map(|()| bare.to_vec())
        }
        Some((begin, address)) if begin.to_ascii_lowercase().ends_with(b"ip6:") => {
            is_host(address).map(|()| bare.to_vec())
        }
        _ => Some(bare.to_vec()),
    }
}

/// Addresses that pass for certain, a set a family.
pub(super) fn passing(facts: &Facts) -> [IpSet; 2] {
    facts.partitions().map(|partition| partition.with(SpfResult::Pass))
}
