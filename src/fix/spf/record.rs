//! Candidates for a record as a whole: several of them, none, or one with faults.

use super::super::patch::{Change, txt};
use super::super::words::corrected;
use super::super::{Candidate, Context};
use super::{Site, published, spans};
use crate::diagnostic::Applicability::{Review, Safe, Sketch};
use crate::dns::Data;
use crate::protocols::spf::edit::{Edit, edit};
use crate::protocols::spf::record::{Body, Mechanism, Qualifier};
use crate::protocols::spf::{Found, Record, grammar, lint};
use crate::provider::{self, Provider};
use crate::text::{Phrase, Span};
use std::collections::HashSet;
use std::sync::Arc;

/// Most records that are merged. There is a reading for each, and each is tried.
const MOST_MERGED: usize = 10;

/// One record in the place of several: the terms of all of them, and the mildest end.
pub(in crate::fix) fn merge(context: Context<'_>) -> Vec<Candidate> {
    let Some(facts) = context.facts.spf.as_ref() else { return Vec::new() };
    let Some(published) = published(facts, context) else { return Vec::new() };
    let Found::Several(texts) = &published.found else { return Vec::new() };
    if texts.len() > MOST_MERGED {
        return Vec::new();
    }
    let Some(change) = Change::of(&published.answer, context.domain) else { return Vec::new() };
    let records: Vec<_> = texts.iter().map(|text| grammar::parse(Arc::clone(text))).collect();
    if records.iter().any(|record| record.strict().is_err()) {
        return Vec::new();
    }
    let is_spf = |data: &Data| data.text().is_some_and(|it| grammar::is_record(&it));
    let alone = |text: &Arc<[u8]>| vec![change.clone().without(is_spf).with_text(text)];
    let readings = texts.iter().map(alone).collect();
    let text = merged(records.iter().map(|record| &record.value));
    let summary = Phrase::new()
        .plain("one record instead of ")
        .number(texts.len())
        .plain(" with the terms of all");
    let mut after = change.clone().without(is_spf);
    after.after.push(txt(&text));
    vec![Candidate { readings, ..Candidate::new(Review, summary, after) }]
}

fn merged<'r>(records: impl Iterator<Item = &'r Record> + Clone) -> Vec<u8> {
    let all = records.clone().filter_map(Record::all).max_by_key(|qualifier| match qualifier {
        // Whoever lets everybody pass in one record and not in another does not mean it.
        Qualifier::Pass => 0,
        Qualifier::Fail => 1,
        Qualifier::Softfail => 2,
        Qualifier::Neutral => 3,
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
    let Some(facts) = context.facts.spf.as_ref() else { return Vec::new() };
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
        Some(mx) if mx.is_null() => (
            "v=spf1 -all".to_owned(),
            Phrase::from("if the domain sends no mail, publish that; it accepts none"),
        ),
        Some(mx) if !mx.exchangers().is_empty() => (
            "v=spf1 mx ~all".to_owned(),
            Phrase::from("authorize the MX hosts; add your other senders"),
        ),
        _ => return Vec::new(),
    };
    vec![Candidate::new(Sketch, summary, change.with_text(text.as_bytes()))]
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

/// Every fault corrected, if each of them can have been meant in one way only.
pub(in crate::fix) fn correct(context: Context<'_>) -> Vec<Candidate> {
    let Some(site) = Site::of(context) else { return Vec::new() };
    let faults = spans(context);
    let Some(text) = corrected(&site.record.text, &faults, lint::meant) else {
        return Vec::new();
    };
    if grammar::parse(text.as_slice()).strict().is_err() {
        return Vec::new();
    }
    // What the owner authorized in the part that can be read has to stay so.
    let holds = |span: Span| faults.iter().any(|at| span.start <= at.start && at.start <= span.end);
    let sound = edit(&site.record.text, |span, _| match holds(span) {
        true => Edit::Drop,
        false => Edit::Keep,
    });
    let reading = site.change.clone().reword(&site.record.text, &sound);
    let summary = Phrase::from("correct the probable typing error");
    let rewritten = rewritten(site.record, &faults);
    site.reworded(&text, |change| Candidate {
        readings: reading.map(|reading| vec![reading]).into_iter().collect(),
        rewritten,
        ..Candidate::new(Review, summary, change)
    })
}

/// The terms that hold one of some places, in lower case.
fn rewritten(record: &Record, places: &[Span]) -> Vec<String> {
    let holds = |span: Span| places.iter().any(|at| span.start <= at.start && at.start <= span.end);
    let held = record.terms.iter().filter(|term| holds(term.span));
    let texts = held.map(|term| String::from_utf8_lossy(term.span.of(&record.text)));
    texts.map(|text| text.trim_start_matches('+').to_ascii_lowercase()).collect()
}

/// Modifiers that were meant as mechanisms.
pub(in crate::fix) fn correct_modifier(context: Context<'_>) -> Vec<Candidate> {
    let Some(site) = Site::of(context) else { return Vec::new() };
    let found = spans(context);
    let text = edit(&site.record.text, |span, word| {
        let Some(sign) = word.iter().position(|octet| *octet == b'=') else { return Edit::Keep };
        let (name, value) = word.split_at(sign);
        match found.contains(&span) {
            true if name.eq_ignore_ascii_case(b"v") => Edit::Drop,
            true => match lint::meant(name, Some(b'=')) {
                Some(meant) => Edit::Replace([meant.as_bytes(), &value[1..]].concat()),
                None => Edit::Keep,
            },
            false => Edit::Keep,
        }
    });
    if grammar::parse(text.as_slice()).strict().is_err() {
        return Vec::new();
    }
    let summary = Phrase::from("correct the probable typing error");
    let rewritten = rewritten(site.record, &found);
    site.reworded(&text, |change| Candidate {
        rewritten,
        ..Candidate::new(Review, summary, change)
    })
}

/// A space where two strings meet and a term swallows the next one.
pub(in crate::fix) fn part_terms(context: Context<'_>) -> Vec<Candidate> {
    let published = context.facts.spf.as_ref().and_then(|facts| published(facts, context));
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
