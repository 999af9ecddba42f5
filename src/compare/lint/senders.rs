//! Rules about who may send.

use crate::compare::{AffectedSender, Facts};
use crate::diagnostic::{Finding, Location, Rule};
use crate::protocols::spf::SpfResult;
use crate::report::{Effect, Presence, named};
use crate::text::Phrase;

/// How many senders a finding names.
const NAMED: usize = 6;

/// Those that lose for the same reason share a finding.
pub(super) fn lost(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let mut groups: Vec<Vec<&AffectedSender>> = Vec::new();
    for affected in facts.affected.iter().filter(|affected| affected.effect == Effect::Lost) {
        let is_alike =
            |group: &&mut Vec<&AffectedSender>| group.first().is_some_and(|it| alike(it, affected));
        match groups.iter_mut().find(is_alike) {
            Some(group) => group.push(affected),
            None => groups.push(vec![affected]),
        }
    }
    for group in &groups {
        let Some(first) = group.first() else { continue };
        let ([before, after], [path, path_after]) = (&first.terms, &first.paths);
        let said = all_named(group).plain(" passed SPF");
        let said = by(said, before.as_deref().filter(|_| group.len() == 1), path);
        let said = said.plain("; after the change: ");
        let said = match (&first.problem, first.results) {
            (Some(problem), _) => match after {
                Some(term) => said.code(term).plain(": ").then(problem.clone()),
                None => said.then(problem.clone()),
            },
            (None, [_, result]) => by(
                said.bad(result.map_or("unknown", SpfResult::word)),
                after.as_deref(),
                path_after,
            ),
        };
        findings.push(Finding::new(rule, place(facts, first), said));
    }
}

/// True if two groups lose for the same reason.
fn alike(one: &AffectedSender, other: &AffectedSender) -> bool {
    let [_, term] = &one.terms;
    let [_, other_term] = &other.terms;
    one.results == other.results && term == other_term && one.problem == other.problem
}

pub(super) fn gained(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let all = facts.affected.iter().filter(|affected| affected.effect == Effect::Gained);
    let all: Vec<&AffectedSender> = all.collect();
    let Some(first) = all.first() else { return };
    let said = all_named(&all).plain(" will pass SPF");
    let said = match all.as_slice() {
        [only] => {
            let ([_, term], [_, path]) = (&only.terms, &only.paths);
            by(said, term.as_deref(), path)
        }
        _ => said,
    };
    findings.push(Finding::new(rule, place(facts, first), said));
}

pub(super) fn weaker_default(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    // A name that comes was not strict before, and one that goes is refused for that.
    let rest = facts.affected.iter().filter(|_| facts.presence == Presence::Unchanged);
    for affected in rest.filter(|affected| affected.is_rest) {
        let [Some(before), Some(after)] = affected.results else { continue };
        let [Some(was), Some(is)] = [before, after].map(strictness) else { continue };
        // A pass for all senders is reported as such.
        if is >= was || after == SpfResult::Pass {
            continue;
        }
        let said = Phrase::new()
            .plain("unlisted senders go from ")
            .good(before.word())
            .plain(" to ")
            .weak(after.word());
        findings.push(Finding::new(rule, place(facts, affected), said));
        return;
    }
}

/// How plainly a result speaks against a sender (RFC 7208 §8); `None` if it speaks about the domain:
/// an error, and what is wrong is reported elsewhere.
fn strictness(result: SpfResult) -> Option<u8> {
    match result {
        SpfResult::Pass => Some(0),
        SpfResult::None | SpfResult::Neutral => Some(1),
        SpfResult::Softfail => Some(2),
        SpfResult::Fail => Some(3),
        SpfResult::Temperror | SpfResult::Permerror => None,
    }
}

/// Where the term stands that brings it about, or the record if none does.
fn place(facts: &Facts, affected: &AffectedSender) -> Location {
    match affected.span {
        Some(span) if facts.spf.record.is_some() => facts.spf.clone().at(span),
        _ => facts.spf.clone(),
    }
}

/// Who they are: providers, addresses, and how many more.
fn all_named(all: &[&AffectedSender]) -> Phrase {
    let shown = if all.len() > NAMED { NAMED - 1 } else { all.len() };
    let names = all.iter().map(|one| named(one.provider, &one.who, one.is_rest));
    Phrase::listed(names, shown, " and ")
}

/// The term that decides, and the includes behind it.
fn by(said: Phrase, term: Option<&str>, path: &[String]) -> Phrase {
    let Some(term) = term else { return said };
    let said = said.plain(" by ").code(term);
    path.iter().fold(said, |said, include| said.plain(" > ").code(include))
}
