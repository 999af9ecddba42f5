//! Master files (RFC 1035 §5) as a source of answers.
//!
//! A zone is a tree of names under an apex that holds the SOA record. What a server says about a
//! name that is not listed depends on the tree: below a delegation another server speaks; a name
//! with names beneath it exists although it owns nothing (RFC 8020); `*` answers for names that
//! do not exist, unless a closer name does (RFC 4592).
//!
//! [`Zone::read`] reads a text and remembers line and column of everything, so that a finding can
//! point at the octet it means. It opens no other file, guesses nothing, and reports every fault
//! it meets.
//!
//! A file with an SOA record speaks for its whole zone: what it does not list does not exist. One
//! without speaks for the record sets it lists, and for nothing else.
//!
//! `$GENERATE` is expanded as BIND does it, and `$INCLUDE` is followed where [`Assembly`] was given the file.
//! Absent on purpose: classes other than IN, and DNSSEC, whose records are known and skipped.

mod build;
mod cloudflare;
mod differing;
mod fault;
mod generate;
mod grammar;
mod header;
mod ignore;
pub(crate) mod include;
mod merge;
mod open;
mod read;
mod reading;
pub(super) mod source;
#[cfg(test)]
mod tests;
mod tree;

#[cfg(feature = "formats")]
pub(super) use build::{Builder, Row, is_text, wire};
pub use fault::{Concern, ErrorKind, Notice, Remark, ZoneError};
pub use ignore::{Ignore, IgnoredRule};
pub use include::{Assembly, Opened};
#[doc(hidden)]
pub use merge::Overlap;
pub use reading::Reading;
#[cfg(feature = "cli")]
pub(crate) use source::MOST_RECORDS;

use crate::dns::chain::{Chain, least};
use crate::dns::{
    Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Record, Trouble, presentation,
};
use crate::net::Name;
use std::sync::Arc;
use tree::{Path, Sets, Tree};

/// DNAME (RFC 6672).
const DNAME: Kind = Kind::Other(39);

/// A zone, or a part of one, as a file gives it.
#[derive(Clone, Debug)]
pub struct Zone {
    file: Arc<str>,
    apex: Option<Apex>,
    tree: Tree,
    /// True if an entry was not read that may be about any name.
    is_open: bool,
    /// True for a page of a list: then it is open, for another one follows.
    is_page: bool,
}

/// The top of a zone.
#[derive(Clone, Debug)]
struct Apex {
    name: Name,
    /// How long absence may be remembered (RFC 2308 §5).
    negative_ttl: Option<u32>,
    /// Time to live of records that do not say it.
    minimum: Option<u32>,
    /// False if no SOA record is listed, and the format says that the zone is whole.
    is_listed: bool,
}

/// What a name owns.
#[derive(Clone, Debug, Default)]
struct Node {
    sets: Sets,
    /// True if an entry of the name could not be read, and not even its type.
    is_open: bool,
}

/// A record set.
#[derive(Clone, Debug, Default)]
struct Content {
    ttl: Option<u32>,
    listed: Vec<Listed>,
    /// True if records are there in a form that we do not read.
    unread: bool,
    /// What stands in their place, where two states of it can differ.
    left_out: Option<Box<str>>,
    /// True if an entry of the set could not be read.
    is_open: bool,
    /// True if two files of the zone list different records of the set, which is then open.
    differs: bool,
    /// True if it may be on another page of the list that the file is a page of.
    is_off_page: bool,
    /// True if the file speaks for the set even if it lists no record of it.
    declared: bool,
    /// Octets in a message.
    size: usize,
}

/// A record and where it was read.
#[derive(Clone, Debug)]
struct Listed {
    record: Record,
    ttl: Option<u32>,
    offset: usize,
}

/// What a zone has to say to a question, one step at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// This is the answer.
    Answer {
        /// What is there, or that nothing is.
        outcome: Outcome,
        /// Its time to live in seconds, if the file says one.
        ttl: Option<u32>,
    },
    /// The name is an alias; ask again, of the source that is authoritative for the target.
    Alias {
        /// Where it leads.
        target: Name,
        /// Time to live of the alias in seconds, if the file says one.
        ttl: Option<u32>,
    },
    /// The zone does not speak for this name, or not for this type.
    NotMine,
}

impl Verdict {
    fn absent(apex: &Apex, outcome: Outcome) -> Self {
        Self::Answer { outcome, ttl: apex.negative_ttl }
    }

    fn failed(trouble: Trouble, detail: impl Into<String>) -> Self {
        Self::Answer { outcome: Outcome::Failed(Failure::because(trouble, detail)), ttl: None }
    }
}

impl Zone {
    /// Reads a zone file: everything that can be read, and every fault.
    ///
    /// `file` is the name of the file for messages; nothing is opened. Relative names end in
    /// `origin`, or in what `$ORIGIN` says, or else in the owner of the SOA record; where none of
    /// these is known they are faults.
    pub fn read(file: &str, origin: Option<&Name>, text: &[u8]) -> Reading {
        read::read(file, origin, text)
    }

