//! Record data as text, the way master files write it, and back.
//!
//! RFC 1035 §5 gives every type a textual form: `10 mail.example.com.` for MX, quoted strings for
//! TXT. RFC 3597 §5 gives one to types that nobody here knows: `\# 3 abcdef`, the octets in
//! hexadecimal. Zone files and cassettes are written in these forms.
//!
//! A table says of which fields the data of a type is made; both directions follow it, by way of
//! the form on the wire. Types that stand in the table without fields (the records of DNSSEC, and
//! others that mail has no use for) are known by name and read in the generic form only.

mod field;
#[cfg(test)]
mod tests;
mod word;

pub(crate) use field::{LONG_STRING, Words};
pub(crate) use word::{NAMES, NO_ORIGIN, Piece, Word, piece};

use super::{Data, Kind};
use crate::net::Name;
use crate::text::lex::Wanted;
use crate::text::{Citation, Span, SyntaxError, rfc};
use field::Field::{
    self, A, Aaaa, CharacterString, CharacterStrings, Domain, Hex, Seconds, Tag, Text, U8, U16, U32,
};
use field::{push_name, take_array, take_name, take_string};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The textual form of record data.
const MASTER_FILE: Citation = rfc(1035, "5.1");

/// The types of the IANA registry that zone files hold: mnemonic, number, fields.
const TYPES: &[(&str, u16, Option<&[Field]>)] = &[
    ("A", 1, Some(&[A])),
    ("AAAA", 28, Some(&[Aaaa])),
    ("TXT", 16, Some(&[CharacterStrings])),
    ("MX", 15, Some(&[U16, Domain])),
    ("CNAME", 5, Some(&[Domain])),
    ("NS", 2, Some(&[Domain])),
    ("PTR", 12, Some(&[Domain])),
    ("SOA", 6, Some(&[Domain, Domain, U32, Seconds, Seconds, Seconds, Seconds])),
    ("TLSA", 52, Some(&[U8, U8, U8, Hex])),
    ("SRV", 33, Some(&[U16, U16, U16, Domain])),
    ("CAA", 257, Some(&[U8, Tag, Text])),
    ("SPF", 99, Some(&[CharacterStrings])),
    ("DNAME", 39, Some(&[Domain])),
    ("AFSDB", 18, Some(&[U16, Domain])),
    ("CDS", 59, Some(&[U16, U8, U8, Hex])),
    ("DS", 43, Some(&[U16, U8, U8, Hex])),
    ("HINFO", 13, Some(&[CharacterString, CharacterString])),
    ("KX", 36, Some(&[U16, Domain])),
    ("NAPTR", 35, Some(&[U16, U16, CharacterString, CharacterString, CharacterString, Domain])),
    ("RP", 17, Some(&[Domain, Domain])),
    ("SMIMEA", 53, Some(&[U8, U8, U8, Hex])),
    ("SSHFP", 44, Some(&[U8, U8, Hex])),
    ("URI", 256, Some(&[U16, U16, Text])),
    ("APL", 42, None),
    ("CDNSKEY", 60, None),
    ("CERT", 37, None),
    ("CSYNC", 62, None),
    ("DHCID", 49, None),
    ("DNSKEY", 48, None),
    ("EUI48", 108, None),
    ("EUI64", 109, None),
    ("HHIT", 67, None),
    ("HIP", 55, None),
    ("HTTPS", 65, None),
    ("IPSECKEY", 45, None),
    ("KEY", 25, None),
    ("LOC", 29, None),
    ("NSEC", 47, None),
    ("NSEC3", 50, None),
    ("NSEC3PARAM", 51, None),
    ("OPENPGPKEY", 61, None),
    ("RRSIG", 46, None),
    ("SVCB", 64, None),
    ("ZONEMD", 63, None),
    // Hardly anybody holds these, and servers load them.
    ("AMTRELAY", 260, None),
    ("ATMA", 34, None),
    ("AVC", 258, None),
    ("BRID", 68, None),
    ("CLA", 263, None),
    ("DLV", 32769, None),
    ("DOA", 259, None),
    ("DSYNC", 66, None),
    ("EID", 31, None),
    ("GPOS", 27, None),
    ("IPN", 264, None),
    ("ISDN", 20, None),
    ("L32", 105, None),
    ("L64", 106, None),
    ("LP", 107, None),
    ("MB", 7, None),
    ("MG", 8, None),
    ("MINFO", 14, None),
    ("MR", 9, None),
    ("NID", 104, None),
    ("NIMLOC", 32, None),
    ("NINFO", 56, None),
    ("NSAP", 22, None),
    ("NSAP-PTR", 23, None),
    ("NULL", 10, None),
    ("NXT", 30, None),
    ("PX", 26, None),
    ("RESINFO", 261, None),
    ("RKEY", 57, None),
    ("RT", 21, None),
    ("SINK", 40, None),
    ("TA", 32768, None),
    ("TALINK", 58, None),
    ("WALLET", 262, None),
    ("WKS", 11, None),
    ("X25", 19, None),
];

