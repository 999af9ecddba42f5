//! Answers from real DNS servers.
//!
//! RFC 1034 §5.3.1 calls this part a stub resolver: it asks servers that resolve names for it, and
//! its duties are few but easy to get wrong. It must tell "no such name" (RFC 2308) from "no
//! answer"; repeat over TCP what did not fit a datagram (RFC 2181 §9); ignore replies that are not
//! its own (RFC 5452); follow aliases (RFC 1034 §3.6.2); and end in time whatever happens.
//!
//! | file | holds |
//! |---|---|
//! | `server` | how the user names a server |
//! | `upstream` | one server, its sockets and connections |
//! | `datagram` | one query and its reply, a datagram each |
//! | `multiplex` | many queries at a time over a few sockets |
//! | `stream` | many queries at a time over one plain connection |
//! | `waiting` | queries under way, each with an id |
//! | `query` | one question to several servers within one limit of time |
//! | `pool` | the servers of a run, and the end of a run without DNS |
//! | `cname_chain` | aliases, records and denials in the messages |
//! | `plain` | nearly every reply, read without the library |
//! | `soundness` | whether a reply says anything about the name |
//! | `denial_check` | whether a server that denies everything may be believed |
//! | `resolve` | these three put together |
//! | `bootstrap` | the addresses of servers that are named by host name |
//! | `signed` | one question with its signatures, the reply kept as it came |
//! | `wire`, `rcode`, `attempt_error` | messages, codes and errors in our words |
//! | `special` | names about which nobody is asked |
//!
//! This is the only place that names `hickory_resolver`, which supplies TLS, the
//! format of messages and the settings of the system. Its own resolver is deliberately absent: it
//! drops the message of a failure with the extended error in it, the AD bit and parts of chains,
//! waits for a dead server as long as for the whole lookup, and has no way from UDP silence to TCP.
//! Absent too are a cache and a bound on lookups in flight; [`Cache`](super) above has both.

mod attempt_error;
mod bootstrap;
mod cname_chain;
mod datagram;
mod denial_check;
mod direct;
mod multiplex;
mod plain;
mod pool;
mod query;
mod rcode;
mod resolve;
mod server;
mod signed;
mod soundness;
mod special;
mod stream;
mod upstream;
mod waiting;
mod wire;

pub use server::{Endpoint, Host, Server, ServerError, Transport};

use super::{Addressee, Answer, Dns, Lookup, Outcome, Question};
use crate::net::tls::Roots;
use attempt_error::LookupFailure;
use bootstrap::Bootstrap;
use direct::Direct;
use hickory_resolver::system_conf;
use pool::Pool;
use resolve::provenance;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveOptions {
    /// The servers, in the order of preference; none means those of the system.
    pub servers: Vec<Server>,
    /// The longest that one lookup may take, all its tries and servers included.
    pub timeout: Duration,
    /// The authorities that vouch for servers asked over TLS or HTTPS.
    #[doc(hidden)]
    pub roots: Roots,
    /// The sockets of queries over UDP.
    pub sockets: Sockets,
}

/// The sockets of queries over UDP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sockets {
    /// One for each query.
    #[default]
    Own,
    /// A few for all queries, on ports that change from time to time: for very many of them. They
    /// belong to the tokio runtime that asks first.
    Shared,
}

impl LiveOptions {
    /// Asks these servers, or those of the system if there is none, for so long at most.
    pub fn new(servers: Vec<Server>, timeout: Duration) -> Self {
        Self { servers, timeout, roots: Roots::public(), sockets: Sockets::Own }
    }
}

impl Default for LiveOptions {
    fn default() -> Self {
        Self::new(Vec::new(), Duration::from_secs(5))
    }
}

/// Why there is nobody to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LiveError {
    /// The system is not configured with any DNS server, or its settings cannot be read.
    System(String),
}

impl fmt::Display for LiveError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(why) => write!(out, "no DNS server configured on this system: {why}"),
        }
    }
}

impl std::error::Error for LiveError {}

/// Real DNS servers as a source of answers.
///
/// Lookups need a tokio runtime with I/O and time; dropping the value ends all that it started.
pub struct Live {
    endpoints: Vec<Endpoint>,
    timeout: Duration,
    source: Source,
    direct: Direct,
}

enum Source {
    /// All addresses are known.
    Ready(Pool),
    /// Some servers have names, which must be resolved at the first lookup.
    Named(Bootstrap),
}

