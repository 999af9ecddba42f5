//! The `data` file of tinydns, a record a line, as <https://cr.yp.to/djbdns/tinydns-data.html> has it.
//!
//! ```text
//! .fqdn:ip:x:ttl      name server and SOA          @fqdn:ip:x:dist:ttl   MX
//! &fqdn:ip:x:ttl      name server                  'fqdn:s:ttl           TXT
//! Zfqdn:mname:…       SOA                          Cfqdn:p:ttl           CNAME
//! =fqdn:ip:ttl        address, and back            ^fqdn:p:ttl           PTR
//! +fqdn:ip:ttl        address                      :fqdn:n:rdata:ttl     any type
//! ```
//! Where a name server or an MX host has an `ip`, the line is its address record too. Common patches add
//!
//! ```text
//! 6fqdn:ip6:ttl       IPv6 address, and back       Sfqdn:ip:x:port:weight:priority:ttl
//! 3fqdn:ip6:ttl       IPv6 address                                       SRV
//! ```
//! Behind the time to live stand a timestamp and a location (`:timestamp:lo`). What is true at some times or
//! for some clients only is not claimed. Colons and other octets are `\DDD` in octal. The file has many zones:
//! each that has an SOA is whole.

use super::book::{Book, Set};
use super::routing::octal;
use super::text::Text;
use crate::dns::Kind;
use crate::net::Name;
use crate::text::lex::{is_wsp, trim};
use crate::zonefile::zone::{Builder, ErrorKind, Zone};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Time to live of a record that does not say it.
const DEFAULT_TTL: u32 = 86_400;
/// The same of an NS record.
const NS_TTL: u32 = 259_200;
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

/// The zones of a file while it is read; `None` for names that no zone holds.
type Zones = BTreeMap<Option<Name>, Builder>;

/// Reads the zones of a file.
pub(super) fn read(book: &mut Book<'_>) -> Vec<Zone> {
    let mut zones = Zones::new();
    let text = book.source.text;
    let lines = || text.split(|octet| *octet == b'\n').map(|line| trim(line, is_blank));
    for line in lines() {
        if matches!(line.first(), Some(b'.' | b'Z')) {
            let name = line.get(1..).unwrap_or_default().split(|octet| *octet == b':').next();
            let text = octal(&Text::plain(name.unwrap_or_default(), 0));
            if let Ok(apex) = text.word().name(Some(&Name::root())) {
                zones.entry(Some(apex.clone())).or_insert_with(|| Builder::whole(apex));
            }
        }
    }
    for line in lines() {
        if !line.is_empty()
            && !matches!(line.first(), Some(b'#' | b'-' | b'%'))
            && let Some(line) = Line::read(book, line)
        {
            line.records(book, &mut zones);
        }
    }
    let source = book.source.again();
    zones.into_values().map(|builder| builder.finish(&source, &mut book.remarks)).collect()
}

/// The zone that a name lies in, if the file has it.
fn zone_of(zones: &Zones, owner: &Name) -> Option<Name> {
    let mut above = std::iter::successors(Some(owner.clone()), Name::parent).map(Some);
    above.find(|name| zones.contains_key(name)).flatten()
}

/// The builder of the zone that a name lies in.
fn builder<'z>(zones: &'z mut Zones, owner: &Name) -> &'z mut Builder {
    let apex = zone_of(zones, owner);
    zones.entry(apex).or_default()
}

/// A line, cut at its colons.
struct Line {
    /// Where it begins.
    start: usize,
    /// The character that it begins with.
    sign: u8,
    fields: Vec<Text>,
    owner: Name,
}

impl Line {
    /// `None` for a line without a name.
    fn read(book: &mut Book<'_>, line: &[u8]) -> Option<Self> {
        let start = book.source.offset(line);
        let (sign, rest) = line.split_first()?;
        let mut fields = Vec::new();
        let mut at = start + 1;
        for field in rest.split(|octet| *octet == b':') {
            fields.push(Text::plain(field, at));
            at += field.len() + 1;
        }
        let name = fields.first().filter(|name| !name.octets().is_empty())?;
        let owner = book.name(&octal(name), Some(&Name::root()))?;
        Some(Self { start, sign: *sign, fields, owner })
    }

