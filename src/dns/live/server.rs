//! How a person names a DNS server: `9.9.9.9`, `@[::1]:5353`, `tls://9.9.9.9#dns.quad9.net`.

use crate::net::{Name, NameError};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

/// The path of DNS over HTTPS that every large provider serves (RFC 8484 §4.1.1).
const DEFAULT_PATH: &str = "/dns-query";

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// Datagrams, with TCP for what does not fit and for when nothing comes back (RFC 1035 §4.2.1).
    Udp,
    /// A plain stream (RFC 7766).
    Tcp,
    /// DNS over TLS (RFC 7858).
    Tls,
    /// DNS over HTTPS (RFC 8484).
    Https,
}

impl Transport {
    const ALL: [Self; 4] = [Self::Udp, Self::Tcp, Self::Tls, Self::Https];

    /// The word for it in a server's name, in JSON and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Https => "https",
        }
    }

    /// The port that IANA assigned to it.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 53,
            Self::Tls => 853,
            Self::Https => 443,
        }
    }

    fn is_encrypted(self) -> bool {
        matches!(self, Self::Tls | Self::Https)
    }
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// Its address.
    Address(IpAddr),
    /// Its name, which the servers of the system must resolve first.
    Name(Name),
}

impl Host {
    /// The text in which a certificate names the host.
    fn certificate_name(&self) -> Arc<str> {
        match self {
            Self::Address(address) => address.to_string().into(),
            Self::Name(name) => name.to_string().into(),
        }
    }
}

/// One server and how to talk to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// How messages travel.
    pub transport: Transport,
    /// Where it is.
    pub host: Host,
    /// On which port.
    pub port: u16,
    /// The name that its certificate must carry; used by TLS and HTTPS only.
    pub certificate_name: Arc<str>,
    /// The path of its service; used by HTTPS only.
    pub path: Arc<str>,
}

impl Endpoint {
    /// An unencrypted server.
    pub fn plain(transport: Transport, address: SocketAddr) -> Self {
        let host = Host::Address(address.ip());
        Self {
            transport,
            certificate_name: host.certificate_name(),
            host,
            port: address.port(),
            path: DEFAULT_PATH.into(),
        }
    }
}

impl fmt::Display for Endpoint {
    /// The form that [`Server::from_str`] reads, without what goes without saying.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.transport != Transport::Udp {
            write!(out, "{}://", self.transport.word())?;
        }
        match &self.host {
            Host::Address(IpAddr::V6(address)) => write!(out, "[{address}]")?,
            Host::Address(IpAddr::V4(address)) => write!(out, "{address}")?,
            Host::Name(name) => write!(out, "{name}")?,
        }
        if self.port != self.transport.default_port() {
            write!(out, ":{}", self.port)?;
        }
        if self.transport == Transport::Https {
            out.write_str(&self.path)?;
        }
        if self.transport.is_encrypted() && self.certificate_name != self.host.certificate_name() {
            write!(out, "#{}", self.certificate_name)?;
        }
        Ok(())
    }
}

/// A DNS server as the user names it.
///
/// ```
/// use mailcheck::dns::Server;
///
/// for text in ["9.9.9.9", "[::1]:5353", "tcp://192.0.2.1", "tls://9.9.9.9#dns.quad9.net", "system"]
/// {
///     let server: Server = text.parse()?;
///     assert_eq!(server.to_string(), text);
/// }
/// # Ok::<(), mailcheck::dns::ServerError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// Whatever the system is configured with.
    System,
    /// This one.
    Endpoint(Endpoint),
}

/// Why a text does not name a DNS server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerError {
    /// There is nothing.
    Empty,
    /// The scheme is none of `udp`, `tcp`, `tls` and `https`.
    Scheme(String),
    /// The port is not a number from 1 to 65535.
    Port(String),
    /// A bracket is open.
    Bracket,
    /// Text in brackets is not an IPv6 address.
    Ipv6(String),
    /// The host is neither an address nor a host name.
    Host(String),
    /// The host name cannot be a domain name.
    Name(NameError),
    /// A path on a server that is not asked over HTTPS.
    Path(Transport),
    /// The name of a certificate on a server that shows none.
    Certificate(Transport),
    /// The path or the name of the certificate holds blanks or odd characters.
    Characters,
}

