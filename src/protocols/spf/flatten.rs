//! Flattening: a policy as the addresses that it comes to.
//!
//! A policy of includes costs a receiver lookups, at most ten of them (RFC 7208 §4.6.4). The same
//! policy as `ip4` and `ip6` terms costs none, and grows old: whom an include names may change
//! tomorrow, and a list does not follow. So what is flattened comes with what it rests on and with
//! how long that may be relied on.
//!
//! The list has to fit: a message of 512 octets (RFC 7208 §3.4), shared with whatever else the
//! domain keeps as text. What does not fit goes to `_spf1`, `_spf2` … below the domain, an include
//! each, ten at most.
//!
//! A policy that cannot be told in full, that is broken, or that asks who sends is not flattened:
//! the list would say something else than the policy. And a list is offered only when it was
//! evaluated in place of the policy and gave every address the same.

use super::event::Event;
use super::examine::{Facts, examine};
use super::partition::{Exception, LOOKUP_LIMIT, Partition, SpfResult, TermId};
use super::policy::{Found, Policies};
use super::record::{Qualifier, Record};
use crate::diagnostic::Step;
use crate::dns::{Answer, Data, Dns, Kind, Question};
use crate::net::{Cidr, IpSet, Name};
use crate::zonefile::{Overlay, Zone};
use std::collections::HashSet;
use std::sync::Arc;

/// RFC 7208 §3.4: "small enough that the results of a query for it will fit within 512 octets"
pub const ANSWER_LIMIT: usize = 512;
/// Time to live of a list where nothing says how long anything lasts, in seconds.
const TTL: u32 = 3600;
/// What a message holds besides names and records (RFC 1035 §4.1.1).
const HEADER: usize = 12;
/// What a record holds besides its data: a pointer to its owner, type, class, time to live, length
/// (RFC 1035 §4.1.3, §4.1.4).
const RECORD_HEAD: usize = 12;

/// A policy as lists of addresses.
#[derive(Clone, Debug)]
pub struct Flattened {
    /// The records: first that of the domain, then those that it includes.
    pub records: Vec<List>,
    /// What the policy came to when it was flattened, each once, in the order met: who is trusted
    /// not to change it.
    pub sources: Vec<Source>,
    /// Addresses that the policy means to pass and that receivers refuse today, because a limit
    /// comes first. A list has no such limit. A set a family.
    pub gained: [IpSet; 2],
    /// Who gets what, by result, a set a family: what the proof holds the list to.
    fate: Fate,
}

/// One record of a flattened policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// The owner: where an alias leads, if the domain is one.
    pub name: Name,
    /// The text of the record.
    pub text: String,
    /// Time to live in seconds.
    pub ttl: u32,
    /// Size of the answer that a receiver gets, in octets, other records of the set included.
    pub answer_octets: usize,
    /// The other text records of the owner, which stay.
    others: Vec<Data>,
}

/// An answer that a flattened policy rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What was asked.
    pub question: Question,
    /// For how many seconds the answer may be relied on; `None` if nobody says.
    pub ttl: Option<u32>,
}

/// Why a policy is not flattened.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// There is no policy.
    NoPolicy,
    /// Not all of it could be told.
    Unknown(Arc<Exception>),
    /// It ends in an error for somebody, and a list would hide that.
    Broken(Arc<Exception>),
    /// These terms ask who sends; a list cannot.
    Depends(Vec<String>),
    /// These terms stand behind the limit of lookups, and whom they name is not known.
    BeyondLimit(Vec<String>),
    /// Ten records do not hold it.
    TooLarge {
        /// How many networks there are.
        networks: usize,
    },
    /// The list did not give every address what the policy gives.
    NotProved,
}

impl Flattened {
    /// The answer that may be relied on for the shortest time.
    pub fn shortest(&self) -> Option<&Source> {
        self.sources.iter().filter(|source| source.ttl.is_some()).min_by_key(|source| source.ttl)
    }

    /// Lookups that the list costs senders that are in none of its records.
    pub fn lookups(&self) -> usize {
        self.records.len().saturating_sub(1)
    }
}

impl List {
    /// The record as data: character-strings of 255 octets at most.
    pub fn data(&self) -> Data {
        Data::from_text(self.text.as_bytes())
    }
}

