//! Candidates for DMARC records.

use super::parked::{is_silent, refuse, refusing};
use super::patch::Change;
use super::reports::{first_stranger, takes_mail, writes_dead_address};
use super::{Candidate, Context};
use crate::diagnostic::Applicability::{Review, Safe, Template};
use crate::diagnostic::Rule;
use crate::dns::{Answer, Data, Kind};
use crate::net::{Name, registrable};
use crate::protocols::dmarc::lint::rules;
use crate::protocols::dmarc::{self, Discovered, Policy, Record, Tag, Usage, Visit};
use crate::text::{Phrase, Span};
use std::sync::Arc;

/// A record to begin with: it asks for reports and for nothing else.
pub(super) fn missing(context: Context<'_>) -> Vec<Candidate> {
    let restored = restore(context);
    if !restored.is_empty() {
        return restored;
    }
    let moved = put_in_place(context);
    if !moved.is_empty() {
        return moved;
    }
    if let Some(alias) = put_alias(context) {
        return vec![alias];
    }
    let Some(facts) = context.facts.dmarc.as_ref().map(|examined| &examined.facts) else {
        return Vec::new();
    };
    // Names below an organization are covered by its record (RFC 9989 §4.10.1).
    let organization = registrable(context.domain);
    let owner = organization.as_ref().unwrap_or(context.domain);
    let answer = facts.discovered.walk.visit(owner).and_then(|visit| visit.answer.as_ref());
    let Some(change) = answer.and_then(|answer| Change::of(answer, owner)) else {
        return Vec::new();
    };
    // What an alias leads to is no place for a policy, unless it is one by its name.
    let leads_elsewhere = |answer: &Arc<Answer>| {
        let last = answer.aliases.last().and_then(|name| name.labels().next());
        last.is_some_and(|label| !label.eq_ignore_ascii_case(dmarc::LABEL.as_bytes()))
    };
    if answer.is_some_and(leads_elsewhere) {
        return Vec::new();
    }
    if owner == context.domain && is_silent(context) {
        return vec![refusing(context, change)];
    }
    // Whether an organization above the domain takes mail was not asked.
    let (text, summary) = match owner == context.domain && takes_mail(context) {
        true => (
            format!("v=DMARC1; p=none; rua=mailto:postmaster@{owner}"),
            Phrase::from(
                "begin with p=none and collect reports in a mailbox that you read; when they show that your own mail passes, raise ",
            ),
        ),
        // A mailbox at a domain that accepts no mail gets no report.
        false => (
            "v=DMARC1; p=none".to_owned(),
            Phrase::from(
                "begin with p=none and add rua with a mailbox that collects the reports; when they show that your own mail passes, raise ",
            ),
        ),
    };
    let summary =
        summary.code("p").plain(" to ").code("quarantine").plain(", then to ").code("reject");
    let summary = match owner == context.domain {
        true => summary,
        false => Phrase::from("at the parent domain ")
            .name(owner)
            .plain(", whose policy also covers ")
            .name(context.domain)
            .plain(": ")
            .then(summary),
    };
    let candidate = Candidate::new(Template, summary, change.with_text(text.as_bytes()));
    // That monitoring protects nobody yet is said then; and for a domain below another one, receivers
    // of RFC 7489 look for the organization elsewhere, whatever its first record says.
    static LEADS_TO: [&Rule; 3] =
        [&rules::POLICY_NONE, &rules::NO_REPORTS, &rules::RECEIVERS_DISAGREE];
    vec![Candidate { leads_to: &LEADS_TO, ..candidate }]
}

/// The target of an alias that was published as text, as an alias.
fn put_alias(context: Context<'_>) -> Option<Candidate> {
    let walk = &context.facts.dmarc.as_ref()?.facts.discovered.walk;
    let answer = walk.visit(context.domain)?.answer.as_ref()?;
    let mut texts = answer.texts();
    let (text, None) = (texts.next()?, texts.next()) else { return None };
    let target = dmarc::lint::target_as_text(&text)?;
    let there = Change::of(answer, context.domain)?;
    let data = vec![Data::Cname(target)];
    let alias = Change { kind: Kind::Cname, before: Vec::new(), after: data, ..there.clone() };
    let summary = Phrase::from(
        "publish the target as an alias, if it is still the one that the service shows",
    );
    let mut candidate = Candidate::new(Review, summary, there.without(|_| true)).restoring();
    candidate.changes.push(alias);
    Some(candidate.tightening())
}

