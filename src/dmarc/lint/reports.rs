//! Rules about where reports go.

use super::super::examine::Facts;
use super::super::explain::refusal;
use super::super::record::Usable;
use super::super::report_uri::Authorization;
use super::{of_record, own_record};
use crate::judge::{Finding, Rule, Severity};
use crate::text::{Phrase, rfc};

pub(super) static NO_REPORTS: Rule = Rule {
    id: "dmarc/no-reports",
    severity: Severity::Note,
    summary: "the record asks for no aggregate reports",
    why: "Reports are the only way to learn who sends in the name of the domain, and whether the \
          own mail passes before the policy is tightened.",
    cite: rfc(9989, "5.1.3"),
};

pub(super) static EXTERNAL_REPORT_UNAUTHORIZED: Rule = Rule {
    id: "dmarc/external-report-unauthorized",
    severity: Severity::Warn,
    summary: "reports go to a host that does not say that it wants them",
    why: "Reporters ask a host outside the organization first, and send nothing without its \
          consent.",
    cite: rfc(9990, "4"),
};

pub(super) fn no_reports(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    let record = published.record();
    // A record that cannot be used for want of a report address has a finding of its own.
    if !record.rua.is_empty() || record.usable() == Usable::Skip {
        return;
    }
    let message = Phrase::new()
        .plain("no valid ")
        .code("rua")
        .plain(": nobody reports who sends in the name of ")
        .name(&published.domain);
    findings.push(Finding::new(rule, of_record(published), message));
}

pub(super) fn external_report_unauthorized(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    let Some(published) = own_record(facts) else { return };
    for destination in &facts.destinations {
        let Authorization::Refused(why) = &destination.authorization else { continue };
        let message = Phrase::new()
            .plain("reports are ")
            .bad("not sent")
            .plain(" to ")
            .code(&destination.uri.text)
            .plain(": ")
            .then(refusal(why));
        let location = of_record(published).at(destination.uri.span);
        findings.push(Finding::new(rule, location, message));
    }
}
