//! Questions, answers and the data in them.

use super::failure::Failure;
use super::{Question, presentation};
use crate::net::{Association, Caa, Name};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// A type of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// IPv4 address.
    A,
    /// IPv6 address.
    Aaaa,
    /// Canonical name.
    Cname,
    /// Mail exchanger.
    Mx,
    /// Name server.
    Ns,
    /// Reverse pointer.
    Ptr,
    /// Start of authority.
    Soa,
    /// The retired SPF type 99 (RFC 7208 §3.1): never asked for policy.
    Spf,
    /// Service (RFC 2782).
    Srv,
    /// TLS association (RFC 6698).
    Tlsa,
    /// Text.
    Txt,
    /// Any other type, by number.
    Other(u16),
}

impl Kind {
    /// DS (RFC 4034 §5).
    pub(crate) const DS: Self = Self::Other(43);
    /// CAA (RFC 8659 §4).
    pub(crate) const CAA: Self = Self::Other(257);
    /// DNSKEY (RFC 4034 §2).
    pub(crate) const DNSKEY: Self = Self::Other(48);

    const NUMBERED: [(Self, u16); 11] = [
        (Self::A, 1),
        (Self::Aaaa, 28),
        (Self::Cname, 5),
        (Self::Mx, 15),
        (Self::Ns, 2),
        (Self::Ptr, 12),
        (Self::Soa, 6),
        (Self::Spf, 99),
        (Self::Srv, 33),
        (Self::Tlsa, 52),
        (Self::Txt, 16),
    ];

    /// The number of the type in the IANA registry.
    pub fn number(self) -> u16 {
        match self {
            Self::Other(number) => number,
            named => Self::NUMBERED.iter().find(|row| row.0 == named).map_or(0, |row| row.1),
        }
    }

    /// The type with this number.
    pub fn from_number(number: u16) -> Self {
        Self::NUMBERED.iter().find(|row| row.1 == number).map_or(Self::Other(number), |row| row.0)
    }

    /// The type with this mnemonic, or `TYPE123` (RFC 3597 §5), letter case ignored.
    pub fn from_mnemonic(text: &str) -> Option<Self> {
        presentation::number(text).map(Self::from_number).or_else(|| {
            let prefix = text.get(..4)?;
            let number = text.get(4..)?;
            (prefix.eq_ignore_ascii_case("TYPE")
                && !number.is_empty()
                && number.bytes().all(|octet| octet.is_ascii_digit()))
            .then(|| number.parse().ok().map(Self::from_number))?
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match presentation::mnemonic(self.number()) {
            Some(mnemonic) => out.write_str(mnemonic),
            None => write!(out, "TYPE{}", self.number()),
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(input)?;
        let unknown = || D::Error::custom(format_args!("no record type: {text}"));
        Self::from_mnemonic(&text).ok_or_else(unknown)
    }
}

/// With what right a name server answered (RFC 1034 §6.1, RFC 1035 §4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authority {
    /// Its own: the AA bit is set.
    Own,
    /// It refers to the servers of the zone asked about, whose names are the records.
    Referral,
    /// None: it does not serve the zone, and did not say who does.
    None,
}

impl Authority {
    /// The word for it on a cassette.
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Referral => "referral",
            Self::None => "none",
        }
    }

    /// The authority with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Own, Self::Referral, Self::None].into_iter().find(|one| one.word() == word)
    }
}

/// The data of one record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Data {
    /// IPv4 address.
    A(Ipv4Addr),
    /// IPv6 address.
    Aaaa(Ipv6Addr),
    /// Canonical name.
    Cname(Name),
    /// Mail exchanger.
    Mx {
        /// Lower is tried first.
        preference: u16,
        /// The host; the root in a null MX (RFC 7505).
        exchange: Name,
    },
    /// Name server.
    Ns(Name),
    /// Reverse pointer.
    Ptr(Name),
    /// Text: the character-strings, octet for octet, of TXT and of the retired type SPF.
    Txt(Vec<Box<[u8]>>),
    /// Anything else, as uncompressed rdata octets.
    Opaque(Box<[u8]>),
}

