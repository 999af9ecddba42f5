//! Terms that decide nobody, by exact set algebra.
//!
//! The first term that matches an address decides about it (RFC 7208 §4.6.2). So a term is dead if
//! every address that it may match was decided before. That is reported only where both sets are known
//! for certain: what a term of the domain's own record may match is read from its text and from
//! the answers that the walk had, never more narrowly than it is; and only results count as
//! decisions, because who met an error may fare otherwise tomorrow.

use super::record::repeated;
use super::view::{Place, name_addresses};
use crate::diagnostic::{Finding, Rule, Step};
use crate::dns::{Answer, Data};
use crate::net::{Cidr, Family, IpSet, Range};
use crate::protocols::spf::event::Event;
use crate::protocols::spf::examine::Facts;
use crate::protocols::spf::partition::{Cell, Ruling};
use crate::protocols::spf::record::{Body, Mechanism, Qualifier, Target};
use crate::protocols::spf::walk::Walked;
use crate::text::Phrase;
use std::collections::HashSet;
use std::net::IpAddr;

pub(super) fn dead_term(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for dead in dead(facts).iter().filter(|dead| dead.is_agreed) {
        let message = Phrase::new()
            .code(dead.place.text())
            .plain(" never matches: ")
            .code(dead.by.text())
            .plain(" already gives the same result to ")
            .then(name_addresses(&dead.reach));
        let message = match dead.lookups {
            0 => message,
            1 => message.plain("; it costs 1 lookup"),
            many => message.plain("; it costs ").number(many).plain(" lookups"),
        };
        findings.push(Finding::new(rule, dead.place.location(), message));
    }
}

pub(super) fn shadowed_term(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for dead in dead(facts).iter().filter(|dead| !dead.is_agreed) {
        let message = Phrase::new()
            .code(dead.place.text())
            .plain(" has no effect: ")
            .code(dead.by.text())
            .plain(" already gives another result to ")
            .then(name_addresses(&dead.reach));
        findings.push(Finding::new(rule, dead.place.location(), message));
    }
}

/// The terms that decide about nobody.
pub(super) fn idle(facts: &Facts) -> Vec<Place<'_>> {
    dead(facts).into_iter().map(|dead| dead.place).collect()
}

/// A term whose addresses were all decided before.
struct Dead<'f> {
    place: Place<'f>,
    /// What it may match, at most.
    reach: [IpSet; 2],
    /// The first term that decided about some of these.
    by: Place<'f>,
    /// True if it would have given the same result to all of them.
    is_agreed: bool,
    /// The lookups that it costs.
    lookups: usize,
}

/// The dead terms of the domain's own record. Those that are there twice are reported as such.
fn dead(facts: &Facts) -> Vec<Dead<'_>> {
    let Some(record) = facts.published.usable() else { return Vec::new() };
    let cells = facts.partitions().into_iter().flat_map(|partition| &partition.cells);
    let deciding: HashSet<u32> = cells.filter_map(own_term).collect();
    let again: HashSet<usize> = repeated(record).map(|(index, _)| index).collect();
    record
        .directives()
        .take_while(|(.., mechanism)| **mechanism != Mechanism::All)
        .filter(|(index, ..)| !again.contains(index))
        .filter_map(|(index, term, qualifier, mechanism)| {
            let index = u32::try_from(index).ok().filter(|index| !deciding.contains(index))?;
            let place = Place { published: &facts.published, record, term };
            Dead::new(facts, place, index, qualifier, mechanism)
        })
        .collect()
}

/// The term of the domain's own record that decided about a cell.
fn own_term(cell: &Cell) -> Option<u32> {
    cell.top.filter(|top| top.visit == 0).map(|top| top.term)
}

impl<'f> Dead<'f> {
    fn new(
        facts: &'f Facts,
        place: Place<'f>,
        index: u32,
        qualifier: Qualifier,
        mechanism: &Mechanism,
    ) -> Option<Self> {
        let reach = [
            reach(&facts.ipv4, Family::V4, index, mechanism)?,
            reach(&facts.ipv6, Family::V6, index, mechanism)?,
        ];
        let (mut by, mut is_agreed) = (Vec::new(), true);
        for (partition, reach) in facts.partitions().into_iter().zip(&reach) {
            let mut left = reach.clone();
            for cell in &partition.cells {
                let Some(earlier) = own_term(cell).filter(|earlier| *earlier < index) else {
                    continue;
                };
                let mut ranges = reach.ranges().iter();
                if matches!(cell.ruling, Ruling::Result(_))
                    && ranges.any(|range| cell.set.intersects_range(*range))
                {
                    left = left.minus(&cell.set);
                    by.push(earlier);
                    is_agreed &= cell.unlimited() == Some(qualifier.result());
                }
            }
            if !left.is_empty() {
                return None;
            }
        }
        // Who reaches nobody at all was decided by nobody either.
        let by = Place::new(place.published, by.into_iter().min()?)?;
        let steps = [&facts.ipv4, &facts.ipv6].into_iter().filter_map(|it| step(&it.trace, index));
        Some(Self { place, reach, by, is_agreed, lookups: steps.map(lookups).max().unwrap_or(0) })
    }
}

