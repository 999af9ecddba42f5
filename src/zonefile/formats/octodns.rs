//! Zones as octoDNS keeps them: a file of YAML for each, named `example.com.yaml`.
//!
//! ```yaml
//! '':
//!   - type: MX
//!     values: [{preference: 0, exchange: mx.example.net.}]
//!   - {type: TXT, value: v=spf1 mx -all}
//! www: {type: CNAME, ttl: 300, value: example.com.}
//! ```
//! Under each name stands a record set, or a list of them. Backslashes in texts are escapes, and
//! semicolons are most often written `\;`. The file is the whole zone, except for what the provider
//! puts at its top. Sets with `dynamic` or `geo` are there and answer differently from place to place,
//! and those that octoDNS ignores, or writes to some providers only, are there or not, so that nothing
//! is claimed about them.

use super::book::Shape::{Host, Quoted, Word};
use super::book::{Book, Field, Set, field};
use super::text::Text;
use super::value::{Node, Value};
use super::yaml;
use crate::dns::Kind;
use crate::net::Name;
use crate::zonefile::zone::{Builder, ErrorKind, Zone};
use std::collections::HashMap;

/// Time to live of a record set that does not say it.
pub(crate) const DEFAULT_TTL: u32 = 3600;

/// What the values of a type are made of, if they are more than a word.
fn fields(kind: Kind) -> Option<&'static [Field]> {
    Some(match kind.number() {
        15 => {
            const { &[field(&["preference", "priority"], Word), field(&["exchange", "value"], Host)] }
        }
        33 => {
            const {
                &[
                    field(&["priority"], Word),
                    field(&["weight"], Word),
                    field(&["port"], Word),
                    field(&["target"], Host),
                ]
            }
        }
        35 => {
            const {
                &[
                    field(&["order"], Word),
                    field(&["preference"], Word),
                    field(&["flags"], Quoted),
                    field(&["service"], Quoted),
                    field(&["regexp"], Quoted),
                    field(&["replacement"], Host),
                ]
            }
        }
        43 => {
            const {
                &[
                    field(&["key_tag"], Word),
                    field(&["algorithm"], Word),
                    field(&["digest_type"], Word),
                    field(&["digest"], Word),
                ]
            }
        }
        44 => {
            const {
                &[
                    field(&["algorithm"], Word),
                    field(&["fingerprint_type"], Word),
                    field(&["fingerprint"], Word),
                ]
            }
        }
        52 => {
            const {
                &[
                    field(&["certificate_usage"], Word),
                    field(&["selector"], Word),
                    field(&["matching_type"], Word),
                    field(&["certificate_association_data"], Word),
                ]
            }
        }
        257 => {
            const { &[field(&["flags"], Word), field(&["tag"], Word), field(&["value"], Quoted)] }
        }
        _ => return None,
    })
}

/// What the provider says that reads a file.
#[derive(Clone, Copy)]
pub(super) struct Provider {
    /// Time to live of a record set that does not say it.
    pub(super) ttl: u32,
    /// True if a record set replaces what is there of its name and type (`populate_should_replace`).
    pub(super) replaces: bool,
}

impl Default for Provider {
    fn default() -> Self {
        Self { ttl: DEFAULT_TTL, replaces: false }
    }
}

/// Reads the zone `apex`.
pub(super) fn read(book: &mut Book<'_>, apex: &Name, provider: Provider) -> Option<Zone> {
    let text = book.utf8()?;
    let mut faults = Vec::new();
    let document = yaml::document(text, &mut faults);
    faults.into_iter().for_each(|fault| book.wrong(fault));
    let document = document.map_err(|fault| book.wrong(fault)).ok()?;
    let members = match document.map(|document| (document.offset, document.node)) {
        Some((_, Node::Map(members))) => members,
        other => {
            let offset = other.map_or(0, |it| it.0);
            book.fault(offset, ErrorKind::Syntax, "expected names with their records");
            return None;
        }
    };
    let mut builder = Builder::whole(apex.clone());
    let mut sets = Vec::with_capacity(members.len());
    for (member, (key, value)) in members.iter().enumerate() {
        let Some(owner) = book.below(key, apex) else { continue };
        for set in value.items() {
            let kind = set.get("type").and_then(Value::text).and_then(Book::kind);
            sets.push((owner.clone(), kind, set, (member, key.octets())));
        }
    }
    // octoDNS has one record set of a name and a type, and stops at a second one.
    let mut known: HashMap<(&Name, Kind), usize> = HashMap::with_capacity(sets.len());
    for (index, (owner, kind, ..)) in sets.iter().enumerate() {
        let Some(kind) = kind else { continue };
        let first = known.entry((owner, *kind)).or_insert(index);
        *first = if provider.replaces { index } else { *first };
    }
    for (index, (owner, kind, set, from)) in sets.iter().enumerate() {
        let counts = kind.and_then(|kind| known.get(&(owner, kind)).copied());
        if let (Some(counts), Some(kind)) = (counts.filter(|counts| *counts != index), kind) {
            if provider.replaces {
                continue;
            }
            let first = sets.get(counts);
            let line = book.source.place(first.map_or(0, |it| it.2.offset)).line;
            // A key that is there twice is a fault already.
            if first.is_none_or(|it| it.3.0 == from.0 || it.3.1 != from.1) {
                book.within(owner, Some(*kind), |book| {
                    let what = second_set(owner, *kind, &format!("in line {line}"));
                    book.fault(set.offset, ErrorKind::SecondSet, &what);
                });
            }
        }
        book.within(owner, *kind, |book| record_set(book, &mut builder, owner, set, provider.ttl));
    }
    Some(builder.finish(&book.source, &mut book.remarks))
}

