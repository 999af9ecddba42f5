//! From offsets in a text to lines and columns.

/// Octets between two checkpoints; a place is found by counting no more than that.
const STRIDE: usize = 256;

/// The lines of a text. Columns are counted in characters of UTF-8; an octet that is none counts
/// as a character of its own if it does not look like a continuation.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    /// Line and column at each multiple of [`STRIDE`]: memory does not depend on how lines end.
    checkpoints: Vec<(u32, u32)>,
}

impl<'a> Lines<'a> {
    /// Measures a text, in one pass.
    pub(crate) fn new(text: &'a [u8]) -> Self {
        let mut place = (1, 1);
        let mut checkpoints = Vec::with_capacity(text.len() / STRIDE + 1);
        for stride in text.chunks(STRIDE) {
            checkpoints.push(place);
            place = advance(place, stride);
        }
        Self { text, checkpoints }
    }

    /// Line and column of an offset, both from 1.
    pub(crate) fn place(&self, offset: usize) -> (u32, u32) {
        let last = self.checkpoints.len().saturating_sub(1);
        let index = (offset / STRIDE).min(last);
        let place = self.checkpoints.get(index).copied().unwrap_or((1, 1));
        let end = offset.min(self.text.len());
        advance(place, self.text.get(index * STRIDE..end).unwrap_or_default())
    }
}

/// The place behind a piece of text that begins at a place.
fn advance((line, column): (u32, u32), text: &[u8]) -> (u32, u32) {
    let count = |text: &[u8], counts: fn(u8) -> bool| {
        u32::try_from(text.iter().filter(|octet| counts(**octet)).count()).unwrap_or(u32::MAX)
    };
    let ends = count(text, |octet| octet == b'\n');
    let last = text.rsplit(|octet| *octet == b'\n').next().unwrap_or_default();
    let characters = count(last, begins_character);
    let column = if ends > 0 { 1 } else { column };
    (line.saturating_add(ends), column.saturating_add(characters))
}

/// True for the first octet of a character in UTF-8.
pub(crate) fn begins_character(octet: u8) -> bool {
    octet & 0xc0 != 0x80
}
