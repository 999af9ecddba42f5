//! Candidates for a record as a whole: several of them, none, or one with faults.

use super::super::patch::{Change, txt};
use super::super::{Candidate, Context};
use super::{Site, published, spans};
use crate::diagnostic::Applicability::{Review, Safe, Template};
use crate::diagnostic::Rule;
use crate::dns::Data;
use crate::posture::lint::rules as posture_rules;
use crate::protocols::spf::edit::{Edit, edit};
use crate::protocols::spf::record::{Body, Mechanism, Qualifier};
use crate::protocols::spf::{self, Found, Record, grammar, lint};
use crate::provider::{self, Provider};
use crate::text::{Phrase, Repair, Span};
use std::collections::HashSet;

/// Most records that are merged. There is a reading for each, and each is tried.
const MOST_MERGED: usize = 10;

/// One record instead of several: the terms of all of them, and the mildest end.
pub(in crate::fix) fn merge(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.spf.as_deref() else { return Vec::new() };
    let Some(published) = published(facts, context) else { return Vec::new() };
    let Found::Several(texts) = &published.found else { return Vec::new() };
    if texts.len() > MOST_MERGED {
        return Vec::new();
    }
    let Some(change) = Change::of(&published.answer, context.domain) else { return Vec::new() };
    let repairs: Vec<_> = texts.iter().filter_map(|text| spf::repair(text)).collect();
    let meant = |repair: &Repair| repair.text.as_deref().map(grammar::parse);
    let records: Vec<_> = repairs.iter().filter_map(meant).collect();
    if records.len() < texts.len() {
        return Vec::new();
    }
    if records.iter().any(|record| record.strict().is_err()) {
        return Vec::new();
    }
    let is_spf = |data: &Data| data.text().is_some_and(|it| grammar::is_record(&it));
    // Each record as it was meant, by itself.
    let alone = |record: &Record| vec![change.clone().without(is_spf).with_text(&record.text)];
    let readings = records.iter().map(|record| alone(&record.value)).collect();
    let text = merged(records.iter().map(|record| &record.value));
    let summary = Phrase::new()
        .plain("one record instead of ")
        .number(texts.len())
        .plain(" with the terms of all");
    let mut after = change.clone().without(is_spf);
    after.after.push(txt(&text));
    // What becomes of senders that no record names is a guess where the records differ.
    let mut ends = records.iter().map(|record| record.value.all());
    let first = ends.next();
    let is_agreed = first.is_some_and(|first| first.is_some() && ends.all(|end| end == first));
    let is_certain = is_agreed && repairs.iter().all(Repair::is_certain);
    let applicability = if is_certain { Safe } else { Review };
    vec![Candidate { readings, ..Candidate::new(applicability, summary, after).restoring() }]
}

fn merged<'r>(records: impl Iterator<Item = &'r Record> + Clone) -> Vec<u8> {
    let all = records.clone().filter_map(Record::all).max_by_key(|qualifier| match qualifier {
        // Whoever lets everybody pass in one record and not in another does not mean it, and neutral
        // is what a record has that says nothing of strangers.
        Qualifier::Pass => 0,
        Qualifier::Neutral => 1,
        Qualifier::Fail => 2,
        Qualifier::Softfail => 3,
    });
    let mut terms: Vec<Vec<u8>> = Vec::new();
    let mut known = HashSet::new();
    let mut add = |term: Vec<u8>| {
        if known.insert(term.to_ascii_lowercase()) {
            terms.push(term);
        }
    };
    let mut ends: Vec<Vec<u8>> = Vec::new();
    for record in records {
        for term in &record.terms {
            let text = term.span.of(&record.text);
            match &term.body {
                Body::Directive(_, Mechanism::All) => {}
                Body::Directive(..) => add(text.to_vec()),
                // Behind `all` a redirect is not heeded; its senders are those of an include.
                Body::Redirect(_) if record.all().is_some() => {}
                Body::Redirect(spec) => add([b"include:", spec.span.of(&record.text)].concat()),
                // One explanation is allowed; what is unknown may be a misspelt term.
                Body::Explanation(_) if ends.iter().any(|end| is_explanation(end)) => {}
                Body::Explanation(_) | Body::Unknown { .. } => ends.push(text.to_vec()),
            }
        }
    }
    let all = match all {
        Some(Qualifier::Pass) | None => "~all".to_owned(),
        Some(qualifier) => format!("{qualifier}all"),
    };
    let mut known = HashSet::new();
    ends.retain(|end| known.insert(end.to_ascii_lowercase()));
    let words = std::iter::once(b"v=spf1".to_vec());
    let words: Vec<Vec<u8>> =
        words.chain(terms).chain(std::iter::once(all.into_bytes())).chain(ends).collect();
    words.join(&b' ')
}