    /// Reads a zone file and the files that it includes, which were opened before.
    pub fn read_assembly(origin: Option<&Name>, whole: &Assembly) -> Reading {
        read::read_assembly(origin, whole)
    }

    /// A part of a zone made of record sets: it speaks for these sets and for nothing else.
    ///
    /// For changes that are tried before anybody writes them down; `file` is where they are said to
    /// come from. A set without records is not listed; a time to live is in seconds.
    pub fn fragment<'a>(
        file: &str,
        sets: impl IntoIterator<Item = (&'a Name, Kind, u32, &'a [Data])>,
    ) -> Self {
        let mut tree = Tree::default();
        for (name, kind, ttl, records) in sets.into_iter().filter(|(.., data)| !data.is_empty()) {
            let listed = records.iter().map(|data| Listed {
                record: Record::from(data.clone()),
                ttl: Some(ttl),
                offset: 0,
            });
            let content = tree.entry(name).sets.entry(kind);
            content.ttl = Some(ttl);
            content.listed.extend(listed);
        }
        Self { file: Arc::from(file), apex: None, tree, is_open: false, is_page: false }
    }

    /// The file, as the user named it.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// The name of the zone, if the file speaks for all of one: the owner of its SOA record, or what
    /// its format says.
    pub fn apex(&self) -> Option<&Name> {
        self.apex.as_ref().map(|apex| &apex.name)
    }

    /// The names at which the file lists something, from the top of the tree down.
    #[doc(hidden)]
    pub fn owners(&self) -> impl Iterator<Item = &Name> {
        self.tree.iter().map(|(name, _)| name)
    }

    /// All records that could be read, from the top of the tree down, by name and type.
    pub fn records(&self) -> impl Iterator<Item = (&Name, Kind, &Record)> {
        self.tree.iter().flat_map(|(name, node)| {
            node.sets.iter().flat_map(move |(kind, set)| {
                set.listed.iter().map(move |listed| (name, kind, &listed.record))
            })
        })
    }

    /// True if the zone hands a name on to other name servers.
    #[doc(hidden)]
    pub fn delegates(&self, name: &Name) -> bool {
        let node = self.tree.get(name).filter(|_| self.apex() != Some(name));
        node.is_some_and(|node| node.sets.get(Kind::Ns).is_some())
    }

    /// Makes it speak for the record sets that it lists, and no more: other sources add records.
    #[doc(hidden)]
    pub fn limit_to_listed(&mut self) {
        self.apex = None;
    }

    /// What the zone has to say to a question. Aliases are named, not followed.
    pub fn authority(&self, question: &Question) -> Verdict {
        match &self.apex {
            Some(apex) if question.name.is_within(&apex.name) => match self.whole(apex, question) {
                Verdict::Answer { outcome: Outcome::NxDomain | Outcome::NoData, .. }
                    if self.is_open =>
                {
                    self.why_open()
                }
                verdict => verdict,
            },
            Some(_) => Verdict::NotMine,
            None => {
                let node = self.tree.get(&question.name);
                node.and_then(|node| node.answer(question.kind, None)).unwrap_or(Verdict::NotMine)
            }
        }
    }

    /// The answer of a file that speaks for its whole zone (RFC 1034 §4.3.2).
    fn whole(&self, apex: &Apex, question: &Question) -> Verdict {
        let path = Path::new(&question.name);
        let top = apex.name.label_count();
        let mut encloser = top;
        for depth in top..=path.depth() {
            let Some(node) = self.tree.find(path.upto(depth)) else { break };
            if depth > top && node.sets.get(Kind::Ns).is_some() {
                return Verdict::NotMine;
            }
            if depth == path.depth() {
                // What a provider puts at the top of a zone by itself is not listed, and is there.
                let own = matches!(question.kind, Kind::Soa | Kind::Ns);
                let known = node.sets.get(question.kind).is_some();
                if depth == top && own && !known && !apex.is_listed {
                    return Verdict::NotMine;
                }
                return node.answer_or_none(question.kind, apex);
            }
            if let Some(dname) = node.sets.get(DNAME) {
                return dname.redirect(question, path.depth() - depth);
            }
            encloser = depth;
        }
        // RFC 4592 §2.2.1: the source of synthesis is "*" before the closest encloser.
        let source = path.wildcard(encloser);
        let wildcard = self.tree.find(source.upto(source.depth()));
        match wildcard {
            None => Verdict::absent(apex, Outcome::NxDomain),
            Some(node) if node.sets.get(Kind::Ns).is_some() => Verdict::NotMine,
            Some(node) => node.answer_or_none(question.kind, apex),
        }
    }

    /// Follows aliases as far as the zone knows them.
    fn resolve(&self, question: &Question) -> crate::dns::Answer {
        let provenance = Provenance::Zone(Arc::clone(&self.file));
        let mut chain = Chain::default();
        let mut current = question.clone();
        let (outcome, ttl) = loop {
            match self.authority(&current) {
                Verdict::Answer { outcome, ttl } => break (outcome, ttl),
                Verdict::NotMine => {
                    let detail = format!("{current} is not in {}", self.file);
                    break (Outcome::Failed(Failure::because(Trouble::NotQueried, detail)), None);
                }
                Verdict::Alias { target, ttl } => {
                    let followed = chain.follow(&question.name, target.clone(), ttl);
                    current.name = target;
                    if let Err(failure) = followed {
                        break (Outcome::Failed(failure), None);
                    }
                }
            }
        };
        chain.end(question, outcome, ttl, provenance)
    }
}

