//! What a file leaves open: entries that could not be read, and pages of a list that are not there.

use super::fault::Concern;
use super::{Verdict, Zone};
use crate::dns::{Kind, Trouble};
use crate::net::Name;

impl Verdict {
    /// What a page of a list says of records that it does not have.
    pub(super) fn off_page() -> Self {
        Self::failed(Trouble::OffPage, "may be on another page of the list")
    }
}

impl Zone {
    /// Counts an entry that could not be read as one that is not there: for two states of a file that
    /// have the same, so that it makes no difference between them.
    pub fn disregard(&mut self, concern: &Concern) {
        match concern {
            Concern::Nothing => {}
            Concern::Anything => self.is_open = false,
            Concern::Set(name, kind) => {
                let node = self.tree.entry(name);
                match kind {
                    Some(kind) => node.sets.entry(*kind).is_open = false,
                    None => node.is_open = false,
                }
                node.sets.retain(|set| !set.is_empty() || set.declared);
                if node.is_empty() {
                    self.tree.remove(name);
                }
            }
        }
    }

    /// Leaves a record set open: questions for it are not answered.
    pub fn leave_open(&mut self, name: &Name, kind: Kind) {
        let content = self.tree.entry(name).sets.entry(kind);
        (content.is_open, content.is_off_page) = (true, self.is_page);
    }

    /// True if an entry was not read that may be about any name.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The names and types at which something could not be read; no type where not even that is known.
    pub fn open_sets(&self) -> impl Iterator<Item = (&Name, Option<Kind>)> {
        self.tree.iter().flat_map(|(name, node)| {
            let sets = node.sets.iter().filter(|(_, set)| set.is_open);
            let whole = node.is_open.then_some((name, None));
            sets.map(move |(kind, _)| (name, Some(kind))).chain(whole)
        })
    }

    /// What stands instead of records that the file does not have as data.
    #[doc(hidden)]
    pub fn left_out(&self) -> impl Iterator<Item = (&Name, Kind, &str)> {
        self.tree.iter().flat_map(|(name, node)| {
            let sets = node.sets.iter();
            sets.filter_map(move |(kind, set)| Some((name, kind, set.left_out.as_deref()?)))
        })
    }

    /// What is said of a name that is not listed, of which nothing is claimed.
    pub(super) fn why_open(&self) -> Verdict {
        if self.is_page {
            return Verdict::off_page();
        }
        Verdict::failed(Trouble::Unread, "an entry for an unknown name is not read")
    }
}