fn is_explanation(term: &[u8]) -> bool {
    term.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"exp="))
}

/// A policy to begin with: the providers that show in the domain's MX and keys.
pub(in crate::fix) fn missing(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.spf.as_deref() else { return Vec::new() };
    let moved = put_in_place(context);
    if !moved.is_empty() {
        return moved;
    }
    if let Some(retyped) = retyped(context) {
        return vec![retyped];
    }
    if let Some(renamed) = of_sender_id(context) {
        return vec![renamed];
    }
    // A text that was meant as the policy says who sends; a template beside it would not.
    if facts.published.found != Found::Nothing || lint::has_lookalike(&facts.published) {
        return Vec::new();
    }
    let Some(change) = Change::of(&facts.published.answer, context.domain) else {
        return Vec::new();
    };
    let known = providers(context);
    let terms: Vec<String> = known
        .iter()
        .filter_map(|provider| provider.policy())
        .map(|name| format!("include:{name}"))
        .collect();
    let mx = context.facts.mx.as_ref().map(|examined| &examined.facts);
    let (text, summary) = match mx {
        _ if !terms.is_empty() => (
            format!("v=spf1 {} ~all", terms.join(" ")),
            Phrase::from("authorize the providers seen in MX and DKIM; add your other senders"),
        ),
        Some(mx) if mx.is_failed() => return Vec::new(),
        Some(mx) if !mx.is_null() && !mx.exchangers().is_empty() => (
            "v=spf1 mx ~all".to_owned(),
            Phrase::from("authorize the MX hosts; add your other senders"),
        ),
        Some(mx) if mx.is_implicit() => (
            "v=spf1 a ~all".to_owned(),
            Phrase::from("authorize the host itself; add your other senders"),
        ),
        Some(_) => (
            "v=spf1 -all".to_owned(),
            Phrase::from(
                "publish that the domain has no senders, if that is so: it accepts no mail",
            ),
        ),
        None => return Vec::new(),
    };
    // A null MX and no key say that the domain has no mail; all else is for its owner to know.
    let signs = context.facts.dkim.as_ref().is_none_or(|examined| {
        examined.facts.keyed().next().is_some() || examined.facts.failed().next().is_some()
    });
    let is_silent =
        terms.is_empty() && !signs && mx.is_some_and(crate::protocols::mx::Facts::is_null);
    let applicability = if is_silent { Review } else { Template };
    // A strict DMARC policy that nothing could pass before stands on SPF then.
    static LEADS_TO: [&Rule; 2] = [&posture_rules::SPF_ONLY, &posture_rules::PARKED_OPEN];
    let candidate = Candidate::new(applicability, summary, change.with_text(text.as_bytes()));
    vec![Candidate { leads_to: &LEADS_TO, ..candidate }]
}

