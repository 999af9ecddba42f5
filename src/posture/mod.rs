//! A domain as a whole: what no single protocol can say.
//!
//! What its rules look at arrives as plain values that `audit` gathered from the protocols.

pub mod lint;

use crate::diagnostic::Location;
use crate::net::{IpSet, Name};
use crate::protocols::dmarc::Policy;
use crate::report::{Authoritative, Resolver};
use crate::text::Phrase;
use std::sync::Arc;

/// What is known of a domain as a whole: the facts that rules look at.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The domain.
    pub domain: Name,
    /// What its owner says that it is for; `None` if that is left to its records.
    pub role: Option<Role>,
    /// False if the DNS says that there is no such domain; `None` if that was not asked, or could
    /// not be told.
    pub exists: Option<bool>,
    /// Who may send, by SPF.
    pub sends: Sends,
    /// Who receives, by MX.
    pub receives: Receives,
    /// True if a DKIM key that can be used was found, false if it is proved that there is none at
    /// any selector; `None` if that was not asked, or could not be told.
    pub has_key: Option<bool>,
    /// The bits of the longest RSA key that can be used, if every such key found is an RSA key.
    pub key_bits: Option<u32>,
    /// What DMARC asks of receivers.
    pub requests: Requests,
    /// True if DMARC takes the domain for an organization: nothing above it can sign for it.
    pub is_organization: bool,
    /// Platforms whose customers all pass SPF as the domain, each once; those that keep mailboxes
    /// or receive for the domain are left out.
    pub platforms: Vec<Platform>,
    /// What leads to domains that do not exist, so that anybody may come to hold them.
    pub unregistered: Vec<Unregistered>,
    /// DMARC records at the domain itself, if there is none at `_dmarc` below it, where they belong.
    pub misplaced: Vec<Arc<[u8]>>,
    /// A provider among the senders that wants an MX record of its own at the domain.
    pub return_host: Option<ReturnHost>,
    /// Providers that keep the domain's mailboxes, as its MX shows, and that its SPF policy does not
    /// authorize.
    pub unauthorized_mailboxes: Vec<Mailboxes>,
    /// Policies of providers that the domain's own policy includes, and that lost a large part of what
    /// they are known to have listed.
    pub shrunken: Vec<Shrunken>,
    /// Includes of the domain's own policy that their providers have retired.
    pub retired: Vec<RetiredInclude>,
    /// What the providers that keep the domain's mailboxes have announced to end.
    pub ends: Vec<End>,
    /// Selectors that lead to different tenants of one provider.
    pub tenants: Vec<Tenants>,
    /// Includes of providers that sign, and that send with a return path of their own.
    pub unneeded: Vec<Unneeded>,
    /// What each name server of the zone says, if they were asked.
    pub authoritative: Option<Authoritative>,
    /// What each of several resolvers says, if they were compared.
    pub resolvers: Vec<Resolver>,
}

impl Facts {
    /// True unless the owner says that the domain is for something else. What it is for is guessed
    /// only where nobody says so.
    fn may_be(&self, role: Role) -> bool {
        self.role.is_none_or(|declared| declared == role)
    }
}

/// What a domain is for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Role {
    /// It sends mail.
    Sending,
    /// It takes mail and sends none.
    ReceivingOnly,
    /// It neither sends nor takes mail.
    Parked,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Sending, Self::ReceivingOnly, Self::Parked];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::ReceivingOnly => "receiving-only",
            Self::Parked => "parked",
        }
    }
}

/// Somebody who sends for many customers from the same addresses.
#[derive(Clone, Debug)]
pub struct Platform {
    /// The term that lets it pass.
    pub location: Location,
    /// Its name for a reader.
    pub title: &'static str,
}

/// A provider that collects bounces at a host of its own.
#[derive(Clone, Copy, Debug)]
pub struct ReturnHost {
    /// The provider's name for a reader.
    pub title: &'static str,
    /// The host, with what only the customer knows in angle brackets.
    pub host: &'static str,
}

/// A provider that keeps the mailboxes of a domain.
#[derive(Clone, Debug)]
pub struct Mailboxes {
    /// The SPF record of the domain.
    pub location: Location,
    /// The provider's name for a reader.
    pub title: &'static str,
    /// The MX host that shows it.
    pub host: Name,
    /// The name whose policy lists its senders.
    pub policy: Name,
}

