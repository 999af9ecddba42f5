//! YAML as values that know where they stand.
//!
//! Nothing is built that the text could blow up: nesting is bounded, and so are the number of values,
//! those that aliases repeat included, and the text that aliases repeat. They share it, but whatever
//! is done with a value is done as often as it stands somewhere. Tags and merge keys, which ask for
//! more than data, are refused.

use super::json::{STRING_LIMIT, Wrong};
use super::text::Text;
use super::value::{Node, Value};
use crate::zonefile::zone::ErrorKind;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// How deep values may be nested.
const DEPTH_LIMIT: usize = 32;
/// Values of a file, at most: some eight for each of 500,000 records.
const VALUE_LIMIT: usize = 4_000_000;
/// Values that aliases repeat, at most, counted as often as they do.
const REPEATED_LIMIT: usize = 1_000_000;
/// Octets of text that aliases repeat, at most, counted as often as they do. A DKIM key that ten
/// thousand names share takes less.
const ALIAS_LIMIT: usize = 4 * 1024 * 1024;

/// Reads a document; `None` if the text has none. Faults that leave the rest of it readable are
/// put into `faults`.
///
/// # Errors
/// Where it ceases to be YAML that is read.
pub(super) fn document(text: &str, faults: &mut Vec<Wrong>) -> Result<Option<Value>, Wrong> {
    Ok(read(text, Reading::Zone, faults)?.pop())
}

/// Reads all documents of a text, in which a value with a tag of a tool's own is not known: it is null.
///
/// # Errors
/// Where it ceases to be YAML that is read.
pub(super) fn documents(text: &str, faults: &mut Vec<Wrong>) -> Result<Vec<Value>, Wrong> {
    read(text, Reading::Export, faults)
}

/// Reads settings, in which a value with a tag is not known, and merge keys stand as any other key; `None` if
/// the text has none.
///
/// # Errors
/// Where it ceases to be YAML that is read.
#[cfg(feature = "cli")]
pub(super) fn configuration(text: &str) -> Result<Option<Value>, Wrong> {
    // Of two members of a map the last one counts.
    let documents = read(text, Reading::Settings, &mut Vec::new())?;
    Ok(documents.into_iter().next())
}

/// What is expected of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// One document, all of whose values are there.
    Zone,
    /// Any number of documents; tags stand for values that are not in the file.
    Export,
    /// The same, where merge keys are seen to by who reads it.
    #[cfg(feature = "cli")]
    Settings,
}

impl Reading {
    fn has_merge_keys(self) -> bool {
        !matches!(self, Self::Zone | Self::Export)
    }
}

fn read(text: &str, reading: Reading, faults: &mut Vec<Wrong>) -> Result<Vec<Value>, Wrong> {
    let mut reader = Reader {
        cursor: Cursor { text, index: 0, offset: 0 },
        reading,
        open: Vec::new(),
        roots: Vec::new(),
        anchors: HashMap::new(),
        values: 0,
        repeated: Size::default(),
        faults,
    };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => reader.event(event, span)?,
            Err(error) => {
                let offset = reader.cursor.offset(*error.marker());
                return Err((
                    offset,
                    ErrorKind::Syntax,
                    format!("expected YAML: {}", error.info()),
                ));
            }
        }
    }
    // Only an alias could hold the root, and none does: it would be inside of it.
    drop(reader.anchors);
    Ok(reader.roots.into_iter().filter_map(|(value, _)| Rc::try_unwrap(value).ok()).collect())
}

/// A list or a map that is not yet at its end.
struct Open {
    offset: usize,
    anchor: usize,
    node: Node,
    /// The key whose value is to come.
    key: Option<Text>,
    keys: HashSet<Vec<u8>>,
    /// What is in it.
    size: Size,
}

/// How large a value is when all aliases in it are written out.
#[derive(Clone, Copy, Default)]
struct Size {
    /// How many values are in it, itself included.
    values: usize,
    /// How many octets of text are in it.
    octets: usize,
}

impl Size {
    fn with(self, other: Self) -> Self {
        Self {
            values: self.values.saturating_add(other.values),
            octets: self.octets.saturating_add(other.octets),
        }
    }
}

/// A value and how large it is.
type Counted = (Rc<Value>, Size);

