//! Questions to messages, and messages to what we say about them.

use super::rcode;
use crate::dns::{Addressee, Data, Kind, Question, Record};
use crate::net::{Name, NameError};
use hickory_resolver::proto::op::{
    DnsRequest, DnsRequestOptions, DnsResponse, Edns, Message, MessageType, OpCode, Query,
};
use hickory_resolver::proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_resolver::proto::rr::{self, DNSClass, RData, RecordType};
use hickory_resolver::proto::serialize::binary::{BinEncodable, BinEncoder, NameEncoding};

/// What fits a datagram that is never fragmented (RFC 9715 §3.1 and the DNS flag day of 2020).
const DATAGRAM_LIMIT: u16 = 1232;
/// The option that carries an extended error (RFC 8914 §2).
const EXTENDED_ERROR: u16 = 15;
/// Of a text that a server may make as long as it likes, this many octets are kept.
const TEXT_LIMIT: usize = 200;
/// Octets of the header (RFC 1035 §4.1.1).
const HEADER: usize = 12;
/// Octets of a question behind its name (RFC 1035 §4.1.2).
pub(super) const QUESTION: usize = 4;
/// Octets of a record between its name and its data (RFC 1035 §4.1.3).
const RECORD: usize = 10;

/// The message that asks `question`.
///
/// `None` cannot happen for a [`Name`], whose labels and length are within the limits of the wire.
pub(super) fn request(question: &Question) -> Option<DnsRequest> {
    // Never through text: `s1_2024._domainkey` and `user+tag=a` would be refused or mapped by IDNA.
    let name = rr::Name::from_labels(question.name.labels()).ok()?;
    let mut message = Message::query();
    message.add_query(Query::query(name, RecordType::from(question.kind.number())));
    message.metadata.recursion_desired = true;
    // RFC 6840 §5.7: "setting the AD bit in a query as a signal indicating that the requester
    // understands and is interested in the value of the AD bit in the response".
    message.metadata.authentic_data = true;
    let mut edns = Edns::new();
    edns.set_max_payload(DATAGRAM_LIMIT);
    if question.to.as_deref() == Some(&Addressee::Signed) {
        edns.set_dnssec_ok(true);
        // RFC 4035 §3.2.2: what does not pass the validation of the server is wanted too.
        message.metadata.checking_disabled = true;
    }
    message.set_edns(edns);
    Some(DnsRequest::new(message, DnsRequestOptions::default()))
}

/// Takes the OPT record out of a query, for servers that know nothing of it.
pub(super) fn leave_out_edns(request: &mut DnsRequest) {
    request.edns = None;
}

/// Whether the message replies to the question at all; the transports do not all check that.
pub(super) fn replies_to(response: &DnsResponse, question: &Question) -> bool {
    let metadata = &response.metadata;
    let about_it = match response.queries.as_slice() {
        [query] => {
            u16::from(query.query_type()) == question.kind.number()
                && query.query_class() == DNSClass::IN
                && name(query.name()).is_ok_and(|name| name == question.name)
        }
        // A server that could not read the question cannot repeat it.
        [] => !rcode::is_answer(u16::from(metadata.response_code)),
        _ => false,
    };
    about_it && metadata.message_type == MessageType::Response && metadata.op_code == OpCode::Query
}

/// Our name for a name of the library.
pub(super) fn name(name: &rr::Name) -> Result<Name, NameError> {
    Name::from_labels(name.iter())
}

/// Our record for a record of the library; `None` if its data is not what its type promises.
pub(super) fn record(data: &RData, kind: Kind) -> Option<Record> {
    let data = match data {
        RData::A(address) => Data::A(address.0),
        RData::AAAA(address) => Data::Aaaa(address.0),
        RData::CNAME(target) => Data::Cname(name(target).ok()?),
        RData::MX(mx) => Data::Mx { preference: mx.preference, exchange: name(&mx.exchange).ok()? },
        RData::NS(host) => Data::Ns(name(host).ok()?),
        RData::PTR(host) => Data::Ptr(name(host).ok()?),
        RData::TXT(text) => Data::Txt(text.txt_data.to_vec()),
        RData::Unknown { rdata, .. } if kind == Kind::Spf => {
            Data::Txt(character_strings(&rdata.anything)?)
        }
        other => Data::Opaque(octets(other)?),
    };
    Some(data.into())
}

