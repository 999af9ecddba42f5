//! Tables with a header, as spreadsheets and consoles write them: `name,type,ttl,priority,value`, with
//! commas, semicolons or tabs between the columns.

use super::book::{Book, Set};
use super::text::Text;
use crate::dns::Kind;
use crate::net::Name;
use crate::zonefile::zone::{Builder, ErrorKind, Zone};

/// What the columns may be called.
const NAME: &[&str] = &["name", "host", "hostname", "record name", "domain", "owner", "record"];
const TYPE: &[&str] = &["type", "record type", "rrtype"];
const VALUE: &[&str] = &[
    "value",
    "content",
    "data",
    "rdata",
    "target",
    "points to",
    "answer",
    "record value",
    "destination",
];
const TTL: &[&str] = &["ttl"];
const PRIORITY: &[&str] = &["priority", "prio", "preference", "mx priority", "pri"];

/// Where the columns of a table are.
struct Columns {
    separator: u8,
    name: usize,
    kind: usize,
    value: usize,
    ttl: Option<usize>,
    priority: Option<usize>,
}

impl Columns {
    /// Reads a header; `None` if it is none.
    fn read(line: &[u8]) -> Option<Self> {
        [b',', b'\t', b';'].into_iter().find_map(|separator| {
            let cells = cells(line, 0, separator);
            let place = |names: &[&str]| {
                let is_it = |cell: &Text| {
                    let text = cell.octets().trim_ascii().to_ascii_lowercase();
                    names.iter().any(|name| name.as_bytes() == text.as_slice())
                };
                cells.iter().position(is_it)
            };
            Some(Self {
                separator,
                name: place(NAME)?,
                kind: place(TYPE)?,
                value: place(VALUE)?,
                ttl: place(TTL),
                priority: place(PRIORITY),
            })
        })
    }
}

/// True for a text that begins with a header.
pub(super) fn has_header(text: &[u8]) -> bool {
    let mut lines = text.split(|octet| *octet == b'\n').filter(|line| !is_comment(line));
    let line = lines.next().unwrap_or_default();
    line.len() < 4096 && Columns::read(line.trim_ascii()).is_some()
}

/// True for a line that is no row, as `mailcheck fix` writes some.
fn is_comment(line: &[u8]) -> bool {
    line.starts_with(b"#")
}

/// Reads a table; names without a dot at their end, and not in `origin`, are below it.
pub(super) fn read(book: &mut Book<'_>, origin: Option<&Name>) -> Zone {
    let mut builder = Builder::default();
    let text = book.source.text;
    let lines = text.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii_end);
    let mut lines = lines.filter(|line| !is_comment(line));
    let columns = lines.next().and_then(|line| Columns::read(line.trim_ascii()));
    match columns {
        Some(columns) => {
            for line in lines.filter(|line| !line.is_empty()) {
                row(book, &mut builder, &columns, line, origin);
            }
        }
        None => book.fault(0, ErrorKind::Syntax, "expected a header with name, type and value"),
    }
    builder.finish(&book.source, &mut book.remarks)
}

fn row(
    book: &mut Book<'_>,
    builder: &mut Builder,
    columns: &Columns,
    line: &[u8],
    origin: Option<&Name>,
) {
    let start = book.source.offset(line);
    let cells = cells(line, start, columns.separator);
    let cell = |index: usize| cells.get(index).filter(|cell| !cell.octets().is_empty());
    let (name, Some(word), Some(value)) =
        (cell(columns.name), cell(columns.kind), cell(columns.value))
    else {
        return book.fault(start, ErrorKind::Syntax, "expected a name, a type and a value");
    };
    let root = Name::root();
    let at = Text::implied(b"@", start);
    let Some(owner) = book.owner(name.unwrap_or(&at), origin) else { return };
    let Some(kind) = Book::kind(word) else {
        return super::tool::provider_type(book, builder, &owner, word);
    };
    let ttl = columns.ttl.and_then(cell).and_then(|text| text.word().seconds());
    let is_bare = matches!(kind, Kind::Txt | Kind::Spf) && !value.octets().starts_with(b"\"");
    let mut data = Text::at(value.start());
    let priority = columns
        .priority
        .and_then(cell)
        .filter(|_| kind == Kind::Mx && !value.octets().trim_ascii().contains(&b' '));
    if let Some(priority) = priority {
        data.append(priority);
        data.push(b' ', value.start());
    }
    data.append(&if is_bare { value.quoted() } else { value.clone() });
    let set = Set { owner: &owner, kind, ttl, offset: start, origin: Some(&root) };
    book.within(&owner, Some(kind), |book| book.record(builder, &set, &data));
}

/// The cells of a line (RFC 4180 §2), without the quotes around them.
fn cells(line: &[u8], start: usize, separator: u8) -> Vec<Text> {
    let mut cells = Vec::new();
    let mut cell = Text::at(start);
    let (mut is_quoted, mut index) = (false, 0);
    while let Some(octet) = line.get(index) {
        let next = line.get(index + 1);
        match octet {
            b'"' if is_quoted && next == Some(&b'"') => {
                cell.push(b'"', start + index);
                index += 1;
            }
            b'"' if is_quoted => is_quoted = false,
            b'"' if cell.octets().is_empty() => is_quoted = true,
            octet if *octet == separator && !is_quoted => {
                cells.push(std::mem::replace(&mut cell, Text::at(start + index + 1)));
            }
            octet => cell.push(*octet, start + index),
        }
        index += 1;
    }
    cells.push(cell);
    cells
}
