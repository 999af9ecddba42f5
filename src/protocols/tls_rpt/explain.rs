//! The words: what each step means. The only place with sentences about steps.

use super::event::Event;
use super::examine::Facts;
use super::grammar::BEGIN;
use super::uri::{ReportUri, Scheme};
use crate::diagnostic::{self, Explanation, Tone};
use crate::protocols::Standard;
use crate::text::{Phrase, escape, rfc};
use serde_json::{Value, json};

/// How many destinations a sentence names.
const NAMED_LIMIT: usize = 3;

/// The words about the record.
const STANDARD: Standard =
    Standard { word: "tls_rpt", title: "TLS-RPT", readers: "senders", begin: BEGIN };

impl diagnostic::Event for Event {
    fn explain(&self) -> Explanation {
        let (headline, tone) = match self {
            Self::Record(event) => event.explain(&STANDARD),
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
            Self::Record(event) => event.machine(&STANDARD),
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
    let is_similar = facts.lookalikes().next().is_some();
    let published = match STANDARD.sound(facts, is_similar) {
        Ok(published) => published,
        Err(why) => return why,
    };
    let uris = &published.record().rua;
    if !published.is_usable() {
        return Phrase::new().plain("no supported destination: ").then(listed(uris));
    }
    let supported = uris.iter().filter(|uri| uri.scheme.is_supported());
    Phrase::new().plain("reports to ").then(listed(supported))
}

fn listed<'u>(uris: impl IntoIterator<Item = &'u ReportUri>) -> Phrase {
    let all = uris.into_iter().map(|uri| Phrase::new().code(&uri.text));
    Phrase::listed(all, NAMED_LIMIT, " and ")
}
