//! Rules about records at the selectors, and about those that are missing.

use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::net::{Name, registrable};
use crate::protocols::dkim::LABEL;
use crate::protocols::dkim::grammar;
use crate::protocols::dkim::key::Key;
use crate::protocols::dkim::search::{Facts, Found, Published, Tried};
use crate::provider::recognise_dkim_target;
use crate::text::Phrase;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) fn several(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for tried in facts.keyed() {
        if let Found::Several { count, .. } = &tried.found {
            let said = selector(tried).plain(" has ").bad(format!("{count} key records"));
            findings.push(at(tried, rule, said.plain(" (1 allowed)")));
        }
    }
}

pub(super) fn dangling(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for tried in facts.tried.iter().filter(|tried| facts.is_dangling_a_fault(tried)) {
        let mut said = Phrase::new()
            .name(&tried.candidate.selector)
            .plain(" points to a name that ")
            .bad("does not exist");
        if let Some(last) = tried.answer.aliases.last() {
            said = said.plain(" (").name(last).plain(")");
        }
        let is_old_form = tried.answer.aliases.last().is_some_and(has_newer_form);
        if let Some(provider) = &tried.candidate.provider {
            said = said.plain("; DKIM is probably not enabled at ").plain(provider.as_ref());
            if is_old_form {
                said = said.plain(
                    ", or the target was written by hand in the form of domains added before May \
                     2025 (newer ones end in dkim.mail.microsoft)",
                );
            }
        }
        let mut finding = at(tried, rule, said);
        finding.location.kind = Kind::Cname;
        if let Some(provider) = &tried.candidate.provider {
            finding.advice = Some(
                Phrase::from("compare the target with the one that your ")
                    .plain(provider.as_ref())
                    .plain(" account shows, publish that one, then enable DKIM signing there"),
            );
        }
        findings.push(finding);
    }
}

/// True for a target of Microsoft 365 in its older form: the tenant may have one of the newer form,
/// and the DNS does not say which.
fn has_newer_form(target: &Name) -> bool {
    target.to_string().to_ascii_lowercase().ends_with(".onmicrosoft.com")
}

pub(super) fn wildcard(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    // Withdrawing every selector at once is how a domain says that it signs nothing.
    let Some(probe) = facts.wildcard.as_ref().filter(|_| !facts.is_withdrawn()) else { return };
    let said = Phrase::new()
        .plain("a wildcard record answers for every selector, for example ")
        .name(&probe.candidate.selector);
    let location = Location::set(probe.wildcard_name(), Kind::Txt);
    findings.push(Finding::new(rule, location, said));
}

/// A second text beside a key.
pub(super) fn stray(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    // The rest of a key that is cut off is told with the key.
    for tried in facts.keyed().filter(|tried| tried.joined().is_none()) {
        let Some((text, place)) = tried.foreign.first() else { continue };
        let said = selector(tried)
            .plain(" has a key and ")
            .bad("a second TXT record that is not a DKIM key")
            .plain("; a verifier may read either");
        let location = Location::record(tried.name.clone(), Kind::Txt, Arc::clone(text));
        findings.push(Finding::new(rule, location.in_file(place.clone()), said));
    }
}

pub(super) fn alias_loop(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let mut known: Vec<&Name> = Vec::new();
    for tried in facts.tried.iter().filter(|tried| tried.is_alias_loop()) {
        // Two selectors that are aliases of each other are one loop.
        if known.contains(&&tried.name) {
            continue;
        }
        known.extend(&tried.answer.aliases);
        let mut said = selector(tried).plain(" is a ").bad("CNAME loop");
        for (index, alias) in tried.answer.aliases.iter().enumerate() {
            said = said.plain(if index == 0 { ": " } else { ", " }).name(alias);
        }
        let said = said.plain("; verifiers cannot fetch a key");
        let mut finding = at(tried, rule, said);
        finding.location.kind = Kind::Cname;
        finding.advice = Some(Phrase::from(
            "point the alias to the target that the signing provider names, or publish the key itself",
        ));
        findings.push(finding);
    }
}

pub(super) fn shared(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let key = |published: &Published| {
        let record = &published.record.value;
        let key = record.key.as_ref().filter(|key| key.value != Key::Revoked)?;
        Some(key.span.of(&record.text).to_owned())
    };
    let mut known: HashMap<Vec<u8>, &Tried> = HashMap::new();
    // Two aliases of one name share its key on purpose.
    for tried in facts.keyed().filter(|tried| tried.answer.aliases.is_empty()) {
        let Some(key) = tried.keys().first().and_then(key) else { continue };
        match known.get(&key) {
            Some(first) => {
                let said = selector(tried).plain(" has the same key as selector ");
                findings.push(at(tried, rule, said.name(&first.candidate.selector)));
            }
            None => {
                known.insert(key, tried);
            }
        }
    }
}

pub(super) fn ed25519_alone(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let is_complete = facts.failed().next().is_none() && facts.wildcard.is_none();
    let mut usable = facts.keyed().filter(|tried| tried.keys().iter().any(Published::is_usable));
    let is_ed25519 = |published: &Published| {
        let key = &published.record.value.key;
        key.as_ref().is_some_and(|key| matches!(key.value, Key::Ed25519(_)))
    };
    let Some(first) = usable.next().filter(|_| is_complete) else { return };
    if [first].into_iter().chain(usable).all(|tried| tried.keys().iter().all(is_ed25519)) {
        let said = selector(first).plain(" has an ").weak("Ed25519");
        let said = said.plain(" key; no RSA key found");
        findings.push(at(first, rule, said));
    }
}

