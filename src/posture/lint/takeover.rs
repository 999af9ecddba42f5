//! Rules about names that others may come to hold.

use crate::diagnostic::{Finding, Rule};
use crate::posture::{Facts, Gain};
use crate::text::Phrase;

pub(super) fn unregistered(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for one in &facts.unregistered {
        let said = Phrase::new()
            .then(one.what.clone())
            .plain(" depends on ")
            .name(&one.domain)
            .plain(", which does not exist; an attacker who registers it ")
            .bad(match one.gain {
                Gain::Send => "passes SPF as ",
                Gain::Sign => "can sign as ",
                Gain::Receive => "receives mail for ",
            })
            .name(&facts.domain);
        findings.push(Finding::new(rule, one.location.clone(), said));
    }
}
