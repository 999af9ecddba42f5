//! Who must be able to send, and who must not.

use super::{Clause, Contract, Expectation, Outcome, Written};
use crate::dns::Kind;
use crate::report::{Authorization, Authorized, Declaration, Domain, SenderKind, Status};
use crate::text::{Phrase, escape};

pub(super) fn expectations(contract: &Contract, domain: &Domain) -> Vec<Expectation> {
    let senders = contract.senders.iter().map(|sender| {
        let words = Phrase::new().addr(&sender.value).plain(" may send");
        let outcome = weighed(domain, Declaration::Sender, sender, of_sender);
        Expectation::new(Clause::Sender, sender, words, outcome)
    });
    let others = contract.never_senders.iter().map(|sender| {
        let words = Phrase::new().addr(&sender.value).plain(" may not send");
        let outcome = weighed(domain, Declaration::NeverSender, sender, of_never_sender);
        Expectation::new(Clause::NeverSender, sender, words, outcome)
    });
    senders.chain(others).collect()
}

/// What the report says of a sender, weighed.
fn weighed(
    domain: &Domain,
    declared: Declaration,
    sender: &Written<String>,
    weigh: impl Fn(&Authorization) -> Weighed,
) -> Outcome {
    let text = escape(sender.value.as_bytes());
    let mut tested = domain.authorizations.iter();
    match tested.find(|one| one.declared == Some(declared) && one.sender == text) {
        None if domain.spf.status == Status::Skipped => Outcome::NotAsked,
        None => Outcome::Unknown,
        Some(one) => match weigh(one) {
            Weighed::Met => Outcome::Met,
            Weighed::Unknown => Outcome::Unknown,
            Weighed::Unmet(said) => {
                Outcome::unmet(sender.about(domain.domain.clone(), Kind::Txt), said)
            }
        },
    }
}

enum Weighed {
    Met,
    Unmet(Phrase),
    Unknown,
}

fn of_sender(one: &Authorization) -> Weighed {
    // What is known here of a provider grows old: that its policy is gone says nothing of the domain.
    let is_stale = one.kind == SenderKind::Provider && one.uncovered.is_empty();
    match one.authorized {
        Authorized::Yes => Weighed::Met,
        Authorized::Unknown => Weighed::Unknown,
        Authorized::No | Authorized::Partial if is_stale => Weighed::Unknown,
        Authorized::No | Authorized::Partial | Authorized::NotApplicable => {
            Weighed::Unmet(Phrase::from("declared as a sender, yet ").then(one.headline.clone()))
        }
    }
}

fn of_never_sender(one: &Authorization) -> Weighed {
    match one.authorized {
        Authorized::No | Authorized::NotApplicable => Weighed::Met,
        Authorized::Yes | Authorized::Partial if !one.covered.is_empty() => Weighed::Unmet(
            Phrase::from("declared as one that never sends, yet ").then(one.headline.clone()),
        ),
        _ => Weighed::Unknown,
    }
}
