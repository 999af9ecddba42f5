//! The tree of an SPF policy as a reader wants it: each term with its cost and its addresses.

use crate::diagnostic::Step;
use crate::net::{Family, IpSet};
use crate::protocols::spf::expand::Lack;
use crate::protocols::spf::record::{Body, Mechanism, Qualifier};
use crate::protocols::spf::{Effect, Event, Exception, Facts, Record, Walked};
use crate::provider;
use crate::report::TreeNode;
use std::collections::HashMap;

/// A term by the indices of the terms that lead to it: the same in both families' walks.
type Path = Vec<u32>;

/// Levels of records below the domain's own: each costs a lookup, so receivers stop at ten.
const DEPTH_LIMIT: usize = 11;

/// The terms of the domain's record, each with the record behind it.
pub(in crate::audit) fn tree(facts: &Facts) -> Vec<TreeNode> {
    let Some(record) = facts.published.usable() else { return Vec::new() };
    let walks = [Seen::of(&facts.ipv4), Seen::of(&facts.ipv6)];
    nodes(record, &mut Vec::new(), &walks)
}

/// What one walk saw, by term.
struct Seen<'w> {
    family: Family,
    steps: HashMap<Path, &'w Step<Event>>,
    decided: HashMap<Path, IpSet>,
}

impl<'w> Seen<'w> {
    fn of(walked: &'w Walked) -> Self {
        let partition = &walked.partition;
        let mut seen =
            Self { family: partition.family, steps: HashMap::new(), decided: HashMap::new() };
        seen.note(&walked.trace, &mut Vec::new());
        for cell in partition.cells.iter().filter(|cell| cell.exception().is_none()) {
            let Some(by) = cell.by else { continue };
            let mut path: Path = partition.path(by).iter().map(|id| id.term).collect();
            path.push(by.term);
            while !path.is_empty() {
                let set = seen
                    .decided
                    .entry(path.clone())
                    .or_insert_with(|| IpSet::empty(partition.family));
                *set = set.or(&cell.set);
                path.pop();
            }
        }
        seen
    }

    fn note(&mut self, step: &'w Step<Event>, path: &mut Path) {
        for child in &step.steps {
            match &child.event {
                Event::Term { term, .. } => {
                    path.push(*term);
                    self.steps.insert(path.clone(), child);
                    self.note(child, path);
                    path.pop();
                }
                _ => self.note(child, path),
            }
        }
    }

    fn effect(&self, path: &Path) -> Option<&'w Effect> {
        match &self.steps.get(path)?.event {
            Event::Term { effect, .. } => Some(effect),
            _ => None,
        }
    }
}

