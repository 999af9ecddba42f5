//! A domain in two states: what a change does to it.

use super::authorize::{crowd, doubt, problem};
use super::{Clock, Gathered, finish, gather_all};
use crate::change::{self, Effect, Facts, Gone, Moved, Purpose};
use crate::dkim::Published;
use crate::dns::{Answer, Dns, Kind, Outcome, ask};
use crate::judge::Location;
use crate::net::Name;
use crate::provider::{self, Provider};
use crate::report::{
    Change, ChangedCost, ChangedPolicy, ChangedRecords, ChangedSender, Domain, FileLocation, Lookup,
};
use crate::spf::record::{Body, Mechanism};
use crate::spf::{Crowd, Partition, Policies, SpfResult, TermId, turns};
use crate::text::Phrase;
use crate::{dmarc, spf};
use std::cmp::Reverse;
use std::collections::HashMap;

use super::inquiry::{Fixes, Inquiry};

/// A domain as it was, and as it is to be.
#[derive(Debug)]
pub struct Changed {
    /// As it was.
    pub before: Domain,
    /// As it is to be; what the change does stands in it. Its findings are not yet held against
    /// those before: see [`Domain::hold_against`].
    pub after: Domain,
}

/// Everything about one domain in two states of the DNS, the former first.
///
/// Both are asked for the same names as far as these are known beforehand, so a source that they
/// share should remember its answers.
pub async fn change(states: [&dyn Dns; 2], inquiry: &Inquiry, clock: Clock) -> Changed {
    let [old, new] = states.map(Policies::new);
    let was = gather_all(&old, inquiry, clock).await;
    // A key at a selector that nobody would guess now is to be missed all the same.
    let keyed = was.dkim.iter().flat_map(|it| it.facts.keyed());
    let found = keyed.map(|tried| tried.candidate.selector.to_string());
    let seen = inquiry.seen.iter().cloned().chain(found).collect();
    let inquiry = &Inquiry { seen, ..inquiry.clone() };
    let is = gather_all(&new, inquiry, clock).await;

    let tls = tls_gone(states, &was).await;
    let (facts, untold) = facts(&was, &is, tls);
    let cost = cost(&was, &is);
    let unfixed = Inquiry { fixes: Fixes::Skipped, ..inquiry.clone() };
    let before = finish(&old, &unfixed, was, Vec::new()).await;
    let mut after = finish(&new, inquiry, is, change::lint::check(&facts)).await;
    let (records, one_sided) = records(new.dns(), &before, &after).await;
    // Where both states give the same answers, the same is unknown of both, and nothing changes.
    let is_same = records.is_empty() && one_sided.is_empty();
    let unknown = if is_same { Vec::new() } else { one_sided.into_iter().chain(untold).collect() };
    let policies = [&before, &after].map(|domain| domain.dmarc.exhibit.policy);
    after.change = Some(Change {
        before: Vec::new(),
        headline_before: before.headline.clone(),
        in_effect_within_s: records.iter().filter_map(|it| it.ttl_before_s).max(),
        records,
        senders: facts.moved.iter().map(ChangedSender::from).collect(),
        cost,
        policy: match policies {
            [before, after] if before != after => Some(ChangedPolicy { before, after }),
            _ => None,
        },
        unknown,
    });
    Changed { before, after }
}

/// What the protocols say of both states, and what could not be told of one of them.
fn facts(was: &Gathered, is: &Gathered, tls: Vec<Gone>) -> (Facts, Vec<Phrase>) {
    let domain = is.domain.clone();
    let (mut moved, mut untold) = (Vec::new(), Vec::new());
    if let (Some(was), Some(is)) = (&was.spf, &is.spf) {
        for (before, after) in was.partitions().into_iter().zip(is.partitions()) {
            untold.extend([before, after].into_iter().find_map(first_doubt));
            gather_moved(before, after, &mut moved);
        }
        untold.dedup();
        moved.iter_mut().for_each(|one: &mut Moved| one.who = crowd(&one.sets));
        moved.sort_by_key(|one| (one.effect, one.is_rest, Reverse(size(one))));
    }
    let requests = [was, is].map(|state| state.posture().requests);
    for (state, when) in [(was, "before"), (is, "after")] {
        let failed = state.dmarc.as_ref().is_some_and(|it| {
            matches!(it.facts.discovered.discovery, dmarc::Discovery::Unknown(_))
        });
        if failed {
            let said = Phrase::new().plain("what DMARC asks for ").plain(when);
            untold.push(said.plain(" the change ").unknown("could not be told"));
        }
    }
    let spf = is.spf.as_ref().map(|facts| facts.published.location());
    let governing = is.dmarc.as_ref().and_then(|it| it.facts.discovered.governing());
    let dmarc = governing.map(|it| {
        let text = std::sync::Arc::clone(&it.record().text);
        Location::record(it.owner(), Kind::Txt, text).in_file(it.place.clone())
    });
    let owner = dmarc::owner(&domain).unwrap_or_else(|| domain.clone());
    let mut gone: Vec<Gone> = mx_gone(was, is).into_iter().collect();
    gone.extend(keys_gone(was, is));
    gone.extend(tls);
    let facts = Facts {
        moved,
        spf: spf.unwrap_or_else(|| Location::set(domain.clone(), Kind::Txt)),
        requests,
        dmarc: dmarc.unwrap_or_else(|| Location::set(owner, Kind::Txt)),
        gone,
        domain,
    };
    (facts, untold)
}

