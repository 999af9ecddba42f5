//! The DNS of the time at which mail was rejected, out of the history.

use crate::audit::bounce::Then;
use crate::dns::{Dns, Replay};
use crate::history::{Access, Store, StoreError};
use crate::net::Name;
use std::path::Path;

/// Most looks after a bounce that are asked: the latest ones.
const MOST: usize = 64;

/// The DNS of the time of a bounce, and of the looks after it that found the domain otherwise.
pub(super) struct Past {
    at: u64,
    dns: Replay,
    later: Vec<(u64, u64, Replay)>,
}

impl Past {
    /// What a history knows of a domain at that time; `None` if it was not looked at by then.
    ///
    /// # Errors
    /// The history cannot be read.
    pub(super) fn read(path: &Path, domain: &Name, at: u64) -> Result<Option<Self>, StoreError> {
        let store = Store::open(path, Access::Read)?;
        let sightings = store.reports(domain)?;
        if !sightings.iter().any(|sighting| sighting.first <= at) {
            return Ok(None);
        }
        let pairs = sightings.iter().zip(sightings.iter().skip(1));
        let later: Vec<(u64, u64)> = pairs
            .filter(|(_, now)| now.first > at)
            .map(|(before, now)| (before.last.max(at), now.first))
            .collect();
        let later = later.iter().skip(later.len().saturating_sub(MOST));
        let later = later.map(|(after, by)| Ok((*after, *by, store.replay(*by)?)));
        let later = later.collect::<Result<_, StoreError>>()?;
        Ok(Some(Self { at, dns: store.replay(at)?, later }))
    }

    /// The same, to be asked.
    pub(super) fn then(&self) -> Then<'_> {
        let later = self.later.iter().map(|(after, by, dns)| (*after, *by, dns as &dyn Dns));
        Then { at: self.at, dns: &self.dns, later: later.collect() }
    }
}
