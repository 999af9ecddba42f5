//! The words: what each step means. The only place with sentences about steps.

use super::event::Event;
use super::examine::Facts;
use super::grammar::BEGIN;
use crate::diagnostic::{self, Explanation, Tone};
use crate::dns::sole::Found;
use crate::text::{Phrase, escape, rfc};
use serde_json::{Value, json};

impl diagnostic::Event for Event {
    fn explain(&self) -> Explanation {
        let (headline, tone) = match self {
            Self::Query { owner, records } => {
                let said = Phrase::new().name(owner);
                match records {
                    Err(failure) => {
                        let said = said.plain(" TXT ").unknown(failure.trouble.sentence());
                        (said, Tone::Unknown)
                    }
                    Ok(0) => (said.plain(" has no MTA-STS record"), Tone::Plain),
                    Ok(1) => (said.plain(" has one MTA-STS record"), Tone::Good),
                    Ok(count) => {
                        let said = said.plain(" has ").number(count).plain(" MTA-STS records: ");
                        (said.plain("senders ").bad("ignore all of them"), Tone::Bad)
                    }
                }
            }
            Self::Discarded(text) => {
                let said = Phrase::new().code(text).plain(" discarded: does not begin with ");
                (said.code(BEGIN), Tone::Plain)
            }
            Self::Fault { found, error } => {
                let said = Phrase::new().plain("expected ").plain(error.expected);
                let said = if found.is_empty() { said } else { said.plain(", found ").code(found) };
                (said, Tone::Bad)
            }
            Self::Id(id) => {
                let said = Phrase::new().code(id).plain(": senders fetch the policy file again ");
                (said.plain("when this id changes"), Tone::Plain)
            }
        };
        Explanation { headline, tone, cite: Some(rfc(8461, "3.1")) }
    }

    fn machine(&self) -> Value {
        match self {
            Self::Query { owner, records } => json!({
                "event": "mta_sts_query",
                "name": owner,
                "records": records.as_ref().ok(),
            }),
            Self::Discarded(text) => json!({"event": "mta_sts_discarded", "text": escape(text)}),
            Self::Fault { error, .. } => json!({
                "event": "mta_sts_fault",
                "expected": error.expected,
                "span": error.span,
            }),
            Self::Id(id) => json!({"event": "mta_sts_id", "id": escape(id)}),
        }
    }
}

/// Whether there is a policy, in a few words, for a line of a summary.
pub(super) fn summary(facts: &Facts) -> Phrase {
    let said = Phrase::new();
    match &facts.found {
        Found::Failed(failure) => {
            said.name(facts.owner()).plain(" TXT ").unknown(failure.trouble.sentence())
        }
        Found::Nothing if facts.lookalikes().next().is_some() => {
            said.plain("no MTA-STS record; senders ").weak("ignore the similar TXT record")
        }
        Found::Nothing => said.plain("no record"),
        Found::Several(texts) => {
            said.number(texts.len()).plain(" records: senders ").bad("ignore all of them")
        }
        Found::One(published) if !published.record.errors.is_empty() => said.bad("syntax error"),
        Found::One(published) => {
            let said = said.plain("record with id ").code(published.record().id());
            said.plain("; policy file not checked")
        }
    }
}
