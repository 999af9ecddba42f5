//! Who may send, in full: from what was found out about a policy to exact sets.

mod flattening;
mod shares;

use crate::diagnostic::Standing;
use crate::dns::{Budget, Dns, MOST_QUERIES, alongside, join_all};
use crate::examine::authorize::{self, Share as Portioned, count_in_words, networks};
use crate::examine::sender::{self, Missing, Resolved};
use crate::examine::{Asked, Sender};
use crate::net::{Family, IpSet, Name};
use crate::protocols::spf::{self, Cell, Facts, Found, Partition, Policies, SpfResult};
use crate::report::Authorized;
use crate::report::senders::{Contained, Difference, Listing};
use crate::text::{Phrase, escape};

/// What is asked about the senders of a domain.
#[derive(Clone, Debug)]
#[non_exhaustive]
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
    /// How many queries the domain may cause to names of one other organization.
    pub most_queries: usize,
}

impl Request {
    /// Asks who may send for a domain and nothing else.
    pub fn about(domain: Name) -> Self {
        Self {
            domain,
            notes: Vec::new(),
            contains: Vec::new(),
            minus: Vec::new(),
            flatten: false,
            most_queries: MOST_QUERIES,
        }
    }
}

/// Everything about who may send for a domain.
pub async fn list(dns: &dyn Dns, request: &Request) -> Listing {
    let dns = &Budget::new(dns, &request.domain, request.most_queries);
    let policies = Policies::new(dns);
    let named = request.contains.iter().filter_map(|asked| match &asked.sender {
        Sender::Policy(name) => Some(name),
        _ => None,
    });
    let names = std::iter::once(&request.domain).chain(&request.minus).chain(named);
    let scouts = join_all(names.map(|name| spf::prefetch(&policies, name, &Family::BOTH)));
    let work = async {
        let minus = request.minus.iter().map(|name| spf::examine(&policies, name));
        let asked = request.contains.iter().map(|asked| sender::resolve(&policies, asked));
        let domain = spf::examine(&policies, &request.domain);
        tokio::join!(domain, join_all(minus), join_all(asked))
    };
    let (facts, minus, asked) = alongside(work, async {
        scouts.await;
    })
    .await;
    let flattening = match request.flatten {
        true => Some(flattening::flattening(dns, &facts).await),
        false => None,
    };
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
        shares: shares::shares(&facts),
        sender_dependent: shares::dependent(&facts),
        contains: contains.map(|(asked, resolved)| contained(&facts, asked, resolved)).collect(),
        difference,
        flattening,
    }
}

/// A listing that says only why there is none.
#[doc(hidden)]
pub fn unknown_listing(request: &Request, why: Phrase) -> Listing {
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
    let mut failed = cells.filter(|cell| cell.result() == Some(SpfResult::Temperror));
    failed.find_map(|cell| cell.exception().map(spf::exception))
}

fn headline(facts: &Facts) -> Phrase {
    if let Some(why) = unknown(facts) {
        return Phrase::new().unknown("authorized senders undetermined").plain(": ").then(why);
    }
    let permerror = |said: Phrase| said.plain(": ").bad("permerror").plain(" for every sender");
    match &facts.published.found {
        Found::NoDomain => return Phrase::new().bad("the domain does not exist (NXDOMAIN)"),
        Found::Nothing => {
            let said = Phrase::new().weak("no SPF record");
            return said.plain(": the SPF result is none for every sender");
        }
        Found::Several(records) => {
            return permerror(Phrase::new().bad(format!("{} SPF records", records.len())));
        }
        _ if facts.published.usable().is_none() => {
            return permerror(Phrase::new().bad("syntax error in the record"));
        }
        _ => {}
    }
    let passing = facts.partitions().map(Partition::passing);
    let said = match &passing {
        [ipv4, ipv6] if ipv4.is_all() && ipv6.is_all() => {
            Phrase::new().bad("all addresses are authorized")
        }
        [ipv4, ipv6] if ipv4.is_empty() && ipv6.is_empty() => Phrase::from("no address is listed"),
        sets => {
            let sets: Vec<IpSet> = sets.iter().filter(|set| !set.is_empty()).cloned().collect();
            Phrase::new().addr(count_in_words(&sets)).plain(" authorized")
        }
    };
    let depends = facts.sender_dependent();
    let said = match depends.as_slice() {
        [] => said,
        terms => said.plain("; which addresses pass depends on the sender: ").code(terms.join(" ")),
    };
    match facts.standing() {
        Standing::Broken => said.plain("; ").bad("permerror").plain(" for other senders"),
        _ => said,
    }
}

