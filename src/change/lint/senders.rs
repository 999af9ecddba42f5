//! Rules about who may send.

use crate::change::{Effect, Facts, Moved};
use crate::judge::{Finding, Rule};
use crate::spf::SpfResult;
use crate::text::Phrase;

pub(super) fn lost(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for moved in facts.moved.iter().filter(|moved| moved.effect == Effect::Lost) {
        let [before, after] = &moved.terms;
        let said = named(moved).plain(" passed");
        let said = by(said, before.as_deref()).plain(" and ");
        let said = match moved.results {
            [_, Some(result)] => said.plain("gets ").bad(result.word()),
            [_, None] => said.plain("may not any more"),
        };
        let said = by(said, after.as_deref());
        let said = match &moved.problem {
            Some(problem) => said.plain(": ").then(problem.clone()),
            None => said,
        };
        findings.push(Finding::new(rule, facts.spf.clone(), said));
    }
}

pub(super) fn gained(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for moved in facts.moved.iter().filter(|moved| moved.effect == Effect::Gained) {
        let [_, after] = &moved.terms;
        let said = named(moved).plain(" may send now");
        findings.push(Finding::new(rule, facts.spf.clone(), by(said, after.as_deref())));
    }
}

pub(super) fn weaker_default(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for moved in facts.moved.iter().filter(|moved| moved.is_rest) {
        let [Some(before), Some(after)] = moved.results else { continue };
        // A pass for everybody is told as such.
        if strictness(after) >= strictness(before) || after == SpfResult::Pass {
            continue;
        }
        let said = Phrase::new()
            .plain("whoever is not listed got ")
            .good(before.word())
            .plain(" and gets ")
            .weak(after.word());
        findings.push(Finding::new(rule, facts.spf.clone(), said));
        return;
    }
}

/// How plainly a result speaks against a sender (RFC 7208 §8).
fn strictness(result: SpfResult) -> u8 {
    match result {
        SpfResult::Pass => 0,
        SpfResult::None | SpfResult::Neutral => 1,
        SpfResult::Softfail => 2,
        // An error speaks about the domain; what is wrong with it is told elsewhere.
        SpfResult::Fail | SpfResult::Temperror | SpfResult::Permerror => 3,
    }
}

/// Who it is: the provider, and how many addresses.
fn named(moved: &Moved) -> Phrase {
    match moved.provider {
        Some(provider) => Phrase::new().name(provider).plain(" (").addr(&moved.who).plain(")"),
        None => Phrase::new().addr(&moved.who),
    }
}

fn by(said: Phrase, term: Option<&str>) -> Phrase {
    match term {
        Some(term) => said.plain(" by ").code(term),
        None => said,
    }
}
