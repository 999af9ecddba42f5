//! Rules about the policy file.

use super::super::examine::Facts;
use super::super::explain;
use super::super::fetch::{NoPolicy, PolicyFile};
use super::super::policy::{Mode, Policy};
use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::net::Name;
use crate::text::Phrase;

/// The least `max_age` that keeps a policy for "weeks or greater" (RFC 8461 §3.2), in seconds.
const WEEK: u32 = 7 * 24 * 60 * 60;
/// How many hosts or faults a message names.
const NAMED: usize = 3;

pub(super) fn missing(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(file) = facts.certain_file() else { return };
    let why = match &file.policy {
        Ok(_) | Err(NoPolicy::Faulty(_)) => return,
        Err(why) => why,
    };
    let said = Phrase::new()
        .code(file.request.url())
        .plain(": ")
        .then(explain::reason(why))
        .plain("; senders ")
        .bad("get no policy");
    findings.push(Finding::new(rule, of(file), said));
}

pub(super) fn syntax(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(file) = facts.certain_file() else { return };
    let Err(NoPolicy::Faulty(faults)) = &file.policy else { return };
    let listed = Phrase::listed(faults.iter().map(explain::fault), NAMED, " and ");
    let said = Phrase::new().code(file.request.url()).plain(": ").then(listed);
    findings.push(Finding::new(rule, of(file), said.plain("; senders ").bad("ignore the policy")));
}

pub(super) fn unmatched(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    other_hosts(facts, Mode::Enforce, "do not deliver there", rule, findings);
}

pub(super) fn unmatched_in_test(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    other_hosts(facts, Mode::Testing, "deliver there and report it", rule, findings);
}

fn other_hosts(
    facts: &Facts,
    mode: Mode,
    consequence: &str,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    let Some((file, policy)) = policy(facts, mode) else { return };
    let unmatched = file.unmatched();
    let Some(first) = unmatched.first() else { return };
    let patterns = policy.mx.iter().map(|it| Phrase::new().name(it));
    let hosts = unmatched.iter().map(|host| Phrase::new().name(host));
    let said = Phrase::from("the MTA-STS policy names ")
        .then(Phrase::listed(patterns, NAMED, " and "))
        .plain(", your MX is ")
        .then(Phrase::listed(hosts, NAMED, " and "))
        .plain(": senders ");
    let said = match mode {
        Mode::Enforce => said.bad(consequence),
        _ => said.weak(consequence),
    };
    let location = Location::set(facts.record.domain.clone(), Kind::Mx).of_host(first);
    let advice = advice(file, &unmatched);
    findings.push(Finding { advice: Some(advice), ..Finding::new(rule, location, said) });
}

/// What to add to the file, if the MX is right.
fn advice(file: &PolicyFile, hosts: &[&Name]) -> Phrase {
    let lines = hosts.iter().map(|host| Phrase::new().code(format!("mx: {host}")));
    Phrase::from("add ")
        .then(Phrase::listed(lines, NAMED, " and "))
        .plain(" to ")
        .code(file.request.url())
        .plain(", then give the record a new id")
}

pub(super) fn testing(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((file, _)) = policy(facts, Mode::Testing) else { return };
    let said = Phrase::from("mode ").code(Mode::Testing.word());
    let said = said.plain(": senders ").weak("deliver without valid TLS").plain(" and report it");
    findings.push(Finding::new(rule, of(file), said));
}

pub(super) fn short_lived(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((file, policy)) = policy(facts, Mode::Enforce) else { return };
    if policy.max_age < WEEK {
        let said = Phrase::from("max_age ")
            .number(policy.max_age)
            .plain(" s: senders forget the policy in less than a week");
        findings.push(Finding::new(rule, of(file), said));
    }
}

/// The policy, if it has this mode.
fn policy(facts: &Facts, mode: Mode) -> Option<(&PolicyFile, &Policy)> {
    let file = facts.certain_file()?;
    let policy = file.policy.as_ref().ok().filter(|policy| policy.mode == mode)?;
    Some((file, policy))
}

/// The place of the file: where its host is published.
fn of(file: &PolicyFile) -> Location {
    Location::set(file.request.host.clone(), Kind::A)
}
