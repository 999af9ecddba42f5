//! Rules about the record as text.

use super::super::discover::Discovery;
use super::super::examine::Facts;
use super::super::grammar::{self, ONCE};
use super::super::record::{Psd, Record, Tag, Usable, Usage};
use super::super::repair::repair;
use super::super::uri::ReportUri;
use super::super::visit::Found;
use super::{of_domain, of_record, own_record};
use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::{Kind, Outcome};
use crate::net::Name;
use crate::text::slip::{explained, told};
use crate::text::{Phrase, Slip, Span, SyntaxError};

pub(super) fn several_records(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for visit in &facts.discovered.walk.visits {
        // What a top-level domain publishes is not for the domain's owner to mend.
        let Found::Several(texts) = &visit.found else { continue };
        if visit.domain.label_count() < 2 && visit.domain != *facts.domain() {
            continue;
        }
        let message = Phrase::new()
            .name(&visit.domain)
            .plain(" has ")
            .number(texts.len())
            .plain(" DMARC records; receivers discard ")
            .bad("all of them");
        findings.push(Finding::new(rule, of_domain(&visit.domain), message));
    }
}

pub(super) fn syntax(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    faults(facts, rule, true, findings);
    let Some(published) = own_record(facts).filter(|it| it.record.errors.is_empty()) else {
        return;
    };
    // What the grammar reads as a URI, and nobody can send to.
    let slips = published.slips();
    let is_read = |slip: &&Slip| is_of_defined(published.record(), slip.span);
    for slip in slips.iter().filter(|slip| !slip.what.is_empty()).filter(is_read) {
        let message = Phrase::new().code(published.record().show(slip.span)).plain(": ");
        let message = message.then(slip.phrase());
        findings.push(Finding::new(rule, of_record(published).at(slip.span), message));
    }
}

pub(super) fn stray_text(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    faults(facts, rule, false, findings);
    let Some(published) = own_record(facts).filter(|it| it.record.errors.is_empty()) else {
        return;
    };
    // A misspelt name is a tag that nobody defines.
    let slips = published.slips();
    let is_unknown = |slip: &&Slip| !is_of_defined(published.record(), slip.span);
    for slip in slips.iter().filter(|slip| !slip.what.is_empty()).filter(is_unknown) {
        let effect = "; receivers ignore it";
        let message = explained(Phrase::new(), Phrase::new(), effect, std::slice::from_ref(slip));
        findings.push(Finding::new(rule, of_record(published).at(slip.span), message));
    }
}

/// True if a place is within a tag that RFC 9989 defines.
fn is_of_defined(record: &Record, place: Span) -> bool {
    let unknown = record.tags_with(Usage::Unknown);
    !unknown.into_iter().any(|tag| touches(tag.span(), place))
}

/// One finding for each fault that changes the meaning of the record, or for each that does not.
fn faults(facts: &Facts, rule: &'static Rule, changing: bool, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    let record = published.record();
    let slips = published.slips();
    let errors = published.record.errors.iter();
    // A policy that sets the whole request aside has a rule of its own.
    let voided = voided_policies(record);
    let is_voided = |span: Span| voided.iter().any(|tag| touches(tag.span(), span));
    let errors = errors.filter(|error| error.expected == ONCE || !is_voided(error.span));
    let errors = errors.filter(|error| changes_meaning(record, error) == changing);
    for error in errors {
        let tag = tag_around(&record.text, error.span);
        let found = shown(&record.text, tag, error.span);
        let found_nothing = found.is_empty();
        let slips: Vec<Slip> =
            slips.iter().filter(|slip| touches(slip.span, tag)).cloned().collect();
        let is_twice = error.expected == ONCE;
        // A slip that begins with the text need not be told of what it speaks.
        let begins = String::from_utf8_lossy(&found).into_owned();
        let mut named = slips.iter().filter(|slip| !slip.what.is_empty());
        let is_said =
            named.next().is_some_and(|slip| is_twice || slip.what.to_string().starts_with(&begins));
        let message = match found.is_empty() || is_said {
            true => Phrase::new(),
            false => Phrase::new().code(found).plain(": "),
        };
        let words = Phrase::from("expected ").plain(error.expected);
        let message = explained(message, words, effect(record, error, changing), &slips);
        // Empty tags before a text are one fault with it.
        let is_of_slip = found_nothing && slips.iter().any(|slip| !slip.what.is_empty());
        let is_known = |it: &Finding| it.message == message;
        if !changing && is_of_slip && findings.last().is_some_and(is_known) {
            continue;
        }
        let location = of_record(published).at(error.span);
        let mut finding = Finding::new(rule, location, message);
        if is_twice {
            finding.why = "No RFC says which of two values counts, so receivers differ.";
        }
        findings.push(finding);
    }
}

