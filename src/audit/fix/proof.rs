//! The proof: the domain as it would be, held against the domain as it is.

use super::super::{Gathered, gather_facts};
use super::patch::{self, Change};
use super::{Fault, Inquiry, Proposal};
use crate::dns::Dns;
use crate::judge::{Applicability, Finding, Severity, Standing};
use crate::net::{Family, IpSet};
use crate::spf::{self, Cell, Partition, Policies, SpfResult};

/// What has to be kept, or to be no worse.
pub(super) struct Before {
    /// Every fault, with how often it was found.
    faults: Vec<(Fault, usize)>,
    /// Who is authorized today.
    limited: Authorized,
    /// Who would be if nothing were limited: whom the owner means.
    unlimited: Authorized,
    /// How the protocols stand.
    standings: [Option<Standing>; 2],
}

impl Before {
    pub(super) fn of(facts: &Gathered, findings: &[Finding]) -> Self {
        Self {
            faults: counted(findings),
            limited: Authorized::by(facts.spf.as_ref(), Cell::result),
            unlimited: Authorized::by(facts.spf.as_ref(), Cell::unlimited),
            standings: standings(facts),
        }
    }

    /// True if a finding is new and at least as bad as `least`.
    fn is_worse(&self, after: &[Finding], least: Severity, leads_to: &[&str]) -> bool {
        counted(after).into_iter().any(|(fault, count)| {
            let known = self.faults.iter().find(|(known, _)| *known == fault);
            let severity = after.iter().filter(|finding| Fault::of(finding) == fault);
            count > known.map_or(0, |(_, count)| *count)
                && !leads_to.contains(&fault.rule)
                && severity.map(|finding| finding.rule.severity).max() >= Some(least)
        })
    }

    /// True if nobody is lost, neither today nor beyond the limits.
    fn keeps_all(&self, after: Option<&spf::Facts>) -> bool {
        self.limited.is_kept_in(&Authorized::by(after, Cell::result))
            && self.unlimited.is_kept_in(&Authorized::by(after, Cell::unlimited))
    }

    /// True if something can no longer be told that could be before: then nothing is proved.
    fn is_darker(&self, after: &Gathered) -> bool {
        let unknown = Some(Standing::Unknown);
        let pairs = self.standings.into_iter().zip(standings(after));
        pairs.into_iter().any(|(before, after)| after == unknown && before != unknown)
    }
}

fn counted(findings: &[Finding]) -> Vec<(Fault, usize)> {
    let mut counts: Vec<(Fault, usize)> = Vec::new();
    for fault in findings.iter().map(Fault::of) {
        match counts.iter_mut().find(|(known, _)| *known == fault) {
            Some((_, count)) => *count += 1,
            None => counts.push((fault, 1)),
        }
    }
    counts
}

fn standings(facts: &Gathered) -> [Option<Standing>; 2] {
    let dmarc = facts.dmarc.as_ref().map(|examined| examined.facts.standing());
    [facts.spf.as_ref().map(spf::Facts::standing), dmarc]
}

/// Who is authorized by SPF: those that pass, and those among them that pass whatever is unknown of
/// the sender. A set a family each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authorized {
    passing: [IpSet; 2],
    certain: [IpSet; 2],
    /// The terms whose effect depends on the sender.
    dependent: Vec<String>,
}

impl Authorized {
    /// Those who pass when a cell is read by `result`.
    fn by(facts: Option<&spf::Facts>, result: fn(&Cell) -> Option<SpfResult>) -> Self {
        let Some(facts) = facts else {
            let nobody = || Family::BOTH.map(IpSet::empty);
            return Self { passing: nobody(), certain: nobody(), dependent: Vec::new() };
        };
        let passes = |cell: &Cell| result(cell) == Some(SpfResult::Pass);
        let partitions = facts.partitions();
        let texts = |partition: &Partition| {
            let terms = partition.sender_dependent().into_iter();
            terms.map(|term| partition.term_text(term)).collect::<Vec<_>>()
        };
        let mut dependent: Vec<String> = partitions.into_iter().flat_map(texts).collect();
        dependent.sort_unstable();
        dependent.dedup();
        Self {
            passing: partitions.map(|partition| partition.gather(passes)),
            certain: partitions.map(|partition| {
                partition.gather(|cell| passes(cell) && partition.is_certain(cell))
            }),
            dependent,
        }
    }

    /// True if nobody of `self` is lost in `after`.
    fn is_kept_in(&self, after: &Self) -> bool {
        let covers = |all: &[IpSet; 2], some: &[IpSet; 2]| {
            all.iter().zip(some).all(|(all, some)| all.covers(some))
        };
        covers(&after.passing, &self.passing) && covers(&after.certain, &self.certain)
    }

    /// True if both are the same as far as can be told, the terms that depend on the sender
    /// included.
    fn is_same_as(&self, after: &Self) -> bool {
        self.passing == after.passing && self.dependent == after.dependent
    }
}

/// What is true of a domain with some changes.
pub(super) struct After {
    pub(super) facts: Gathered,
    pub(super) findings: Vec<Finding>,
}

/// Examines the domain as it would be with the changes.
pub(super) async fn with(dns: &dyn Dns, inquiry: &Inquiry, changes: &[Change]) -> After {
    let overlay = patch::overlay(changes, dns);
    let facts = gather_facts(&Policies::new(&overlay), inquiry).await;
    After { findings: facts.findings(), facts }
}

/// True if a proposal mends the fault of a finding, brings nothing as bad, and loses nobody.
pub(super) async fn mends(
    dns: &dyn Dns,
    inquiry: &Inquiry,
    before: &Before,
    finding: &Finding,
    proposal: &Proposal,
) -> bool {
    if proposal.changes.iter().all(Change::is_idle) {
        return false;
    }
    let after = with(dns, inquiry, &proposal.changes).await;
    let fault = Fault::of(finding);
    if after.findings.iter().any(|finding| Fault::of(finding) == fault)
        || before.is_worse(&after.findings, finding.rule.severity, proposal.leads_to)
        || before.is_darker(&after.facts)
    {
        return false;
    }
    loses_nobody(dns, inquiry, before, proposal, &after).await
}

/// True if every address that was authorized still is: in the records as they are, or in each way
/// in which they may be read where receivers read nothing in them.
async fn loses_nobody(
    dns: &dyn Dns,
    inquiry: &Inquiry,
    before: &Before,
    proposal: &Proposal,
    after: &After,
) -> bool {
    let spf = after.facts.spf.as_ref();
    let unlimited = Authorized::by(spf, Cell::unlimited);
    if proposal.readings.is_empty() {
        let is_same = before.unlimited.is_same_as(&unlimited);
        return before.keeps_all(spf) && (is_same || proposal.applicability < Applicability::Safe);
    }
    for reading in &proposal.readings {
        let overlay = patch::overlay(reading, dns);
        let facts = spf::examine(&Policies::new(&overlay), &inquiry.domain).await;
        if !Authorized::by(Some(&facts), Cell::unlimited).is_kept_in(&unlimited) {
            return false;
        }
    }
    true
}

/// True if changes for the sake of a sender bring nothing bad that was not there, lose nobody, and
/// stay within the limits.
pub(super) fn is_harmless(before: &Before, after: &After) -> bool {
    let Some(facts) = &after.facts.spf else { return false };
    let worst = facts.worst();
    worst.lookups <= spf::LOOKUP_LIMIT
        && worst.voids <= spf::VOID_LIMIT
        && !before.is_worse(&after.findings, Severity::Error, &[])
        && before.keeps_all(Some(facts))
}
