//! Everything that can be told of a domain's SPF without naming a sender.

use super::endless::{Endless, endless};
use super::expand::Sender;
use super::explanation::{self, Explanation};
use super::grammar;
use super::lint::most_voids;
use super::partition::{Partition, Reading, Spent, SpfResult, VOID_LIMIT};
use super::policy::{Found, Policies, Published};
use super::record::{Qualifier, Record};
use super::walk::{Walked, walk};
use crate::diagnostic::Standing;
use crate::dns::{Answer, Dns, Kind, ask, join_all};
use crate::net::{Family, IpSet, Name};
use std::sync::Arc;

/// What was found out: the facts that rules look at.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The domain.
    pub domain: Name,
    /// What it publishes.
    pub published: Arc<Published>,
    /// The walk over all of IPv4.
    pub ipv4: Walked,
    /// The walk over all of IPv6.
    pub ipv6: Walked,
    /// The explanation of a fail; `None` if there is none to look for.
    pub explanation: Option<Explanation>,
    /// Records at names near by, where no receiver looks; looked for where the domain has none.
    pub misplaced: Vec<Arc<Published>>,
    /// A term of the domain's own that leads every sender round, though its name depends on the sender.
    pub endless: Option<Endless>,
    /// The records of the retired type 99 at the domain, if they were asked for and there are any.
    pub retired: Option<Arc<Answer>>,
}

/// The records of type 99 at a domain, if there are any.
///
/// RFC 7208 §3.1: "SPF records MUST be published as a DNS TXT (type 16) Resource Record (RR) \[RFC1035\]
/// only." Receivers do not ask for them, and what goes unanswered here means nothing.
pub async fn retired(dns: &dyn Dns, domain: &Name) -> Option<Arc<Answer>> {
    let answer = ask(dns, domain, Kind::Spf).await;
    let has_policy = answer.texts().any(|text| grammar::is_record(&text));
    has_policy.then_some(answer)
}

/// Walks the policy of a domain with every address there is.
pub async fn examine(policies: &Policies<'_>, domain: &Name) -> Facts {
    let published = policies.fetch(domain).await;
    let anybody = Sender::anybody(domain);
    // Both families share the policies, so the second walk asks for addresses only.
    let ipv4 = walk(policies, domain, &anybody, IpSet::all(Family::V4)).await;
    let ipv6 = walk(policies, domain, &anybody, IpSet::all(Family::V6)).await;
    let misplaced = misplaced(policies, &published).await;
    let endless = Box::pin(endless(policies, domain, &ipv4.partition)).await;
    let domain = domain.clone();
    let (explanation, retired) = (None, None);
    let mut facts =
        Facts { domain, published, ipv4, ipv6, explanation, misplaced, endless, retired };
    facts.explanation = explanation::examine(policies, &facts).await;
    facts
}

/// The records at names where people put a policy by mistake, if the domain has none: `_spf` below it,
/// `@` before a whole name, and the name that a form makes of a whole name where it wants a relative
/// one.
async fn misplaced(policies: &Policies<'_>, published: &Published) -> Vec<Arc<Published>> {
    let domain = &published.domain;
    if published.found != Found::Nothing {
        return Vec::new();
    }
    let names = [domain.child("_spf").ok(), domain.child("@").ok(), domain.doubled()];
    let found = join_all(names.iter().flatten().map(|name| policies.fetch(name))).await;
    found.into_iter().filter(|published| published.usable().is_some()).collect()
}

impl Facts {
    /// The walks of both families.
    pub fn partitions(&self) -> [&Partition; 2] {
        [&self.ipv4.partition, &self.ipv6.partition]
    }

    /// Terms whose effect depends on who sends, as published, each once.
    pub fn sender_dependent(&self) -> Vec<String> {
        let mut terms: Vec<String> = Vec::new();
        for partition in self.partitions() {
            for term in partition.sender_dependent() {
                let text = partition.term_text(term);
                if !terms.contains(&text) {
                    terms.push(text);
                }
            }
        }
        terms
    }

