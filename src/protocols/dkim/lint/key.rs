//! Rules about one key record.

use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::protocols::dkim::explain::{flaw_words, stray_words, unusable_words};
use crate::protocols::dkim::grammar::{self, tag_span};
use crate::protocols::dkim::key::{Flaw, Form, Key, Rsa, Strength};
use crate::protocols::dkim::record::KeyRecord;
use crate::protocols::dkim::repair::repair;
use crate::protocols::dkim::search::{Facts, Published, Tried};
use crate::text::slip::{explained, told};
use crate::text::{Phrase, Span};
use std::sync::Arc;

/// Length of one character-string (RFC 1035 §3.3), at which panels cut a text.
const STRING_LIMIT: usize = 255;

pub(super) fn weak(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_of_strength(facts, Strength::Weak, |found, bits| {
        let said = found.said(" has an RSA key with ").weak(format!("{bits} bits"));
        findings
            .push(found.finding(rule, said.plain("; RFC 8301: signers SHOULD use at least 2048")));
    });
}

pub(super) fn short(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_of_strength(facts, Strength::Broken, |found, bits| {
        let said = found.said(" has an RSA key with ").bad(format!("{bits} bits"));
        let said = match bits {
            0..1024 => said.plain("; RFC 8301: verifiers MUST NOT accept less than 1024"),
            _ => said.plain(" and an invalid exponent"),
        };
        findings.push(found.finding(rule, said));
    });
}

pub(super) fn long(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_of_strength(facts, Strength::Oversized, |found, bits| {
        let said = found.said(" has an RSA key with ").weak(format!("{bits} bits"));
        findings.push(
            found.finding(rule, said.plain("; RFC 8301: verifiers need to support only 4096")),
        );
    });
}

pub(super) fn revoked(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for found in records(facts).filter(|found| found.record().is_revoked()) {
        let said = found.said(" has a revoked key; signatures with it fail");
        findings.push(found.finding(rule, said));
    }
}

pub(super) fn truncated(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (found, flaw) in flawed(facts) {
        if !matches!(flaw, Flaw::Truncated { .. }) {
            continue;
        }
        let mut said = found.said(" has a ").then(flaw_words(flaw));
        if found.tried.joined().is_some() {
            said = said
                .plain("; the rest of it is a second TXT record, and receivers do not join two");
        }
        if found.record().text.len() == STRING_LIMIT {
            said = said.plain("; the record ends at octet ").number(STRING_LIMIT);
            said = said.plain(", the maximum of one string");
        }
        findings.push(found.finding(rule, said));
    }
}

pub(super) fn strays(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for found in records(facts) {
        let Some(first) = found.record().strays.first() else { continue };
        let said = found.said(" has ").bad(stray_words(first.value));
        let said = match found.record().strays.len() {
            1 => said.plain(" in its record"),
            more => said.plain(" in its record (1 of ").number(more).plain(" stray characters)"),
        };
        let said = found.causes(said.plain("; receivers discard the record"));
        findings.push(narrowed(found.finding(rule, said), first.span));
    }
}

pub(super) fn syntax(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for found in records(facts) {
        let is_told = !found.record().strays.is_empty();
        // Where it is clear what was meant, the first message names every slip.
        let is_clear = repair(&found.record().text).is_some_and(|repair| repair.text.is_some());
        let most = if is_clear { 1 } else { usize::MAX };
        for (index, error) in found.published.record.errors.iter().enumerate().take(most) {
            let said = found.said(" has a syntax error: expected ").bad(error.expected);
            let said = if index == 0 && !is_told { found.causes(said) } else { said };
            findings.push(narrowed(found.finding(rule, said), error.span));
        }
    }
}

pub(super) fn unusable(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for found in records(facts).filter(|found| !found.record().is_revoked()) {
        if let Some(why) = found.record().unusable() {
            let words = unusable_words(found.record(), why);
            let said = found.unusable(words, "; receivers ignore it");
            findings.push(at_tag(found.finding(rule, said), found.record(), why.tag()));
        }
    }
    for (found, flaw) in flawed(facts) {
        // Cut keys have a rule of their own; what is not base64 was a fault of the text.
        if !matches!(flaw, Flaw::Truncated { .. } | Flaw::NotBase64) {
            let words = Phrase::from("a ").then(flaw_words(flaw));
            let said = found.unusable(words, "; receivers cannot verify signatures");
            findings.push(found.finding(rule, said));
        }
    }
}

pub(super) fn testing(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for found in records(facts).filter(|found| found.record().is_testing) {
        let said = found.said(" is in test mode (").code("t=y");
        let said = said.plain(")");
        let finding = found.finding(rule, said);
        findings.push(at_tag(finding, found.record(), b"t"));
    }
}

pub(super) fn capitals(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for found in records(facts).filter(|found| found.published.is_usable()) {
        let Some((span, meant)) = grammar::capitals(&found.record().text).into_iter().next() else {
            continue;
        };
        let written = span.of(&found.record().text);
        let said = found.said(" has ").code(written).plain(" instead of ").code(meant);
        let said = said.plain("; a receiver that compares octets ignores the key");
        findings.push(narrowed(found.finding(rule, said), span));
    }
}

