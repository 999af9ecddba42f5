//! From text to [`Record`]: every fault with its place (RFC 8461 §3.1).
//!
//! ```text
//! sts-text-record = sts-version 1*(sts-field-delim sts-field) [sts-field-delim]
//! sts-field-delim = *WSP ";" *WSP
//! sts-field       = sts-id / sts-extension                ; id is required
//! sts-version     = %s"v=STSv1"
//! sts-id          = %s"id=" 1*32(ALPHA / DIGIT)
//! sts-extension   = sts-ext-name "=" sts-ext-value
//! ```
//!
//! A fault costs its field; the others are still read.

use super::record::Record;
use crate::text::lex::{Reading, whole};
use crate::text::{Citation, Parsed, Span, SyntaxError, field_list, rfc};
use nom::Parser;
use nom::bytes::complete::take_while_m_n;
use nom::error::context;
use std::sync::Arc;

const SYNTAX: Citation = rfc(8461, "3.1");

/// How every record begins.
pub(super) const BEGIN: &[u8] = b"v=STSv1;";

/// The longest `id`, in octets.
const ID_LIMIT: usize = 32;

/// True if the text is an MTA-STS record at all, and not one of those that senders discard.
pub fn is_record(text: &[u8]) -> bool {
    // RFC 8461 §3.1: "records that do not begin with "v=STSv1;" are discarded"
    text.starts_with(BEGIN)
}

/// Reads a record; `None` if the text is not an MTA-STS record.
pub fn parse(text: impl Into<Arc<[u8]>>) -> Option<Parsed<Record>> {
    let text = text.into();
    let fields = text.strip_prefix(BEGIN)?;
    let mut reader = Reader { text: &text, ..Reader::default() };
    for field in field_list::fields(fields) {
        reader.take(field);
    }
    reader.require_id();
    let Reader { id, repeated, extensions, mut errors, .. } = reader;
    errors.sort_by_key(|error| error.span);
    let record = Record { text: Arc::clone(&text), id: id.flatten(), repeated, extensions };
    Some(Parsed { value: record, errors })
}

/// A record while it is read.
#[derive(Default)]
struct Reader<'a> {
    text: &'a [u8],
    /// The value of the first `id` field, if there is one: `Some(None)` if it has a fault.
    id: Option<Option<Span>>,
    repeated: Vec<Span>,
    extensions: Vec<Span>,
    errors: Vec<SyntaxError>,
    /// True if a field with a fault was meant as `id`.
    is_id_faulty: bool,
}

impl<'a> Reader<'a> {
    fn take(&mut self, field: &'a [u8]) {
        let span = Span::within(self.text, field);
        if let Some(value) = field.strip_prefix(b"id=") {
            // RFC 8461 §3.2, of record and file: "all entries except for the first SHALL be ignored"
            match self.id {
                None => self.id = Some(self.id_of(value)),
                Some(_) => self.repeated.push(span),
            }
            return;
        }
        let extension = field_list::extension("a field such as id=20261127");
        match whole(extension, "the end of the field", field) {
            Ok(_) => self.extensions.push(span),
            Err(wanted) => {
                self.is_id_faulty |= field.get(..2).is_some_and(is_id);
                self.errors.push(wanted.in_piece(self.text, field, SYNTAX));
            }
        }
    }

    fn id_of(&mut self, value: &'a [u8]) -> Option<Span> {
        let span = Span::within(self.text, value);
        let long = value.get(ID_LIMIT..).filter(|rest| !rest.is_empty());
        if let Some(rest) = long.filter(|_| value.iter().all(u8::is_ascii_alphanumeric)) {
            let rest = Span::within(self.text, rest);
            self.errors.push(SyntaxError::new(rest, "at most 32 characters", SYNTAX));
            return None;
        }
        match whole(id, "only letters and digits", value) {
            Ok(_) => Some(span),
            Err(wanted) => {
                self.errors.push(wanted.in_piece(self.text, value, SYNTAX));
                None
            }
        }
    }

    /// Adds a fault if there is no `id`: where it has capitals, or else at the end.
    fn require_id(&mut self) {
        if self.id.is_some() || self.is_id_faulty {
            return;
        }
        let capitals = self.extensions.iter().filter_map(|span| {
            let name = span.of(self.text).split(|octet| *octet == b'=').next()?;
            is_id(name).then(|| Span::within(self.text, name))
        });
        let end = Span::new(self.text.len(), self.text.len());
        let (span, expected) = match { capitals }.next() {
            Some(name) => (name, "id in lower case"),
            None => (end, "an id field, such as id=20261127"),
        };
        self.errors.push(SyntaxError::new(span, expected, SYNTAX));
    }
}

fn is_id(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"id")
}

/// `1*32(ALPHA / DIGIT)`
fn id(text: &[u8]) -> Reading<'_, &[u8]> {
    let digits = take_while_m_n(1, ID_LIMIT, |octet: u8| octet.is_ascii_alphanumeric());
    context("1 to 32 letters and digits", digits).parse(text)
}
