//! A DNS of a few lines that answers at once, for tests and benches.
//!
//! A line is an owner, a type and data; text goes on to the end of the line. `!timeout` or
//! `!servfail` in place of data makes the question fail, and `*` in place of a type every question
//! about the name that has no record of its own. CNAME records are followed. A name without a line
//! does not exist, one with other types has no data.

use mailcheck::dns::{
    Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Trouble,
};
use mailcheck::net::{Family, IpSet, Name};
use mailcheck::protocols::spf::{Cell, Facts, Partition, Policies, Sender, examine, walk};
use std::collections::HashMap;
use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// More aliases than any chain here has: a longer one is a loop.
const ALIAS_LIMIT: usize = 8;

/// The domain that most tests are about.
pub(crate) const DOMAIN: &str = "example.com";

/// Every name that exists, and what stands there.
pub(crate) struct World {
    names: HashMap<Name, Node>,
    /// Answers given before, so that a bench measures who asks and not who answers.
    given: Mutex<HashMap<Question, Arc<Answer>>>,
}

#[derive(Default)]
struct Node {
    records: Vec<(Kind, Data)>,
    failures: Vec<(Option<Kind>, Trouble)>,
}

impl World {
    pub(crate) fn new(lines: &str) -> Self {
        let mut names: HashMap<Name, Node> = HashMap::new();
        for line in lines.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
            let mut words = line.splitn(3, ' ');
            let [Some(owner), Some(kind), Some(data)] = [(); 3].map(|()| words.next()) else {
                panic!("a line has an owner, a type and data: {line}")
            };
            let node = names.entry(name(owner)).or_default();
            let kind = Kind::from_mnemonic(kind);
            match data {
                "!timeout" => node.failures.push((kind, Trouble::Timeout)),
                "!servfail" => node.failures.push((kind, Trouble::ServFail)),
                _ => {
                    let kind = kind.expect("a type");
                    node.records.push((kind, read(kind, data)));
                }
            }
        }
        Self { names, given: Mutex::default() }
    }

    fn answer(&self, question: &Question) -> Answer {
        let mut owner = question.name.clone();
        let mut aliases = Vec::new();
        let outcome = loop {
            let Some(node) = self.names.get(&owner) else { break self.absent(&owner) };
            match node.outcome(question.kind) {
                Ok(outcome) => break outcome,
                Err(_) if aliases.len() == ALIAS_LIMIT => {
                    break Outcome::Failed(Failure::new(Trouble::ServFail));
                }
                Err(canonical) => {
                    aliases.push(canonical.clone());
                    owner = canonical;
                }
            }
        };
        let mut answer = Answer::new(question.clone(), outcome, Provenance::Zone("world".into()));
        answer.aliases = aliases;
        answer
    }

    /// A name without lines exists all the same if there are names below it (RFC 8020).
    fn absent(&self, owner: &Name) -> Outcome {
        let has_children = self.names.keys().any(|name| name.is_within(owner));
        if has_children { Outcome::NoData } else { Outcome::NxDomain }
    }
}

impl Node {
    /// The outcome of a question about this name, or the name that it is an alias of.
    fn outcome(&self, kind: Kind) -> Result<Outcome, Name> {
        if let Some((_, Data::Cname(canonical))) = self.records.first()
            && kind != Kind::Cname
        {
            return Err(canonical.clone());
        }
        let records: Vec<_> = self
            .records
            .iter()
            .filter(|(own, _)| *own == kind)
            .map(|(_, data)| data.clone().into())
            .collect();
        let failure = self.failures.iter().find(|(own, _)| own.is_none_or(|own| own == kind));
        Ok(match failure {
            _ if !records.is_empty() => Outcome::Records(records),
            Some((_, trouble)) => Outcome::Failed(Failure::new(*trouble)),
            None => Outcome::NoData,
        })
    }
}

/// Answers of another source, as if a server had given them: what a file holds says nothing about those
/// who publish it.
pub(crate) struct Served<D>(pub(crate) D);

impl<D: Dns> Dns for Served<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move {
            let mut answer = Answer::clone(&*self.0.lookup(question).await);
            answer.provenance = Provenance::Live { server: None, transport: "udp", tries: 1 };
            Arc::new(answer)
        })
    }
}

impl Dns for World {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let mut given = self.given.lock().expect("nobody panics while answering");
        let answer = match given.get(question) {
            Some(answer) => Arc::clone(answer),
            None => {
                let answer = Arc::new(self.answer(question));
                given.insert(question.clone(), Arc::clone(&answer));
                answer
            }
        };
        Box::pin(std::future::ready(answer))
    }
}

fn read(kind: Kind, data: &str) -> Data {
    match kind {
        Kind::A => Data::A(data.parse().expect("an IPv4 address")),
        Kind::Aaaa => Data::Aaaa(data.parse().expect("an IPv6 address")),
        Kind::Cname => Data::Cname(name(data)),
        Kind::Ptr => Data::Ptr(name(data)),
        Kind::Mx => {
            let (preference, host) = data.split_once(' ').expect("a preference and a host");
            let exchange = if host == "." { Name::root() } else { name(host) };
            Data::Mx { preference: preference.parse().expect("a number"), exchange }
        }
        // Two strings, cut in the middle of a word: nobody may put anything between them.
        Kind::Txt => {
            let (head, tail) = data.as_bytes().split_at(data.len() / 2);
            Data::Txt(vec![head.into(), tail.into()])
        }
        // RFC 2782: three numbers and a name.
        Kind::Srv => {
            let (numbers, target) = data.rsplit_once(' ').expect("three numbers and a host");
            let numbers = numbers.split(' ').map(|it| it.parse::<u16>().expect("a number"));
            let labels = target.split('.').filter(|label| !label.is_empty());
            let labels = labels.flat_map(|label| {
                let length = u8::try_from(label.len()).expect("a label is short");
                std::iter::once(length).chain(label.bytes())
            });
            let octets = numbers.flat_map(u16::to_be_bytes).chain(labels).chain([0]);
            Data::Opaque(octets.collect::<Vec<u8>>().into())
        }
        _ => panic!("no test needs {kind}"),
    }
}

pub(crate) fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("tests write valid names")
}

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().expect("tests write valid addresses")
}

/// Runs what never waits, since the world answers at once.
pub(crate) fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the world answers at once"),
    }
}

/// The walk over every address of a family, nothing known before.
pub(crate) fn everybody(world: &World, domain: &str, family: Family) -> Partition {
    walked(world, domain, IpSet::all(family))
}

/// The cell of one address that is walked alone, nothing known before.
pub(crate) fn alone(world: &World, domain: &str, ip: IpAddr) -> Cell {
    let mut partition = walked(world, domain, IpSet::one(ip));
    let cell = partition.cells.pop().expect("one address makes one cell");
    assert!(partition.cells.is_empty(), "one address makes one cell");
    cell
}

fn walked(world: &World, domain: &str, universe: IpSet) -> Partition {
    let domain = name(domain);
    let policies = Policies::new(world);
    at_once(walk(&policies, &domain, &Sender::anybody(&domain), universe)).partition
}

/// Everything that can be told of [`DOMAIN`].
pub(crate) fn facts(world: &World) -> Facts {
    at_once(examine(&Policies::new(world), &name(DOMAIN)))
}