/// One record instead of several: the strictest, with the reports of all.
pub(super) fn keep_one(context: Context<'_>) -> Vec<Candidate> {
    let Some((visit, zone)) = several(context) else { return Vec::new() };
    let texts = match &visit.found {
        dmarc::Found::Several(texts) => texts,
        _ => return Vec::new(),
    };
    let records: Vec<Record> = texts
        .iter()
        .filter_map(|text| dmarc::parse(text.clone()))
        .filter(|parsed| parsed.errors.is_empty())
        .map(|parsed| parsed.value)
        .collect();
    let strength = |record: &&Record| record.p.as_ref().map(|policy| policy.value);
    let Some(kept) = records.iter().rev().max_by_key(strength) else { return Vec::new() };
    let Some(change) = visit.answer.as_ref().and_then(|answer| Change::of(answer, &zone)) else {
        return Vec::new();
    };
    let mut uris: Vec<&[u8]> = Vec::new();
    let reports = std::iter::once(kept).chain(&records).flat_map(|record| &record.rua);
    for uri in reports {
        if !uris.contains(&&*uri.text) {
            uris.push(&uri.text);
        }
    }
    let text = with_reports(kept, &uris.join(&b','));
    let is_one = |text: &[u8]| texts.iter().any(|one| **one == *text);
    let change =
        change.without(|data| data.text().is_some_and(|text| is_one(&text))).with_text(&text);
    let summary = Phrase::new()
        .plain("one record instead of ")
        .number(texts.len())
        .plain(": the strictest, with all report addresses");
    let candidate = Candidate::new(Review, summary, change).restoring();
    // None of several records is in force.
    vec![if asks(kept) { candidate.tightening() } else { candidate }]
}

fn several(context: Context<'_>) -> Option<(&Visit, Name)> {
    let facts = &context.facts.dmarc.as_ref()?.facts;
    let name = &context.findings.first()?.location.name;
    let visits = &facts.discovered.walk.visits;
    let visit = visits.iter().find(|visit| dmarc::owner(&visit.domain).as_ref() == Some(name))?;
    Some((visit, visit.domain.clone()))
}

fn with_reports(record: &Record, uris: &[u8]) -> Vec<u8> {
    let is_rua = |tag: &&Tag| record.is_named(tag, "rua") && tag.usage == Usage::Read;
    match record.tags.iter().find(is_rua) {
        Some(tag) => replaced(&record.text, tag.value, uris),
        None if uris.is_empty() => record.text.to_vec(),
        None => {
            let mut text = segments(&record.text).map(|(_, tag)| tag).collect::<Vec<_>>();
            let rua = [b"rua=", uris].concat();
            text.push(&rua);
            text.join(&b"; "[..])
        }
    }
}

/// The record that was meant by the one that has slips, or by the text that is none because of them.
pub(super) fn restore(context: Context<'_>) -> Vec<Candidate> {
    let Some((text, change)) = written(context) else { return Vec::new() };
    let Some(repair) = dmarc::repair(&text).filter(|repair| !repair.slips.is_empty()) else {
        return Vec::new();
    };
    let Some(meant) = &repair.text else { return Vec::new() };
    let Some(restored) = dmarc::parse(meant.as_slice()).map(|parsed| parsed.value) else {
        return Vec::new();
    };
    let is_in_force = dmarc::is_record(&text);
    let meant = match is_in_force {
        true => meant.clone(),
        // No receiver applies them today, and RFC 9989 §9.3 makes them historic.
        false => without_tags(meant, &historic(&restored)),
    };
    if writes_dead_address(context, &text, &restored) {
        return Vec::new();
    }
    let requested = |record: &Record| {
        let policies = [&record.p, &record.sp, &record.np];
        let policies = policies.map(|policy| policy.as_ref().map(|policy| policy.value));
        (policies, record.dkim_alignment(), record.spf_alignment())
    };
    let now = dmarc::parse(text.as_slice()).map(|parsed| parsed.value);
    let is_same = now.as_ref().is_some_and(|now| requested(now) == requested(&restored));
    let is_stricter = !is_same && asks(&restored);
    let applicability = match repair.is_certain() && !is_stricter {
        true => Safe,
        // Mail that passed by accident is hit from now on.
        false => Review,
    };
    let Some(change) = change.reword(&text, &meant) else { return Vec::new() };
    let summary = Phrase::from("publish the corrected record");
    let summary = match (restored.rua.is_empty(), first_stranger(context, now.as_ref(), &restored))
    {
        (true, _) => summary.plain("; add ").code("rua").plain(" to receive reports"),
        (false, Some(host)) => {
            summary.plain("; ").name(host).plain(" must then authorize the reports (RFC 9990 §4)")
        }
        (false, None) => summary,
    };
    let candidate = Candidate::new(applicability, summary, change).restoring();
    vec![if is_stricter { candidate.tightening() } else { candidate }]
}

/// True if a record asks for more than monitoring.
fn asks(record: &Record) -> bool {
    let policies = [&record.p, &record.sp, &record.np];
    policies.into_iter().flatten().any(|policy| policy.value != Policy::None)
}