    /// A field that is not empty.
    fn field(&self, index: usize) -> Option<&Text> {
        self.fields.get(index).filter(|field| !field.octets().is_empty())
    }

    fn records(&self, book: &mut Book<'_>, zones: &mut Zones) {
        let owner = &self.owner;
        match self.sign {
            b'.' | b'&' => {
                let out = &mut Out { line: self, book, zones, ttl: 3, default: NS_TTL };
                let (host, name) = self.host(2, "ns");
                out.put(owner, Kind::Ns, &host);
                out.address(name, 1);
            }
            b'@' => {
                let out = &mut Out { line: self, book, zones, ttl: 4, default: DEFAULT_TTL };
                let (host, name) = self.host(2, "mx");
                out.put(owner, Kind::Mx, &self.row(&[self.field(3), Some(&host)]));
                out.address(name, 1);
            }
            b'S' => {
                let out = &mut Out { line: self, book, zones, ttl: 6, default: DEFAULT_TTL };
                let (host, name) = self.host(2, "srv");
                let row = [self.field(5), self.field(4), self.field(3), Some(&host)];
                out.put(owner, Kind::Srv, &self.row(&row));
                out.address(name, 1);
            }
            b'Z' => {}
            b':' => {
                generic(self, &mut Out { line: self, book, zones, ttl: 3, default: DEFAULT_TTL });
            }
            _ => {
                let out = &mut Out { line: self, book, zones, ttl: 2, default: DEFAULT_TTL };
                self.one(out);
            }
        }
    }

    /// A line with one value.
    fn one(&self, out: &mut Out<'_, '_>) {
        let owner = &self.owner;
        match (self.sign, self.field(1)) {
            (b'\'', _) => {
                if let Some(text) = self.fields.get(1) {
                    out.put(owner, Kind::Txt, &unescaped(text).quoted());
                }
            }
            (b'+' | b'=', Some(address)) => {
                out.put(owner, Kind::A, address);
                let text = std::str::from_utf8(address.octets()).ok();
                if let Some(address) = text.and_then(|it| it.parse::<Ipv4Addr>().ok()) {
                    let digits = address.octets().into_iter().rev().map(|it| it.to_string());
                    out.back(&digits.collect::<Vec<_>>(), "in-addr.arpa");
                }
            }
            (b'3' | b'6', Some(text)) => match flat(text.octets()) {
                Some(address) => {
                    let written = Text::implied(address.to_string().as_bytes(), text.start());
                    out.put(owner, Kind::Aaaa, &written);
                    let digits = format!("{:032x}", address.to_bits());
                    let digits = digits.chars().rev().map(|it| it.to_string());
                    out.back(&digits.collect::<Vec<_>>(), "ip6.arpa");
                }
                None => out.fault(
                    Kind::Aaaa,
                    text.start(),
                    "expected an IPv6 address of 32 hexadecimal digits without colons",
                ),
            },
            (b'C', Some(target)) => out.put(owner, Kind::Cname, &octal(target)),
            (b'^', Some(target)) => out.put(owner, Kind::Ptr, &octal(target)),
            (b'+' | b'=' | b'3' | b'6' | b'C' | b'^', None) => {}
            _ => {
                builder(out.zones, owner).unread_name(owner);
                out.book.within(owner, None, |book| {
                    book.fault(self.start, ErrorKind::Type, "expected a line of tinydns data");
                });
            }
        }
    }

    /// The host that a field names. One without dots is one below the name: `a` means `a.ns.fqdn`.
    fn host(&self, index: usize, label: &str) -> (Text, Option<Name>) {
        let text = match self.field(index) {
            Some(text) if text.octets().contains(&b'.') => octal(text),
            Some(text) => {
                let full = octal(text);
                let full = String::from_utf8_lossy(full.octets()).into_owned();
                Text::implied(format!("{full}.{label}.{}", self.owner).as_bytes(), text.start())
            }
            None => Text::implied(format!("{label}.{}", self.owner).as_bytes(), self.start),
        };
        let name = text.word().name(Some(&Name::root())).ok();
        (text, name)
    }