impl fmt::Debug for Live {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Live")
            .field("endpoints", &self.endpoints)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Live {
    /// Prepares to ask the servers of the system, for five seconds a lookup at most.
    ///
    /// # Errors
    /// The system has none.
    pub fn system() -> Result<Self, LiveError> {
        Self::new(LiveOptions::default())
    }

    /// Prepares to ask; sends nothing yet.
    ///
    /// # Errors
    /// The servers of the system are wanted and it has none.
    pub fn new(options: LiveOptions) -> Result<Self, LiveError> {
        let LiveOptions { servers, timeout, roots, sockets } = options;
        let mut endpoints = Vec::with_capacity(servers.len());
        for server in servers {
            match server {
                Server::System => endpoints.extend(system_endpoints()?),
                Server::Endpoint(endpoint) => endpoints.push(endpoint),
            }
        }
        if endpoints.is_empty() {
            endpoints = system_endpoints()?;
        }
        let source = match located(&endpoints) {
            Some(servers) => Source::Ready(Pool::new(servers, timeout, roots, sockets)),
            None => {
                let system = located(&system_endpoints()?).unwrap_or_default();
                Source::Named(Bootstrap::new(Pool::new(system, timeout, roots, sockets)))
            }
        };
        Ok(Self { endpoints, timeout, source, direct: Direct::new(timeout) })
    }

    /// Whom it asks, in the order of preference, the servers of the system spelled out.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    async fn resolve(&self, question: &Question) -> Answer {
        let started = Instant::now();
        let mut answer = match (question.to.as_deref(), special::answer(question)) {
            (Some(Addressee::NameServer { address, way }), _) => {
                // In a box, as whatever few ask for: the rest takes a third of the room.
                Box::pin(self.direct.ask(question, *address, *way, started + self.timeout)).await
            }
            (Some(Addressee::Signed), _) => {
                Box::pin(self.ask_signed(question, started + self.timeout)).await
            }
            (_, Some(outcome)) => Answer::new(question.clone(), outcome, provenance(None, "", 0)),
            (_, None) => self.ask(question, started + self.timeout).await,
        };
        answer.elapsed = started.elapsed();
        answer
    }

    async fn ask(&self, question: &Question, deadline: Instant) -> Answer {
        match self.pool(deadline).await {
            Ok(pool) => resolve::resolve(pool, question, deadline).await,
            Err(failed) => without_pool(question, failed),
        }
    }

    async fn ask_signed(&self, question: &Question, deadline: Instant) -> Answer {
        match self.pool(deadline).await {
            Ok(pool) => signed::ask(pool, question, deadline).await,
            Err(failed) => without_pool(question, failed),
        }
    }

    /// The pool, once the names of its servers are resolved.
    async fn pool(&self, deadline: Instant) -> Result<&Pool, LookupFailure> {
        match &self.source {
            Source::Ready(pool) => Ok(pool),
            Source::Named(bootstrap) => {
                Box::pin(bootstrap.pool(&self.endpoints, self.timeout, deadline)).await
            }
        }
    }
}

impl Dns for Live {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move { Arc::new(self.resolve(question).await) })
    }
}

/// The answer where no server has an address.
fn without_pool(question: &Question, failed: LookupFailure) -> Answer {
    let outcome = Outcome::Failed(failed.failure);
    Answer::new(question.clone(), outcome, provenance(None, "", failed.tries))
}

/// The endpoints with their addresses, if none of them has a name that must be resolved first.
fn located(endpoints: &[Endpoint]) -> Option<Vec<(Endpoint, SocketAddr)>> {
    endpoints
        .iter()
        .map(|endpoint| match endpoint.host {
            Host::Address(address) => {
                Some((endpoint.clone(), SocketAddr::new(address, endpoint.port)))
            }
            Host::Name(_) => None,
        })
        .collect()
}

/// The servers that the system is configured with.
fn system_endpoints() -> Result<Vec<Endpoint>, LiveError> {
    let (config, _) =
        system_conf::read_system_conf().map_err(|error| LiveError::System(error.to_string()))?;
    let port = Transport::Udp.default_port();
    let address = |server: &hickory_resolver::config::NameServerConfig| {
        let port = server.connections.first().map_or(port, |connection| connection.port);
        Endpoint::plain(Transport::Udp, SocketAddr::new(server.ip, port))
    };
    match config.name_servers() {
        [] => Err(LiveError::System("the list is empty".into())),
        servers => Ok(servers.iter().map(address).collect()),
    }
}
