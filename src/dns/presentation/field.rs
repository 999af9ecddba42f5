//! Record data field by field: the form on the wire and the form in text, each from the other.

use super::word::Word;
use crate::net::Name;
use crate::text::lex::Wanted;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Wanted where a character-string is too long.
pub(crate) const LONG_STRING: &str = "a string of at most 255 octets: split it into several";

/// A field of record data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// A number of one octet.
    U8,
    /// A number of two octets.
    U16,
    /// A number of four octets.
    U32,
    /// A time in seconds, four octets; units may be written.
    Seconds,
    /// An IPv4 address.
    A,
    /// An IPv6 address.
    Aaaa,
    /// A domain name, not compressed.
    Domain,
    /// A character-string: at most 255 octets behind their length.
    CharacterString,
    /// Character-strings to the end of the data.
    CharacterStrings,
    /// Text to the end of the data, without a length (RFC 8659 §4.1.1).
    Text,
    /// Letters and digits behind their length (RFC 8659 §4.1).
    Tag,
    /// Octets to the end of the data, in hexadecimal.
    Hex,
}

/// The words of a record's data, taken one by one.
pub(crate) struct Words<'w, 'a> {
    words: std::slice::Iter<'w, Word<'a>>,
    /// What follows the last word: where a missing one is missed.
    after: &'a [u8],
}

impl<'w, 'a> Words<'w, 'a> {
    /// The words of a record, and the text after them.
    pub(crate) fn new(words: &'w [Word<'a>], after: &'a [u8]) -> Self {
        Self { words: words.iter(), after }
    }

    /// The next word, not taken.
    pub(crate) fn peek(&self) -> Option<Word<'a>> {
        self.words.as_slice().first().copied()
    }

    /// Takes the next word, which should be `what`.
    pub(crate) fn take(&mut self, what: &'static str) -> Result<Word<'a>, Wanted<'a>> {
        self.words.next().copied().ok_or(Wanted { at: self.after, what })
    }

    /// Takes a word as whatever `read` makes of it.
    fn take_as<T>(
        &mut self,
        what: &'static str,
        read: impl FnOnce(Word<'a>) -> Option<T>,
    ) -> Result<T, Wanted<'a>> {
        let word = self.take(what)?;
        read(word).ok_or(Wanted { at: word.text, what })
    }

    /// Takes all remaining words as octets in hexadecimal.
    pub(crate) fn take_hex(&mut self, wire: &mut Vec<u8>) -> Result<(), Wanted<'a>> {
        const WHAT: &str = "octets in hexadecimal, two digits each";
        let mut half = None;
        for word in self.words.by_ref() {
            for octet in word.text {
                let digit = char::from(*octet).to_digit(16).filter(|_| !word.quoted);
                let digit = digit.ok_or(Wanted { at: word.text, what: WHAT })? as u8;
                match half.take() {
                    None => half = Some(digit),
                    Some(high) => wire.push(high << 4 | digit),
                }
            }
        }
        half.map_or(Ok(()), |_| Err(Wanted { at: self.after, what: WHAT }))
    }

    /// Makes sure that nothing is left.
    pub(crate) fn end(&mut self) -> Result<(), Wanted<'a>> {
        match self.words.next() {
            None => Ok(()),
            Some(word) => Err(Wanted { at: word.text, what: "the end of the record" }),
        }
    }
}

