//! The zones of the published test suites, as a source of answers.
//!
//! A suite writes a zone as a table: owner name → records, where a record is its fields or a
//! scripted failure (`{"type": "*", "error": "timeout"}`). [`Zone`] answers from it as one
//! authoritative server with a helpful resolver before it would:
//!
//! - a name that is absent does not exist (NXDOMAIN); one with other types, or with descendants
//!   only (an empty non-terminal), exists without data;
//! - `*.` owners are wildcards: they speak for names below their closest encloser (RFC 4592);
//! - CNAME records are followed, and a loop of them fails as a resolver would;
//! - every character U+0000..U+00FF of a text stands for the octet of that value.
//!
//! The zone remembers what it was asked: some rules are about questions, not answers ("MUST NOT
//! query type SPF", the order of a tree walk). [`Zone::cassette`] writes the same world as a cassette,
//! so that a suite can be driven through the binary, too. Delegation, DNSSEC and TTLs are
//! deliberately absent: no suite speaks of them.

mod cassette;

use mailcheck::dns::{
    Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Trouble,
};
use mailcheck::net::Name;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

/// Far more than any suite needs, so a chain that is longer is a loop.
const MOST_ALIASES: usize = 16;

/// A zone as JSON has it: owner → rows.
pub(crate) type Table = BTreeMap<String, Vec<Row>>;

/// One record or scripted failure, as JSON has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Row {
    /// A mnemonic, or `*` in a failure that covers every type without a record.
    r#type: String,
    error: Option<String>,
    address: Option<IpAddr>,
    strings: Option<Vec<String>>,
    preference: u16,
    exchange: String,
    target: String,
}

/// What stands at one name.
#[derive(Debug, Default)]
struct Node {
    records: Vec<(Kind, Data)>,
    /// A failure for one type; `None` stands for every type that has no record.
    failures: Vec<(Option<Kind>, Trouble)>,
}

impl Node {
    fn records_of(&self, kind: Kind) -> Vec<Data> {
        let of_kind = self.records.iter().filter(|(found, _)| *found == kind);
        of_kind.map(|(_, data)| data.clone()).collect()
    }

    fn failure_of(&self, kind: Option<Kind>) -> Option<Trouble> {
        self.failures.iter().find(|(scope, _)| *scope == kind).map(|(_, trouble)| *trouble)
    }

    fn alias(&self) -> Option<&Name> {
        self.records.iter().find_map(|(_, data)| match data {
            Data::Cname(target) => Some(target),
            _ => None,
        })
    }
}

/// The zone of one scenario: the whole world as far as a test can see.
#[derive(Debug)]
pub(crate) struct Zone {
    nodes: BTreeMap<Name, Node>,
    /// Every owner and every name above one.
    existing: BTreeSet<Name>,
    asked: Mutex<Vec<Question>>,
}

impl Zone {
    /// Reads a table; a fault in it is a fault in the suite, so it panics with the owner's name.
    pub(crate) fn new(table: &Table) -> Self {
        let mut zone = Self {
            nodes: BTreeMap::new(),
            existing: BTreeSet::new(),
            asked: Mutex::new(Vec::new()),
        };
        for (owner, rows) in table {
            let name = name(owner);
            let node = zone.nodes.entry(name.clone()).or_default();
            for row in rows {
                read_row(owner, row, node);
            }
            let mut above = Some(name);
            while let Some(name) = above {
                above = name.parent();
                zone.existing.insert(name);
            }
        }
        zone
    }

    /// Reads a table written as JSON.
    pub(crate) fn from_json(text: &str) -> Self {
        Self::new(&serde_json::from_str(text).expect("the zone is valid JSON"))
    }

    /// What has been asked so far, in order.
    pub(crate) fn asked(&self) -> Vec<Question> {
        self.asked.lock().expect("nothing panics while asking").clone()
    }

