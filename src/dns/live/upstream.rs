//! One server and the ways to it.
//!
//! Every UDP try has an id of its own, and a socket and a port of its own or one drawn out of several, so
//! that a forger must guess all of them (RFC 5452 §9.2). Streams cost a handshake; one
//! connection per server is kept and shared for as long as it works.

use super::multiplex::{Multiplex, Underway};
use super::server::{Endpoint, Transport};
use super::stream::Stream;
use super::wire::Request;
use super::{Sockets, datagram};
use crate::net::tls::Roots;
use hickory_resolver::config::{ConnectionConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::xfer::{DnsExchange, DnsHandle, FirstAnswer};
use hickory_resolver::proto::op::DnsResponse;
use hickory_resolver::{ConnectionProvider, PoolContext, TlsConfig};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{OnceCell, Semaphore};

/// Questions that share an encrypted connection at a time; the library refuses more than it has room for.
const ENCRYPTED_SLOTS: usize = 32;
/// Questions that share a plain connection at a time.
const PLAIN_SLOTS: usize = 256;

/// A connection to a server.
#[derive(Clone)]
enum Connection {
    Plain(Arc<Stream>),
    Encrypted(DnsExchange<TokioRuntimeProvider>),
}

impl Connection {
    async fn exchange(&self, request: Request<'_>) -> Result<DnsResponse, NetError> {
        match self {
            Self::Plain(stream) => stream.exchange(&request.octets()).await,
            Self::Encrypted(exchange) => {
                let message = request.message().ok_or(NetError::NoConnections)?;
                exchange.send(message).first_answer().await
            }
        }
    }
}

/// A way to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// A datagram each way.
    Datagram,
    /// A connection, encrypted or not.
    Stream,
}

/// What all connections of a run have in common.
pub(super) struct Link {
    provider: TokioRuntimeProvider,
    timeout: Duration,
    roots: Roots,
    /// Certificates and ciphers; built when the first encrypted server is asked, never before.
    encryption: OnceLock<Box<PoolContext>>,
}

impl Link {
    /// For lookups that take no longer than `timeout`.
    pub(super) fn new(timeout: Duration, roots: Roots) -> Self {
        // The race ends what takes too long; the library's own limit only cleans up behind it.
        let timeout = timeout.saturating_mul(2);
        let provider = TokioRuntimeProvider::new();
        Self { provider, timeout, roots, encryption: OnceLock::new() }
    }

    /// The authorities that vouch for servers.
    pub(super) fn roots(&self) -> &Roots {
        &self.roots
    }

    async fn connect(&self, upstream: &Upstream) -> Result<Connection, NetError> {
        let Upstream { endpoint, address, .. } = upstream;
        let (name, path) = (endpoint.certificate_name.clone(), endpoint.path.clone());
        let mut config = match endpoint.transport {
            Transport::Udp | Transport::Tcp => {
                return Ok(Connection::Plain(Stream::connect(*address).await?.into()));
            }
            Transport::Tls => ConnectionConfig::tls(name),
            Transport::Https => ConnectionConfig::https(name, Some(path)),
        };
        config.port = address.port();
        let connection = self.provider.new_connection(address.ip(), &config, self.encryption()?)?;
        Ok(Connection::Encrypted(connection.await?))
    }

    fn encryption(&self) -> Result<&PoolContext, NetError> {
        if self.encryption.get().is_none() {
            let mut options = ResolverOpts::default();
            options.timeout = self.timeout;
            options.max_active_requests = ENCRYPTED_SLOTS;
            let mut encryption = TlsConfig::new()?;
            encryption.config = self.roots.client().map_err(std::io::Error::other)?;
            // If two tasks come here at once, one of the two equal values is kept.
            let _ = self.encryption.set(PoolContext::new(options, encryption).into());
        }
        self.encryption.get().map(Box::as_ref).ok_or(NetError::NoConnections)
    }
}

/// One server of a pool.
pub(super) struct Upstream {
    /// How the user named it.
    pub(super) endpoint: Endpoint,
    /// Where it is.
    pub(super) address: SocketAddr,
    /// Whether it tells the truth about the root, asked at most once: see `denial_check`.
    pub(super) denial_check: OnceCell<Result<(), &'static str>>,
    /// True if it answers without EDNS only.
    refuses_edns: AtomicBool,
    /// The sockets that its queries share, if they do.
    multiplex: Option<Multiplex>,
    datagrams: Record,
    streams: Record,
    connection: Mutex<Option<(u64, Connection)>>,
    connecting: tokio::sync::Mutex<u64>,
    slots: Semaphore,
}

impl Upstream {
    /// The server of an endpoint whose address is known.
    pub(super) fn new(endpoint: Endpoint, address: SocketAddr, sockets: Sockets) -> Self {
        let slots = match endpoint.transport {
            Transport::Udp | Transport::Tcp => PLAIN_SLOTS,
            Transport::Tls | Transport::Https => ENCRYPTED_SLOTS,
        };
        Self {
            multiplex: match sockets {
                Sockets::Own => None,
                Sockets::Shared => Some(Multiplex::new(address)),
            },
            endpoint,
            address,
            denial_check: OnceCell::new(),
            refuses_edns: AtomicBool::new(false),
            datagrams: Record::default(),
            streams: Record::default(),
            connection: Mutex::new(None),
            connecting: tokio::sync::Mutex::new(0),
            slots: Semaphore::new(slots),
        }
    }

