//! A domain in two states: what a change of its records does to its mail, and to its findings.
//!
//! Both states were examined in the same way; here their facts are held side by side. Where an
//! address passes before and not after, it is in the intersection of two exact sets.

mod dependent;
mod facts;
mod findings;
pub mod lint;
mod presence;
mod records;
mod removed;
mod senders;

pub use facts::{AffectedSender, Alignment, Facts, Purpose, Removed, Tls};
pub use findings::compare_findings;
pub(crate) use presence::{drop_implied, presence};
pub(crate) use records::records;
pub(crate) use removed::tls;
pub(crate) use senders::kept;

use crate::diagnostic::Location;
use crate::dns::Kind;
use crate::examine::Gathered;
use crate::posture::Requests;
use crate::protocols::dmarc;
use crate::report::{ChangedAlignment, ChangedCost, ChangedPolicy, Presence, Unknown, What};
use crate::text::Phrase;
use dependent::may_lose;
use removed::{removed_keys, removed_mx};
use senders::{first_unknown, gather_affected, is_same, receiving_only, size, who};
use std::cmp::Reverse;

/// The policy in force, if it is known of both states and differs.
pub(crate) fn changed_policy(requests: [Requests; 2]) -> Option<ChangedPolicy> {
    let asked = |requests| match requests {
        Requests::Policy(policy) => Some(Some(policy)),
        Requests::Nothing | Requests::Broken => Some(None),
        Requests::Unknown => None,
    };
    let [before, after] = requests.map(asked);
    let (before, after) = (before?, after?);
    (before != after).then_some(ChangedPolicy { before, after })
}

/// DMARC alignment, if it is known of both states and differs.
pub(crate) fn changed_alignment(alignment: [Option<Alignment>; 2]) -> Option<ChangedAlignment> {
    let [Some(before), Some(after)] = alignment else { return None };
    let changed =
        ChangedAlignment { spf: [before.spf, after.spf], dkim: [before.dkim, after.dkim] };
    (before != after).then_some(changed)
}

/// What the record in force says of alignment.
fn alignment(gathered: &Gathered) -> Option<Alignment> {
    let record = gathered.dmarc.as_ref()?.facts.discovered.in_force()?.published.record();
    Some(Alignment { spf: record.spf_alignment(), dkim: record.dkim_alignment() })
}

/// That the DMARC policy could not be determined, if it is not the same in both states.
fn unknown_policy(was: &Gathered, is: &Gathered) -> Option<Unknown> {
    let [before, after] =
        [was, is].map(|state| state.dmarc.as_ref().map(|it| &it.facts.discovered.discovery));
    if before == after {
        return None;
    }
    let (trouble, when) = match (before, after) {
        (Some(dmarc::Discovery::Unknown(trouble)), _) => (trouble, "before"),
        (_, Some(dmarc::Discovery::Unknown(trouble))) => (trouble, "after"),
        _ => return None,
    };
    let why = Phrase::new().plain("the DMARC policy is ").unknown("undetermined");
    let why = why.plain(format!(" {when} the change"));
    Some(Unknown { what: What::Records(trouble.name.clone(), trouble.kind), why })
}

/// Why each is unknown, without those that follow from one that is listed already.
pub(crate) fn listed_once(one_sided: Vec<Unknown>, unknowns: Vec<Unknown>) -> Vec<Phrase> {
    let mut listed: Vec<Unknown> = Vec::new();
    for unknown in one_sided.into_iter().chain(unknowns) {
        let is_listed = |own: &Unknown| {
            let is_query = matches!(own.what, What::Records(..));
            own.why == unknown.why || is_query && own.what == unknown.what
        };
        if !listed.iter().any(is_listed) {
            listed.push(unknown);
        }
    }
    listed.into_iter().map(|unknown| unknown.why).collect()
}

/// What the protocols say of both states, and what could not be determined of one of them.
pub(crate) fn facts(
    was: &Gathered,
    is: &Gathered,
    presence: Presence,
    tls: Vec<Removed>,
) -> (Facts, Vec<Unknown>) {
    let domain = is.domain.clone();
    let (mut affected, mut unknowns) = (Vec::new(), Vec::new());
    let receiving = [was, is].map(receiving_only);
    if let (Some(was), Some(is)) = (&was.spf, &is.spf) {
        for (before, after) in was.partitions().into_iter().zip(is.partitions()) {
            if !is_same(before, after) {
                unknowns.extend([before, after].into_iter().find_map(first_unknown));
            }
            gather_affected([before, after], &receiving, &mut affected, &mut unknowns);
            unknowns.extend(may_lose(before, after));
        }
        affected.iter_mut().for_each(|one: &mut AffectedSender| one.who = who(one));
        affected.sort_by_key(|one| (one.effect, one.is_rest, Reverse(size(&one.sets))));
    }
    let requests = [was, is].map(Gathered::requests);
    unknowns.extend(unknown_policy(was, is));
    let spf = is.spf.as_ref().map(|facts| facts.published.location());
    let governing = is.dmarc.as_ref().and_then(|it| it.facts.discovered.governing());
    let dmarc = governing.map(|it| {
        let text = std::sync::Arc::clone(&it.record().text);
        let place = Location::record(it.owner(), Kind::Txt, text).in_file(it.place.clone());
        let span = is.dmarc.as_ref().and_then(|it| it.facts.discovered.in_force()?.span());
        match span {
            Some(span) => place.at(span),
            None => place,
        }
    });
    let owner = dmarc::owner(&domain).unwrap_or_else(|| domain.clone());
    let mut removed: Vec<Removed> = removed_mx(was, is).into_iter().collect();
    removed.extend(removed_keys(was, is));
    removed.extend(tls);
    let facts = Facts {
        affected,
        spf: spf.unwrap_or_else(|| Location::set(domain.clone(), Kind::Txt)),
        requests,
        dmarc: dmarc.unwrap_or_else(|| Location::set(owner, Kind::Txt)),
        alignment: [was, is].map(alignment),
        removed,
        presence,
        domain,
    };
    (facts, unknowns)
}

pub(crate) fn cost(was: &Gathered, is: &Gathered) -> Option<ChangedCost> {
    let states = [was.spf.as_ref()?, is.spf.as_ref()?];
    let [before, after] =
        states.map(|facts| facts.published.record().map(|it| it.value.text.len()));
    let partitions = states.iter().flat_map(|facts| facts.partitions());
    if partitions.into_iter().any(|partition| first_unknown(partition).is_some()) {
        // What could not be asked may cost as well.
        return None;
    }
    let worst = states.map(|facts| facts.worst());
    Some(ChangedCost {
        lookups: worst.map(|spent| spent.lookups),
        voids: worst.map(|spent| spent.voids),
        octets: [before?, after?],
    })
}