    /// Answers without remembering that it was asked.
    fn answer(&self, question: &Question) -> Answer {
        let mut aliases: Vec<Name> = Vec::new();
        let outcome = loop {
            let name = aliases.last().unwrap_or(&question.name);
            match self.step(name, question.kind) {
                Step::Done(outcome) => break outcome,
                Step::Alias(_) if aliases.len() == MOST_ALIASES => {
                    aliases.clear();
                    break Outcome::Failed(Failure::because(Trouble::ServFail, "CNAME loop"));
                }
                Step::Alias(target) => aliases.push(target),
            }
        };
        let provenance = Provenance::Zone("suite".into());
        let mut answer = Answer::new(question.clone(), outcome, provenance);
        answer.aliases = aliases;
        answer
    }

    /// What one name says about one type.
    fn step(&self, name: &Name, kind: Kind) -> Step {
        let Some(node) = self.node(name) else {
            let exists = self.existing.contains(name);
            return Step::Done(if exists { Outcome::NoData } else { Outcome::NxDomain });
        };
        let records = node.records_of(kind);
        if !records.is_empty() {
            return Step::Done(Outcome::Records(records.into_iter().map(Into::into).collect()));
        }
        if let Some(trouble) = node.failure_of(Some(kind)) {
            return Step::Done(Outcome::Failed(Failure::new(trouble)));
        }
        if let Some(target) = node.alias() {
            return Step::Alias(target.clone());
        }
        Step::Done(match node.failure_of(None) {
            Some(trouble) => Outcome::Failed(Failure::new(trouble)),
            None => Outcome::NoData,
        })
    }

    /// The node of a name, or of the wildcard that speaks for it.
    fn node(&self, name: &Name) -> Option<&Node> {
        if self.existing.contains(name) {
            return self.nodes.get(name);
        }
        // RFC 4592 §3.3.1: the source of synthesis is the asterisk label below the closest
        // encloser; a wildcard further up is hidden by it.
        let mut encloser = name.parent()?;
        while !self.existing.contains(&encloser) {
            encloser = encloser.parent()?;
        }
        self.nodes.get(&encloser.child("*").ok()?)
    }
}

enum Step {
    Done(Outcome),
    Alias(Name),
}

impl Dns for Zone {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        self.asked.lock().expect("nothing panics while asking").push(question.clone());
        Box::pin(std::future::ready(Arc::new(self.answer(question))))
    }
}

fn read_row(owner: &str, row: &Row, node: &mut Node) {
    let kind = Kind::from_mnemonic(&row.r#type);
    if let Some(word) = &row.error {
        let trouble = match word.as_str() {
            "timeout" => Trouble::Timeout,
            "servfail" => Trouble::ServFail,
            _ => panic!("{owner}: unknown error {word:?}"),
        };
        assert!(kind.is_some() || row.r#type == "*", "{owner}: unknown type {:?}", row.r#type);
        node.failures.push((kind, trouble));
        return;
    }
    let data = match (kind, row.address) {
        (Some(Kind::A), Some(IpAddr::V4(address))) => Data::A(address),
        (Some(Kind::Aaaa), Some(IpAddr::V6(address))) => Data::Aaaa(address),
        (Some(Kind::Cname), None) => Data::Cname(name(&row.target)),
        (Some(Kind::Ptr), None) => Data::Ptr(name(&row.target)),
        (Some(Kind::Mx), None) => {
            Data::Mx { preference: row.preference, exchange: name(&row.exchange) }
        }
        (Some(Kind::Txt | Kind::Spf), None) => {
            let strings = row.strings.as_deref().unwrap_or_default();
            Data::Txt(strings.iter().map(|text| octets(text).into()).collect())
        }
        _ => panic!("{owner}: no record of any suite: {row:?}"),
    };
    // The kind is known, or the match above would have panicked.
    node.records.extend(kind.map(|kind| (kind, data)));
}

/// The octets that the characters of a suite stand for.
pub(crate) fn octets(text: &str) -> Vec<u8> {
    let octet = |c| u8::try_from(c).unwrap_or_else(|_| panic!("{text:?}: {c:?} is no octet"));
    text.chars().map(octet).collect()
}

/// A name as a suite writes it, with or without a final dot; the empty text is the root.
fn name(text: &str) -> Name {
    match octets(text).as_slice() {
        [] | b"." => Name::root(),
        dotted => {
            Name::from_octets(dotted).unwrap_or_else(|error| panic!("{text:?} is no name: {error}"))
        }
    }
}
