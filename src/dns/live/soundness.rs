//! Whether a reply says anything about the name.
//!
//! Only two things mean that there are no records: NXDOMAIN, and NOERROR with nothing relevant in
//! it (RFC 2308 §2.1, §2.2). A message may look like one of them and be neither: a referral, records
//! of other names, an alias that contradicts itself, records that the header does not count. A
//! checker that took such a message for "no records" would report a healthy domain as one without a
//! policy, so it counts as no reply, and the next server is asked.

use super::{rcode, wire};
use crate::dns::Question;
use crate::net::Name;
use hickory_resolver::proto::op::{DnsResponse, Message};
use hickory_resolver::proto::rr::{DNSClass, RData, Record, RecordType};

/// Types that may stand beside a CNAME: RFC 4034 §3 and §4.
const BESIDE_ALIAS: [RecordType; 3] = [RecordType::CNAME, RecordType::RRSIG, RecordType::NSEC];

/// Why a reply to `question` says nothing; `None` if it does say something. Its response code is
/// NOERROR or NXDOMAIN.
pub(super) fn flaw(response: &DnsResponse, question: &Question) -> Option<String> {
    if is_plain(response, question) {
        return None;
    }
    let (name, ends) = match end_of_chain(response, &question.name, question) {
        Ok(Some(end)) => end,
        // The code that follows the aliases reports a loop.
        Ok(None) => return None,
        Err(why) => return Some(why),
    };
    let is_denied = u16::from(response.metadata.response_code) == rcode::NAME_ERROR;
    let own = of(&response.answers, &name);
    let wanted = RecordType::from(question.kind.number());
    if is_denied && own.clone().next().is_some() {
        return Some(format!("contradicted itself: NXDOMAIN, and records of {name}"));
    }
    let has_records = own.clone().any(|record| record.record_type() == wanted);
    // An alias whose target is not in the message: the rest is asked for.
    let goes_on = ends > 0 && !is_denied && wire::negative_ttl(response, &name).is_none();
    if has_records || goes_on {
        return None;
    }
    absence(response, &name, wanted, is_denied)
}

/// True for nearly every message with records: all of its answers are what was asked for.
fn is_plain(response: &DnsResponse, question: &Question) -> bool {
    let Some(asked) = response.queries.first() else { return false };
    let wanted = RecordType::from(question.kind.number());
    let is_wanted = |record: &Record| {
        record.record_type() == wanted
            && record.dns_class == DNSClass::IN
            && record.name == *asked.name()
    };
    u16::from(response.metadata.response_code) == rcode::NO_ERROR
        && wanted != RecordType::CNAME
        && !response.answers.is_empty()
        && response.answers.iter().all(is_wanted)
}

/// Why a message that has no records does not deny them either.
fn absence(
    response: &DnsResponse,
    name: &Name,
    wanted: RecordType,
    is_denied: bool,
) -> Option<String> {
    if wire::has_octets_behind(response.as_buffer()) {
        return Some("sent octets behind the end of its message".to_owned());
    }
    // RFC 6672 §3.1: a server that redirects a name adds the CNAME record that it makes of the
    // DNAME record; without it nothing is said of the name.
    let redirects = |record: &&Record| {
        record.record_type() == RecordType::DNAME
            && wire::name(&record.name).is_ok_and(|owner| owner != *name && name.is_within(&owner))
    };
    if response.answers.iter().any(|record| redirects(&record)) {
        return Some(format!("sent a DNAME record above {name} without its CNAME record"));
    }
    let beside = [&response.authorities, &response.additionals];
    let is_misplaced = |record: &Record| {
        let kind = record.record_type();
        // A referral to the servers of this very name is reported as one.
        (kind == wanted && kind != RecordType::NS) || kind == RecordType::CNAME
    };
    if beside.into_iter().any(|section| of(section, name).any(is_misplaced)) {
        return Some(format!("sent the {wanted} records of {name} outside its answer"));
    }
    if wire::negative_ttl(response, name).is_some() {
        return None;
    }
    if !is_denied && has_servers(response) {
        return Some("refers to other servers and does not resolve names itself".to_owned());
    }
    if has_foreign_answers(response, name) {
        return Some(format!("answered with records that are not about {name}"));
    }
    let has_soa = response.authorities.iter().any(|it| it.record_type() == RecordType::SOA);
    if has_soa {
        return Some(format!("sent the SOA record of a zone that does not hold {name}"));
    }
    let metadata = &response.metadata;
    if !metadata.recursion_available && !metadata.authoritative {
        return Some("neither resolves names nor speaks for the zone".to_owned());
    }
    None
}

/// The records of a section that a name owns.
fn of<'m>(section: &'m [Record], name: &Name) -> impl Iterator<Item = &'m Record> + Clone {
    section.iter().filter(|record| {
        record.dns_class == DNSClass::IN && wire::name(&record.name).is_ok_and(|own| own == *name)
    })
}

/// The name where the aliases of an answer end, and how many they are; `None` if they never end.
///
/// # Errors
/// An alias contradicts itself.
fn end_of_chain(
    message: &Message,
    start: &Name,
    question: &Question,
) -> Result<Option<(Name, usize)>, String> {
    let mut name = start.clone();
    for ends in 0..=message.answers.len() {
        let Some(target) = alias(message, &name)? else { return Ok(Some((name, ends))) };
        if question.kind == crate::dns::Kind::Cname {
            return Ok(Some((name, ends)));
        }
        name = target;
    }
    Ok(None)
}

/// The target of the alias at a name.
fn alias(message: &Message, name: &Name) -> Result<Option<Name>, String> {
    let mut target: Option<Name> = None;
    let mut other = None;
    for record in of(&message.answers, name) {
        match &record.data {
            RData::CNAME(to) => {
                let to =
                    wire::name(to).map_err(|why| format!("sent an alias to no name: {why}"))?;
                // RFC 2181 §10.1: "there may be only one such canonical name for any one alias".
                if target.as_ref().is_some_and(|known| *known != to) {
                    return Err(format!("contradicted itself: two CNAME records at {name}"));
                }
                target = Some(to);
            }
            _ if !BESIDE_ALIAS.contains(&record.record_type()) => {
                other = Some(record.record_type());
            }
            _ => {}
        }
    }
    match (&target, other) {
        // RFC 1034 §3.6.2: "If a CNAME RR is present at a node, no other data should be present".
        (Some(_), Some(kind)) => Err(format!(
            "contradicted itself: a CNAME record at {name}, and {kind} records beside it"
        )),
        _ => Ok(target),
    }
}

/// True if the message names servers to be asked instead (RFC 2308 §2.2: a denial has an SOA record,
/// or no NS record), whatever its header says of recursion.
fn has_servers(message: &Message) -> bool {
    message.authorities.iter().any(|record| record.record_type() == RecordType::NS)
}

/// True if the answer has records that neither the chain of aliases nor the name accounts for.
fn has_foreign_answers(message: &Message, name: &Name) -> bool {
    let is_about = |record: &Record| {
        record.dns_class == DNSClass::IN
            && (record.record_type() == RecordType::CNAME
                || wire::name(&record.name).is_ok_and(|own| own == *name))
    };
    !message.answers.iter().all(is_about)
}