/// The type with this mnemonic or number (`TYPE65280`), letter case ignored.
pub fn kind(mnemonic: &[u8]) -> Option<Kind> {
    Kind::from_mnemonic(std::str::from_utf8(mnemonic).ok()?)
}

/// The number of the type with this mnemonic, letter case ignored.
pub(super) fn number(mnemonic: &str) -> Option<u16> {
    TYPES.iter().find(|row| row.0.eq_ignore_ascii_case(mnemonic)).map(|row| row.1)
}

/// The mnemonic of the type with this number.
pub(super) fn mnemonic(number: u16) -> Option<&'static str> {
    TYPES.iter().find(|row| row.1 == number).map(|row| row.0)
}

/// Writes data of a type on one line; names are absolute, with their final dot.
///
/// [`Data::Opaque`] is written in the form of its type where that is known (`3 1 1 d2abde…` for
/// TLSA), else in the generic form of RFC 3597 §5. [`read`] gives back what was written.
pub fn write(kind: Kind, data: &Data) -> String {
    let kind = own_kind(data).unwrap_or(kind);
    let octets = encode(data);
    let mut out = String::new();
    if fields(kind).and_then(|fields| write_fields(fields, &octets, &mut out)).is_none() {
        out.clear();
        // Writing to a String cannot fail.
        let _ = write!(out, "\\# {}", octets.len());
        for (index, octet) in octets.iter().enumerate() {
            let _ = write!(out, "{}{octet:02x}", if index == 0 { " " } else { "" });
        }
    }
    out
}

/// Reads data of a type from one line. Names need no final dot. A text without any string is
/// read, although no zone file may hold it, because a wire can.
///
/// # Errors
/// What was expected, and where in `text`.
pub fn read(kind: Kind, text: &[u8]) -> Result<Data, SyntaxError> {
    read_line(kind, text).map_err(|wanted| {
        let span = Span { end: Span::new(0, text.len()).end, ..Span::within(text, wanted.at) };
        SyntaxError::new(span, wanted.what, MASTER_FILE)
    })
}

fn read_line(kind: Kind, text: &[u8]) -> Result<Data, Wanted<'_>> {
    let words = words(text)?;
    let after = text.get(text.len()..).unwrap_or_default();
    let octets = wire(kind, Words::new(&words, after), Some(&Name::root()))?;
    let octets = octets.ok_or(Wanted { at: text, what: GENERIC })?;
    data(kind, octets).ok_or(Wanted { at: text, what: "octets that are data of this type" })
}

/// The words of a line that has nothing else.
///
/// # Errors
/// What was wanted, and where.
pub(crate) fn words(text: &[u8]) -> Result<Vec<Word<'_>>, Wanted<'_>> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        match piece(rest) {
            Ok((after, Piece::Word(word))) => {
                words.push(word);
                rest = after;
            }
            Ok((after, Piece::Blank)) => rest = after,
            // What a zone file would drop as a comment is more likely a text without quotes.
            Ok(_) => return Err(Wanted { at: rest, what: "a word or a string in quotes" }),
            Err(nom::Err::Error(wanted) | nom::Err::Failure(wanted)) => return Err(wanted),
            Err(nom::Err::Incomplete(_)) => break,
        }
    }
    Ok(words)
}

const GENERIC: &str = "data in the generic form, as in \\# 3 abcdef";