/// The faulty part of a tag, with the name of the tag if the part is within its value.
fn shown(text: &[u8], tag: Span, fault: Span) -> Vec<u8> {
    let before = text.get(tag.start as usize..fault.start as usize).unwrap_or_default();
    let name = before.split(|octet| *octet == b'=').next().unwrap_or_default().trim_ascii();
    // Of a list the whole item.
    let begin =
        before.iter().rposition(|octet| matches!(octet, b'=' | b',')).map_or(0, |at| at + 1);
    let item = before.get(begin..).unwrap_or_default().trim_ascii_start();
    let part = match fault.is_empty() {
        true => Vec::new(),
        false => [item, fault.of(text)].concat(),
    };
    match before.contains(&b'=') && !part.is_empty() {
        true => [name, b"=", &part].concat(),
        false => part,
    }
}

/// What receivers make of a fault.
fn effect(record: &Record, error: &SyntaxError, changing: bool) -> &'static str {
    let is_one_of_several = |uri: &ReportUri| !touches(uri.span, error.span);
    let in_list = record.tags_with(Usage::Read).filter(|tag| touches(tag.value, error.span)).any(
        |tag| match () {
            () if record.is_named(tag, "rua") => record.rua.iter().any(is_one_of_several),
            () if record.is_named(tag, "ruf") => record.ruf.iter().any(is_one_of_several),
            () => false,
        },
    );
    match changing {
        // RFC 9989 is silent about it: which one counts is up to the receiver.
        _ if error.expected == ONCE => {
            "; receivers apply the first, the last, or neither; the last one counts here"
        }
        true if in_list => "; receivers ignore this address",
        true => "; receivers ignore the tag",
        false => "; receivers ignore the text",
    }
}

fn touches(one: Span, other: Span) -> bool {
    one.start < other.end && other.start < one.end
}

/// The sentence with the slips behind it that stand within a span.
fn causes_at(message: Phrase, slips: &[Slip], span: Span) -> Phrase {
    told(slips.iter().filter(|slip| touches(slip.span, span)))
        .into_iter()
        .fold(message, |message, slip| message.plain("; ").then(slip))
}

/// The policies whose values set the whole request aside (RFC 9989 §4.10.1).
fn voided_policies(record: &Record) -> Vec<&Tag> {
    let is_policy = |tag: &&Tag| ["p", "sp", "np"].iter().any(|name| record.is_named(tag, name));
    match record.usable() {
        Usable::Ok => Vec::new(),
        Usable::AsNone | Usable::Skip => {
            record.tags_with(Usage::Discarded).filter(is_policy).collect()
        }
    }
}

/// The tag that holds a span, from semicolon to semicolon.
fn tag_around(text: &[u8], span: Span) -> Span {
    let (before, after) = text.split_at(text.len().min(span.start as usize));
    let start = before.iter().rposition(|octet| *octet == b';').map_or(0, |at| at + 1);
    let rest = after.get(span.len()..).unwrap_or_default();
    let end = rest.iter().position(|octet| *octet == b';').unwrap_or(rest.len());
    Span::new(start, (before.len() + span.len() + end + 1).min(text.len() + 1))
}

