//! What a change does to a domain, as plain values for the rules about changes.

use crate::diagnostic::Location;
use crate::net::{IpSet, Name};
use crate::posture::Requests;
use crate::protocols::dmarc::AlignmentMode;
use crate::protocols::spf::SpfResult;
use crate::report::{Effect, Presence};
use crate::text::{Phrase, Span};

/// What a change does: the facts that rules look at.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The domain.
    pub domain: Name,
    /// Who fares otherwise than before, those that lose first.
    pub affected: Vec<AffectedSender>,
    /// Where the SPF policy stands after the change.
    pub spf: Location,
    /// What DMARC asks of receivers, before and after.
    pub requests: [Requests; 2],
    /// Where the DMARC policy stands after the change.
    pub dmarc: Location,
    /// How close an SPF and a DKIM domain must be to the Author Domain, before and after; `None`
    /// without a policy in force.
    pub alignment: [Option<Alignment>; 2],
    /// What is no longer there.
    pub removed: Vec<Removed>,
    /// Whether the domain itself comes or goes.
    pub presence: Presence,
}

/// The tags `aspf` and `adkim` of the DMARC record in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// Of the SPF domain.
    pub spf: AlignmentMode,
    /// Of the DKIM domain.
    pub dkim: AlignmentMode,
}

/// Addresses that get another result than before.
#[derive(Clone, Debug)]
pub struct AffectedSender {
    /// What the change does to them.
    pub effect: Effect,
    /// The recognised provider that sends from them.
    pub provider: Option<&'static str>,
    /// What they get before and after; `None` if it depends on who sends.
    pub results: [Option<SpfResult>; 2],
    /// The term of the domain's own record that decided, before and after, escaped.
    pub terms: [Option<String>; 2],
    /// The includes that lead on from there to the record that decided, before and after, outermost
    /// first; escaped. Where they differ from address to address, as far as they are the same.
    pub paths: [Vec<String>; 2],
    /// The term of the domain's own record that decides after the change, or beyond a limit would.
    pub span: Option<Span>,
    /// Which they are, a set a family.
    pub sets: Vec<IpSet>,
    /// Which they are in words, or how many if that takes more than two networks.
    pub who: String,
    /// True if they are everybody whom no term lists.
    pub is_rest: bool,
    /// True if they are MX hosts of a provider that only receive.
    pub only_receives: bool,
    /// Why an error after the change is one.
    pub problem: Option<Phrase>,
}

/// A record set that was published before, worked, and is proved not to be there any more.
#[derive(Clone, Debug)]
pub struct Removed {
    /// What it was for.
    pub purpose: Purpose,
    /// Where it stood.
    pub location: Location,
}

/// What a record set is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A DKIM key, at this selector.
    Selector(String),
    /// A DKIM key in whose place another stands, at this selector.
    Replaced(String),
    /// The hosts that receive.
    Mx,
    /// Encrypted delivery.
    Tls(Tls),
}

/// The standards about encrypted delivery that a record announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// MTA-STS, a policy that asks senders for TLS (RFC 8461).
    MtaSts,
    /// TLS-RPT, where senders report on their TLS (RFC 8460).
    TlsRpt,
    /// DANE, the key of a mail host, which asks senders for TLS too (RFC 7672).
    Dane,
}
