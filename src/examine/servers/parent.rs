//! The parent zone: to which servers it delegates, at which addresses, and with which DS records.
//!
//! RFC 1034 §4.2.2 wants the NS records on both sides of a cut to be the same, and §4.2.1 the addresses
//! of servers that could not be found otherwise: glue. Each server of the parent is asked by itself, for
//! registries have delays too. Where a resolver gets no answer for a zone, the referral of the parent is
//! all that says who should have given it.

use super::{Host, MOST_NAMES, Place, Sweep, add, hosts, names, reply, socket};
use crate::dns::{
    Addressee, Answer, Authority, Data, Dns, Kind, Question, Trouble, Way, ask, join_all,
};
use crate::net::Name;
use crate::report::{Digest, Glue, GlueState, Parent, ParentServer, Reply, ServerState};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

/// Most labels between a zone that answers and the name whose zone is looked for.
const MOST_LABELS: usize = 8;
/// Servers of a zone that are asked where it is cut.
const MOST_ASKED: usize = 4;
/// Most addresses of one server in referrals.
const MOST_GLUE: usize = 8;

/// What the servers of a parent zone say of a zone.
pub(super) struct Delegation {
    pub(super) parent: Parent,
    /// The servers to which any of them refers, sorted.
    pub(super) names: Option<Vec<Name>>,
    /// The addresses that referrals have; `None` if none of them says so.
    pub(super) glue: Option<BTreeSet<(Name, IpAddr)>>,
}

/// Asks the servers of the zone above `zone`; `None` if there is none, or it cannot be found.
pub(super) async fn delegation(dns: &dyn Dns, zone: &Name, how: Sweep) -> Option<Delegation> {
    let above = super::zone_of(dns, &zone.parent()?, how).await.ok()?;
    let all = names(&*ask(dns, &above, Kind::Ns).await);
    let mut seen = BTreeSet::new();
    let mut places: Vec<Place> = hosts(dns, &all).await.iter().flat_map(Host::places).collect();
    places.retain(|(_, ip, _)| ip.is_none_or(|ip| seen.insert(ip)));
    let asked = places.into_iter().map(|place| server(dns, zone, place, how));
    let mut delegation =
        Delegation { parent: Parent::new(above, Vec::new()), names: None, glue: None };
    let mut digests: Vec<Vec<Digest>> = Vec::new();
    for told in join_all(asked).await {
        if told.server.delegates == Some(true) {
            add(delegation.names.get_or_insert_default(), told.server.hosts.clone());
        }
        for glue in told.glue {
            delegation.glue.get_or_insert_default().extend(glue);
        }
        digests.extend(told.digests);
        delegation.parent.servers.push(told.server);
    }
    digests.dedup();
    // While they differ, a change is on its way.
    if let [all] = digests.as_slice() {
        delegation.parent.digests.clone_from(all);
    }
    Some(delegation)
}

/// What one server said.
struct Told {
    server: ParentServer,
    glue: Vec<Vec<(Name, IpAddr)>>,
    /// `None` if it did not say.
    digests: Option<Vec<Digest>>,
}

async fn server(dns: &dyn Dns, zone: &Name, (name, ip, state): Place, how: Sweep) -> Told {
    let mut server = ParentServer::new(name, ip, state);
    let Some(address) = ip.and_then(|ip| socket(ip, how)) else {
        if ip.is_some() {
            server.state = ServerState::Private;
        }
        return Told { server, glue: Vec::new(), digests: None };
    };
    let asked = |kind, way| {
        let question = Question::new(zone.clone(), kind).to(Addressee::NameServer { address, way });
        async move { dns.lookup(&question).await }
    };
    let (udp, tcp, digests) = tokio::join!(
        asked(Kind::Ns, Way::Udp),
        asked(Kind::Ns, Way::Tcp),
        asked(Kind::DS, Way::Udp)
    );
    server.udp = referred(&udp);
    server.tcp = referred(&tcp);
    server.state = standing(&udp, &tcp, &server);
    server.delegates = delegates(&udp).or_else(|| delegates(&tcp));
    if server.delegates == Some(true) {
        for answer in [&udp, &tcp].into_iter().filter(|it| delegates(it) == Some(true)) {
            add(&mut server.hosts, names(answer));
        }
        server.hosts.truncate(MOST_NAMES);
    }
    let glue = [&udp, &tcp].into_iter().filter_map(|answer| answer.glue.clone()).collect();
    let is_own = digests.authority == Some(Authority::Own);
    let digests = (is_own && server.delegates == Some(true)).then(|| read(&digests));
    Told { server, glue, digests }
}