/// True if the fault stands in a tag that RFC 9989 gives a meaning.
fn changes_meaning(record: &Record, error: &SyntaxError) -> bool {
    let before = record.show(Span { start: 0, end: error.span.start });
    let tag = before.iter().rposition(|octet| *octet == b';').map_or(0, |semicolon| semicolon + 1);
    let name = record.text.get(tag..).unwrap_or_default().trim_ascii_start();
    let end = name.iter().position(|octet| !octet.is_ascii_alphabetic()).unwrap_or(name.len());
    name.get(..end).is_some_and(grammar::is_defined)
}

pub(super) fn no_valid_policy(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    let record = published.record();
    let effect = match record.usable() {
        Usable::Ok => return,
        Usable::AsNone => "receivers apply p=none",
        Usable::Skip => "with no valid rua either, receivers do not apply DMARC",
    };
    if published.is_without_policy() {
        return;
    }
    let voided = voided_policies(record).into_iter().next();
    let (message, location) = match voided {
        Some(tag) => (
            Phrase::new().code(record.show(tag.span())).bad(" is not a valid policy"),
            of_record(published).at(tag.value),
        ),
        None => (
            Phrase::new().bad("no valid policy").plain(" (").code("p").plain(")"),
            of_record(published),
        ),
    };
    let message = message.plain("; ").plain(effect);
    let message = match voided {
        Some(tag) => {
            let slips = published.slips();
            causes_at(message, slips, tag_around(&record.text, tag.span()))
        }
        // A tag of another name that was meant as the policy; other faults have rules of their own.
        None if published.record.errors.is_empty() => {
            let slips = published.slips();
            // A tag of another name has a finding of its own.
            let policies = slips.iter().filter(|slip| slip.what.is_empty());
            told(policies).into_iter().fold(message, |said, slip| said.plain("; ").then(slip))
        }
        None => message,
    };
    findings.push(Finding::new(rule, location, message));
}

pub(super) fn policy_absent(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts).filter(|it| it.is_without_policy()) else { return };
    let message = Phrase::new()
        .plain("the record of ")
        .name(&published.domain)
        .plain(" has no ")
        .code("p")
        .plain(": receivers apply ")
        .weak("p=none");
    findings.push(Finding::new(rule, of_record(published), message));
}

pub(super) fn leading_space(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    let text = &published.record().text;
    let length = text.len() - text.trim_ascii_start().len();
    if length == 0 {
        return;
    }
    let message = Phrase::new()
        .plain("white space before ")
        .code("v=DMARC1")
        .plain("; some receivers ")
        .bad("discard the record");
    findings.push(Finding::new(rule, of_record(published).at(Span::new(0, length)), message));
}

pub(super) fn tag_order(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts).filter(|it| it.record.errors.is_empty()) else {
        return;
    };
    let record = published.record();
    let Some(p) = record.tags.iter().skip(1).find(|tag| record.is_named(tag, "p")) else { return };
    let message = Phrase::new()
        .code(record.show(p.span()))
        .plain(" is not the tag after ")
        .code("v=DMARC1")
        .plain("; some RFC 7489 receivers find no policy");
    findings.push(Finding::new(rule, of_record(published).at(p.span()), message));
}

/// The domain's own `_dmarc` as an alias of a name that does not exist, and that name.
pub(super) fn dangling(facts: &Facts) -> Option<(&Name, &Name)> {
    let answer = facts.discovered.walk.visits.first()?.answer.as_ref()?;
    // RFC 6604 §3: the response code speaks of the last name of the chain.
    let last = answer.aliases.last().filter(|_| answer.outcome == Outcome::NxDomain)?;
    Some((&answer.question.name, last))
}

pub(super) fn dangling_alias(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((name, last)) = dangling(facts) else { return };
    let message = Phrase::new()
        .name(name)
        .plain(" is an alias of ")
        .name(last)
        .plain(", which ")
        .bad("does not exist")
        .plain("; receivers find no policy there");
    let mut finding = Finding::new(rule, Location::set(name.clone(), Kind::Cname), message);
    finding.advice = Some(Phrase::from(
        "enable DMARC in your account at the operator of that name, or replace the alias with a TXT \
         record of your own",
    ));
    findings.push(finding);
}

