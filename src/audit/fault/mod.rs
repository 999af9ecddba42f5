//! Whose fault it is: the party that has to act, from what was gathered, found and asked.
//!
//! A fault is an attribution, not another finding. It rests on findings of the report, on failed
//! queries, or on the answer about a sender, and says so in its evidence. What is not known is
//! `undetermined`, with what would decide it; a zone that was not reached is never called wrong.
//!
//! Every candidate is kept with the domain; which of them the reader sees follows from the findings
//! that count when the report is concluded (`Domain::diagnose`).

mod answers;
mod failures;
mod findings;
mod senders;
mod targets;

use crate::dns::Question;
use crate::examine::{Gathered, Inquiry};
use crate::protocols::dnssec::Facts as Answers;
use crate::report::{Domain, Fault, FaultKind, Lookup, Owners};

/// What the attribution needs to know besides the report itself.
pub(super) struct Hints {
    owners: Owners,
    spf: findings::SpfHints,
    dkim: findings::DkimHints,
    targets: targets::TargetHints,
    senders: Vec<senders::SenderHints>,
    /// The queries that ended in a circle of aliases.
    loops: Vec<Question>,
}

impl Hints {
    /// Takes from the facts what the report does not keep.
    pub(super) fn new(gathered: &Gathered, inquiry: &Inquiry) -> Self {
        let selectors = gathered.dkim.iter().flat_map(|it| &it.facts.tried);
        let selectors = selectors.map(|tried| &tried.answer);
        let visits = gathered.dmarc.iter().flat_map(|it| &it.facts.discovered.walk.visits);
        let policies = visits.filter_map(|visit| visit.answer.as_ref());
        let records = gathered.spf.iter().map(|facts| &facts.published.answer);
        let answers = selectors.chain(policies).chain(records);
        let loops = answers.filter(|answer| answer.is_alias_loop());
        Self {
            loops: loops.map(|answer| answer.question.clone()).collect(),
            owners: Owners::new(&inquiry.domain, &inquiry.own),
            spf: findings::SpfHints::new(gathered),
            dkim: findings::DkimHints::new(gathered),
            targets: targets::TargetHints::new(gathered),
            senders: gathered
                .senders
                .iter()
                .map(|one| senders::SenderHints::new(one, &gathered.shrunken))
                .collect(),
        }
    }
}

impl Hints {
    /// True for a query that ended in a circle of aliases.
    fn is_alias_loop(&self, lookup: &Lookup) -> bool {
        self.loops.iter().any(|it| it.name == lookup.name && it.kind == lookup.kind)
    }
}

/// Sets the owner of each finding, and attributes what is wrong, the gravest first.
/// `answers` is what the answers of the report are worth, if that is known.
pub(super) fn attribute(domain: &mut Domain, hints: &Hints, answers: Option<&Answers>) {
    for finding in &mut domain.findings {
        finding.owner = findings::owner(finding, hints);
    }
    let mut faults = senders::faults(domain, hints);
    faults.extend(findings::faults(domain, hints));
    faults.extend(failures::faults(domain, hints));
    faults.extend(answers.and_then(|facts| answers::fault(domain, facts)));
    domain.faults = merged(faults);
}

/// Each party and kind once: what several findings say of one party is one fault with more
/// evidence, unless they name different things.
fn merged(faults: Vec<Fault>) -> Vec<Fault> {
    let mut all: Vec<Fault> = Vec::new();
    for fault in faults {
        let is_same = |known: &&mut Fault| {
            // That an address is gone from a policy is a part of what is gone from it.
            let is_part = fault.kind == FaultKind::LostAddresses && known.record == fault.record;
            known.party == fault.party
                && known.kind == fault.kind
                && known.name == fault.name
                && (known.reason == fault.reason || is_part)
        };
        match all.iter_mut().find(is_same) {
            Some(known) => known.evidence.extend(fault.evidence),
            None => all.push(fault),
        }
    }
    all
}
