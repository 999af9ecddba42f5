//! The zones of the suite, as a source of answers.

use mailcheck::dns::{
    Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Record, Trouble,
};
use mailcheck::net::Name;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// One authority for everything: what is absent does not exist.
pub(crate) struct Zone {
    nodes: BTreeMap<Name, Vec<Entry>>,
    asked: Mutex<Vec<Question>>,
}

enum Entry {
    Data(Data),
    Failure(Trouble),
}

/// A name of the suite; its names are valid.
pub(crate) fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("the suite writes valid names")
}

impl Zone {
    /// Reads the `zone` member of a case.
    pub(crate) fn read(zone: &Value) -> Self {
        let owners = zone.as_object().into_iter().flatten();
        let nodes = owners.map(|(owner, rows)| {
            (name(owner), rows.as_array().into_iter().flatten().map(entry).collect())
        });
        Self { nodes: nodes.collect(), asked: Mutex::default() }
    }

    /// What was asked so far, in order.
    pub(crate) fn asked(&self) -> Vec<Question> {
        self.asked.lock().expect("no test panics here").clone()
    }

    fn resolve(&self, question: &Question) -> (Outcome, Vec<Name>) {
        let (mut name, mut aliases) = (question.name.clone(), Vec::new());
        loop {
            let Some(entries) = self.node(&name) else { return (Outcome::NxDomain, aliases) };
            match look(entries, question.kind) {
                Found::Alias(target) if aliases.len() < 8 => {
                    aliases.push(target.clone());
                    name = target;
                }
                Found::Alias(_) => return (failed(Trouble::ServFail), aliases),
                Found::Outcome(outcome) => return (outcome, aliases),
            }
        }
    }

    /// What stands at a name, by a wildcard if need be; `None` if it does not exist.
    fn node(&self, name: &Name) -> Option<&[Entry]> {
        if let Some(entries) = self.nodes.get(name) {
            return Some(entries);
        }
        if self.nodes.keys().any(|owner| owner.is_within(name)) {
            return Some(&[]);
        }
        let mut parent = name.parent()?;
        while !self.nodes.keys().any(|owner| owner.is_within(&parent)) {
            parent = parent.parent()?;
        }
        self.nodes.get(&parent.child("*").ok()?).map(Vec::as_slice)
    }
}

enum Found {
    Alias(Name),
    Outcome(Outcome),
}

fn look(entries: &[Entry], kind: Kind) -> Found {
    let mut records: Vec<Record> = Vec::new();
    for entry in entries {
        match entry {
            Entry::Failure(trouble) => return Found::Outcome(failed(*trouble)),
            Entry::Data(Data::Cname(target)) if kind != Kind::Cname => {
                return Found::Alias(target.clone());
            }
            Entry::Data(data) if kind_of(data) == kind => records.push(data.clone().into()),
            Entry::Data(_) => {}
        }
    }
    let is_empty = records.is_empty();
    Found::Outcome(if is_empty { Outcome::NoData } else { Outcome::Records(records) })
}

fn failed(trouble: Trouble) -> Outcome {
    Outcome::Failed(Failure::new(trouble))
}

fn kind_of(data: &Data) -> Kind {
    match data {
        Data::A(_) => Kind::A,
        Data::Aaaa(_) => Kind::Aaaa,
        Data::Cname(_) => Kind::Cname,
        Data::Mx { .. } => Kind::Mx,
        Data::Txt(_) => Kind::Txt,
        _ => Kind::Other(0),
    }
}

fn entry(row: &Value) -> Entry {
    let text = |member: &str| row[member].as_str().unwrap_or_default();
    match text("error") {
        "timeout" => return Entry::Failure(Trouble::Timeout),
        "servfail" => return Entry::Failure(Trouble::ServFail),
        _ => {}
    }
    let address = || text("address").parse();
    Entry::Data(match text("type") {
        "A" => Data::A(address().expect("an IPv4 address")),
        "AAAA" => Data::Aaaa(text("address").parse().expect("an IPv6 address")),
        "CNAME" => Data::Cname(name(text("target"))),
        "MX" => Data::Mx { preference: 10, exchange: name(text("exchange")) },
        "TXT" => {
            let strings = row["strings"].as_array().into_iter().flatten();
            Data::Txt(strings.filter_map(Value::as_str).map(octets).collect())
        }
        other => panic!("the suite has a record type that is new: {other}"),
    })
}

/// Each character U+0000 to U+00FF stands for the octet of that value.
pub(crate) fn octets(text: &str) -> Box<[u8]> {
    text.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect()
}

impl Dns for Zone {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        self.asked.lock().expect("no test panics here").push(question.clone());
        let (outcome, aliases) = self.resolve(question);
        let mut answer = Answer::new(question.clone(), outcome, Provenance::Zone("suite".into()));
        answer.aliases = aliases;
        Box::pin(std::future::ready(Arc::new(answer)))
    }
}
