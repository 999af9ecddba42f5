//! Who may send, in full: from what was found out about a policy to exact sets.

use super::authorize::{self, Share as Portioned, crowd, networks, placed};
use super::inquiry::Asked;
use super::sender::{self, Gap, Resolved};
use crate::dns::{Dns, Kind, alongside, ask, join_all, presentation};
use crate::judge::Standing;
use crate::net::{Family, IpSet, Name, Range};
use crate::provider;
use crate::report::Authorized;
use crate::report::senders::{
    Contained, Decided, Dependent, Difference, Flattened, Flattening, ListRecord, ListSource,
    Listing, Share,
};
use crate::spf::flatten::{self, ANSWER_LIMIT, List, Source};
use crate::spf::{self, Cell, Facts, Found, Partition, Policies, Spent, SpfResult, TermId};
use crate::text::{Phrase, escape};
use std::collections::HashMap;

/// What is asked about the senders of a domain.
#[derive(Clone, Debug)]
pub struct Request {
    /// The domain.
    pub domain: Name,
    /// How the input was understood, where that needs saying.
    pub notes: Vec<Phrase>,
    /// Senders of which it is asked whether all of their addresses pass.
    pub contains: Vec<Asked>,
    /// Domains whose senders are taken away from those of the domain.
    pub minus: Vec<Name>,
    /// True if the policy is wanted as a list.
    pub flatten: bool,
}

/// Everything about who may send for a domain.
pub async fn list(dns: &dyn Dns, request: &Request) -> Listing {
    let policies = Policies::new(dns);
    let names = || std::iter::once(&request.domain).chain(&request.minus);
    let scouts = join_all(names().map(|name| spf::prefetch(&policies, name, &Family::BOTH)));
    let work = async {
        let facts = spf::examine(&policies, &request.domain).await;
        let minus = join_all(request.minus.iter().map(|name| spf::examine(&policies, name))).await;
        let asked = request.contains.iter();
        let asked = join_all(asked.map(|asked| sender::resolve(&policies, asked))).await;
        let flattening = match request.flatten {
            true => Some(flattening(dns, &facts).await),
            false => None,
        };
        (facts, minus, asked, flattening)
    };
    let (facts, minus, asked, flattening) = alongside(work, async {
        scouts.await;
    })
    .await;
    let contains = request.contains.iter().zip(&asked);
    let difference = (!minus.is_empty()).then(|| difference(&facts, &minus));
    Listing {
        domain: request.domain.clone(),
        unicode: escape(request.domain.to_unicode().as_bytes()),
        headline: headline(&facts),
        record: facts.published.record().map(|record| escape(&record.value.text)),
        notes: request.notes.clone(),
        usable: facts.published.usable().is_some(),
        unknown: std::iter::once(&facts).chain(&minus).find_map(unknown),
        shares: shares(&facts),
        sender_dependent: dependent(&facts),
        contains: contains.map(|(asked, resolved)| contained(&facts, asked, resolved)).collect(),
        difference,
        flattening,
    }
}

/// A listing that says only why there is none.
pub fn untold(request: &Request, why: Phrase) -> Listing {
    Listing {
        domain: request.domain.clone(),
        unicode: escape(request.domain.to_unicode().as_bytes()),
        headline: why.clone(),
        record: None,
        notes: request.notes.clone(),
        usable: false,
        unknown: Some(why),
        shares: Vec::new(),
        sender_dependent: Vec::new(),
        contains: Vec::new(),
        difference: None,
        flattening: None,
    }
}

/// Why not everything is known of a policy, if so.
fn unknown(facts: &Facts) -> Option<Phrase> {
    let cells = facts.partitions().into_iter().flat_map(|partition| &partition.cells);
    // Where a limit was passed, receivers stopped before they could be at a loss.
    let mut untold = cells.filter(|cell| cell.result() == Some(SpfResult::Temperror));
    untold.find_map(|cell| cell.exception().map(spf::exception))
}

