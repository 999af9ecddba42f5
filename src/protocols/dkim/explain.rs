//! The words: what each step of the search means. The only place with sentences about steps.

use super::event::{Apex, Event};
use super::key::{Flaw, Form, Key, Strength};
use super::record::{KeyRecord, Stray, Unusable};
use super::search::{Facts, Found, Published, Tried};
use crate::diagnostic::{self, Explanation, Standing, Tone};
use crate::text::{Phrase, escape, rfc};
use serde_json::{Value, json};

impl diagnostic::Event for Event {
    fn explain(&self) -> Explanation {
        match self {
            Self::Search { domain, tried, found, failed, is_proved_none } => {
                let said = Phrase::new();
                let (headline, tone) = match (found, is_proved_none) {
                    (_, true) => {
                        let said = said.name(domain).plain(" publishes no DKIM key: ");
                        (said.bad("_domainkey does not exist"), Tone::Bad)
                    }
                    (0, false) => {
                        let said = said.plain("none of ").number(tried);
                        let said = said.plain(" selectors tried has a DKIM key at ").name(domain);
                        (said.plain("; the DNS cannot list selectors"), Tone::Unknown)
                    }
                    (found, false) => {
                        let said = said.number(found).plain(" of ").number(tried);
                        let said = said.plain(" selectors tried have a DKIM key at ").name(domain);
                        (said.plain("; the DNS cannot list selectors"), Tone::Plain)
                    }
                };
                let headline = match failed {
                    0 => headline,
                    _ => headline.plain("; ").unknown(format!("{failed} undetermined")),
                };
                Explanation { headline, tone, cite: Some(rfc(6376, "3.6.2.1")) }
            }
            Self::Apex { name, says } => {
                let said = Phrase::new().name(name);
                let (headline, tone) = match says {
                    Apex::ProvesNone => {
                        (said.plain(" does not exist, so no selector exists below it"), Tone::Bad)
                    }
                    Apex::Contradicts => {
                        (said.plain(": NXDOMAIN, although names below it exist"), Tone::Plain)
                    }
                    Apex::LeavesOpen => {
                        (said.plain(" exists, so selectors may exist below it"), Tone::Plain)
                    }
                    Apex::Failed => (said.plain(" undetermined"), Tone::Unknown),
                };
                Explanation { headline, tone, cite: Some(rfc(8020, "2")) }
            }
            Self::Wildcard(probe) => Explanation {
                headline: Phrase::from(
                    "a wildcard answers for every selector; the invented selector ",
                )
                .name(&probe.candidate.selector)
                .plain(" has: ")
                .then(found(probe)),
                tone: Tone::Plain,
                cite: Some(rfc(4592, "2.2.1")),
            },
            Self::Selector(tried) => Explanation {
                headline: Phrase::new()
                    .name(&tried.candidate.selector)
                    .plain(": ")
                    .then(found(tried)),
                tone: tone(tried),
                cite: Some(rfc(6376, "3.6.1")),
            },
            Self::Nothing(selectors) => {
                let mut headline = Phrase::from("no record at ");
                for (index, selector) in selectors.iter().enumerate() {
                    headline = headline.plain(if index > 0 { ", " } else { "" }).name(selector);
                }
                Explanation { headline, tone: Tone::Plain, cite: Some(rfc(6376, "3.6.2.1")) }
            }
        }
    }

    fn machine(&self) -> Value {
        match self {
            Self::Search { domain, tried, found, failed, is_proved_none } => json!({
                "event": "dkim_search",
                "domain": domain,
                "tried": tried,
                "found": found,
                "failed": failed,
                "proved_none": is_proved_none,
            }),
            Self::Apex { name, says } => json!({
                "event": "domainkey",
                "name": name,
                "says": match says {
                    Apex::ProvesNone => "proves_none",
                    Apex::Contradicts => "contradicts",
                    Apex::LeavesOpen => "leaves_open",
                    Apex::Failed => "failure",
                },
            }),
            Self::Wildcard(probe) => with_event(machine(probe), "wildcard_selector"),
            Self::Selector(tried) => with_event(machine(tried), "selector"),
            Self::Nothing(selectors) => json!({"event": "no_key", "selectors": selectors}),
        }
    }
}

