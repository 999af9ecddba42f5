//! JSON (RFC 8259), read piece by piece so that a large document need not be held as values.
//!
//! A piece is a slice of the text, and so knows where it stands. Only what is asked for is looked
//! into; everything else is passed over, without recursion.

use super::text::Text;
use super::value::{Node, Value};
use crate::text::Span;
use crate::zonefile::zone::ErrorKind;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;

/// Values of one record, at most.
const VALUE_LIMIT: usize = 10_000;
/// How deep values of a record may be nested.
const DEPTH_LIMIT: usize = 16;
/// Members of an object, at most.
const MEMBER_LIMIT: usize = 10_000;

/// Octets of a string as it is written, at most; no record set has nearly as many.
pub(super) const STRING_LIMIT: usize = 1024 * 1024;

/// Where a document is wrong, in which way, and in words.
pub(super) type Wrong = (usize, ErrorKind, String);

/// A value in a document.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    document: &'a str,
    raw: &'a RawValue,
}

impl<'a> Piece<'a> {
    /// The whole of a document, checked to be JSON.
    pub(super) fn document(document: &'a str) -> Result<Self, Wrong> {
        match serde_json::from_str(document) {
            Ok(raw) => Ok(Self { document, raw }),
            Err(error) => Err(wrong(document, document, &error)),
        }
    }

    /// Where it begins.
    pub(super) fn offset(self) -> usize {
        Span::within(self.document.as_bytes(), self.raw.get().as_bytes()).start as usize
    }

    fn first(self) -> u8 {
        self.raw.get().bytes().next().unwrap_or_default()
    }

    pub(super) fn is_object(self) -> bool {
        self.first() == b'{'
    }

    pub(super) fn is_array(self) -> bool {
        self.first() == b'['
    }

    /// The members of an object: keys, and their values. None for other values.
    pub(super) fn members(self) -> Result<Vec<(Text, Self)>, Wrong> {
        if !self.is_object() {
            return Ok(Vec::new());
        }
        let mut members = Vec::new();
        let each = |key: &'a RawValue, raw: &'a RawValue| members.push((key, raw));
        let mut reader = serde_json::Deserializer::from_str(self.raw.get());
        Each { object: Some(each), array: None::<fn(&'a RawValue)> }
            .deserialize(&mut reader)
            .map_err(|error| wrong(self.document, self.raw.get(), &error))?;
        let mut seen = HashSet::with_capacity(members.len());
        let mut read = Vec::with_capacity(members.len());
        for (key, raw) in &members {
            let key = Self { raw: key, ..self };
            let (at, key) = (key.offset(), key.string()?);
            if !seen.insert(key.octets().to_vec()) {
                let what = format!("expected the key {} once", shown(&key));
                return Err((at, ErrorKind::Syntax, what));
            }
            read.push((key, Self { raw, ..self }));
        }
        Ok(read)
    }

    /// The member of an object with this key, if it is there and not null.
    pub(super) fn get(self, key: &str) -> Result<Option<Self>, Wrong> {
        let mut members = self.members()?.into_iter();
        let member = members.find(|(name, _)| name.octets() == key.as_bytes());
        Ok(member.map(|member| member.1).filter(|value| value.first() != b'n'))
    }

    /// Hands out the elements of an array, one by one; none of other values.
    pub(super) fn each(self, mut element: impl FnMut(Self)) -> Result<(), Wrong> {
        if self.first() != b'[' {
            return Ok(());
        }
        let mut reader = serde_json::Deserializer::from_str(self.raw.get());
        let array = |raw: &'a RawValue| element(Self { raw, ..self });
        Each { object: None::<fn(&'a RawValue, &'a RawValue)>, array: Some(array) }
            .deserialize(&mut reader)
            .map_err(|error| wrong(self.document, self.raw.get(), &error))
    }

    /// The value with all that is in it.
    pub(super) fn value(self) -> Result<Value, Wrong> {
        self.nested(DEPTH_LIMIT, &mut { VALUE_LIMIT })
    }

    fn nested(self, depth: usize, left: &mut usize) -> Result<Value, Wrong> {
        let offset = self.offset();
        if depth == 0 || *left == 0 {
            let what = "expected a record of at most 10000 values, nested at most 16 deep";
            return Err((offset, ErrorKind::Limit, what.to_owned()));
        }
        *left -= 1;
        let node = match self.first() {
            b'{' => {
                let members = self.members()?.into_iter();
                let read =
                    members.map(|(key, value)| Ok((key, Rc::new(value.nested(depth - 1, left)?))));
                Node::Map(read.collect::<Result<_, Wrong>>()?)
            }
            b'[' => {
                let mut elements = Vec::new();
                self.each(|element| {
                    // One more than can be read is enough to tell.
                    if elements.len() <= VALUE_LIMIT {
                        elements.push(element);
                    }
                })?;
                let read = elements.into_iter().map(|it| Ok(Rc::new(it.nested(depth - 1, left)?)));
                Node::List(read.collect::<Result<_, Wrong>>()?)
            }
            b'"' => Node::Scalar(self.string()?),
            b'n' => Node::Null,
            _ => Node::Scalar(Text::plain(self.raw.get().as_bytes(), offset)),
        };
        Ok(Value { offset, node })
    }

    /// A string, without its quotes and escapes (RFC 8259 §7).
    fn string(self) -> Result<Text, Wrong> {
        let start = self.offset() + 1;
        let raw = self.raw.get();
        if raw.len() > STRING_LIMIT {
            let what = format!("expected strings of at most {STRING_LIMIT} octets");
            return Err((start, ErrorKind::Limit, what));
        }
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        let mut text = Text::at(start);
        let (mut rest, mut offset) = (inner, start);
        while let Some(at) = rest.find('\\') {
            let (plain, escaped) = rest.split_at(at);
            text.extend(plain.as_bytes(), offset);
            offset += at;
            let unknown = || (offset, ErrorKind::Syntax, "expected an escape of JSON".to_owned());
            let (character, length) = escape(escaped).ok_or_else(unknown)?;
            let mut octets = [0; 4];
            for octet in character.encode_utf8(&mut octets).bytes() {
                text.push(octet, offset);
            }
            rest = escaped.get(length..).unwrap_or_default();
            offset += length;
        }
        text.extend(rest.as_bytes(), offset);
        Ok(text)
    }
}

/// The character that an escape means, and how long it is.
fn escape(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let character = match text.as_bytes().get(1)? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let first = unit(2)?;
            if let Some(character) = char::from_u32(first.into()) {
                return Some((character, 6));
            }
            // RFC 8259 §7: a character outside the Basic Multilingual Plane is two of them.
            text.get(6..8).filter(|prefix| *prefix == "\\u")?;
            let character = char::decode_utf16([first, unit(8)?]).next()?.ok()?;
            return Some((character, 12));
        }
        octet @ (b'"' | b'\\' | b'/') => char::from(*octet),
        _ => return None,
    };
    Some((character, 2))
}