/// The sender's addresses by whether they pass.
fn portioned(facts: &Facts, sets: &[IpSet]) -> Portioned {
    let mut share = Portioned::default();
    for partition in facts.partitions() {
        let is_determined = |cell: &Cell| authorize::unknown(partition, cell).is_none();
        let passes = |cell: &Cell| cell.result() == Some(SpfResult::Pass);
        let passing = partition.gather(|cell| is_determined(cell) && passes(cell));
        let others = partition.gather(|cell| is_determined(cell) && !passes(cell));
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
    let answer = share.authorized(resolved.missing.as_ref());
    let said = resolved.title.clone();
    let headline = match answer {
        Authorized::Yes => said
            .plain(" is ")
            .good("authorized")
            .plain(": all ")
            .addr(count_in_words(&share.covered)),
        Authorized::Partial => {
            let said = said.plain(" is ").weak("only partly authorized").plain(": ");
            let parts = [
                (&share.covered, " authorized"),
                (&share.uncovered, " not authorized"),
                (&share.undecided, " undetermined"),
            ];
            let parts = parts.into_iter().filter(|(sets, _)| !sets.is_empty());
            let parts =
                parts.map(|(sets, what)| Phrase::new().addr(count_in_words(sets)).plain(what));
            said.then(Phrase::listed(parts, usize::MAX, ", "))
        }
        Authorized::No => {
            let said = said.plain(" is ").bad("NOT authorized").plain(": ");
            match &resolved.missing {
                Some(Missing::Nothing(why)) => said.then(why.clone()),
                _ => said.plain("SPF passes none of ").addr(count_in_words(&share.uncovered)),
            }
        }
        Authorized::Unknown => {
            said.plain(" is ").unknown("undetermined").plain(": ").then(reason(facts, resolved))
        }
        Authorized::NotApplicable => match &resolved.missing {
            Some(Missing::OnlyReceives(why)) => why.clone(),
            _ => said.plain(" only receives"),
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

/// Why it could not be determined whether a sender may send.
fn reason(facts: &Facts, resolved: &Resolved) -> Phrase {
    if let Some(unknown) = resolved.missing.as_ref().and_then(Missing::unknown) {
        return unknown.why.clone();
    }
    let meets = |cell: &Cell| resolved.sets.iter().any(|set| !set.and(&cell.set).is_empty());
    let mut unknowns = facts.partitions().into_iter().flat_map(|partition| {
        let cells = partition.cells.iter().filter(|cell| meets(cell));
        cells.filter_map(move |cell| authorize::unknown(partition, cell))
    });
    let first = unknowns.next().map(|unknown| unknown.why);
    first.unwrap_or_else(|| Phrase::from("the result depends on the sender"))
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
            notes.push(name.plain(" authorizes no address: nothing to subtract"));
        } else if let terms @ [_, ..] = other.sender_dependent().as_slice() {
            let said = name.plain(": not subtracted, depends on the sender: ");
            notes.push(said.code(terms.join(" ")));
        }
    }
    if let terms @ [_, ..] = facts.sender_dependent().as_slice() {
        let said = Phrase::new().plain("not included, depends on the sender: ");
        notes.push(said.code(terms.join(" ")));
    }
    Difference {
        minus: minus.iter().map(|other| other.domain.clone()).collect(),
        addresses: [0, 1].map(|family: usize| left[family].count().to_string()),
        networks: networks(&left),
        notes,
    }
}