impl Data {
    /// A text as character-strings, cut where one is full (RFC 1035 §3.3: 255 octets).
    pub fn from_text(text: &[u8]) -> Self {
        let strings = text.chunks(255).map(Box::from).collect::<Vec<_>>();
        Self::Txt(if strings.is_empty() { vec![Box::default()] } else { strings })
    }

    /// The character-strings of a text joined with nothing between them (RFC 7208 §3.3).
    pub fn text(&self) -> Option<Vec<u8>> {
        match self {
            Self::Txt(strings) => Some(strings.concat()),
            _ => None,
        }
    }

    /// The address of an A or AAAA record.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Self::A(address) => Some((*address).into()),
            Self::Aaaa(address) => Some((*address).into()),
            _ => None,
        }
    }
}

/// Where in a file a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Where the octets of a text stand, in their order; `None` where only the record is known.
    pub marks: Option<Arc<[Mark]>>,
}

/// Octets of a text from `offset` on stand at `line` from `column` on, one character each, up to
/// the next mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Octets of the text before this one, strings joined.
    pub offset: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// A place whose record has no parts that are known.
    pub fn new(file: Arc<str>, line: u32, column: u32) -> Self {
        Self { file, line, column, marks: None }
    }

    /// Line and column of an octet of the record's text, strings joined; where the record begins
    /// if its parts are not known.
    pub fn of(&self, offset: u32) -> (u32, u32) {
        let marks = self.marks.as_deref().unwrap_or_default();
        let after = marks.partition_point(|mark| mark.offset <= offset);
        match after.checked_sub(1).and_then(|before| marks.get(before)) {
            Some(mark) => (mark.line, mark.column.saturating_add(offset - mark.offset)),
            None => (self.line, self.column),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its data.
    pub data: Data,
    /// Where it stands, if it came from a file.
    pub place: Option<Place>,
}

impl From<Data> for Record {
    fn from(data: Data) -> Self {
        Self { data, place: None }
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// At least one record of the type asked for, aliases already followed.
    Records(Vec<Record>),
    /// The name exists, records of this type do not (NOERROR without an answer).
    NoData,
    /// The name does not exist (RCODE 3).
    NxDomain,
    /// Nothing is known.
    Failed(Failure),
}

impl Outcome {
    /// The word for it on a cassette and in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Records(_) => "records",
            Self::NoData => "nodata",
            Self::NxDomain => "nxdomain",
            Self::Failed(failure) => failure.trouble.word(),
        }
    }
}

/// Who said so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provenance {
    /// A server, asked now.
    Live {
        /// Its address; `None` if no server was reached.
        server: Option<SocketAddr>,
        /// `udp`, `tcp`, `tls` or `https`.
        transport: &'static str,
        /// How many messages were sent.
        tries: u16,
    },
    /// A zone file that the user gave.
    Zone(Arc<str>),
    /// A cassette.
    Recorded(Arc<str>),
    /// A fault that was injected: a drill, as readers know it.
    Injected,
}

impl fmt::Display for Provenance {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live { server: Some(server), transport, .. } => {
                write!(out, "live via {server}/{transport}")
            }
            Self::Live { server: None, .. } => out.write_str("live"),
            Self::Zone(file) => out.write_str(file),
            Self::Recorded(cassette) => write!(out, "replayed from {cassette}"),
            Self::Injected => out.write_str("drill"),
        }
    }
}

/// The answer to one question, whatever it was, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// What was asked.
    pub question: Question,
    /// What came back.
    pub outcome: Outcome,
    /// Least time to live of the records, or of the negative answer, in seconds.
    pub ttl: Option<u32>,
    /// True if the server vouches for DNSSEC validation (AD bit); `None` if nobody asked.
    pub authentic: Option<bool>,
    /// The names that CNAME records led to, in order; the last one holds the records.
    pub aliases: Vec<Name>,
    /// Who said so.
    pub provenance: Provenance,
    /// Time from question to answer.
    pub elapsed: Duration,
    /// Size of the reply in octets, if it came over a wire.
    pub size: Option<u32>,
    /// With what right the server answered; `None` unless a name server was asked, and answered.
    pub authority: Option<Authority>,
    /// The addresses that a referral has for the servers that it names: glue (RFC 9471 §2.1). `None` if
    /// it is no referral, or that is not known.
    pub glue: Option<Vec<(Name, IpAddr)>>,
    /// The whole reply; `None` unless its signatures were asked for, and it came.
    pub signed: Option<SignedReply>,
}

