//! What single servers say of a domain: each name server of its zone, each of several resolvers.
//!
//! A resolver's answer is the opinion of one name server, perhaps of yesterday. So the zone is found
//! by its SOA record, its servers by the referral of the parent and by its own NS records, and each
//! address is asked without recursion, over UDP and over TCP. Every server is asked beside the others;
//! what one of them needs is bounded by the time of a query. Addresses that nobody elsewhere can reach
//! are not asked, because a stranger's DNS could name the reader's own network.

mod judge;

use crate::dns::{
    Addressee, Answer, Authority, Data, Dns, Kind, Outcome, Question, Record, Trouble, Way, ask,
    join_all, presentation,
};
use crate::net::{Name, is_public};
use crate::report::{
    Authoritative, LookupOutcome, NameServer, Reach, Reply, Resolver, Served, ServerState, Watched,
};
use crate::text::escape;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Most names of servers that are followed, and most addresses of each.
const MOST_NAMES: usize = 16;
const MOST_ADDRESSES: usize = 4;

/// How the name servers of a zone are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// True if private and loopback addresses are asked too.
    pub allows_local: bool,
    /// The port on which name servers listen.
    pub port: u16,
}

impl Default for Sweep {
    fn default() -> Self {
        Self { allows_local: false, port: 53 }
    }
}

/// Asks every name server of the zone that holds a domain.
pub(super) async fn sweep(dns: &dyn Dns, domain: &Name, how: Sweep) -> Authoritative {
    let zone = match zone_of(dns, domain).await {
        Ok(zone) => zone,
        Err(status) => return Authoritative::without(None, status),
    };
    let (delegated, hosts) = tokio::join!(delegation(dns, &zone, how), ask(dns, &zone, Kind::Ns));
    let told = names(&hosts);
    let mut all = delegated.clone().unwrap_or_default();
    add(&mut all, told.clone());
    let mut places = addresses(dns, &all).await;
    // What the servers themselves list; a host that only they know is asked too.
    let listing = places.iter().filter_map(|(_, ip)| socket((*ip)?, how)).map(|address| {
        let to = Addressee::NameServer { address, way: Way::Udp };
        let question = Question::new(zone.clone(), Kind::Ns).to(to);
        async move { dns.lookup(&question).await }
    });
    let answers = join_all(listing).await;
    let own = answers.iter().filter(|answer| answer.authority == Some(Authority::Own));
    let mut listed: Vec<Name> = Vec::new();
    own.for_each(|answer| add(&mut listed, names(answer)));
    if listed.is_empty() {
        listed = told;
    }
    let known = all.len();
    add(&mut all, listed.clone());
    let further: Vec<Name> = all.iter().skip(known).cloned().collect();
    places.extend(addresses(dns, &further).await);
    let is_cut = all.len() > MOST_NAMES;
    let mut seen = BTreeSet::new();
    // Two names of one address are one server.
    places.retain(|(_, ip)| ip.is_none_or(|ip| seen.insert(ip)));
    let asked = places.into_iter().map(|(name, ip)| server(dns, domain, &zone, name, ip, how));
    let mut servers = join_all(asked).await;
    for server in &mut servers {
        server.delegated = delegated.as_ref().map(|names| names.contains(&server.name));
        server.listed = (!listed.is_empty()).then(|| listed.contains(&server.name));
    }
    let status = judge::judge(&mut servers);
    Authoritative { is_cut, servers, ..Authoritative::without(Some(zone), status) }
}

/// Asks each of several resolvers for the same records.
pub(super) async fn resolvers(dns: &dyn Dns, domain: &Name, names: &[String]) -> Vec<Resolver> {
    let asked = names.iter().map(|name| async move {
        let to = || Addressee::Resolver(name.as_str().into());
        let answers = join_all(watched(domain).into_iter().map(|(record, question)| {
            let question = question.to(to());
            async move { served(record, &*dns.lookup(&question).await) }
        }));
        Resolver::new(escape(name.as_bytes()), answers.await)
    });
    let mut all = join_all(asked).await;
    judge::compare(&mut all);
    all
}

