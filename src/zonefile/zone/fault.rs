//! What is wrong with the text of a zone, and what is only worth a word.

use crate::dns::{Kind, Place};
use crate::net::Name;
use std::fmt;

/// What kind of fault a text has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is not of its format: an open quote or parenthesis, a bad escape, a directive that
    /// nobody knows, an entry without an owner.
    Syntax,
    /// A name that cannot be one: too long, an empty label, or relative to nothing.
    Name,
    /// A time to live that cannot be read.
    Ttl,
    /// A class other than IN.
    Class,
    /// No type of record.
    Type,
    /// The data is not what its type wants: an address, a number, a field too many or too few.
    Data,
    /// A string of more than 255 octets (RFC 1035 §3.3).
    LongString,
    /// Other data beside a CNAME record (RFC 1034 §3.6.2).
    Alias,
    /// Two CNAME records at a name (RFC 2181 §10.1).
    SecondAlias,
    /// Two SOA records in a zone (RFC 1035 §5.2).
    SecondSoa,
    /// A record set that octoDNS is given twice.
    SecondSet,
    /// A name outside of the zone of the SOA record.
    OutOfZone,
    /// An SOA record whose owner lacks its final dot; it is read as if the dot stood there.
    MissingDot,
    /// A record set that fits into no message (RFC 1035 §4.2.2).
    LargeSet,
    /// Asked for, and not done: an `$INCLUDE` of a file that is not there, or must not be opened.
    Refused,
    /// The file is a page of a list, and says that another one follows.
    Incomplete,
    /// More than is read: records of `$GENERATE`, nesting, aliases.
    Limit,
    /// A comment that begins with `mailcheck:` and says nothing that is understood.
    Comment,
}

/// A fault in a zone file. Shown as `new.zone:7:12: expected a record type`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZoneError {
    /// Where it is.
    pub place: Place,
    /// What kind of fault it is.
    pub kind: ErrorKind,
    /// What is wrong, most often "expected …".
    pub what: String,
    /// What of the zone it leaves open.
    pub concerns: Concern,
}

/// What of a zone an entry that cannot be read leaves open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Concern {
    /// Nothing: everything was read.
    Nothing,
    /// A record set, or with `None` every record set of a name.
    Set(Name, Option<Kind>),
    /// Any name: whose entry it is cannot be told.
    #[default]
    Anything,
}

impl fmt::Display for ZoneError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.what)
    }
}

impl std::error::Error for ZoneError {}

/// Something in a zone file that is no fault, and that its owner may want to know. Shown as
/// `new.zone:7:1: example.com TXT is listed already at new.zone:3:1`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// Where it is.
    pub place: Place,
    /// What there is to say.
    pub remark: Remark,
}

/// What there is to say about a place in a zone file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// The record is listed a second time; the two count as one (RFC 2181 §5).
    Repeated {
        /// Who owns it.
        owner: Name,
        /// Its type.
        kind: Kind,
        /// Where it stands first.
        first: Place,
    },
    /// The record has another time to live than the first one of its set (RFC 2181 §5.2). Told
    /// once for a set; the least of them is used.
    UnequalTtl {
        /// Who owns the set.
        owner: Name,
        /// Its type.
        kind: Kind,
        /// The time to live of this record, in seconds.
        ttl: u32,
        /// Where the first record of the set stands.
        first: Place,
        /// The time to live of that one, in seconds.
        first_ttl: u32,
    },
    /// Which zone the file is taken to be about, where that is not plain.
    Zone {
        /// Which it is, and why.
        what: String,
    },
    /// Something there cannot be known from the file, or is not read: nothing is claimed about it.
    Skipped {
        /// What it is, and why.
        what: String,
    },
    /// The same of what a plan leaves as it is.
    Unchanged {
        /// What it is, and why.
        what: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.place)?;
        match &self.remark {
            Remark::Repeated { owner, kind, first } => {
                write!(out, "{owner} {kind} repeats {first}")
            }
            Remark::Skipped { what } | Remark::Unchanged { what } | Remark::Zone { what } => {
                out.write_str(what)
            }
            Remark::UnequalTtl { owner, kind, ttl, first, first_ttl } => {
                write!(out, "{owner} {kind} has TTL {ttl} here and TTL {first_ttl} at {first}")
            }
        }
    }
}
