//! Nearly every reply, read straight from its octets.
//!
//! The records that were asked for and nothing else, or a denial with the SOA record that proves it
//! (RFC 2308 §3). Whatever holds more than that, or less, or is not well formed to its last octet, is left
//! to those who know what it may mean: [`soundness`](super::soundness) and
//! [`cname_chain`](super::cname_chain), which read these in the same way.

use super::{rcode, wire};
use crate::dns::{Data, Kind, Outcome, Question, Record};
use crate::net::Name;

/// Octets of the header (RFC 1035 §4.1.1).
const HEADER: usize = 12;
/// The types SOA and OPT (RFC 1035 §3.2.2, RFC 6891 §6.1.1).
const SOA: u16 = 6;
const OPT: u16 = 41;
/// The class of the Internet.
const IN: u16 = 1;

/// What a plain reply says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plain {
    pub(super) outcome: Outcome,
    /// Least time to live of what it says, in seconds.
    pub(super) ttl: u32,
    /// True if the server vouches for DNSSEC validation.
    pub(super) authentic: bool,
}

/// What a reply to `question` says, if it is plain.
pub(super) fn read(message: &[u8], question: &Question) -> Option<Plain> {
    let mut from = Reader { message, at: 2 };
    let [flags, more] = from.take()?;
    // RFC 1035 §4.1.1: a reply (QR) to a standard query that is not truncated (TC); AA says nothing here.
    let is_whole_reply = flags & 0xfa == 0x80;
    let code = u16::from(more & 0x0f);
    let counts = [from.number()?, from.number()?, from.number()?, from.number()?];
    let [1, answers, authorities, further @ 0..=1] = counts else { return None };
    if !is_whole_reply || !from.name_is(&question.name)? {
        return None;
    }
    if [from.number()?, from.number()?] != [question.kind.number(), IN] {
        return None;
    }
    let (outcome, ttl) = match (answers, authorities, code) {
        (1.., 0, rcode::NO_ERROR) => from.records(question, answers)?,
        (0, 1, rcode::NO_ERROR) => (Outcome::NoData, from.negative_ttl(&question.name)?),
        (0, 1, rcode::NAME_ERROR) => (Outcome::NxDomain, from.negative_ttl(&question.name)?),
        _ => return None,
    };
    if further == 1 {
        from.opt()?;
    }
    let authentic = more & 0x20 != 0;
    (from.at == message.len()).then_some(Plain { outcome, ttl, authentic })
}

/// A message, and how far it was read.
struct Reader<'m> {
    message: &'m [u8],
    at: usize,
}

