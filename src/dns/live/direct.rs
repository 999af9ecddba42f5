//! One name server, asked by itself and without recursion.

use super::Sockets;
use super::cname_chain::{CnameChain, Progress};
use super::resolve::provenance;
use super::upstream::{Channel, Link, Upstream};
use super::wire::{Recipient, Request};
use super::{attempt_error, rcode, wire};
use crate::dns::{
    Answer, Authority, Data, Endpoint, Failure, Kind, Outcome, Question, Record, Transport,
    Trouble, Way,
};
use crate::net::Name;
use crate::net::tls::Roots;
use hickory_resolver::proto::op::{DnsResponse, Message};
use hickory_resolver::proto::rr::{self, DNSClass, RData};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

/// Servers that are asked at a time.
const AT_ONCE: usize = 32;
/// Datagrams sent to a server that stays silent.
const DATAGRAMS: u32 = 3;

/// A way to every name server.
pub(super) struct Direct {
    link: Link,
    timeout: Duration,
    slots: Semaphore,
}

impl Direct {
    /// Asks each for so long at most.
    pub(super) fn new(timeout: Duration) -> Self {
        Self { link: Link::new(timeout, Roots::public()), timeout, slots: Semaphore::new(AT_ONCE) }
    }

    /// Asks the server at an address; the time taken is left out.
    pub(super) async fn ask(
        &self,
        question: &Question,
        address: SocketAddr,
        way: Way,
        deadline: Instant,
    ) -> Answer {
        let Ok(_slot) = self.slots.acquire().await else {
            return failed(question, address, way, (Trouble::Network, "not sent".into()));
        };
        // What waited for others has its time all the same.
        let deadline = deadline.max(Instant::now() + self.timeout);
        let upstream =
            Upstream::new(Endpoint::plain(Transport::Udp, address), address, Sockets::Own);
        match self.exchange(&upstream, question, way, deadline).await {
            Ok((way, response)) => read(question, address, way, &response),
            Err(trouble) => failed(question, address, way, trouble),
        }
    }

    async fn exchange(
        &self,
        upstream: &Upstream,
        question: &Question,
        way: Way,
        deadline: Instant,
    ) -> Result<(Way, DnsResponse), (Trouble, String)> {
        let mut request = Request { of: Recipient::NameServer, ..Request::new(question) };
        let mut response = self.send(upstream, way, request, deadline).await?;
        let code = u16::from(response.metadata.response_code);
        if [rcode::FORMAT_ERROR, rcode::NOT_IMPLEMENTED, rcode::BAD_VERSION].contains(&code) {
            request = request.without_edns();
            response = self.send(upstream, way, request, deadline).await?;
        }
        if !response.metadata.truncation {
            return Ok((way, response));
        }
        let truncated = |(_, text)| {
            let text = format!("truncated its reply over udp, and over tcp it failed: {text}");
            (Trouble::Network, text)
        };
        let again = self.send(upstream, Way::Tcp, request, deadline).await;
        Ok((Way::Tcp, again.map_err(truncated)?))
    }

    async fn send(
        &self,
        upstream: &Upstream,
        way: Way,
        request: Request<'_>,
        deadline: Instant,
    ) -> Result<DnsResponse, (Trouble, String)> {
        let (channel, tries) = match way {
            Way::Udp => (Channel::Datagram, DATAGRAMS),
            Way::Tcp => (Channel::Stream, 1),
        };
        let patience = deadline.saturating_duration_since(Instant::now()) / tries;
        for left in (0..tries).rev() {
            let until = if left == 0 { deadline } else { Instant::now() + patience };
            let exchange = upstream.exchange(&self.link, channel, request);
            match timeout_at(until, exchange).await {
                Ok(Ok(response)) if wire::replies_to(&response, request.question) => {
                    return Ok(response);
                }
                Ok(Ok(_)) => {
                    return Err((Trouble::Malformed, "replied to another query".to_owned()));
                }
                Ok(Err(error)) => return Err(attempt_error::of_error(&error)),
                Err(_) => {}
            }
        }
        Err((Trouble::Timeout, "no reply in time".to_owned()))
    }
}

fn failed(
    question: &Question,
    address: SocketAddr,
    way: Way,
    (trouble, text): (Trouble, String),
) -> Answer {
    let outcome = Outcome::Failed(Failure::because(trouble, text));
    Answer::new(question.clone(), outcome, provenance(Some(address), way.word(), 1))
}

fn read(question: &Question, address: SocketAddr, way: Way, response: &DnsResponse) -> Answer {
    let code = u16::from(response.metadata.response_code);
    if !rcode::is_answer(code) {
        let extended = wire::extended_error(response);
        let text = format!("replied {}", rcode::Described(code, extended.as_ref()));
        let trouble = rcode::trouble(code, extended.as_ref());
        return failed(question, address, way, (trouble, text));
    }
    let mut chain = CnameChain::new(question);
    let mut outcome = match chain.read(response) {
        Progress::Done(outcome) | Progress::Unproved(outcome) => outcome,
        // It does not serve the zone that the alias leads to.
        Progress::Again => Outcome::NoData,
    };
    let mut authority = Authority::None;
    let mut glue = None;
    if response.metadata.authoritative {
        authority = Authority::Own;
    } else if response.answers.is_empty() {
        let servers = referral(response, question);
        if !servers.is_empty() {
            authority = Authority::Referral;
            glue = Some(addresses(response, &servers));
            outcome = Outcome::Records(servers);
        }
    }
    let source = provenance(Some(address), way.word(), 1);
    let size = u32::try_from(response.as_buffer().len()).ok();
    Answer {
        ttl: chain.ttl,
        aliases: chain.aliases,
        size,
        authority: Some(authority),
        glue,
        ..Answer::new(question.clone(), outcome, source)
    }
}

/// The servers of the zone asked about, of which the authority section speaks (RFC 1034 §4.3.2).
fn referral(message: &Message, question: &Question) -> Vec<Record> {
    if question.kind != Kind::Ns {
        return Vec::new();
    }
    let of_zone = message.authorities.iter().filter(|record| {
        record.dns_class == DNSClass::IN
            && wire::name(&record.name).is_ok_and(|owner| owner == question.name)
    });
    let hosts = of_zone.filter_map(|record| match &record.data {
        RData::NS(host) => wire::name(host).ok(),
        _ => None,
    });
    hosts.map(|host| Record::from(Data::Ns(host))).collect()
}

/// The addresses that the additional section has for servers of a referral.
fn addresses(message: &Message, servers: &[Record]) -> Vec<(Name, IpAddr)> {
    let is_server = |host: &Name| {
        servers.iter().any(|record| matches!(&record.data, Data::Ns(known) if known == host))
    };
    let of_host = |record: &rr::Record| {
        let address = match &record.data {
            RData::A(address) => IpAddr::V4(address.0),
            RData::AAAA(address) => IpAddr::V6(address.0),
            _ => return None,
        };
        let host = wire::name(&record.name).ok().filter(is_server)?;
        (record.dns_class == DNSClass::IN).then_some((host, address))
    };
    let mut all: Vec<(Name, IpAddr)> = message.additionals.iter().filter_map(of_host).collect();
    all.sort();
    all.dedup();
    all
}