/// An include of a name that its provider has retired.
#[derive(Clone, Debug)]
pub struct RetiredInclude {
    /// The term.
    pub location: Location,
    /// The provider's name for a reader.
    pub title: &'static str,
    /// The name.
    pub name: Name,
    /// The name whose policy lists the provider's senders now, if that is the same for all customers.
    pub policy: Option<Name>,
    /// The date for which the source says so.
    pub as_of: &'static str,
}

/// Two selectors that lead to different tenants of one provider.
#[derive(Clone, Debug)]
pub struct Tenants {
    /// The second selector.
    pub location: Location,
    /// The provider's name for a reader.
    pub title: &'static str,
    /// The first selector and its tenant, as published.
    pub first: [String; 2],
    /// The second selector and its tenant, as published.
    pub second: [String; 2],
}

/// An include that receivers do not look at for the mail of its provider.
#[derive(Clone, Debug)]
pub struct Unneeded {
    /// The term.
    pub location: Location,
    /// The provider's name for a reader.
    pub title: &'static str,
    /// The name that is included.
    pub name: Name,
    /// The selector by which the provider signs.
    pub selector: String,
    /// The date for which the source says so.
    pub as_of: &'static str,
}

/// Something that ends or changes for the customers of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The provider's name for a reader.
    pub title: &'static str,
    /// The day, as `2026-12-31`.
    pub day: &'static str,
    /// What ends.
    pub what: &'static str,
    /// Days until then at the moment of the judgement; negative ones have passed.
    pub left: i64,
}

/// The SPF policy of a provider that lost a large part of its addresses.
#[derive(Clone, Debug)]
pub struct Shrunken {
    /// The policy's record.
    pub location: Location,
    /// The provider's name for a reader.
    pub title: &'static str,
    /// How many IPv4 addresses it lists.
    pub listed: u128,
    /// How many it listed.
    pub known: u128,
    /// The day on which it did.
    pub day: &'static str,
    /// The addresses that are gone, a set a family; empty sets are left out.
    pub lost: Vec<IpSet>,
}

impl Shrunken {
    /// True if all of these addresses are gone from the policy.
    pub fn has_lost(&self, addresses: &[IpSet]) -> bool {
        let is_lost = |set: &IpSet| {
            self.lost.iter().any(|lost| lost.family() == set.family() && lost.covers(set))
        };
        !addresses.is_empty() && addresses.iter().all(is_lost)
    }
}

/// Something in the records that leads to a name whose whole domain does not exist.
#[derive(Clone, Debug)]
pub struct Unregistered {
    /// Where it stands.
    pub location: Location,
    /// What it is, in a few words.
    pub what: Phrase,
    /// The domain that somebody has to register to hold the name.
    pub domain: Name,
    /// What that gains them.
    pub gain: Gain,
}

/// What somebody gains who holds a name that a domain relies on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Gain {
    /// To pass SPF as the domain.
    Send,
    /// To sign as the domain.
    Sign,
    /// To get its mail.
    Receive,
}

/// Who may send in the name of a domain.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Sends {
    /// Nobody, and the domain says so: its policy fails every address.
    Nothing,
    /// The domain publishes no policy, so nobody passes.
    Undeclared,
    /// Nobody, because the policy has a fault: every check is permerror.
    Broken,
    /// At least one address passes.
    Something,
    /// It was not asked, or could not be told.
    Unknown,
}

/// Who receives for a domain.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Receives {
    /// Nobody, and the domain says so: a null MX.
    Nothing,
    /// Hosts that its MX records name.
    Something,
    /// Nobody, and the domain does not say so: it has neither an MX record nor an address.
    Nowhere,
    /// It was not asked, could not be told, or is left to addresses of the domain itself.
    Unknown,
}

/// What a domain asks receivers to do with mail that fails DMARC.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Requests {
    /// No policy applies.
    Nothing,
    /// What is published is not applied: several records, or one without a valid policy.
    Broken,
    /// This, after `t=y` has lowered it.
    Policy(Policy),
    /// It was not asked, or could not be told.
    Unknown,
}

impl Requests {
    /// True if receivers are not asked to refuse what fails.
    fn is_open(self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Policy(policy) => policy < Policy::Reject,
            Self::Broken | Self::Unknown => false,
        }
    }
}
