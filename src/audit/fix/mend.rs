//! The fixes of a domain put together: each is proved on top of those before it.

use super::super::gather_facts;
use super::patch::{self, Change};
use super::{Fault, Inquiry, proved};
use crate::dns::Dns;
use crate::judge::{Applicability, Finding};
use crate::report::{Domain, Patch, PatchSet, PatchStep};
use crate::spf::Policies;
use std::cmp::Reverse;

/// Most fixes of one patch; beyond, there is something to put in order before.
const MOST_STEPS: usize = 16;

/// Which fixes are wanted.
#[derive(Clone, Debug)]
pub struct Mending {
    /// The ids of the rules to mend, or the family before their slash; all if there is none.
    pub rules: Vec<String>,
    /// The least freedom that a fix must have.
    pub least: Applicability,
}

impl Default for Mending {
    /// Whatever there is.
    fn default() -> Self {
        Self { rules: Vec::new(), least: Applicability::Sketch }
    }
}

impl Mending {
    fn wants(&self, rule: &str, applicability: Applicability) -> bool {
        let family = rule.split('/').next().unwrap_or_default();
        let is_named = self.rules.iter().any(|name| name == rule || name == family);
        (self.rules.is_empty() || is_named) && applicability >= self.least
    }
}

/// A domain, and what mends it.
#[derive(Clone, Debug)]
pub struct Mended {
    /// The domain as it is.
    pub domain: Domain,
    /// The wanted fixes.
    pub patch: Patch,
}

/// Puts the wanted fixes of a domain together, safe ones first.
///
/// A step that is proved may show the next one: a safe one is taken, and nothing changes any more
/// when a patch of safe fixes is asked for again. Others are only taken for what is wrong today, so
/// that a policy is not raised twice in one go.
pub async fn mend(dns: &dyn Dns, inquiry: &Inquiry, mending: &Mending) -> Mended {
    let mut changes: Vec<Change> = Vec::new();
    let mut steps = Vec::new();
    let mut initial: Option<(Vec<Fault>, Domain)> = None;
    while steps.len() < MOST_STEPS {
        let overlay = patch::overlay(&changes, dns);
        let facts = gather_facts(&Policies::new(&overlay), inquiry).await;
        let findings = facts.findings();
        let mut offers = proved(&overlay, inquiry, &facts, &findings).await;
        if initial.is_none() {
            let faults = findings.iter().map(Fault::of).collect();
            initial = Some((faults, facts.into_report(inquiry, &findings, Vec::new())));
        }
        let known = |finding: &Finding| {
            initial.as_ref().is_some_and(|(faults, _)| faults.contains(&Fault::of(finding)))
        };
        offers.retain(|(first, proposal)| {
            let is_safe = proposal.applicability == Applicability::Safe;
            findings.get(*first).is_some_and(|finding| {
                mending.wants(finding.rule.id, proposal.applicability)
                    && (is_safe || known(finding))
            })
        });
        // Findings stand worst first, so of two that are as free the worse one is mended first.
        let next = offers.into_iter().min_by_key(|(first, it)| (Reverse(it.applicability), *first));
        let Some((first, proposal)) = next else { break };
        let Some(finding) = findings.get(first) else { break };
        steps.push(PatchStep {
            rule: finding.rule.id,
            applicability: proposal.applicability,
            summary: proposal.summary,
        });
        proposal.changes.into_iter().for_each(|change| join(&mut changes, change));
    }
    let domain = match initial {
        Some((_, domain)) => domain,
        None => super::super::undecided(inquiry, crate::text::Phrase::new()),
    };
    let patch = Patch { domain: inquiry.domain.clone(), steps, sets: sets(changes) };
    Mended { domain, patch }
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
