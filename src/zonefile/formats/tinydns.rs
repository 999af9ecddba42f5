//! The `data` file of tinydns, a record a line.
//!
//! ```text
//! .fqdn:ip:x:ttl      name server and SOA          @fqdn:ip:x:dist:ttl   MX
//! &fqdn:ip:x:ttl      name server                  'fqdn:s:ttl           TXT
//! Zfqdn:mname:…       SOA                          Cfqdn:p:ttl           CNAME
//! =fqdn:ip:ttl        address, and back            ^fqdn:p:ttl           PTR
//! +fqdn:ip:ttl        address                      :fqdn:n:rdata:ttl     any type
//! ```
//! Colons and other octets of a text are `\DDD` in octal. The file has many zones: each that has an SOA is
//! whole.

use super::book::{Book, Set};
use super::text::Text;
use crate::dns::Kind;
use crate::net::Name;
use crate::text::lex::{is_wsp, trim};
use crate::zonefile::zone::{Builder, ErrorKind, Zone};
use std::collections::BTreeMap;

/// Time to live of a record that does not say it.
const DEFAULT_TTL: u32 = 86_400;
/// Characters that a line may begin with.
const BEGINS: &[u8] = b".&=+@'^CZ:%-#36S";

/// True for a text whose first lines are such records.
pub(super) fn is_data(text: &[u8]) -> bool {
    let lines = text.split(|octet| *octet == b'\n').map(|line| trim(line, is_blank));
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#")).take(5);
    let is_record = |line: &[u8]| {
        let begins = line.first().is_some_and(|first| BEGINS.contains(first));
        let colon = line.iter().skip(1).position(|octet| *octet == b':');
        let blank = line.iter().position(|octet| is_wsp(*octet)).unwrap_or(usize::MAX);
        begins && colon.is_some_and(|colon| colon < blank) || line.starts_with(b"%")
    };
    let first = lines.next();
    first.is_some_and(is_record) && lines.all(is_record)
}

fn is_blank(octet: u8) -> bool {
    is_wsp(octet) || octet == b'\r'
}

/// Reads the zones of a file.
pub(super) fn read(book: &mut Book<'_>) -> Vec<Zone> {
    let mut zones: BTreeMap<Option<Name>, Builder> = BTreeMap::new();
    let text = book.source.text;
    let lines = || text.split(|octet| *octet == b'\n').map(|line| trim(line, is_blank));
    for line in lines() {
        if matches!(line.first(), Some(b'.' | b'Z')) {
            let name = line.get(1..).unwrap_or_default().split(|octet| *octet == b':').next();
            let text = Text::plain(name.unwrap_or_default(), 0);
            if let Ok(apex) = text.word().name(Some(&Name::root())) {
                zones.entry(Some(apex.clone())).or_insert_with(|| Builder::whole(apex));
            }
        }
    }
    for line in lines() {
        if !line.is_empty() && !matches!(line.first(), Some(b'#' | b'-' | b'%')) {
            record(book, &mut zones, line);
        }
    }
    let source = book.source.again();
    zones.into_values().map(|builder| builder.finish(&source, &mut book.remarks)).collect()
}

/// The builder of the zone that a name lies in.
fn builder<'z>(zones: &'z mut BTreeMap<Option<Name>, Builder>, owner: &Name) -> &'z mut Builder {
    let above = std::iter::successors(Some(owner.clone()), Name::parent);
    let apex = above.map(Some).find(|name| zones.contains_key(name)).flatten();
    zones.entry(apex).or_default()
}