fn nodes(record: &Record, path: &mut Path, walks: &[Seen<'_>; 2]) -> Vec<TreeNode> {
    let terms = record.terms.iter().zip(0_u32..);
    terms
        .filter(|(term, _)| !matches!(term.body, Body::Unknown { .. }))
        .map(|(term, index)| {
            path.push(index);
            let node = node(&term.body, record.show(term.span), path, walks);
            path.pop();
            node
        })
        .collect()
}

fn node(body: &Body, term: String, path: &mut Path, walks: &[Seen<'_>; 2]) -> TreeNode {
    let effects = || walks.iter().filter_map(|walk| walk.effect(path));
    let decided = |family| {
        walks.iter().find(|walk| walk.family == family).and_then(|walk| walk.decided.get(path))
    };
    let inner = walks.iter().find_map(|walk| inner_record(walk.steps.get(path)?));
    let spent =
        effects().fold(crate::protocols::spf::Spent::default(), |worst, e| worst.max(e.spent));
    // Trouble with one family is trouble.
    let troubled = effects().find(|effect| effect.exception.is_some());
    let ipv4 = decided(Family::V4).map_or(0, IpSet::count);
    let ipv6 = decided(Family::V6).map_or(0, |set| set.cidrs().len());
    TreeNode {
        provider: named_provider(body),
        lookups_so_far: spent.lookups,
        voids_so_far: spent.voids,
        ipv4_addresses: u64::try_from(ipv4).unwrap_or(u64::MAX),
        ipv6_networks: ipv6,
        result: match body {
            Body::Directive(qualifier, _) => Some(Qualifier::result(*qualifier)),
            _ => None,
        },
        remark: remark(body, troubled.or_else(|| effects().next()), walks, path),
        terms: inner
            .filter(|_| path.len() <= DEPTH_LIMIT)
            .map(|record| nodes(record, path, walks))
            .unwrap_or_default(),
        term,
    }
}

/// The record that an include or redirect led to.
fn inner_record(step: &Step<Event>) -> Option<&Record> {
    step.steps.iter().find_map(|inner| match &inner.event {
        Event::CheckHost { published, .. } => published.usable(),
        _ => None,
    })
}

fn named_provider(body: &Body) -> Option<String> {
    let spec = match body {
        Body::Directive(_, Mechanism::Include(spec)) | Body::Redirect(spec) => spec,
        _ => return None,
    };
    provider::recognise_include(spec.fixed()?).map(|known| known.title().to_owned())
}

/// What is odd about a term, in a few words.
fn remark(
    body: &Body,
    effect: Option<&Effect>,
    walks: &[Seen<'_>; 2],
    path: &Path,
) -> Option<String> {
    if path.len() > DEPTH_LIMIT
        && matches!(body, Body::Redirect(_) | Body::Directive(_, Mechanism::Include(_)))
    {
        return Some("beyond every lookup limit".into());
    }
    let Some(effect) = effect else {
        return match body {
            Body::Directive(..) | Body::Redirect(_) => Some("never reached".into()),
            Body::Explanation(_) | Body::Unknown { .. } => None,
        };
    };
    if let Some(exception) = &effect.exception {
        return Some(trouble(exception));
    }
    match effect.lack {
        Some(Lack::Unknown(letter)) => {
            return Some(format!("depends on the sender (%{{{}}})", letter.symbol()));
        }
        Some(Lack::NotAName(_)) => return Some("not a domain name".into()),
        Some(Lack::BeyondLimit) => return Some("not resolved: beyond 10 lookups".into()),
        Some(Lack::NotAscii) => return Some("no match: local part not ASCII".into()),
        None => {}
    }
    match body {
        Body::Directive(_, Mechanism::Ptr(_)) => {
            Some("depends on the sender (reverse name)".into())
        }
        Body::Directive(qualifier, Mechanism::All)
            if *qualifier != Qualifier::Pass && is_included(walks, path) =>
        {
            Some("no match: evaluation returns to the including record".into())
        }
        Body::Directive(_, Mechanism::All) => Some("everything else".into()),
        Body::Directive(_, Mechanism::A(_) | Mechanism::Mx(_)) => {
            let steps: Vec<_> = walks.iter().filter_map(|walk| walk.steps.get(path)).collect();
            let is_void = |step: &Step<Event>| step.answers.iter().any(|answer| answer.is_void());
            match (steps.iter().filter(|step| is_void(step)).count(), steps.len()) {
                (0, _) => None,
                (void, asked) if void == asked => Some("void lookup".into()),
                _ if steps.first().is_some_and(|step| is_void(step)) => {
                    Some("void lookup for IPv4 senders".into())
                }
                _ => Some("void lookup for IPv6 senders".into()),
            }
        }
        _ => None,
    }
}

/// True if an include led to the record of a term; behind a redirect, a record is final.
fn is_included(walks: &[Seen<'_>; 2], path: &Path) -> bool {
    let step = |above: &[u32]| walks.iter().find_map(|walk| walk.steps.get(above));
    (1..path.len())
        .filter_map(|depth| step(path.get(..depth)?))
        .any(|step| matches!(step.event.mechanism(), Some(Mechanism::Include(_))))
}

fn trouble(exception: &Exception) -> String {
    match exception {
        Exception::Dns { failure, .. } => format!("{}: temperror", failure.trouble.sentence()),
        Exception::Syntax { .. } => "syntax error in its record: permerror".into(),
        Exception::SeveralRecords { found, .. } => format!("{found} SPF records: permerror"),
        Exception::NoRecord { missing_domain: true, .. } => {
            "domain does not exist: permerror".into()
        }
        Exception::NoRecord { .. } => "no SPF record: permerror".into(),
        Exception::TooManyMxHosts { found } => format!("{found} MX hosts (limit 10): permerror"),
        Exception::TooLarge => "more than 256 KiB of records: temperror".into(),
        Exception::Endless => "nested too deep: permerror".into(),
    }
}
