//! Terms that are legal, and not read as their writer may think.

use super::typo::begins_term;
use crate::diagnostic::{Finding, Rule};
use crate::dns::Data;
use crate::protocols::spf::examine::Facts;
use crate::protocols::spf::macro_string::{Letter, Part};
use crate::protocols::spf::policy::{Found, Published};
use crate::protocols::spf::record::{Body, DomainSpec, Mechanism, Qualifier, Record, SpecText};
use crate::text::{Phrase, Span, rfc};
use std::net::IpAddr;

pub(super) fn joined_strings(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (published, record) in facts.own_records() {
        for (term, border) in swallowed(published) {
            let (_, after) = term.of(&record.text).split_at(border - start(term));
            let message = Phrase::new()
                .plain("missing space before ")
                .code(after)
                .plain("; receivers read ")
                .code(term.of(&record.text))
                .plain(" as one term");
            findings.push(Finding::new(rule, published.location().at(term), message));
        }
    }
}

/// The terms that swallow another one where two strings meet, and where in the text that begins.
pub fn swallowed(published: &Published) -> Vec<(Span, usize)> {
    let Some(record) = published.record().map(|parsed| &parsed.value) else { return Vec::new() };
    let found = borders(published).into_iter().filter_map(|border| {
        // A term with a fault is reported as such, with the space that it misses.
        let term = record.terms.iter().find(|term| holds(term.span, border))?;
        let (before, after) = term.span.of(&record.text).split_at(border - start(term.span));
        let unsigned = after.strip_prefix(b"-").or(after.strip_prefix(b"+"));
        let unsigned = unsigned.or(after.strip_prefix(b"~")).or(after.strip_prefix(b"?"));
        let is_all = unsigned.is_some_and(|word| word.eq_ignore_ascii_case(b"all"));
        let is_next = is_all || begins_term(unsigned.unwrap_or(after));
        (is_next && before.iter().any(u8::is_ascii_alphanumeric)).then_some((term.span, border))
    });
    found.collect()
}

fn start(span: Span) -> usize {
    span.start as usize
}

/// True if a border lies inside of a term, and not at its ends.
fn holds(span: Span, border: usize) -> bool {
    start(span) < border && border < span.end as usize
}

/// Where the second string and each later one begins, in octets of the joined text.
fn borders(published: &Published) -> Vec<usize> {
    let Found::One { index, .. } = &published.found else { return Vec::new() };
    let data = published.answer.records().get(*index).map(|record| &record.data);
    let Some(Data::Txt(strings)) = data else { return Vec::new() };
    let ends = strings.iter().scan(0, |end, string| {
        *end += string.len();
        Some(*end)
    });
    ends.take(strings.len().saturating_sub(1)).collect()
}

pub(super) fn unusual_case(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    const VERSION_LENGTH: usize = 6;
    for (published, record) in facts.own_records() {
        let terms = record.terms.iter();
        let known = terms.filter(|term| !matches!(term.body, Body::Unknown { .. }));
        let version = Span::new(0, VERSION_LENGTH.min(record.text.len()));
        let all = std::iter::once(version).chain(known.map(|term| term.span));
        let mut unusual = all.filter(|span| is_in_capitals(span.of(&record.text)));
        let Some(first) = unusual.next() else { continue };
        let message = Phrase::new().code(first.of(&record.text)).plain(" is written in capitals");
        let message = match unusual.count() {
            0 => message,
            more => message.plain(" (and ").number(more).plain(" more such terms)"),
        };
        let finding = Finding::new(rule, published.location().at(first), message);
        findings.push(match first == version {
            true => finding.because(rule.why, rfc(7208, "4.5")),
            false => finding,
        });
    }
}

/// True if the word that a term begins with has a capital; the value may have what it likes.
fn is_in_capitals(term: &[u8]) -> bool {
    // The version is its value, too: `v=SPF1`.
    let is_version = term.get(..2).is_some_and(|begin| begin.eq_ignore_ascii_case(b"v="));
    let word = term.iter().take_while(|octet| is_version || !b":=/".contains(octet));
    word.into_iter().any(u8::is_ascii_uppercase)
}

pub(super) fn unused_explanation(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for place in facts.own_terms() {
        let gives_fail = |record: &Record| {
            record.directives().any(|(_, _, qualifier, _)| qualifier == Qualifier::Fail)
        };
        if !matches!(place.term.body, Body::Explanation(_)) || gives_fail(place.record) {
            continue;
        }
        let message = Phrase::new()
            .code(place.text())
            .plain(" is never used: no mechanism of the record gives ")
            .bad("fail");
        findings.push(Finding::new(rule, place.location(), message));
    }
}

pub(super) fn reporting_modifier(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (published, record) in facts.own_records() {
        let is_met = |body: &Body| match body {
            Body::Unknown { name } => is_about_reports(name.of(&record.text)),
            _ => false,
        };
        let mut met = record.terms.iter().filter(|term| is_met(&term.body));
        // All of them are one wish.
        let Some(first) = met.next() else { continue };
        let message = Phrase::new().code(first.span.of(&record.text)).plain(match met.count() {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        });
        let message = message.plain(" requests failure reports (RFC 6652)");
        findings.push(Finding::new(rule, published.location().at(first.span), message));
    }
}

fn is_about_reports(modifier: &[u8]) -> bool {
    ["ra", "rp", "rr"].iter().any(|known| modifier.eq_ignore_ascii_case(known.as_bytes()))
}

pub(super) fn mapped_address(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    const MAPPED_PREFIX: u8 = 96;
    for place in facts.own_terms() {
        let Body::Directive(_, Mechanism::Ip6(cidr)) = place.term.body else { continue };
        let IpAddr::V6(network) = cidr.network() else { continue };
        let Some(inner) = cidr.prefix().checked_sub(MAPPED_PREFIX) else { continue };
        let Some(meant) = network.to_ipv4_mapped() else { continue };
        let meant = match inner {
            32 => format!("ip4:{meant}"),
            prefix => format!("ip4:{meant}/{prefix}"),
        };
        let message = Phrase::new()
            .code(place.text())
            .plain(" never matches; did you mean ")
            .code(meant)
            .plain("?");
        findings.push(Finding::new(rule, place.location(), message));
    }
}

pub(super) fn local_part_macro(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for place in facts.own_terms() {
        let spec = match &place.term.body {
            Body::Directive(_, mechanism) => mechanism.domain_spec(),
            Body::Redirect(spec) => Some(spec),
            Body::Explanation(_) | Body::Unknown { .. } => None,
        };
        let Some(letter) = spec.and_then(personal) else { continue };
        let message = Phrase::new()
            .code(place.text())
            .plain(" puts the sender's local part (")
            .code(format!("%{{{}}}", letter.symbol()))
            .plain(") into a DNS query");
        findings.push(Finding::new(rule, place.location(), message));
    }
}

/// The first macro that holds the local part of the sender.
fn personal(spec: &DomainSpec) -> Option<Letter> {
    let SpecText::Macro(text) = &spec.text else { return None };
    text.parts.iter().find_map(|part| match part {
        Part::Macro(it) if matches!(it.letter, Letter::Sender | Letter::LocalPart) => {
            Some(it.letter)
        }
        _ => None,
    })
}