/// Why not everything can be told of a walk, if so.
fn first_doubt(partition: &Partition) -> Option<Phrase> {
    let failed = |cell: &&spf::Cell| cell.result() == Some(SpfResult::Temperror);
    partition.cells.iter().filter(failed).find_map(|cell| doubt(partition, cell))
}

/// How many addresses there are, IPv6 by networks of /64, for the order.
fn size(moved: &Moved) -> u128 {
    moved.sets.iter().map(crate::net::IpSet::count).fold(0, u128::saturating_add)
}

/// Adds who fares otherwise in one family: those that are alike in everything that is shown stand
/// together.
fn gather_moved(before: &Partition, after: &Partition, moved: &mut Vec<Moved>) {
    let crowds = [before, after].map(Partition::crowds);
    let [was, is] = &crowds;
    for turn in turns(was, is) {
        let results = [turn.before.result, turn.after.result];
        let is_told = |crowd: &Crowd<'_>| {
            let temperror = Some(SpfResult::Temperror);
            crowd.result != temperror
                && crowd.otherwise != temperror
                && (crowd.result == Some(SpfResult::Pass) || crowd.first.passed_over.is_none())
        };
        if !is_told(turn.before) || !is_told(turn.after) {
            continue;
        }
        let effect = match results {
            [Some(SpfResult::Pass), Some(_)] => Effect::Lost,
            [Some(_), Some(SpfResult::Pass)] => Effect::Gained,
            _ => Effect::Altered,
        };
        let sides = [(before, turn.before), (after, turn.after)];
        let shown = sides.map(|(partition, crowd)| {
            let cell = crowd.first;
            // Beyond a limit no term decides: receivers have stopped.
            cell.top.filter(|_| !cell.is_over_limit()).map(|top| partition.term_text(top))
        });
        let providers = sides.map(|(partition, crowd)| {
            crowd.first.by.and_then(|term| recognised(partition, term)).map(Provider::title)
        });
        let provider = match (effect, providers) {
            (Effect::Lost, [before, _]) => before,
            (Effect::Gained, [_, after]) => after,
            (Effect::Altered, [before, after]) => before.or(after),
        };
        // Everybody whom no term lists is more than half of all there are.
        let is_rest = turn.set.count() > before.family.last() / 2;
        let problem = problem(turn.after.first);
        let twin = moved.iter_mut().find(|one| {
            one.effect == effect
                && one.provider == provider
                && one.results == results
                && one.terms == shown
                && one.is_rest == is_rest
                && one.problem == problem
        });
        match twin {
            Some(twin) => match twin.sets.iter_mut().find(|set| set.family() == before.family) {
                Some(set) => *set = set.or(&turn.set),
                None => twin.sets.push(turn.set),
            },
            None => moved.push(Moved {
                effect,
                provider,
                results,
                terms: shown,
                sets: vec![turn.set],
                who: String::new(),
                is_rest,
                problem,
            }),
        }
    }
}

/// The provider whose policy a term belongs to: the innermost that is known.
fn recognised(partition: &Partition, term: TermId) -> Option<&'static Provider> {
    let mut path = partition.path(term);
    path.push(term);
    path.into_iter().rev().find_map(|step| {
        let record = partition.visit(step)?.published.record()?;
        let term = record.value.terms.get(usize::try_from(step.term).ok()?)?;
        match &term.body {
            Body::Directive(_, Mechanism::Include(spec)) | Body::Redirect(spec) => {
                provider::recognise_include(spec.fixed()?)
            }
            _ => None,
        }
    })
}

/// The MX set, if hosts received before and none does now.
fn mx_gone(was: &Gathered, is: &Gathered) -> Option<Gone> {
    let (was, is) = (&was.mx.as_ref()?.facts, &is.mx.as_ref()?.facts);
    let received = |facts: &crate::mx::Facts| !facts.is_null() && !facts.exchangers().is_empty();
    let is_gone = received(was) && !received(is) && !is.is_failed();
    let location = Location::set(is.domain.clone(), Kind::Mx);
    is_gone.then_some(Gone { purpose: Purpose::Mx, location })
}