impl Field {
    /// Reads the field from words and appends it to `wire`.
    pub(crate) fn encode<'a>(
        self,
        words: &mut Words<'_, 'a>,
        origin: Option<&Name>,
        wire: &mut Vec<u8>,
    ) -> Result<(), Wanted<'a>> {
        match self {
            Self::U8 => {
                wire.push(words.take_as("a number from 0 to 255", |word| {
                    word.number().and_then(|number| u8::try_from(number).ok())
                })?);
            }
            Self::U16 => {
                let number = words.take_as("a number from 0 to 65535", |word| {
                    word.number().and_then(|number| u16::try_from(number).ok())
                })?;
                wire.extend(number.to_be_bytes());
            }
            Self::U32 => wire.extend(words.take_as("a number", Word::number)?.to_be_bytes()),
            Self::Seconds => {
                wire.extend(words.take_as("a time in seconds", Word::seconds)?.to_be_bytes());
            }
            Self::A => {
                let address: Ipv4Addr = words.take_as("an IPv4 address", parse)?;
                wire.extend(address.octets());
            }
            Self::Aaaa => {
                let address: Ipv6Addr = words.take_as("an IPv6 address", parse)?;
                wire.extend(address.octets());
            }
            Self::Domain => push_name(&words.take("a domain name")?.name(origin)?, wire),
            Self::CharacterString => push_string(words.take("a string")?, wire)?,
            Self::CharacterStrings => {
                while words.peek().is_some() {
                    push_string(words.take("a string")?, wire)?;
                }
            }
            Self::Text => {
                for octet in words.take("a text")?.octets() {
                    wire.push(octet?.0);
                }
            }
            Self::Tag => {
                let tag = words.take_as("letters and digits", |word| {
                    word.text.iter().all(u8::is_ascii_alphanumeric).then_some(word)
                })?;
                push_string(tag, wire)?;
            }
            Self::Hex => {
                let before = wire.len();
                words.take_hex(wire)?;
                if wire.len() == before {
                    words.take("octets in hexadecimal")?;
                }
            }
        }
        Ok(())
    }

    /// Takes the field from the front of `wire` and writes it; `None` if it is not there, or
    /// would not be read back as the same octets.
    pub(crate) fn decode(self, wire: &mut &[u8], out: &mut String) -> Option<()> {
        // Writing to a String cannot fail.
        let _ = match self {
            Self::U8 => write!(out, "{}", take_array::<1>(wire)?[0]),
            Self::U16 => write!(out, "{}", u16::from_be_bytes(take_array(wire)?)),
            Self::U32 => write!(out, "{}", u32::from_be_bytes(take_array(wire)?)),
            Self::Seconds => {
                let seconds = u32::from_be_bytes(take_array(wire)?);
                (seconds <= i32::MAX as u32).then_some(())?;
                write!(out, "{seconds}")
            }
            Self::A => write!(out, "{}", Ipv4Addr::from(take_array::<4>(wire)?)),
            Self::Aaaa => write!(out, "{}", Ipv6Addr::from(take_array::<16>(wire)?)),
            Self::Domain => {
                let before = *wire;
                let name = take_name(wire)?;
                let mut again = Vec::with_capacity(before.len());
                push_name(&name, &mut again);
                // Names are folded to lower case; octets of an unknown record are not ours to fold.
                before.starts_with(&again).then_some(())?;
                write_name(&name, out);
                Ok(())
            }
            Self::CharacterString => {
                quote(take_string(wire)?, out);
                Ok(())
            }
            Self::CharacterStrings => {
                while !wire.is_empty() {
                    if !out.is_empty() {
                        out.push(' ');
                    }
                    quote(take_string(wire)?, out);
                }
                Ok(())
            }
            Self::Text => {
                quote(std::mem::take(wire), out);
                Ok(())
            }
            Self::Tag => {
                let tag = take_string(wire)?;
                let plain = !tag.is_empty() && tag.iter().all(u8::is_ascii_alphanumeric);
                plain.then(|| out.push_str(&String::from_utf8_lossy(tag)))?;
                Ok(())
            }
            Self::Hex => {
                (!wire.is_empty()).then_some(())?;
                std::mem::take(wire).iter().try_for_each(|octet| write!(out, "{octet:02x}"))
            }
        };
        Some(())
    }
}

/// An address, written without quotes and escapes.
fn parse<T: std::str::FromStr>(word: Word<'_>) -> Option<T> {
    (!word.quoted).then(|| std::str::from_utf8(word.text).ok()?.parse().ok())?
}

/// Appends a name in wire form.
pub(crate) fn push_name(name: &Name, wire: &mut Vec<u8>) {
    for label in name.labels() {
        // A label has at most 63 octets.
        wire.push(label.len() as u8);
        wire.extend_from_slice(label);
    }
    wire.push(0);
}

/// Appends a character-string.
fn push_string<'a>(word: Word<'a>, wire: &mut Vec<u8>) -> Result<(), Wanted<'a>> {
    let length = wire.len();
    wire.push(0);
    for octet in word.octets() {
        wire.push(octet?.0);
    }
    // RFC 1035 §3.3: "a single length octet followed by that number of characters"
    let octets = u8::try_from(wire.len() - length - 1)
        .map_err(|_| Wanted { at: word.text, what: LONG_STRING })?;
    if let Some(place) = wire.get_mut(length) {
        *place = octets;
    }
    Ok(())
}

/// Takes a fixed number of octets.
pub(crate) fn take_array<const N: usize>(wire: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = wire.split_first_chunk::<N>()?;
    *wire = rest;
    Some(*head)
}

/// Takes a name in wire form.
pub(crate) fn take_name(wire: &mut &[u8]) -> Option<Name> {
    let mut labels: Vec<&[u8]> = Vec::new();
    loop {
        match take_string(wire)? {
            [] => return Name::from_labels(labels).ok(),
            // Compressed names do not occur in stored data, and 255 octets have no more labels.
            label if label.len() > 63 || labels.len() > 127 => return None,
            label => labels.push(label),
        }
    }
}

/// Takes a character-string.
pub(crate) fn take_string<'a>(wire: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = wire.split_first()?;
    let (string, rest) = rest.split_at_checked(usize::from(*length))?;
    *wire = rest;
    Some(string)
}

/// Writes a name with its final dot.
fn write_name(name: &Name, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{name}");
    if !name.is_root() {
        out.push('.');
    }
}

/// Writes a string in quotes; `\DDD` for what is not printable ASCII.
fn quote(string: &[u8], out: &mut String) {
    out.push('"');
    for octet in string {
        match octet {
            b'"' | b'\\' => out.extend(['\\', char::from(*octet)]),
            b' '..=b'~' => out.push(char::from(*octet)),
            // Writing to a String cannot fail.
            _ => drop(write!(out, "\\{octet:03}")),
        }
    }
    out.push('"');
}