fn headline(facts: &Facts) -> Phrase {
    if let Some(why) = unknown(facts) {
        return Phrase::new().unknown("could not tell").plain(" in full who may send: ").then(why);
    }
    let permerror = |said: Phrase| said.plain(": every check is ").bad("permerror");
    match &facts.published.found {
        Found::NoDomain => return Phrase::new().bad("the domain does not exist"),
        Found::Nothing => {
            let said = Phrase::new().weak("no SPF record");
            return said.plain(": receivers cannot tell who may send");
        }
        Found::Several(records) => {
            return permerror(Phrase::new().bad(format!("{} SPF records", records.len())));
        }
        _ if facts.published.usable().is_none() => {
            return permerror(Phrase::new().bad("the record has a fault"));
        }
        _ => {}
    }
    let passing = facts.partitions().map(Partition::passing);
    let said = match &passing {
        [ipv4, ipv6] if ipv4.is_all() && ipv6.is_all() => Phrase::from("every address may send"),
        [ipv4, ipv6] if ipv4.is_empty() && ipv6.is_empty() => Phrase::from("nobody may send"),
        sets => {
            let sets: Vec<IpSet> = sets.iter().filter(|set| !set.is_empty()).cloned().collect();
            Phrase::new().addr(crowd(&sets)).plain(" may send")
        }
    };
    let depends = facts.sender_dependent();
    let said = match depends.as_slice() {
        [] => said,
        terms => said.plain(", and whoever ").code(terms.join(" ")).plain(" lets pass"),
    };
    match facts.standing() {
        Standing::Broken => said.plain("; for others the policy ends in ").bad("permerror"),
        _ => said,
    }
}

// ---------------------------------------------------------------------------------- the shares

/// The results in the order in which they are shown.
const ORDER: [Option<SpfResult>; 8] = [
    Some(SpfResult::Pass),
    None,
    Some(SpfResult::Neutral),
    Some(SpfResult::Softfail),
    Some(SpfResult::Fail),
    Some(SpfResult::None),
    Some(SpfResult::Permerror),
    Some(SpfResult::Temperror),
];

/// What addresses have in common that get the same: the result, or what it is unless a term that
/// depends on the sender matches.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Fate {
    result: Option<SpfResult>,
    otherwise: Option<SpfResult>,
}

/// What addresses have in common that are shown together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    fate: Fate,
    by: Option<TermId>,
    /// What was spent, if it was too much.
    excess: Option<Spent>,
}

/// Cells that are shown together: the first of them speaks for all.
struct Crowd<'f> {
    key: Key,
    first: &'f Cell,
    spent: Spent,
    ranges: Vec<Range>,
}

/// Every address, by what it gets.
fn shares(facts: &Facts) -> Vec<Share> {
    let crowds = facts.partitions().map(|partition| (partition, crowds(partition)));
    let mut shares = Vec::new();
    for result in ORDER {
        for (partition, crowds) in &crowds {
            let mut fates: Vec<Fate> = Vec::new();
            for Crowd { key, .. } in crowds.iter().filter(|crowd| crowd.key.fate.result == result) {
                if !fates.contains(&key.fate) {
                    fates.push(key.fate);
                }
            }
            shares.extend(fates.into_iter().map(|fate| share(partition, crowds, fate)));
        }
    }
    shares
}

fn crowds(partition: &Partition) -> Vec<Crowd<'_>> {
    let mut crowds: Vec<Crowd<'_>> = Vec::new();
    let mut places: HashMap<Key, usize> = HashMap::new();
    for cell in partition.cells.iter().filter(|cell| !cell.set.is_empty()) {
        let (result, is_certain) = (cell.result(), partition.is_certain(cell));
        let fate = Fate {
            result: result.filter(|_| is_certain),
            otherwise: result.filter(|_| !is_certain),
        };
        let key = Key { fate, by: cell.by, excess: cell.is_over_limit().then_some(cell.spent) };
        let place = *places.entry(key).or_insert(crowds.len());
        match crowds.get_mut(place) {
            Some(crowd) => {
                crowd.spent = crowd.spent.max(cell.spent);
                crowd.ranges.extend(cell.set.ranges());
            }
            None => {
                let ranges = cell.set.ranges().to_vec();
                crowds.push(Crowd { key, first: cell, spent: cell.spent, ranges });
            }
        }
    }
    crowds
}

