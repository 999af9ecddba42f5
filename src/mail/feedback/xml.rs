//! XML as reporters write it: events of `quick-xml`, with the markup that is none taken for text.
//!
//! Names are local names: a prefix says nothing about which form a report has. Entities are never
//! expanded and nothing is fetched. A `<` that begins no tag, an `&` that begins no reference and an
//! end tag that closes nothing cost themselves only.

use super::flaw::{Flaw, Flaws};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use std::borrow::Cow;

/// How much may be read again behind markup that is none, in octets: each such place costs what
/// `quick-xml` had read of it.
const AGAIN: usize = 8 * 1024 * 1024;

/// One step through a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<'t> {
    /// An element begins.
    Open(&'t str),
    /// An element ends.
    Close(&'t str),
    /// Characters; a text may come in several pieces.
    Text(Cow<'t, str>),
    /// The document defines entities.
    Entities,
    /// The text is over.
    End,
}

/// Steps through a text.
pub(super) struct Steps<'t> {
    text: &'t str,
    /// Where `reader` began.
    base: usize,
    reader: Reader<&'t [u8]>,
    again: usize,
    /// The end of an empty element, which is the next step.
    closing: Option<&'t str>,
}

impl<'t> Steps<'t> {
    /// Steps through this text.
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, base: 0, reader: reader(text), again: 0, closing: None }
    }

    /// The next step; `flaws` learns of markup that is none.
    pub(super) fn next(&mut self, flaws: &mut Flaws) -> Step<'t> {
        if let Some(name) = self.closing.take() {
            return Step::Close(name);
        }
        loop {
            let from = self.position();
            match self.reader.read_event() {
                Ok(Event::Start(_)) => match self.tag(from) {
                    Some(name) => return Step::Open(name),
                    None => return self.resume(from, flaws),
                },
                Ok(Event::Empty(_)) => match self.tag(from) {
                    Some(name) => {
                        self.closing = Some(name);
                        return Step::Open(name);
                    }
                    None => return self.resume(from, flaws),
                },
                Ok(Event::End(_)) => match self.end_tag(from) {
                    Some(name) => return Step::Close(name),
                    None => return self.resume(from, flaws),
                },
                Ok(Event::Text(_) | Event::CData(_)) => {
                    let raw = self.text.get(from..self.position()).unwrap_or_default();
                    let inner = raw.strip_prefix("<![CDATA[").and_then(|it| it.strip_suffix("]]>"));
                    return Step::Text(Cow::Borrowed(inner.unwrap_or(raw)));
                }
                Ok(Event::GeneralRef(reference)) => {
                    return Step::Text(character(&reference, flaws));
                }
                Ok(Event::DocType(doctype)) => {
                    if doctype.into_inner().contains("<!ENTITY") {
                        return Step::Entities;
                    }
                    flaws.add(Flaw::of("DOCTYPE", "", "a report has none; left out"));
                }
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
                Ok(Event::Eof) => return Step::End,
                Err(_) => return self.resume(from, flaws),
            }
        }
    }

    /// Where the next step begins.
    fn position(&self) -> usize {
        self.base + usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// The local name of the tag that begins there; `None` if it is none.
    fn tag(&self, from: usize) -> Option<&'t str> {
        let inner = self.text.get(from..self.position())?.strip_prefix('<')?.strip_suffix('>')?;
        if inner.contains('<') {
            return None;
        }
        local(inner.strip_suffix('/').unwrap_or(inner))
    }

    fn end_tag(&self, from: usize) -> Option<&'t str> {
        let inner = self.text.get(from..self.position())?.strip_prefix("</")?.strip_suffix('>')?;
        if inner.contains('<') {
            return None;
        }
        local(inner)
    }

    /// Takes the `<` there for a character, and reads on behind it.
    fn resume(&mut self, from: usize, flaws: &mut Flaws) -> Step<'t> {
        self.again += self.position().max(self.end_of_try()).saturating_sub(from);
        let rest = self.text.get(from..).unwrap_or_default();
        let Some(mark) = rest.chars().next().filter(|_| self.again <= AGAIN) else {
            flaws.add(Flaw::of("XML", "", "broken markup; the rest was not read"));
            return Step::End;
        };
        let shown: String = rest.chars().take(20).collect();
        flaws.add(Flaw::of("XML", &shown, "no tag; taken for text"));
        self.base = from + mark.len_utf8();
        self.reader = reader(self.text.get(self.base..).unwrap_or_default());
        Step::Text(Cow::Borrowed(rest.get(..mark.len_utf8()).unwrap_or_default()))
    }

    /// How far a try went that ended in an error.
    fn end_of_try(&self) -> usize {
        self.base + usize::try_from(self.reader.error_position()).unwrap_or_default()
    }
}

fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    reader
}

/// The local name at the beginning of a tag; `None` if there is no name.
fn local(tag: &str) -> Option<&str> {
    let name = tag.split(|c: char| c.is_ascii_whitespace()).next()?;
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    is_name.then(|| name.rsplit(':').next().unwrap_or(name))
}

/// What a reference stands for; one that is not predefined stands for its own text.
fn character<'t>(reference: &BytesRef<'_>, flaws: &mut Flaws) -> Cow<'t, str> {
    let name = reference.borrow().into_inner();
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Cow::Owned(character.to_string());
    }
    match resolve_predefined_entity(&name) {
        Some(text) => Cow::Borrowed(text),
        None => {
            flaws.add(Flaw::of("XML", &format!("&{name};"), "unknown entity; not expanded"));
            Cow::Owned(format!("&{name};"))
        }
    }
}
