//! The words: what each step means. The only place with sentences about steps.

use super::event::Event;
use super::examine::Facts;
use super::fetch::{NoPolicy, Refusal};
use super::grammar::BEGIN;
use super::policy::{Field, Mode, Policy, PolicyFault};
use crate::diagnostic::{self, Explanation, Tone};
use crate::protocols::Standard;
use crate::text::{Phrase, escape, rfc};
use serde_json::{Value, json};

/// The words about the record.
const STANDARD: Standard =
    Standard { word: "mta_sts", title: "MTA-STS", readers: "senders", begin: BEGIN };

impl diagnostic::Event for Event {
    fn explain(&self) -> Explanation {
        let (headline, tone) = match self {
            Self::File { url, policy } => {
                let said = Phrase::new().code(url).plain(": ");
                match policy {
                    Ok(policy) => (said.then(of_policy(policy)), Tone::Good),
                    Err(why) if why.is_certain() => (said.then(reason(why)), Tone::Bad),
                    Err(why) => (said.then(reason(why)), Tone::Unknown),
                }
            }
            Self::Host { host, is_matched: true } => {
                (Phrase::from("MX host ").name(host).plain(" is in the policy"), Tone::Good)
            }
            Self::Host { host, is_matched: false } => {
                let said = Phrase::from("MX host ").name(host).plain(" is ");
                (said.bad("not in the policy"), Tone::Bad)
            }
            Self::Record(event) => event.explain(&STANDARD),
            Self::Id(id) => {
                let said = Phrase::new().code(id).plain(": senders fetch the policy file again ");
                (said.plain("when this id changes"), Tone::Plain)
            }
        };
        let section = match self {
            Self::File { .. } => "3.3",
            Self::Host { .. } => "4.1",
            _ => "3.1",
        };
        Explanation { headline, tone, cite: Some(rfc(8461, section)) }
    }

    fn machine(&self) -> Value {
        match self {
            Self::Record(event) => event.machine(&STANDARD),
            Self::Id(id) => json!({"event": "mta_sts_id", "id": escape(id)}),
            Self::File { url, policy } => json!({
                "event": "mta_sts_file",
                "url": escape(url.as_bytes()),
                "mode": policy.as_ref().ok().map(|policy| policy.mode.word()),
            }),
            Self::Host { host, is_matched } => json!({
                "event": "mta_sts_host",
                "host": host,
                "matched": is_matched,
            }),
        }
    }
}

/// Whether there is a policy, in a few words, for a line of a summary.
pub(super) fn summary(facts: &Facts) -> Phrase {
    let is_similar = facts.lookalikes().next().is_some();
    let published = match STANDARD.sound(&facts.record, is_similar) {
        Ok(published) => published,
        Err(why) => return why,
    };
    let said = Phrase::new();
    match &facts.file {
        Some(file) => match &file.policy {
            Ok(policy) => {
                let said = said.then(of_policy(policy));
                match file.unmatched().as_slice() {
                    [host, others @ ..] => {
                        let said = said.plain("; ").bad("the policy does not name the MX host ");
                        let said = said.name(host);
                        match others.len() {
                            0 => said,
                            more => said.plain(" and ").number(more).plain(" more"),
                        }
                    }
                    [] => said,
                }
            }
            Err(why) => {
                let said = said.plain("record with id ").code(published.record().id());
                said.plain("; policy file: ").then(reason(why))
            }
        },
        None => {
            let said = said.plain("record with id ").code(published.record().id());
            said.plain("; policy file not fetched")
        }
    }
}

/// What a policy says, in a few words.
fn of_policy(policy: &Policy) -> Phrase {
    let mode = policy.mode.word();
    let said = match policy.mode {
        Mode::Enforce => Phrase::new().good(mode),
        Mode::Testing => Phrase::new().weak(mode),
        Mode::None => Phrase::from("mode ").weak(mode),
    };
    let day = 24 * 60 * 60;
    match policy.max_age {
        seconds if seconds >= day && seconds % day == 0 => {
            said.plain(", max_age ").number(seconds / day).plain(" d")
        }
        seconds => said.plain(", max_age ").number(seconds).plain(" s"),
    }
}

/// Why there is no policy, in a few words.
pub(super) fn reason(why: &NoPolicy) -> Phrase {
    let said = Phrase::new();
    match why {
        NoPolicy::Dns(failure) => said.unknown(failure.trouble.sentence()).plain(" (address)"),
        NoPolicy::NoAddress => said.bad("the host has no address"),
        NoPolicy::Web(failure) if failure.trouble.is_certain() => {
            said.bad(failure.phrase().to_string())
        }
        NoPolicy::Web(failure) => said.unknown(failure.phrase().to_string()),
        NoPolicy::Refused(Refusal::Status(status)) => said.bad(format!("status {status}")),
        NoPolicy::Refused(Refusal::Redirect(status, location)) => {
            let said =
                said.bad(format!("redirect {status}")).plain(", which senders do not follow");
            match location.as_slice() {
                [] => said,
                location => said.plain(" (").code(location).plain(")"),
            }
        }
        NoPolicy::Refused(Refusal::MediaType(given)) if given.is_empty() => {
            said.bad("no media type").plain(", text/plain is required")
        }
        NoPolicy::Refused(Refusal::MediaType(given)) => {
            said.bad("media type ").code(given).plain(", text/plain is required")
        }
        NoPolicy::Faulty(faults) => {
            said.bad("syntax error").plain(": ").then(faults.first().map(fault).unwrap_or_default())
        }
    }
}

/// A fault of a policy file, in a few words.
pub(super) fn fault(fault: &PolicyFault) -> Phrase {
    let PolicyFault { field, line, found } = fault;
    let wanted = match field {
        Field::Version => "version: STSv1",
        Field::Mode => "mode: enforce, testing or none",
        Field::MaxAge => "max_age: 0 to 31557600",
        Field::Mx => "mx: a host name",
        Field::Extension | Field::NoField => "name: value",
    };
    match line {
        None => Phrase::from("no line ").code(wanted),
        Some(line) => {
            let said = Phrase::from("line ").number(line).plain(": expected ").code(wanted);
            if found.is_empty() { said } else { said.plain(", found ").code(found) }
        }
    }
}
