//! A domain in two states: what a change does to it.

use super::finish;
use crate::compare::{
    self, AffectedSender, changed_alignment, changed_policy, cost, facts, kept, listed_once,
    records,
};
use crate::dns::{Budget, Dns};
use crate::examine::{Clock, Fixes, Gathered, Inquiry, Steps, gather_all};
use crate::net::{IpSet, Name};
use crate::protocols::spf::Policies;
use crate::protocols::{Protocol, dmarc};
use crate::report::{Change, ChangedSender, Domain, Presence, SenderResult, Unknown, What};
use crate::text::Phrase;
use crate::web::Unasked;

/// A domain as it was, and as it is to be.
#[derive(Debug)]
pub struct Changed {
    /// As it was.
    pub before: Domain,
    /// As it is to be; what the change does stands in it. Its findings are not yet held against
    /// those before: see [`compare::compare_findings`].
    pub after: Domain,
}

/// Everything about one domain in two states of the DNS, the former first.
///
/// Both are asked for the same names as far as these are known beforehand, so a source that they
/// share should remember its answers.
pub async fn change(states: [&dyn Dns; 2], inquiry: &Inquiry, clock: Clock) -> Changed {
    let states = states.map(|dns| Budget::new(dns, &inquiry.domain, inquiry.most_queries));
    let states = [&states[0] as &dyn Dns, &states[1]];
    let [old, new] = states.map(Policies::new);
    let mut was = gather_all(&old, &Unasked, inquiry, clock).await;
    // A key at a selector that nobody would guess now is to be missed all the same.
    let keyed = was.dkim.iter().flat_map(|it| it.facts.keyed());
    let found = keyed.map(|tried| tried.candidate.selector.to_string());
    let seen = inquiry.seen.iter().cloned().chain(found).collect();
    let inquiry = &Inquiry { seen, ..inquiry.clone() };
    let mut is = gather_all(&new, &Unasked, inquiry, clock).await;

    let tls = compare::tls(states, &was).await;
    for [before, after] in tls.changed {
        was.further.push(before);
        is.further.push(after);
    }
    let presence = compare::presence(states, &was, &is).await;
    let (facts, mut unknowns) = facts(&was, &is, presence, tls.removed);
    let is_policy_unknown = [&was, &is].map(Gathered::is_policy_unknown) == [true; 2];
    let (kept, cost) = (kept(&was, &is), cost(&was, &is));
    let brief = Inquiry { fixes: Fixes::Skipped, steps: Steps::Skipped, ..inquiry.clone() };
    let before = finish(&old, &brief, was, Vec::new(), Presence::Unchanged).await;
    let mut after = finish(&new, inquiry, is, compare::lint::check(&facts), presence).await;
    let (records, mut one_sided) = records(states, &before, &after).await;
    one_sided.extend(tls.unknowns);
    if is_policy_unknown && records.iter().any(|set| is_of_dmarc(&set.name)) {
        let why = Phrase::new().plain("the DMARC policy is ").unknown("undetermined");
        let why = why.plain(" before and after the change");
        unknowns.push(Unknown { what: What::Section(Protocol::Dmarc), why });
    }
    // Where both states give the same answers, the same is unknown of both, and nothing changes.
    let is_unchanged = records.is_empty() && one_sided.is_empty();
    let unknown = match is_unchanged {
        true if after.is_unanswered() => {
            vec![Phrase::new().unknown("no DNS answer").plain(", before or after the change")]
        }
        true => Vec::new(),
        false => listed_once(one_sided, unknowns),
    };
    after.change = Some(Change {
        before: Vec::new(),
        presence,
        headline_before: before.headline.clone(),
        in_effect_within_s: records.iter().filter_map(|it| it.ttl_before_s).max(),
        records,
        senders: facts.affected.iter().map(changed_sender).collect(),
        kept,
        cost,
        policy: changed_policy(facts.requests),
        alignment: changed_alignment(facts.alignment),
        unknown,
    });
    Changed { before, after }
}

/// True for a name at which policies of DMARC stand.
fn is_of_dmarc(name: &Name) -> bool {
    name.labels().next() == Some(dmarc::LABEL.as_bytes())
}

impl Gathered {
    /// True if the DMARC policy could not be determined.
    fn is_policy_unknown(&self) -> bool {
        let discovery = self.dmarc.as_ref().map(|it| &it.facts.discovered.discovery);
        matches!(discovery, Some(dmarc::Discovery::Unknown(_)))
    }
}

/// Addresses that get another result, as the report has them.
fn changed_sender(affected: &AffectedSender) -> ChangedSender {
    let [before, after] = affected.results.map(SenderResult::from);
    let [term_before, term_after] = affected.terms.clone();
    let [path_before, path_after] = affected.paths.clone();
    ChangedSender {
        effect: affected.effect,
        provider: affected.provider.map(str::to_owned),
        before,
        after,
        term_before,
        term_after,
        path_before,
        path_after,
        who: affected.who.clone(),
        is_rest: affected.is_rest,
        networks: match affected.is_rest {
            true => Vec::new(),
            false => affected.sets.iter().flat_map(IpSet::cidrs).collect(),
        },
        problem: affected.problem.clone(),
    }
}