fn share(partition: &Partition, crowds: &[Crowd<'_>], fate: Fate) -> Share {
    let family = partition.family;
    let those = || crowds.iter().filter(|crowd| crowd.key.fate == fate);
    let set = IpSet::from_ranges(family, those().flat_map(|crowd| crowd.ranges.iter().copied()));
    Share {
        result: fate.result.map_or("unknown", SpfResult::word),
        otherwise: fate.otherwise.map(SpfResult::word),
        family: match family {
            Family::V4 => "IPv4",
            Family::V6 => "IPv6",
        },
        addresses: set.count().to_string(),
        networks: set.cidrs(),
        terms: those().map(|crowd| decided(partition, crowd)).collect(),
    }
}

fn decided(partition: &Partition, crowd: &Crowd<'_>) -> Decided {
    let set = IpSet::from_ranges(partition.family, crowd.ranges.iter().copied());
    let Crowd { key, first, spent, .. } = crowd;
    Decided {
        matched: key.by.and_then(|term| placed(partition, term)),
        addresses: set.count().to_string(),
        networks: set.cidrs(),
        lookups: spent.lookups,
        voids: spent.voids,
        beyond_limit: key.excess.and_then(|_| first.unlimited()).map(SpfResult::word),
        problem: authorize::problem(first),
    }
}

/// The terms that depend on who sends, each once.
fn dependent(facts: &Facts) -> Vec<Dependent> {
    let mut terms: Vec<Dependent> = Vec::new();
    for partition in facts.partitions() {
        for id in partition.sender_dependent() {
            let Some(term) = placed(partition, id) else { continue };
            let is_known = terms
                .iter()
                .any(|known| (&known.term.term, &known.term.path) == (&term.term, &term.path));
            if !is_known {
                let gives = partition.would_give(id).map(SpfResult::word);
                terms.push(Dependent { term, gives });
            }
        }
    }
    terms
}

// ------------------------------------------------------------------------------ the questions

/// The sender's addresses by whether they pass.
fn portioned(facts: &Facts, sets: &[IpSet]) -> Portioned {
    let mut share = Portioned::default();
    for partition in facts.partitions() {
        let told = |cell: &Cell| authorize::doubt(partition, cell).is_none();
        let passes = |cell: &Cell| cell.result() == Some(SpfResult::Pass);
        let passing = partition.gather(|cell| told(cell) && passes(cell));
        let others = partition.gather(|cell| told(cell) && !passes(cell));
        for set in sets.iter().filter(|set| set.family() == partition.family) {
            share.covered.push(set.and(&passing));
            share.uncovered.push(set.and(&others));
            share.undecided.push(set.minus(&passing).minus(&others));
        }
    }
    for sets in [&mut share.covered, &mut share.uncovered, &mut share.undecided] {
        sets.retain(|set| !set.is_empty());
    }
    share
}

fn contained(facts: &Facts, asked: &Asked, resolved: &Resolved) -> Contained {
    let share = portioned(facts, &resolved.sets);
    let answer = share.authorized(resolved.gap.as_ref());
    let said = resolved.title.clone();
    let headline = match answer {
        Authorized::Yes => {
            said.plain(" ").good("may send").plain(": all of ").addr(crowd(&share.covered))
        }
        Authorized::Partial => {
            let said = said.plain(" ").weak("may send in part").plain(": ");
            let said = match share.covered.is_empty() {
                true => said.plain("nobody for certain"),
                false => said.addr(crowd(&share.covered)).plain(" may"),
            };
            let said = match share.uncovered.is_empty() {
                true => said,
                false => said.plain(", ").addr(crowd(&share.uncovered)).plain(" may not"),
            };
            match share.undecided.is_empty() {
                true => said,
                false => {
                    said.plain(", of ").addr(crowd(&share.undecided)).plain(" it could not be told")
                }
            }
        }
        Authorized::No => {
            let said = said.plain(" ").bad("may NOT send").plain(": ");
            match &resolved.gap {
                Some(Gap::Nothing(why)) => said.then(why.clone()),
                _ => said.plain("none of ").addr(crowd(&share.uncovered)),
            }
        }
        Authorized::Unknown => {
            said.plain(": ").unknown("could not tell").plain(": ").then(reason(facts, resolved))
        }
        Authorized::NotApplicable => match &resolved.gap {
            Some(Gap::OnlyReceives(why)) => why.clone(),
            _ => said.plain(" does not send"),
        },
    };
    Contained {
        sender: escape(asked.text.as_bytes()),
        kind: resolved.kind,
        contained: answer,
        headline,
        covered: networks(&share.covered),
        uncovered: networks(&share.uncovered),
        undecided: networks(&share.undecided),
    }
}

/// Why nothing can be told about a sender.
fn reason(facts: &Facts, resolved: &Resolved) -> Phrase {
    if let Some(Gap::Unknown(why) | Gap::Unlisted(why)) = &resolved.gap {
        return why.clone();
    }
    let meets = |cell: &Cell| resolved.sets.iter().any(|set| !set.and(&cell.set).is_empty());
    let doubts = facts.partitions().into_iter().flat_map(|partition| {
        let cells = partition.cells.iter().filter(|cell| meets(cell));
        cells.filter_map(move |cell| authorize::doubt(partition, cell))
    });
    doubts.into_iter().next().unwrap_or_else(|| Phrase::from("it depends on who sends"))
}

fn difference(facts: &Facts, minus: &[Facts]) -> Difference {
    let mut left = facts.partitions().map(Partition::passing);
    let mut notes = Vec::new();
    for other in minus {
        for (left, theirs) in left.iter_mut().zip(other.partitions()) {
            *left = left.minus(&theirs.passing());
        }
        let name = Phrase::new().name(&other.domain);
        if other.published.usable().is_none() && unknown(other).is_none() {
            notes.push(name.plain(" has no policy that passes anybody: it takes nothing away"));
        } else if let terms @ [_, ..] = other.sender_dependent().as_slice() {
            let said = name.plain(": what ").code(terms.join(" "));
            notes.push(said.plain(" lets pass depends on the sender and is not taken away"));
        }
    }
    if let terms @ [_, ..] = facts.sender_dependent().as_slice() {
        let said = Phrase::new().plain("what ").code(terms.join(" "));
        notes.push(said.plain(" lets pass depends on the sender and is not among what is left"));
    }
    Difference {
        minus: minus.iter().map(|other| other.domain.clone()).collect(),
        addresses: [0, 1].map(|family: usize| left[family].count().to_string()),
        networks: networks(&left),
        notes,
    }
}

// -------------------------------------------------------------------------------- flattening

async fn flattening(dns: &dyn Dns, facts: &Facts) -> Flattening {
    let flattened = match flatten::flatten(dns, facts).await {
        Ok(flattened) => flattened,
        Err(refusal) => return Flattening::Refused { why: spf::refusal(&refusal) },
    };
    let mut records = Vec::with_capacity(flattened.records.len());
    for (index, list) in flattened.records.iter().enumerate() {
        // Below the domain there may be something already that the list would push aside.
        let is_taken = index > 0 && is_taken(dns, facts, &list.name).await;
        records.push(record(list, is_taken));
    }
    Flattening::Proved(Flattened {
        lookups: flattened.lookups(),
        stale_after_s: flattened.shortest().and_then(|source| source.ttl),
        sources: flattened.sources.iter().map(source).collect(),
        gained: networks(&flattened.gained),
        notes: notes(facts, &flattened, &records),
        records,
    })
}

async fn is_taken(dns: &dyn Dns, facts: &Facts, name: &Name) -> bool {
    let mut visits = facts.partitions().into_iter().flat_map(|partition| &partition.visits);
    let is_ours = visits.any(|visit| visit.published.domain == *name);
    !is_ours && !ask(dns, name, Kind::Txt).await.records().is_empty()
}

fn record(list: &List, is_taken: bool) -> ListRecord {
    let data = presentation::write(Kind::Txt, &list.data());
    ListRecord {
        name: list.name.clone(),
        ttl_s: list.ttl,
        text: list.text.clone(),
        line: format!("{}. {} IN TXT {data}", list.name, list.ttl),
        answer_octets: list.answer_octets,
        is_taken,
    }
}

fn source(source: &Source) -> ListSource {
    let Source { question, ttl } = source;
    let known = match question.kind {
        Kind::Txt => provider::recognise_include(&question.name),
        _ => provider::host(&question.name).map(|(provider, _)| provider),
    };
    ListSource {
        name: question.name.clone(),
        kind: question.kind,
        ttl_s: *ttl,
        provider: known.map(|provider| provider.title().to_owned()),
    }
}

fn notes(facts: &Facts, flattened: &flatten::Flattened, records: &[ListRecord]) -> Vec<Phrase> {
    let mut notes = Vec::new();
    let gained: Vec<IpSet> =
        flattened.gained.iter().filter(|set| !set.is_empty()).cloned().collect();
    if !gained.is_empty() {
        let said = Phrase::new().addr(crowd(&gained));
        notes.push(said.plain(" pass by the list that receivers refuse today, beyond a limit"));
    }
    for record in records {
        let said = Phrase::new().name(&record.name);
        if record.is_taken {
            notes.push(said.plain(" holds other text already, which stays; publish beside it"));
        } else if record.name == facts.domain && record.answer_octets > ANSWER_LIMIT {
            let said = said.plain(" answers with ").number(record.answer_octets);
            notes.push(said.plain(" octets even so: other text records take the room"));
        } else if !record.name.is_within(&facts.domain) {
            let said = said.plain(" is where ").name(&facts.domain);
            notes.push(said.plain(" leads as an alias: the record stands there"));
        }
    }
    notes
}
