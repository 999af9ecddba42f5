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
/// The class of the Internet (RFC 1035 §3.2.4).
const CLASS_IN: [u8; 2] = [0, 1];
/// Octets of the header (RFC 1035 §4.1.1).
const HEADER: usize = 12;
/// Octets of a question behind its name (RFC 1035 §4.1.2).
pub(super) const QUESTION: usize = 4;
/// Octets of a record between its name and its data (RFC 1035 §4.1.3).
const RECORD: usize = 10;

/// A query to be sent.
#[derive(Clone, Copy)]
pub(super) struct Request<'q> {
    /// What is asked.
    pub(super) question: &'q Question,
    /// Whom.
    pub(super) of: Recipient,
    /// Whether it has an OPT record; servers may know nothing of it.
    pub(super) edns: Edns0,
}

/// Who is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Recipient {
    /// A server that resolves names, and may say whether it validated what it found.
    Resolver,
    /// A server of the zone, by itself.
    NameServer,
}

/// Whether a query has an OPT record (RFC 6891).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Edns0 {
    /// It has one.
    With,
    /// It has none.
    Without,
}

impl<'q> Request<'q> {
    /// Asks a server that resolves names, with EDNS.
    pub(super) fn new(question: &'q Question) -> Self {
        Self { question, of: Recipient::Resolver, edns: Edns0::With }
    }

    /// The same query without the OPT record.
    pub(super) fn without_edns(self) -> Self {
        Self { edns: Edns0::Without, ..self }
    }

    /// True if signatures are wanted too, and what does not pass the validation of the server.
    fn is_signed(&self) -> bool {
        self.question.to.as_deref() == Some(&Addressee::Signed)
    }

    /// The message in wire form (RFC 1035 §4.1), with an id of zero.
    pub(super) fn octets(&self) -> Vec<u8> {
        // RD; and RFC 6840 §5.7: "setting the AD bit in a query as a signal indicating that the
        // requester understands and is interested in the value of the AD bit in the response".
        let flags: [u8; 2] = match self.of {
            // RFC 4035 §3.2.2: CD.
            Recipient::Resolver if self.is_signed() => [0x01, 0x30],
            Recipient::Resolver => [0x01, 0x20],
            Recipient::NameServer => [0, 0],
        };
        let opt = u8::from(self.edns == Edns0::With);
        let mut message = Vec::with_capacity(64);
        message.extend([0, 0]);
        message.extend(flags);
        message.extend([0, 1, 0, 0, 0, 0, 0, opt]);
        // Never through text: `s1_2024._domainkey` and `user+tag=a` would be refused or mapped by IDNA.
        for label in self.question.name.labels() {
            // A label has at most 63 octets.
            message.push(label.len() as u8);
            message.extend(label);
        }
        message.push(0);
        message.extend(self.question.kind.number().to_be_bytes());
        message.extend(CLASS_IN);
        if self.edns == Edns0::With {
            // RFC 6891 §6.1.2: the root, the type OPT, and in place of the class the size.
            message.extend([0, 0, 41]);
            message.extend(DATAGRAM_LIMIT.to_be_bytes());
            // RFC 3225 §3: DO.
            message.extend([0, 0, if self.is_signed() { 0x80 } else { 0 }, 0, 0, 0]);
        }
        message
    }

    /// The message as the library has it, for connections that are its own.
    ///
    /// `None` cannot happen for a [`Name`], whose labels and length are within the limits of the wire.
    pub(super) fn message(&self) -> Option<DnsRequest> {
        let name = rr::Name::from_labels(self.question.name.labels()).ok()?;
        let mut message = Message::query();
        message.add_query(Query::query(name, RecordType::from(self.question.kind.number())));
        message.metadata.recursion_desired = self.of == Recipient::Resolver;
        message.metadata.authentic_data = self.of == Recipient::Resolver;
        if self.edns == Edns0::With {
            let mut edns = Edns::new();
            edns.set_max_payload(DATAGRAM_LIMIT);
            edns.set_dnssec_ok(self.is_signed());
            message.metadata.checking_disabled = self.is_signed();
            message.set_edns(edns);
        }
        Some(DnsRequest::new(message, DnsRequestOptions::default()))
    }
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

/// True if a message says that it has one question.
pub(super) fn has_one_question(message: &[u8]) -> bool {
    message.get(4..6) == Some(&[0, 1])
}

/// The first question of a message, octet for octet; `None` if the message breaks off before its end.
pub(super) fn question_of(message: &[u8]) -> Option<&[u8]> {
    message.get(HEADER..behind_name(message, HEADER)? + QUESTION)
}

/// Gives a message an id.
pub(super) fn mark(message: &mut [u8], id: [u8; 2]) {
    if let Some(place) = message.first_chunk_mut() {
        *place = id;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_the_one_that_the_library_makes() {
        let name = Name::from_labels([b"_x y".as_slice(), b"example"]).expect("a valid name");
        let question = Question::new(name, Kind::Txt);
        let resolver = Request::new(&question);
        let server = Request { of: Recipient::NameServer, ..resolver };
        for request in [resolver, resolver.without_edns(), server, server.without_edns()] {
            let mut message = request.message().expect("the name fits");
            message.metadata.id = 0;
            assert_eq!(request.octets(), message.to_vec().expect("it can be written"));
        }
    }
}