impl fmt::Display for ServerError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => out.write_str("empty server name"),
            Self::Scheme(scheme) => {
                write!(out, "{scheme:?} is not a transport: use udp, tcp, tls or https")
            }
            Self::Port(port) => write!(out, "{port:?} is not a port from 1 to 65535"),
            Self::Bracket => out.write_str("missing closing bracket: write [::1]:53"),
            Self::Ipv6(text) => write!(out, "{text:?} is not an IPv6 address"),
            Self::Host(host) => write!(out, "{host:?} is neither an address nor a host name"),
            Self::Name(error) => error.fmt(out),
            Self::Path(transport) => {
                write!(out, "a path needs https, not {}", transport.word())
            }
            Self::Certificate(transport) => {
                write!(out, "#name needs tls or https, not {}", transport.word())
            }
            Self::Characters => out.write_str("the path and the #name must be printable ASCII"),
        }
    }
}

impl std::error::Error for ServerError {}

impl From<SocketAddr> for Server {
    /// The server at an address, over UDP.
    fn from(address: SocketAddr) -> Self {
        Self::Endpoint(Endpoint::plain(Transport::Udp, address))
    }
}

impl fmt::Display for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => out.write_str("system"),
            Self::Endpoint(endpoint) => endpoint.fmt(out),
        }
    }
}

impl FromStr for Server {
    type Err = ServerError;

    /// Reads `[@][transport://]host[:port][/path][#certificate name]`, or `system`.
    fn from_str(text: &str) -> Result<Self, ServerError> {
        let text = text.strip_prefix('@').unwrap_or(text);
        match text {
            "" => return Err(ServerError::Empty),
            "system" => return Ok(Self::System),
            _ => {}
        }
        let (transport, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (transport(scheme)?, rest),
            None => (Transport::Udp, text),
        };
        let (rest, certificate_name) = split_before(rest, '#');
        let (authority, path) = split_before(rest, '/');
        let (host, port) = host_and_port(authority)?;
        Ok(Self::Endpoint(Endpoint {
            transport,
            certificate_name: read_certificate_name(transport, certificate_name)?
                .unwrap_or_else(|| host.certificate_name()),
            path: read_path(transport, path)?,
            host,
            port: port.unwrap_or(transport.default_port()),
        }))
    }
}

fn transport(scheme: &str) -> Result<Transport, ServerError> {
    Transport::ALL
        .into_iter()
        .find(|transport| transport.word().eq_ignore_ascii_case(scheme))
        .ok_or_else(|| ServerError::Scheme(scheme.to_owned()))
}

/// The text before the first `mark`, and the text from it on; the latter is empty without a mark.
fn split_before(text: &str, mark: char) -> (&str, &str) {
    text.split_at(text.find(mark).unwrap_or(text.len()))
}

fn host_and_port(text: &str) -> Result<(Host, Option<u16>), ServerError> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, rest) = rest.split_once(']').ok_or(ServerError::Bracket)?;
        let ip = address.parse().map_err(|_| ServerError::Ipv6(address.to_owned()))?;
        return Ok((Host::Address(IpAddr::V6(ip)), port(rest)?));
    }
    // Without brackets all the colons belong to the address, as in `::1`.
    if let Ok(address) = text.parse() {
        return Ok((Host::Address(address), None));
    }
    let (host, rest) = split_before(text, ':');
    if host.is_empty() {
        return Err(ServerError::Empty);
    }
    let port = port(rest)?;
    if let Ok(address) = host.parse() {
        return Ok((Host::Address(address), port));
    }
    let name = Name::from_unicode(host).map_err(ServerError::Name)?;
    // A top-level name made of digits is a mistyped address, such as 8.8.8 or 1.2.3.999.
    let numeric = name.labels().last().is_some_and(|label| label.iter().all(u8::is_ascii_digit));
    if !name.is_host_name() || numeric {
        return Err(ServerError::Host(host.to_owned()));
    }
    Ok((Host::Name(name), port))
}

