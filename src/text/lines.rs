//! From offsets in a text to lines and columns.

/// Octets between two checkpoints, at most; a place is found by counting no more than that.
const STRIDE: usize = 256;

/// The lines of a text. Columns are counted in characters of UTF-8; an octet that is none counts
/// as a character of its own if it does not look like a continuation.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    /// Offset, line and column, ascending: each start of a line, and steps within long lines.
    checkpoints: Vec<(usize, u32, u32)>,
}

impl<'a> Lines<'a> {
    /// Measures a text, in one pass.
    pub(crate) fn new(text: &'a [u8]) -> Self {
        let mut checkpoints = vec![(0, 1, 1)];
        let (mut line, mut column, mut last) = (1_u32, 1_u32, 0);
        for (offset, octet) in text.iter().enumerate() {
            if offset - last == STRIDE {
                checkpoints.push((offset, line, column));
                last = offset;
            }
            if *octet == b'\n' {
                (line, column, last) = (line.saturating_add(1), 1, offset + 1);
                checkpoints.push((last, line, column));
            } else if begins_character(*octet) {
                column = column.saturating_add(1);
            }
        }
        Self { text, checkpoints }
    }

    /// Line and column of an offset, both from 1.
    pub(crate) fn place(&self, offset: usize) -> (u32, u32) {
        let index = self.checkpoints.partition_point(|checkpoint| checkpoint.0 <= offset);
        let (start, line, column) = match index.checked_sub(1).map(|i| self.checkpoints.get(i)) {
            Some(Some(checkpoint)) => *checkpoint,
            _ => (0, 1, 1),
        };
        let before = self.text.get(start..offset).unwrap_or_default();
        let characters = before.iter().filter(|octet| begins_character(**octet)).count();
        (line, column.saturating_add(u32::try_from(characters).unwrap_or(u32::MAX)))
    }
}

/// True for the first octet of a character in UTF-8.
pub(crate) fn begins_character(octet: u8) -> bool {
    octet & 0xc0 != 0x80
}
