//! The policies of providers, held against what they are known to have listed.
//!
//! On the morning on which a provider's policy loses a part of its addresses, everything in the DNS of
//! its customers is right. What the table knows decides nothing about a sender: it says that addresses
//! are gone, since which day, and whose doing that is.

use super::recognised::listed;
use crate::dns::{Provenance, alongside, join_all};
use crate::net::{Family, IpSet, Name};
use crate::posture::Shrunken;
use crate::protocols::spf::{self, Cell, Found, Partition, Policies, SpfResult};
use crate::provider::{Generation, Provider};

/// A lost network of this many bits or fewer is news; what is narrower is upkeep.
const WIDE: u8 = 16;
/// So is the loss of one address in this many.
const SHARE: u128 = 4;

/// Those that the domain's own policy includes and that lost a large part.
pub(super) async fn shrunken(policies: &Policies<'_>, domain: &Name) -> Vec<Shrunken> {
    let listed = listed(policies, domain).await;
    let known = listed.senders().filter_map(|(provider, name)| {
        let generation = provider.known_ranges()?;
        (provider.policy().as_ref() == Some(name)).then_some((provider, name, generation))
    });
    let mut known: Vec<(&Provider, &Name, &Generation)> = known.collect();
    known.dedup_by_key(|(_, name, _)| *name);
    let held = known.into_iter().map(|(provider, name, generation)| async move {
        held_against(policies, provider, name, generation).await
    });
    join_all(held).await.into_iter().flatten().collect()
}

/// What a policy lost; `None` if that is little, or cannot be told.
async fn held_against(
    policies: &Policies<'_>,
    provider: &Provider,
    name: &Name,
    generation: &Generation,
) -> Option<Shrunken> {
    let published = policies.fetch(name).await;
    // A zone file that holds the name is its user's, and says nothing about the provider.
    let is_of_provider =
        matches!(published.answer.provenance, Provenance::Live { .. } | Provenance::Recorded(_));
    // That there is no policy, or one that cannot be read, is a finding at the term that includes it.
    if !is_of_provider || !matches!(published.found, Found::One { .. }) {
        return None;
    }
    let scout = spf::prefetch(policies, name, &Family::BOTH);
    let facts = alongside(spf::examine(policies, name), scout).await;
    let failed = |cell: &Cell| cell.exception().map(spf::Exception::result);
    let mut cells = facts.partitions().into_iter().flat_map(|partition| &partition.cells);
    if cells.any(|cell| failed(cell) == Some(SpfResult::Temperror)) {
        return None;
    }
    let sets = facts.partitions().map(Partition::passing);
    let mut lost = Vec::new();
    let mut is_large = false;
    for set in &sets {
        let known = generation.addresses(set.family());
        let gone = known.minus(set);
        is_large |= !gone.is_empty() && gone.count().saturating_mul(SHARE) >= known.count();
        is_large |= set.family() == Family::V4
            && gone.cidrs().iter().any(|network| network.prefix() <= WIDE);
        lost.push(gone);
    }
    let ipv4 = |sets: &[IpSet]| {
        sets.iter().filter(|set| set.family() == Family::V4).map(IpSet::count).sum::<u128>()
    };
    lost.retain(|set| !set.is_empty());
    is_large.then(|| Shrunken {
        location: published.location(),
        title: provider.title(),
        listed: ipv4(&sets),
        known: generation.addresses(Family::V4).count(),
        day: generation.since().unwrap_or(generation.as_of()),
        lost,
    })
}
