//! Rules about mail that did not arrive, by what has to change. A refusal without a reason meets none
//! of them, and neither does a notification that is no bounce.
//!
//! `rules` is the table, and a page stands beside it for each row.

pub(crate) mod rules;

pub(crate) use rules::CHECKS;

use super::check::CHECKED;
use crate::diagnostic::{Check, Finding, Location, Rule};
use crate::dns::Kind;
use crate::mail::bounce::Class;
use crate::net::Name;
use crate::report::bounce::{Bounce, Recipient};
use crate::report::{Fault, FaultKind, Party};
use crate::text::Phrase;

/// What the rules find.
pub(super) fn check(bounce: &Bounce) -> Vec<Finding> {
    Check::all(CHECKS, bounce)
}

/// True if the mail was refused for want of proof.
fn is_of_proof(class: Class) -> bool {
    matches!(class, Class::Spf | Class::Dkim | Class::Dmarc)
}

/// The domain of an address.
fn domain_of(address: Option<&String>) -> Option<&str> {
    Some(address?.rsplit_once('@')?.1)
}

fn name(text: &str) -> Option<Name> {
    Name::from_octets(text.as_bytes()).ok()
}

/// The records of the sender.
fn sender(bounce: &Bounce) -> Location {
    let names = [
        bounce.checked_domain.as_deref(),
        bounce.from_domain.as_deref(),
        domain_of(bounce.sender.as_ref()),
    ];
    let found = names.into_iter().flatten().find_map(name);
    Location::set(found.unwrap_or_else(Name::root), Kind::Txt)
}

/// The servers of the recipient.
fn server(recipient: &Recipient) -> Location {
    let found = domain_of(recipient.recipient.as_ref()).and_then(name);
    Location::set(found.unwrap_or_else(Name::root), Kind::Mx)
}

/// True if the check that failed passes now.
fn passes_now(bounce: &Bounce, recipient: &Recipient) -> bool {
    CHECKED.contains(&recipient.class)
        && bounce.now.as_ref().is_some_and(|now| now.passes == Some(true))
}

/// A finding for each recipient whose gravest fault is one of those.
fn each(
    bounce: &Bounce,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
    is_meant: impl Fn(&Recipient, &Fault) -> bool,
) {
    let failed = bounce.recipients.iter().filter(|it| !it.class.is_no_bounce());
    for (recipient, fault) in failed.filter_map(|it| Some((it, it.faults.first()?))) {
        if !is_meant(recipient, fault) {
            continue;
        }
        let place = match fault.party {
            Party::Recipient => server(recipient),
            _ => sender(bounce),
        };
        let to = recipient.recipient.as_deref().unwrap_or("the recipient");
        let said = Phrase::new().addr(to).plain(": ").then(fault.reason.clone());
        let advice = Some(fault.action.clone()).filter(|action| !action.is_empty());
        findings.push(Finding { advice, ..Finding::new(rule, place, said) });
    }
}

/// SPF, DKIM or DMARC failed, and nothing shows that it passes now.
fn not_authenticated(bounce: &Bounce, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each(bounce, rule, findings, |recipient, fault| {
        let is_other = matches!(fault.party, Party::Forwarder | Party::Recipient);
        is_of_proof(recipient.class) && !is_other && !passes_now(bounce, recipient)
    });
}

/// What failed passes now.
fn passes_again(bounce: &Bounce, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each(bounce, rule, findings, |recipient, fault| {
        let is_other = matches!(fault.party, Party::Forwarder | Party::Recipient);
        !is_other && passes_now(bounce, recipient)
    });
}

/// The sending host, or the domain of MAIL FROM.
fn sending_host(bounce: &Bounce, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each(bounce, rule, findings, |recipient, fault| {
        let is_host = matches!(fault.kind, FaultKind::SenderServer | FaultKind::SenderDns);
        is_host
            && fault.party == Party::You
            && !is_of_proof(recipient.class)
            && !passes_now(bounce, recipient)
    });
}

/// The sending address, or how much it sends.
fn reputation(bounce: &Bounce, rule: &'static Rule, findings: &mut Vec<Finding>) {
    of_kind(bounce, rule, findings, &[FaultKind::SenderIp, FaultKind::SenderVolume]);
}

/// What the message holds.
fn content(bounce: &Bounce, rule: &'static Rule, findings: &mut Vec<Finding>) {
    of_kind(bounce, rule, findings, &[FaultKind::SenderContent]);
}

/// The account at the provider.
fn account(bounce: &Bounce, rule: &'static Rule, findings: &mut Vec<Finding>) {
    of_kind(bounce, rule, findings, &[FaultKind::SenderProviderAccount]);
}

/// The address of the recipient.
fn dead_address(bounce: &Bounce, rule: &'static Rule, findings: &mut Vec<Finding>) {
    of_kind(bounce, rule, findings, &[FaultKind::RecipientAddress, FaultKind::SenderList]);
}

/// Everything else that only the recipient can change.
fn recipient_side(bounce: &Bounce, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each(bounce, rule, findings, |_, fault| {
        fault.party == Party::Recipient && fault.kind != FaultKind::RecipientAddress
    });
}

/// Somebody passed the message on.
fn forwarded(bounce: &Bounce, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each(bounce, rule, findings, |_, fault| fault.party == Party::Forwarder);
}

fn of_kind(bounce: &Bounce, rule: &'static Rule, findings: &mut Vec<Finding>, kinds: &[FaultKind]) {
    each(bounce, rule, findings, |_, fault| kinds.contains(&fault.kind));
}
