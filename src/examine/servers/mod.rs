//! What single servers say of a domain: each name server of its zone, each of several resolvers.
//!
//! A resolver's answer is the opinion of one name server, perhaps of yesterday. So the zone is found
//! by its SOA record, its servers by the referrals of the parent and by its own NS records, and each
//! address, also that of a referral, is asked without recursion, over UDP and over TCP. Every server is asked beside the others;
//! what one of them needs is bounded by the time of a query. Addresses that nobody elsewhere can reach
//! are not asked, because a stranger's DNS could name the reader's own network.

mod hosts;
mod judge;
mod keys;
mod parent;

use crate::dns::{
    Addressee, Answer, Authority, Data, Dns, Kind, Outcome, Question, Record, Trouble, Way, ask,
    join_all, presentation,
};
use crate::net::{Name, is_public};
use crate::report::{
    Authoritative, Digest, LookupOutcome, NameServer, Reach, Reply, Resolver, Served, ServerState,
    Watched,
};
use crate::text::escape;
use hosts::{Host, hosts};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Most names of servers that are followed, and most addresses of each.
const MOST_NAMES: usize = 16;
const MOST_ADDRESSES: usize = 4;

/// A server, where it is, and what it is without an address.
type Place = (Name, Option<IpAddr>, ServerState);

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
    let zone = match zone_of(dns, domain, how).await {
        Ok(zone) => zone,
        Err(status) => return Authoritative::without(None, status),
    };
    let (delegation, answer) =
        tokio::join!(parent::delegation(dns, &zone, how), ask(dns, &zone, Kind::Ns));
    let told = names(&answer);
    let (delegated, glue) = match &delegation {
        Some(it) => (it.names.clone(), it.glue.clone()),
        None => (None, None),
    };
    let begin = glue.clone().unwrap_or_default();
    let mut all = delegated.clone().unwrap_or_default();
    add(&mut all, told.clone());
    let mut known = hosts(dns, &all).await;
    let mut places = places(&known, &begin);
    // What the servers themselves list; a host that only they know is asked too.
    let listing = places.iter().filter_map(|(_, ip, _)| socket((*ip)?, how)).map(|address| {
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
    let before = all.clone();
    add(&mut all, listed.clone());
    let further: Vec<Name> = all.iter().filter(|name| !before.contains(name)).cloned().collect();
    let further = hosts(dns, &further).await;
    places.extend(further.iter().flat_map(Host::places));
    known.extend(further);
    let is_cut = all.len() > MOST_NAMES;
    let mut seen = BTreeSet::new();
    // Two names of one address are one server.
    places.retain(|(_, ip, _)| ip.is_none_or(|ip| seen.insert(ip)));
    let digests = delegation.as_ref().map_or(&[][..], |it| &it.parent.digests);
    let asked = places.into_iter().map(|place| server(dns, domain, &zone, place, digests, how));
    let mut servers = join_all(asked).await;
    for server in &mut servers {
        server.delegated = delegated.as_ref().map(|names| names.contains(&server.name));
        server.listed = (!listed.is_empty()).then(|| listed.contains(&server.name));
    }
    let mut parent = delegation.map(|it| it.parent);
    let status = judge::judge(&mut servers, parent.as_mut());
    if let (Some(parent), Some(delegated), Some(glue)) = (&mut parent, &delegated, &glue) {
        parent.glue = parent::compare(&zone, delegated, &known, glue);
    }
    let resolver = by_resolver(dns, domain, &servers).await;
    Authoritative {
        is_cut,
        servers,
        parent,
        resolver,
        ..Authoritative::without(Some(zone), status)
    }
}

/// Where servers are asked: at the addresses to which their names lead, and at those of referrals, which
/// is where resolvers begin.
fn places(known: &[Host], glue: &BTreeSet<(Name, IpAddr)>) -> Vec<Place> {
    let mut all: Vec<Place> = known.iter().flat_map(Host::places).collect();
    for host in known {
        let here = glue.iter().filter(|(name, _)| *name == host.name);
        for (name, ip) in here.take(2 * MOST_ADDRESSES) {
            all.retain(|(known, at, _)| known != name || at.is_some());
            all.push((name.clone(), Some(*ip), ServerState::Good));
        }
    }
    all.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    all
}

/// True if the records are elsewhere, where a server of the zone may not follow.
fn is_aliased(served: &Served) -> bool {
    served.values.iter().any(|value| value.starts_with("CNAME "))
}

/// Of which records the resolver says something else than all servers of the newest zone do.
async fn by_resolver(dns: &dyn Dns, domain: &Name, servers: &[NameServer]) -> Vec<Served> {
    let asked = watched(domain).into_iter().map(|(record, question)| async move {
        let own = served(record, &*dns.lookup(&question).await);
        // Servers of an old zone may have what the resolver has.
        let mut others = servers.iter().flat_map(|it| &it.records).filter(|it| it.record == record);
        let is_odd = !is_aliased(&own)
            && judge::is_known(&own)
            && others.clone().next().is_some()
            && others
                .all(|it| it.agrees == Some(true) && !is_aliased(it) && it.values != own.values);
        is_odd.then_some(Served { agrees: Some(false), ..own })
    });
    join_all(asked).await.into_iter().flatten().collect()
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

/// The zone that holds a name: where the nearest SOA record is, or, where resolvers get none, where the
/// zone above refers to others.
async fn zone_of(dns: &dyn Dns, name: &Name, how: Sweep) -> Result<Name, Reach> {
    let above: Vec<Name> = std::iter::successors(Some(name.clone()), Name::parent).collect();
    let answers = join_all(above.iter().map(|name| ask(dns, name, Kind::Soa))).await;
    let mut is_failed = false;
    for (at, answer) in above.iter().zip(answers) {
        match &answer.outcome {
            Outcome::Records(_) if answer.aliases.is_empty() => {
                if !is_failed {
                    return Ok(at.clone());
                }
                let cut = parent::cut_below(dns, at, name, how).await;
                return cut.ok_or(Reach::Undetermined);
            }
            Outcome::Failed(failure) if failure.is_not_recorded() => {
                return Err(Reach::NotRecorded);
            }
            Outcome::Failed(_) => is_failed = true,
            _ => {}
        }
    }
    Err(Reach::Undetermined)
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
    (name, ip, state): Place,
    digests: &[Digest],
    how: Sweep,
) -> NameServer {
    let mut server = NameServer::new(name, ip);
    let Some(ip) = ip else {
        server.state = state;
        return server;
    };
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
        let (records, has_key) =
            tokio::join!(join_all(asked), keys::has_key(dns, zone, to(), digests));
        server.records = records.into_iter().flatten().collect();
        server.has_key = has_key;
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