/// Flattens a policy, and evaluates the outcome in its place.
///
/// # Errors
/// The list would not be the same as the policy, and why.
pub async fn flatten(dns: &dyn Dns, facts: &Facts) -> Result<Flattened, Refusal> {
    let flattened = lists(facts)?;
    if flattened.is_the_same(dns, &facts.domain).await {
        Ok(flattened)
    } else {
        Err(Refusal::NotProved)
    }
}

/// Flattens a policy without proof.
fn lists(facts: &Facts) -> Result<Flattened, Refusal> {
    let record = sound(facts)?;
    let partitions = facts.partitions();
    let fate = Fate::of(partitions, |partition, result| {
        partition.gather(|cell| cell.unlimited() == Some(result))
    });
    let passing = fate.of_result(SpfResult::Pass);
    let gained = [0, 1].map(|family| passing[family].minus(&partitions[family].passing()));
    let sources = sources(facts);
    let least = sources.iter().chain([&own(facts)]).filter_map(|source| source.ttl).min();
    let page = Page::of(facts, record, least.unwrap_or(TTL));
    let all = ending(partitions[0]);
    let default = all.map_or(SpfResult::Neutral, Qualifier::result);
    let pages = page.fill(&fate, default, all)?;
    Ok(Flattened { records: pages, sources, gained, fate })
}

/// The record, if everything about it is known and nothing is wrong with it.
fn sound(facts: &Facts) -> Result<&Record, Refusal> {
    if matches!(facts.published.found, Found::Nothing | Found::NoDomain) {
        return Err(Refusal::NoPolicy);
    }
    let cells = || facts.partitions().into_iter().flat_map(|partition| &partition.cells);
    let mut exceptions: Vec<&Arc<Exception>> = cells().filter_map(|cell| cell.failure()).collect();
    // What could not be told goes first: it says nothing against the domain.
    exceptions.sort_by_key(|why| why.result() != SpfResult::Temperror);
    if let Some(why) = exceptions.first() {
        return Err(match why.result() {
            SpfResult::Temperror => Refusal::Unknown(Arc::clone(why)),
            _ => Refusal::Broken(Arc::clone(why)),
        });
    }
    let (depends, unresolved) = (facts.sender_dependent(), facts.unresolved());
    if !unresolved.is_empty() {
        Err(Refusal::BeyondLimit(unresolved))
    } else if depends.is_empty() {
        facts.published.usable().ok_or(Refusal::NoPolicy)
    } else {
        Err(Refusal::Depends(depends))
    }
}

/// The `all` that a walk came to, through `redirect` (RFC 7208 §5.1, §6.1).
fn ending(partition: &Partition) -> Option<Qualifier> {
    let mut visit = 0_u32;
    loop {
        let record = partition.visits.get(usize::try_from(visit).ok()?)?.published.usable()?;
        if let Some(qualifier) = record.all() {
            return Some(qualifier);
        }
        let (term, _) = record.redirect()?;
        let via = TermId { visit, term: u32::try_from(term).ok()? };
        let next = partition.visits.iter().position(|visit| visit.via == Some(via))?;
        visit = u32::try_from(next).ok()?;
    }
}

// ------------------------------------------------------------------------------------ the fate

/// The results that a policy without errors gives.
const RESULTS: [SpfResult; 4] =
    [SpfResult::Pass, SpfResult::Neutral, SpfResult::Softfail, SpfResult::Fail];

/// Who gets what: by result, a set a family.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fate([[IpSet; 2]; RESULTS.len()]);

impl Fate {
    fn of(partitions: [&Partition; 2], set: impl Fn(&Partition, SpfResult) -> IpSet) -> Self {
        Self(RESULTS.map(|result| partitions.map(|partition| set(partition, result))))
    }

    fn iter(&self) -> impl Iterator<Item = (SpfResult, &[IpSet; 2])> {
        RESULTS.into_iter().zip(&self.0)
    }

    fn of_result(&self, wanted: SpfResult) -> [IpSet; 2] {
        let found = self.iter().find(|(result, _)| *result == wanted);
        found.map_or_else(|| crate::net::Family::BOTH.map(IpSet::empty), |(_, sets)| sets.clone())
    }
}

