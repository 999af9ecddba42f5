//! What a sender does with an MX host under a policy (RFC 8461 §5).

use super::policy::{Mode, Policy};
use crate::net::Name;

/// What a sender met at an MX host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// TLS with a valid certificate for the name of the host.
    Valid,
    /// No STARTTLS.
    NoStartTls,
    /// A certificate for other names.
    HostMismatch,
    /// An expired certificate.
    Expired,
    /// A certificate of an unknown authority.
    NotTrusted,
}

/// What a sender does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// True if it may deliver to the host.
    pub is_delivered: bool,
    /// The failure that it reports, as the result type of RFC 8460 §4.3.
    pub failure: Option<&'static str>,
}

impl Policy {
    /// What a sender does with an MX host, given what it met there (RFC 8461 §5).
    pub fn decide(&self, host: &Name, connection: Connection) -> Decision {
        let failure = match self.mode {
            Mode::None => None,
            // RFC 8461 §4.1 and §4.2: the name comes first; a sender need not connect to find it wrong.
            _ if !self.matches(host) => Some("validation-failure"),
            _ => connection.failure(),
        };
        Decision { is_delivered: failure.is_none() || self.mode != Mode::Enforce, failure }
    }
}

impl Connection {
    /// The result type of RFC 8460 §4.3.1 and §4.3.2; `None` if nothing failed.
    fn failure(self) -> Option<&'static str> {
        match self {
            Self::Valid => None,
            Self::NoStartTls => Some("starttls-not-supported"),
            Self::HostMismatch => Some("certificate-host-mismatch"),
            Self::Expired => Some("certificate-expired"),
            Self::NotTrusted => Some("certificate-not-trusted"),
        }
    }
}
