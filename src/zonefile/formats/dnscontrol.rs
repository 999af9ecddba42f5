//! What `dnscontrol print-ir` prints: JSON with all zones of a `dnsconfig.js`.
//!
//! ```json
//! {"domains": [{"name": "example.com", "records": [
//!   {"type": "MX", "name": "@", "ttl": 300, "mxpreference": 10, "target": "mx.example.net."},
//!   {"type": "TXT", "name": "@", "ttl": 300, "target": "v=spf1 mx -all"}]}]}
//! ```
//! Fields that are zero are left out, and some versions keep the fields of a type in an object of
//! their own, `Fields`. A text is written as it is; older versions list its strings as
//! `txtstrings`. A domain is the whole zone, unless it says that it leaves records alone that it does
//! not list.

use super::book::Shape::{Host, Quoted, Word};
use super::book::{Book, Field, Set, field, or_zero};
use super::json::{Piece, Wrong};
use super::text::Text;
use super::value::Value;
use crate::dns::Kind;
use crate::net::Name;
use crate::zonefile::zone::{Builder, ErrorKind, Zone};
use std::collections::HashSet;

/// Time to live of a record that does not say it.
const DEFAULT_TTL: u32 = 300;

/// What the data of a type is made of.
fn fields(kind: Kind) -> Option<&'static [Field]> {
    Some(match kind.number() {
        1 | 28 => const { &[field(&["target"], Word)] },
        2 | 5 | 12 | 39 => const { &[field(&["target"], Host)] },
        15 => const { &[or_zero(&["mxpreference", "Preference"]), field(&["target", "Mx"], Host)] },
        33 => {
            const {
                &[
                    or_zero(&["srvpriority", "Priority"]),
                    or_zero(&["srvweight", "Weight"]),
                    or_zero(&["srvport", "Port"]),
                    field(&["target"], Host),
                ]
            }
        }
        35 => {
            const {
                &[
                    or_zero(&["naptrorder"]),
                    or_zero(&["naptrpreference"]),
                    Field { keys: &["naptrflags"], shape: Quoted, default: Some("\"\"") },
                    Field { keys: &["naptrservice"], shape: Quoted, default: Some("\"\"") },
                    Field { keys: &["naptrregexp"], shape: Quoted, default: Some("\"\"") },
                    field(&["target"], Host),
                ]
            }
        }
        43 => {
            const {
                &[
                    or_zero(&["dskeytag"]),
                    or_zero(&["dsalgorithm"]),
                    or_zero(&["dsdigesttype"]),
                    field(&["dsdigest"], Word),
                ]
            }
        }
        44 => {
            const {
                &[
                    or_zero(&["sshfpalgorithm"]),
                    or_zero(&["sshfpfingerprint"]),
                    field(&["target"], Word),
                ]
            }
        }
        52 => {
            const {
                &[
                    or_zero(&["tlsausage"]),
                    or_zero(&["tlsaselector"]),
                    or_zero(&["tlsamatchingtype"]),
                    field(&["target"], Word),
                ]
            }
        }
        257 => {
            const { &[or_zero(&["caaflag"]), field(&["caatag"], Word), field(&["target"], Quoted)] }
        }
        _ => return None,
    })
}

/// Reads all zones of a document.
pub(super) fn read(book: &mut Book<'_>, document: Piece<'_>) -> Vec<Zone> {
    let (mut zones, mut known) = (Vec::new(), HashSet::new());
    let domains = document.get("domains").and_then(|domains| {
        let Some(domains) = domains else {
            let what = "expected the output of dnscontrol print-ir";
            return Err((document.offset(), ErrorKind::Syntax, what.to_owned()));
        };
        domains.each(|domain| match zone(book, domain, &mut known) {
            Ok(zone) => zones.extend(zone),
            Err(fault) => book.wrong(fault),
        })
    });
    if let Err(fault) = domains {
        book.wrong(fault);
    }
    zones
}

