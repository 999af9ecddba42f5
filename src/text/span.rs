//! Where in a record something stands.

use serde::{Deserialize, Serialize};

/// A half-open range of octets in one record, counted from its first octet.
///
/// The record is the concatenation of a TXT record's character-strings (RFC 7208 §3.3).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Span {
    /// Offset of the first octet.
    pub start: u32,
    /// Offset after the last octet.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, both in octets.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: offset(start), end: offset(end) }
    }

    /// The place of `slice` inside `record`, of which it must be a part.
    ///
    /// Grammar functions hand around slices of the record; two addresses tell where one stands,
    /// so no offset has to be threaded through them.
    pub fn within(record: &[u8], slice: &[u8]) -> Self {
        let start = (slice.as_ptr() as usize).saturating_sub(record.as_ptr() as usize);
        let start = start.min(record.len());
        Self::new(start, (start + slice.len()).min(record.len()))
    }

    /// The octets of `record` that the span covers; empty if the span lies outside.
    pub fn of(self, record: &[u8]) -> &[u8] {
        record.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// How many octets the span covers.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// True for a place between two octets.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// DNS messages end at 65,535 octets, so an offset always fits; saturating keeps it total.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A value and the place that it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Pairs a value with its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}
