//! Rules about the policy that is in force, and where.

use super::super::discover::{Discovery, InForce, PolicyTag};
use super::super::examine::Facts;
use super::super::explain::tag;
use super::super::record::Policy;
use super::super::repair::repair;
use super::super::rfc7489::{Difference, Side};
use super::super::visit::{Found, owner};
use super::record::{dangling, is_meant_as_record};
use super::{of_domain, of_record, own_record};
use crate::diagnostic::{Finding, Location, Rule};
use crate::net::Name;
use crate::protocols::dmarc::LABEL;
use crate::text::slip::explained;
use crate::text::{Phrase, Span};

pub(super) fn missing(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let visits = &facts.discovered.walk.visits;
    // Several records are a fault of their own, and so is an alias that dangles; the remedy is
    // another one.
    if facts.discovered.discovery != Discovery::NotPublished
        || visits.iter().any(|visit| matches!(visit.found, Found::Several(_)))
        || dangling(facts).is_some()
    {
        return;
    }
    let domain = facts.domain();
    let mut message =
        Phrase::new().plain("no DMARC record for ").name(domain).plain(" or a parent domain");
    let strangers = visits.iter().filter_map(|it| Some((&it.domain, it.strangers.first()?)));
    let meant = strangers.clone().find(|(_, text)| is_meant_as_record(text));
    let alias = visits.first().and_then(|visit| visit.answer.as_ref());
    let alias = alias.and_then(|answer| Some((&answer.question.name, answer.aliases.last()?)));
    let mut advice = None;
    if let (Some((name, target)), None) = (alias, meant) {
        message = Phrase::new()
            .name(name)
            .plain(" is an alias of ")
            .name(target)
            .plain(", which has ")
            .bad("no DMARC record")
            .plain("; receivers find no policy");
        advice = Some(Phrase::from(
            "point the alias to the name that your DMARC service shows, or replace it with a TXT \
             record of your own",
        ));
    } else if let Some((domain, text)) = meant
        && let Some(at) = owner(domain)
    {
        let slips = repair(text).map(|repair| repair.slips).unwrap_or_default();
        let place = Phrase::new().name(&at).plain(" has a TXT record that is ");
        let place = place.bad("not a DMARC record").plain(": ");
        let words = Phrase::from("it does not begin with ").code("v=DMARC1");
        message = explained(place, words, "; receivers find no policy", &slips);
        message = message.plain("; the record: ").code(text);
    } else if let Some((_, text)) = strangers.clone().next() {
        message = message
            .plain("; this TXT record does not begin with ")
            .code("v=DMARC1")
            .plain(": ")
            .code(text);
        if target_as_text(text).is_some() {
            message = message.plain("; it is a name, which belongs in a CNAME record");
        }
    }
    for answer in &facts.misplaced {
        let message_at = message.plain("; found a DMARC record at ").name(&answer.question.name);
        message = message_at.plain(", where no receiver looks");
    }
    findings.push(Finding { advice, ..Finding::new(rule, of_domain(domain), message) });
}

/// The target of an alias that was published as text.
pub(crate) fn target_as_text(text: &[u8]) -> Option<Name> {
    let name = Name::from_octets(text.trim_ascii()).ok()?;
    let is_policy = |label: &[u8]| label.eq_ignore_ascii_case(LABEL.as_bytes());
    (name.label_count() > 2 && name.labels().any(is_policy)).then_some(name)
}

pub(super) fn policy_none(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(in_force) = facts.discovered.in_force() else { return };
    if in_force.policy != Policy::None || in_force.tag == PolicyTag::Implied {
        return;
    }
    let span = in_force.span();
    let message = tag(in_force.tag, in_force.policy)
        .plain(" does not stop spoofing of ")
        .name(facts.domain());
    findings.push(Finding::new(rule, place(in_force, span), message));
}

pub(super) fn testing(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(in_force) = facts.discovered.in_force().filter(|it| it.is_lowered()) else { return };
    let message = Phrase::new()
        .code("t=y")
        .plain(" lowers ")
        .then(tag(in_force.tag, in_force.policy))
        .plain(" to ")
        .weak(in_force.requested.word())
        .plain(" for mail from ")
        .name(facts.domain())
        .plain("; RFC 7489 receivers do not know the tag and apply ")
        .with(super::super::role(in_force.policy), in_force.policy.word());
    let span = in_force.published.record().t.as_ref().map(|t| t.span);
    findings.push(Finding::new(rule, place(in_force, span), message));
}

