//! The words: what each step means. The only place with sentences about steps.

use super::event::Event;
use super::examine::{Facts, Host, State};
use crate::diagnostic::{self, Explanation, Tone};
use crate::dns::Failure;
use crate::net::Association;
use crate::text::{Phrase, rfc};
use serde_json::{Value, json};

/// How many hosts a sentence names.
const NAMED_LIMIT: usize = 3;

impl diagnostic::Event for Event {
    fn explain(&self) -> Explanation {
        let (headline, tone, section) = match self {
            Self::Mx { domain, is_authentic } => {
                let said = Phrase::new().plain("MX of ").name(domain);
                let (said, tone) = match is_authentic {
                    Some(true) => (said.plain(": signed, according to the resolver"), Tone::Good),
                    Some(false) => (
                        said.plain(": not authenticated by the resolver (AD bit not set)"),
                        Tone::Plain,
                    ),
                    None => (said.plain(": DNSSEC not known"), Tone::Plain),
                };
                (said, tone, "2.2.1")
            }
            Self::Host { owner, state } => {
                let said = Phrase::new().name(owner);
                let (said, tone) = match state {
                    State::Absent => (said.plain(" has no TLSA records"), Tone::Plain),
                    State::Failed => {
                        (said.plain(" TLSA: ").unknown("the query failed"), Tone::Unknown)
                    }
                    State::Insecure => {
                        (said.plain(" is not signed: senders ignore its TLSA records"), Tone::Bad)
                    }
                    State::Unusable => {
                        let said = said.plain(" has no usable TLSA record: senders encrypt and ");
                        (said.bad("verify nothing"), Tone::Bad)
                    }
                    State::Usable => (said.plain(" has usable TLSA records"), Tone::Good),
                };
                (said, tone, "2.2.2")
            }
            Self::Record(record) => {
                let said = Phrase::new().code(record.to_string());
                match usage(record) {
                    Some(usage) => (said.plain(": ").plain(usage), Tone::Good, "3.1"),
                    None => (said.plain(": senders ignore it"), Tone::Bad, "3.1.3"),
                }
            }
        };
        Explanation { headline, tone, cite: Some(rfc(7672, section)) }
    }

    fn machine(&self) -> Value {
        match self {
            Self::Mx { domain, is_authentic } => {
                json!({"event": "dane_mx", "name": domain, "authentic": is_authentic})
            }
            Self::Host { owner, state } => json!({
                "event": "dane_host",
                "name": owner,
                "state": match state {
                    State::Absent => "absent",
                    State::Failed => "failed",
                    State::Insecure => "insecure",
                    State::Unusable => "unusable",
                    State::Usable => "usable",
                },
            }),
            Self::Record(record) => json!({
                "event": "dane_record",
                "record": record.to_string(),
                "usable": record.is_usable(),
            }),
        }
    }
}

/// What a record names; `None` if no sender uses it.
fn usage(record: &Association) -> Option<&'static str> {
    match record.usage {
        _ if !record.is_usable() => None,
        3 => Some("the certificate of the server (DANE-EE)"),
        _ => Some("a certificate that issues it (DANE-TA)"),
    }
}

/// How the hosts stand, in a few words, for a line of a summary.
pub(super) fn summary(facts: &Facts) -> Phrase {
    let said = Phrase::new();
    if let Some(failure) = facts.mx.failure() {
        return failed(said.name(&facts.mx.question.name).plain(" MX "), failure);
    }
    if let Some((host, failure)) = facts.hosts.iter().find_map(|it| Some((it, it.tlsa.failure()?)))
    {
        return failed(said.name(&host.tlsa.question.name).plain(" TLSA "), failure);
    }
    let all = facts.hosts.len();
    let named = |state| {
        let hosts = facts.hosts_that_are(state).map(|host: &Host| Phrase::new().name(&host.name));
        Phrase::listed(hosts, NAMED_LIMIT, " and ")
    };
    let count = |state| facts.hosts_that_are(state).count();
    if count(State::Usable) == 0 {
        return match (count(State::Unusable), count(State::Insecure)) {
            (0, 0) => said.plain("no TLSA records"),
            (0, _) => said
                .plain("senders ignore the TLSA records of ")
                .then(named(State::Insecure))
                .plain(": not authenticated by the resolver (AD bit not set)"),
            _ => said.plain("no usable TLSA record at ").then(named(State::Unusable)),
        };
    }
    let said = match count(State::Usable) {
        usable if usable < all => said
            .plain("TLSA records at ")
            .number(usable)
            .plain(" of ")
            .number(all)
            .plain(" MX hosts: ")
            .then(named(State::Usable)),
        1 => said.plain("TLSA records at ").then(named(State::Usable)),
        usable => said.plain("TLSA records at all ").number(usable).plain(" MX hosts"),
    };
    match facts.mx.authentic {
        Some(true) => said,
        Some(false) => said
            .plain("; the MX records are ")
            .weak("not signed")
            .plain(" according to the resolver, so few senders use them"),
        None => said.plain("; DNSSEC not known"),
    }
}

fn failed(said: Phrase, failure: &Failure) -> Phrase {
    said.unknown(failure.trouble.sentence())
}