/// The exponents that FIPS 186-5 §A.1.1 allows are above this one.
const SMALL_EXPONENT: u64 = 1 << 16;

pub(super) fn small_exponent(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    // A key that protects nothing for another reason has a finding of its own.
    let is_sound = |rsa: &Rsa| rsa.strength() != Strength::Broken;
    for (found, rsa) in rsa_keys(facts).filter(|(_, rsa)| is_sound(rsa)) {
        let small = rsa.exponent.filter(|exponent| *exponent <= SMALL_EXPONENT);
        let Some(exponent) = small else { continue };
        let said =
            found.said(" has an RSA key with the public exponent ").weak(exponent.to_string());
        findings.push(found.finding(rule, said.plain("; the usual exponent is 65537")));
    }
}

pub(super) fn bare(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (found, _) in rsa_keys(facts).filter(|(_, rsa)| rsa.form == Form::Bare) {
        let said = found.said(" has a bare RSAPublicKey instead of a SubjectPublicKeyInfo");
        findings.push(found.finding(rule, said.plain("; some verifiers cannot read it")));
    }
}

/// A key record of the domain, with its selector.
struct FoundKey<'a> {
    tried: &'a Tried,
    /// True if the selector is one that nobody publishes, and a wildcard answers for it.
    is_of_wildcard: bool,
    published: &'a Published,
}

impl<'a> FoundKey<'a> {
    fn record(&self) -> &'a KeyRecord {
        &self.published.record.value
    }

    /// The sentence with the slips of the record behind it, and what was probably meant.
    fn causes(&self, said: Phrase) -> Phrase {
        let slips = repair(&self.record().text).map(|repair| repair.slips).unwrap_or_default();
        told(&slips).into_iter().fold(said, |said, slip| said.plain("; ").then(slip))
    }

    /// A sentence about an unusable key: why it is, and what that leads to.
    fn unusable(&self, words: Phrase, effect: &str) -> Phrase {
        let slips = repair(&self.record().text).map(|repair| repair.slips).unwrap_or_default();
        explained(self.said(" has an unusable key: "), words, effect, &slips)
    }

    /// A sentence that begins with the selector.
    fn said(&self, words: &str) -> Phrase {
        if self.is_of_wildcard {
            return Phrase::new()
                .plain("the wildcard for selectors without a record of their own")
                .plain(words);
        }
        let selector = &self.tried.candidate.selector;
        Phrase::new().plain("selector ").name(selector).plain(words)
    }

    fn finding(&self, rule: &'static Rule, said: Phrase) -> Finding {
        let record = self.record();
        let text = Arc::clone(&record.text);
        // The probe's own name is one that nobody publishes: the record is at the wildcard.
        let name = match self.is_of_wildcard {
            true => self.tried.wildcard_name(),
            false => self.tried.name.clone(),
        };
        let mut location =
            Location::record(name, Kind::Txt, text).in_file(self.published.place.clone());
        location.span = record.key.as_ref().map(|key| key.span);
        Finding::new(rule, location, said)
    }
}

fn narrowed(mut finding: Finding, span: Span) -> Finding {
    finding.location.span = Some(span);
    finding
}

/// The finding at a tag of the record; where it was, if the tag is absent.
fn at_tag(finding: Finding, record: &KeyRecord, tag: &[u8]) -> Finding {
    match tag_span(&record.text, tag) {
        Some(span) => narrowed(finding, span),
        None => finding,
    }
}

/// Every key record once: those of a wildcard stand for all the selectors that it answers.
fn records(facts: &Facts) -> impl Iterator<Item = FoundKey<'_>> {
    let keyed = facts.keyed().map(|tried| (tried, false));
    keyed.chain(facts.wildcard.iter().map(|tried| (tried, true))).flat_map(
        |(tried, is_of_wildcard)| {
            let keys = tried.keys().iter();
            keys.map(move |published| FoundKey { tried, is_of_wildcard, published })
        },
    )
}

fn flawed(facts: &Facts) -> impl Iterator<Item = (FoundKey<'_>, Flaw)> {
    records(facts).filter_map(|found| match found.record().key.as_ref()?.value {
        Key::Unreadable(flaw) => Some((found, flaw)),
        _ => None,
    })
}

fn rsa_keys(facts: &Facts) -> impl Iterator<Item = (FoundKey<'_>, Rsa)> {
    records(facts).filter_map(|found| match found.record().key.as_ref()?.value {
        Key::Rsa(rsa) => Some((found, rsa)),
        _ => None,
    })
}

fn each_of_strength(facts: &Facts, wanted: Strength, mut report: impl FnMut(FoundKey<'_>, u32)) {
    for found in records(facts) {
        let Some(key) = &found.record().key else { continue };
        if key.value.strength() == Some(wanted) {
            report(found, key.value.bits().unwrap_or_default());
        }
    }
}
