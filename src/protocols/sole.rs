//! What protocols have in common that publish one TXT record at a name: the steps of looking for it, and
//! what there is to say where none can be used.

use crate::diagnostic::{self, Step, Tone};
use crate::dns::Failure;
use crate::dns::sole::{Found, Published, Sole};
use crate::net::Name;
use crate::text::{Phrase, Span, SyntaxError, escape};
use serde_json::{Value, json};
use std::sync::Arc;

/// The words about the record of a standard.
pub(super) struct Standard {
    /// How its steps begin for programs: `tls_rpt`.
    pub(super) word: &'static str,
    /// Its name: `TLS-RPT`.
    pub(super) title: &'static str,
    /// Who looks for the record: `senders`.
    pub(super) readers: &'static str,
    /// How a record begins.
    pub(super) begin: &'static [u8],
}

/// A step of looking for the record and reading it.
#[derive(Clone, Debug)]
pub enum SoleEvent {
    /// The query, and how many records it found.
    Query {
        /// The name of the record.
        owner: Name,
        /// How many records are left when others are discarded, or why that is unknown.
        records: Result<usize, Failure>,
    },
    /// A text that is discarded.
    Discarded(Arc<[u8]>),
    /// A fault of the record.
    Fault {
        /// The octets that are wrong.
        found: Box<[u8]>,
        /// The fault.
        error: SyntaxError,
    },
}

impl SoleEvent {
    /// The step of a query, with what was discarded and what is wrong below it, and what the record says
    /// behind that.
    pub(super) fn step<R, E: diagnostic::Event + From<Self> + 'static>(
        looked: &Sole<R>,
        show: impl Fn(&R, Span) -> &[u8],
        says: impl FnOnce(&R) -> Vec<E>,
    ) -> Step<Box<dyn diagnostic::Event>> {
        let boxed = |event: E| -> Box<dyn diagnostic::Event> { Box::new(event) };
        let discarded = looked.discarded.iter().map(|it| Self::Discarded(Arc::clone(&it.text)));
        let mut parts: Vec<E> = discarded.map(E::from).collect();
        if let Some(published) = looked.published() {
            let record = published.record();
            parts.extend(published.record.errors.iter().map(|error| {
                let found = show(record, error.span).into();
                E::from(Self::Fault { found, error: error.clone() })
            }));
            parts.extend(says(record));
        }
        let query = Self::Query { owner: looked.owner(), records: looked.count() };
        Step {
            event: boxed(query.into()),
            answers: looked.answer.iter().map(Arc::clone).collect(),
            steps: parts.into_iter().map(|part| Step::leaf(boxed(part))).collect(),
        }
    }

    /// What the step means.
    pub(super) fn explain(&self, standard: &Standard) -> (Phrase, Tone) {
        let Standard { title, readers, begin, .. } = standard;
        match self {
            Self::Query { owner, records } => {
                let said = Phrase::new().name(owner);
                match records {
                    Err(failure) => {
                        let said = said.plain(" TXT ").unknown(failure.trouble.sentence());
                        (said, Tone::Unknown)
                    }
                    Ok(0) => (said.plain(format!(" has no {title} record")), Tone::Plain),
                    Ok(1) => (said.plain(format!(" has one {title} record")), Tone::Good),
                    Ok(count) => {
                        let said = said.plain(" has ").number(count);
                        let said = said.plain(format!(" {title} records: "));
                        (said.plain(format!("{readers} ")).bad("ignore all of them"), Tone::Bad)
                    }
                }
            }
            Self::Discarded(text) => {
                let said = Phrase::new().code(text).plain(" discarded: does not begin with ");
                (said.code(begin), Tone::Plain)
            }
            Self::Fault { found, error } => {
                let said = Phrase::new().plain("expected ").plain(error.expected);
                let said = if found.is_empty() { said } else { said.plain(", found ").code(found) };
                (said, Tone::Bad)
            }
        }
    }

    /// The step for programs.
    pub(super) fn machine(&self, standard: &Standard) -> Value {
        let event = |what: &str| format!("{}_{what}", standard.word);
        match self {
            Self::Query { owner, records } => json!({
                "event": event("query"),
                "name": owner,
                "records": records.as_ref().ok(),
            }),
            Self::Discarded(text) => json!({"event": event("discarded"), "text": escape(text)}),
            Self::Fault { error, .. } => json!({
                "event": event("fault"),
                "expected": error.expected,
                "span": error.span,
            }),
        }
    }
}

impl Standard {
    /// The only record, if nothing is wrong with it. `is_similar` tells that a text beside it was probably
    /// meant as a record.
    ///
    /// # Errors
    /// There is none, in a few words for a line of a summary.
    pub(super) fn sound<'s, R>(
        &self,
        looked: &'s Sole<R>,
        is_similar: bool,
    ) -> Result<&'s Published<R>, Phrase> {
        let Self { title, readers, .. } = self;
        let said = Phrase::new();
        Err(match &looked.found {
            Found::One(published) if published.record.errors.is_empty() => return Ok(published),
            Found::One(_) => said.bad("syntax error"),
            Found::Failed(failure) => {
                said.name(looked.owner()).plain(" TXT ").unknown(failure.trouble.sentence())
            }
            Found::Nothing if is_similar => said
                .plain(format!("no {title} record; {readers} "))
                .weak("ignore the similar TXT record"),
            Found::Nothing => said.plain("no record"),
            Found::Several(texts) => said
                .number(texts.len())
                .plain(format!(" records: {readers} "))
                .bad("ignore all of them"),
        })
    }
}