/// Reads a domain, unless it is one of those that are read as whole zones already.
fn zone(
    book: &mut Book<'_>,
    domain: Piece<'_>,
    known: &mut HashSet<Name>,
) -> Result<Option<Zone>, Wrong> {
    let members = domain.members()?;
    let member = |key: &str| {
        let found = members.iter().find(|(name, _)| name.octets() == key.as_bytes());
        found.map(|(_, piece)| *piece)
    };
    let missing = |what: &str| (domain.offset(), ErrorKind::Syntax, format!("expected {what}"));
    let name = member("name").ok_or(missing("a domain with a name"))?.value()?;
    let text = name.text().ok_or(missing("a domain with a name"))?;
    // A tag behind the name tells the views of a zone apart.
    let end = text.octets().iter().position(|octet| *octet == b'!');
    let text = text.part(0..end.unwrap_or(text.octets().len()));
    let Some(apex) = book.name(&text, Some(&Name::root())) else { return Ok(None) };
    if known.contains(&apex) {
        book.skip(domain.offset(), || format!("{apex} is listed already: this view is skipped"));
        return Ok(None);
    }
    let keeps = |key: &str| member(key).map(Piece::value).transpose();
    let keeps_unknown = keeps("keepunknown")?.is_some_and(|value| value.is_true());
    let keeps_some = keeps("unmanaged")?.is_some_and(|value| !value.items().is_empty());
    let mut builder = Builder::whole(apex.clone());
    if keeps_unknown || keeps_some {
        builder = Builder::default();
        book.skip(domain.offset(), || {
            format!("{apex} keeps unlisted records: only the listed ones are read")
        });
    } else {
        known.insert(apex.clone());
    }
    if let Some(records) = member("records") {
        records.each(|piece| match piece.value() {
            Ok(value) => record(book, &mut builder, &apex, &value),
            Err(fault) => book.wrong(fault),
        })?;
    }
    Ok(Some(builder.finish(&book.source, &mut book.remarks)))
}

fn record(book: &mut Book<'_>, builder: &mut Builder, apex: &Name, value: &Value) {
    let (Some(word), Some(label)) =
        (value.get("type").and_then(Value::text), value.get("name").and_then(Value::text))
    else {
        return book.fault(value.offset, ErrorKind::Syntax, "expected a record with type and name");
    };
    let Some(owner) = book.below(label, apex) else { return };
    let Some(kind) = Book::kind(word) else {
        return super::tool::provider_type(book, builder, &owner, word);
    };
    book.within(&owner, Some(kind), |book| typed(book, builder, value, &owner, kind));
}

/// A record whose owner and type are known.
fn typed(book: &mut Book<'_>, builder: &mut Builder, value: &Value, owner: &Name, kind: Kind) {
    let ttl = value.get("ttl");
    let ttl = if ttl.is_some() { book.ttl(ttl) } else { Some(DEFAULT_TTL) };
    let inner = value.any(&["Fields", "fields", "rdata"]).filter(|inner| inner.is_map());
    let data = match fields(kind) {
        _ if matches!(kind, Kind::Txt | Kind::Spf) => strings(book, value),
        Some(fields) => {
            let within = inner.filter(|_| fields.iter().any(|it| value.any(it.keys).is_none()));
            // The fields that a version keeps apart are complete, with zeros.
            match within.filter(|inner| inner.any(fields[0].keys).is_some()) {
                Some(inner) => book.data(inner, fields),
                None => book.data(value, fields),
            }
        }
        None => {
            builder.unread(owner, kind);
            return book.skip(value.offset, || format!("{owner}: {kind} records are skipped"));
        }
    };
    if let Some(data) = data {
        let set = Set { owner, kind, ttl, offset: value.offset, origin: None };
        book.record(builder, &set, &data);
    }
}

/// A text: the strings that are listed, or else the target, cut where a string is full.
fn strings(book: &mut Book<'_>, value: &Value) -> Option<Text> {
    if let Some(strings) = value.get("txtstrings") {
        let mut text = Text::at(strings.offset);
        for string in strings.items().into_iter().filter_map(Value::text) {
            text.push(b' ', string.start());
            text.append(&string.one_string());
        }
        return Some(text);
    }
    let Some(target) = value.get("target").and_then(Value::text) else {
        book.fault(value.offset, ErrorKind::Data, "expected a text as target");
        return None;
    };
    Some(target.quoted())
}
