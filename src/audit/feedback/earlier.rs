//! What a history says of failing sources: whether SPF passed at the time of the reports, and since when
//! it passes.

use super::replay::{Passing, of, passing};
use crate::dns::Dns;
use crate::examine::Clock;
use crate::net::Name;
use crate::report::feedback::{Earlier, Sending};
use crate::text::{Phrase, between, minute};
use std::net::IpAddr;

/// The DNS as a history found it, from a look to the last one that found a domain the same.
#[derive(Clone, Copy)]
pub struct State<'d> {
    /// The first look, in seconds since 1970.
    pub first: u64,
    /// The last one.
    pub last: u64,
    /// What was answered from the first one on.
    pub dns: &'d dyn Dns,
}

/// States, and what SPF of the domain said in each.
#[derive(Default)]
pub(super) struct States(Vec<(u64, u64, Passing)>);

impl States {
    /// Asks each state whether SPF of a domain passes for these addresses.
    pub(super) async fn ask(states: &[State<'_>], name: &Name, addresses: &[IpAddr]) -> Self {
        let mut asked = Vec::with_capacity(states.len());
        for State { first, last, dns } in states {
            let clock = Clock { seconds: *first };
            asked.push((*first, *last, passing(*dns, name, addresses, clock).await));
        }
        Self(asked)
    }

    /// What they say of a sender at the time of the last report by which mail of it failed. A report is of
    /// a whole day, and the record may have changed within it: what did not pass at one moment explains the
    /// failures, whatever passed at others.
    pub(super) fn earlier(&self, sending: &Sending) -> Option<Earlier> {
        let [begin, end] = sending.last_failed?.map(|it| u64::try_from(it).unwrap_or_default());
        let ends = self.0.iter().skip(1).map(|(next, ..)| *next).chain([u64::MAX]);
        let states = self.0.iter().zip(ends).enumerate();
        let of_then = states.filter(|(_, ((first, ..), next))| *first <= end && *next > begin);
        let answers = of_then.map(|(place, ((first, last, passing), _))| {
            (place, end.min(*last).max(*first), of(sending, passing))
        });
        // Of equals the last one.
        let (place, at, passes) = answers.max_by_key(|(.., passes)| match passes {
            Some(true) => 0,
            None => 1,
            Some(false) => 2,
        })?;
        let has_failed = (passes, sending.passes_now) == (Some(false), Some(true));
        let changed = has_failed.then(|| self.changed(sending, place, at));
        Some(Earlier { at, passes, changed })
    }

    /// Since when a sender passes that failed in that state, and passes now.
    fn changed(&self, sending: &Sending, place: usize, at: u64) -> Phrase {
        let failed = Phrase::from("it failed at ").plain(minute(at));
        let later = self.0.iter().enumerate().skip(place + 1).rev();
        let passing = later.take_while(|(_, (.., passing))| of(sending, passing) == Some(true));
        let since = passing
            .last()
            .and_then(|(place, (by, ..))| Some((self.0.get(place.checked_sub(1)?)?.1, *by)));
        match since {
            Some((after, by)) => {
                failed.plain(", and passes since a change ").plain(between(after, by))
            }
            None => failed.plain(" and passes now: no recorded look found the change"),
        }
    }
}