    /// Fields as words; one that is not there is zero.
    fn row(&self, fields: &[Option<&Text>]) -> Text {
        let mut row = Text::at(self.start);
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                row.push(b' ', self.start);
            }
            match field {
                Some(field) => row.append(field),
                None => row.push(b'0', self.start),
            }
        }
        row
    }

    /// Why what the line says is not true for everybody at all times.
    fn condition(&self, ttl: usize) -> Option<&'static str> {
        let is_zero = self.field(ttl).is_some_and(|it| it.octets().iter().all(|it| *it == b'0'));
        // Nothing but zeros is no timestamp.
        let time = self.field(ttl + 1).filter(|it| it.octets().iter().any(|it| *it != b'0'));
        match (self.field(ttl + 2), time) {
            (Some(_), _) => Some("for clients in one location"),
            (None, Some(_)) if is_zero => Some("until a point in time"),
            (None, Some(_)) => Some("from a point in time on"),
            (None, None) => None,
        }
    }
}

/// Where the records of a line go.
struct Out<'r, 'a> {
    line: &'r Line,
    book: &'r mut Book<'a>,
    zones: &'r mut Zones,
    /// The field with the time to live; the timestamp and the location stand behind it.
    ttl: usize,
    default: u32,
}

impl Out<'_, '_> {
    /// Adds a record, unless it is true for some only.
    fn put(&mut self, owner: &Name, kind: Kind, data: &Text) {
        if let Some(condition) = self.line.condition(self.ttl) {
            let words = String::from_utf8_lossy(data.octets()).into_owned();
            let behind = self.line.fields.iter().skip(self.ttl + 1).map(Text::octets);
            let behind =
                String::from_utf8_lossy(&behind.collect::<Vec<_>>().join(&b':')).into_owned();
            let what = format!("{words} {condition}, {behind}");
            builder(self.zones, owner).left_out(owner, kind, &what);
            return self.book.skip(self.line.start, || {
                format!("{owner} {kind}: the line is valid only {condition}")
            });
        }
        let ttl = self.line.field(self.ttl).and_then(|text| text.word().seconds());
        let ttl = Some(ttl.unwrap_or(self.default));
        let root = Name::root();
        let set = Set { owner, kind, ttl, offset: self.line.start, origin: Some(&root) };
        let builder = builder(self.zones, owner);
        self.book.record(builder, &set, data);
    }

    /// The address of a host that the line names, if it has one.
    fn address(&mut self, host: Option<Name>, index: usize) {
        let line = self.line;
        if let (Some(host), Some(address)) = (host, line.field(index)) {
            self.put(&host, Kind::A, address);
        }
    }

    /// The way back from an address, where its zone is in the file.
    fn back(&mut self, labels: &[String], below: &str) {
        let name = Name::from_octets(format!("{}.{below}", labels.join(".")).as_bytes());
        let is_back = matches!(self.line.sign, b'=' | b'6');
        let name = name.ok().filter(|name| is_back && zone_of(self.zones, name).is_some());
        if let Some(name) = name {
            let target = Text::implied(self.line.owner.to_string().as_bytes(), self.line.start);
            self.put(&name, Kind::Ptr, &target);
        }
    }

    fn fault(&mut self, kind: Kind, offset: usize, what: &str) {
        let fault = |book: &mut Book<'_>| book.fault(offset, ErrorKind::Data, what);
        self.book.within(&self.line.owner, Some(kind), fault);
    }
}

/// An IPv6 address of 32 digits.
fn flat(digits: &[u8]) -> Option<Ipv6Addr> {
    let text = std::str::from_utf8(digits)
        .ok()
        .filter(|text| text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u128::from_str_radix(text, 16).ok().map(Ipv6Addr::from_bits)
}

/// `:fqdn:n:rdata:ttl`, the data as it is in a message.
fn generic(line: &Line, out: &mut Out<'_, '_>) {
    let number = line.fields.get(1).and_then(|text| text.word().number());
    let number = number.and_then(|number| u16::try_from(number).ok());
    let (Some(number), Some(data)) = (number, line.fields.get(2)) else {
        return out.book.within(&line.owner, None, |book| {
            book.fault(line.start, ErrorKind::Type, "expected the number of a type");
        });
    };
    let octets = unescaped(data);
    let hex: String = octets.octets().iter().map(|octet| format!("{octet:02x}")).collect();
    let form = format!("\\# {} {hex}", octets.octets().len());
    let form = Text::implied(form.as_bytes(), data.start());
    out.put(&line.owner, Kind::from_number(number), &form);
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