/// A reply octet for octet, with the signatures in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedReply {
    /// The message (RFC 1035 §4.1).
    pub octets: Arc<[u8]>,
    /// When it came, in seconds since 1970: signatures are valid at that time or not.
    pub received: u64,
}

impl Answer {
    /// True if the aliases that were followed lead back to one of them, or to the name asked about.
    pub fn is_alias_loop(&self) -> bool {
        self.failure().is_some_and(|failure| failure.is_alias_loop)
    }

    /// An answer without frills: for zones, cassettes and tests.
    pub fn new(question: Question, outcome: Outcome, provenance: Provenance) -> Self {
        Self {
            question,
            outcome,
            ttl: None,
            authentic: None,
            aliases: Vec::new(),
            provenance,
            elapsed: Duration::ZERO,
            size: None,
            authority: None,
            glue: None,
            signed: None,
        }
    }

    /// The records; none unless the outcome is [`Outcome::Records`].
    pub fn records(&self) -> &[Record] {
        match &self.outcome {
            Outcome::Records(records) => records,
            _ => &[],
        }
    }

    /// The failure, if nothing is known.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.outcome {
            Outcome::Failed(failure) => Some(failure),
            _ => None,
        }
    }

    /// A void lookup: NXDOMAIN, or no error and no answer (RFC 7208 §4.6.4).
    pub fn is_void(&self) -> bool {
        matches!(self.outcome, Outcome::NoData | Outcome::NxDomain)
    }

    /// The TLSA records (RFC 6698 §2.1), without those that cannot be read.
    pub fn associations(&self) -> Vec<Association> {
        self.opaque(Kind::Tlsa, Association::read)
    }

    /// The CAA records (RFC 8659 §4.1), without those that cannot be read.
    pub fn caa(&self) -> Vec<Caa> {
        self.opaque(Kind::CAA, Caa::read)
    }

    /// The records of a type that answers hold as octets, each read.
    fn opaque<T>(&self, kind: Kind, read: fn(&[u8]) -> Option<T>) -> Vec<T> {
        let data = self.records().iter().filter_map(|record| match &record.data {
            Data::Opaque(octets) if self.question.kind == kind => read(octets),
            _ => None,
        });
        data.collect()
    }

    /// The hosts of MX records with their preferences, the most preferred first.
    pub(crate) fn exchanges(&self) -> Vec<(u16, &Name)> {
        let hosts = self.records().iter().filter_map(|record| match &record.data {
            Data::Mx { preference, exchange } => Some((*preference, exchange)),
            _ => None,
        });
        let mut hosts: Vec<(u16, &Name)> = hosts.collect();
        hosts.sort();
        hosts
    }

    /// The texts of TXT records, each joined from its strings.
    pub fn texts(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        self.records().iter().filter_map(|record| record.data.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_without_a_variant_are_shown_by_name_and_read_by_name_and_number() {
        let kinds = [43, 46, 47, 48, 50, 257, 65280].map(Kind::from_number);
        let shown = kinds.map(|kind| kind.to_string());
        let read = [shown.clone(), kinds.map(|kind| format!("type{}", kind.number()))];
        let expected = ["DS", "RRSIG", "NSEC", "DNSKEY", "NSEC3", "CAA", "TYPE65280"];
        assert_eq!(
            (
                shown.each_ref().map(String::as_str),
                read.map(|all| all.map(|it| Kind::from_mnemonic(&it)))
            ),
            (expected, [kinds.map(Some), kinds.map(Some)])
        );
    }
}
