//! Candidates for DMARC records.

use super::patch::Change;
use super::{Candidate, Context};
use crate::diagnostic::Applicability::{Review, Safe, Sketch};
use crate::diagnostic::Rule;
use crate::diagnostic::Standing;
use crate::net::Name;
use crate::protocols::dmarc::lint::rules;
use crate::protocols::dmarc::{self, Discovered, Policy, Record, Tag, Usage, Visit};
use crate::text::{Phrase, Span};

/// A record to begin with: it asks for reports and for nothing else.
pub(super) fn missing(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.dmarc.as_ref().map(|examined| &examined.facts) else {
        return Vec::new();
    };
    let answer =
        facts.discovered.walk.visit(context.domain).and_then(|visit| visit.answer.as_ref());
    let Some(change) = answer.and_then(|answer| Change::of(answer, context.domain)) else {
        return Vec::new();
    };
    let (text, summary) = match takes_mail(context) {
        true => (
            format!("v=DMARC1; p=none; rua=mailto:postmaster@{}", context.domain),
            Phrase::from("collect reports in a mailbox that you read; then raise "),
        ),
        // A mailbox at a domain that accepts no mail gets no report.
        false => (
            "v=DMARC1; p=none".to_owned(),
            Phrase::from("add rua with a mailbox that accepts mail; then raise "),
        ),
    };
    let summary = summary
        .code("p")
        .plain(" to ")
        .code("quarantine")
        .plain(" and ")
        .code("reject")
        .plain(" when the reports show no failures of your own mail");
    let candidate = Candidate::new(Sketch, summary, change.with_text(text.as_bytes()));
    // That monitoring protects nobody yet is said then; and for a domain below another one, receivers
    // of RFC 7489 look for the organization elsewhere, whatever its first record says.
    static LEADS_TO: [&Rule; 3] =
        [&rules::POLICY_NONE, &rules::NO_REPORTS, &rules::RECEIVERS_DISAGREE];
    vec![Candidate { leads_to: &LEADS_TO, ..candidate }]
}

/// True if the records show that a mailbox at the domain can get mail: hosts that receive, and not
/// a null MX or nothing but what an address record may stand for.
fn takes_mail(context: Context<'_>) -> bool {
    let mx = context.facts.mx.as_ref().map(|examined| &examined.facts);
    mx.is_some_and(|mx| {
        !mx.is_null() && mx.exchangers().iter().any(|one| one.standing() != Standing::Broken)
    })
}

/// True if a record has a report address at the domain, which accepts no mail.
fn reports_to_nobody(context: Context<'_>, record: &Record) -> bool {
    let at_domain = format!("@{}", context.domain).into_bytes();
    let is_own = |text: &[u8]| text.to_ascii_lowercase().ends_with(&at_domain);
    !takes_mail(context) && record.rua.iter().any(|uri| is_own(&uri.text))
}

/// One record in the place of several: the strictest, with the reports of all.
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
    let candidate = Candidate::new(Review, summary, change);
    // None of several records is in force.
    let policies = [&kept.p, &kept.sp, &kept.np];
    let asks = policies.into_iter().flatten().any(|policy| policy.value != Policy::None);
    vec![if asks { candidate.tightening() } else { candidate }]
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

/// Values that have one meaning only, however they are written; tags without a meaning go.
pub(super) fn correct(context: Context<'_>) -> Vec<Candidate> {
    let Some((record, change)) = governing(context) else { return Vec::new() };
    let mut text = record.text.to_vec();
    // From the end, so that the places before it stay where they are.
    for tag in record.tags.iter().rev() {
        let is_faulty = context
            .findings
            .iter()
            .filter_map(|finding| finding.location.span)
            .any(|span| (tag.value.start..=tag.value.end).contains(&span.start));
        if let Some(value) = Some(tag).filter(|_| is_faulty).and_then(|tag| meant(record, tag)) {
            text = replaced(&text, tag.value, &value);
        }
    }
    let Some(reread) = dmarc::parse(text.as_slice()).map(|parsed| parsed.value) else {
        return Vec::new();
    };
    let useless = |tag: &&Tag| matches!(tag.usage, Usage::Discarded | Usage::Repeated);
    let useless: Vec<&Tag> = reread.tags.iter().filter(useless).collect();
    // RFC 9989 §4.8: such a tag is "discarded in favor of default values", so that it goes changes
    // nothing; but which policy was meant is not for us to guess.
    // An address for reports that cannot be read was meant as well.
    let is_meant = |tag: &Tag| {
        is_policy(&reread, tag) || ["rua", "ruf", "t"].iter().any(|name| reread.is_named(tag, name))
    };
    if useless.iter().any(|tag| is_meant(tag)) || reports_to_nobody(context, &reread) {
        return Vec::new();
    }
    let removed: Vec<u32> = useless.iter().map(|tag| tag.name.start).collect();
    let text = without_tags(&text, &removed);
    let summary = Phrase::from("correct the typing errors and remove unknown text");
    let requested = |record: &Record| {
        let policies = [&record.p, &record.sp, &record.np];
        let policies = policies.map(|policy| policy.as_ref().map(|policy| policy.value));
        (policies, record.dkim_alignment(), record.spf_alignment())
    };
    let is_stricter = requested(&reread) != requested(record);
    candidate(change, record, &text, |change| {
        let candidate = Candidate::new(Review, summary, change);
        if is_stricter { candidate.tightening() } else { candidate }
    })
}