    /// True if it was seen to answer only without EDNS (RFC 6891 §6.2.2 lets us remember that).
    pub(super) fn refuses_edns(&self) -> bool {
        self.refuses_edns.load(Ordering::Relaxed)
    }

    /// Notes that it answered without EDNS what it had refused with it.
    pub(super) fn note_refusal_of_edns(&self) {
        self.refuses_edns.store(true, Ordering::Relaxed);
    }

    /// True if it is asked by datagrams first.
    pub(super) fn takes_datagrams(&self) -> bool {
        self.endpoint.transport == Transport::Udp
    }

    /// The transport of a channel.
    pub(super) fn transport(&self, channel: Channel) -> Transport {
        match (channel, self.endpoint.transport) {
            (Channel::Stream, Transport::Udp) => Transport::Tcp,
            (_, transport) => transport,
        }
    }

    /// What this run has seen of a channel.
    pub(super) fn record(&self, channel: Channel) -> &Record {
        match channel {
            Channel::Datagram => &self.datagrams,
            Channel::Stream => &self.streams,
        }
    }

    /// Sends a request over the shared sockets at once, which is told when no reply came for so long.
    /// `None` if the server has none, is not asked in this way first, or too much is under way.
    pub(super) fn send(&self, request: Request<'_>, patience: Duration) -> Option<Underway<'_>> {
        let multiplex = self.multiplex.as_ref().filter(|_| self.takes_datagrams())?;
        let is_first = !self.refuses_edns() && !self.datagrams.is_doubtful();
        is_first.then(|| multiplex.send(request.octets(), patience))?
    }

    /// Sends a request and waits for the reply to it. Can be dropped at any time.
    pub(super) async fn exchange(
        &self,
        link: &Link,
        channel: Channel,
        request: Request<'_>,
    ) -> Result<DnsResponse, NetError> {
        match (channel, &self.multiplex) {
            (Channel::Datagram, None) => datagram::exchange(self.address, request.octets()).await,
            (Channel::Datagram, Some(multiplex)) => {
                Ok(DnsResponse::from_buffer(multiplex.exchange(request.octets()).await?)?)
            }
            // In a box, because a handshake takes more room than all the rest, and is rare.
            (Channel::Stream, _) => Box::pin(self.exchange_over_stream(link, request)).await,
        }
    }

    async fn exchange_over_stream(
        &self,
        link: &Link,
        request: Request<'_>,
    ) -> Result<DnsResponse, NetError> {
        let _slot = self.slots.acquire().await.map_err(|_| NetError::NoConnections)?;
        loop {
            let (lease, connection, is_fresh) = self.connection(link).await?;
            match connection.exchange(request).await {
                Ok(response) => {
                    lease.give_back();
                    return Ok(response);
                }
                // A server may close an idle connection whenever it likes (RFC 7766 §6.2.3).
                Err(error) if is_fresh || matches!(error, NetError::Timeout) => return Err(error),
                Err(_) => drop(lease),
            }
        }
    }

    /// The connection to the server, and whether it was made just now.
    async fn connection(&self, link: &Link) -> Result<(Lease<'_>, Connection, bool), NetError> {
        let lease = |id| Lease { upstream: self, id: Some(id) };
        if let Some((id, connection)) = self.current().clone() {
            return Ok((lease(id), connection, false));
        }
        let mut made = self.connecting.lock().await;
        if let Some((id, connection)) = self.current().clone() {
            return Ok((lease(id), connection, false));
        }
        let connection = link.connect(self).await?;
        *made += 1;
        *self.current() = Some((*made, connection.clone()));
        Ok((lease(*made), connection, true))
    }

    fn current(&self) -> MutexGuard<'_, Option<(u64, Connection)>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The use of a connection, which nobody uses again unless [`Lease::give_back`] was called.
///
/// A reply that trickles in without end blocks all replies behind it; so a connection whose reply
/// did not come is given up, also when the one who waited for it was dropped.
struct Lease<'a> {
    upstream: &'a Upstream,
    id: Option<u64>,
}

impl Lease<'_> {
    fn give_back(mut self) {
        self.id = None;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(lost) = self.id else { return };
        self.upstream.current().take_if(|(id, _)| *id == lost);
    }
}

/// What a run has seen of one channel of a server.
#[derive(Default)]
pub(super) struct Record {
    replied: AtomicBool,
    was_silent: AtomicBool,
}

impl Record {
    /// Notes a reply, be it good or bad.
    pub(super) fn replied(&self) {
        self.replied.store(true, Ordering::Relaxed);
    }

    /// Notes that somebody else replied first, or nobody did.
    pub(super) fn was_silent(&self) {
        self.was_silent.store(true, Ordering::Relaxed);
    }

    /// True if nothing but silence is known of it: others are asked first.
    pub(super) fn is_doubtful(&self) -> bool {
        self.was_silent.load(Ordering::Relaxed) && !self.replied.load(Ordering::Relaxed)
    }
}