/// Every address of a family that a term of the domain's own record may match; `None` if that
/// cannot be told.
fn reach(walked: &Walked, family: Family, index: u32, mechanism: &Mechanism) -> Option<IpSet> {
    match mechanism {
        Mechanism::Ip4(cidr) | Mechanism::Ip6(cidr) => Some(network(*cidr, family)),
        _ => reach_of_term(step(&walked.trace, index)?, family),
    }
}

/// The step of a policy about one of its terms; `None` if the walk never came there.
fn step(policy: &Step<Event>, index: u32) -> Option<&Step<Event>> {
    let is_it =
        |step: &&Step<Event>| matches!(step.event, Event::Term { term, .. } if term == index);
    policy.steps.iter().find(is_it)
}

fn network(cidr: Cidr, family: Family) -> IpSet {
    if cidr.family() == family { cidr.to_set() } else { IpSet::empty(family) }
}

fn reach_of_term(step: &Step<Event>, family: Family) -> Option<IpSet> {
    match &step.event.term()?.body {
        Body::Directive(_, Mechanism::A(target) | Mechanism::Mx(target)) => {
            let hosts = step.steps.iter().flat_map(|host| &host.answers);
            reach_of_hosts(step.answers.iter().chain(hosts).map(|it| &**it), target, family)
        }
        Body::Directive(_, Mechanism::Include(_)) | Body::Redirect(_) => {
            reach_of_policy(step.steps.first()?, family)
        }
        // These depend on who sends, or match everybody.
        _ => None,
    }
}

fn reach_of_hosts<'a>(
    answers: impl Iterator<Item = &'a Answer>,
    target: &Target,
    family: Family,
) -> Option<IpSet> {
    let prefix = match family {
        Family::V4 => target.ip4_prefix,
        Family::V6 => target.ip6_prefix,
    };
    let mut networks = Vec::new();
    for answer in answers {
        if answer.failure().is_some() {
            return None;
        }
        networks.extend(answer.records().iter().filter_map(|record| match record.data {
            Data::A(address) => Cidr::new(IpAddr::V4(address), prefix),
            Data::Aaaa(address) => Cidr::new(IpAddr::V6(address), prefix),
            _ => None,
        }));
    }
    Some(IpSet::from_cidrs(family, networks))
}

/// Every address that a policy may pass: an include matches nobody else.
fn reach_of_policy(policy: &Step<Event>, family: Family) -> Option<IpSet> {
    let Event::CheckHost { published, .. } = &policy.event else { return None };
    let record = published.usable()?;
    let mut ranges: Vec<Range> = Vec::new();
    for (index, term) in (0..).zip(&record.terms) {
        match &term.body {
            Body::Directive(Qualifier::Pass, Mechanism::Ip4(cidr) | Mechanism::Ip6(cidr)) => {
                ranges.extend(network(*cidr, family).ranges());
            }
            Body::Directive(Qualifier::Pass, _) => {
                ranges.extend(reach_of_term(step(policy, index)?, family)?.ranges());
            }
            Body::Directive(_, Mechanism::All) => break,
            Body::Redirect(_) if record.all().is_none() => {
                ranges.extend(reach_of_term(step(policy, index)?, family)?.ranges());
            }
            // No match, or no mechanism.
            Body::Directive(..)
            | Body::Redirect(_)
            | Body::Explanation(_)
            | Body::Unknown { .. } => {}
        }
    }
    Some(IpSet::from_ranges(family, ranges))
}

/// The lookups that a term and all that it leads to cost.
fn lookups(step: &Step<Event>) -> usize {
    let own = step.event.term().is_some_and(|term| match &term.body {
        Body::Directive(_, mechanism) => mechanism.is_counted(),
        Body::Redirect(_) => true,
        Body::Explanation(_) | Body::Unknown { .. } => false,
    });
    usize::from(own) + step.steps.iter().map(lookups).sum::<usize>()
}
