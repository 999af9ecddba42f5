//! From text to [`Record`]: every fault with its place (RFC 8460 §3).
//!
//! ```text
//! tlsrpt-record    = tlsrpt-version 1*(field-delim tlsrpt-field) [field-delim]
//! field-delim      = *WSP ";" *WSP
//! tlsrpt-field     = tlsrpt-rua / tlsrpt-extension        ; rua is required
//! tlsrpt-version   = %s"v=TLSRPTv1"
//! tlsrpt-rua       = %s"rua=" tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri)
//! tlsrpt-extension = tlsrpt-ext-name "=" tlsrpt-ext-value
//! ```
//!
//! This is no tag list of RFC 6376: names are case-sensitive, and no white space is allowed around
//! the equals sign or at either end of the record. A fault costs its field; the others are still read.

use super::record::{Extension, Record};
use super::uri::{ReportUri, uri_list};
use crate::text::lex::whole;
use crate::text::{Citation, Parsed, Span, SyntaxError, field_list, rfc};
use std::sync::Arc;

const SYNTAX: Citation = rfc(8460, "3");

/// How every record begins.
pub(super) const BEGIN: &[u8] = b"v=TLSRPTv1;";

/// True if the text is a TLS-RPT record at all, and not one of those that senders discard.
pub fn is_record(text: &[u8]) -> bool {
    // RFC 8460 §3: "records that do not begin with "v=TLSRPTv1;" are discarded"
    text.starts_with(BEGIN)
}

/// Reads a record; `None` if the text is not a TLS-RPT record.
pub fn parse(text: impl Into<Arc<[u8]>>) -> Option<Parsed<Record>> {
    let text = text.into();
    let fields = text.strip_prefix(BEGIN)?;
    let mut reader = Reader { text: &text, ..Reader::default() };
    for field in field_list::fields(fields) {
        reader.take(field);
    }
    reader.require_rua();
    let Reader { rua, repeated, extensions, mut errors, .. } = reader;
    errors.sort_by_key(|error| error.span);
    let record =
        Record { text: Arc::clone(&text), rua: rua.unwrap_or_default(), repeated, extensions };
    Some(Parsed { value: record, errors })
}

/// A record while it is read.
#[derive(Default)]
struct Reader<'a> {
    text: &'a [u8],
    /// The URIs of the first `rua` field, if there is one.
    rua: Option<Vec<ReportUri>>,
    repeated: Vec<Span>,
    extensions: Vec<Extension>,
    errors: Vec<SyntaxError>,
    /// True if a field with a fault was meant as `rua`.
    is_rua_faulty: bool,
}

impl<'a> Reader<'a> {
    fn take(&mut self, field: &'a [u8]) {
        if let Some(list) = field.strip_prefix(b"rua=") {
            let uris = uri_list(self.text, list, &mut self.errors);
            match &self.rua {
                None => self.rua = Some(uris),
                Some(_) => self.repeated.push(Span::within(self.text, field)),
            }
            return;
        }
        let extension = field_list::extension("a field such as rua=mailto:tls@example.com");
        match whole(extension, "the end of the field", field) {
            Ok((name, value)) => {
                let [name, value] = [name, value].map(|part| Span::within(self.text, part));
                self.extensions.push(Extension { name, value });
            }
            Err(wanted) => {
                self.is_rua_faulty |= field.get(..3).is_some_and(is_rua);
                self.errors.push(wanted.in_piece(self.text, field, SYNTAX));
            }
        }
    }

    /// Adds a fault if there is no `rua`: where it has capitals, or else at the end.
    fn require_rua(&mut self) {
        if self.rua.is_some() || self.is_rua_faulty {
            return;
        }
        let mut names = self.extensions.iter().map(|extension| extension.name);
        let capitals = names.find(|name| is_rua(name.of(self.text)));
        let end = Span::new(self.text.len(), self.text.len());
        let (span, expected) = match capitals {
            Some(name) => (name, "rua in lower case"),
            None => (end, "a rua field, such as rua=mailto:tls@example.com"),
        };
        self.errors.push(SyntaxError::new(span, expected, SYNTAX));
    }
}

fn is_rua(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"rua")
}
