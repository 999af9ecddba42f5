//! Real web servers, by HTTPS.
//!
//! The rules are those of RFC 8461 §3.3, which are good ones for any file from a stranger: the
//! certificate must be valid for the host, redirects are not followed, caches are not used. What a
//! server may cost is bounded: two addresses a family, 16 KiB of header, the octets that were asked
//! for, and one limit of time for everything.

mod exchange;
mod post;
mod stream;

pub use post::{Post, post};

use super::{Failure, Getting, Outcome, Request, Trouble, Web};
use crate::net::is_public;
use crate::net::tls::Roots;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{
    self, AlertDescription, CertificateError, ClientConfig, InvalidMessage,
};

/// The port of HTTPS (RFC 9110 §4.2.2).
const PORT: u16 = 443;
/// How many addresses of each family are tried.
const MOST_ADDRESSES: usize = 2;
/// How long one address may take to be connected to.
const CONNECT: Duration = Duration::from_secs(2);
/// How long a file may take: a report waits for it.
const PATIENCE: Duration = Duration::from_secs(3);

/// How to ask.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LiveOptions {
    /// The authorities that are trusted.
    pub roots: Roots,
    /// The longest that one file may take, all addresses included.
    pub timeout: Duration,
    /// The port of the servers; another one than 443 serves tests.
    pub port: u16,
    /// True if private, loopback and link-local addresses are connected to as well, which only a
    /// stranger's DNS names.
    pub allows_local: bool,
}

impl Default for LiveOptions {
    fn default() -> Self {
        Self { roots: Roots::public(), timeout: PATIENCE, port: PORT, allows_local: false }
    }
}

/// Real web servers as a source of files.
///
/// Requests need a tokio runtime with I/O and time. Nothing is set up before the first one.
#[derive(Debug, Default)]
pub struct Live {
    options: LiveOptions,
    config: OnceLock<Arc<ClientConfig>>,
}

impl Live {
    /// Prepares to ask; sends nothing yet.
    pub fn new(options: LiveOptions) -> Self {
        Self { options, config: OnceLock::new() }
    }

    async fn fetch(&self, request: &Request) -> Outcome {
        let addresses = self.addresses(&request.addresses)?;
        let config = self.config()?;
        // The host is a name of the DNS, so an address never stands here.
        let name = ServerName::try_from(request.host.to_string())
            .map_err(|_| Failure::because(Trouble::WrongName, "not a host name"))?;
        let mut failed = Failure::new(Trouble::Unreachable);
        for address in addresses {
            match self.connect(address, &config, name.clone()).await {
                Ok(stream) => return exchange::exchange(stream, request).await,
                Err(failure) => failed = failure,
            }
        }
        Err(failed)
    }

    /// The addresses to try: the first of each family, both families in turn.
    fn addresses(&self, given: &[IpAddr]) -> Result<Vec<IpAddr>, Failure> {
        let allowed = |ip: &&IpAddr| self.options.allows_local || is_public(**ip);
        let of = |is_v4: bool| {
            let family = given.iter().filter(move |ip| ip.is_ipv4() == is_v4).filter(allowed);
            family.copied().take(MOST_ADDRESSES)
        };
        let (mut v4, mut v6) = (of(true), of(false));
        let mut addresses = Vec::with_capacity(2 * MOST_ADDRESSES);
        for _ in 0..MOST_ADDRESSES {
            addresses.extend(v4.next().into_iter().chain(v6.next()));
        }
        match (addresses.is_empty(), given.first()) {
            (true, Some(local)) => Err(Failure::because(Trouble::LocalAddress, local.to_string())),
            _ => Ok(addresses),
        }
    }

    fn config(&self) -> Result<Arc<ClientConfig>, Failure> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let mut config = self.options.roots.client().map_err(|why| tls(&why))?;
        // A server with HTTP/2 only says so at once.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::clone(self.config.get_or_init(|| Arc::new(config))))
    }

    async fn connect(
        &self,
        address: IpAddr,
        config: &Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<TlsStream<TcpStream>, Failure> {
        let socket = SocketAddr::new(address, self.options.port);
        let unreachable = |why: &dyn std::fmt::Display| {
            Failure::because(Trouble::Unreachable, format!("{socket}: {why}"))
        };
        let stream = match timeout(CONNECT, TcpStream::connect(socket)).await {
            Err(_) => {
                let detail = format!("{socket}: no connection within {} s", CONNECT.as_secs());
                return Err(Failure::because(Trouble::Timeout, detail));
            }
            Ok(Err(why)) => return Err(unreachable(&why.kind())),
            Ok(Ok(stream)) => stream,
        };
        let shaken = TlsConnector::from(Arc::clone(config)).connect(name, stream).await;
        shaken.map_err(|why| {
            match why.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(fault) => tls(fault),
                None => unreachable(&why.kind()),
            }
        })
    }
}

