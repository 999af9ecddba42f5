//! Rules about providers: those that keep mailboxes, and those that send for many at once.

use crate::diagnostic::{Finding, Rule};
use crate::posture::{Facts, Requests, Role};
use crate::protocols::dmarc::Policy;
use crate::text::Phrase;

pub(super) fn mailboxes(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if !facts.may_be(Role::Sending) {
        return;
    }
    for mailboxes in &facts.unauthorized_mailboxes {
        let said = Phrase::new()
            .plain("MX points to ")
            .plain(mailboxes.title)
            .plain(" (")
            .name(&mailboxes.host)
            .plain("), but SPF does not authorize it; ")
            .code(format!("include:{}", mailboxes.policy))
            .plain(" is missing");
        findings.push(Finding::new(rule, mailboxes.location.clone(), said));
    }
}

pub(super) fn shared(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Requests::Policy(policy @ (Policy::Quarantine | Policy::Reject)) = facts.requests else {
        return;
    };
    // All of them are one fact: who else may pass.
    let Some(first) = facts.platforms.first() else { return };
    let titles = facts.platforms.iter().map(|platform| platform.title.into());
    let said = Phrase::from("every customer of ")
        .then(Phrase::listed(titles, usize::MAX, " or "))
        .plain(" can send from addresses that pass SPF and DMARC as ")
        .name(&facts.domain)
        .plain(" (")
        .code(format!("p={}", policy.word()))
        .plain(")");
    findings.push(Finding::new(rule, first.location.clone(), said));
}