/// The text that the findings are about, with its set: the record that governs the domain, or the one
/// text at its name that was meant as a record.
fn written(context: Context<'_>) -> Option<(Vec<u8>, Change)> {
    if let Some((record, change)) = governing(context) {
        return Some((record.text.to_vec(), change));
    }
    let facts = &context.facts.dmarc.as_ref()?.facts;
    let visit = facts.discovered.walk.visit(context.domain)?;
    let meant = |text: &&std::sync::Arc<[u8]>| dmarc::repair(text).is_some();
    let mut strangers = visit.strangers.iter().filter(meant);
    // Of two texts it is not known which was meant.
    let (Some(text), None) = (strangers.next(), strangers.next()) else { return None };
    Some((text.to_vec(), Change::of(visit.answer.as_ref()?, context.domain)?))
}

/// A record of the domain itself, or of a name near by, at `_dmarc`, where receivers look for it.
pub(super) fn put_in_place(context: Context<'_>) -> Vec<Candidate> {
    let Some(examined) = &context.facts.dmarc else { return Vec::new() };
    let apex = context.facts.spf.iter().map(|spf| &spf.published.answer);
    let is_record = |data: &crate::dns::Data| data.text().is_some_and(|it| dmarc::is_record(&it));
    let found: Vec<Change> = apex
        .chain(&examined.facts.misplaced)
        .filter_map(|answer| Change::of(answer, context.domain))
        .filter(|change| change.before.iter().any(is_record))
        .collect();
    let [elsewhere] = found.as_slice() else { return Vec::new() };
    let discovered = &examined.facts.discovered;
    let here = discovered.walk.visit(context.domain).and_then(|visit| visit.answer.as_ref());
    let Some(there) = here.and_then(|answer| Change::of(answer, context.domain)) else {
        return Vec::new();
    };
    let texts: Vec<Vec<u8>> = elsewhere
        .before
        .iter()
        .filter(|data| is_record(data))
        .filter_map(crate::dns::Data::text)
        .collect();
    let [text] = texts.as_slice() else { return Vec::new() };
    if there.before.iter().any(is_record) {
        return Vec::new();
    }
    // `dmarc.example.com` with the record that `_dmarc.example.com` has: a copy, not a policy.
    let is_in_place = |visit: &Visit| match &visit.found {
        dmarc::Found::One(published) => *published.record().text == **text,
        _ => false,
    };
    if discovered.walk.visits.iter().any(is_in_place) {
        let summary =
            Phrase::from("remove the copy; the record is published where receivers look for it");
        return vec![Candidate::new(Review, summary, elsewhere.clone().without(is_record))];
    }
    let summary = Phrase::from("publish the record at ")
        .code("_dmarc")
        .plain(", where receivers look for it");
    let mut candidate = Candidate::new(Review, summary, there.with_text(text));
    candidate.changes.push(elsewhere.clone().without(is_record));
    let record = dmarc::parse(text.as_slice()).map(|parsed| parsed.value);
    let candidate = candidate.restoring();
    vec![if record.is_some_and(|record| asks(&record)) {
        candidate.tightening()
    } else {
        candidate
    }]
}

fn is_policy(record: &Record, tag: &Tag) -> bool {
    ["p", "sp", "np"].iter().any(|name| record.is_named(tag, name))
}

/// Where the tags of RFC 7489 begin that mean nothing to any receiver, or what is the default.
fn historic(record: &Record) -> Vec<u32> {
    let idle = record.tags_with(Usage::Historic).filter(|tag| !is_heeded(record, tag));
    idle.map(|tag| tag.name.start).collect()
}

/// RFC 7489 §6.3: without pct, 100 applies; another value still means something to old readers.
fn is_heeded(record: &Record, tag: &Tag) -> bool {
    record.is_named(tag, "pct") && record.show(tag.value).trim_ascii() != b"100"
}

/// The record without the tags of RFC 7489.
pub(super) fn drop_historic(context: Context<'_>) -> Vec<Candidate> {
    let Some((record, change)) = governing(context) else { return Vec::new() };
    let all = || record.tags_with(Usage::Historic);
    let removed: Vec<u32> = all().map(|tag| tag.name.start).collect();
    let is_heeded = all().any(|tag| is_heeded(record, tag));
    let (applicability, summary) = match is_heeded {
        false => (Safe, "remove the historic tags"),
        true => (Review, "remove the tags; RFC 7489 receivers then apply the policy to all mail"),
    };
    let text = without_tags(&record.text, &removed);
    candidate(change, record, &text, |change| {
        let candidate = Candidate::new(applicability, Phrase::from(summary), change);
        if is_heeded { candidate.tightening() } else { candidate }
    })
}