impl Web for Live {
    fn get<'a>(&'a self, request: &'a Request) -> Getting<'a> {
        Box::pin(async move {
            match timeout(self.options.timeout, self.fetch(request)).await {
                Ok(outcome) => outcome,
                Err(_) => {
                    let detail = format!("{} s", self.options.timeout.as_secs_f32());
                    Err(Failure::because(Trouble::Timeout, detail))
                }
            }
        })
    }

    fn patience(&self) -> Option<Duration> {
        Some(self.options.timeout)
    }
}

/// What the library says of a handshake, in our words.
fn tls(fault: &rustls::Error) -> Failure {
    use CertificateError as Fault;
    let trouble = match fault {
        rustls::Error::InvalidCertificate(fault) => match fault {
            Fault::Expired | Fault::ExpiredContext { .. } => Trouble::Expired,
            Fault::NotValidYet | Fault::NotValidYetContext { .. } => Trouble::NotYetValid,
            Fault::NotValidForName => Trouble::WrongName,
            Fault::NotValidForNameContext { presented, .. } => {
                return Failure::because(Trouble::WrongName, names(presented));
            }
            Fault::UnknownIssuer => Trouble::Untrusted,
            Fault::Other(inner) if inner.to_string().contains("CaUsedAsEndEntity") => {
                return Failure::because(Trouble::Untrusted, "self-signed");
            }
            _ => return Failure::because(Trouble::Certificate, fault.to_string()),
        },
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => Trouble::NoTls,
        rustls::Error::AlertReceived(
            AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure,
        )
        | rustls::Error::PeerIncompatible(_) => Trouble::TlsVersion,
        rustls::Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            return Failure::because(Trouble::WrongName, "the server does not know the host name");
        }
        rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol)
        | rustls::Error::NoApplicationProtocol => {
            return Failure::because(Trouble::Http, "the server does not offer HTTP/1.1");
        }
        _ => return Failure::because(Trouble::Handshake, fault.to_string()),
    };
    Failure::new(trouble)
}

/// The first names of a certificate, which may hold thousands.
fn names(presented: &[String]) -> String {
    const NAMED: usize = 3;
    let name = |text: &String| {
        let text =
            text.strip_prefix("DnsName(\"").and_then(|it| it.strip_suffix("\")")).unwrap_or(text);
        text.chars().take(80).collect::<String>()
    };
    let named: Vec<String> = presented.iter().take(NAMED).map(name).collect();
    match presented.len().saturating_sub(NAMED) {
        _ if presented.is_empty() => "it names no host".to_owned(),
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(given: &[&str], allows_local: bool) -> Result<Vec<String>, Trouble> {
        let given: Vec<IpAddr> = given.iter().map(|it| it.parse().expect("an address")).collect();
        let live = Live::new(LiveOptions { allows_local, ..LiveOptions::default() });
        let picked = live.addresses(&given).map_err(|failure| failure.trouble)?;
        Ok(picked.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn two_addresses_of_each_family_are_tried_in_turn() {
        let given = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1"];
        let expected = ["192.0.2.1", "2001:db8::1", "192.0.2.2"].map(str::to_owned).to_vec();
        assert_eq!(picked(&given, false), Ok(expected));
    }

    #[test]
    fn a_loopback_address_beside_a_public_one_is_left_out() {
        assert_eq!(picked(&["127.0.0.1", "192.0.2.1"], false), Ok(vec!["192.0.2.1".to_owned()]));
    }

    #[test]
    fn a_host_with_local_addresses_alone_is_not_connected_to() {
        assert_eq!(picked(&["10.0.0.1", "::1"], false), Err(Trouble::LocalAddress));
    }

    #[test]
    fn local_addresses_are_tried_where_that_is_allowed() {
        assert_eq!(picked(&["127.0.0.1"], true), Ok(vec!["127.0.0.1".to_owned()]));
    }

    #[test]
    fn of_ten_thousand_names_three_are_named() {
        let presented: Vec<String> =
            (0..10_000).map(|it| format!("DnsName(\"h{it}.x\")")).collect();
        assert_eq!(names(&presented), "h0.x, h1.x, h2.x and 9997 more");
    }
}
