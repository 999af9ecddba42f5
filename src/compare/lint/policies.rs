//! Rules about what was published and is weaker now, or gone.

use crate::compare::{Facts, Gone, Purpose};
use crate::diagnostic::{Finding, Rule};
use crate::posture::Requests;
use crate::protocols::dmarc::Policy;
use crate::text::Phrase;

pub(super) fn weaker(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let [Requests::Policy(before), after] = facts.requests else { return };
    let said = Phrase::new().plain("DMARC asked receivers for ").good(before.word());
    let said = match after {
        Requests::Policy(after) if after < before => {
            said.plain(" and asks for ").weak(after.word())
        }
        // Nobody was asked to refuse anything before.
        Requests::Nothing if before == Policy::None => return,
        Requests::Nothing => said.plain(" and asks for ").weak("nothing"),
        // A record that is not applied has an error of its own.
        Requests::Policy(_) | Requests::Broken | Requests::Unknown => return,
    };
    findings.push(Finding::new(rule, facts.dmarc.clone(), said));
}

pub(super) fn selector(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    tell(facts, rule, findings, |purpose| match purpose {
        Purpose::Selector(selector) => Some(
            Phrase::new()
                .plain("the key at selector ")
                .code(selector)
                .plain(" is gone: mail signed with it ")
                .bad("fails DKIM"),
        ),
        Purpose::Replaced(selector) => Some(
            Phrase::new()
                .plain("another key stands at selector ")
                .code(selector)
                .plain(": mail signed with the one before ")
                .bad("fails DKIM"),
        ),
        _ => None,
    });
}

pub(super) fn mx(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    tell(facts, rule, findings, |purpose| match purpose {
        Purpose::Mx => Some(
            Phrase::new()
                .plain("MX records named the hosts that receive for ")
                .name(&facts.domain)
                .plain(", and none does now"),
        ),
        _ => None,
    });
}

pub(super) fn tls(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    tell(facts, rule, findings, |purpose| match purpose {
        Purpose::Tls(what) => Some(
            Phrase::new()
                .plain("the record of ")
                .code(*what)
                .plain(" is gone: who cached a policy goes by it until it runs out, then by none"),
        ),
        _ => None,
    });
}

/// Tells of what is gone, if `say` knows what to say of its purpose.
fn tell(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
    say: impl Fn(&Purpose) -> Option<Phrase>,
) {
    findings.extend(facts.gone.iter().filter_map(|Gone { purpose, location }| {
        Some(Finding::new(rule, location.clone(), say(purpose)?))
    }));
}