fn record(book: &mut Book<'_>, zones: &mut BTreeMap<Option<Name>, Builder>, line: &[u8]) {
    let start = book.source.offset(line);
    let mut fields = Vec::new();
    let mut at = start + 1;
    for field in line.get(1..).unwrap_or_default().split(|octet| *octet == b':') {
        fields.push(Text::plain(field, at));
        at += field.len() + 1;
    }
    let root = Name::root();
    let field = |index: usize| fields.get(index).filter(|it| !it.octets().is_empty());
    let Some(owner) = field(0).and_then(|name| book.name(name, Some(&root))) else { return };
    let ttl = |index: usize| {
        let word = field(index).and_then(|text| text.word().seconds());
        Some(word.unwrap_or(DEFAULT_TTL))
    };
    let add = |book: &mut Book<'_>, zones: &mut BTreeMap<_, _>, kind, ttl, data: &Text| {
        let set = Set { owner: &owner, kind, ttl, offset: start, origin: Some(&root) };
        book.within(&owner, Some(kind), |book| {
            book.record(builder(zones, &owner), &set, data);
        });
    };
    // A host without dots is one of its own below the name: `a` means `a.ns.fqdn`.
    let host = |index: usize, label: &str| {
        let text = field(index)?;
        if text.octets().contains(&b'.') {
            return Some(text.clone());
        }
        let full = format!("{}.{label}.{owner}", String::from_utf8_lossy(text.octets()));
        Some(Text::implied(full.as_bytes(), text.start()))
    };
    match line.first() {
        Some(b'.' | b'&') => {
            let name = host(2, "ns")
                .unwrap_or_else(|| Text::implied(format!("ns.{owner}").as_bytes(), start));
            add(book, zones, Kind::Ns, ttl(3), &name);
        }
        Some(b'@') => {
            let exchange = host(2, "mx")
                .unwrap_or_else(|| Text::implied(format!("mx.{owner}").as_bytes(), start));
            let mut data = Text::at(start);
            match field(3) {
                Some(distance) => data.append(distance),
                None => data.push(b'0', start),
            }
            data.push(b' ', exchange.start());
            data.append(&exchange);
            add(book, zones, Kind::Mx, ttl(4), &data);
        }
        Some(b'+' | b'=') => {
            if let Some(address) = field(1) {
                add(book, zones, Kind::A, ttl(2), address);
            }
        }
        Some(b'\'') => {
            if let Some(text) = fields.get(1) {
                add(book, zones, Kind::Txt, ttl(2), &unescaped(text).quoted());
            }
        }
        Some(b'C') => {
            if let Some(target) = field(1) {
                add(book, zones, Kind::Cname, ttl(2), target);
            }
        }
        Some(b'^') => {
            if let Some(target) = field(1) {
                add(book, zones, Kind::Ptr, ttl(2), target);
            }
        }
        Some(b':') => generic(book, zones, &owner, &fields, ttl(3), start),
        Some(b'Z') => {}
        _ => {
            builder(zones, &owner).unread_name(&owner);
            book.within(&owner, None, |book| {
                book.fault(start, ErrorKind::Type, "expected a line of tinydns data");
            });
        }
    }
}

/// `:fqdn:n:rdata:ttl`, the data as it is in a message.
fn generic(
    book: &mut Book<'_>,
    zones: &mut BTreeMap<Option<Name>, Builder>,
    owner: &Name,
    fields: &[Text],
    ttl: Option<u32>,
    start: usize,
) {
    let number = fields.get(1).and_then(|text| text.word().number());
    let number = number.and_then(|number| u16::try_from(number).ok());
    let (Some(number), Some(data)) = (number, fields.get(2)) else {
        return book.within(owner, None, |book| {
            book.fault(start, ErrorKind::Type, "expected the number of a type");
        });
    };
    let kind = Kind::from_number(number);
    let octets = unescaped(data);
    let hex: String = octets.octets().iter().map(|octet| format!("{octet:02x}")).collect();
    let form = format!("\\# {} {hex}", octets.octets().len());
    let root = Name::root();
    let set = Set { owner, kind, ttl, offset: start, origin: Some(&root) };
    book.within(owner, Some(kind), |book| {
        let data = Text::implied(form.as_bytes(), data.start());
        book.record(builder(zones, owner), &set, &data);
    });
}

/// A text without its escapes, which are octal.
fn unescaped(text: &Text) -> Text {
    let octets = text.octets();
    let mut out = Text::at(text.start());
    let mut index = 0;
    while let Some(octet) = octets.get(index) {
        let offset = text.offset(index);
        match octets.get(index..) {
            Some([b'\\', x @ b'0'..=b'3', y @ b'0'..=b'7', z @ b'0'..=b'7', ..]) => {
                out.push((x - b'0') << 6 | (y - b'0') << 3 | (z - b'0'), offset);
                index += 4;
            }
            _ => {
                out.push(*octet, offset);
                index += 1;
            }
        }
    }
    out
}
