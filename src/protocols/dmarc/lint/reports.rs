//! Rules about where reports go.

use super::super::examine::Facts;
use super::super::explain::refusal;
use super::super::record::{Record, Usable};
use super::super::report_uri::{Authorization, NoMail, ReportKind};
use super::super::uri::{ReportUri, Scheme};
use super::{of_record, own_record};
use crate::diagnostic::{Finding, Rule};
use crate::text::Phrase;

pub(super) fn no_reports(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    let record = published.record();
    // A record that cannot be used for want of a report address has a finding of its own.
    let is_reachable = |uri: &ReportUri| !uri.names_no_mailbox();
    if record.rua.iter().any(is_reachable) || record.usable() == Usable::Skip {
        return;
    }
    let message = Phrase::new()
        .plain("no valid ")
        .code("rua")
        .plain(" in the record of ")
        .name(&published.domain);
    findings.push(Finding::new(rule, of_record(published), message));
}

pub(super) fn fo_without_ruf(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    let record = published.record();
    let Some(fo) = record.fo.as_ref().filter(|_| record.ruf.is_empty()) else { return };
    let message = Phrase::new().code("fo").plain(" has no effect without a valid ").code("ruf");
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
            .plain("receivers ")
            .bad(match destination.kind {
                ReportKind::Aggregate => "send no reports",
                ReportKind::Failure => "send no failure reports",
            })
            .plain(" to ")
            .code(&destination.uri.text)
            .plain(": ")
            .then(refusal(why));
        let location = of_record(published).at(destination.uri.span);
        findings.push(Finding::new(rule, location, message));
    }
}

pub(super) fn undeliverable_reports(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    let Some(published) = own_record(facts) else { return };
    for uri in uris(published.record()).filter(|uri| uri.names_no_mailbox()) {
        let message = Phrase::new()
            .plain("no report reaches ")
            .code(&uri.text)
            .plain(": it ")
            .bad("names no mailbox")
            .plain(" (local-part@domain)");
        let mut finding = Finding::new(rule, of_record(published).at(uri.span), message);
        finding.advice = Some(Phrase::from("name a mailbox that you read"));
        findings.push(finding);
    }
    for destination in &facts.destinations {
        let (Some(host), Some(why)) = (&destination.uri.host, destination.undeliverable) else {
            continue;
        };
        let message = Phrase::new()
            .plain("no report reaches ")
            .code(&destination.uri.text)
            .plain(": ")
            .name(host)
            .bad(match why {
                NoMail::NoDomain => " does not exist",
                NoMail::NullMx => " accepts no mail (null MX)",
            });
        let mut finding =
            Finding::new(rule, of_record(published).at(destination.uri.span), message);
        let advice = Phrase::new().plain("publish an MX record for ").name(host);
        finding.advice = Some(advice.plain(", or name a mailbox that accepts mail"));
        findings.push(finding);
    }
}

/// How many addresses every receiver of RFC 7489 must be able to serve (§6.2).
const SERVED_BY_ALL: usize = 2;

/// Every address of a record, for either kind of report.
fn uris(record: &Record) -> impl Iterator<Item = &ReportUri> {
    record.rua.iter().chain(&record.ruf)
}

pub(super) fn report_scheme(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    for uri in uris(published.record()).filter(|uri| uri.scheme != Scheme::Mailto) {
        let message = Phrase::new()
            .code(&uri.text)
            .plain(" is not a ")
            .code("mailto:")
            .plain(" URI; receivers may ignore it");
        findings.push(Finding::new(rule, of_record(published).at(uri.span), message));
    }
}

pub(super) fn report_size_limit(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    let record = published.record();
    for size in uris(record).filter_map(|uri| uri.size) {
        let message = Phrase::new()
            .plain("the size limit ")
            .code(record.show(size))
            .plain(" is obsolete since RFC 9989");
        findings.push(Finding::new(rule, of_record(published).at(size), message));
    }
}

pub(super) fn many_reports(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(published) = own_record(facts) else { return };
    let rua = &published.record().rua;
    let Some(first_left_out) = rua.get(SERVED_BY_ALL) else { return };
    let message = Phrase::new()
        .code("rua")
        .plain(" has ")
        .number(rua.len())
        .plain(" addresses; RFC 7489 receivers need to support only ")
        .number(SERVED_BY_ALL);
    findings.push(Finding::new(rule, of_record(published).at(first_left_out.span), message));
}