/// True for a historic tag with the value that it has where it does not stand (RFC 7489 §6.3).
fn is_default(text: &[u8]) -> bool {
    let text: Vec<u8> = text.iter().filter(|octet| !octet.is_ascii_whitespace()).copied().collect();
    ["pct=100", "rf=afrf", "ri=86400"].iter().any(|it| text.eq_ignore_ascii_case(it.as_bytes()))
}

pub(super) fn historic_tag(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    let record = published.record();
    for tag in record.tags_with(Usage::Historic) {
        let message =
            Phrase::new().code(record.show(tag.span())).plain(" has been historic since RFC 9989");
        let mut finding = Finding::new(rule, of_record(published).at(tag.span()), message);
        if is_default(record.show(tag.span())) {
            finding.why = "RFC 9989 removed pct, rf and ri. This value is the default of RFC 7489, so the tag \
                           changes nothing.";
        }
        findings.push(finding);
    }
}

pub(super) fn unusual_spacing(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts).filter(|it| it.record.errors.is_empty()) else {
        return;
    };
    let record = published.record();
    let Some(span) = spaced(&record.text) else { return };
    let message = Phrase::new()
        .code(record.show(span))
        .plain(" has white space around ")
        .code("=")
        .plain("; some receivers find no record");
    findings.push(Finding::new(rule, of_record(published).at(span), message));
}

/// The first tag with white space around its equals sign.
fn spaced(text: &[u8]) -> Option<Span> {
    let mut start = 0;
    for tag in text.split(|octet| *octet == b';') {
        let begin = start + (tag.len() - tag.trim_ascii_start().len());
        start += tag.len() + 1;
        let tag = tag.trim_ascii();
        let Some(at) = tag.iter().position(|octet| *octet == b'=') else { continue };
        let (name, value) = tag.split_at(at);
        let value = value.get(1..).unwrap_or_default();
        if name.len() > name.trim_ascii_end().len() || value.len() > value.trim_ascii_start().len()
        {
            return Some(Span::new(begin, begin + tag.len()));
        }
    }
    None
}

pub(super) fn lookalike(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    // Where nothing is published, `dmarc/missing` shows the text that was to be the record.
    if facts.discovered.discovery == Discovery::NotPublished {
        return;
    }
    let Some(visit) = facts.discovered.walk.visits.first() else { return };
    for text in visit.strangers.iter().filter(|text| is_meant_as_record(text)) {
        let message = Phrase::new()
            .code(text)
            .plain(" does not begin with ")
            .code("v=DMARC1")
            .plain("; receivers ")
            .bad("discard it");
        let message = causes(message, text);
        findings.push(Finding::new(rule, of_domain(facts.domain()), message));
    }
}

/// The sentence with the slips of a text behind it, and what was probably meant.
pub(super) fn causes(message: Phrase, text: &[u8]) -> Phrase {
    let slips = repair(text).map(|repair| repair.slips).unwrap_or_default();
    told(&slips).into_iter().fold(message, |message, slip| message.plain("; ").then(slip))
}

/// True if a text that is no record names the version all the same.
pub(super) fn is_meant_as_record(text: &[u8]) -> bool {
    repair(text).is_some()
        || text.windows(b"dmarc1".len()).any(|octets| octets.eq_ignore_ascii_case(b"dmarc1"))
}

pub(super) fn psd_tag(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    let Some(psd) = published.record().psd.as_ref().filter(|psd| psd.value == Psd::Yes) else {
        return;
    };
    // Top-level domains are public suffixes.
    if published.domain.label_count() < 2 {
        return;
    }
    let message = Phrase::new()
        .code("psd=y")
        .plain(" declares ")
        .name(&published.domain)
        .plain(" a public suffix: names below it ")
        .bad("no longer align")
        .plain(" with it");
    findings.push(Finding::new(rule, of_record(published).at(psd.span), message));
}