/// How a server answered for the NS records of a zone below its own.
fn referred(answer: &Arc<Answer>) -> Reply {
    match answer.authority {
        Some(Authority::Referral | Authority::Own) if answer.failure().is_none() => {
            let elapsed = u64::try_from(answer.elapsed.as_millis()).unwrap_or(u64::MAX);
            Reply { is_good: true, elapsed_ms: Some(elapsed), ..Default::default() }
        }
        _ => reply(answer),
    }
}

fn standing(udp: &Answer, tcp: &Answer, server: &ParentServer) -> ServerState {
    let is_unrecorded =
        |it: &Answer| it.failure().is_some_and(|it| it.trouble == Trouble::NotRecorded);
    match udp.failure().map(|failure| failure.trouble) {
        Some(Trouble::NotRecorded) => ServerState::NotRecorded,
        Some(Trouble::Refused | Trouble::ServFail) => ServerState::Lame,
        Some(_) => ServerState::Silent,
        None if !server.udp.is_good => ServerState::Lame,
        None if !server.tcp.is_good && !is_unrecorded(tcp) => ServerState::WithoutTcp,
        None => super::judge::pace(&server.udp),
    }
}

/// Whether an answer refers to the zone below, or says that there is none.
fn delegates(answer: &Answer) -> Option<bool> {
    match answer.authority {
        Some(Authority::Referral) => Some(true),
        Some(Authority::Own) if answer.is_void() => Some(false),
        // It serves the zone below itself.
        _ => None,
    }
}

/// The keys that DS records name (RFC 4034 §5.1), as far as their algorithms are in use.
fn read(answer: &Answer) -> Vec<Digest> {
    let of_record = |data: &Data| match data {
        Data::Opaque(octets) => match **octets {
            // RFC 4035 §5.2: what no validator knows makes the zone an unsigned one.
            [high, low, algorithm @ (5..=8 | 10 | 13..=16), 1 | 2 | 4, ..] => {
                Some(Digest { tag: u16::from_be_bytes([high, low]), algorithm })
            }
            _ => None,
        },
        _ => None,
    };
    let mut all: Vec<Digest> =
        answer.records().iter().filter_map(|record| of_record(&record.data)).collect();
    all.sort();
    all.dedup();
    all
}

/// Holds the addresses in referrals against those that the names of the servers lead to.
pub(super) fn compare(
    zone: &Name,
    delegated: &[Name],
    hosts: &[Host],
    glue: &BTreeSet<(Name, IpAddr)>,
) -> Vec<Glue> {
    let of_host = |name: &Name| {
        let here = glue.iter().filter(|(host, _)| host == name).map(|(_, ip)| *ip);
        let parent: Vec<IpAddr> = here.take(MOST_GLUE).collect();
        // RFC 9471 §3.1: "all available glue records for in-domain name servers".
        let is_needed = name.is_within(zone);
        if parent.is_empty() && !is_needed {
            return None;
        }
        let host = hosts.iter().find(|host| host.name == *name)?;
        let own = host.all();
        let is_foreign = |ip: &IpAddr| !own.contains(ip);
        let state = if host.is_unknown || own.is_empty() {
            GlueState::Unknown
        } else if parent.is_empty() {
            GlueState::Missing
        } else if parent.iter().any(is_foreign) {
            GlueState::Differs
        } else if own.len() > parent.len() {
            GlueState::Incomplete
        } else {
            GlueState::Same
        };
        Some(Glue { name: name.clone(), parent, zone: own, state })
    };
    delegated.iter().filter_map(of_host).collect()
}

/// The zone of a name for which no resolver has an answer, by the word of the servers of a zone above it
/// that does answer; `None` if they do not say.
pub(super) async fn cut_below(
    dns: &dyn Dns,
    above: &Name,
    name: &Name,
    how: Sweep,
) -> Option<Name> {
    let all = names(&*ask(dns, above, Kind::Ns).await);
    let places: Vec<_> = hosts(dns, &all).await.iter().flat_map(Host::places).collect();
    let sockets = places.iter().filter_map(|(_, ip, _)| socket((*ip)?, how)).take(MOST_ASKED);
    let sockets: Vec<_> = sockets.collect();
    let first = above.label_count() + 1;
    for count in (first..=name.label_count()).take(MOST_LABELS) {
        let below = name.suffix(count);
        let asked = sockets.iter().map(|address| {
            let to = Addressee::NameServer { address: *address, way: Way::Udp };
            let question = Question::new(below.clone(), Kind::Ns).to(to);
            async move { dns.lookup(&question).await }
        });
        let told: Vec<bool> = join_all(asked).await.iter().filter_map(|it| delegates(it)).collect();
        if told.contains(&true) {
            return Some(below);
        }
        if told.is_empty() {
            return None;
        }
    }
    // It is in the zone above, or does not exist.
    Some(above.clone())
}
