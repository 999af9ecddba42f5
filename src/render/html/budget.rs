//! The lookups of SPF against their limit, slot by slot, in the order in which receivers spend them.

use super::fragment::fragments;
use crate::protocols::spf::{LOOKUP_LIMIT, VOID_LIMIT};
use crate::report::{Domain, TreeNode};
use askama::Template;

/// Slots that are drawn; a policy may cost more than anyone wants to count.
const MOST_SLOTS: u16 = 40;
/// Width of a slot and of the gap behind it.
const SLOT: u16 = 20;
const GAP: u16 = 4;

/// The slots, and which term spends which of them.
#[derive(Template)]
#[template(path = "report/budget.html")]
pub(super) struct Budget<'d> {
    lookups: u16,
    voids: u16,
    spenders: Vec<Spender<'d>>,
}

fragments!(Budget<'_>);

/// A term of the domain's own record, and the lookups that it causes with all that it leads to.
struct Spender<'d> {
    node: &'d TreeNode,
    first: u16,
    last: u16,
}

impl Spender<'_> {
    fn is_over(&self) -> bool {
        self.last > LOOKUP_LIMIT
    }

    /// `4`, or `4 to 7`.
    fn slots(&self) -> String {
        match self.first == self.last {
            true => self.first.to_string(),
            false => format!("{} to {}", self.first, self.last),
        }
    }

    /// The term, and whose it is.
    fn name(&self) -> String {
        match &self.node.provider {
            Some(provider) => format!("{} ({provider})", self.node.term),
            None => self.node.term.clone(),
        }
    }
}

/// One slot.
struct Slot {
    x: u16,
    class: &'static str,
    /// Which lookup it is and who spends it, in words.
    title: String,
}

impl<'d> Budget<'d> {
    /// `None` if the domain has no policy that was walked.
    pub(super) fn new(domain: &'d Domain) -> Option<Self> {
        let details = &domain.spf.details;
        if details.tree.is_empty() {
            return None;
        }
        let mut spent = 0;
        let mut spenders = Vec::new();
        for node in &details.tree {
            let last = last_lookup(node).max(spent);
            if last > spent {
                spenders.push(Spender { node, first: spent + 1, last });
                spent = last;
            }
        }
        Some(Self { lookups: details.lookups, voids: details.voids, spenders })
    }

    fn limit(&self) -> u16 {
        LOOKUP_LIMIT
    }

    fn void_limit(&self) -> u16 {
        VOID_LIMIT
    }

    fn is_over(&self) -> bool {
        self.lookups > LOOKUP_LIMIT
    }

    fn count(&self) -> u16 {
        self.lookups.clamp(LOOKUP_LIMIT, MOST_SLOTS)
    }

    fn width(&self) -> u16 {
        self.count() * (SLOT + GAP) - GAP + 2
    }

    /// Where the limit is drawn.
    fn limit_at(&self) -> u16 {
        LOOKUP_LIMIT * (SLOT + GAP) - GAP / 2
    }

    fn slots(&self) -> Vec<Slot> {
        let slot = |number: u16| {
            let spender = self.spenders.iter().find(|it| (it.first..=it.last).contains(&number));
            let (class, whose) = match spender {
                _ if number > self.lookups => ("free", "free".to_owned()),
                Some(spender) if number > LOOKUP_LIMIT => ("over", spender.name()),
                Some(spender) => ("spent", spender.name()),
                None if number > LOOKUP_LIMIT => ("over", "spent".to_owned()),
                None => ("spent", "spent".to_owned()),
            };
            Slot {
                x: (number - 1) * (SLOT + GAP),
                class,
                title: format!("lookup {number}: {whose}"),
            }
        };
        (1..=self.count()).map(slot).collect()
    }
}

/// The highest count of lookups at a term and all that it leads to.
fn last_lookup(node: &TreeNode) -> u16 {
    let own = if node.kind().costs_lookup() { node.lookups_so_far } else { 0 };
    node.terms.iter().map(last_lookup).max().unwrap_or_default().max(own)
}