pub(super) fn subdomain_weaker(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(in_force) = facts.discovered.in_force() else { return };
    let record = in_force.published.record();
    for (weaker, policy) in facts.weaker_for_subdomains() {
        let whom = match weaker {
            PolicyTag::Np => "names that do not exist",
            _ if record.np.is_none() => "every name",
            _ => "names that exist",
        };
        let message = tag(weaker, policy)
            .plain(" is weaker than ")
            .then(tag(in_force.tag, in_force.policy))
            .plain(match policy {
                Policy::Quarantine => format!(": mail that spoofs {whom} below "),
                _ => format!(": {whom} below "),
            })
            .name(facts.domain())
            .plain(match policy {
                Policy::Quarantine => " is quarantined, not rejected",
                _ => " can be spoofed although the domain itself cannot",
            });
        findings.push(Finding::new(rule, place(in_force, weaker.span(record)), message));
    }
}

pub(super) fn subdomain_tag_ignored(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    let Some(published) = own_record(facts) else { return };
    let Some(organization) = facts.discovered.organization_of_record() else { return };
    if published.domain == *organization {
        return;
    }
    let record = published.record();
    for (name, policy) in [("sp", &record.sp), ("np", &record.np)] {
        let Some(policy) = policy else { continue };
        let value = String::from_utf8_lossy(record.show(policy.span)).into_owned();
        let message = Phrase::new()
            .code(format!("{name}={value}"))
            .plain(" has no effect at ")
            .name(&published.domain)
            .plain("; the Organizational Domain is ")
            .name(organization);
        findings.push(Finding::new(rule, of_record(published).at(policy.span), message));
    }
}

pub(super) fn receivers_disagree(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(difference) = facts.difference.as_ref().filter(|it| !is_by_test(facts, it)) else {
        return;
    };
    let message = Phrase::new()
        .plain("RFC 9989 receivers ")
        .then(what_they_do(&difference.new, &difference.old))
        .plain(", while RFC 7489 receivers ")
        .then(what_they_do(&difference.old, &difference.new));
    let location = match facts.discovered.governing() {
        Some(published) => of_record(published),
        None => of_domain(facts.domain()),
    };
    findings.push(Finding::new(rule, location, message));
}

/// True if receivers differ in nothing but the step by which `t=y` lowers the policy: that has
/// a rule of its own.
fn is_by_test(facts: &Facts, difference: &Difference) -> bool {
    let Some(in_force) = facts.discovered.in_force().filter(|it| it.is_lowered()) else {
        return false;
    };
    let untested = Side { policy: Some(in_force.policy), ..difference.new.clone() };
    untested == difference.old
}

/// What receivers of one kind do; the Organizational Domain where the other kind has another one.
fn what_they_do(side: &Side, other: &Side) -> Phrase {
    let Some(policy) = side.policy else { return Phrase::new().bad("apply no policy") };
    let phrase = match side.organization == other.organization {
        true => Phrase::new(),
        false => Phrase::from("take ")
            .name(&side.organization)
            .plain(" as the Organizational Domain and "),
    };
    let phrase = phrase.plain("apply ").with(super::super::role(policy), policy.word());
    match side.percent < 100 {
        true => phrase.plain(" to ").number(side.percent).plain("% of failing mail"),
        false => phrase,
    }
}

pub(super) fn single_label_organization(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    let domain = facts.domain();
    let Some(organization) = &facts.discovered.organization else { return };
    if organization.domain.label_count() != 1 || domain.label_count() <= 1 {
        return;
    }
    let message = Phrase::new()
        .plain("the Organizational Domain of ")
        .name(domain)
        .plain(" is ")
        .name(&organization.domain)
        .plain(": every domain below ")
        .name(&organization.domain)
        .bad(" aligns with it");
    findings.push(Finding::new(rule, of_domain(domain), message));
}

fn place(in_force: &InForce, span: Option<Span>) -> Location {
    let location = of_record(&in_force.published);
    match span {
        Some(span) => location.at(span),
        None => location,
    }
}
