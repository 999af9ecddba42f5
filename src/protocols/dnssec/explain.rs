//! The words: what an answer is worth, and why.

use super::event::Event;
use super::facts::{Facts, Judged, Source};
use crate::diagnostic::{self, Explanation, Tone};
use crate::dns::Kind;
use crate::dns::dnssec::{Proof, Reason, Security};
use crate::net::Name;
use crate::text::{Citation, Phrase, escape, minute, rfc};
use serde_json::{Value, json};

impl diagnostic::Event for Event {
    fn explain(&self) -> Explanation {
        match self {
            Self::Word { vouched, answers } => Explanation {
                headline: Phrase::from("the resolver authenticates ")
                    .number(*vouched)
                    .plain(" of ")
                    .number(*answers)
                    .plain(" answers (AD bit)"),
                tone: Tone::Plain,
                cite: Some(rfc(4035, "3.2.3")),
            },
            Self::Refused { name, kind, why } => Explanation {
                headline: set(name, *kind).plain(" ").unknown("refused").plain(": ").plain(why),
                tone: Tone::Unknown,
                cite: Some(rfc(8914, "4")),
            },
            Self::Validated { name, kind, proof } => {
                let said = set(name, *kind).plain(" ").then(word(proof.security));
                let (headline, cite) = match (&proof.why, &proof.zone) {
                    (Some(why), _) => (said.plain(": ").then(reason(proof)), citation(why)),
                    (None, Some(zone)) => (said.plain(", signed by ").name(zone), rfc(4035, "5.3")),
                    (None, None) => (said, rfc(4035, "5.3")),
                };
                let tone = match proof.security {
                    Security::Secure => Tone::Good,
                    Security::Insecure => Tone::Plain,
                    Security::Indeterminate => Tone::Unknown,
                    Security::Bogus => Tone::Bad,
                };
                Explanation { headline, tone, cite: Some(cite) }
            }
        }
    }

    fn machine(&self) -> Value {
        match self {
            Self::Word { vouched, answers } => json!({
                "event": "dnssec_word",
                "authenticated": vouched,
                "answers": answers,
            }),
            Self::Refused { name, kind, why } => json!({
                "event": "dnssec_refused",
                "name": name,
                "type": kind,
                "detail": escape(why.as_bytes()),
            }),
            Self::Validated { name, kind, proof } => json!({
                "event": "dnssec_validated",
                "name": name,
                "type": kind,
                "state": proof.security.word(),
                "zone": proof.zone,
                "reason": proof.why.as_ref().map(Reason::word),
                "extended_error": proof.why.as_ref().and_then(Reason::extended_error),
            }),
        }
    }
}

fn word(security: Security) -> Phrase {
    let said = Phrase::new();
    match security {
        Security::Secure => said.good("secure"),
        Security::Insecure => said.plain("insecure"),
        Security::Indeterminate => said.unknown("indeterminate"),
        Security::Bogus => said.bad("bogus"),
    }
}

/// A record set, by the mnemonic of its type.
pub(super) fn set(name: &Name, kind: Kind) -> Phrase {
    Phrase::new().name(name).plain(" ").plain(kind.to_string())
}

