//! What can be told from the text of records alone.

use super::typo::meant;
use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::protocols::spf::examine::Facts;
use crate::protocols::spf::grammar::is_record;
use crate::protocols::spf::policy::Found;
use crate::protocols::spf::record::{Body, Mechanism, Record, Target, Term};
use crate::protocols::spf::repair::{repair, repair_data};
use crate::text::slip::told;
use crate::text::{Phrase, Slip, Span, SyntaxError, grouped};
use std::collections::HashSet;

/// RFC 7208 §3.4: "under 450 octets, then DNS answers ought to fit in UDP packets"
const SIZE_LIMIT: usize = 450;
/// Shorter misspelt modifiers may be anybody's own: only exact words are suspected below this.
const LONG_WORD: usize = 6;

pub(super) fn missing(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let message = Phrase::new().name(&facts.domain);
    let message = match facts.published.found {
        Found::Nothing => message.plain(" publishes no SPF record"),
        Found::NoDomain => message.plain(" does not exist, so it publishes no SPF record"),
        Found::One { .. } | Found::Several(_) | Found::Failed => return,
    };
    let message = facts.misplaced.iter().fold(message, |message, found| {
        let message = message.plain("; found an SPF record at ").name(&found.domain);
        message.plain(", where no receiver looks")
    });
    findings.push(Finding::new(rule, facts.location(), message));
}

pub(super) fn several_records(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for published in facts.met() {
        let Found::Several(records) = &published.found else { continue };
        let message = Phrase::new()
            .name(&published.domain)
            .plain(" publishes ")
            .number(records.len())
            .plain(" SPF records (1 allowed); receivers return ")
            .bad("permerror");
        findings.push(Finding::new(rule, published.location(), message));
    }
}

pub(super) fn syntax(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for published in facts.met() {
        let Some(parsed) = published.record().filter(|parsed| !parsed.errors.is_empty()) else {
            continue;
        };
        let slips = repair(&parsed.value.text).map(|repair| repair.slips).unwrap_or_default();
        let mut told: Vec<&Slip> = Vec::new();
        for error in &parsed.errors {
            let piece = piece_around(&parsed.value.text, error.span);
            let place = Span::within(&parsed.value.text, piece);
            let touches =
                |slip: &&Slip| slip.span.start <= place.end && place.start <= slip.span.end;
            let causes: Vec<&Slip> = slips.iter().filter(touches).collect();
            // A blank inside of a term makes two errors of one slip.
            if !causes.is_empty() && causes.iter().all(|slip| told.contains(slip)) {
                continue;
            }
            let message = fault(piece, error, &causes);
            told.extend(causes);
            findings.push(Finding::new(rule, published.location().at(error.span), message));
        }
    }
}

/// What is wrong, and what was probably meant.
fn fault(piece: &[u8], error: &SyntaxError, causes: &[&Slip]) -> Phrase {
    // A word that ends in a colon has one already.
    let colon = if piece.ends_with(b":") { " " } else { ": " };
    let message = Phrase::new().code(piece).plain(colon);
    let is_said = causes.iter().any(|slip| !slip.what.is_empty());
    let message = match is_said {
        true => message,
        false => message.plain("expected ").plain(error.expected),
    };
    let causes = told(causes.iter().copied()).into_iter().enumerate();
    causes.fold(message, |message, (index, slip)| {
        let comma = if is_said && index == 0 { "" } else { "; " };
        message.plain(comma).then(slip)
    })
}

/// The term that holds a span: terms stand between spaces.
fn piece_around(text: &[u8], span: Span) -> &[u8] {
    let (before, after) = text.split_at(text.len().min(span.start as usize));
    let start = before.iter().rposition(|octet| *octet == b' ').map_or(0, |space| space + 1);
    let end = after.iter().position(|octet| *octet == b' ').unwrap_or(after.len());
    text.get(start..before.len() + end).unwrap_or_default()
}

pub(super) fn suspicious_modifier(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for place in facts.own_terms() {
        let Body::Unknown { name } = place.term.body else { continue };
        let word = name.of(&place.record.text);
        let message = Phrase::new().code(place.text());
        let message = if word.eq_ignore_ascii_case(b"v") {
            message
                .plain(" inside the record is ignored; two records were probably pasted into one")
        } else if let Some(meant) = meant(word, Some(b'=')).filter(|m| is_close(word, m)) {
            message
                .plain(" is an unknown modifier and ignored; did you mean ")
                .code(meant)
                .plain("?")
        } else {
            continue;
        };
        findings.push(Finding::new(rule, place.location(), message));
    }
}

fn is_close(word: &[u8], meant: &str) -> bool {
    let known = meant.trim_end_matches([':', '=']).as_bytes();
    word.len() >= LONG_WORD || word.eq_ignore_ascii_case(known) || word.starts_with(b"ip")
}

pub(super) fn lookalike(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for record in facts.published.answer.records() {
        let Some(text) = record.data.text().filter(|text| !is_record(text)) else { continue };
        let meant = repair_data(&record.data);
        if meant.is_none() && !is_lookalike(&text) {
            continue;
        }
        let location = Location::record(facts.domain.clone(), Kind::Txt, text.clone().into());
        let message = Phrase::new().code(&text).plain(" is not an SPF record");
        let slips = told(meant.iter().flat_map(|meant| &meant.slips)).into_iter();
        let message = slips.enumerate().fold(message, |message, (index, slip)| {
            message.plain(if index == 0 { ": " } else { "; " }).then(slip)
        });
        findings.push(Finding::new(rule, location.in_file(record.place.clone()), message));
    }
}