/// The search in a few words, for a line of a summary.
pub fn summary(facts: &Facts) -> Phrase {
    if facts.is_proved_none() {
        return Phrase::new().bad("no key (_domainkey does not exist)");
    }
    let mut said = Phrase::new();
    for tried in facts.keyed() {
        let comma = if said.is_empty() { "" } else { ", " };
        said = said.plain(comma).name(&tried.candidate.selector).plain(" ").then(short(tried));
    }
    let dangling: Vec<Phrase> = facts
        .tried
        .iter()
        .filter(|tried| facts.is_dangling_a_fault(tried))
        .map(|tried| Phrase::new().name(&tried.candidate.selector))
        .collect();
    if !dangling.is_empty() {
        let comma = if said.is_empty() { "" } else { ", " };
        said = said.plain(comma).then(Phrase::listed(dangling, 3, " and "));
        said = said.plain(": ").bad("CNAME to a missing name");
    }
    if said.is_empty() {
        let tried = facts.tried.len();
        said = match facts.is_withdrawn() {
            true => Phrase::from("no usable key: every key found is revoked"),
            false => said.plain("no key at ").number(tried).plain(" selectors tried"),
        };
    }
    match facts.failed().count() {
        0 => said,
        failed => said.plain(", ").unknown(format!("{failed} undetermined")),
    }
}

/// A key in two words: `RSA-2048`.
fn short(tried: &Tried) -> Phrase {
    let said = Phrase::new();
    let [published] = tried.keys() else { return said.bad("several records") };
    let record = &published.record.value;
    let name = match record.key.as_ref().map(|key| &key.value) {
        Some(Key::Rsa(rsa)) => format!("RSA-{}", rsa.bits),
        Some(Key::Ed25519(_)) => "Ed25519".into(),
        Some(Key::Revoked) => return said.weak("revoked"),
        Some(Key::Opaque(_) | Key::Unreadable(_)) | None => return said.bad("unreadable"),
    };
    match published.standing() {
        Standing::Good => said.good(name),
        Standing::Weak => said.weak(name),
        _ => said.bad(name),
    }
}

/// The record at a selector, and by which way it was reached.
pub(super) fn found(tried: &Tried) -> Phrase {
    let said = Phrase::new();
    let said = match &tried.found {
        Found::Key(published) => said.then(published_key(published)),
        Found::Several { count, .. } => said.number(*count).bad(" key records (1 allowed)"),
        Found::Foreign(_) => said.weak("TXT record, but not a DKIM key"),
        Found::Nothing => said.plain("no record"),
        Found::Dangling => said.bad("alias of a name that does not exist"),
        Found::Failed => match tried.answer.failure() {
            Some(failure) => said.plain("the lookup ").unknown(failure.trouble.sentence()),
            None => said.unknown("undetermined"),
        },
    };
    tried.answer.aliases.iter().enumerate().fold(said, |said, (index, alias)| {
        said.plain(if index == 0 { ", through " } else { " and " }).name(alias)
    })
}

/// A key record in words.
fn published_key(published: &Published) -> Phrase {
    let record = &published.record.value;
    let mut said = match record.key.as_ref() {
        Some(key) => key_phrase(&key.value),
        None => Phrase::new().bad("key record without p="),
    };
    if let Some(error) = published.record.errors.first() {
        said = said.plain(", syntax error: expected ").bad(error.expected);
    }
    if let Some(stray) = record.strays.first() {
        said = said.plain(", with ").bad(stray_words(stray.value));
    }
    if let Some(why) = record.unusable().filter(|_| !record.is_revoked()) {
        said = said.plain(", ").then(unusable_words(record, why));
    }
    if record.is_testing {
        said = said.plain(", ").weak("test mode (t=y)");
    }
    if record.is_strict {
        said = said.plain(", not valid for subdomains (t=s)");
    }
    said
}

/// A key in words: `an RSA key of 2048 bits`.
pub(super) fn key_phrase(key: &Key) -> Phrase {
    let said = Phrase::new();
    match key {
        Key::Rsa(rsa) => {
            let said = said.plain("RSA key with ");
            let bits = format!("{} bits", rsa.bits);
            let said = match rsa.strength() {
                Strength::Good => said.good(bits),
                Strength::Weak | Strength::Oversized => said.weak(bits),
                Strength::Broken => said.bad(bits),
            };
            match rsa.form {
                Form::SubjectPublicKeyInfo => said,
                Form::Bare => said.plain(", without SubjectPublicKeyInfo"),
            }
        }
        Key::Ed25519(_) => said.good("Ed25519").plain(" key"),
        Key::Revoked => said.weak("revoked key").plain(" (empty p=)"),
        Key::Opaque(octets) => {
            said.plain("key of an unknown type, ").number(octets).plain(" octets")
        }
        Key::Unreadable(flaw) => said.then(flaw_words(*flaw)),
    }
}

