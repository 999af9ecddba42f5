//! The SPF policy as nested lists: each term with what it costs and how many addresses it decides.

use super::fragment::fragments;
use crate::protocols::spf::{LOOKUP_LIMIT, VOID_LIMIT};
use crate::render::sender::role_in_policy;
use crate::render::words::counted;
use crate::report::{Domain, SpfResult, TermKind, TreeNode};
use crate::text::{Role, grouped};
use askama::Template;

/// Fewest networks in a row that are worth folding into one line.
const FOLD: usize = 4;

/// Terms that are shown; the others are counted.
const MOST: usize = 1500;

/// The policy.
#[derive(Template)]
#[template(path = "report/policy.html")]
pub(super) struct Policy<'d> {
    record: &'d str,
    domain: &'d Domain,
    branches: Vec<Branch<'d>>,
    left_out: usize,
}

/// A term, or networks in a row.
#[derive(Template)]
#[template(path = "report/branch.html")]
struct Branch<'d> {
    term: &'d str,
    provider: Option<&'d str>,
    /// What it gives, with the class of the word.
    result: Option<(&'static str, &'static str)>,
    remark: Option<&'d str>,
    /// What else is said: of networks that it lists, or that it is about everyone else.
    about: String,
    lookups: Option<u16>,
    voids: u16,
    ipv4: String,
    /// The networks, if it stands for several.
    folded: Vec<&'d str>,
    branches: Vec<Branch<'d>>,
}

fragments!(Policy<'_>, Branch<'_>);

impl<'d> Policy<'d> {
    /// `None` if the domain has no policy that was walked.
    pub(super) fn new(domain: &'d Domain) -> Option<Self> {
        let details = &domain.spf.details;
        if details.tree.is_empty() {
            return None;
        }
        let mut room = MOST;
        let branches = branches(&details.tree, true, &mut room);
        let left_out = if room == 0 { count(&details.tree).saturating_sub(MOST) } else { 0 };
        let record = details.record.as_deref().unwrap_or_default();
        Some(Self { record, domain, branches, left_out })
    }
}

impl Branch<'_> {
    fn limit(&self) -> u16 {
        LOOKUP_LIMIT
    }

    fn void_limit(&self) -> u16 {
        VOID_LIMIT
    }

    fn lookups_class(&self) -> &'static str {
        if self.lookups > Some(LOOKUP_LIMIT) { "bad" } else { "" }
    }

    fn voids_class(&self) -> &'static str {
        if self.voids > VOID_LIMIT { "bad" } else { "" }
    }
}

fn count(nodes: &[TreeNode]) -> usize {
    nodes.iter().map(|node| 1 + count(&node.terms)).sum()
}

fn branches<'d>(nodes: &'d [TreeNode], is_outermost: bool, room: &mut usize) -> Vec<Branch<'d>> {
    // RFC 7208 §5.2: an include that ends in `-all` is no match and no more.
    let is_news = |node: &&TreeNode| is_outermost || node.kind() != TermKind::All || !is_idle(node);
    let shown: Vec<&TreeNode> = nodes.iter().filter(is_news).collect();
    let runs = shown.chunk_by(|a, b| is_network(a) && is_network(b) && a.result == b.result);
    let mut branches = Vec::new();
    for run in runs {
        if run.len() >= FOLD {
            let kept = run.len().min(*room);
            *room -= kept;
            branches.extend(many(run.get(..kept).unwrap_or_default()));
        } else {
            for node in run {
                let Some(rest) = room.checked_sub(1) else { return branches };
                *room = rest;
                branches.push(one(node, is_outermost, room));
            }
        }
    }
    branches
}

fn one<'d>(node: &'d TreeNode, is_outermost: bool, room: &mut usize) -> Branch<'d> {
    let mut branch = Branch {
        term: &node.term,
        provider: node.provider.as_deref(),
        result: None,
        remark: node.remark.as_deref(),
        about: String::new(),
        lookups: node.kind().costs_lookup().then_some(node.lookups_so_far),
        voids: node.voids_so_far,
        ipv4: String::new(),
        folded: Vec::new(),
        branches: branches(&node.terms, false, room),
    };
    if node.kind() == TermKind::All && (is_outermost || !is_idle(node)) {
        branch.about = "everything else:".to_owned();
        branch.result = node.result.map(|result| match result {
            SpfResult::Pass => (result.word(), "bad"),
            result => (result.word(), word_class(result)),
        });
        return branch;
    }
    branch.result = node
        .result
        .filter(|result| *result != SpfResult::Pass)
        .map(|result| (result.word(), word_class(result)));
    if node.ipv6_networks > 0 && node.ipv4_addresses == 0 && !is_network(node) {
        branch.about = counted(node.ipv6_networks, "IPv6 network");
    }
    // A redirect decides about all senders; the terms behind it say who passes.
    if node.ipv4_addresses > 0 && node.kind() != TermKind::Redirect {
        branch.ipv4 = grouped(node.ipv4_addresses.into());
    }
    branch
}

fn many<'d>(networks: &[&'d TreeNode]) -> Option<Branch<'d>> {
    let first = networks.first()?;
    let sum = networks.iter().fold(0_u64, |sum, one| sum.saturating_add(one.ipv4_addresses));
    Some(Branch {
        term: &first.term,
        provider: None,
        result: None,
        remark: None,
        about: counted(networks.len(), "network"),
        lookups: None,
        voids: 0,
        ipv4: if sum > 0 { grouped(sum.into()) } else { String::new() },
        folded: networks.iter().map(|node| node.term.as_str()).collect(),
        branches: Vec::new(),
    })
}

fn word_class(result: SpfResult) -> &'static str {
    match role_in_policy(result) {
        Role::Bad => "bad",
        Role::Unknown => "unknown",
        Role::Good => "good",
        _ => "",
    }
}

/// True for a term that decides about no address.
fn is_idle(node: &TreeNode) -> bool {
    node.ipv4_addresses == 0 && node.ipv6_networks == 0
}

/// True for a network that has nothing else to tell.
fn is_network(node: &TreeNode) -> bool {
    let is_listed = node.kind() == TermKind::Network;
    is_listed && node.terms.is_empty() && node.provider.is_none() && node.remark.is_none()
}