struct Reader<'t, 'f> {
    cursor: Cursor<'t>,
    reading: Reading,
    open: Vec<Open>,
    roots: Vec<Counted>,
    anchors: HashMap<usize, Counted>,
    /// How many values are written.
    values: usize,
    /// What aliases repeat.
    repeated: Size,
    faults: &'f mut Vec<Wrong>,
}

impl Reader<'_, '_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Wrong> {
        let offset = self.cursor.offset(span.start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_known = self.check_tag(tag.as_deref(), offset)?;
                let end = self.cursor.offset(span.end);
                let source = self.cursor.text.get(offset..end).unwrap_or_default();
                if source.len() > STRING_LIMIT {
                    let what = format!("expected strings of at most {STRING_LIMIT} octets");
                    return Err((offset, ErrorKind::Limit, what));
                }
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                let text = align(&text, style, source, offset);
                let size = Size { values: 1, octets: text.octets().len() };
                let node = if is_null || !is_known { Node::Null } else { Node::Scalar(text) };
                self.add((Rc::new(Value { offset, node }), size), anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_tag(tag.as_deref(), offset)?;
                self.begin(offset, anchor, Node::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.check_tag(tag.as_deref(), offset)?;
                self.begin(offset, anchor, Node::Map(Vec::new()))
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { offset, anchor, node, size, .. }) => {
                    let size = size.with(Size { values: 1, octets: 0 });
                    self.add((Rc::new(Value { offset, node }), size), anchor)
                }
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let what = "expected an alias for a value that has come to its end";
                let value = self.anchors.get(&anchor).cloned();
                let value = value.ok_or((offset, ErrorKind::Syntax, what.to_owned()))?;
                self.repeated = self.repeated.with(value.1);
                if self.repeated.values > REPEATED_LIMIT {
                    let what =
                        format!("expected aliases that repeat at most {REPEATED_LIMIT} values");
                    return Err((offset, ErrorKind::Limit, what + " in all"));
                }
                if self.repeated.octets > ALIAS_LIMIT {
                    let what = format!("expected aliases that repeat at most {ALIAS_LIMIT} octets");
                    return Err((offset, ErrorKind::Limit, what + " in all"));
                }
                self.add(value, 0)
            }
            Event::DocumentStart(_) if !self.roots.is_empty() && self.reading == Reading::Zone => {
                let what = "expected one document, found another";
                Err((offset, ErrorKind::Syntax, what.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Tags of the core schema say what a value is anyway; others ask a program to do something. True
    /// if the value is what is written there.
    fn check_tag(&self, tag: Option<&Tag>, offset: usize) -> Result<bool, Wrong> {
        match tag {
            Some(tag) if !tag.is_yaml_core_schema() && self.reading == Reading::Zone => {
                let what = "tags such as !include are not supported: put the values here";
                Err((offset, ErrorKind::Refused, what.to_owned()))
            }
            Some(tag) => Ok(tag.is_yaml_core_schema()),
            None => Ok(true),
        }
    }

    fn begin(&mut self, offset: usize, anchor: usize, node: Node) -> Result<(), Wrong> {
        if self.open.len() == DEPTH_LIMIT {
            let what = format!("expected values nested at most {DEPTH_LIMIT} deep");
            return Err((offset, ErrorKind::Limit, what));
        }
        if self.open.last().is_some_and(|it| matches!(it.node, Node::Map(_)) && it.key.is_none()) {
            let what = "expected a key that is a word or a string";
            return Err((offset, ErrorKind::Syntax, what.to_owned()));
        }
        self.open.push(Open {
            offset,
            anchor,
            node,
            key: None,
            keys: HashSet::new(),
            size: Size::default(),
        });
        Ok(())
    }

    /// Puts a value where it belongs.
    fn add(&mut self, (value, size): Counted, anchor: usize) -> Result<(), Wrong> {
        if anchor > 0 {
            self.anchors.insert(anchor, (Rc::clone(&value), size));
        }
        self.values += 1;
        if self.values > VALUE_LIMIT {
            let what = format!("expected at most {VALUE_LIMIT} values");
            return Err((value.offset, ErrorKind::Limit, what));
        }
        let Some(open) = self.open.last_mut() else {
            self.roots.push((value, size));
            return Ok(());
        };
        open.size = open.size.with(size);
        match (&mut open.node, open.key.take()) {
            (Node::List(items), _) => items.push(value),
            (Node::Map(members), Some(key)) => members.push((key, value)),
            (Node::Map(_), None) => {
                let key = match &value.node {
                    Node::Scalar(text) => text.clone(),
                    Node::Null => Text::at(value.offset),
                    _ => {
                        let what = "expected a key that is a word or a string";
                        return Err((value.offset, ErrorKind::Syntax, what.to_owned()));
                    }
                };
                if key.octets() == b"<<" && !self.reading.has_merge_keys() {
                    let what = "merge keys are not supported: write the values here";
                    return Err((value.offset, ErrorKind::Refused, what.to_owned()));
                }
                if !open.keys.insert(key.octets().to_vec()) {
                    let what = "duplicate key";
                    self.faults.push((value.offset, ErrorKind::Syntax, what.to_owned()));
                }
                open.key = Some(key);
            }
            (Node::Null | Node::Scalar(_), _) => {}
        }
        Ok(())
    }
}

/// From the characters that the parser counts to offsets.
struct Cursor<'t> {
    text: &'t str,
    index: usize,
    offset: usize,
}

impl Cursor<'_> {
    /// The offset of a mark. Marks come nearly in order, so the way to the next one is short.
    fn offset(&mut self, mark: Marker) -> usize {
        let wanted = mark.index();
        if wanted >= self.index {
            let rest = self.text.get(self.offset..).unwrap_or_default();
            let passed = rest.chars().take(wanted - self.index).map(char::len_utf8).sum::<usize>();
            self.offset += passed;
        } else {
            let before = self.text.get(..self.offset).unwrap_or_default().chars().rev();
            let passed = before.take(self.index - wanted).map(char::len_utf8).sum::<usize>();
            self.offset -= passed;
        }
        self.index = wanted;
        self.offset
    }
}

/// Finds each octet of a scalar in what it was written as.
fn align(text: &str, style: ScalarStyle, source: &str, offset: usize) -> Text {
    // Tags and anchors stand before the value.
    let skipped = match style {
        ScalarStyle::SingleQuoted => source.find('\'').map_or(0, |at| at + 1),
        ScalarStyle::DoubleQuoted => source.find('"').map_or(0, |at| at + 1),
        ScalarStyle::Plain => source.rfind(text).unwrap_or(0),
        ScalarStyle::Literal | ScalarStyle::Folded => 0,
    };
    let mut at = skipped;
    let mut out = Text::at(offset + skipped);
    let is_blank = |octet: u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    let octets = source.as_bytes();
    for character in text.chars() {
        let rest = source.get(at..).unwrap_or_default();
        let (start, length) = match rest.as_bytes() {
            [b'\\', ..] if style == ScalarStyle::DoubleQuoted => {
                // An escaped line end means nothing; what is indented after it neither.
                let blank =
                    |rest: &str| rest.bytes().skip(1).take_while(|it| is_blank(*it)).count();
                let ends = rest.as_bytes().get(1).is_some_and(|it| matches!(it, b'\r' | b'\n'));
                let joined = if ends { 1 + blank(rest) } else { 0 };
                let rest = rest.get(joined..).unwrap_or_default();
                let length = match rest.as_bytes() {
                    [b'\\', b'x', ..] => 4,
                    [b'\\', b'u', ..] => 6,
                    [b'\\', b'U', ..] => 10,
                    [b'\\', ..] => 2,
                    _ => character.len_utf8(),
                };
                (at + joined, length)
            }
            [b'\'', b'\'', ..] if style == ScalarStyle::SingleQuoted => (at, 2),
            _ if rest.starts_with(character) => (at, character.len_utf8()),
            // A line end that was folded, or the indentation of the next line.
            _ => {
                let blank = rest.bytes().take_while(|octet| is_blank(*octet)).count();
                let found = rest.get(blank..).is_some_and(|it| it.starts_with(character));
                if found { (at + blank, character.len_utf8()) } else { (at, blank) }
            }
        };
        let mut encoded = [0; 4];
        for (index, octet) in character.encode_utf8(&mut encoded).bytes().enumerate() {
            let own = octets.get(start + index) == Some(&octet);
            out.push(octet, offset + start + if own { index } else { 0 });
        }
        at = start + length;
    }
    out
}
