//! What a change takes away, and no other file says so.

use crate::dns::{Dns, Kind};
use crate::net::Name;
use crate::zonefile::{Overlay, Zone};
use std::collections::HashSet;
use std::sync::Arc;

/// Record sets and zones that go.
#[derive(Default)]
pub(super) struct Removed {
    /// Sets that were listed, and are no more.
    sets: Vec<(Name, Kind)>,
    /// Zones of which nothing is left, with all that is below them.
    zones: Vec<Name>,
}

impl Removed {
    /// What was before and is no more; `alike` are files of both states.
    pub(super) fn of(before: &[Zone], after: &[Zone], alike: &[Zone]) -> Self {
        let now = || after.iter().chain(alike);
        let apexes: HashSet<&Name> = now().filter_map(Zone::apex).collect();
        // A zone that is still there says itself what it has no more.
        let gone = |zone: &&Zone| zone.apex().is_none_or(|apex| !apexes.contains(apex));
        let gone: Vec<&Zone> = before.iter().filter(gone).collect();
        if gone.is_empty() {
            return Self::default();
        }
        let sets: HashSet<(&Name, Kind)> =
            gone.iter().flat_map(|it| it.records()).map(|(name, kind, _)| (name, kind)).collect();
        let listed = now().flat_map(Zone::records).map(|(name, kind, _)| (name, kind));
        let listed: HashSet<(&Name, Kind)> = listed.filter(|set| sets.contains(set)).collect();
        let open: HashSet<(&Name, Option<Kind>)> = now().flat_map(Zone::open_sets).collect();
        // A zone above that does not delegate the name says what is there.
        let is_spoken_for = |name: &Name| {
            let mut above = std::iter::successors(Some(name.clone()), Name::parent);
            above.any(|it| apexes.contains(&it) && !is_cut(now(), &it, name))
        };
        let sets = sets.difference(&listed).filter(|(name, kind)| {
            let is_open = open.contains(&(*name, Some(*kind))) || open.contains(&(*name, None));
            !is_open && !is_spoken_for(name)
        });
        let sets = sets.map(|(name, kind)| (Name::clone(name), *kind)).collect();
        let tops: HashSet<&Name> = gone.iter().filter_map(|zone| zone.apex()).collect();
        let mut left: HashSet<Name> = HashSet::new();
        for owner in now().flat_map(Zone::owners).filter(|_| !tops.is_empty()) {
            let at_or_above = std::iter::successors(Some(owner.clone()), Name::parent);
            left.extend(at_or_above.filter(|name| tops.contains(name)));
        }
        let zones = tops.into_iter().filter(|apex| !left.contains(*apex));
        let zones = zones.filter(|apex| !is_spoken_for(apex)).cloned().collect();
        Self { sets, zones }
    }

    /// Leaves open what may be missing for an entry alone that was not read.
    pub(super) fn leave_open_in(&mut self, zone: &mut Zone) {
        self.sets.drain(..).for_each(|(name, kind)| zone.leave_open(&name, kind));
        self.zones.clear();
    }

    /// What answers, without these.
    pub(super) fn without(self, under: Arc<dyn Dns>) -> Overlay<Arc<dyn Dns>> {
        let overlay = Overlay::new([], under);
        let overlay = self
            .sets
            .into_iter()
            .fold(overlay, |overlay, (name, kind)| overlay.without(name, Some(kind)));
        self.zones.into_iter().fold(overlay, |overlay, zone| overlay.without(zone, None))
    }
}

/// True if a zone hands a name on to other name servers.
fn is_cut<'z>(zones: impl Iterator<Item = &'z Zone>, apex: &Name, name: &Name) -> bool {
    let mut zones = zones.filter(|zone| zone.apex() == Some(apex));
    zones.any(|zone| {
        let names = std::iter::successors(Some(name.clone()), Name::parent);
        names.take_while(|it| it != apex).any(|it| zone.delegates(&it))
    })
}
