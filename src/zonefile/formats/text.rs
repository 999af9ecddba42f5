//! Text that a file writes in its own way, and where in the file each octet of it stands.

use crate::dns::presentation::Word;
use crate::text::lex::Wanted;

/// Octets, and the offset in the file that each comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    octets: Vec<u8>,
    /// Index and offset: octets from the index on stand one after another from the offset on.
    runs: Vec<(u32, u32)>,
    /// The offset of a text without octets.
    start: usize,
}

impl Text {
    /// A text without octets, which begins at an offset.
    pub(super) fn at(start: usize) -> Self {
        Self { start, ..Self::default() }
    }

    /// Octets that stand in the file as they are, from an offset on.
    pub(super) fn plain(octets: &[u8], start: usize) -> Self {
        let mut text = Self::at(start);
        text.extend(octets, start);
        text
    }

    /// A word that is not in the file, and is said to stand at an offset.
    pub(super) fn implied(octets: &[u8], start: usize) -> Self {
        let mut text = Self::at(start);
        octets.iter().for_each(|octet| text.push(*octet, start));
        text
    }

    /// Adds an octet that comes from an offset.
    pub(super) fn push(&mut self, octet: u8, offset: usize) {
        if self.octets.is_empty() || self.offset(self.octets.len()) != offset {
            // Files are smaller than 4 GiB.
            let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            self.runs.push((short(self.octets.len()), short(offset)));
        }
        self.octets.push(octet);
    }

    /// Adds octets that stand one after another from an offset on.
    pub(super) fn extend(&mut self, octets: &[u8], offset: usize) {
        if let Some((first, others)) = octets.split_first() {
            self.push(*first, offset);
            self.octets.extend_from_slice(others);
        }
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Where in the file the octet with this index comes from; behind the last one, where the next
    /// would stand.
    pub(super) fn offset(&self, index: usize) -> usize {
        let after = self.runs.partition_point(|run| run.0 as usize <= index);
        match after.checked_sub(1).and_then(|run| self.runs.get(run)) {
            Some((first, offset)) => *offset as usize + (index - *first as usize),
            None => self.start,
        }
    }

    /// Where it begins.
    pub(super) fn start(&self) -> usize {
        self.offset(0)
    }

    /// The octets with the indices of a range.
    pub(super) fn part(&self, range: std::ops::Range<usize>) -> Self {
        let mut part = Self::at(self.offset(range.start));
        for (index, octet) in self.octets.iter().enumerate().take(range.end).skip(range.start) {
            part.push(*octet, self.offset(index));
        }
        part
    }

    /// Adds another text.
    pub(super) fn append(&mut self, other: &Self) {
        for (index, octet) in other.octets.iter().enumerate() {
            self.push(*octet, other.offset(index));
        }
    }

    /// The text as a master file writes it: strings in quotes, cut where one is full.
    pub(super) fn quoted(&self) -> Self {
        self.strings(255)
    }

    /// The text as one string in quotes, however long it is.
    pub(super) fn one_string(&self) -> Self {
        self.strings(usize::MAX)
    }

    fn strings(&self, length: usize) -> Self {
        let mut out = Self::at(self.start());
        out.push(b'"', self.start());
        for (index, octet) in self.octets.iter().enumerate() {
            let offset = self.offset(index);
            if index > 0 && index % length == 0 {
                b"\" \"".iter().for_each(|octet| out.push(*octet, offset));
            }
            match octet {
                b'"' | b'\\' => out.push(b'\\', offset),
                // A line end would end the string.
                b'\n' => {
                    b"\\010".iter().for_each(|octet| out.push(*octet, offset));
                    continue;
                }
                _ => {}
            }
            out.push(*octet, offset);
        }
        out.push(b'"', self.offset(self.octets.len()));
        out
    }

    /// The octets that the text means, if backslashes in it are escapes (RFC 1035 §5.1).
    ///
    /// # Errors
    /// The index of an escape that means nothing, and what was expected there.
    pub(super) fn unescaped(&self) -> Result<Self, (usize, &'static str)> {
        let mut out = Self::at(self.start());
        for step in (Word { text: &self.octets, quoted: true }).octets() {
            let wrong = |it: Wanted<'_>| (self.octets.len() - it.at.len(), it.what);
            let (octet, index) = step.map_err(wrong)?;
            out.push(octet, self.offset(index));
        }
        Ok(out)
    }

    /// The text as a word of a master file.
    pub(super) fn word(&self) -> Word<'_> {
        Word { text: &self.octets, quoted: false }
    }
}
