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
            Role::Sending => "at least one authorized sender",
            Role::ReceivingOnly => "accepts mail, no authorized senders",
            Role::Parked => "v=spf1 -all, null MX and DMARC p=reject",
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
            let said =
                Phrase::new().bad("no authorized senders").plain(" for ").name(&domain.domain);
            Conforms::No(said.plain(match status {
                Status::Absent => ": no SPF record",
                Status::Broken => ": its SPF record is invalid",
                _ => ": its SPF record authorizes no address",
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
            Conforms::No(said.plain("SPF authorizes ").bad(count).plain(" IPv4 addresses"))
        }
        _ if lets_somebody_pass(details) => {
            Conforms::No(said.plain("SPF authorizes ").bad("senders"))
        }
        Status::Unknown => Conforms::Unknown,
        Status::Absent => {
            Conforms::No(said.bad("no SPF record").plain("; publish ").code("v=spf1 -all"))
        }
        Status::Good | Status::Weak | Status::Partial
            if details.default == Some(SpfResult::Fail) =>
        {
            Conforms::Yes
        }
        Status::Broken => {
            Conforms::No(said.plain("SPF record is ").bad("invalid").plain(" and stops no mail"))
        }
        Status::Good | Status::Weak | Status::Partial => {
            let result = details.default.unwrap_or(SpfResult::Neutral);
            let said = said
                .plain("SPF gives unlisted senders ")
                .bad(result.word())
                .plain(", not ")
                .code("fail");
            Conforms::No(said.plain("; publish ").code("v=spf1 -all"))
        }
    }
}

fn takes_nothing(domain: &Domain) -> Conforms {
    let mx = &domain.mx.details;
    match domain.mx.status {
        Status::Skipped => Conforms::NotAsked,
        Status::Unknown => Conforms::Unknown,
        _ if mx.null_mx && mx.hosts.is_empty() => Conforms::Yes,
        _ if mx.hosts.is_empty() => {
            Conforms::No(Phrase::new().bad("no null MX").plain("; publish ").code("MX 0 ."))
        }
        _ => Conforms::No(Phrase::new().bad("MX hosts").plain(" instead of a null MX")),
    }
}

fn takes_mail(domain: &Domain) -> Conforms {
    match domain.mx.status {
        Status::Skipped => Conforms::NotAsked,
        Status::Unknown => Conforms::Unknown,
        _ if domain.mx.details.null_mx => {
            Conforms::No(Phrase::new().bad("null MX").plain(" refuses all mail"))
        }
        Status::Absent => Conforms::No(Phrase::new().bad("no MX record").plain(" and no address")),
        Status::Broken => Conforms::No(Phrase::new().bad("no MX host").plain(" is reachable")),
        _ => Conforms::Yes,
    }
}

fn refuses_forgeries(domain: &Domain) -> Conforms {
    match policy::asked(domain) {
        Requested::NotLookedAt => Conforms::NotAsked,
        Requested::Unknown => Conforms::Unknown,
        Requested::Policy(Policy::Reject) => Conforms::Yes,
        asked => Conforms::No(asked.words().plain("; publish ").code("p=reject")),
    }
}
