//! Candidates for DMARC records that mean the same and are written so that every receiver reads them.

use super::dmarc::{candidate, governing, segments};
use super::patch::Change;
use super::{Candidate, Context};
use crate::diagnostic::Applicability::Safe;
use crate::diagnostic::Rule;
use crate::dns::Data;
use crate::protocols::dmarc;
use crate::protocols::dmarc::lint::rules;
use crate::text::Phrase;

/// The record without white space around its equals signs: the same in meaning (RFC 9989 §4.8).
pub(super) fn close_up(context: Context<'_>) -> Vec<Candidate> {
    let facts = context.facts.dmarc.as_ref().map(|examined| &examined.facts);
    let Some(visit) =
        facts.and_then(|facts| {
            let name = &context.findings.first()?.location.name;
            facts.discovered.walk.visits.iter().find(|visit| {
                visit.answer.as_ref().is_some_and(|answer| answer.question.name == *name)
            })
        })
    else {
        return Vec::new();
    };
    let change = visit.answer.as_ref().and_then(|answer| Change::of(answer, context.domain));
    let records = visit.answer.iter().flat_map(|answer| answer.texts());
    let mut records = records.filter(|text| dmarc::is_record(text));
    let (Some(change), Some(text)) = (change, records.next()) else { return Vec::new() };
    let closed = |tag: &[u8]| {
        let mut halves = tag.splitn(2, |octet| *octet == b'=').map(<[u8]>::trim_ascii);
        let name = halves.next().unwrap_or_default();
        halves.next().map_or_else(|| name.to_vec(), |value| [name, b"=", value].concat())
    };
    let tags: Vec<Vec<u8>> = text
        .split(|octet| *octet == b';')
        .filter(|tag| !tag.trim_ascii().is_empty())
        .map(closed)
        .collect();
    let summary = Phrase::from("write the tags without white space around ").code("=");
    let change = change.reword(&text, &tags.join(&b"; "[..]));
    change.map(|change| Candidate::new(Safe, summary, change)).into_iter().collect()
}

/// The record with the policy that it counts as, and with `p` where RFC 7489 has it: the same in
/// meaning.
pub(super) fn policy_second(context: Context<'_>) -> Vec<Candidate> {
    let Some((record, change)) = governing(context) else { return Vec::new() };
    let (p, others): (Vec<_>, Vec<_>) = segments(&record.text).skip(1).partition(|(span, _)| {
        let mut named = record.tags.iter().filter(|tag| record.is_named(tag, "p"));
        named.any(|tag| span.start <= tag.name.start && tag.name.start < span.end)
    });
    let (policy, summary) = match p.as_slice() {
        // A policy may stand in what is not read.
        [] if dmarc::repair(&record.text)
            .is_some_and(|it| !it.slips.is_empty() || it.text.is_none()) =>
        {
            return Vec::new();
        }
        // The half with the policy may be a text of its own.
        [] if change.before.iter().filter_map(Data::text).any(|it| is_half(&it)) => {
            return Vec::new();
        }
        [] => (b"p=none".as_slice(), "write the policy that the record counts as"),
        [(_, tag)] => (*tag, "write p after the version"),
        _ => return Vec::new(),
    };
    let tags = [b"v=DMARC1", policy].into_iter().chain(others.into_iter().map(|(_, tag)| tag));
    let text = tags.collect::<Vec<_>>().join(&b"; "[..]);
    static LEADS_TO: [&Rule; 1] = [&rules::POLICY_NONE];
    candidate(change, record, &text, |change| Candidate {
        leads_to: &LEADS_TO,
        ..Candidate::new(Safe, Phrase::from(summary), change)
    })
}

/// True for a text that is no record and has a policy.
fn is_half(text: &[u8]) -> bool {
    let mut tags = text.split(|octet| b"; ".contains(octet));
    !dmarc::is_record(text) && tags.any(|tag| tag.to_ascii_lowercase().starts_with(b"p="))
}

/// The record without white space before its version.
pub(super) fn trim_start(context: Context<'_>) -> Vec<Candidate> {
    let Some((record, change)) = governing(context) else { return Vec::new() };
    let summary = Phrase::from("begin the record with ").code("v=DMARC1");
    candidate(change, record, record.text.trim_ascii_start(), |change| {
        Candidate::new(Safe, summary, change)
    })
}
