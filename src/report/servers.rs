//! What single servers say: each name server of a zone, each of several resolvers.

use super::LookupOutcome;
use crate::dns::Kind;
use crate::net::Name;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What the name servers of the domain's zone say, each asked by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Authoritative {
    /// The zone that holds the domain; `None` if that could not be found out.
    pub zone: Option<Name>,
    /// Whether its servers could be asked.
    pub status: Reach,
    /// The servers, an entry an address, in the order in which they were named.
    pub servers: Vec<NameServer>,
    /// True if there are more servers than are asked.
    pub is_cut: bool,
    /// What the servers of the parent zone say of it; `None` if none of them could be asked.
    pub parent: Option<Parent>,
    /// The records of which the resolver says something else than all servers of the newest zone.
    #[serde(default)]
    pub resolver: Vec<Served>,
}

impl Authoritative {
    /// A sweep that asked nobody.
    #[doc(hidden)]
    pub fn without(zone: Option<Name>, status: Reach) -> Self {
        Self {
            zone,
            status,
            servers: Vec::new(),
            is_cut: false,
            parent: None,
            resolver: Vec::new(),
        }
    }
}

/// Whether the servers of a zone could be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// At least one of them answered.
    Answered,
    /// None of them answered: port 53 may be blocked on the way out.
    Silent,
    /// Which servers there are could not be found out.
    Undetermined,
    /// The recording does not hold what they said.
    NotRecorded,
}

impl Reach {
    /// Why nothing is said of the servers; `None` if something is.
    #[doc(hidden)]
    pub fn why(self) -> Option<&'static str> {
        match self {
            Self::Answered => None,
            Self::Silent => Some("no name server answers from here; port 53 may be blocked"),
            Self::Undetermined => Some("the name servers of the zone are undetermined"),
            Self::NotRecorded => Some("the recording does not hold what the name servers said"),
        }
    }
}

/// The parent zone: where the zone is delegated (RFC 1034 §4.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Parent {
    /// Its name.
    pub zone: Name,
    /// Its servers, an entry an address.
    pub servers: Vec<ParentServer>,
    /// The servers of the zone below that have an address here, there or both.
    pub glue: Vec<Glue>,
    /// The DS records of the zone below, where all servers that answered have the same ones (RFC 4034
    /// §5).
    pub digests: Vec<Digest>,
}

impl Parent {
    /// A parent that nobody was asked about.
    #[doc(hidden)]
    pub fn new(zone: Name, servers: Vec<ParentServer>) -> Self {
        Self { zone, servers, glue: Vec::new(), digests: Vec::new() }
    }
}

/// One address of a name server of the parent zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParentServer {
    /// Its name in the NS records.
    pub name: Name,
    /// Its address; `None` if it has none.
    pub address: Option<IpAddr>,
    /// How it stands.
    pub state: ServerState,
    /// True if it refers to the zone below, false if it says that there is none; `None` if it serves
    /// both, or said nothing.
    pub delegates: Option<bool>,
    /// The servers to which it refers, sorted.
    pub hosts: Vec<Name>,
    /// How it answered over UDP.
    pub udp: Reply,
    /// How it answered over TCP.
    pub tcp: Reply,
}

impl ParentServer {
    /// A server of which nothing is known yet.
    #[doc(hidden)]
    pub fn new(name: Name, address: Option<IpAddr>, state: ServerState) -> Self {
        let (udp, tcp) = (Reply::default(), Reply::default());
        Self { name, address, state, delegates: None, hosts: Vec::new(), udp, tcp }
    }
}

/// The addresses of one name server, in the parent zone and in its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glue {
    /// The server.
    pub name: Name,
    /// The addresses that referrals have, sorted.
    pub parent: Vec<IpAddr>,
    /// Its own addresses, sorted.
    pub zone: Vec<IpAddr>,
    /// How they agree.
    pub state: GlueState,
}

/// Whether glue is what the name of a server leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GlueState {
    /// Both have the same addresses.
    Same,
    /// Referrals lack some of the addresses.
    Incomplete,
    /// Referrals have none, and without one the server cannot be found.
    Missing,
    /// Referrals have an address that the server does not have.
    Differs,
    /// The own addresses of the server are not known.
    Unknown,
}