impl Flattened {
    /// Evaluates the list in place of the policy, and compares the result of every address.
    async fn is_the_same(&self, dns: &dyn Dns, domain: &Name) -> bool {
        let sets: Vec<(&Name, u32, Vec<Data>)> = self
            .records
            .iter()
            .map(|list| {
                let beside = list.others.iter().cloned();
                (&list.name, list.ttl, beside.chain([list.data()]).collect())
            })
            .collect();
        let sets = sets.iter().map(|(name, ttl, data)| (*name, Kind::Txt, *ttl, data.as_slice()));
        let overlay = Overlay::new([Zone::fragment("flattened", sets)], dns);
        let after = examine(&Policies::new(&overlay), domain).await;
        // Read as receivers do, with limits: a list that needs none of them must not meet one.
        Fate::of(after.partitions(), Partition::with) == self.fate
    }
}

// ----------------------------------------------------------------------------------- the pages

/// The place where the record of the domain stands, and how much room is there.
struct Page<'f> {
    domain: &'f Name,
    owner: &'f Name,
    ttl: u32,
    /// Octets of the answer that are taken already.
    taken: usize,
    others: Vec<Data>,
    /// The explanation of a fail, as published.
    explanation: Option<String>,
}

impl<'f> Page<'f> {
    fn of(facts: &'f Facts, record: &Record, ttl: u32) -> Self {
        let answer = &facts.published.answer;
        let own = match &facts.published.found {
            Found::One { index, .. } => Some(*index),
            _ => None,
        };
        let others: Vec<Data> = answer
            .records()
            .iter()
            .enumerate()
            .filter(|(index, record)| Some(*index) != own && record.data.text().is_some())
            .map(|(_, record)| record.data.clone())
            .collect();
        let aliases: usize = answer.aliases.iter().map(|name| RECORD_HEAD + name.len() + 2).sum();
        let beside: usize = others.iter().map(size).sum();
        // §6.1: with `redirect` it is the target's explanation that counts, and its macros speak
        // of the target: taken here it would say something else.
        let explanation = record.redirect().is_none().then(|| record.explanation()).flatten();
        Self {
            domain: &facts.domain,
            owner: answer.aliases.last().unwrap_or(&facts.domain),
            ttl,
            taken: question(&facts.domain) + aliases + beside,
            others,
            explanation: explanation.map(|spec| format!(" exp={}", record.show(spec.span))),
        }
    }

    /// Puts terms on as few pages as hold them.
    fn fill(
        &self,
        fate: &Fate,
        default: SpfResult,
        all: Option<Qualifier>,
    ) -> Result<Vec<List>, Refusal> {
        // Sets of different results share no address, so their order is free. Only what passes can
        // stand in an include: RFC 7208 §5.2 has any other result not match.
        let listed = fate.iter().filter(|(result, _)| *result != default);
        let (inner, outer): (Vec<_>, Vec<_>) =
            listed.partition(|(result, _)| *result == SpfResult::Pass);
        let inner: Vec<String> = inner.into_iter().flat_map(|(it, sets)| terms(it, sets)).collect();
        let outer: Vec<String> = outer.into_iter().flat_map(|(it, sets)| terms(it, sets)).collect();
        let networks = inner.len() + outer.len();
        let too_large = Refusal::TooLarge { networks };
        let first = format!("v=spf1{}", outer.concat());
        let last = all.map_or_else(String::new, |sign| format!(" {sign}all"))
            + self.explanation.as_deref().unwrap_or_default();
        let most = usize::from(LOOKUP_LIMIT);
        let names: Vec<Name> = (1..=most)
            .map(|number| self.domain.child(format!("_spf{number}")))
            .collect::<Result<_, _>>()
            .map_err(|_| too_large.clone())?;
        let fitting = (0..=most).find_map(|count| {
            let includes = includes(names.get(..count)?);
            let head = first.len() + includes.len() + last.len();
            let room = room(self.taken).checked_sub(head);
            // Where others have taken all the room, a few includes are the least that can be said.
            let room = if outer.is_empty() && count > 0 { room.or(Some(0)) } else { room };
            let (own, rest) = split(&inner, room?);
            let pages = pages(rest, names.get(..count)?, self.ttl)?;
            let text = format!("{first}{}{includes}{last}", own.concat());
            Some((text, pages))
        });
        let (text, pages) = fitting.ok_or(too_large)?;
        let own = List {
            name: self.owner.clone(),
            answer_octets: self.taken + RECORD_HEAD + written(text.len()),
            ttl: self.ttl,
            others: self.others.clone(),
            text,
        };
        Ok(std::iter::once(own).chain(pages).collect())
    }
}