fn port(text: &str) -> Result<Option<u16>, ServerError> {
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.strip_prefix(':').unwrap_or(text);
    let digits_only = digits.bytes().all(|octet| octet.is_ascii_digit());
    match digits.parse() {
        Ok(port @ 1..) if digits_only && digits.len() < text.len() => Ok(Some(port)),
        _ => Err(ServerError::Port(digits.to_owned())),
    }
}

fn read_path(transport: Transport, path: &str) -> Result<Arc<str>, ServerError> {
    match path {
        "" => Ok(DEFAULT_PATH.into()),
        "/" if transport != Transport::Https => Ok(DEFAULT_PATH.into()),
        _ if transport != Transport::Https => Err(ServerError::Path(transport)),
        _ if !path.bytes().all(|octet| octet.is_ascii_graphic()) => Err(ServerError::Characters),
        _ => Ok(path.into()),
    }
}

fn read_certificate_name(
    transport: Transport,
    text: &str,
) -> Result<Option<Arc<str>>, ServerError> {
    match text.strip_prefix('#') {
        None | Some("") => Ok(None),
        Some(_) if !transport.is_encrypted() => Err(ServerError::Certificate(transport)),
        Some(name) if name.bytes().all(|octet| octet.is_ascii_graphic()) => Ok(Some(name.into())),
        Some(_) => Err(ServerError::Characters),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_server_is_read_and_written_in_its_shortest_form() {
        let table = [
            ("9.9.9.9", "9.9.9.9"),
            ("@9.9.9.9:53", "9.9.9.9"),
            ("udp://9.9.9.9", "9.9.9.9"),
            ("127.0.0.1:5353", "127.0.0.1:5353"),
            ("::1", "[::1]"),
            ("[::1]:53", "[::1]"),
            ("[::1]:5353", "[::1]:5353"),
            ("TCP://1.2.3.4:53", "tcp://1.2.3.4"),
            ("tls://9.9.9.9", "tls://9.9.9.9"),
            ("tls://9.9.9.9#dns.quad9.net", "tls://9.9.9.9#dns.quad9.net"),
            ("@tls://dns.quad9.net:8853", "tls://dns.quad9.net:8853"),
            ("https://dns.google", "https://dns.google/dns-query"),
            ("https://8.8.8.8/dns-query#dns.google", "https://8.8.8.8/dns-query#dns.google"),
            ("https://[2001:db8::1]:8443/q?x=1", "https://[2001:db8::1]:8443/q?x=1"),
            ("ns1.example.com", "ns1.example.com"),
            ("@system", "system"),
        ];
        let read = table.map(|(text, _)| text.parse::<Server>().map(|server| server.to_string()));
        assert_eq!(read, table.map(|(_, written)| Ok(written.to_owned())));
    }

    #[test]
    fn what_names_no_server_is_refused_in_one_line() {
        let table = [
            ("", "empty server name"),
            ("@", "empty server name"),
            ("tls://", "empty server name"),
            (":53", "empty server name"),
            ("quic://1.1.1.1", "\"quic\" is not a transport: use udp, tcp, tls or https"),
            ("9.9.9.9:0", "\"0\" is not a port from 1 to 65535"),
            ("9.9.9.9:+53", "\"+53\" is not a port from 1 to 65535"),
            ("9.9.9.9:65536", "\"65536\" is not a port from 1 to 65535"),
            ("[::1]53", "\"53\" is not a port from 1 to 65535"),
            ("[::1", "missing closing bracket: write [::1]:53"),
            ("[1.2.3.4]", "\"1.2.3.4\" is not an IPv6 address"),
            ("8.8.8", "\"8.8.8\" is neither an address nor a host name"),
            ("a b", "\"a b\" is neither an address nor a host name"),
            ("a..b", "the name has an empty label (two dots in a row)"),
            ("9.9.9.9/x", "a path needs https, not udp"),
            ("tcp://9.9.9.9#x", "#name needs tls or https, not tcp"),
            ("https://x/\u{1b}", "the path and the #name must be printable ASCII"),
        ];
        let errors = table.map(|(text, _)| text.parse::<Server>().map_err(|e| e.to_string()));
        assert_eq!(errors, table.map(|(_, error)| Err(error.to_owned())));
    }
}