/// The character-strings in `rdata` (RFC 1035 §3.3), each behind its length.
fn character_strings(mut rdata: &[u8]) -> Option<Vec<Box<[u8]>>> {
    let mut strings = Vec::new();
    while let Some((length, rest)) = rdata.split_first() {
        let (string, rest) = rest.split_at_checked(usize::from(*length))?;
        strings.push(string.into());
        rdata = rest;
    }
    Some(strings)
}

/// The rdata with its names written out.
fn octets(data: &RData) -> Option<Box<[u8]>> {
    let mut octets = Vec::new();
    let mut encoder = BinEncoder::new(&mut octets);
    encoder.set_name_encoding(NameEncoding::Uncompressed);
    data.emit(&mut encoder).ok()?;
    Some(octets.into_boxed_slice())
}

/// How long the absence of records at `name` may be believed, in seconds, if the server proves that
/// it speaks for the zone by adding its SOA record; `None` without one.
pub(super) fn negative_ttl(message: &Message, own: &Name) -> Option<u32> {
    message.authorities.iter().find_map(|record| match &record.data {
        // RFC 2308 §3: "The TTL of this record is set from the minimum of the MINIMUM field of the
        // SOA record and the TTL of the SOA itself".
        RData::SOA(soa)
            if record.dns_class == DNSClass::IN
                && name(&record.name).is_ok_and(|zone| own.is_within(&zone)) =>
        {
            Some(ttl(record.ttl).min(soa.minimum))
        }
        _ => None,
    })
}

/// True if a message goes on where its header says that it ends.
pub(super) fn has_octets_behind(message: &[u8]) -> bool {
    end(message).is_some_and(|end| end < message.len())
}

/// Where a message ends by the counts of its header (RFC 1035 §4.1); `None` if it breaks off before.
fn end(message: &[u8]) -> Option<usize> {
    let number = |at: usize| {
        let octets = message.get(at..at.checked_add(2)?)?.first_chunk::<2>()?;
        Some(usize::from(u16::from_be_bytes(*octets)))
    };
    let mut at = HEADER;
    for _ in 0..number(4)? {
        at = behind_name(message, at)? + QUESTION;
    }
    let records = number(6)? + number(8)? + number(10)?;
    for _ in 0..records {
        at = behind_name(message, at)? + RECORD;
        at += number(at - 2)?;
    }
    (at <= message.len()).then_some(at)
}

/// The first question of a message, octet for octet; `None` if the message breaks off before its end.
pub(super) fn question_of(message: &[u8]) -> Option<&[u8]> {
    message.get(HEADER..behind_name(message, HEADER)? + QUESTION)
}

/// Where a name ends: behind the root, or behind the pointer to the rest (RFC 1035 §4.1.4).
fn behind_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            length if length < 0x40 => at += 1 + usize::from(length),
            _ => return Some(at + 2),
        }
    }
}

/// A time to live as it is meant, in seconds.
pub(super) fn ttl(seconds: u32) -> u32 {
    // RFC 2181 §8: "Implementations should treat TTL values received with the most significant bit
    // set as if the entire value received was zero."
    if seconds > i32::MAX as u32 { 0 } else { seconds }
}

/// An extended error (RFC 8914).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExtendedError {
    /// The INFO-CODE.
    pub(super) code: u16,
    /// The EXTRA-TEXT, shortened; may be empty.
    pub(super) text: String,
}

/// The extended error in a message, if it has one.
pub(super) fn extended_error(message: &Message) -> Option<ExtendedError> {
    let option = message.edns.as_ref()?.option(EdnsCode::from(EXTENDED_ERROR))?;
    let EdnsOption::Unknown(_, octets) = option else { return None };
    let (code, text) = octets.split_first_chunk::<2>()?;
    // The text may end with a null octet, and need not (RFC 8914 §2).
    let text = text.strip_suffix(&[0]).unwrap_or(text);
    Some(ExtendedError { code: u16::from_be_bytes(*code), text: shorten(text) })
}

/// At most [`TEXT_LIMIT`] octets of a text from the network.
pub(super) fn shorten(text: &[u8]) -> String {
    match text.get(..TEXT_LIMIT) {
        Some(start) if text.len() > TEXT_LIMIT => String::from_utf8_lossy(start).into_owned() + "…",
        _ => String::from_utf8_lossy(text).into_owned(),
    }
}