impl<'m> Reader<'m> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let octets = *self.message.get(self.at..)?.first_chunk()?;
        self.at += N;
        Some(octets)
    }

    fn number(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    /// So many octets.
    fn octets(&mut self, many: usize) -> Option<&'m [u8]> {
        let octets = self.message.get(self.at..)?.get(..many)?;
        self.at += many;
        Some(octets)
    }

    /// Reads a name that is `name`, in any letter case, written out or as a pointer to the question;
    /// false if it is another one, or is written in another way.
    fn name_is(&mut self, name: &Name) -> Option<bool> {
        let rest = self.message.get(self.at..)?;
        // The question is never compressed, and its name is the first there is.
        if self.at > HEADER && rest.starts_with(&[0xc0, HEADER as u8]) {
            self.at += 2;
            return Some(true);
        }
        let wire = name.wire();
        let (written, behind) = rest.split_at_checked(wire.len())?;
        self.at += wire.len() + 1;
        // The length of a label is no letter.
        Some(written.eq_ignore_ascii_case(wire) && behind.first() == Some(&0))
    }

    /// Reads a name, compressed or not (RFC 1035 §4.1.4).
    fn name(&mut self) -> Option<Name> {
        let mut labels: Vec<&[u8]> = Vec::with_capacity(8);
        let (mut at, mut end) = (self.at, None);
        // The octets from which it is read now: those a pointer leads to end where it began.
        let (mut start, mut readable) = (self.at, self.message);
        loop {
            let length = *readable.get(at)?;
            match length {
                0 => break,
                1..0x40 => {
                    let label = readable.get(at + 1..)?.get(..usize::from(length))?;
                    labels.push(label);
                    at += 1 + label.len();
                }
                0xc0.. => {
                    let low = *readable.get(at + 1)?;
                    let target = usize::from(length & 0x3f) << 8 | usize::from(low);
                    end.get_or_insert(at + 2);
                    readable = self.message.get(..start)?;
                    // RFC 1035 §4.1.4: "a prior occurance of the same name"; so there is no loop.
                    at = Some(target).filter(|target| (HEADER..start).contains(target))?;
                    start = at;
                }
                _ => return None,
            }
        }
        self.at = end.unwrap_or(at + 1);
        Name::from_labels(labels).ok()
    }

    /// Reads records, which have to be those asked for, and their least time to live.
    fn records(&mut self, question: &Question, many: u16) -> Option<(Outcome, u32)> {
        let mut records: Vec<Record> = Vec::with_capacity(many.min(8).into());
        let mut least = u32::MAX;
        for _ in 0..many {
            if !self.name_is(&question.name)? {
                return None;
            }
            if [self.number()?, self.number()?] != [question.kind.number(), IN] {
                return None;
            }
            least = least.min(wire::ttl(u32::from_be_bytes(self.take()?)));
            records.push(self.data(question.kind)?.into());
        }
        Some((Outcome::Records(records), least))
    }

    /// Reads the data of a record, behind its length.
    fn data(&mut self, kind: Kind) -> Option<Data> {
        let length = usize::from(self.number()?);
        let end = self.at + length;
        let data = match kind {
            Kind::A => Data::A(self.take::<4>()?.into()),
            Kind::Aaaa => Data::Aaaa(self.take::<16>()?.into()),
            Kind::Mx => Data::Mx { preference: self.number()?, exchange: self.name()? },
            Kind::Ptr => Data::Ptr(self.name()?),
            Kind::Txt => {
                let mut strings = Vec::with_capacity(1);
                while self.at < end {
                    let [length] = self.take()?;
                    strings.push(self.octets(length.into())?.into());
                }
                Some(Data::Txt(strings)).filter(|_| length > 0)?
            }
            _ => return None,
        };
        (self.at == end).then_some(data)
    }

    /// Reads the SOA record of a zone that holds `own`: how long a denial may be believed.
    fn negative_ttl(&mut self, own: &Name) -> Option<u32> {
        let zone = self.name()?;
        if [self.number()?, self.number()?] != [SOA, IN] || !own.is_within(&zone) {
            return None;
        }
        let ttl = wire::ttl(u32::from_be_bytes(self.take()?));
        let length = usize::from(self.number()?);
        let end = self.at + length;
        self.name()?;
        self.name()?;
        let _timers: [u8; 16] = self.take()?;
        let minimum = u32::from_be_bytes(self.take()?);
        (self.at == end).then_some(ttl.min(minimum))
    }

    /// Reads an OPT record that says nothing: no further code, version 0, no options.
    fn opt(&mut self) -> Option<()> {
        let [root] = self.take()?;
        let kind = self.number()?;
        let [_, _, code, version, _, _, options @ ..] = self.take::<8>()?;
        (root == 0 && kind == OPT && [code, version] == [0, 0] && options == [0, 0]).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::cname_chain::{CnameChain, Progress};
    use super::super::soundness;
    use super::*;
    use hickory_resolver::proto::op::DnsResponse;

    /// The same by way of the library, for replies of all sorts.
    fn by_the_library(message: &[u8], question: &Question) -> Option<Plain> {
        let response = DnsResponse::from_buffer(message.to_vec()).ok()?;
        let is_answer = rcode::is_answer(response.metadata.response_code.into());
        let is_sound = wire::replies_to(&response, question)
            && is_answer
            && !response.metadata.truncation
            && soundness::flaw(&response, question).is_none();
        let mut chain = CnameChain::new(question);
        match chain.read(&response) {
            Progress::Done(outcome) if is_sound && chain.aliases.is_empty() => {
                let authentic = response.metadata.authentic_data;
                Some(Plain { outcome, ttl: chain.ttl?, authentic })
            }
            _ => None,
        }
    }

    fn question(kind: Kind) -> Question {
        Question::new(Name::from_octets(b"a.b.test").expect("a name"), kind)
    }

    /// A record of class IN with a time to live of 300 seconds.
    fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).expect("a test writes short data").to_be_bytes();
        [owner, &kind.to_be_bytes(), &[0, 1, 0, 0, 1, 44], &length, data].concat()
    }

    /// A reply to a question about `A.b.test`, with records for its answer or a proof that there are none.
    fn message(kind: Kind, code: u8, answers: &[Vec<u8>], proof: &[Vec<u8>]) -> Vec<u8> {
        let [answered, proved] = [answers, proof].map(|it| it.len() as u8);
        [
            &[0, 7, 0x81, 0x80 | code, 0, 1, 0, answered, 0, proved, 0, 1],
            &b"\x01A\x01b\x04test\x00"[..],
            &kind.number().to_be_bytes(),
            &[0, 1],
            &answers.concat(),
            &proof.concat(),
            &[0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0],
        ]
        .concat()
    }

    /// Replies that are plain.
    fn samples() -> Vec<(Question, Vec<u8>)> {
        let own = &[0xc0, 12];
        // Of the zone `test`, whose name stands in the question.
        let numbers = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 60];
        let soa =
            record(&[0xc0, 16], SOA, &[&b"\x02ns\xc0\x10\x01h\xc0\x10"[..], &numbers].concat());
        let records: [(Kind, &[&[u8]]); 5] = [
            (Kind::A, &[&[192, 0, 2, 1], &[192, 0, 2, 2]]),
            (Kind::Aaaa, &[&[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]]),
            (Kind::Mx, &[b"\x00\x0a\x02mX\xc0\x0c", b"\x00\x14\x02m2\x01c\x00", b"\x00\x00\x00"]),
            (Kind::Txt, &[b"\x0bv=spf1 -all", b"\x02ab\x00\x01c"]),
            (Kind::Ptr, &[b"\x04host\xc0\x0e"]),
        ];
        let mut samples = Vec::new();
        for (kind, data) in records {
            let answers: Vec<_> =
                data.iter().map(|data| record(own, kind.number(), data)).collect();
            samples.push((question(kind), message(kind, 0, &answers, &[])));
            for code in [0, 3] {
                let denial = message(kind, code, &[], std::slice::from_ref(&soa));
                samples.push((question(kind), denial));
            }
        }
        samples
    }

    #[test]
    fn what_is_plain_is_read_and_as_the_library_reads_it() {
        for (question, message) in samples() {
            let plain = read(&message, &question);
            assert!(plain.is_some(), "{question}: {message:02x?}");
            assert_eq!(plain, by_the_library(&message, &question));
        }
    }

    #[test]
    fn whatever_becomes_of_a_message_it_is_read_as_the_library_reads_it_or_not_at_all() {
        let read_otherwise = |message: &[u8], question: &Question| {
            let plain = read(message, question);
            plain.is_some() && plain != by_the_library(message, question)
        };
        let mut wrong = Vec::new();
        for (question, message) in samples() {
            let mut changed: Vec<Vec<u8>> =
                (0..message.len()).map(|length| message[..length].to_vec()).collect();
            changed.push([&message[..], &[0]].concat());
            for at in 0..message.len() {
                for value in 0..=u8::MAX {
                    let mut other = message.clone();
                    other[at] = value;
                    changed.push(other);
                }
            }
            wrong.extend(changed.into_iter().filter(|it| read_otherwise(it, &question)));
        }
        assert!(wrong.is_empty(), "{:02x?}", wrong.first());
    }

    #[test]
    fn what_holds_anything_else_is_left_to_others() {
        let own: &[u8] = &[0xc0, 12];
        let txt = record(own, 16, b"\x01a");
        let foreign = record(b"\x01c\x00", 16, b"\x01a");
        let alias = record(own, 5, b"\x01c\xc0\x0e");
        let servers = record(&[0xc0, 16], 2, b"\x02ns\xc0\x10");
        let of = |answers: &[Vec<u8>], proof: &[Vec<u8>]| message(Kind::Txt, 0, answers, proof);
        let table = [
            of(&[], &[]),
            of(&[txt.clone(), foreign], &[]),
            of(&[alias, txt.clone()], &[]),
            of(&[txt], std::slice::from_ref(&servers)),
            of(&[], &[servers]),
        ];
        let read = table.map(|message| read(&message, &question(Kind::Txt)));
        assert_eq!(read, [const { None }; 5]);
    }
}
