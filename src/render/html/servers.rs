//! What single servers say.

use super::fragment::fragments;
use crate::report::{Domain, NameServer, Parent, ParentServer, Reach, Reply, ServerState};
use askama::Template;

/// The name servers of the zone, and the resolvers that were compared.
#[derive(Template)]
#[template(path = "report/servers.html")]
pub(super) struct Servers<'d> {
    domain: &'d Domain,
    level: u8,
}

fragments!(Servers<'_>);

impl<'d> Servers<'d> {
    /// `None` if no single server was asked.
    pub(super) fn new(domain: &'d Domain, level: u8) -> Option<Self> {
        let is_asked = domain.authoritative.is_some() || !domain.resolvers.is_empty();
        is_asked.then_some(Self { domain, level })
    }

    /// Why there is no table of name servers.
    fn why(&self, status: &Reach) -> Option<&'static str> {
        status.why()
    }

    fn address(&self, server: &NameServer) -> String {
        server.address.map(|ip| ip.to_string()).unwrap_or_default()
    }

    fn serial(&self, server: &NameServer) -> String {
        server.serial.map(|serial| serial.to_string()).unwrap_or_default()
    }

    fn time(&self, reply: &Reply) -> String {
        let elapsed = reply.elapsed_ms.filter(|_| reply.is_good);
        elapsed.map(|ms| format!("{ms} ms")).unwrap_or_default()
    }

    /// How many addresses of the parent zone answer, and which keys it vouches for.
    fn delegation(&self, parent: &Parent) -> String {
        let good = parent.servers.iter().filter(|it| it.udp.is_good).count();
        let tags: Vec<String> = parent.digests.iter().map(|it| it.tag.to_string()).collect();
        let ds = match tags.as_slice() {
            [] => String::new(),
            tags => format!("; DS with key tag {}", tags.join(", ")),
        };
        format!("{good} of {} addresses answer{ds}", parent.servers.len())
    }

    /// The servers of the parent zone that are not good.
    fn faulty<'p>(&self, parent: &'p Parent) -> impl Iterator<Item = &'p ParentServer> {
        parent.servers.iter().filter(|it| it.state != ServerState::Good)
    }

    fn class(&self, state: &ServerState) -> &'static str {
        match state {
            ServerState::Good => "good",
            ServerState::Slow | ServerState::WithoutTcp | ServerState::Stale => "weak",
            ServerState::Different
            | ServerState::Lame
            | ServerState::Silent
            | ServerState::NoAddress
            | ServerState::Private => "bad",
            _ => "unknown",
        }
    }
}