pub(super) fn none_found(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    // An alias that dangles says which selector is meant: that others may exist is no news then.
    let is_shown = facts.tried.iter().any(|tried| facts.is_dangling_a_fault(tried));
    let is_complete = facts.failed().next().is_none() && !is_shown;
    if is_complete && !facts.is_proved_none() && !facts.tried.iter().any(|tried| tried.has_key()) {
        let said = Phrase::new()
            .plain("no key at any of the ")
            .number(facts.tried.len())
            .plain(" selectors tried; others may exist");
        findings.push(at_domainkey(facts, rule, said));
    }
}

pub(super) fn proved_none(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if let Some(apex) = facts.apex.as_ref().filter(|_| facts.is_proved_none()) {
        let said = Phrase::new()
            .bad("no DKIM key published")
            .plain(": ")
            .name(&apex.question.name)
            .plain(" does not exist");
        let names = facts.misplaced.iter().map(|it| Phrase::new().name(&it.question.name));
        let said = match facts.misplaced.is_empty() {
            true => said,
            false => said
                .plain("; found ")
                .then(Phrase::listed(names, 3, " and "))
                .plain(", where no receiver looks"),
        };
        let finding = at_domainkey(facts, rule, said);
        findings.push(match registrable(&apex.question.name) {
            Some(owner) if apex.question.name.parent().is_some_and(|it| it != owner) => {
                finding.because(BELOW_ORGANIZATION, rule.cite)
            }
            _ => finding,
        });
    }
}

/// Why it matters at a name below an organization, whose keys serve as well (RFC 9989 §4.4.1).
const BELOW_ORGANIZATION: &str = "Receivers cannot verify DKIM signatures of this name. With relaxed \
     adkim, a signature of the organizational domain passes DMARC as well; mail without one loses \
     its authentication when it is forwarded.";

pub(super) fn given_missing(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let given = facts.tried.iter().filter(|tried| tried.candidate.is_given);
    for tried in given.filter(|tried| !facts.is_resting(tried)) {
        let said = match tried.found {
            Found::Nothing => selector(tried).plain(" has ").bad("no key"),
            Found::Foreign(_) => {
                let said =
                    selector(tried).plain(" has a TXT record that is ").bad("not a DKIM key");
                let Some((text, place)) = tried.foreign.first() else { continue };
                let said = match Misplaced::read(text) {
                    Some(Misplaced::Colons) => {
                        said.plain(": it has colons instead of equals signs")
                    }
                    Some(Misplaced::Target(name)) => {
                        let said = said.plain(": it is a name, ").name(&name);
                        said.plain(", which belongs in a CNAME record")
                    }
                    None => said,
                };
                let said = said.plain("; signatures with it fail");
                let location = Location::record(tried.name.clone(), Kind::Txt, Arc::clone(text));
                findings.push(Finding::new(rule, location.in_file(place.clone()), said));
                continue;
            }
            Found::Key(_) | Found::Several { .. } | Found::Dangling | Found::Failed => continue,
        };
        let said = said.plain("; signatures with it fail");
        let said = facts.misplaced.iter().fold(said, |said, answer| {
            // The doubled name begins with the selector as well.
            if answer.question.name.labels().next() != tried.name.labels().next() {
                return said;
            }
            let what = if answer.aliases.is_empty() { "a key" } else { "an alias" };
            let said = said.plain("; found ").plain(what).plain(" at ").name(&answer.question.name);
            said.plain(", where no receiver looks")
        });
        findings.push(at(tried, rule, said));
    }
}

/// What a text was meant to be that is no key record.
enum Misplaced {
    /// A key record with colons for equal signs.
    Colons,
    /// The target of an alias.
    Target(Name),
}

impl Misplaced {
    fn read(text: &[u8]) -> Option<Self> {
        // `CNAME target.example.` is pasted from a zone file.
        let words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let is_type =
            |word: &&[u8]| [&b"IN"[..], b"CNAME"].iter().any(|it| it.eq_ignore_ascii_case(word));
        let mut words = words.skip_while(is_type);
        let named = match (words.next(), words.next()) {
            (Some(word), None) => Name::from_octets(word).ok(),
            _ => None,
        };
        let is_target = |name: &Name| {
            name.labels().any(|label| label.eq_ignore_ascii_case(LABEL.as_bytes()))
                || recognise_dkim_target(name).is_some()
        };
        if let Some(name) = named.filter(|name| name.label_count() > 2 && is_target(name)) {
            return Some(Self::Target(name));
        }
        let colons: Vec<u8> = text.iter().map(|it| if *it == b':' { b'=' } else { *it }).collect();
        grammar::is_meant_as_key(&colons).then_some(Self::Colons)
    }
}

/// The name in a text that is no key record but the target of an alias.
pub(crate) fn target_as_text(text: &[u8]) -> Option<Name> {
    match Misplaced::read(text)? {
        Misplaced::Target(name) => Some(name),
        Misplaced::Colons => None,
    }
}

fn selector(tried: &Tried) -> Phrase {
    Phrase::new().plain("selector ").name(&tried.candidate.selector)
}

fn at(tried: &Tried, rule: &'static Rule, said: Phrase) -> Finding {
    Finding::new(rule, Location::set(tried.name.clone(), Kind::Txt), said)
}

fn at_domainkey(facts: &Facts, rule: &'static Rule, said: Phrase) -> Finding {
    let name = facts.apex.as_ref().map_or(&facts.domain, |apex| &apex.question.name);
    Finding::new(rule, Location::set(name.clone(), Kind::Txt), said)
}
