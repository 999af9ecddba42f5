//! The fixes of a domain put together: each is proved on top of those before it.

use super::patch::{self, Change};
use super::proof::{self, Before, Demand};
use super::trial::{self, After};
use super::{Candidate, Concern, MetRule, faults, proved};
use crate::diagnostic::{Applicability, Finding};
use crate::dns::{Dns, Kind};
use crate::examine::Inquiry;
use crate::examine::{Gathered, gather_facts};
use crate::net::Name;
use crate::protocols::spf::Policies;
use crate::report::{GoneFinding, Patch, PatchSet, PatchStep, RuleId};
use std::cmp::Reverse;

/// Most fixes of one patch; beyond, there is something to put in order before.
const MOST_STEPS: usize = 16;

/// Which fixes are wanted.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The ids of the rules to fix, or the family before their slash; all if there is none.
    pub rules: Vec<String>,
    /// The least freedom that a fix must have.
    pub least: Applicability,
    /// What stays as it is, whatever else is wanted.
    pub spared: Vec<Spared>,
}

/// A rule that is not to be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spared {
    /// Its id.
    pub rule: RuleId,
    /// The record set where it is left alone; everywhere if there is none.
    pub at: Option<(Name, Kind)>,
}

impl Default for Selection {
    /// Whatever there is.
    fn default() -> Self {
        Self { rules: Vec::new(), least: Applicability::Template, spared: Vec::new() }
    }
}

impl Selection {
    fn wants(&self, MetRule { rule, name, kind }: &MetRule, applicability: Applicability) -> bool {
        let family = rule.family();
        let is_named = self.rules.iter().any(|name| name == rule.id || name == family);
        let is_spared = self.spared.iter().any(|spared| {
            let at = spared.at.as_ref();
            spared.rule == *rule.id && at.is_none_or(|(owner, of)| owner == name && of == kind)
        });
        (self.rules.is_empty() || is_named) && applicability >= self.least && !is_spared
    }
}

/// What was found out about a domain, and what repairs it.
pub(crate) struct Composition {
    /// What was found out.
    pub(crate) facts: Gathered,
    /// What the rules say of it.
    pub(crate) findings: Vec<Finding>,
    /// The wanted fixes, those about who may send first: each patch is to be published by itself,
    /// and each holds by itself.
    pub(crate) patches: Vec<Patch>,
}

/// Puts the wanted fixes of a domain together, safe ones first.
///
/// A step that is proved may show the next one: a safe one is taken, and nothing changes any more
/// when a patch of safe fixes is asked for again. Others are only taken for what is wrong today, so
/// that a policy is not raised twice in one go.
pub(crate) async fn compose(
    dns: &dyn Dns,
    inquiry: &Inquiry,
    selection: &Selection,
) -> Composition {
    let facts = gather_facts(&Policies::new(dns), inquiry).await;
    let findings = facts.findings();
    let before = Before::of(dns, &facts, &findings).await;
    let initial = Initial { facts, findings, before };
    let mut patches = Vec::new();
    for concern in Concern::ALL {
        let Composed { steps, changes, gone } =
            put_together(dns, inquiry, selection, concern, &initial).await;
        if !steps.is_empty() {
            let (domain, sets) = (inquiry.domain.clone(), sets(changes));
            patches.push(Patch { domain, apex: None, steps, sets, gone });
        }
    }
    let Initial { facts, findings, .. } = initial;
    Composition { facts, findings, patches }
}

/// What is known of a domain before anything is changed.
struct Initial {
    facts: Gathered,
    findings: Vec<Finding>,
    before: Before,
}

/// Fixes that were put together.
#[derive(Default)]
struct Composed {
    steps: Vec<PatchStep>,
    changes: Vec<Change>,
    /// What is met no longer.
    gone: Vec<GoneFinding>,
}

/// Puts the fixes of one concern together; none if together they would not bring back everybody
/// who was meant to send.
async fn put_together(
    dns: &dyn Dns,
    inquiry: &Inquiry,
    selection: &Selection,
    concern: Concern,
    initial: &Initial,
) -> Composed {
    let known: Vec<MetRule> = initial.findings.iter().map(MetRule::of).collect();
    let mut composed = Composed::default();
    let mut touches_spf = false;
    // The state that was reached, and what has to be kept of it and of those before it.
    let mut reached: Option<(After, Before)> = None;
    while composed.steps.len() < MOST_STEPS {
        let (facts, findings, before) = match &reached {
            Some((after, before)) => (&after.facts, &after.findings, before),
            None => (&initial.facts, &initial.findings, &initial.before),
        };
        let overlay = patch::overlay(&composed.changes, dns);
        let is_wanted = |candidate: &Candidate| candidate.concern() == concern;
        let faults = faults(findings);
        let mut candidates =
            proved(&overlay, inquiry, facts, faults, before, Demand::Step, &is_wanted).await;
        candidates.retain(|(first, candidate)| {
            let is_safe = candidate.applicability == Applicability::Safe;
            findings.get(*first).is_some_and(|finding| {
                let fault = MetRule::of(finding);
                selection.wants(&fault, candidate.applicability)
                    && (is_safe || known.contains(&fault))
            })
        });
        // Findings stand worst first, so of two that are as free the worse one is fixed first.
        let next =
            candidates.into_iter().min_by_key(|(first, it)| (Reverse(it.applicability), *first));
        let Some((first, candidate)) = next else { break };
        let Some(finding) = findings.get(first) else { break };
        composed.steps.push(PatchStep {
            rule: finding.rule.id,
            applicability: candidate.applicability,
            summary: candidate.summary,
        });
        touches_spf |= candidate.changes.iter().any(Change::touches_spf);
        candidate.changes.into_iter().for_each(|change| join(&mut composed.changes, change));
        let after = trial::with(dns, inquiry, &initial.facts, &composed.changes).await;
        let overlay = patch::overlay(&composed.changes, dns);
        let meant = Before::of(&overlay, &after.facts, &after.findings).await.begun_as(before);
        reached = Some((after, meant));
    }
    let is_whole = |(after, before): &(After, Before)| proof::is_whole(after, before);
    if touches_spf && !reached.as_ref().is_none_or(is_whole) {
        return Composed::default();
    }
    let Some((after, _)) = reached else { return composed };
    let met: Vec<MetRule> = after.findings.iter().map(MetRule::of).collect();
    let gone = known.into_iter().filter(|fault| !met.contains(fault));
    let gone = gone.map(|MetRule { rule, name, kind }| GoneFinding { rule: rule.id, name, kind });
    Composed { gone: gone.collect(), ..composed }
}

fn join(changes: &mut Vec<Change>, change: Change) {
    let same = |known: &&mut Change| known.name == change.name && known.kind == change.kind;
    match changes.iter_mut().find(same) {
        Some(known) => known.then(change),
        None => changes.push(change),
    }
}

fn sets(changes: Vec<Change>) -> Vec<PatchSet> {
    let changed = changes.into_iter().filter(|change| !change.is_idle());
    changed
        .map(|Change { name, kind, ttl, before, after }| PatchSet {
            name,
            kind,
            ttl,
            before,
            after,
        })
        .collect()
}
