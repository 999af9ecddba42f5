//! Rules about where reports go.

use super::super::examine::Facts;
use super::super::explain::refusal;
use super::super::record::Usable;
use super::super::report_uri::Authorization;
use super::{of_record, own_record};
use crate::judge::{Finding, Rule};
use crate::text::Phrase;

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

pub(super) fn fo_without_ruf(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    let record = published.record();
    let Some(fo) = record.fo.as_ref().filter(|_| record.ruf.is_empty()) else { return };
    let message = Phrase::new()
        .code("fo")
        .plain(" says when failure reports are wanted, but there is no valid ")
        .code("ruf")
        .plain(" to send them to");
    findings.push(Finding::new(rule, of_record(published).at(fo.span), message));
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
