//! Records that a change touches and no query finds: other name servers answer for their names.

use crate::dns::{Data, Kind};
use crate::net::Name;
use crate::text::Phrase;
use crate::zone::lint::may_be_at_delegation;
use crate::zonefile::Zone;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many record sets are named.
const NAMED: usize = 5;

/// The record sets of a zone at some names, without those that belong to a delegation.
fn sets<'z>(
    zone: &'z Zone,
    wanted: &HashMap<&Name, Name>,
) -> BTreeMap<(&'z Name, Kind), Vec<&'z Data>> {
    let mut sets: BTreeMap<(&Name, Kind), Vec<&Data>> = BTreeMap::new();
    for (owner, kind, record) in zone.records() {
        if !may_be_at_delegation(kind) && wanted.contains_key(owner) {
            sets.entry((owner, kind)).or_default().push(&record.data);
        }
    }
    sets
}

/// What there is to say of each set below a delegation of both states that the change touches.
pub(super) fn notes(before: &[Zone], after: &[Zone]) -> Vec<Phrase> {
    let old: HashMap<&Name, &Zone> =
        before.iter().filter_map(|zone| Some((zone.apex()?, zone))).collect();
    let mut notes = Vec::new();
    for (apex, new) in after.iter().filter_map(|zone| Some((zone.apex()?, zone))) {
        let Some(old) = old.get(apex) else { continue };
        let cut = |name: &Name| {
            let names = std::iter::successors(Some(name.clone()), Name::parent);
            let mut below = names.take_while(|name| name != apex && !name.is_root());
            below.find(|name| new.delegates(name) && old.delegates(name))
        };
        let names = old.differing(new).into_iter().map(|(name, _)| name);
        let wanted: HashMap<&Name, Name> =
            names.filter_map(|name| Some((name, cut(name)?))).collect();
        if wanted.is_empty() {
            continue;
        }
        let [was, is] = [old, &new].map(|zone| sets(zone, &wanted));
        let all: HashSet<_> = was.keys().chain(is.keys()).copied().collect();
        let mut all: Vec<_> = all.into_iter().filter(|set| was.get(set) != is.get(set)).collect();
        all.sort_unstable();
        for (owner, kind) in all {
            let Some(cut) = wanted.get(owner) else { continue };
            let said = Phrase::new()
                .name(owner)
                .plain(format!(" {kind} changes without effect: "))
                .name(cut)
                .plain(" is delegated to other name servers");
            notes.push(said);
        }
    }
    if notes.len() > NAMED {
        let more = notes.len() - NAMED;
        notes.truncate(NAMED);
        notes.push(Phrase::new().number(more).plain(" more record sets change without effect"));
    }
    notes
}
