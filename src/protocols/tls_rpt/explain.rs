//! The words: what each step means. The only place with sentences about steps.

use super::event::Event;
use super::examine::Facts;
use super::grammar::BEGIN;
use super::uri::{ReportUri, Scheme};
use crate::diagnostic::{self, Explanation, Tone};
use crate::dns::sole::Found;
use crate::text::{Phrase, escape, rfc};
use serde_json::{Value, json};

/// How many destinations a sentence names.
const NAMED_LIMIT: usize = 3;

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
                    Ok(0) => (said.plain(" has no TLS-RPT record"), Tone::Plain),
                    Ok(1) => (said.plain(" has one TLS-RPT record"), Tone::Good),
                    Ok(count) => {
                        let said = said.plain(" has ").number(count).plain(" TLS-RPT records: ");
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
            Self::Destination { uri, scheme } => {
                let said = Phrase::new().code(uri);
                match scheme {
                    Scheme::Mailto => (said.plain(" receives reports by mail"), Tone::Good),
                    Scheme::Https => (said.plain(" receives reports by HTTPS POST"), Tone::Good),
                    Scheme::Other => {
                        let said = said.plain(": senders support only mailto: and https: URIs");
                        (said, Tone::Bad)
                    }
                }
            }
        };
        Explanation { headline, tone, cite: Some(rfc(8460, "3")) }
    }

    fn machine(&self) -> Value {
        match self {
            Self::Query { owner, records } => json!({
                "event": "tls_rpt_query",
                "name": owner,
                "records": records.as_ref().ok(),
            }),
            Self::Discarded(text) => json!({"event": "tls_rpt_discarded", "text": escape(text)}),
            Self::Fault { error, .. } => json!({
                "event": "tls_rpt_fault",
                "expected": error.expected,
                "span": error.span,
            }),
            Self::Destination { uri, scheme } => json!({
                "event": "tls_rpt_destination",
                "uri": escape(uri),
                "scheme": match scheme {
                    Scheme::Mailto => "mailto",
                    Scheme::Https => "https",
                    Scheme::Other => "other",
                },
            }),
        }
    }
}

/// Where reports go, in a few words, for a line of a summary.
pub(super) fn summary(facts: &Facts) -> Phrase {
    let said = Phrase::new();
    match &facts.found {
        Found::Failed(failure) => {
            said.name(facts.owner()).plain(" TXT ").unknown(failure.trouble.sentence())
        }
        Found::Nothing if facts.lookalikes().next().is_some() => {
            said.plain("no TLS-RPT record; senders ").weak("ignore the similar TXT record")
        }
        Found::Nothing => said.plain("no record"),
        Found::Several(texts) => {
            said.number(texts.len()).plain(" records: senders ").bad("ignore all of them")
        }
        Found::One(published) if !published.record.errors.is_empty() => said.bad("syntax error"),
        Found::One(published) if !published.is_usable() => {
            said.plain("no supported destination: ").then(listed(&published.record().rua))
        }
        Found::One(published) => {
            let supported = published.record().rua.iter().filter(|uri| uri.scheme.is_supported());
            said.plain("reports to ").then(listed(supported))
        }
    }
}

fn listed<'u>(uris: impl IntoIterator<Item = &'u ReportUri>) -> Phrase {
    let all = uris.into_iter().map(|uri| Phrase::new().code(&uri.text));
    Phrase::listed(all, NAMED_LIMIT, " and ")
}
