//! What was asked: a domain, perhaps senders, and the identities they would give.

use super::servers::Sweep;
use crate::dns::MOST_QUERIES;
#[cfg(feature = "dnssec")]
use crate::dns::dnssec::Anchors;
use crate::net::{Cidr, Name};
use crate::posture::Role;
use crate::protocols::Protocol;
pub use crate::protocols::bimi::{
    Roots as MarkRoots, Selector as LogoSelector, Wanted as WantedLogo,
};
use crate::report::{Declaration, Lookups};
use crate::text::Phrase;
use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
#[cfg(feature = "dnssec")]
use std::sync::Arc;

/// Everything that is asked about one domain.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inquiry {
    /// The domain.
    pub domain: Name,
    /// How the input was understood, where that needs saying.
    pub notes: Vec<Phrase>,
    /// The senders to test; if there is none, the domain's own providers are tested.
    pub senders: Vec<Asked>,
    /// The senders that the contract of the domain names: they are tested besides its own providers,
    /// where nobody asks about a sender.
    pub declared: Vec<(Declaration, Asked)>,
    /// Further domains of the same organization.
    pub own: Vec<Name>,
    /// What its owner says that the domain is for.
    pub role: Option<Role>,
    /// The reverse-path in octets, without angle brackets; empty for the null one.
    pub mail_from: Option<Vec<u8>>,
    /// The HELO or EHLO name in octets.
    pub helo: Option<Vec<u8>>,
    /// The Author Domain; the domain itself if it is not given.
    pub header_from: Option<Name>,
    /// Domains whose DKIM signature is taken to pass.
    pub dkim_domains: Vec<Name>,
    /// DKIM selectors to look at, besides those that are known.
    pub selectors: Vec<String>,
    /// DKIM selectors that were seen somewhere: they are looked at, and need not have a key.
    pub seen: Vec<String>,
    /// Whether the reverse DNS of senders that are one address is looked up.
    pub reverse: bool,
    /// Blocklists that are asked about senders that are one address.
    pub blocklists: Vec<Name>,
    /// Which BIMI record is looked for.
    #[doc(hidden)]
    pub bimi: WantedLogo,
    /// Which protocols are looked at.
    pub checks: Checks,
    /// Whether fixes are looked for.
    pub fixes: Fixes,
    /// Whether the steps are recorded.
    pub steps: Steps,
    /// Whether the retired SPF type is looked for.
    pub retired_spf: RetiredSpf,
    /// How many queries the domain may cause to names of one other organization.
    pub most_queries: usize,
    /// Whether policies of providers are held against what they are known to have listed.
    pub provider_data: bool,
    /// How each name server of the zone is asked by itself; `None` if they are not.
    pub authoritative: Option<Sweep>,
    /// Resolvers that are asked beside each other, as the source of answers knows them.
    pub resolvers: Vec<String>,
    /// Where chains of signatures begin, if answers are validated; `None` leaves that to the resolver.
    #[cfg(feature = "dnssec")]
    #[doc(hidden)]
    pub dnssec: Option<Arc<Anchors>>,
}

impl Inquiry {
    /// Asks about a domain and nothing else.
    pub fn about(domain: Name) -> Self {
        Self {
            domain,
            notes: Vec::new(),
            senders: Vec::new(),
            declared: Vec::new(),
            own: Vec::new(),
            role: None,
            mail_from: None,
            helo: None,
            header_from: None,
            dkim_domains: Vec::new(),
            selectors: Vec::new(),
            seen: Vec::new(),
            reverse: false,
            blocklists: Vec::new(),
            bimi: WantedLogo::default(),
            checks: Checks::default(),
            fixes: Fixes::default(),
            steps: Steps::default(),
            retired_spf: RetiredSpf::default(),
            most_queries: MOST_QUERIES,
            provider_data: true,
            authoritative: None,
            resolvers: Vec::new(),
            #[cfg(feature = "dnssec")]
            dnssec: None,
        }
    }

    /// True if the domain is asked about as it is, and not what one sender or one message would get.
    pub fn is_about_the_whole(&self) -> bool {
        let names = [&self.mail_from, &self.helo];
        self.senders.is_empty()
            && names.iter().all(|name| name.is_none())
            && self.header_from.is_none()
            && self.dkim_domains.is_empty()
    }
}

/// A sender, and the words that named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// As it was typed.
    pub text: String,
    /// What it means.
    pub sender: Sender,
}

impl From<Sender> for Asked {
    /// A sender that nobody typed.
    fn from(sender: Sender) -> Self {
        Self { text: sender.to_string(), sender }
    }
}

/// Who might send.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sender {
    /// One address.
    Address(IpAddr),
    /// A network.
    Network(Cidr),
    /// A host: its addresses.
    Host(Name),
    /// Every address that a name's own policy passes (`spf:NAME`).
    Policy(Name),
    /// A provider, by its id or an alias.
    Provider(String),
    /// A provider of the domain's own, with the policies that the domain's record names for it.
    Own {
        /// Its id.
        provider: &'static str,
        /// The names whose policies hold its senders.
        policies: Vec<Name>,
        /// True if the domain's record names these policies; else they are what is known of the
        /// provider, and no fault of the domain if they are gone.
        named: bool,
    },
}

impl fmt::Display for Sender {
    /// As it is typed on the command line.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(out),
            Self::Network(network) => network.fmt(out),
            Self::Host(name) => name.fmt(out),
            Self::Policy(name) => write!(out, "spf:{name}"),
            Self::Provider(id) => out.write_str(id),
            Self::Own { provider, .. } => out.write_str(provider),
        }
    }
}

impl From<IpAddr> for Sender {
    fn from(address: IpAddr) -> Self {
        Self::Address(address)
    }
}

impl From<Cidr> for Sender {
    fn from(network: Cidr) -> Self {
        Self::Network(network)
    }
}

/// Whether fixes are looked for: each costs another look at the domain as it would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fixes {
    /// Every finding has its fix, if one was proved, and so has a sender that is not authorized.
    #[default]
    Proved,
    /// None: for those who look at very many domains.
    Skipped,
}

/// Whether a report says how everything was found out, which is most of what it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Steps {
    /// Step by step.
    #[default]
    Told,
    /// Not at all: for those who look at very many domains.
    Skipped,
    /// Not at all, nor the records that answers hold: for those who keep a row of each domain.
    Unread,
}

impl Steps {
    /// An empty table of lookups, of which a report keeps what it is to say.
    pub(crate) fn lookups(self) -> Lookups {
        match self {
            Self::Told => Lookups::default(),
            Self::Skipped => Lookups::without_steps(),
            Self::Unread => Lookups::without_records(),
        }
    }
}

/// Whether records of the retired SPF type 99 are looked for: that is one more query, and a file answers
/// it at no cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetiredSpf {
    /// Not at all: receivers do not ask for them either (RFC 7208 §3.1).
    #[default]
    Skipped,
    /// At the domain.
    Asked,
}

/// Which protocols are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checks(BTreeSet<Protocol>);

impl Checks {
    /// These protocols only.
    pub fn only(wanted: impl IntoIterator<Item = Protocol>) -> Self {
        Self(wanted.into_iter().collect())
    }

    /// True if a protocol is looked at.
    pub fn has(&self, protocol: Protocol) -> bool {
        self.0.contains(&protocol)
    }
}

impl Default for Checks {
    /// All of them.
    fn default() -> Self {
        Self::only(Protocol::all())
    }
}