impl Dns for Zone {
    /// Answers from the file alone. What lies outside is not known, never said to be absent.
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let answer = question.unless_addressed(|| self.resolve(question));
        Box::pin(std::future::ready(Arc::new(answer)))
    }
}

impl Node {
    /// The records of a type, or the alias that stands in their place.
    fn answer(&self, kind: Kind, minimum: Option<u32>) -> Option<Verdict> {
        if self.is_open {
            return Some(Verdict::failed(Trouble::Unread, self.why_open()));
        }
        if let Some(set) = self.sets.get(kind) {
            return Some(set.answer(kind, minimum));
        }
        let aliases = self.sets.get(Kind::Cname)?;
        match aliases.listed.first().map(|listed| &listed.record.data) {
            Some(Data::Cname(target)) => {
                Some(Verdict::Alias { target: target.clone(), ttl: aliases.ttl.or(minimum) })
            }
            Some(_) => None,
            // Nothing stood beside an alias that was taken away, and nobody knows what stands
            // behind one that cannot be read.
            None => Some(aliases.answer(Kind::Cname, minimum)),
        }
    }

    fn answer_or_none(&self, kind: Kind, apex: &Apex) -> Verdict {
        let answer = self.answer(kind, apex.minimum);
        answer.unwrap_or_else(|| Verdict::absent(apex, Outcome::NoData))
    }

    /// True if nothing is known of the name.
    fn is_empty(&self) -> bool {
        self.sets.is_empty() && !self.is_open
    }

    fn listed(&self) -> impl Iterator<Item = &Listed> {
        self.sets.iter().flat_map(|(_, set)| &set.listed)
    }
}

impl Content {
    /// True if the set has no records, not even such as we do not read.
    fn is_empty(&self) -> bool {
        self.listed.is_empty() && !self.unread && !self.is_open
    }

    fn answer(&self, kind: Kind, minimum: Option<u32>) -> Verdict {
        if self.differs {
            let detail = format!("two files list different {kind} records");
            return Verdict::failed(Trouble::Unread, detail);
        }
        if self.is_off_page {
            return Verdict::off_page();
        }
        if self.is_open {
            let detail = format!("an entry of type {kind} is not read");
            return Verdict::failed(Trouble::Unread, detail);
        }
        if self.unread {
            let what = self.left_out.iter().map(|what| format!(" ({what})"));
            let what: String = what.collect();
            let detail = format!("{kind} records are not in the file as data{what}");
            return Verdict::failed(Trouble::LeftOut, detail);
        }
        if self.listed.is_empty() {
            return Verdict::Answer { outcome: Outcome::NoData, ttl: None };
        }
        let records = self.listed.iter().map(|listed| listed.record.clone()).collect();
        Verdict::Answer { outcome: Outcome::Records(records), ttl: self.ttl.or(minimum) }
    }

    /// Replaces the owner of a DNAME by its target; `extra` labels precede it.
    fn redirect(&self, question: &Question, extra: usize) -> Verdict {
        let target = self.listed.first().and_then(|listed| match &listed.record.data {
            Data::Opaque(octets) => presentation::data(Kind::Cname, octets.to_vec()),
            _ => None,
        });
        let Some(Data::Cname(target)) = target else {
            return Verdict::failed(Trouble::Unread, "unreadable DNAME record");
        };
        match Name::from_labels(question.name.labels().take(extra).chain(target.labels())) {
            // RFC 6672 §3.1: the CNAME record that is made up is the answer, if it was asked for.
            Ok(target) if question.kind == Kind::Cname => {
                let outcome = Outcome::Records(vec![Data::Cname(target).into()]);
                Verdict::Answer { outcome, ttl: self.ttl }
            }
            Ok(target) => Verdict::Alias { target, ttl: self.ttl },
            // RFC 6672 §2.2: a name that becomes too long is answered with YXDOMAIN.
            Err(_) => Verdict::failed(Trouble::ServFail, "DNAME makes the name too long"),
        }
    }

    /// The MINIMUM field, which ends the data of an SOA record.
    fn minimum(&self) -> Option<u32> {
        match &self.listed.first()?.record.data {
            Data::Opaque(octets) => octets.last_chunk().map(|field| u32::from_be_bytes(*field)),
            _ => None,
        }
    }

    // RFC 2308 §5: "the minimum of the SOA.MINIMUM field and SOA's TTL"
    fn negative_ttl(&self) -> Option<u32> {
        least(self.ttl, self.minimum())
    }
}
