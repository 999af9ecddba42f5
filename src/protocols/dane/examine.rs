//! The MX hosts of a domain, and the TLSA records of each.

use super::event::Event;
use super::{LABELS, explain, lint};
use crate::diagnostic::{self, Finding, Standing, Step};
use crate::dns::{Answer, Dns, Failure, Kind, Outcome, addresses, ask, join_all};
use crate::net::{Association, Family, Name};
use crate::protocols::{Detail, Examined, Examining};
use crate::text::Phrase;
use crate::web::Web;
use std::sync::Arc;

/// How many hosts are looked at: senders try no more.
const MOST_HOSTS: usize = 10;
/// How many records are shown as data.
const MOST_RECORDS: usize = 20;

/// What was found out about a domain's DANE.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The answer to MX.
    pub mx: Arc<Answer>,
    /// Its hosts, most preferred first; the domain itself if it has addresses and no MX.
    pub hosts: Vec<Host>,
}

/// An MX host.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its name.
    pub name: Name,
    /// The answers to A and AAAA.
    pub addresses: Vec<Arc<Answer>>,
    /// The answer to TLSA.
    pub tlsa: Arc<Answer>,
    /// The records in it.
    pub records: Vec<Association>,
}

/// What the TLSA records of a host mean to a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There are none.
    Absent,
    /// The query failed.
    Failed,
    /// DNSSEC does not prove them, or the addresses of the host: senders ignore them.
    Insecure,
    /// None of them can be used: senders encrypt, and verify nothing (RFC 7672 §2.2).
    Unusable,
    /// At least one can be used.
    Usable,
}

/// Examines a domain.
pub fn examine<'a>(dns: &'a dyn Dns, _: &'a dyn Web, domain: &'a Name) -> Examining<'a> {
    Box::pin(async move { Box::new(facts(dns, domain).await) as Box<dyn Examined> })
}

/// Finds out all about a domain's DANE.
pub async fn facts(dns: &dyn Dns, domain: &Name) -> Facts {
    let mx = ask(dns, domain, Kind::Mx).await;
    let hosts = hosts(domain, &mx);
    let hosts = join_all(hosts.into_iter().map(|host| look_at(dns, host))).await;
    // Without MX the domain is its own host if it has an address (RFC 5321 §5.1).
    let is_host = |host: &Host| {
        !mx.records().is_empty() || host.addresses.iter().any(|it| !it.records().is_empty())
    };
    let hosts = hosts.into_iter().flatten().filter(is_host).collect();
    Facts { mx, hosts }
}

/// The hosts that receive, most preferred first, each once.
fn hosts(domain: &Name, mx: &Answer) -> Vec<Name> {
    let published = match &mx.outcome {
        Outcome::NoData => vec![(0, domain)],
        _ => mx.exchanges(),
    };
    let mut hosts: Vec<Name> = Vec::new();
    // The root is no host (RFC 7505 §3).
    for (_, host) in published.into_iter().filter(|(_, host)| !host.is_root()) {
        if hosts.len() < MOST_HOSTS && !hosts.contains(host) {
            hosts.push(host.clone());
        }
    }
    hosts
}

/// The TLSA records of a host; `None` if their name is too long to exist.
async fn look_at(dns: &dyn Dns, name: Name) -> Option<Host> {
    let owner = name.child(LABELS).ok()?;
    let families = Family::BOTH.iter().map(|family| addresses(dns, &name, *family));
    let (addresses, tlsa) = tokio::join!(join_all(families), ask(dns, &owner, Kind::Tlsa));
    let records = tlsa.associations();
    Some(Host { name, addresses, tlsa, records })
}

impl Host {
    /// What its records mean to a sender.
    pub fn state(&self) -> State {
        let is_insecure = |answer: &Answer| answer.authentic == Some(false);
        match &self.tlsa.outcome {
            Outcome::Failed(_) => State::Failed,
            Outcome::NoData | Outcome::NxDomain => State::Absent,
            // RFC 7672 §2.2.2: with addresses that are not secure, TLSA records are not used.
            Outcome::Records(_)
                if is_insecure(&self.tlsa)
                    || self
                        .addresses
                        .iter()
                        .any(|it| !it.records().is_empty() && is_insecure(it)) =>
            {
                State::Insecure
            }
            Outcome::Records(_) if self.records.iter().any(Association::is_usable) => State::Usable,
            Outcome::Records(_) => State::Unusable,
        }
    }

    /// True if the resolver vouches for the records.
    fn is_proved(&self) -> bool {
        self.tlsa.authentic == Some(true)
    }
}

impl Facts {
    /// The hosts in a state.
    pub fn hosts_that_are(&self, state: State) -> impl Iterator<Item = &Host> {
        self.hosts.iter().filter(move |host| host.state() == state)
    }

    /// True if some hosts have records that senders use, and others are proved to have none.
    pub fn is_mixed(&self) -> bool {
        let has = |state| self.hosts_that_are(state).next().is_some();
        has(State::Usable) && has(State::Absent)
    }

    /// True if DNSSEC does not prove the MX records, by the word of the resolver: then a sender cannot
    /// rely on the names of the hosts (RFC 7672 §2.2.1).
    pub fn is_mx_insecure(&self) -> bool {
        self.mx.authentic == Some(false)
    }
}

impl Examined for Facts {
    fn standing(&self) -> Standing {
        let has = |state| self.hosts_that_are(state).next().is_some();
        if self.mx.failure().is_some() {
            return Standing::Unknown;
        }
        if has(State::Failed) {
            return Standing::Partial;
        }
        if !has(State::Usable) {
            let is_published = has(State::Insecure) || has(State::Unusable);
            return if is_published { Standing::Weak } else { Standing::Absent };
        }
        let is_proved = self.mx.authentic == Some(true) && self.hosts.iter().all(Host::is_proved);
        match self.hosts.iter().all(|host| host.state() == State::Usable) {
            true if is_proved => Standing::Good,
            true if !self.is_mx_insecure() => Standing::Partial,
            _ => Standing::Weak,
        }
    }

    fn summary(&self) -> Phrase {
        explain::summary(self)
    }

    fn details(&self) -> Vec<(&'static str, Detail)> {
        let flag = |authentic: Option<bool>| authentic.map_or(Detail::None, Detail::Flag);
        let usable = self.hosts_that_are(State::Usable).map(|host| host.name.to_string());
        let records = self.hosts.iter().flat_map(|host| {
            let owner = host.tlsa.question.name.to_string();
            host.records.iter().map(move |record| format!("{owner} TLSA {record}"))
        });
        vec![
            ("hosts", Detail::Texts(usable.collect())),
            ("records", Detail::Texts(records.take(MOST_RECORDS).collect())),
            ("mx_authentic", flag(self.mx.authentic)),
        ]
    }

    fn findings(&self) -> Vec<Finding> {
        lint::check(self)
    }

    fn steps(&self) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        Event::trace(self)
    }

    fn failure(&self) -> Option<&Failure> {
        // A query for records that failed leaves the standing partial; a recording that was made before
        // the protocol was known says nothing of it.
        let tlsa = self.hosts.iter().filter_map(|host| host.tlsa.failure());
        self.mx.failure().or_else(|| tlsa.into_iter().find(|it| it.is_not_recorded()))
    }
}
