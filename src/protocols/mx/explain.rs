//! The words: what each step means. The only place with sentences about steps.

use super::event::Event;
use super::hosts::{Addresses, Exchanger, Facts, Found, Target};
use crate::diagnostic::{self, Explanation, Standing, Tone};
use crate::text::{Phrase, rfc};
use serde_json::{Value, json};

/// How many addresses a sentence names.
const NAMED_LIMIT: usize = 4;

impl diagnostic::Event for Event {
    fn explain(&self) -> Explanation {
        match self {
            Self::Set(facts) => Explanation {
                headline: set(facts),
                tone: tone(facts.standing()),
                cite: Some(if facts.is_null() { rfc(7505, "3") } else { rfc(5321, "5.1") }),
            },
            Self::Host(exchanger) => {
                let said = Phrase::new().number(exchanger.preference).plain(" ");
                Explanation {
                    headline: said.name(&exchanger.host).plain(": ").then(host(exchanger)),
                    tone: tone(exchanger.standing()),
                    cite: Some(rfc(5321, "5.1")),
                }
            }
            Self::Implicit(addresses) => Explanation {
                headline: Phrase::from("fallback to the domain's own addresses: ")
                    .then(reached(addresses)),
                tone: Tone::Plain,
                cite: Some(rfc(5321, "5.1")),
            },
        }
    }

    fn machine(&self) -> Value {
        match self {
            Self::Set(facts) => json!({
                "event": "mx_set",
                "domain": facts.domain,
                "found": match &facts.found {
                    _ if facts.is_null() => "null_mx",
                    Found::Exchangers(_) => "records",
                    Found::Implicit(_) => "nothing",
                    Found::NoDomain => "no_domain",
                    Found::Failed => "failure",
                },
                "hosts": facts.exchangers().len(),
                "standing": facts.standing(),
            }),
            Self::Host(exchanger) => json!({
                "event": "mx_exchanger",
                "preference": exchanger.preference,
                "host": exchanger.host,
                "target": match exchanger.target {
                    Target::Null => "null",
                    Target::Literal(_) => "address",
                    Target::Host(_) => "host",
                    Target::NotAsked => "not_asked",
                },
                "addresses": exchanger.addresses().map(list),
                "aliases": exchanger.addresses().map(Addresses::aliases),
                "standing": exchanger.standing(),
            }),
            Self::Implicit(addresses) => {
                json!({"event": "implicit_mx", "addresses": list(addresses)})
            }
        }
    }
}

/// Who receives, in a few words, for a line of a summary.
pub fn summary(facts: &Facts) -> Phrase {
    let said = Phrase::new();
    match (&facts.found, facts.exchangers()) {
        (Found::Failed, _) => said.unknown("undetermined"),
        (Found::NoDomain, _) => said.plain("the domain does not exist"),
        (Found::Implicit(addresses), _) if addresses.is_any() => {
            said.weak("no MX").plain(", fallback to the domain's own address")
        }
        (Found::Implicit(_), _) => said.weak("no MX and no address"),
        _ if facts.is_null() => said.plain("null MX: accepts no mail"),
        (_, [only]) => said.number(only.preference).plain(" ").name(&only.host),
        (_, [first, rest @ ..]) => said
            .number(first.preference)
            .plain(" ")
            .name(&first.host)
            .plain(format!(" and {} more", rest.len())),
        (_, []) => said.weak("no MX"),
    }
}

fn set(facts: &Facts) -> Phrase {
    let said = Phrase::new().name(&facts.domain);
    match &facts.found {
        _ if facts.is_null() => said.plain(" accepts no mail (null MX)"),
        Found::Exchangers(exchangers) => {
            let hosts = if exchangers.len() == 1 { " MX host" } else { " MX hosts" };
            said.plain(" has ").number(exchangers.len()).plain(hosts)
        }
        Found::Implicit(_) => said.plain(" publishes no MX record"),
        Found::NoDomain => said.plain(" does not exist"),
        Found::Failed => match facts.answer.failure() {
            Some(failure) => said.plain(" MX ").unknown(failure.trouble.sentence()),
            None => said.unknown(" undetermined"),
        },
    }
}

fn host(exchanger: &Exchanger) -> Phrase {
    match &exchanger.target {
        Target::Null => Phrase::from("null MX, accepts no mail"),
        Target::Literal(ip) => {
            Phrase::new().bad("an address").plain(" (").addr(ip).plain(") instead of a host name")
        }
        Target::NotAsked => Phrase::new().unknown("not queried: too many MX hosts"),
        Target::Host(addresses) => {
            let said = match addresses.aliases() {
                [] => Phrase::new(),
                [.., last] => Phrase::new().weak("alias").plain(" of ").name(last).plain(", "),
            };
            said.then(reached(addresses))
        }
    }
}

fn reached(addresses: &Addresses) -> Phrase {
    let mut said = Phrase::new();
    for (index, ip) in addresses.all().take(NAMED_LIMIT).enumerate() {
        said = said.plain(if index > 0 { ", " } else { "" }).addr(ip);
    }
    let more = addresses.all().skip(NAMED_LIMIT).count();
    if more > 0 {
        said = said.plain(format!(" and {more} more"));
    }
    if said.is_empty() && !addresses.is_failed() {
        said = said.bad("no address");
    }
    for answer in addresses.answers() {
        if let Some(failure) = answer.failure() {
            let comma = if said.is_empty() { "" } else { ", " };
            said = said.plain(comma).plain(answer.question.kind.to_string()).plain(" ");
            said = said.unknown(failure.trouble.sentence());
        }
    }
    if addresses.is_unreachable() {
        said = said.plain(", ").bad("not reachable from the internet");
    }
    said
}

fn list(addresses: &Addresses) -> Vec<std::net::IpAddr> {
    addresses.all().collect()
}

fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Good => Tone::Good,
        Standing::Weak | Standing::Absent | Standing::Partial => Tone::Plain,
        Standing::Broken => Tone::Bad,
        Standing::Unknown => Tone::Unknown,
    }
}
