//! A domain in two states: what a change does to it.

mod gone;
mod records;
mod senders;
mod unsure;

use super::inquiry::{Fixes, Inquiry, Steps};
use super::{Clock, Gathered, finish, gather_all};
use crate::change::{self, Facts, Gone, Moved};
use crate::dns::{Dns, Kind};
use crate::judge::Location;
use crate::net::Name;
use crate::posture::Requests;
use crate::report::{Change, ChangedCost, ChangedPolicy, ChangedSender, Domain, Lookup};
use crate::spf::Policies;
use crate::text::Phrase;
use crate::{dmarc, spf};
use gone::{keys_gone, mx_gone};
use records::records;
use senders::{first_doubt, gather_moved, is_same, kept, known_as, size};
use std::cmp::Reverse;
use unsure::may_lose;

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
    let mut was = gather_all(&old, inquiry, clock).await;
    // A key at a selector that nobody would guess now is to be missed all the same.
    let keyed = was.dkim.iter().flat_map(|it| it.facts.keyed());
    let found = keyed.map(|tried| tried.candidate.selector.to_string());
    let seen = inquiry.seen.iter().cloned().chain(found).collect();
    let inquiry = &Inquiry { seen, ..inquiry.clone() };
    let mut is = gather_all(&new, inquiry, clock).await;

    let tls = gone::tls(states, &was).await;
    for [before, after] in tls.changed {
        was.further.push(before);
        is.further.push(after);
    }
    let (facts, mut untold) = facts(&was, &is, tls.gone);
    let is_policy_unknown = [&was, &is].map(Gathered::is_policy_unknown) == [true; 2];
    let (kept, cost) = (kept(&was, &is), cost(&was, &is));
    let brief = Inquiry { fixes: Fixes::Skipped, steps: Steps::Skipped, ..inquiry.clone() };
    let before = finish(&old, &brief, was, Vec::new()).await;
    let mut after = finish(&new, inquiry, is, change::lint::check(&facts)).await;
    let (records, mut one_sided) = records(new.dns(), &before, &after).await;
    one_sided.extend(tls.untold);
    if is_policy_unknown && records.iter().any(|set| is_of_dmarc(&set.name)) {
        let said = Phrase::new().plain("what DMARC asks for ").unknown("could not be told");
        untold.push(Doubt { asked: None, said: said.plain(", before the change or after it") });
    }
    // Where both states give the same answers, the same is unknown of both, and nothing changes.
    let is_unchanged = records.is_empty() && one_sided.is_empty();
    let unknown = match is_unchanged {
        true if is_dark(&after) => {
            vec![Phrase::new().unknown("nobody answered").plain(" about it")]
        }
        true => Vec::new(),
        false => said_once(one_sided, untold),
    };
    after.change = Some(Change {
        before: Vec::new(),
        headline_before: before.headline.clone(),
        in_effect_within_s: records.iter().filter_map(|it| it.ttl_before_s).max(),
        records,
        senders: facts.moved.iter().map(ChangedSender::from).collect(),
        kept,
        cost,
        policy: changed_policy(facts.requests),
        unknown,
    });
    Changed { before, after }
}

/// The policy in force, if it is known of both states and differs.
fn changed_policy(requests: [Requests; 2]) -> Option<ChangedPolicy> {
    let word = |requests| match requests {
        Requests::Policy(policy) => Some(Some(policy.word())),
        Requests::Nothing | Requests::Broken => Some(None),
        Requests::Unknown => None,
    };
    let [before, after] = requests.map(word);
    let (before, after) = (before?, after?);
    (before != after).then_some(ChangedPolicy { before, after })
}

/// What could not be told of DMARC, if it is not the same in both states.
fn policy_doubt(was: &Gathered, is: &Gathered) -> Option<Doubt> {
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
    let said = Phrase::new().plain("what DMARC asks for ").unknown("could not be told");
    let said = said.plain(format!(" {when} the change"));
    Some(Doubt { asked: Some((trouble.name.clone(), trouble.kind)), said })
}

/// True for a name at which policies of DMARC stand.
fn is_of_dmarc(name: &Name) -> bool {
    name.labels().next() == Some(b"_dmarc")
}

impl Gathered {
    /// True if it could not be told what DMARC asks for.
    fn is_policy_unknown(&self) -> bool {
        let discovery = self.dmarc.as_ref().map(|it| &it.facts.discovered.discovery);
        matches!(discovery, Some(dmarc::Discovery::Unknown(_)))
    }
}

/// Something that could not be told of a state.
#[derive(Debug)]
struct Doubt {
    /// The question that failed, if it is that.
    asked: Option<(Name, Kind)>,
    said: Phrase,
}

/// True if not a single question was answered: then nothing is known of either state.
fn is_dark(domain: &Domain) -> bool {
    !domain.lookups.is_empty() && !domain.lookups.iter().any(Lookup::is_answered)
}

/// The doubts, without those that follow from one that is told already.
fn said_once(one_sided: Vec<Doubt>, untold: Vec<Doubt>) -> Vec<Phrase> {
    let mut told: Vec<Doubt> = one_sided;
    for doubt in untold {
        let is_told =
            |own: &Doubt| own.said == doubt.said || own.asked.is_some() && own.asked == doubt.asked;
        if !told.iter().any(is_told) {
            told.push(doubt);
        }
    }
    told.into_iter().map(|doubt| doubt.said).collect()
}

/// What the protocols say of both states, and what could not be told of one of them.
fn facts(was: &Gathered, is: &Gathered, tls: Vec<Gone>) -> (Facts, Vec<Doubt>) {
    let domain = is.domain.clone();
    let (mut moved, mut untold) = (Vec::new(), Vec::new());
    if let (Some(was), Some(is)) = (&was.spf, &is.spf) {
        for (before, after) in was.partitions().into_iter().zip(is.partitions()) {
            if !is_same(before, after) {
                untold.extend([before, after].into_iter().find_map(first_doubt));
            }
            gather_moved(before, after, &mut moved, &mut untold);
            untold.extend(may_lose(before, after));
        }
        moved.iter_mut().for_each(|one: &mut Moved| one.who = known_as(&one.sets));
        moved.sort_by_key(|one| (one.effect, one.is_rest, Reverse(size(&one.sets))));
    }
    let requests = [was, is].map(Gathered::requests);
    untold.extend(policy_doubt(was, is));
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

fn cost(was: &Gathered, is: &Gathered) -> Option<ChangedCost> {
    let states = [was.spf.as_ref()?, is.spf.as_ref()?];
    let [before, after] =
        states.map(|facts| facts.published.record().map(|it| it.value.text.len()));
    let partitions = states.iter().flat_map(|facts| facts.partitions());
    if partitions.into_iter().any(|partition| first_doubt(partition).is_some()) {
        // What could not be asked may cost as well.
        return None;
    }
    let worst = states.map(spf::Facts::worst);
    Some(ChangedCost {
        lookups: worst.map(|spent| spent.lookups),
        voids: worst.map(|spent| spent.voids),
        octets: [before?, after?],
    })
}