/// What a DS record says of a key (RFC 4034 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Digest {
    /// The tag of the key.
    pub tag: u16,
    /// The number of its algorithm.
    pub algorithm: u8,
}

/// One address of a name server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NameServer {
    /// The name in the NS records.
    pub name: Name,
    /// Its address; `None` if it has none.
    pub address: Option<IpAddr>,
    /// Whether the parent zone delegates to it; `None` if the parent did not say.
    pub delegated: Option<bool>,
    /// Whether the zone itself lists it; `None` if no server of the zone said.
    pub listed: Option<bool>,
    /// The gravest that is to be said of it.
    pub state: ServerState,
    /// The serial number of its zone (RFC 1035 §3.3.13).
    pub serial: Option<u32>,
    /// Whether it serves a key that the DS records in the parent zone name (RFC 4035 §2.4); `None` if
    /// there are none, or that is not known.
    pub has_key: Option<bool>,
    /// How it answered over UDP.
    pub udp: Reply,
    /// How it answered over TCP.
    pub tcp: Reply,
    /// What it serves.
    pub records: Vec<Served>,
}

/// How one server stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ServerState {
    /// It answers over UDP and TCP, and serves what the newest zone has.
    Good,
    /// It takes a second or longer.
    Slow,
    /// Its serial number changed while it was asked: what it serves is not judged.
    Changing,
    /// An older serial number, and other records: the change has not arrived there.
    Stale,
    /// The serial number of the newest zone, and other records.
    Different,
    /// It answers and does not serve the zone.
    Lame,
    /// It answers over UDP only.
    WithoutTcp,
    /// It does not answer over UDP.
    Silent,
    /// The name has no address.
    NoAddress,
    /// The queries for its address failed.
    AddressUnknown,
    /// The address is private: it was not asked.
    Private,
    /// No server was reached over IPv6 from here, so nothing is said of this one.
    NotReached,
    /// The recording does not hold what it said.
    NotRecorded,
}

impl ServerState {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Slow => "slow",
            Self::Changing => "changing",
            Self::Stale => "stale",
            Self::Different => "different",
            Self::Lame => "lame",
            Self::WithoutTcp => "no TCP",
            Self::Silent => "silent",
            Self::NoAddress => "no address",
            Self::AddressUnknown => "address unknown",
            Self::Private => "private",
            Self::NotReached => "no IPv6",
            Self::NotRecorded => "not recorded",
        }
    }
}

/// How a server answered for the SOA record of the zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// True if it answered for the zone, with authority.
    pub is_good: bool,
    /// What came instead; empty if it answered well.
    pub detail: String,
    /// Milliseconds until the reply; `None` if there was none.
    pub elapsed_ms: Option<u64>,
}

/// A record set as one server serves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// Which records.
    pub record: Watched,
    /// Their name.
    pub name: Name,
    /// Their type.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What came back.
    pub outcome: LookupOutcome,
    /// The records, in the form of master files, sorted.
    pub values: Vec<String>,
    /// Whether it is what the newest zone has, or most resolvers say; `None` if that is not known.
    pub agrees: Option<bool>,
}

/// A record set that servers are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Watched {
    /// The SPF record.
    Spf,
    /// The DMARC record at the domain itself.
    Dmarc,
    /// The MX records.
    Mx,
}

impl Watched {
    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Spf => "SPF record",
            Self::Dmarc => "DMARC record",
            Self::Mx => "MX records",
        }
    }
}

/// What one of several resolvers says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Resolver {
    /// The resolver, as the user named it.
    pub resolver: String,
    /// What it answers.
    pub records: Vec<Served>,
}

impl Resolver {
    /// What a resolver says.
    #[doc(hidden)]
    pub fn new(resolver: String, records: Vec<Served>) -> Self {
        Self { resolver, records }
    }
}

impl NameServer {
    /// A name server of which nothing is known yet.
    #[doc(hidden)]
    pub fn new(name: Name, address: Option<IpAddr>) -> Self {
        Self {
            name,
            address,
            delegated: None,
            listed: None,
            state: ServerState::NoAddress,
            serial: None,
            has_key: None,
            udp: Reply::default(),
            tcp: Reply::default(),
            records: Vec::new(),
        }
    }
}
