//! Which domains were named before: one that stands in a list twice is checked and counted once.

use crate::audit::Inquiry;
use crate::text::Phrase;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

/// How many domains are remembered; behind them one that is named again may be checked again. Their
/// digests take 10 MB.
const REMEMBERED: usize = 900_000;

/// The domains that were named, by digests of eight octets, so that a long list takes little room.
///
/// That two names of a list of 100,000 have the same digest, and one of them is taken for the other, is
/// as likely as 1 to 3,000,000,000. The key is chosen at random, so that no list can be made for it.
#[derive(Debug, Default)]
pub(super) struct Named {
    digests: HashSet<u64>,
    key: RandomState,
    again: usize,
}

impl Named {
    /// True if nothing named before asks the same; else it is counted. About a domain different things
    /// can be asked: keys at a selector that was named with it.
    pub(super) fn is_new(&mut self, inquiry: &Inquiry) -> bool {
        let digest = self.key.hash_one((&inquiry.domain, &inquiry.selectors));
        let is_new = match self.digests.len() < REMEMBERED {
            true => self.digests.insert(digest),
            false => !self.digests.contains(&digest),
        };
        self.again += usize::from(!is_new);
        is_new
    }

    /// What is said of those that were named again.
    pub(super) fn note(&self) -> Option<Phrase> {
        let said = match self.again {
            0 => return None,
            1 => "1 line or word names a domain again: it is checked once".to_owned(),
            many => format!("{many} lines or words name a domain again: each is checked once"),
        };
        Some(Phrase::new().plain(said))
    }
}
