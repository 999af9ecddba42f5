//! What a domain is for, and whether its records say so.

use super::policy::{self, Requested};
use super::{Breach, Clause, Contract, Expectation, Outcome, Written};
use crate::dns::Kind;
use crate::net::Name;
use crate::posture::Role;
use crate::protocols::dmarc::Policy;
use crate::protocols::spf::SpfResult;
use crate::report::{Domain, SpfDetails, Status};
use crate::text::{Phrase, grouped};

pub(super) fn expectations(contract: &Contract, domain: &Domain) -> Vec<Expectation> {
    let role = contract.role.as_ref().map(|role| {
        let words = match role.value {
            Role::Sending => "somebody may send",
            Role::ReceivingOnly => "it takes mail, and nobody may send",
            Role::Parked => "nobody may send, it takes no mail, and forgeries are refused",
        };
        let words = Phrase::new().code(role.value.word()).plain(": ").plain(words);
        Expectation::new(Clause::Role, role, words, evaluated(role, domain))
    });
    role.into_iter().collect()
}

/// What one protocol says of a role.
enum Conforms {
    /// It agrees.
    Yes,
    /// It says something else.
    No(Phrase),
    Unknown,
    NotAsked,
}

fn evaluated(role: &Written<Role>, domain: &Domain) -> Outcome {
    let name = || domain.domain.clone();
    let all: Vec<(Name, Kind, Conforms)> = match role.value {
        Role::Sending => vec![(name(), Kind::Txt, sends(domain))],
        Role::ReceivingOnly => {
            vec![(name(), Kind::Txt, sends_nothing(domain)), (name(), Kind::Mx, takes_mail(domain))]
        }
        Role::Parked => vec![
            (name(), Kind::Txt, sends_nothing(domain)),
            (name(), Kind::Mx, takes_nothing(domain)),
            (policy::owner(&domain.domain), Kind::Txt, refuses_forgeries(domain)),
        ],
    };
    let (mut breaches, mut unknown, mut asked) = (Vec::new(), false, false);
    for (owner, kind, said) in all {
        match said {
            Conforms::Yes => asked = true,
            Conforms::No(said) => breaches.push(Breach { location: role.about(owner, kind), said }),
            Conforms::Unknown => unknown = true,
            Conforms::NotAsked => {}
        }
    }
    match (breaches.is_empty(), unknown, asked) {
        (false, ..) => Outcome::Unmet(breaches),
        (true, true, _) => Outcome::Unknown,
        (true, false, true) => Outcome::Met,
        (true, false, false) => Outcome::NotAsked,
    }
}

/// True if at least one address passes, or some do that depend on who sends.
fn lets_somebody_pass(spf: &SpfDetails) -> bool {
    spf.ipv4_addresses > 0 || !spf.ipv6.is_empty() || !spf.sender_dependent.is_empty()
}

fn sends(domain: &Domain) -> Conforms {
    match domain.spf.status {
        Status::Skipped => Conforms::NotAsked,
        _ if lets_somebody_pass(&domain.spf.details) => Conforms::Yes,
        Status::Unknown => Conforms::Unknown,
        status => {
            let said = Phrase::new().bad("nobody may send").plain(" for ").name(&domain.domain);
            Conforms::No(said.plain(match status {
                Status::Absent => ": it publishes no SPF record",
                Status::Broken => ": its SPF record is broken",
                _ => ": its SPF record lets no address pass",
            }))
        }
    }
}

fn sends_nothing(domain: &Domain) -> Conforms {
    let details = &domain.spf.details;
    let said = Phrase::new();
    match domain.spf.status {
        Status::Skipped | Status::NotRecorded => Conforms::NotAsked,
        _ if details.ipv4_addresses > 0 => {
            let count = grouped(u128::from(details.ipv4_addresses));
            Conforms::No(said.plain("SPF lets ").bad(count).plain(" IPv4 addresses send"))
        }
        _ if lets_somebody_pass(details) => {
            Conforms::No(said.plain("SPF lets ").bad("somebody").plain(" send"))
        }
        Status::Unknown => Conforms::Unknown,
        Status::Absent => Conforms::No(
            said.bad("no SPF record").plain(" says that nobody sends: ").code("v=spf1 -all"),
        ),
        Status::Good | Status::Weak if details.default == Some(SpfResult::Fail) => Conforms::Yes,
        Status::Broken => Conforms::No(
            said.plain("the SPF record is ").bad("broken").plain(" and refuses nobody"),
        ),
        Status::Good | Status::Weak => {
            let result = details.default.unwrap_or(SpfResult::Neutral);
            let said =
                said.plain("SPF gives strangers ").bad(result.word()).plain(", not ").code("fail");
            Conforms::No(said.plain(": ").code("v=spf1 -all").plain(" would"))
        }
    }
}

fn takes_nothing(domain: &Domain) -> Conforms {
    let mx = &domain.mx.details;
    match domain.mx.status {
        Status::Skipped => Conforms::NotAsked,
        Status::Unknown => Conforms::Unknown,
        _ if mx.null_mx && mx.hosts.is_empty() => Conforms::Yes,
        _ if mx.hosts.is_empty() => Conforms::No(
            Phrase::new().bad("no null MX").plain(" says that it takes no mail: ").code("MX 0 ."),
        ),
        _ => Conforms::No(Phrase::new().plain("it names ").bad("hosts that take mail")),
    }
}

fn takes_mail(domain: &Domain) -> Conforms {
    match domain.mx.status {
        Status::Skipped => Conforms::NotAsked,
        Status::Unknown => Conforms::Unknown,
        _ if domain.mx.details.null_mx => {
            Conforms::No(Phrase::new().plain("a null MX says that it takes ").bad("no mail"))
        }
        Status::Absent => Conforms::No(
            Phrase::new().plain("it names no host that takes mail and has ").bad("no address"),
        ),
        Status::Broken => Conforms::No(
            Phrase::new().bad("no host").plain(" that its MX records name can take mail"),
        ),
        _ => Conforms::Yes,
    }
}

fn refuses_forgeries(domain: &Domain) -> Conforms {
    match policy::asked(domain) {
        Requested::NotLookedAt => Conforms::NotAsked,
        Requested::Unknown => Conforms::Unknown,
        Requested::Policy(Policy::Reject) => Conforms::Yes,
        asked => {
            Conforms::No(asked.words().plain(" where ").code("p=reject").plain(" costs nothing"))
        }
    }
}
