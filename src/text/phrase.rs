//! Sentences whose words have roles.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// What a piece of a sentence is; a renderer maps it to a colour or a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// An ordinary word.
    Plain,
    /// Text of a record, a term, a tag.
    Code,
    /// A domain or host name.
    Name,
    /// An address, a network or a count of addresses.
    Addr,
    /// A number that matters.
    Number,
    /// A result that is good.
    Good,
    /// A result that is bad.
    Bad,
    /// A result that is weak, or a warning.
    Weak,
    /// What could not be told.
    Unknown,
}

/// A piece of a sentence. Its text holds printable characters only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    role: Role,
    text: String,
}

impl Piece {
    /// What the piece is.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Its words, escaped: safe to write to a terminal.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A sentence made of pieces with roles.
///
/// Every octet that enters goes through [`escape`], so a `Phrase` can always be written to a
/// terminal: colour is added by renderers from roles, never by the text itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase {
    pieces: Vec<Piece>,
}

impl Phrase {
    /// An empty sentence.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a piece with a role.
    #[must_use]
    pub fn with(mut self, role: Role, text: impl AsRef<[u8]>) -> Self {
        self.push(role, text.as_ref());
        self
    }

    /// Adds a piece with a role in place.
    pub fn push(&mut self, role: Role, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.role == role => escape_into(text, &mut last.text),
            _ => self.pieces.push(Piece { role, text: escape(text) }),
        }
    }

    /// Adds ordinary words.
    #[must_use]
    pub fn plain(self, text: impl AsRef<[u8]>) -> Self {
        self.with(Role::Plain, text)
    }

    /// Adds text of a record.
    #[must_use]
    pub fn code(self, text: impl AsRef<[u8]>) -> Self {
        self.with(Role::Code, text)
    }

    /// Adds a name.
    #[must_use]
    pub fn name(self, name: impl fmt::Display) -> Self {
        self.with(Role::Name, name.to_string())
    }

    /// Adds an address, a network, or a count of addresses.
    #[must_use]
    pub fn addr(self, addr: impl fmt::Display) -> Self {
        self.with(Role::Addr, addr.to_string())
    }

    /// Adds a number.
    #[must_use]
    pub fn number(self, number: impl fmt::Display) -> Self {
        self.with(Role::Number, number.to_string())
    }

    /// Adds a good result.
    #[must_use]
    pub fn good(self, text: impl AsRef<[u8]>) -> Self {
        self.with(Role::Good, text)
    }

    /// Adds a bad result.
    #[must_use]
    pub fn bad(self, text: impl AsRef<[u8]>) -> Self {
        self.with(Role::Bad, text)
    }

    /// Adds a weak result.
    #[must_use]
    pub fn weak(self, text: impl AsRef<[u8]>) -> Self {
        self.with(Role::Weak, text)
    }

    /// Adds what could not be told.
    #[must_use]
    pub fn unknown(self, text: impl AsRef<[u8]>) -> Self {
        self.with(Role::Unknown, text)
    }

    /// Adds another sentence at the end.
    #[must_use]
    pub fn then(mut self, other: Phrase) -> Self {
        self.pieces.extend(other.pieces);
        self
    }

    /// `a`, `a and b`, `a, b and c`, where `last` is what stands before the last one; beyond the
    /// first `told` they are counted: `a, b and 3 more`.
    pub fn listed(all: impl IntoIterator<Item = Self>, named: usize, last: &str) -> Self {
        let all: Vec<Self> = all.into_iter().collect();
        let (count, more) = (all.len(), all.len().saturating_sub(named));
        let said =
            all.into_iter().take(named).enumerate().fold(Self::new(), |said, (index, one)| {
                let gap = match index {
                    0 => "",
                    _ if index + 1 == count => last,
                    _ => ", ",
                };
                said.plain(gap).then(one)
            });
        if more > 0 { said.plain(format!(" and {more} more")) } else { said }
    }

    /// The pieces in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// True if nothing was said.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}

impl From<&str> for Phrase {
    fn from(text: &str) -> Self {
        Self::new().plain(text)
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| out.write_str(&piece.text))
    }
}

impl Serialize for Phrase {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Phrase {
    /// Reads the words; their roles are not written, so all of them are plain.
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Self::from(&*Cow::<str>::deserialize(input)?))
    }
}

/// The text in printable form: every control character, every format character that can change
/// the order or the look of what follows, and every octet that is not UTF-8 becomes `\xNN`.
pub fn escape(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(text, &mut out);
    out
}

/// Appends [`escape`] of `text` to `out`.
pub fn escape_into(text: &[u8], out: &mut String) {
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            if is_harmless(character) {
                out.push(character);
            } else {
                let mut buffer = [0; 4];
                hex(character.encode_utf8(&mut buffer).as_bytes(), out);
            }
        }
        hex(chunk.invalid(), out);
    }
}

/// A whole number with commas between groups of three digits.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn hex(octets: &[u8], out: &mut String) {
    for octet in octets {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\x{octet:02x}");
    }
}

/// Printable ASCII, and letters and signs of other scripts that neither move the cursor, nor
/// reverse the direction of writing, nor hide themselves.
fn is_harmless(character: char) -> bool {
    match character {
        ' '..='~' => true,
        '\u{00}'..='\u{1f}' | '\u{7f}'..='\u{a0}' | '\u{ad}' => false,
        // Arabic letter mark, Mongolian selectors, zero-width and bidirectional controls, line
        // and paragraph separators, invisible operators, variation selectors, byte order mark,
        // interlinear annotation, private use, tags and unassigned planes; U+FFFE and U+FFFF are no
        // characters, and XML 1.0 §2.2 cannot carry them.
        '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' => false,
        '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' => false,
        '\u{205f}'..='\u{206f}' | '\u{3000}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' => false,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' => false,
        '\u{fffe}'..='\u{ffff}' => false,
        '\u{e0000}'.. => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_escapes_are_shown_and_never_emitted() {
        assert_eq!(escape(b"\x1b[31mred\x07"), "\\x1b[31mred\\x07");
    }

    #[test]
    fn numbers_are_grouped_by_three_digits() {
        assert_eq!([0, 999, 1000, 458_752].map(grouped), ["0", "999", "1,000", "458,752"]);
    }

    #[test]
    fn eight_bit_controls_and_direction_marks_are_shown_as_octets() {
        assert_eq!(escape("a\u{9b}b\u{202e}c".as_bytes()), "a\\xc2\\x9bb\\xe2\\x80\\xaec");
    }

    #[test]
    fn what_is_no_character_is_shown_as_octets() {
        let shown = escape("a\u{fffe}\u{ffff}\u{fffd}".as_bytes());
        assert_eq!(shown, "a\\xef\\xbf\\xbe\\xef\\xbf\\xbf\u{fffd}");
    }

    #[test]
    fn octets_that_are_not_utf8_are_shown_as_octets() {
        assert_eq!(escape(b"v=spf1 \xff\x80"), "v=spf1 \\xff\\x80");
    }

    #[test]
    fn a_list_names_the_first_and_counts_the_others() {
        let said = |count: usize| {
            let all = ["a", "b", "c", "d"].into_iter().take(count).map(Phrase::from);
            Phrase::listed(all, 3, " and ").to_string()
        };
        assert_eq!([1, 2, 3, 4].map(said), ["a", "a and b", "a, b and c", "a, b, c and 1 more"]);
    }
}
