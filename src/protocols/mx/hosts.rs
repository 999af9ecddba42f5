//! The MX set of a domain and the addresses behind it.

use super::event::Event;
use crate::diagnostic::{Standing, Step};
use crate::dns::{Answer, Data, Dns, Kind, Outcome, Place, addresses, ask, join_all};
use crate::net::{Family, Name, is_local};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// How many hosts are looked up; senders give up long before.
const HOST_LIMIT: usize = 50;

/// What was found out, and the steps that led there.
#[derive(Clone, Debug)]
pub struct Examined {
    /// What rules look at.
    pub facts: Facts,
    /// The steps.
    pub step: Step<Event>,
}

/// What was found out about who receives for a domain.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The domain.
    pub domain: Name,
    /// The answer to MX.
    pub answer: Arc<Answer>,
    /// What it means.
    pub found: Found,
}

/// Who receives.
#[derive(Clone, Debug)]
pub enum Found {
    /// The MX set, most preferred first; a null MX may stand in it, alone or wrongly with others.
    Exchangers(Vec<Exchanger>),
    /// No MX: the domain's own addresses, which may be none.
    Implicit(Addresses),
    /// The domain does not exist.
    NoDomain,
    /// It could not be told.
    Failed,
}

/// One MX record.
#[derive(Clone, Debug)]
pub struct Exchanger {
    /// Lower is tried first.
    pub preference: u16,
    /// The host, as published.
    pub host: Name,
    /// What it is.
    pub target: Target,
    /// Where in a file the record stands.
    pub place: Option<Place>,
}

/// What a host of an MX record is.
#[derive(Clone, Debug)]
pub enum Target {
    /// The root: the domain takes no mail (RFC 7505).
    Null,
    /// An address where a name belongs.
    Literal(IpAddr),
    /// A host.
    Host(Addresses),
    /// A host beyond those that are looked up.
    NotAsked,
}

/// The addresses of a host: the answers of both families.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// The answer to A.
    pub ipv4: Arc<Answer>,
    /// The answer to AAAA.
    pub ipv6: Arc<Answer>,
}

/// Looks up who receives for a domain.
pub async fn examine(dns: &dyn Dns, domain: &Name) -> Examined {
    let answer = ask(dns, domain, Kind::Mx).await;
    let found = match &answer.outcome {
        Outcome::Failed(_) => Found::Failed,
        // RFC 6604 §3: behind an alias, the code speaks of the last name of the chain.
        Outcome::NxDomain if answer.aliases.is_empty() => Found::NoDomain,
        // RFC 5321 §5.1: "If an empty list of MXs is returned, the address is treated as if it was
        // associated with an implicit MX RR with a preference of 0, pointing to that host."
        Outcome::NoData | Outcome::NxDomain => {
            Addresses::of_all(dns, &[domain]).await.pop().map_or(Found::Failed, Found::Implicit)
        }
        Outcome::Records(_) => Found::Exchangers(exchangers(dns, &answer).await),
    };
    let facts = Facts { domain: domain.clone(), answer, found };
    Examined { step: Event::story(&facts), facts }
}

/// The MX set with the addresses of its hosts, all asked at once and each host once.
async fn exchangers(dns: &dyn Dns, answer: &Answer) -> Vec<Exchanger> {
    let mut published: Vec<(u16, &Name, &Option<Place>)> = answer
        .records()
        .iter()
        .filter_map(|record| match &record.data {
            Data::Mx { preference, exchange } => Some((*preference, exchange, &record.place)),
            _ => None,
        })
        .collect();
    published.sort_by_key(|(preference, host, _)| (*preference, *host));

    let mut hosts: Vec<&Name> = Vec::new();
    for (_, host, _) in &published {
        if hosts.len() < HOST_LIMIT && is_to_be_asked(host) && !hosts.contains(host) {
            hosts.push(host);
        }
    }
    let answers = Addresses::of_all(dns, &hosts).await;
    let known: HashMap<&Name, Addresses> = hosts.into_iter().zip(answers).collect();

    let target = |host: &Name| match (literal(host), known.get(host)) {
        _ if host.is_root() => Target::Null,
        (Some(ip), _) => Target::Literal(ip),
        (None, Some(addresses)) => Target::Host(addresses.clone()),
        (None, None) => Target::NotAsked,
    };
    published
        .into_iter()
        .map(|(preference, host, place)| Exchanger {
            preference,
            target: target(host),
            host: host.clone(),
            place: place.clone(),
        })
        .collect()
}

fn is_to_be_asked(host: &Name) -> bool {
    !host.is_root() && literal(host).is_none()
}

/// The address that a name spells: four labels of digits, or what is left of an IPv6 address.
fn literal(host: &Name) -> Option<IpAddr> {
    let octets = host.to_octets();
    let text = std::str::from_utf8(&octets).ok()?;
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse::<Ipv4Addr>()
        .map(IpAddr::V4)
        .or_else(|_| bare.parse::<Ipv6Addr>().map(IpAddr::V6))
        .ok()
}

impl Addresses {
    /// Asks for both families of every host at once; the order is that of the hosts.
    async fn of_all(dns: &dyn Dns, hosts: &[&Name]) -> Vec<Self> {
        let both = |host| Family::BOTH.map(|family| addresses(dns, host, family));
        let answers = join_all(hosts.iter().copied().flat_map(both)).await;
        let pairs = answers.chunks_exact(Family::BOTH.len()).filter_map(|pair| match pair {
            [ipv4, ipv6] => Some(Self { ipv4: Arc::clone(ipv4), ipv6: Arc::clone(ipv6) }),
            _ => None,
        });
        pairs.collect()
    }