/// What is wrong where a record set is listed a second time.
pub(super) fn second_set(owner: &Name, kind: Kind, place: &str) -> String {
    format!("{owner} {kind} is listed already {place}: octoDNS stops (Duplicate record)")
}

fn record_set(
    book: &mut Book<'_>,
    builder: &mut Builder,
    owner: &Name,
    set: &Value,
    default_ttl: u32,
) {
    let Some(word) = set.get("type").and_then(Value::text) else {
        return book.fault(set.offset, ErrorKind::Syntax, "expected a record set with a type");
    };
    let ttl = if set.get("ttl").is_some() { book.ttl(set.get("ttl")) } else { Some(default_ttl) };
    let Some(kind) = Book::kind(word) else {
        return super::tool::provider_type(book, builder, owner, word);
    };
    let own = set.get("octodns");
    if own.is_some_and(|own| own.any(&["ignored", "included", "excluded"]).is_some()) {
        builder.left_out(owner, kind, &set.words());
        return book
            .skip(set.offset, || format!("{owner}: octoDNS does not publish it everywhere"));
    }
    if set.any(&["dynamic", "geo"]).is_some() {
        builder.left_out(owner, kind, &set.words());
        return book.skip(set.offset, || format!("{owner}: geo-dependent answers"));
    }
    let values = set.any(&["values", "value"]);
    let is_null = ["values", "value"].iter().any(|key| set.has(key));
    if values.is_none() && is_null {
        // octoDNS makes no record of a value that is null.
        return;
    }
    let Some(values) = values else {
        return book.fault(set.offset, ErrorKind::Data, "expected values or a value");
    };
    // octoDNS appends no origin: a target without a final dot is sent as it is.
    let root = Name::root();
    let known = Set { owner, kind, ttl, offset: set.offset, origin: Some(&root) };
    for value in values.items() {
        let data = match (fields(kind), value.text()) {
            (Some(fields), _) if value.is_map() => book.data(value, fields),
            (None, Some(text)) if matches!(kind, Kind::Txt | Kind::Spf) => string(text),
            (_, Some(text)) if is_single(kind) => Some(super::book::host(text)),
            _ if is_single(kind) || fields(kind).is_some() => {
                book.fault(value.offset, ErrorKind::Data, "expected the fields of a record");
                None
            }
            _ => {
                builder.unread(owner, kind);
                book.skip(value.offset, || format!("{owner}: {kind} records are skipped"));
                None
            }
        };
        if let Some(data) = data {
            book.record(builder, &Set { offset: value.offset, ..known }, &data);
        }
    }
}

/// True for types whose data is one word.
fn is_single(kind: Kind) -> bool {
    matches!(kind.number(), 1 | 2 | 5 | 12 | 28 | 39)
}

/// A text: without the quotes that some write around it, strings joined, escapes undone.
fn string(text: &Text) -> Option<Text> {
    let mut octets = text.octets();
    let mut from = 0;
    if let [b'"', inner @ .., b'"'] = octets {
        (octets, from) = (inner, 1);
    }
    let mut joined = Text::at(text.offset(from));
    let mut rest = octets;
    while let [first, others @ ..] = rest {
        let index = from + octets.len() - rest.len();
        let escaped = *first == b'\\' && !others.is_empty();
        let length = if escaped { 2 } else { 1 };
        if let Some(after) = rest.strip_prefix(b"\" \"") {
            rest = after;
            continue;
        }
        for (at, octet) in rest.iter().enumerate().take(length) {
            joined.push(*octet, text.offset(index + at));
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    match joined.unescaped() {
        Ok(text) => Some(text.quoted()),
        // octoDNS takes a backslash that escapes nothing for itself.
        Err(_) => Some(joined.quoted()),
    }
}
