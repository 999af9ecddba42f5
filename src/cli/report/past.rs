//! The DNS of the time of reports, out of the history.

use crate::audit::feedback::State;
use crate::dns::Replay;
use crate::history::{Access, Store, StoreError};
use crate::net::Name;
use crate::report::feedback::Feedback;
use crate::text::{Phrase, minute};
use std::collections::BTreeMap;
use std::path::Path;

/// Most domains that are looked up in the history, and states of each: the latest ones.
const MOST_DOMAINS: usize = 20;
const MOST_STATES: usize = 64;

/// What the history knows of the domains whose mail failed, since the reports began.
#[derive(Default)]
pub(super) struct Past {
    domains: BTreeMap<String, Vec<(u64, u64, Replay)>>,
    /// Of which domains it knows nothing.
    pub notes: Vec<Phrase>,
}

impl Past {
    /// Reads the history.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn read(path: &Path, feedback: &Feedback) -> Result<Self, StoreError> {
        let store = Store::open(path, Access::Read)?;
        let mut spans: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
        for sending in feedback.sources.iter().filter(|sending| sending.fail > 0) {
            let Some(span) = sending.last_failed else { continue };
            let [begin, end] = span.map(|it| u64::try_from(it).unwrap_or_default());
            if spans.len() < MOST_DOMAINS || spans.contains_key(sending.domain.as_str()) {
                let known = spans.entry(&sending.domain).or_insert([begin, end]);
                *known = [begin.min(known[0]), end.max(known[1])];
            }
        }
        let mut past = Self::default();
        for (domain, [begin, end]) in spans {
            let Ok(name) = Name::from_octets(domain.as_bytes()) else { continue };
            let sightings = store.reports(&name)?;
            if !sightings.iter().any(|sighting| sighting.first <= end) {
                past.notes.push(
                    Phrase::from("the history has no look at ")
                        .name(domain)
                        .plain(format!(" by {}, when these reports end", minute(end))),
                );
                continue;
            }
            let first = sightings.iter().rposition(|sighting| sighting.first <= begin);
            let first = first.unwrap_or_default().max(sightings.len().saturating_sub(MOST_STATES));
            let states = sightings.iter().skip(first);
            let states = states.map(|it| Ok((it.first, it.last, store.replay(it.first)?)));
            past.domains.insert(domain.to_owned(), states.collect::<Result<_, StoreError>>()?);
        }
        Ok(past)
    }

    /// The same, to be asked.
    pub(super) fn states(&self) -> BTreeMap<String, Vec<State<'_>>> {
        let of = self.domains.iter().map(|(domain, states)| {
            let states = states.iter();
            let states = states.map(|(first, last, dns)| State { first: *first, last: *last, dns });
            (domain.clone(), states.collect())
        });
        of.collect()
    }
}