/// The rdata octets that the words of a record mean; `None` if this type is not read in its own
/// form.
///
/// # Errors
/// What was wanted, and where.
pub(crate) fn wire<'a>(
    kind: Kind,
    mut words: Words<'_, 'a>,
    origin: Option<&Name>,
) -> Result<Option<Vec<u8>>, Wanted<'a>> {
    let mut octets = Vec::new();
    if words.peek().is_some_and(|word| word.is("\\#")) {
        words.take(GENERIC)?;
        let length = words.take("the number of octets")?;
        words.take_hex(&mut octets)?;
        // RFC 3597 §5: "an unsigned decimal integer specifying the RDATA length in octets"
        if length.number().map(|length| length as usize) != Some(octets.len()) {
            return Err(Wanted { at: length.text, what: "the number of octets that follow" });
        }
    } else if let Some(fields) = fields(kind) {
        for field in fields {
            field.encode(&mut words, origin, &mut octets)?;
        }
        words.end()?;
    } else {
        let word = words.take(GENERIC)?;
        if !TYPES.iter().any(|row| row.1 == kind.number()) {
            return Err(Wanted { at: word.text, what: GENERIC });
        }
        return Ok(None);
    }
    Ok(Some(octets))
}

/// Priority, weight, port and target of an SRV record (RFC 2782); `None` of any other.
pub(crate) fn service(data: &Data) -> Option<([u16; 3], Name)> {
    let Data::Opaque(octets) = data else { return None };
    let mut rest: &[u8] = octets;
    let numbers = [take_array(&mut rest)?, take_array(&mut rest)?, take_array(&mut rest)?];
    let target = take_name(&mut rest)?;
    rest.is_empty().then(|| (numbers.map(u16::from_be_bytes), target))
}

/// The data of a type from its rdata octets; `None` if they are not data of this type.
pub(crate) fn data(kind: Kind, octets: Vec<u8>) -> Option<Data> {
    let mut rest = octets.as_slice();
    let wire = &mut rest;
    let data = match kind {
        Kind::A => Data::A(Ipv4Addr::from(take_array::<4>(wire)?)),
        Kind::Aaaa => Data::Aaaa(Ipv6Addr::from(take_array::<16>(wire)?)),
        Kind::Cname => Data::Cname(take_name(wire)?),
        Kind::Mx => {
            let preference = u16::from_be_bytes(take_array(wire)?);
            Data::Mx { preference, exchange: take_name(wire)? }
        }
        Kind::Ns => Data::Ns(take_name(wire)?),
        Kind::Ptr => Data::Ptr(take_name(wire)?),
        Kind::Txt | Kind::Spf => {
            let mut strings = Vec::new();
            while !wire.is_empty() {
                strings.push(Box::from(take_string(wire)?));
            }
            Data::Txt(strings)
        }
        Kind::Soa | Kind::Srv | Kind::Tlsa | Kind::Other(_) => {
            return Some(Data::Opaque(octets.into()));
        }
    };
    rest.is_empty().then_some(data)
}

/// The rdata octets of data.
fn encode(data: &Data) -> Vec<u8> {
    let mut wire = Vec::new();
    match data {
        Data::A(address) => wire.extend(address.octets()),
        Data::Aaaa(address) => wire.extend(address.octets()),
        Data::Cname(name) | Data::Ns(name) | Data::Ptr(name) => push_name(name, &mut wire),
        Data::Mx { preference, exchange } => {
            wire.extend(preference.to_be_bytes());
            push_name(exchange, &mut wire);
        }
        Data::Txt(strings) => {
            for string in strings {
                // A longer string cannot come from a wire; cut, it would still be the same text.
                for part in string.chunks(255).chain(string.is_empty().then_some(&[][..])) {
                    wire.push(part.len() as u8);
                    wire.extend_from_slice(part);
                }
            }
        }
        Data::Opaque(octets) => wire.extend_from_slice(octets),
    }
    wire
}

/// The type that data can only be of.
fn own_kind(data: &Data) -> Option<Kind> {
    Some(match data {
        Data::A(_) => Kind::A,
        Data::Aaaa(_) => Kind::Aaaa,
        Data::Cname(_) => Kind::Cname,
        Data::Mx { .. } => Kind::Mx,
        Data::Ns(_) => Kind::Ns,
        Data::Ptr(_) => Kind::Ptr,
        Data::Txt(_) => Kind::Txt,
        Data::Opaque(_) => return None,
    })
}

fn fields(kind: Kind) -> Option<&'static [Field]> {
    let number = kind.number();
    TYPES.iter().find(|row| row.1 == number)?.2
}

fn write_fields(fields: &[Field], octets: &[u8], out: &mut String) -> Option<()> {
    let mut wire = octets;
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        field.decode(&mut wire, out)?;
    }
    wire.is_empty().then_some(())
}