    /// Both answers.
    pub fn answers(&self) -> [&Arc<Answer>; 2] {
        [&self.ipv4, &self.ipv6]
    }

    /// The addresses, IPv4 first.
    pub fn all(&self) -> impl Iterator<Item = IpAddr> {
        self.answers()
            .into_iter()
            .flat_map(|answer| answer.records().iter().filter_map(|record| record.data.address()))
    }

    /// True if there is an address.
    pub fn is_any(&self) -> bool {
        self.all().next().is_some()
    }

    /// True if a lookup failed, so that more addresses may exist.
    pub fn is_failed(&self) -> bool {
        self.answers().iter().any(|answer| answer.failure().is_some())
    }

    /// True if it is known that there is no address.
    pub fn is_proved_none(&self) -> bool {
        self.answers().iter().all(|answer| answer.is_void())
    }

    /// The names that the host is an alias of, in order.
    pub fn aliases(&self) -> &[Name] {
        let [ipv4, ipv6] = self.answers();
        if ipv4.aliases.is_empty() { &ipv6.aliases } else { &ipv4.aliases }
    }

    /// The addresses that cannot be reached from elsewhere.
    pub fn local(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.all().filter(|ip| is_local(*ip))
    }

    /// True if there are addresses, none of which can be reached from elsewhere.
    pub fn is_unreachable(&self) -> bool {
        self.is_any() && !self.is_failed() && self.all().all(is_local)
    }

    /// True if there are addresses, all of which mean the host that connects to them.
    pub fn is_loopback(&self) -> bool {
        let is_itself = |ip: IpAddr| ip.to_canonical().is_loopback() || ip.is_unspecified();
        self.is_any() && !self.is_failed() && self.all().all(is_itself)
    }
}

impl Exchanger {
    /// The addresses of the host, if it is one that was looked up.
    pub fn addresses(&self) -> Option<&Addresses> {
        match &self.target {
            Target::Host(addresses) => Some(addresses),
            Target::Null | Target::Literal(_) | Target::NotAsked => None,
        }
    }

    /// True for a name below `invalid`, which never exists (RFC 6761 §6.4).
    pub fn is_placeholder(&self) -> bool {
        self.host.labels().last().is_some_and(|top| top.eq_ignore_ascii_case(b"invalid"))
    }

    /// How the host stands.
    pub fn standing(&self) -> Standing {
        match &self.target {
            Target::Null => Standing::Good,
            Target::Literal(_) => Standing::Broken,
            Target::NotAsked => Standing::Unknown,
            Target::Host(addresses) if addresses.is_unreachable() => Standing::Broken,
            Target::Host(addresses) if addresses.is_proved_none() => Standing::Broken,
            Target::Host(addresses) if !addresses.is_any() => Standing::Unknown,
            Target::Host(addresses) if !addresses.aliases().is_empty() => Standing::Weak,
            Target::Host(_) => Standing::Good,
        }
    }
}

impl Facts {
    /// The MX records, most preferred first.
    pub fn exchangers(&self) -> &[Exchanger] {
        match &self.found {
            Found::Exchangers(exchangers) => exchangers,
            Found::Implicit(_) | Found::NoDomain | Found::Failed => &[],
        }
    }

    /// True for a null MX that stands alone: the domain takes no mail.
    pub fn is_null(&self) -> bool {
        matches!(self.exchangers(), [Exchanger { target: Target::Null, .. }])
    }

    /// True if it is known that the domain accepts no mail: a null MX, or neither an MX nor an address
    /// to fall back to.
    pub fn accepts_nothing(&self) -> bool {
        match &self.found {
            Found::Implicit(addresses) => addresses.is_proved_none(),
            Found::Exchangers(_) => self.is_null(),
            Found::NoDomain => true,
            Found::Failed => false,
        }
    }

    /// True if there is no MX and the domain's own address stands in (RFC 5321 §5.1).
    pub fn is_implicit(&self) -> bool {
        matches!(&self.found, Found::Implicit(addresses) if addresses.is_any())
    }

    /// True if something was left unanswered.
    pub fn is_failed(&self) -> bool {
        match &self.found {
            Found::Failed => true,
            Found::NoDomain => false,
            Found::Implicit(addresses) => addresses.is_failed(),
            Found::Exchangers(all) => {
                all.iter().filter_map(Exchanger::addresses).any(Addresses::is_failed)
            }
        }
    }

    /// How the domain stands: good if every host can be reached, broken if none can.
    pub fn standing(&self) -> Standing {
        match &self.found {
            Found::Failed => Standing::Unknown,
            Found::NoDomain => Standing::Absent,
            Found::Implicit(addresses) if addresses.is_any() => Standing::Weak,
            Found::Implicit(addresses) if addresses.is_failed() => Standing::Unknown,
            Found::Implicit(_) => Standing::Absent,
            Found::Exchangers(exchangers) => self.standing_of(exchangers),
        }
    }

    fn standing_of(&self, exchangers: &[Exchanger]) -> Standing {
        // RFC 7505 §3: a null MX among others is no null MX, and what it means is undefined.
        let hosts = exchangers
            .iter()
            .filter(|one| self.is_null() || !matches!(one.target, Target::Null))
            .map(Exchanger::standing);
        let has = |wanted| hosts.clone().any(|standing| standing == wanted);
        let is_mixed =
            exchangers.len() > 1 && exchangers.iter().any(|one| matches!(one.target, Target::Null));
        match (has(Standing::Good), has(Standing::Weak), has(Standing::Broken)) {
            (true, false, false) if !is_mixed => Standing::Good,
            (true, ..) | (_, true, _) => Standing::Weak,
            (.., true) if !has(Standing::Unknown) => Standing::Broken,
            _ => Standing::Unknown,
        }
    }
}