/// The policy of the retired type 99 as TXT, where there is no other.
fn retyped(context: Context<'_>) -> Option<Candidate> {
    let facts =
        context.facts.spf.as_deref().filter(|facts| facts.published.found == Found::Nothing)?;
    let retired = facts.retired.as_ref()?;
    let mut texts = retired.texts();
    let (text, None) = (texts.next()?, texts.next()) else { return None };
    let there = Change::of(&facts.published.answer, context.domain)?;
    let here = Change::of(retired, context.domain)?;
    let summary = Phrase::from("publish the record of type 99 as TXT, which receivers read");
    let mut candidate = Candidate::new(Review, summary, there.with_text(&text)).restoring();
    candidate.changes.push(here.without(|_| true));
    Some(candidate)
}

/// The senders of a Sender ID record (RFC 4406 §3.1), which has the terms of SPF, as a policy of SPF.
fn of_sender_id(context: Context<'_>) -> Option<Candidate> {
    let is_only =
        |it: &&spf::Facts| it.published.found == Found::Nothing && it.misplaced.is_empty();
    // An SPF record at another name says better who was meant.
    let facts = context.facts.spf.as_deref().filter(is_only)?;
    let is_sender_id =
        |text: &Vec<u8>| text.get(..7).is_some_and(|it| it.eq_ignore_ascii_case(b"spf2.0/"));
    let mut texts = facts.published.answer.texts().filter(is_sender_id);
    let (text, None) = (texts.next()?, texts.next()) else { return None };
    let terms = text.iter().position(|octet| *octet == b' ').and_then(|at| text.get(at..))?;
    let policy = [b"v=spf1", terms].concat();
    grammar::parse(policy.as_slice()).strict().ok()?;
    let change = Change::of(&facts.published.answer, context.domain)?.reword(&text, &policy)?;
    let summary = Phrase::from(
        "publish the terms of the Sender ID record as an SPF record, with all your senders",
    );
    // It may have been published for nothing but to be left alone by Sender ID.
    Some(Candidate::new(Template, summary, change).restoring())
}

/// The record of a name near by at the domain itself, where receivers look for it.
fn put_in_place(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.spf.as_deref() else { return Vec::new() };
    let [found] = facts.misplaced.as_slice() else { return Vec::new() };
    let Some(record) = found.record() else { return Vec::new() };
    let there = Change::of(&facts.published.answer, context.domain);
    let (Some(here), Some(there)) = (Change::of(&found.answer, context.domain), there) else {
        return Vec::new();
    };
    let text = &record.value.text;
    let summary = Phrase::from("publish the record at ")
        .name(context.domain)
        .plain(", where receivers look for it");
    let mut candidate = Candidate::new(Review, summary, there.with_text(text)).restoring();
    // An included name may hold it on purpose.
    if found.domain.labels().next() != Some(b"_spf") {
        candidate.changes.push(here.without(|data| data.text().as_deref() == Some(&**text)));
    }
    vec![candidate]
}

