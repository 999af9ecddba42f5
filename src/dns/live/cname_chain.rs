//! From messages to an outcome: records, aliases, denials.
//!
//! A recursive server follows CNAME records itself and sends the whole chain (RFC 1034 §4.3.2); an
//! authoritative one stops where its zones end, and the rest must be asked for. RFC 6604 §3 settles
//! what the response code of a chain is about: its last name.

use super::{rcode, wire};
use crate::dns::{Failure, Kind, Outcome, Question, Trouble};
use crate::net::Name;
use hickory_resolver::proto::op::{Message, Query};
use hickory_resolver::proto::rr::{DNSClass, RData, Record, RecordType};
use std::fmt::Write as _;

/// Aliases followed for one question; resolvers stop between 8 and 17.
const ALIAS_LIMIT: usize = 16;

/// Where a message leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// The question is answered.
    Done(Outcome),
    /// The name, or the data, is denied, and the message holds no proof that its sender speaks for
    /// the zone.
    Unproved(Outcome),
    /// The rest of the chain must be asked for: see [`CnameChain::aim`].
    Again,
}

/// A question on its way through aliases.
pub(super) struct CnameChain {
    origin: Name,
    /// What is to be asked next.
    pub(super) aim: Question,
    /// The names that aliases led to so far.
    pub(super) aliases: Vec<Name>,
    /// Least time to live of all records used.
    pub(super) ttl: Option<u32>,
}

impl CnameChain {
    /// Begins with what was asked.
    pub(super) fn new(question: &Question) -> Self {
        Self {
            origin: question.name.clone(),
            aim: question.clone(),
            aliases: Vec::new(),
            ttl: None,
        }
    }

    /// Reads a reply to [`CnameChain::aim`] whose response code is NOERROR or NXDOMAIN, and which is
    /// [sound](super::soundness).
    pub(super) fn read(&mut self, message: &Message) -> Progress {
        let asked = message.queries.first().map(Query::name);
        let owner = |record: &Record| match asked == Some(&record.name) {
            // Nearly every record: the name is known already.
            true => Some(self.aim.name.clone()),
            false => wire::name(&record.name).ok(),
        };
        let of_class = |record: &Record| owner(record).filter(|_| record.dns_class == DNSClass::IN);
        let owners: Vec<Option<Name>> = message.answers.iter().map(of_class).collect();
        let known = self.aliases.len();
        loop {
            if let Some(outcome) = self.records(message, &owners) {
                return Progress::Done(outcome);
            }
            match self.alias(message, &owners) {
                Ok(Some(target)) => {
                    self.aim.name = target.clone();
                    self.aliases.push(target);
                }
                Ok(None) => return self.absence(message, self.aliases.len() > known),
                Err(failure) => return Progress::Done(Outcome::Failed(failure)),
            }
        }
    }

    /// The records of the type asked for at the name where we are.
    fn records(&mut self, message: &Message, owners: &[Option<Name>]) -> Option<Outcome> {
        let wanted = RecordType::from(self.aim.kind.number());
        let mut records = Vec::new();
        for (record, owner) in message.answers.iter().zip(owners) {
            if record.record_type() != wanted || owner.as_ref() != Some(&self.aim.name) {
                continue;
            }
            let Some(read) = wire::record(&record.data, self.aim.kind) else {
                let detail = format!("malformed record data, expected {}", self.aim.kind);
                return Some(Outcome::Failed(Failure::because(Trouble::Malformed, detail)));
            };
            self.note_ttl(record.ttl);
            records.push(read);
        }
        if records.is_empty() { None } else { Some(Outcome::Records(records)) }
    }

    /// The target of the alias at the name where we are.
    fn alias(
        &mut self,
        message: &Message,
        owners: &[Option<Name>],
    ) -> Result<Option<Name>, Failure> {
        if self.aim.kind == Kind::Cname {
            return Ok(None);
        }
        let found = message.answers.iter().zip(owners).find_map(|(record, owner)| {
            match (&record.data, owner) {
                (RData::CNAME(target), Some(owner)) if *owner == self.aim.name => {
                    Some((wire::name(target).ok()?, record.ttl))
                }
                _ => None,
            }
        });
        let Some((target, ttl)) = found else { return Ok(None) };
        self.note_ttl(ttl);
        if target == self.origin || self.aliases.contains(&target) {
            return Err(self.failure("CNAME loop", &target));
        }
        if self.aliases.len() == ALIAS_LIMIT {
            return Err(self.failure("CNAME chain too long", &target));
        }
        Ok(Some(target))
    }

    /// What it means that the name where we are has neither the records nor an alias, in a message
    /// that was found sound.
    fn absence(&mut self, message: &Message, has_followed: bool) -> Progress {
        let proof = wire::negative_ttl(message, &self.aim.name);
        let is_denied = u16::from(message.metadata.response_code) == rcode::NAME_ERROR;
        // The target lies outside of what this server sent, and perhaps of what it knows.
        if has_followed && !is_denied && proof.is_none() {
            return Progress::Again;
        }
        let outcome = if is_denied { Outcome::NxDomain } else { Outcome::NoData };
        match proof {
            Some(ttl) => {
                self.ttl = Some(self.ttl.map_or(ttl, |least| least.min(ttl)));
                Progress::Done(outcome)
            }
            None => Progress::Unproved(outcome),
        }
    }

    fn note_ttl(&mut self, seconds: u32) {
        let ttl = wire::ttl(seconds);
        self.ttl = Some(self.ttl.map_or(ttl, |least| least.min(ttl)));
    }

    /// RFC 1034 §5.2.2 leaves it to us to detect loops; a resolver that does says SERVFAIL.
    fn failure(&self, what: &str, target: &Name) -> Failure {
        let mut detail = format!("{what}: {}", self.origin);
        for alias in self.aliases.iter().chain([target]) {
            let _ = write!(detail, " → {alias}");
        }
        Failure::because(Trouble::ServFail, detail)
    }
}