/// The selectors that led to a key that could be used, and are proved to lead to none now.
fn keys_gone(was: &Gathered, is: &Gathered) -> Vec<Gone> {
    let (Some(was), Some(is)) = (&was.dkim, &is.dkim) else { return Vec::new() };
    let usable = was.facts.keyed().filter(|tried| tried.keys().iter().any(Published::is_usable));
    let gone = usable.filter(|tried| {
        let mut now = is.facts.tried.iter().filter(|now| now.name == tried.name);
        now.any(|now| {
            now.answer.failure().is_none() && !now.keys().iter().any(Published::is_usable)
        })
    });
    gone.map(|tried| Gone {
        purpose: Purpose::Selector(tried.candidate.selector.to_string()),
        location: Location::set(tried.name.clone(), Kind::Txt),
    })
    .collect()
}

/// The records about encrypted delivery that were there and are gone.
async fn tls_gone(states: [&dyn Dns; 2], was: &Gathered) -> Vec<Gone> {
    let domain = &was.domain;
    let below = |labels: [&'static str; 2]| {
        let [outer, inner] = labels;
        domain
            .child(inner)
            .and_then(|name| if outer.is_empty() { Ok(name) } else { name.child(outer) })
    };
    let mut wanted: Vec<(Name, Kind, &'static str)> = Vec::new();
    wanted.extend(below(["", "_mta-sts"]).map(|name| (name, Kind::Txt, "MTA-STS")).ok());
    wanted.extend(below(["_smtp", "_tls"]).map(|name| (name, Kind::Txt, "TLS-RPT")).ok());
    // What stands at hosts of others is not changed here.
    let hosts = was.mx.iter().flat_map(|it| it.facts.exchangers());
    let own = hosts.filter(|it| it.host.is_within(domain));
    let tlsa = own.filter_map(|it| it.host.child("_tcp").ok()?.child("_25").ok());
    wanted.extend(tlsa.map(|name| (name, TLSA, "DANE")));
    let [old, new] = states;
    let mut gone = Vec::new();
    for (name, kind, what) in wanted {
        let (before, after) = (ask(old, &name, kind).await, ask(new, &name, kind).await);
        if has_records(&before) && after.is_void() {
            let location = Location::set(name, kind);
            gone.push(Gone { purpose: Purpose::Tls(what), location });
        }
    }
    gone
}

/// TLSA (RFC 6698).
const TLSA: Kind = Kind::Other(52);

fn has_records(answer: &Answer) -> bool {
    matches!(answer.outcome, Outcome::Records(_))
}

fn cost(was: &Gathered, is: &Gathered) -> Option<ChangedCost> {
    let states = [was.spf.as_ref()?, is.spf.as_ref()?];
    let [before, after] =
        states.map(|facts| facts.published.record().map(|it| it.value.text.len()));
    let worst = states.map(spf::Facts::worst);
    Some(ChangedCost {
        lookups: worst.map(|spent| spent.lookups),
        voids: worst.map(|spent| spent.voids),
        octets: [before?, after?],
    })
}

/// The record sets that both states were asked for and that differ, and what only one of them could
/// tell.
async fn records(
    new: &dyn Dns,
    before: &Domain,
    after: &Domain,
) -> (Vec<ChangedRecords>, Vec<Phrase>) {
    let question = |lookup: &Lookup| (lookup.name.clone(), lookup.kind);
    let old: HashMap<_, &Lookup> = before.lookups.iter().map(|it| (question(it), it)).collect();
    let is_told = |lookup: &Lookup| matches!(lookup.outcome, "records" | "nodata" | "nxdomain");
    let (mut changed, mut one_sided) = (Vec::new(), Vec::new());
    for now in &after.lookups {
        let Some(was) = old.get(&question(now)) else { continue };
        match (is_told(was), is_told(now)) {
            (true, true) => {}
            (false, false) => continue,
            (told_before, _) => {
                let when = if told_before { "after" } else { "before" };
                let said = Phrase::new().name(&now.name).plain(format!(" {}: ", now.kind));
                let said = said.unknown("could not be told");
                one_sided.push(said.plain(format!(" {when} the change")));
                continue;
            }
        }
        let without = |these: &Lookup, those: &Lookup| -> Vec<String> {
            these.records.iter().filter(|it| !those.records.contains(it)).cloned().collect()
        };
        let (removed, added) = (without(was, now), without(now, was));
        if removed.is_empty() && added.is_empty() {
            continue;
        }
        let answer = ask(new, &now.name, now.kind).await;
        let places = answer.records().iter().filter_map(|record| record.place.as_ref());
        changed.push(ChangedRecords {
            name: now.name.clone(),
            kind: now.kind,
            removed,
            added,
            ttl_before_s: was.ttl_s,
            ttl_s: now.ttl_s,
            location: places.map(FileLocation::from).next(),
        });
    }
    (changed, one_sided)
}
