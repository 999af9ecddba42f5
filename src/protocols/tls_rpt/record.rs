//! What a TLS-RPT record may say (RFC 8460 §3).

use super::uri::ReportUri;
use crate::text::Span;
use std::sync::Arc;

/// A TLS-RPT record, as far as it can be read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// The text, strings joined.
    pub text: Arc<[u8]>,
    /// The URIs of the first `rua` field, in order.
    pub rua: Vec<ReportUri>,
    /// Where further `rua` fields are: the grammar allows them and gives them no meaning.
    pub repeated: Vec<Span>,
    /// Fields that RFC 8460 does not define; senders ignore them.
    pub extensions: Vec<Extension>,
}

/// A field that RFC 8460 does not define, by its places in the record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Extension {
    /// Its name.
    pub name: Span,
    /// Its value.
    pub value: Span,
}

impl Record {
    /// The text at a place.
    pub fn show(&self, span: Span) -> &[u8] {
        span.of(&self.text)
    }

    /// True if senders support the scheme of a URI.
    pub fn has_destination(&self) -> bool {
        self.rua.iter().any(|uri| uri.scheme.is_supported())
    }
}