/// The zone that holds a name: where the nearest SOA record is.
async fn zone_of(dns: &dyn Dns, name: &Name) -> Result<Name, Reach> {
    let above: Vec<Name> = std::iter::successors(Some(name.clone()), Name::parent).collect();
    let answers = join_all(above.iter().map(|name| ask(dns, name, Kind::Soa))).await;
    for (name, answer) in above.into_iter().zip(answers) {
        match &answer.outcome {
            Outcome::Records(_) if answer.aliases.is_empty() => return Ok(name),
            Outcome::Failed(failure) if failure.is_not_recorded() => {
                return Err(Reach::NotRecorded);
            }
            Outcome::Failed(_) => return Err(Reach::Undetermined),
            _ => {}
        }
    }
    Err(Reach::Undetermined)
}

/// The servers to which the parent zone delegates, by all of its own servers that say so.
async fn delegation(dns: &dyn Dns, zone: &Name, how: Sweep) -> Option<Vec<Name>> {
    let parent = zone_of(dns, &zone.parent()?).await.ok()?;
    let hosts = names(&*ask(dns, &parent, Kind::Ns).await);
    let places = addresses(dns, &hosts).await;
    let asked = places.iter().filter_map(|(_, ip)| socket((*ip)?, how)).map(|address| {
        let to = Addressee::NameServer { address, way: Way::Udp };
        let question = Question::new(zone.clone(), Kind::Ns).to(to);
        async move { dns.lookup(&question).await }
    });
    let mut all = Vec::new();
    for answer in join_all(asked).await {
        // One that serves the zone itself never refers to it (RFC 1034 §4.3.2).
        if answer.authority == Some(Authority::Referral) {
            add(&mut all, names(&answer));
        }
    }
    (!all.is_empty()).then_some(all)
}

/// The names in NS records.
fn names(answer: &Answer) -> Vec<Name> {
    let host = |record: &Record| match &record.data {
        Data::Ns(host) => Some(host.clone()),
        _ => None,
    };
    answer.records().iter().filter_map(host).collect()
}