    /// Terms behind the limit whose hosts were not asked for, as published, each once.
    pub fn unresolved(&self) -> Vec<String> {
        let mut terms: Vec<String> = Vec::new();
        for partition in self.partitions() {
            let texts = partition.unresolved.iter().map(|term| partition.term_text(*term));
            for text in texts {
                if !terms.contains(&text) {
                    terms.push(text);
                }
            }
        }
        terms
    }

    /// The most that any sender spends.
    pub fn worst(&self) -> Spent {
        let [ipv4, ipv6] = self.partitions();
        ipv4.worst().max(ipv6.worst())
    }

    /// What senders get that no term lists: the result of the addresses which went all the way to
    /// `all`, to the end, or beyond a limit. `None` if they do not all get the same.
    pub fn default_result(&self) -> Option<SpfResult> {
        let [ipv4, ipv6] = self.partitions().map(|partition| {
            let largest = partition.cells.iter().max_by_key(|cell| cell.set.count())?;
            largest.result()
        });
        (ipv4 == ipv6).then_some(ipv4).flatten()
    }

    /// The record that decides about senders which no term names: where redirects end. `None` if
    /// it has a fault or was not found.
    pub(super) fn last_record(&self) -> Option<(&Arc<Published>, &Record)> {
        let [partition, _] = self.partitions();
        let mut at = 0;
        loop {
            let published = &partition.visits.get(at)?.published;
            let record = published.usable()?;
            let Some((redirect, _)) = record.redirect() else { return Some((published, record)) };
            // A later visit that this very term led to: the chain moves forward only, so it ends.
            at = (at + 1..partition.visits.len()).find(|next| {
                partition.visits[*next]
                    .via
                    .is_some_and(|via| via.visit as usize == at && via.term as usize == redirect)
            })?;
        }
    }

    /// True if the policy passes nobody for certain, and nobody by what is unknown of the sender: the
    /// owner says that the domain does not send.
    pub fn sends_nothing(&self) -> bool {
        let lets_nobody_pass = |record: &Record| {
            record.redirect().is_none()
                && record.directives().all(|(_, _, qualifier, _)| qualifier != Qualifier::Pass)
        };
        self.published.usable().is_some_and(lets_nobody_pass)
            && self.partitions().into_iter().all(|partition| {
                partition.passing().is_empty() && partition.sender_dependent().is_empty()
            })
            && self.default_result() == Some(SpfResult::Fail)
    }

    /// How the domain stands.
    pub fn standing(&self) -> Standing {
        match &self.published.found {
            Found::Failed => Standing::Unknown,
            Found::Nothing | Found::NoDomain => Standing::Absent,
            Found::Several(_) => Standing::Broken,
            Found::One { record, .. } if !record.errors.is_empty() => Standing::Broken,
            Found::One { .. } => self.standing_of_record(),
        }
    }

    fn standing_of_record(&self) -> Standing {
        let [ipv4, ipv6] = self.partitions();
        let has = |partition: &Partition, reading, wanted| {
            partition.cells.iter().any(|cell| cell.result_as(reading) == Some(wanted))
        };
        let meets = |partition, wanted| has(partition, Reading::Standard, wanted);
        // A host with IPv4 addresses only is a void lookup for IPv6 senders. Where the limit is
        // exceeded by these alone, receivers disagree, and the senders that there are still pass.
        let is_broken = self.endless.is_some()
            || meets(ipv4, SpfResult::Permerror)
            || has(ipv6, Reading::NoVoidLimit, SpfResult::Permerror);
        if is_broken {
            Standing::Broken
        } else if meets(ipv4, SpfResult::Temperror) || meets(ipv6, SpfResult::Temperror) {
            Standing::Unknown
        } else if meets(ipv6, SpfResult::Permerror)
            || matches!(self.default_result(), Some(SpfResult::Pass | SpfResult::Neutral))
            || [ipv4, ipv6].iter().any(|partition| partition.passing().is_all())
            || most_voids(self) > VOID_LIMIT
        {
            Standing::Weak
        } else {
            Standing::Good
        }
    }
}