/// Why octets are no key, in words.
pub(super) fn flaw_words(flaw: Flaw) -> Phrase {
    let said = Phrase::new();
    match flaw {
        Flaw::Truncated { declared, present } => said
            .bad("truncated")
            .plain(" key: ")
            .number(present)
            .plain(" of ")
            .number(declared)
            .plain(" octets"),
        Flaw::NotBase64 => said.plain("key that is ").bad("not valid base64"),
        Flaw::NotDer => said.plain("value that is ").bad("not a public key"),
        Flaw::Trailing { octets } => {
            said.plain("key followed by ").number(octets).bad(" extra octets")
        }
        Flaw::OtherAlgorithm => said.plain("key that is ").bad("not of the type that k= says"),
        Flaw::Length(octets) => {
            said.plain("key for Ed25519 with ").number(octets).bad(" octets instead of 32")
        }
    }
}

/// What does not belong, in words.
pub(super) fn stray_words(stray: Stray) -> &'static str {
    match stray {
        Stray::Backslash => "a backslash",
        Stray::Quote => "a quotation mark",
        Stray::Armour => "a PEM line",
        Stray::NotAscii => "non-ASCII characters",
    }
}

/// Why receivers ignore a key, in words.
pub(super) fn unusable_words(record: &KeyRecord, why: Unusable) -> Phrase {
    let said = Phrase::new();
    match (why, record.algorithm) {
        (Unusable::Algorithm, super::Algorithm::Unknown(span)) => {
            said.plain("unknown key type ").bad(span.of(&record.text))
        }
        (Unusable::Algorithm, _) => said.bad("unknown key type"),
        (Unusable::Hash, _) => said.bad("no usable hash algorithm").plain(" (h=)"),
        (Unusable::Service, _) => said.bad("not for email").plain(" (s=)"),
    }
}

fn tone(tried: &Tried) -> Tone {
    match (&tried.found, tried.standing()) {
        (_, Standing::Good | Standing::Partial) => Tone::Good,
        (_, Standing::Unknown) => Tone::Unknown,
        // Whether a dangling alias matters depends on its siblings; by itself it only leads on.
        (Found::Dangling, _) | (_, Standing::Weak | Standing::Absent) => Tone::Plain,
        (_, Standing::Broken) => Tone::Bad,
    }
}

/// A selector as data.
fn machine(tried: &Tried) -> Value {
    let [one] = tried.keys() else {
        return json!({
            "selector": tried.candidate.selector,
            "name": tried.name,
            "provider": tried.candidate.provider.as_deref(),
            "given": tried.candidate.is_given,
            "found": found_word(&tried.found),
            "aliases": tried.answer.aliases,
        });
    };
    let record = &one.record.value;
    let key = record.key.as_ref().map(|key| &key.value);
    json!({
        "selector": tried.candidate.selector,
        "name": tried.name,
        "provider": tried.candidate.provider.as_deref(),
        "given": tried.candidate.is_given,
        "found": found_word(&tried.found),
        "aliases": tried.answer.aliases,
        "record": escape(&record.text),
        "faults": one.record.errors,
        "key": record.algorithm.word(),
        "bits": key.and_then(Key::bits),
        "revoked": record.is_revoked(),
        "testing": record.is_testing,
        "strict": record.is_strict,
        "standing": one.standing(),
    })
}

fn with_event(mut value: Value, event: &'static str) -> Value {
    if let Value::Object(members) = &mut value {
        members.insert("event".into(), event.into());
    }
    value
}

fn found_word(found: &Found) -> &'static str {
    match found {
        Found::Key(_) => "key",
        Found::Several { .. } => "several_keys",
        Found::Foreign(_) => "other_text",
        Found::Nothing => "nothing",
        Found::Dangling => "dangling_alias",
        Found::Failed => "failure",
    }
}