fn add(all: &mut Vec<Name>, more: Vec<Name>) {
    for name in more {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all.sort();
}

/// The addresses of hosts; a host without one stands once, without.
async fn addresses(dns: &dyn Dns, hosts: &[Name]) -> Vec<(Name, Option<IpAddr>)> {
    let of_host = hosts.iter().take(MOST_NAMES).map(|host| async move {
        let (v4, v6) = tokio::join!(ask(dns, host, Kind::A), ask(dns, host, Kind::Aaaa));
        let of = |answer: &Answer| -> Vec<IpAddr> {
            let all = answer.records().iter().filter_map(|record| record.data.address());
            all.take(MOST_ADDRESSES).collect()
        };
        let mut all = of(&v4);
        all.extend(of(&v6));
        all.sort();
        let is_failed = v4.failure().is_some() || v6.failure().is_some();
        match all.as_slice() {
            // That a query failed is not that there is no address.
            [] if is_failed => Vec::new(),
            [] => vec![(host.clone(), None)],
            all => all.iter().map(|ip| (host.clone(), Some(*ip))).collect(),
        }
    });
    join_all(of_host).await.concat()
}

/// Where a server is asked; `None` where it must not be.
fn socket(ip: IpAddr, how: Sweep) -> Option<SocketAddr> {
    (how.allows_local || is_public(ip)).then(|| SocketAddr::new(ip, how.port))
}

/// The record sets that servers are asked for.
fn watched(domain: &Name) -> Vec<(Watched, Question)> {
    let question = |name: &Name, kind| Question::new(name.clone(), kind);
    let dmarc = domain.child("_dmarc").ok();
    let dmarc = dmarc.map(|name| (Watched::Dmarc, question(&name, Kind::Txt)));
    [(Watched::Spf, question(domain, Kind::Txt)), (Watched::Mx, question(domain, Kind::Mx))]
        .into_iter()
        .chain(dmarc)
        .collect()
}

/// Asks one address: the serial number over UDP, then the records, then over TCP.
async fn server(
    dns: &dyn Dns,
    domain: &Name,
    zone: &Name,
    name: Name,
    ip: Option<IpAddr>,
    how: Sweep,
) -> NameServer {
    let mut server = NameServer::new(name, ip);
    let Some(ip) = ip else { return server };
    let Some(address) = socket(ip, how) else {
        server.state = ServerState::Private;
        return server;
    };
    let soa = |way| {
        let to = Addressee::NameServer { address, way };
        let question = Question::new(zone.clone(), Kind::Soa).to(to);
        async move { dns.lookup(&question).await }
    };
    let first = soa(Way::Udp).await;
    server.udp = reply(&first);
    server.serial = serial(&first);
    if server.udp.is_good {
        let to = || Addressee::NameServer { address, way: Way::Udp };
        let asked = watched(domain).into_iter().map(|(record, question)| {
            let question = question.to(to());
            async move {
                let answer = dns.lookup(&question).await;
                // Below a further cut it is for others to say.
                let is_own = answer.authority == Some(Authority::Own);
                (is_own || answer.failure().is_some()).then(|| served(record, &answer))
            }
        });
        server.records = join_all(asked).await.into_iter().flatten().collect();
    }
    let last = soa(Way::Tcp).await;
    server.tcp = reply(&last);
    let is_unrecorded = |answer: &Arc<Answer>| {
        answer.failure().is_some_and(|failure| failure.trouble == Trouble::NotRecorded)
    };
    server.state = if is_unrecorded(&first) {
        ServerState::NotRecorded
    } else {
        judge::alone(&first, &last, &server)
    };
    server
}

fn reply(answer: &Answer) -> Reply {
    let detail = match (&answer.outcome, answer.authority) {
        (Outcome::Failed(failure), _) if failure.detail.is_empty() => {
            failure.trouble.sentence().to_owned()
        }
        (Outcome::Failed(failure), _) => escape(failure.detail.as_bytes()),
        (Outcome::Records(_), Some(Authority::Own)) => String::new(),
        (_, Some(Authority::Own)) => "has no SOA record of the zone".to_owned(),
        _ => "answered without authority".to_owned(),
    };
    let elapsed = u64::try_from(answer.elapsed.as_millis()).unwrap_or(u64::MAX);
    let elapsed_ms = answer.failure().is_none().then_some(elapsed);
    Reply { is_good: detail.is_empty(), detail, elapsed_ms }
}

/// The serial number in an SOA record (RFC 1035 §3.3.13): behind two names, in whole rdata.
fn serial(answer: &Answer) -> Option<u32> {
    let [record] = answer.records() else { return None };
    let text = presentation::write(Kind::Soa, &record.data);
    text.split_ascii_whitespace().nth(2)?.parse().ok()
}

/// A record set, as far as it is about mail.
fn served(record: Watched, answer: &Answer) -> Served {
    let Question { name, kind, .. } = &answer.question;
    let is_of = |one: &&Record| {
        let begins = |mark: &[u8]| {
            let text = one.data.text().unwrap_or_default();
            text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark))
        };
        match record {
            Watched::Spf => begins(b"v=spf1"),
            Watched::Dmarc => begins(b"v=DMARC1"),
            Watched::Mx => true,
        }
    };
    let records = answer.records().iter().filter(is_of);
    let mut values: Vec<String> =
        records.map(|one| presentation::write(*kind, &one.data)).collect();
    // An alias is what a server says where it does not serve the target.
    if let (true, Some(target)) = (values.is_empty(), answer.aliases.last()) {
        values.push(format!("CNAME {target}."));
    }
    values.sort();
    let outcome = LookupOutcome::from(&answer.outcome);
    Served { record, name: name.clone(), kind: *kind, outcome, values, agrees: None }
}