/// Why an answer is not secure, in a sentence; empty if it is.
pub fn reason(proof: &Proof) -> Phrase {
    let zone = || match &proof.zone {
        Some(zone) if zone.is_root() => Phrase::from("the root zone"),
        Some(zone) => Phrase::new().name(zone),
        None => Phrase::from("its zone"),
    };
    let of = |begin: &'static str| Phrase::from(begin).then(zone());
    let Some(why) = &proof.why else { return Phrase::new() };
    match why {
        Reason::Expired(at) => {
            of("the signature of ").plain(format!(" expired on {}", minute(*at)))
        }
        Reason::NotYetValid(at) => {
            of("the signature of ").plain(format!(" is not valid before {}", minute(*at)))
        }
        Reason::NoKey { tag, algorithm } => of("the signature names key ")
            .plain(format!(": no DNSKEY there has tag {tag} and algorithm {algorithm}")),
        Reason::WrongSignature { tag } => {
            of("the signature of ").plain(format!(" does not verify (key tag {tag})"))
        }
        Reason::WrongDs { tag } => of("no DNSKEY of ")
            .plain(format!(" matches the DS record at its parent (key tag {tag})")),
        Reason::NoKeys => zone().plain(" has a DS record at its parent and no DNSKEY"),
        Reason::NoSignature => zone().plain(" is signed, but the RRSIG record is missing"),
        Reason::NoUsableSignature => {
            zone().plain(" is signed, but not by an algorithm that its DS record names")
        }
        Reason::NoDenial => {
            zone().plain(" is signed, but no NSEC or NSEC3 record proves the negative answer")
        }
        Reason::Unsigned => zone().plain(" is not signed (no DS record at its parent)"),
        Reason::OptOut => zone().plain(" does not sign this delegation (NSEC3 opt-out)"),
        Reason::UnknownAlgorithm(number) => zone()
            .plain(format!(" is signed by algorithm {number}, which mailcheck does not support")),
        Reason::Iterations(count) => zone().plain(format!(
            " uses {count} NSEC3 iterations: validators treat more than 150 as unsigned"
        )),
        Reason::Stripped => Phrase::from("the resolver strips DNSSEC signatures"),
        Reason::Failed(name, kind, trouble) => {
            set(name, *kind).plain(" ").unknown(trouble.sentence())
        }
        Reason::NoAnchor => Phrase::from("no trust anchor covers the name"),
        Reason::WrongAnchor => of("no DNSKEY of ").plain(" matches the trust anchor"),
        Reason::Limit(what) => Phrase::from("more work than mailcheck's limit: ").plain(*what),
        Reason::Malformed => Phrase::from("the reply is malformed"),
        Reason::Differs => Phrase::from("the validated answer differs from the one used"),
    }
}

/// The section that makes a reason one.
pub(super) fn citation(why: &Reason) -> Citation {
    match why {
        Reason::Expired(_)
        | Reason::NotYetValid(_)
        | Reason::NoKey { .. }
        | Reason::NoSignature
        | Reason::NoUsableSignature => rfc(4035, "5.3.1"),
        Reason::WrongSignature { .. } => rfc(4035, "5.3.3"),
        Reason::WrongDs { .. } | Reason::NoKeys => rfc(4035, "5.2"),
        Reason::Unsigned | Reason::UnknownAlgorithm(_) => rfc(4035, "5.2"),
        Reason::NoDenial => rfc(4035, "5.4"),
        Reason::OptOut => rfc(5155, "6"),
        Reason::Iterations(_) => rfc(9276, "3.2"),
        Reason::NoAnchor | Reason::WrongAnchor => rfc(4035, "4.4"),
        _ => rfc(4035, "4.3"),
    }
}

/// What the answers are worth, in a few words.
pub(super) fn summary(facts: &Facts) -> Phrase {
    match facts.source {
        Source::Resolver => by_word(facts),
        Source::Validated => validated(facts),
    }
}

fn by_word(facts: &Facts) -> Phrase {
    if let Some((Judged { name, kind, .. }, why)) = facts.refused() {
        let said = Phrase::from("according to the resolver, ").then(set(name, *kind));
        return said.plain(" ").unknown("fails validation").plain(": ").plain(why);
    }
    match (facts.is_signed(), facts.vouched()) {
        (true, vouched) => Phrase::from("signed, according to the resolver (AD bit in ")
            .number(vouched)
            .plain(" of ")
            .number(facts.answers.len())
            .plain(" answers)"),
        (false, 0) => {
            Phrase::from("not signed, or the resolver does not validate (AD bit in 0 of ")
                .number(facts.answers.len())
                .plain(" answers)")
        }
        (false, vouched) => Phrase::from("not signed, according to the resolver (AD bit in ")
            .number(vouched)
            .plain(" of ")
            .number(facts.answers.len())
            .plain(" answers, none of ")
            .name(&facts.domain)
            .plain(")"),
    }
}

fn validated(facts: &Facts) -> Phrase {
    let counted = |said: Phrase| {
        said.number(facts.count(Security::Secure))
            .plain(" of ")
            .number(facts.answers.len())
            .plain(" answers secure, validated here")
    };
    if let Some((_, proof)) = facts.first(Security::Bogus) {
        let said = Phrase::new().bad("bogus").plain(": ");
        let said = match &proof.set {
            Some((name, kind)) => said.then(set(name, *kind)).plain(": "),
            None => said,
        };
        return said.then(reason(proof));
    }
    if let Some((_, proof)) = facts.first(Security::Indeterminate) {
        return Phrase::new().unknown("undetermined").plain(": ").then(reason(proof));
    }
    match facts.is_signed() {
        true => counted(Phrase::from("signed: ")),
        false => counted(Phrase::from("not signed: ")),
    }
}
