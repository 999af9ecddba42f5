//! What is asked, and of whom.

use super::{Answer, Failure, Kind, Outcome, Provenance, Trouble};
use crate::net::Name;
use std::fmt;
use std::net::SocketAddr;

/// What is asked: a name and a type, perhaps of one server. The key of caches, cassettes and traces.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Question {
    /// The name asked about.
    pub name: Name,
    /// The type asked for.
    pub kind: Kind,
    /// The server that has to answer; `None` leaves that to the source.
    pub to: Option<Box<Addressee>>,
}

impl Question {
    /// Asks for `kind` at `name`.
    pub fn new(name: Name, kind: Kind) -> Self {
        Self { name, kind, to: None }
    }

    /// Asks this server, and no other.
    #[must_use]
    pub fn to(self, addressee: Addressee) -> Self {
        Self { to: Some(Box::new(addressee)), ..self }
    }
}

impl Question {
    /// The answer of a source that knows no single servers: to what one of them has to answer it has
    /// none.
    pub(crate) fn unless_addressed(&self, answer: impl FnOnce() -> Answer) -> Answer {
        if self.to.is_none() {
            return answer();
        }
        let failure = Failure::because(Trouble::NotRecorded, "single servers were not asked");
        let source = Provenance::Zone("no single server".into());
        Answer::new(self.clone(), Outcome::Failed(failure), source)
    }
}

impl fmt::Display for Question {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.name, self.kind)?;
        match &self.to {
            Some(addressee) => write!(out, " at {addressee}"),
            None => Ok(()),
        }
    }
}

/// One server that has to answer a question.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Addressee {
    /// A name server, asked without recursion (RFC 1035 §4.1.1: RD=0), over UDP or over TCP alone.
    /// A reply that a datagram cannot hold is asked for over TCP.
    NameServer {
        /// Where it is.
        address: SocketAddr,
        /// How it is asked.
        way: Way,
    },
    /// A resolver, as the user named it.
    Resolver(Box<str>),
    /// Who answers all others, asked for the signatures too, and for what does not pass validation (RFC
    /// 3225 §3: DO, RFC 4035 §3.2.2: CD). Aliases are not followed beyond the reply.
    Signed,
}

/// How a name server is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// By datagrams.
    Udp,
    /// Over a connection.
    Tcp,
}

impl Way {
    /// The word for it: `udp`, `tcp`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
        }
    }
}

impl fmt::Display for Addressee {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameServer { address, way } => write!(out, "{}://{address}", way.word()),
            Self::Resolver(name) => out.write_str(name),
            Self::Signed => out.write_str("its signatures"),
        }
    }
}

impl Addressee {
    /// The name server that [`Display`](fmt::Display) wrote.
    pub fn name_server(text: &str) -> Option<Self> {
        let (word, address) = text.split_once("://")?;
        let way = [Way::Udp, Way::Tcp].into_iter().find(|way| way.word() == word)?;
        Some(Self::NameServer { address: address.parse().ok()?, way })
    }
}