/// A key for a message.
fn shown(key: &Text) -> String {
    format!("\"{}\"", crate::text::escape(key.octets().get(..40).unwrap_or(key.octets())))
}

/// What is wrong in a part of a document.
fn wrong(document: &str, part: &str, error: &serde_json::Error) -> Wrong {
    let start = Span::within(document.as_bytes(), part.as_bytes()).start as usize;
    let lines = part.split_inclusive('\n').map(str::len);
    let line: usize = lines.take(error.line().saturating_sub(1)).sum();
    let offset = (line + error.column().saturating_sub(1)).min(part.len());
    if error.is_data() {
        let what = format!("expected at most {MEMBER_LIMIT} members of an object");
        return (start, ErrorKind::Limit, what);
    }
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or_default();
    (start + offset, ErrorKind::Syntax, format!("expected JSON: {what}"))
}

/// Hands out what is in an object or an array.
struct Each<O, A> {
    object: Option<O>,
    array: Option<A>,
}

impl<'de, O, A> DeserializeSeed<'de> for Each<O, A>
where
    O: FnMut(&'de RawValue, &'de RawValue),
    A: FnMut(&'de RawValue),
{
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, O, A> Visitor<'de> for Each<O, A>
where
    O: FnMut(&'de RawValue, &'de RawValue),
    A: FnMut(&'de RawValue),
{
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object or an array")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<(), M::Error> {
        let mut members = 0;
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            members += 1;
            if members > MEMBER_LIMIT {
                return Err(M::Error::custom("too many members"));
            }
            if let Some(object) = &mut self.object {
                object(key, value);
            }
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(mut self, mut elements: S) -> Result<(), S::Error> {
        while let Some(element) = elements.next_element::<&RawValue>()? {
            if let Some(array) = &mut self.array {
                array(element);
            }
        }
        Ok(())
    }
}
