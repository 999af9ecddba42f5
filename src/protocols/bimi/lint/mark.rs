//! Rules about the mark certificate, where it was fetched.

use super::super::examine::Facts;
use super::super::explain::listed;
use super::super::mark::{Flaw, Mark};
use super::{at_tag, not_served};
use crate::diagnostic::{Finding, Location, Rule};
use crate::text::{Phrase, day};

/// How long before its end a certificate is worth a note, in seconds.
const SOON: u64 = 30 * 86_400;

pub(super) fn unserved(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let found = facts.evidence.as_ref();
    findings.extend(found.and_then(|evidence| not_served(evidence, rule, at(facts)?)));
}

pub(super) fn invalid(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(mark) = mark(facts) else { return };
    let flaws = listed(mark.certain());
    if flaws.is_empty() {
        return;
    }
    let said = Phrase::from("no receiver accepts the mark certificate: ").bad(flaws);
    findings.extend(at(facts).map(|location| Finding::new(rule, location, said)));
}

pub(super) fn unknown(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(mark) = mark(facts) else { return };
    let is_open = |flaw: &&Flaw| !flaw.is_certain();
    let flaws = listed(mark.flaws.iter().filter(is_open));
    if flaws.is_empty() {
        return;
    }
    let said = Phrase::from("receivers may not accept the mark certificate: ").plain(flaws);
    findings.extend(at(facts).map(|location| Finding::new(rule, location, said)));
}

pub(super) fn ending(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let (Some(end), Some(now)) = (mark(facts).and_then(|mark| mark.not_after), facts.now) else {
        return;
    };
    let left = end.saturating_sub(now);
    if end < now || left > SOON {
        return;
    }
    let said = Phrase::from("the mark certificate expires on ").plain(day(end));
    findings.extend(at(facts).map(|location| Finding::new(rule, location, said)));
}

pub(super) fn differing(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let served = facts.logo.as_ref().and_then(|logo| logo.found()?.contents.as_deref());
    let certified = mark(facts).and_then(|mark| mark.logo.as_deref());
    let (Some(served), Some(certified)) = (served, certified) else { return };
    if served != certified {
        let said = Phrase::from("the logo at l= is not the one in the mark certificate: ")
            .number(served.len())
            .plain(" and ")
            .number(certified.len())
            .plain(" octets");
        findings.extend(at(facts).map(|location| Finding::new(rule, location, said)));
    }
}

fn mark(facts: &Facts) -> Option<&Mark> {
    facts.evidence.as_ref()?.found()
}

/// The `a` of the record.
fn at(facts: &Facts) -> Option<Location> {
    at_tag(facts, |record| record.evidence.as_ref())
}
