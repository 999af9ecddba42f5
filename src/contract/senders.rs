//! Who must be able to send, and who must not.

use super::{Clause, Contract, Expectation, Outcome, Written};
use crate::dns::Kind;
use crate::report::{Authorization, Authorized, Declaration, Domain, SenderKind, Status};
use crate::text::{Phrase, escape};

pub(super) fn expectations(contract: &Contract, domain: &Domain) -> Vec<Expectation> {
    let senders = contract.senders.iter().map(|sender| {
        let words = Phrase::new().addr(&sender.value).plain(" must be authorized");
        let outcome = evaluated(domain, Declaration::Sender, sender, of_sender);
        Expectation::new(Clause::Sender, sender, words, outcome)
    });
    let others = contract.never_senders.iter().map(|sender| {
        let words = Phrase::new().addr(&sender.value).plain(" must not be authorized");
        let outcome = evaluated(domain, Declaration::NeverSender, sender, of_never_sender);
        Expectation::new(Clause::NeverSender, sender, words, outcome)
    });
    senders.chain(others).collect()
}

/// What the report says of a sender, weighed.
fn evaluated(
    domain: &Domain,
    declared: Declaration,
    sender: &Written<String>,
    evaluate: impl Fn(&Authorization) -> SenderOutcome,
) -> Outcome {
    let text = escape(sender.value.as_bytes());
    let mut tested = domain.authorizations.iter();
    match tested.find(|one| one.declared == Some(declared) && one.sender == text) {
        None if domain.spf.status == Status::Skipped => Outcome::NotAsked,
        None => Outcome::Unknown,
        Some(one) => match evaluate(one) {
            SenderOutcome::Met => Outcome::Met,
            SenderOutcome::Unknown => Outcome::Unknown,
            SenderOutcome::Unmet(said) => {
                Outcome::unmet(sender.about(domain.domain.clone(), Kind::Txt), said)
            }
        },
    }
}

enum SenderOutcome {
    Met,
    Unmet(Phrase),
    Unknown,
}

fn of_sender(one: &Authorization) -> SenderOutcome {
    // What is known here of a provider grows old: that its policy is gone says nothing of the domain.
    let is_stale = one.kind == SenderKind::Provider && one.uncovered.is_empty();
    match one.authorized {
        Authorized::Yes => SenderOutcome::Met,
        Authorized::Unknown => SenderOutcome::Unknown,
        Authorized::No | Authorized::Partial if is_stale => SenderOutcome::Unknown,
        Authorized::No | Authorized::Partial | Authorized::NotApplicable => {
            SenderOutcome::Unmet(Phrase::from("declared sender: ").then(one.headline.clone()))
        }
    }
}

fn of_never_sender(one: &Authorization) -> SenderOutcome {
    match one.authorized {
        Authorized::No | Authorized::NotApplicable => SenderOutcome::Met,
        Authorized::Yes | Authorized::Partial if !one.covered.is_empty() => {
            SenderOutcome::Unmet(Phrase::from("forbidden sender: ").then(one.headline.clone()))
        }
        _ => SenderOutcome::Unknown,
    }
}
