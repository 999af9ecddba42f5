//! What an MTA-STS record may say (RFC 8461 §3.1).

use crate::text::Span;
use std::sync::Arc;

/// An MTA-STS record, as far as it can be read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// The text, strings joined.
    pub text: Arc<[u8]>,
    /// Where the value of the first `id` is; senders fetch the policy again when it changes.
    pub id: Option<Span>,
    /// Where further `id` fields are: senders ignore them.
    pub repeated: Vec<Span>,
    /// Where fields are that RFC 8461 does not define; senders ignore them.
    pub extensions: Vec<Span>,
}

impl Record {
    /// The text at a place.
    pub fn show(&self, span: Span) -> &[u8] {
        span.of(&self.text)
    }

    /// The value of `id`; empty if the record has no valid one.
    pub fn id(&self) -> &[u8] {
        self.id.map_or(&[], |span| self.show(span))
    }
}
