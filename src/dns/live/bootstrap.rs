//! Servers that are named by a host name, as in `https://dns.google/dns-query`.
//!
//! RFC 8484 §4.1 leaves open how a client finds the address of its server. The servers of the
//! system are asked for it, once, at the first lookup and within its limit of time.

use super::attempt_error::LookupFailure;
use super::pool::Pool;
use super::resolve::resolve;
use super::server::{Endpoint, Host};
use crate::dns::{Kind, Question, Trouble};
use crate::net::Name;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// Finds servers, and keeps what it found.
pub(super) struct Bootstrap {
    system: Pool,
    found: OnceCell<Pool>,
}

impl Bootstrap {
    /// Will find servers with the help of `system`.
    pub(super) fn new(system: Pool) -> Self {
        Self { system, found: OnceCell::new() }
    }

    /// The servers at `endpoints`, each at its address.
    ///
    /// # Errors
    /// No server has an address. The next call tries again.
    pub(super) async fn pool(
        &self,
        endpoints: &[Endpoint],
        timeout: Duration,
        deadline: Instant,
    ) -> Result<&Pool, LookupFailure> {
        self.found.get_or_try_init(|| self.find(endpoints, timeout, deadline)).await
    }

    /// Servers that have no address are left out if others have one.
    async fn find(
        &self,
        endpoints: &[Endpoint],
        timeout: Duration,
        deadline: Instant,
    ) -> Result<Pool, LookupFailure> {
        let mut found = Vec::with_capacity(endpoints.len());
        let mut last = None;
        for endpoint in endpoints {
            let address = match &endpoint.host {
                Host::Address(address) => Ok(SocketAddr::new(*address, endpoint.port)),
                Host::Name(name) => self.address_of(name, endpoint.port, deadline).await,
            };
            match address {
                Ok(address) => found.push((endpoint.clone(), address)),
                Err(failed) => last = Some(failed),
            }
        }
        match last {
            Some(failed) if found.is_empty() => Err(failed),
            _ => {
                let Pool { link, sockets, .. } = &self.system;
                Ok(Pool::new(found, timeout, link.roots().clone(), *sockets))
            }
        }
    }

    async fn address_of(
        &self,
        name: &Name,
        port: u16,
        deadline: Instant,
    ) -> Result<SocketAddr, LookupFailure> {
        let mut why = String::new();
        for kind in [Kind::A, Kind::Aaaa] {
            let question = Question::new(name.clone(), kind);
            let answer = resolve(&self.system, &question, deadline).await;
            if let Some(address) = answer.records().iter().find_map(|r| r.data.address()) {
                return Ok(SocketAddr::new(address, port));
            }
            why = match answer.failure() {
                Some(failure) => failure.detail.clone(),
                None => answer.outcome.word().to_owned(),
            };
        }
        let detail = format!("cannot resolve the DNS server {name}: {why}");
        Err(LookupFailure::at_once(Trouble::Network, detail))
    }
}
