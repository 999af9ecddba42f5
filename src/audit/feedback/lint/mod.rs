//! Rules about what others report of a domain's mail. A source of which it is undetermined whether SPF
//! passes today meets none of them.
//!
//! `rules` is the table, and a page stands beside it for each row.

pub(crate) mod rules;

pub(crate) use rules::CHECKS;

use super::replay::attribute;
use crate::diagnostic::{Check, Finding, Location, Rule};
use crate::dns::Kind;
use crate::mail::feedback::Flaw;
use crate::net::Name;
use crate::report::FaultKind;
use crate::report::feedback::{Feedback, Reported, Sending};
use crate::text::{Phrase, grouped};

/// What the rules find.
pub(super) fn check(feedback: &Feedback) -> Vec<Finding> {
    Check::all(CHECKS, feedback)
}

/// The records of a domain.
fn place(domain: Option<&str>) -> Location {
    let name = domain.and_then(|it| Name::from_octets(it.as_bytes()).ok());
    Location::set(name.unwrap_or_else(Name::root), Kind::Txt)
}

/// What failed of a source, in words.
pub(super) fn failed(sending: &Sending) -> Phrase {
    let messages = if sending.fail == 1 { " message from " } else { " messages from " };
    Phrase::new()
        .number(sending.fail)
        .plain(messages)
        .name(&sending.name)
        .plain(" with From: ")
        .name(&sending.domain)
        .plain(" failed DMARC")
}

/// A finding for each source that fails for this reason.
fn of_kind(
    feedback: &Feedback,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
    wanted: FaultKind,
) {
    for sending in feedback.sources.iter().filter(|sending| sending.fail > 0) {
        if attribute(sending).is_some_and(|(_, _, kind, _)| kind == wanted) {
            let advice = Some(sending.advice.clone()).filter(|advice| !advice.is_empty());
            let place = place(Some(&sending.domain));
            findings.push(Finding { advice, ..Finding::new(rule, place, failed(sending)) });
        }
    }
}

/// Services and servers that prove who they are, and not that they send for the domain.
fn own_mail_fails(feedback: &Feedback, rule: &'static Rule, findings: &mut Vec<Finding>) {
    of_kind(feedback, rule, findings, FaultKind::NotAligned);
}

/// Mail that forwarders passed on.
fn forwarded_mail_fails(feedback: &Feedback, rule: &'static Rule, findings: &mut Vec<Finding>) {
    of_kind(feedback, rule, findings, FaultKind::Forwarder);
}

/// Sources that prove nothing, and that SPF does not authorize today.
fn unlisted_source(feedback: &Feedback, rule: &'static Rule, findings: &mut Vec<Finding>) {
    of_kind(feedback, rule, findings, FaultKind::UnlistedSender);
}

/// What the policy that reporters saw lets through.
fn spoofing_allowed(feedback: &Feedback, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let is_open = |policy: &Option<String>| policy.as_deref() == Some("none");
    for row in feedback.reject.iter().filter(|row| is_open(&row.policy) && row.spoofed > 0) {
        let messages = if row.spoofed == 1 { " message" } else { " messages" };
        let said = Phrase::new()
            .name(&row.domain)
            .plain(" publishes p=none: ")
            .number(grouped(row.spoofed.into()))
            .plain(format!("{messages} came as this domain and passed neither SPF nor DKIM"));
        findings.push(Finding::new(rule, place(Some(&format!("_dmarc.{}", row.domain))), said));
    }
}

/// Sessions that were not secured.
fn tls_failures(feedback: &Feedback, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for report in &feedback.reports {
        let Reported::Tls(report) = report else { continue };
        let org = report.org.as_deref().unwrap_or("an unnamed reporter");
        for policy in report.policies.iter().filter(|policy| policy.failed > 0) {
            let all = policy.ok.saturating_add(policy.failed);
            let causes = policy.failures.iter();
            let causes =
                causes.map(|(kind, count)| Phrase::new().number(count).plain(format!(" {kind}")));
            let said = Phrase::new().name(org).plain(": ").number(policy.failed);
            let said = said.plain(format!(" of {} sessions failed", grouped(all.into())));
            let said = match policy.failures.is_empty() {
                true => said,
                false => said.plain(": ").then(Phrase::listed(causes, 4, " and ")),
            };
            findings.push(Finding::new(rule, place(policy.domain.as_deref()), said));
        }
    }
}

/// Fields that are not as the standard has them.
fn faulty_report(feedback: &Feedback, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let mut tell = |whose: &str, domain: Option<&str>, flaws: &[Flaw]| {
        let Some(first) = flaws.first() else { return };
        let said = Phrase::new().name(whose).plain(": ").code(&first.field);
        let said = match first.value.as_str() {
            "" => said,
            value => said.plain(" ").code(value),
        };
        let said = said.plain(": ").plain(&first.why);
        let said = match flaws.len() {
            1 => said,
            count => said.plain(format!(" (and {} more)", count - 1)),
        };
        findings.push(Finding::new(rule, place(domain), said));
    };
    for report in &feedback.reports {
        let (org, domain, flaws) = match report {
            Reported::Aggregate(it) => (&it.org, &it.domain, &it.warnings),
            Reported::Failure(it) => (&it.domain, &it.domain, &it.warnings),
            Reported::Tls(it) => (&it.org, &None, &it.warnings),
        };
        tell(org.as_deref().unwrap_or("an unnamed reporter"), domain.as_deref(), flaws);
    }
    for file in &feedback.files {
        tell(&file.file, None, &file.warnings);
    }
}