/// The next step: quarantine, for names below the domain too if that is needed.
///
/// A domain without mail has nothing to find out first.
pub(super) fn enforce(context: Context<'_>) -> Vec<Candidate> {
    if is_silent(context) {
        return refuse(context);
    }
    let Some((record, change)) = governing(context) else { return Vec::new() };
    // Of a policy that is given twice it is not known which was meant.
    let is_repeated = |tag: &&Tag| tag.usage == Usage::Repeated && is_policy(record, tag);
    if record.tags.iter().any(|tag| is_repeated(&tag)) {
        return Vec::new();
    }
    let summary = || {
        Phrase::from("when reports show that your own mail passes, raise the policy to quarantine")
    };
    let raised = |tags: &[&str]| {
        let policies = [("np", &record.np), ("sp", &record.sp), ("p", &record.p)];
        let mut places: Vec<Span> = policies
            .into_iter()
            .filter(|(name, _)| tags.contains(name))
            .filter_map(|(_, policy)| policy.as_ref())
            .filter(|policy| policy.value == Policy::None)
            .map(|policy| policy.span)
            .collect();
        places.sort_unstable_by_key(|span| std::cmp::Reverse(span.start));
        places
            .into_iter()
            .fold(record.text.to_vec(), |text, span| replaced(&text, span, b"quarantine"))
    };
    [raised(&["p"]), raised(&["p", "sp"]), raised(&["p", "sp", "np"])]
        .iter()
        .flat_map(|text| {
            candidate(change.clone(), record, text, |change| {
                Candidate::new(Review, summary(), change).tightening()
            })
        })
        .collect()
}

/// The record without `t=y`.
pub(super) fn end_test(context: Context<'_>) -> Vec<Candidate> {
    let Some((record, change)) = governing(context) else { return Vec::new() };
    let tested = record.tags.iter().filter(|tag| record.is_named(tag, "t"));
    let tested: Vec<u32> = tested.map(|tag| tag.name.start).collect();
    let text = without_tags(&record.text, &tested);
    let summary = Phrase::from("end the test when reports show that your own mail passes");
    candidate(change, record, &text, |change| Candidate::new(Review, summary, change).tightening())
}

/// The record without the tags that ask for less below the domain.
pub(super) fn level(context: Context<'_>) -> Vec<Candidate> {
    let Some((record, change)) = governing(context) else { return Vec::new() };
    let Some(examined) = &context.facts.dmarc else { return Vec::new() };
    let weaker = examined.facts.weaker_for_subdomains();
    let removed: Vec<u32> = record
        .tags
        .iter()
        .filter(|tag| weaker.iter().any(|(weak, _)| record.is_named(tag, weak.word())))
        .map(|tag| tag.name.start)
        .collect();
    let text = without_tags(&record.text, &removed);
    let summary = Phrase::from("apply the domain policy to its subdomains");
    candidate(change, record, &text, |change| Candidate::new(Review, summary, change).tightening())
}

// ── records and their tags ──────────────────────────────────────────────────────────────────────

/// The record that governs the domain, and its set, if they belong to the same organization.
pub(super) fn governing(context: Context<'_>) -> Option<(&Record, Change)> {
    let discovered: &Discovered = &context.facts.dmarc.as_ref()?.facts.discovered;
    let published = discovered.governing()?;
    if discovered.walk.public_suffix() == Some(published) {
        return None;
    }
    let answer = discovered.walk.visit(&published.domain)?.answer.as_ref()?;
    Some((published.record(), Change::of(answer, &published.domain)?))
}

pub(super) fn candidate(
    change: Change,
    record: &Record,
    text: &[u8],
    make: impl FnOnce(Change) -> Candidate,
) -> Vec<Candidate> {
    if *text == *record.text {
        return Vec::new();
    }
    change.reword(&record.text, text).map(make).into_iter().collect()
}

/// The tags between semicolons, trimmed, with their places; what is empty is left out.
pub(super) fn segments(text: &[u8]) -> impl Iterator<Item = (Span, &[u8])> {
    let parts = text.split(|octet| *octet == b';');
    let parts = parts.map(move |part| (Span::within(text, part), part.trim_ascii()));
    parts.filter(|(_, tag)| !tag.is_empty())
}

/// The record without the tags whose names begin at some places.
fn without_tags(text: &[u8], names: &[u32]) -> Vec<u8> {
    if names.is_empty() {
        return text.to_vec();
    }
    let mut names = names.to_vec();
    names.sort_unstable();
    let is_gone = |span: Span| {
        let next = names.partition_point(|name| *name < span.start);
        names.get(next).is_some_and(|name| *name < span.end)
    };
    let kept: Vec<&[u8]> =
        segments(text).filter(|(span, _)| !is_gone(*span)).map(|(_, tag)| tag).collect();
    kept.join(&b"; "[..])
}

pub(super) fn replaced(text: &[u8], span: Span, value: &[u8]) -> Vec<u8> {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let after = text.get(span.end as usize..).unwrap_or_default();
    [before, value, after].concat()
}
