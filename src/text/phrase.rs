//! Sentences whose words have roles.

use super::{escape, escape_into};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

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

/// Words as alternatives: `a`, `a or b`, `a, b or c`.
pub fn listed_or<S: AsRef<str>>(words: &[S]) -> String {
    let (last, before) = match words {
        [] => return String::new(),
        [only] => return only.as_ref().to_owned(),
        [before @ .., last] => (last, before),
    };
    let before: Vec<&str> = before.iter().map(AsRef::as_ref).collect();
    format!("{} or {}", before.join(", "), last.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three_digits() {
        assert_eq!([0, 999, 1000, 458_752].map(grouped), ["0", "999", "1,000", "458,752"]);
    }

    #[test]
    fn alternatives_are_a_list_with_one_or() {
        let said = |count: usize| listed_or(["a", "b", "c"].get(..count).unwrap_or_default());
        assert_eq!([0, 1, 2, 3].map(said), ["", "a", "a or b", "a, b or c"]);
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
