//! Lists of records, one a line, as people and spreadsheets keep them.
//!
//! ```text
//! line   =  [ name blank [ ttl blank ] [ "IN" blank ] type blank value ] [ CR ] LF
//! line   =/ ( "#" / ";" ) anything
//! blank  =  1*( SP / HTAB )
//! ```
//! Names are absolute, with or without a final dot, or below a zone that was named. A text is one or more strings in quotes, or else
//! everything to the end of the line.

use super::book::{Book, Set};
use super::json::STRING_LIMIT;
use super::text::Text;
use crate::dns::Kind;
use crate::dns::presentation::Word;
use crate::net::Name;
use crate::text::lex::{is_wsp, trim};
use crate::zonefile::zone::{Builder, ErrorKind, Zone};

/// Reads a list; names that are not in `zone` are below it.
pub(super) fn read(book: &mut Book<'_>, zone: Option<&Name>) -> Zone {
    let mut builder = Builder::default();
    for line in book.source.text.split(|octet| *octet == b'\n') {
        let line = trim(line, |octet| is_wsp(octet) || octet == b'\r');
        if !line.is_empty() && !line.starts_with(b"#") && !line.starts_with(b";") {
            record(book, &mut builder, line, zone);
        }
    }
    builder.finish(&book.source, &mut book.remarks)
}

/// Takes a word from the front of a line.
fn word<'a>(line: &mut &'a [u8]) -> &'a [u8] {
    let end = line.iter().position(|octet| is_wsp(*octet)).unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end).unwrap_or((line, &[]));
    *line = trim(rest, is_wsp);
    word
}

fn record(book: &mut Book<'_>, builder: &mut Builder, line: &[u8], zone: Option<&Name>) {
    let start = book.source.offset(line);
    let mut rest = line;
    let root = Name::root();
    let owner = Text::plain(word(&mut rest), start);
    // `@` and `_dmarc` of an export would be the root and a name below it.
    let Some(owner) = book.owner(&owner, zone) else { return };
    let mut ttl = None;
    let (kind, at) = loop {
        let at = start + (line.len() - rest.len());
        let next = Word { text: word(&mut rest), quoted: false };
        if ttl.is_none() && next.text.first().is_some_and(u8::is_ascii_digit) {
            ttl = next.seconds();
            if ttl.is_some() {
                continue;
            }
            return book.fault(at, ErrorKind::Ttl, "expected a TTL or a record type");
        } else if !next.is("IN") {
            break (Book::kind(&Text::plain(next.text, at)), at);
        }
    };
    let Some(kind) = kind else {
        return book.fault(at, ErrorKind::Type, "expected a record type");
    };
    let offset = if rest.is_empty() { start + line.len() } else { book.source.offset(rest) };
    if rest.len() > STRING_LIMIT {
        return book.fault(offset, ErrorKind::Limit, "expected a value of at most 1048576 octets");
    }
    let rest = without_comment(rest);
    let value = Text::plain(rest, offset);
    let is_bare = matches!(kind, Kind::Txt | Kind::Spf) && !rest.starts_with(b"\"");
    let data = match is_bare && !rest.is_empty() {
        true => value.quoted(),
        false => value,
    };
    let set = Set { owner: &owner, kind, ttl, offset: start, origin: Some(&root) };
    book.record(builder, &set, &data);
}

/// Data without the comment behind it; in a text without quotes a semicolon is a part of it.
fn without_comment(data: &[u8]) -> &[u8] {
    if data.starts_with(b"\"") {
        let mut is_inside = false;
        let end = data.iter().position(|octet| {
            is_inside ^= *octet == b'"';
            *octet == b';' && !is_inside
        });
        return trim(data.get(..end.unwrap_or(data.len())).unwrap_or(data), is_wsp);
    }
    let end = data.windows(2).position(|pair| is_wsp(pair[0]) && pair[1] == b';');
    match end {
        Some(end) if !data.starts_with(b"v=") => trim(data.get(..end).unwrap_or(data), is_wsp),
        _ => data,
    }
}
