//! The tree of names in a zone.

use super::{Content, Node};
use crate::dns::Kind;
use crate::net::Name;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Bound::{Included, Unbounded};

/// What each name owns, in the order of the tree: a name stands before all names below it, and
/// these stand together.
///
/// A name that owns nothing, but has names below it, exists (RFC 8020 §2). Such names are not
/// stored: a name of 127 labels would cost 126 of them. The order shows where they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    nodes: BTreeMap<Box<[u8]>, (Name, Node)>,
    /// Stands for every name that owns nothing.
    empty: Node,
}

/// The record sets of a name, by type: most names have one, and a map for it would be ten times as
/// large.
#[derive(Clone, Debug, Default)]
pub(super) struct Sets {
    /// Ascending by type.
    rows: Vec<(Kind, Content)>,
}

impl Sets {
    pub(super) fn get(&self, kind: Kind) -> Option<&Content> {
        let index = self.rows.binary_search_by_key(&kind, |row| row.0).ok()?;
        self.rows.get(index).map(|row| &row.1)
    }

    /// The set of a type, to be added to.
    pub(super) fn entry(&mut self, kind: Kind) -> &mut Content {
        let index = match self.rows.binary_search_by_key(&kind, |row| row.0) {
            Ok(index) => index,
            Err(index) => {
                self.rows.reserve_exact(1);
                self.rows.insert(index, (kind, Content::default()));
                index
            }
        };
        &mut self.rows[index].1
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Kind, &Content)> {
        self.rows.iter().map(|(kind, set)| (*kind, set))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (Kind, &mut Content)> {
        self.rows.iter_mut().map(|(kind, set)| (*kind, set))
    }

    /// Drops the sets that `keep` does not want.
    pub(super) fn retain(&mut self, keep: impl Fn(&Content) -> bool) {
        self.rows.retain(|row| keep(&row.1));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The labels of a name from the root down, in wire form; the path to a name begins with the
/// paths to all names above it.
pub(super) struct Path {
    octets: Vec<u8>,
    /// Where the path to the name of so many labels ends.
    ends: Vec<usize>,
}

impl Path {
    pub(super) fn new(name: &Name) -> Self {
        let labels: Vec<&[u8]> = name.labels().collect();
        let mut path = Self { octets: Vec::with_capacity(name.len() + 3), ends: vec![0] };
        for label in labels.into_iter().rev() {
            path.push(label);
        }
        path
    }

    fn push(&mut self, label: &[u8]) {
        // A label has at most 63 octets.
        self.octets.push(label.len() as u8);
        self.octets.extend_from_slice(label);
        self.ends.push(self.octets.len());
    }

    /// How many labels the name has.
    pub(super) fn depth(&self) -> usize {
        self.ends.len() - 1
    }

    /// The path to the name made of the `depth` rightmost labels.
    pub(super) fn upto(&self, depth: usize) -> &[u8] {
        let end = self.ends.get(depth).copied().unwrap_or(self.octets.len());
        self.octets.get(..end).unwrap_or_default()
    }

    /// The path to `*` below the name made of the `depth` rightmost labels.
    pub(super) fn wildcard(mut self, depth: usize) -> Self {
        self.ends.truncate(depth + 1);
        self.octets.truncate(self.ends.last().copied().unwrap_or(0));
        self.push(b"*");
        self
    }
}

impl Tree {
    /// What the name at the end of a path owns; `None` if it does not exist.
    pub(super) fn find(&self, path: &[u8]) -> Option<&Node> {
        let (found, (_, node)) = self.nodes.range::<[u8], _>((Included(path), Unbounded)).next()?;
        match found.strip_prefix(path)? {
            [] => Some(node),
            _ => Some(&self.empty),
        }
    }

    /// What a name owns; `None` if it does not exist.
    pub(super) fn get(&self, name: &Name) -> Option<&Node> {
        self.find(&Path::new(name).octets)
    }

    /// What a name owns, to be added to.
    pub(super) fn entry(&mut self, name: &Name) -> &mut Node {
        let path = Path::new(name).octets.into_boxed_slice();
        &mut self.nodes.entry(path).or_insert_with(|| (name.clone(), Node::default())).1
    }

    /// The names that own something, in the order of the tree.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Name, &Node)> {
        self.nodes.values().map(|(name, node)| (name, node))
    }

    /// Every name of two trees, in their order, with what it owns in each.
    pub(super) fn pairs<'t>(
        &'t self,
        other: &'t Self,
        mut see: impl FnMut(&'t Name, &Node, &Node),
    ) {
        let (mut ours, mut theirs) = (self.nodes.iter().peekable(), other.nodes.iter().peekable());
        loop {
            let order = match (ours.peek(), theirs.peek()) {
                (Some((own, _)), Some((their, _))) => own.cmp(their),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return,
            };
            let own = if order.is_gt() { None } else { ours.next() };
            let their = if order.is_lt() { None } else { theirs.next() };
            let node =
                |found: Option<(_, &'t (Name, Node))>| found.map(|(_, (name, node))| (name, node));
            match (node(own), node(their)) {
                (Some((name, one)), Some((_, other))) => see(name, one, other),
                (Some((name, one)), None) => see(name, one, &self.empty),
                (None, Some((name, other))) => see(name, &self.empty, other),
                (None, None) => return,
            }
        }
    }

    /// Drops a name.
    pub(super) fn remove(&mut self, name: &Name) {
        self.nodes.remove(Path::new(name).octets.as_slice());
    }

    /// Drops the names that `keep` does not want.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Name, &mut Node) -> bool) {
        self.nodes.retain(|_, (name, node)| keep(name, node));
    }
}