/// True if a text at a name may have been meant as an SPF record and is none: wrapped in something,
/// or with a misspelt version.
pub(crate) fn has_lookalike(published: &crate::protocols::spf::Published) -> bool {
    let mut texts = published.answer.records().iter().filter_map(|it| it.data.text());
    texts.any(|text| {
        !is_record(&text)
            && (is_lookalike(&text) || names_senders(&text) || repair(&text).is_some())
    })
}

/// True if a text says `spf` or holds a word that only SPF records have.
fn names_senders(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    let is_term = |word: &[u8]| {
        let begins: [&[u8]; 4] = [b"include:", b"ip4:", b"ip6:", b"redirect="];
        let ends: [&[u8]; 4] = [b"-all", b"~all", b"?all", b"+all"];
        begins.iter().any(|begin| word.starts_with(begin)) || ends.contains(&word)
    };
    let mut words = text.split(|octet| b" ;,\t<>\"'".contains(octet));
    // Tokens that prove who owns a domain may hold any letters, but no version at the beginning.
    text.get(..12).unwrap_or(&text).windows(3).any(|three| three == b"spf") || words.any(is_term)
}

/// True if a text begins like an SPF record to a human eye, and is none.
fn is_lookalike(text: &[u8]) -> bool {
    let visible =
        |octet: &&u8| !matches!(octet, b' ' | b'\t' | b'"' | b'\'' | b'\\' | b'\r' | b'\n');
    let text_seen = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let begins = |version: &[u8]| {
        let seen = text_seen.iter().filter(visible).take(version.len());
        seen.map(u8::to_ascii_lowercase).eq(version.iter().copied())
    };
    (begins(b"v=spf") || begins(b"v:spf") || begins(b"v-spf")) && !is_record(text)
}

pub(super) fn sender_id(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for record in facts.published.answer.records() {
        let is_sender_id =
            |text: &Vec<u8>| text.get(..7).is_some_and(|it| it.eq_ignore_ascii_case(b"spf2.0/"));
        let Some(text) = record.data.text().filter(is_sender_id) else { continue };
        let location = Location::record(facts.domain.clone(), Kind::Txt, text.clone().into());
        let message = Phrase::new().code(&text).plain(" is a Sender ID record");
        findings.push(Finding::new(rule, location.in_file(record.place.clone()), message));
    }
}

pub(super) fn record_size(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let own = facts.met().into_iter().filter(|met| met.domain.is_within(&facts.domain));
    for published in own {
        let octets =
            published.domain.len() + published.answer.texts().map(|t| t.len()).sum::<usize>();
        if octets <= SIZE_LIMIT {
            continue;
        }
        let message = Phrase::new()
            .plain("the TXT records of ")
            .name(&published.domain)
            .plain(" take ")
            .number(grouped(octets as u128))
            .plain(" octets; RFC 7208 recommends less than 450");
        let location = Location::set(published.domain.clone(), Kind::Txt);
        findings.push(Finding::new(rule, location, message));
    }
}

pub(super) fn duplicate_term(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (published, record) in facts.own_records() {
        for (_, term) in repeated(record) {
            let message =
                Phrase::new().code(term.span.of(&record.text)).plain(" repeats an earlier term");
            findings.push(Finding::new(rule, published.location().at(term.span), message));
        }
    }
}

/// The terms that test what a term before them tests, with their indices.
pub(super) fn repeated(record: &Record) -> impl Iterator<Item = (usize, &Term)> {
    let mut seen = HashSet::new();
    record.directives().filter_map(move |(index, term, _, mechanism)| {
        let is_first = *mechanism == Mechanism::All || seen.insert(canonical(record, mechanism));
        (!is_first).then_some((index, term))
    })
}

/// What a mechanism tests, in one way of writing.
fn canonical(record: &Record, mechanism: &Mechanism) -> String {
    let spec = mechanism.domain_spec().map(|spec| match spec.fixed() {
        Some(name) => name.to_string(),
        None => record.show(spec.span),
    });
    let spec = spec.unwrap_or_default();
    match mechanism {
        Mechanism::Ip4(cidr) | Mechanism::Ip6(cidr) => cidr.to_string(),
        Mechanism::A(Target { ip4_prefix, ip6_prefix, .. })
        | Mechanism::Mx(Target { ip4_prefix, ip6_prefix, .. }) => {
            format!("{}:{spec}/{ip4_prefix}//{ip6_prefix}", mechanism.word())
        }
        _ => format!("{}:{spec}", mechanism.word()),
    }
}

pub(super) fn retired_type(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    retired(facts, rule, findings, true);
}

pub(super) fn retired_type_differs(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    retired(facts, rule, findings, false);
}

/// The records of type 99, if they are the policy of the TXT record, or if they are not.
fn retired(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>, wants_same: bool) {
    let Some(answer) = &facts.retired else { return };
    let texts: Vec<Vec<u8>> = answer.texts().collect();
    let published = facts.published.record().map(|record| &record.value.text);
    let is_same = published.is_some_and(|text| texts.iter().all(|other| **other == **text));
    let Some(first) = texts.first().filter(|_| is_same == wants_same) else { return };
    let said = Phrase::from("SPF record of the retired type 99: ").code(first);
    let said = match (&facts.published.found, is_same) {
        (_, true) => said.plain("; the TXT record says the same, and receivers read only that"),
        (Found::Nothing, _) => said.plain("; receivers read TXT only and ").bad("find no policy"),
        _ => said.plain("; the TXT record ").weak("says otherwise"),
    };
    let location = Location::set(facts.domain.clone(), Kind::Spf);
    findings.push(Finding::new(rule, location, said));
}