fn is_policy(record: &Record, tag: &Tag) -> bool {
    ["p", "sp", "np"].iter().any(|name| record.is_named(tag, name))
}

/// What a value was meant to be, if there is only one thing that it can have been.
fn meant(record: &Record, tag: &Tag) -> Option<Vec<u8>> {
    let value = record.show(tag.value);
    let word: Vec<u8> = value
        .iter()
        .copied()
        .filter(u8::is_ascii_alphanumeric)
        .map(|octet| octet.to_ascii_lowercase())
        .collect();
    let is = |name| record.is_named(tag, name);
    let words: &[(&str, &str)] = match () {
        () if is_policy(record, tag) => {
            &[("none", "none"), ("quarantine", "quarantine"), ("reject", "reject")]
        }
        () if is("adkim") || is("aspf") => {
            &[("relaxed", "r"), ("strict", "s"), ("r", "r"), ("s", "s")]
        }
        () if is("t") => &[("yes", "y"), ("no", "n"), ("y", "y"), ("n", "n")],
        () if is("rua") || is("ruf") => return with_scheme(value),
        () => &[],
    };
    let found = words.iter().find(|(written, _)| written.as_bytes() == word);
    found.map(|(_, meant)| meant.as_bytes().to_vec())
}

/// Addresses of mail with their `mailto:`; `None` if one of them is something else.
fn with_scheme(list: &[u8]) -> Option<Vec<u8>> {
    let mut uris = Vec::new();
    for uri in list.split(|octet| *octet == b',').map(<[u8]>::trim_ascii) {
        let angled: Vec<u8> = uri.iter().copied().filter(|octet| !b"<>".contains(octet)).collect();
        let uri = angled.as_slice();
        let is_address = uri.iter().filter(|octet| **octet == b'@').count() == 1
            && !uri.contains(&b':')
            && !uri.iter().any(u8::is_ascii_whitespace);
        uris.push(match is_address {
            true => [b"mailto:", uri].concat(),
            false if uri.get(..7).is_some_and(|s| s.eq_ignore_ascii_case(b"mailto:")) => {
                uri.to_vec()
            }
            false => return None,
        });
    }
    Some(uris.join(&b','))
}

/// The record without the tags of RFC 7489.
pub(super) fn drop_historic(context: Context<'_>) -> Vec<Candidate> {
    let Some((record, change)) = governing(context) else { return Vec::new() };
    let historic = || record.tags_with(Usage::Historic);
    let removed: Vec<u32> = historic().map(|tag| tag.name.start).collect();
    // RFC 7489 §6.3: without pct, 100 applies; another value still means something to old readers.
    let is_heeded = historic()
        .any(|tag| record.is_named(tag, "pct") && record.show(tag.value).trim_ascii() != b"100");
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
pub(super) fn enforce(context: Context<'_>) -> Vec<Candidate> {
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
fn governing(context: Context<'_>) -> Option<(&Record, Change)> {
    let discovered: &Discovered = &context.facts.dmarc.as_ref()?.facts.discovered;
    let published = discovered.governing()?;
    if discovered.walk.public_suffix() == Some(published) {
        return None;
    }
    let answer = discovered.walk.visit(&published.domain)?.answer.as_ref()?;
    Some((published.record(), Change::of(answer, &published.domain)?))
}

fn candidate(
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
fn segments(text: &[u8]) -> impl Iterator<Item = (Span, &[u8])> {
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

fn replaced(text: &[u8], span: Span, value: &[u8]) -> Vec<u8> {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let after = text.get(span.end as usize..).unwrap_or_default();
    [before, value, after].concat()
}
