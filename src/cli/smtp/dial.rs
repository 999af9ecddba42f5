//! One server: its addresses in turn, until one of them answers.

use super::plan::{Host, Target};
use crate::audit::smtp::judge_with;
use crate::dns::{Answer, Dns, Kind, ask, join_all};
use crate::net::{Name, is_public};
use crate::report::Domain;
use crate::report::smtp::Probe;
use crate::smtp::{Call, Envelope, Login, Security, Smtp};
use crate::text::Phrase;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// MX hosts of a domain that are connected to.
const MOST_HOSTS: usize = 10;

/// Names at and above a host at which CAA records are looked for.
const MOST_ABOVE: usize = 10;

/// How servers are connected to, and what is said to them.
#[derive(Clone)]
pub(in crate::cli) struct Dialer {
    /// What answers about names.
    pub dns: Arc<dyn Dns>,
    /// What holds the dialogues.
    pub smtp: Arc<dyn Smtp>,
    /// True if private addresses are connected to that only the DNS named.
    pub allows_local: bool,
    /// The name to say EHLO with; `None` for the address of this end.
    pub helo: Option<String>,
    /// The envelope that is tried.
    pub envelope: Option<Envelope>,
    /// The login that is tried.
    pub login: Option<Login>,
    /// Seconds since 1970-01-01 UTC, by which certificates are valid or not.
    pub now: u64,
    /// The same as reports have it: 0 where a run says the same every time.
    pub clock: u64,
    /// The longest that a dialogue may take.
    pub patience: Duration,
    /// Addresses of a host that are tried until one of them answers.
    pub most_addresses: usize,
}

impl Dialer {
    /// Connects to a server, and says what that means.
    pub(super) async fn probe(&self, target: &Target, next_hop: Option<&Name>) -> Probe {
        let host = target.host.to_string();
        let (addresses, tlsa, caa) = match &target.host {
            Host::Address(address) => (Ok(vec![*address]), None, Vec::new()),
            Host::Name(name) => {
                tokio::join!(self.addresses(name), self.tlsa(name, target.port), self.caa(name))
            }
        };
        let addresses = match addresses {
            Ok(addresses) => addresses,
            Err(why) => return Probe::unasked(host, target.port, why),
        };
        let mut last = None;
        for address in addresses.into_iter().take(self.most_addresses) {
            let call = Call {
                host: host.clone(),
                next_hop: next_hop.map(ToString::to_string),
                address: SocketAddr::new(address, target.port),
                security: target.security,
                ehlo: self.helo.clone(),
                envelope: self.envelope.clone(),
                login: self.login.clone(),
                tlsa: tlsa.as_deref().map(Answer::associations).unwrap_or_default(),
                now: self.now,
                patience: self.patience,
            };
            let dialogue = self.smtp.talk(&call).await;
            let is_connected = dialogue.is_connected();
            last = Some(dialogue);
            if is_connected {
                break;
            }
        }
        match last {
            Some(dialogue) => judge_with(dialogue, tlsa.as_deref(), &caa, self.clock),
            None => Probe::unasked(host, target.port, Phrase::from("the host has no address")),
        }
    }

    /// Connects to the MX hosts that a report names, all at once.
    pub(in crate::cli) async fn mail_hosts(&self, domain: &Domain, port: u16) -> Vec<Probe> {
        let mut hosts: Vec<&Name> = Vec::new();
        for it in &domain.mx.details.hosts {
            // The root is no host (RFC 7505 §3).
            if it.host.parent().is_some() && hosts.len() < MOST_HOSTS && !hosts.contains(&&it.host)
            {
                hosts.push(&it.host);
            }
        }
        let probes = hosts.into_iter().map(|name| async move {
            let host = Host::Name(name.clone());
            let target = Target { host, port, security: Security::Starttls };
            self.probe(&target, Some(&domain.domain)).await
        });
        join_all(probes).await
    }

    /// The TLSA records of a port of a host; `None` if their name is too long to exist.
    async fn tlsa(&self, host: &Name, port: u16) -> Option<Arc<Answer>> {
        // RFC 7672 §2.2.3: the port and the transport go before the host.
        let name = host.child(format!("_{port}._tcp")).ok()?;
        Some(ask(&*self.dns, &name, Kind::Tlsa).await)
    }

    /// The answers for CAA records at a host and at each name above it, the nearest first (RFC 8659 §3).
    async fn caa(&self, host: &Name) -> Vec<Arc<Answer>> {
        let names = std::iter::successors(Some(host.clone()), Name::parent);
        let names: Vec<Name> = names.filter(|name| !name.is_root()).take(MOST_ABOVE).collect();
        join_all(names.iter().map(|name| ask(&*self.dns, name, Kind::CAA))).await
    }

    /// The addresses of a host.
    ///
    /// # Errors
    /// There is none that may be connected to, in words.
    async fn addresses(&self, name: &Name) -> Result<Vec<IpAddr>, Phrase> {
        let dns = &*self.dns;
        let (v4, v6) = tokio::join!(ask(dns, name, Kind::A), ask(dns, name, Kind::Aaaa));
        let all: Vec<IpAddr> = [&v4, &v6]
            .into_iter()
            .flat_map(|answer| answer.records())
            .filter_map(|record| record.data.address())
            .collect();
        if let ([], Some(failure)) = (all.as_slice(), v4.failure().or(v6.failure())) {
            let why = Phrase::from("addresses of ").name(name).plain(" ");
            return Err(why.plain(failure.trouble.sentence()));
        }
        // The DNS of a stranger can name any address of the reader's own network.
        let (local, public): (Vec<IpAddr>, Vec<IpAddr>) =
            all.into_iter().partition(|ip| !self.allows_local && !is_public(*ip));
        match (public.as_slice(), local.first()) {
            ([], None) => Err(Phrase::new().name(name).plain(" has no address")),
            ([], Some(first)) => Err(Phrase::new()
                .name(name)
                .plain(" has a private address only (")
                .addr(first)
                .plain("): give --allow-private to connect to it")),
            _ => Ok(public),
        }
    }
}