/// Providers whose customers' mail leaves from them, as MX and keys show.
fn providers(context: Context<'_>) -> Vec<&'static Provider> {
    let mut known: Vec<&'static Provider> = Vec::new();
    let mx = context.facts.mx.iter().flat_map(|examined| examined.facts.exchangers());
    let mailboxes = mx
        .filter_map(|exchanger| provider::recognise_mx(&exchanger.host))
        .filter(|provider| provider.keeps_mailboxes());
    let keys = context.facts.dkim.iter().flat_map(|examined| examined.facts.keyed());
    let signers = keys
        .flat_map(|tried| tried.answer.aliases.last())
        .filter_map(provider::recognise_dkim_target);
    for provider in mailboxes.chain(signers) {
        let is_new = known.iter().all(|other| other.id() != provider.id());
        if is_new && provider.policy().is_some() {
            known.push(provider);
        }
    }
    known
}

/// The record that was meant by the one that has slips; for a text that is no record because of
/// them, it comes in its place.
pub(in crate::fix) fn restore(context: Context<'_>) -> Vec<Candidate> {
    let published = context.facts.spf.as_deref().and_then(|facts| published(facts, context));
    let Some(published) = published else { return Vec::new() };
    let records = published.answer.records().iter().map(|record| &record.data);
    let written: Vec<(Vec<u8>, Option<Repair>)> = match &published.found {
        Found::One { record, .. } => {
            vec![(record.value.text.to_vec(), spf::repair(&record.value.text))]
        }
        Found::Nothing => {
            records.filter_map(|data| Some((data.text()?, spf::repair_data(data)))).collect()
        }
        Found::Several(_) | Found::NoDomain | Found::Failed => Vec::new(),
    };
    let mut restored = written.iter().filter_map(|(text, repair)| {
        let repair = repair.as_ref().filter(|repair| !repair.slips.is_empty())?;
        Some((text, repair.text.clone()?, repair))
    });
    // Of two texts that are no record it is not known which was meant.
    let (Some((text, meant, repair)), None) = (restored.next(), restored.next()) else {
        return Vec::new();
    };
    let Some(change) = Change::of(&published.answer, context.domain) else { return Vec::new() };
    let applicability = if repair.is_certain() { Safe } else { Review };
    let summary = Phrase::from("publish the corrected record");
    let change = change.reword(text, &meant);
    let restored = change.map(|change| Candidate::new(applicability, summary, change).restoring());
    restored.into_iter().collect()
}

/// The domain without records of the retired type 99, where the TXT record stays the policy.
pub(in crate::fix) fn drop_retired(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.spf.as_deref() else { return Vec::new() };
    let Some(policy) = facts.published.usable() else { return Vec::new() };
    let Some(answer) = &facts.retired else { return Vec::new() };
    let is_same = answer.texts().all(|text| *text == *policy.text);
    let applicability = if is_same { Safe } else { Review };
    let summary = Phrase::from("remove the record of type 99; the TXT record stays");
    Change::of(answer, context.domain)
        .map(|change| Candidate::new(applicability, summary, change.without(|_| true)))
        .into_iter()
        .collect()
}

/// The names of providers that were meant by misspelt ones.
pub(in crate::fix) fn correct_targets(context: Context<'_>) -> Vec<Candidate> {
    let restored = restore(context);
    if !restored.is_empty() {
        return restored;
    }
    let Some(site) = Site::of(context) else { return Vec::new() };
    let found = spans(context);
    let mut summary = Phrase::from("correct the name to ");
    let mut names = 0;
    // Which name of its own a domain meant is likely, and not certain.
    let mut is_own = false;
    let mut rewritten: Vec<String> = Vec::new();
    let text = edit(&site.record.text, |span, word| {
        let index = site.record.terms.binary_search_by_key(&span, |term| term.span);
        let term = index.ok().and_then(|index| site.record.terms.get(index));
        let spec = match term.map(|term| &term.body).filter(|_| found.contains(&span)) {
            Some(Body::Directive(_, Mechanism::Include(spec)) | Body::Redirect(spec)) => spec,
            _ => return Edit::Keep,
        };
        let near = spec.fixed().and_then(|name| {
            let own = || {
                is_own = true;
                lint::near_own(name, context.domain)
            };
            provider::nearest_policy(name).or_else(own)
        });
        let begin = word.iter().position(|octet| b":=".contains(octet));
        let Some((near, begin)) = near.zip(begin.and_then(|at| word.get(..=at))) else {
            return Edit::Keep;
        };
        let comma = if names == 0 { "" } else { ", " };
        rewritten.push(String::from_utf8_lossy(word).trim_start_matches('+').to_ascii_lowercase());
        summary = std::mem::take(&mut summary).plain(comma).name(&near);
        names += 1;
        Edit::Replace([begin, near.to_string().as_bytes()].concat())
    });
    let (applicability, rewritten) = if is_own { (Review, rewritten) } else { (Safe, Vec::new()) };
    site.reworded(&text, |change| Candidate {
        rewritten,
        ..Candidate::new(applicability, summary, change).restoring()
    })
}

/// The terms that hold one of some places, in lower case.
fn rewritten(record: &Record, places: &[Span]) -> Vec<String> {
    let holds = |span: Span| places.iter().any(|at| span.start <= at.start && at.start <= span.end);
    let held = record.terms.iter().filter(|term| holds(term.span));
    let texts = held.map(|term| String::from_utf8_lossy(term.span.of(&record.text)));
    texts.map(|text| text.trim_start_matches('+').to_ascii_lowercase()).collect()
}

/// A space where two strings meet and a term swallows the next one.
pub(in crate::fix) fn part_terms(context: Context<'_>) -> Vec<Candidate> {
    let restored = restore(context);
    if !restored.is_empty() {
        return restored;
    }
    let published = context.facts.spf.as_deref().and_then(|facts| published(facts, context));
    let (Some(published), Some(site)) = (published, Site::of(context)) else { return Vec::new() };
    let mut borders: Vec<usize> =
        lint::swallowed(published).into_iter().map(|(_, border)| border).collect();
    borders.sort_unstable();
    let mut text = Vec::with_capacity(site.record.text.len() + borders.len());
    let mut begin = 0;
    for border in borders {
        text.extend_from_slice(site.record.text.get(begin..border).unwrap_or_default());
        text.push(b' ');
        begin = border;
    }
    text.extend_from_slice(site.record.text.get(begin..).unwrap_or_default());
    let summary = Phrase::from("add the missing space between the terms");
    let rewritten = rewritten(site.record, &spans(context));
    site.reworded(&text, |change| Candidate {
        rewritten,
        ..Candidate::new(Review, summary, change)
    })
}

/// The words of the record in small letters; values keep theirs.
pub(in crate::fix) fn write_small(context: Context<'_>) -> Vec<Candidate> {
    const VERSION: Span = Span { start: 0, end: 6 };
    let Some(site) = Site::of(context) else { return Vec::new() };
    let mut text = site.record.text.to_vec();
    let known = site.record.terms.iter().filter(|it| !matches!(it.body, Body::Unknown { .. }));
    for span in std::iter::once(VERSION).chain(known.map(|term| term.span)) {
        let is_version = span == VERSION;
        let word = text.get_mut(span.start as usize..span.end as usize).unwrap_or_default();
        for octet in word.iter_mut().take_while(|octet| is_version || !b":=/".contains(octet)) {
            octet.make_ascii_lowercase();
        }
    }
    let summary = || Phrase::from("write the keywords in lower case");
    // A term that depends on the sender is the same to the proof only if its text is.
    let generate =
        |change: Change| [Safe, Review].map(|how| Candidate::new(how, summary(), change.clone()));
    let change = site.change.reword(&site.record.text, &text);
    change.into_iter().flat_map(generate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_merged_to_the_terms_of_all_and_the_mildest_end() {
        let texts = ["v=spf1 a mx exp=x.example -all", "v=spf1 MX include:b.example ~all"];
        let records = texts.map(|text| grammar::parse(text.as_bytes()).value);
        let text = merged(records.iter());
        assert_eq!(
            String::from_utf8_lossy(&text),
            "v=spf1 a mx include:b.example ~all exp=x.example"
        );
    }

    #[test]
    fn a_redirect_that_counts_becomes_an_include_when_records_are_merged() {
        let texts = ["v=spf1 redirect=a.example", "v=spf1 redirect=b.example -all"];
        let records = texts.map(|text| grammar::parse(text.as_bytes()).value);
        assert_eq!(merged(records.iter()), b"v=spf1 include:a.example -all");
    }

    #[test]
    fn an_end_that_lets_everybody_pass_is_not_merged() {
        let records = ["v=spf1", "v=spf1 +all"].map(|text| grammar::parse(text.as_bytes()).value);
        assert_eq!(merged(records.iter()), b"v=spf1 ~all");
    }
}