fn includes(names: &[Name]) -> String {
    names.iter().map(|name| format!(" include:{name}")).collect()
}

/// The terms that give `result` to the sets, each with a space before it.
fn terms(result: SpfResult, sets: &[IpSet; 2]) -> impl Iterator<Item = String> {
    let sign = match result {
        SpfResult::Fail => "-",
        SpfResult::Softfail => "~",
        SpfResult::Neutral => "?",
        _ => "",
    };
    let term = move |network: Cidr| {
        let word = if network.network().is_ipv4() { "ip4" } else { "ip6" };
        format!(" {sign}{word}:{network}")
    };
    sets.iter().flat_map(IpSet::cidrs).map(term)
}

/// What an included record begins with and ends in: alone it would pass nobody else.
const INCLUDED: (&str, &str) = ("v=spf1", " -all");

/// Fills a page for each name; `None` if the terms need more pages than there are, or fewer.
fn pages(mut terms: &[String], names: &[Name], ttl: u32) -> Option<Vec<List>> {
    let (first, last) = INCLUDED;
    let mut pages = Vec::with_capacity(names.len());
    for name in names {
        let taken = question(name);
        let (own, rest) = split(terms, room(taken).checked_sub(first.len() + last.len())?);
        if own.is_empty() {
            return None;
        }
        terms = rest;
        let text = format!("{first}{}{last}", own.concat());
        let answer_octets = taken + RECORD_HEAD + written(text.len());
        pages.push(List { name: name.clone(), text, ttl, answer_octets, others: Vec::new() });
    }
    terms.is_empty().then_some(pages)
}

/// The terms that fit into `room` octets, and the others.
fn split(terms: &[String], room: usize) -> (&[String], &[String]) {
    let mut used = 0;
    let over = terms.iter().position(|term| {
        used += term.len();
        used > room
    });
    terms.split_at(over.unwrap_or(terms.len()))
}

/// Octets of a message before its first record: header and question.
fn question(name: &Name) -> usize {
    HEADER + name.len() + 2 + 4
}

/// Octets that are left for a text in a message of which `taken` are taken.
fn room(taken: usize) -> usize {
    let left = ANSWER_LIMIT.saturating_sub(taken + RECORD_HEAD);
    // Each 255 octets have one before them that says how many they are.
    left - left.div_ceil(256)
}

/// Octets of a text as character-strings.
fn written(text: usize) -> usize {
    text + text.div_ceil(255)
}

/// Octets of a text record in a message.
fn size(data: &Data) -> usize {
    match data {
        Data::Txt(strings) => RECORD_HEAD + strings.iter().map(|it| it.len() + 1).sum::<usize>(),
        _ => 0,
    }
}

// --------------------------------------------------------------------------------- the sources

fn own(facts: &Facts) -> Source {
    let answer = &facts.published.answer;
    Source { question: answer.question.clone(), ttl: answer.ttl }
}

/// Everything that the walks asked, except for the domain's own record, which is replaced.
fn sources(facts: &Facts) -> Vec<Source> {
    let mut seen = HashSet::from([&facts.published.answer.question]);
    let mut sources = Vec::new();
    for walked in [&facts.ipv4, &facts.ipv6] {
        gather(&walked.trace, &mut |answer| {
            if seen.insert(&answer.question) {
                sources.push(Source { question: answer.question.clone(), ttl: answer.ttl });
            }
        });
    }
    sources
}

fn gather<'f>(step: &'f Step<Event>, note: &mut impl FnMut(&'f Answer)) {
    for answer in &step.answers {
        note(answer);
    }
    for inner in &step.steps {
        gather(inner, note);
    }
}
