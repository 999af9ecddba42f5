//! Whether a sender may send.

use super::{ProposedFix, SenderResult, Step, Verdict};
use crate::net::{Cidr, Name};
use crate::protocols::dmarc::{DmarcResult, Policy, PolicyTag};
use crate::protocols::spf::SpfResult;
use crate::text::Phrase;
use serde::{Deserialize, Serialize};

/// The answer about one sender.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Authorization {
    /// The sender as it was asked about.
    pub sender: String,
    /// What kind of sender that is.
    pub kind: SenderKind,
    /// Why it was examined.
    pub origin: Origin,
    /// What the contract of the domain says of it; `null` if it is not named there.
    pub declared: Option<Declaration>,
    /// Whether mail of it passes for the domain: SPF, and DMARC where that was checked.
    pub answer: Answer,
    /// Whether SPF lets it send.
    pub authorized: Authorized,
    /// The answer in one sentence.
    pub headline: Phrase,
    /// What else a reader should know.
    pub notes: Vec<Phrase>,
    /// The identities that were checked.
    pub identities: Identities,
    /// SPF of the MAIL FROM identity (RFC 7208 §2.4).
    pub spf: SpfVerdict,
    /// SPF of the HELO identity (RFC 7208 §2.3); `null` if no HELO name was given.
    pub helo: Option<SpfVerdict>,
    /// What DMARC makes of it; `null` if DMARC was not checked or the sender is not one address.
    pub dmarc: Option<DmarcVerdict>,
    /// The networks that pass.
    pub covered: Vec<Cidr>,
    /// The networks that do not pass.
    pub uncovered: Vec<Cidr>,
    /// The networks about which nothing can be told.
    pub undecided: Vec<Cidr>,
    /// What would authorize it, best first, each proved; none if it is authorized, or if nothing of
    /// the kind was found.
    pub fixes: Vec<SenderFix>,
}

impl Authorization {
    /// True for a sender that must not be able to send: the contract alone says what it may do.
    pub fn is_barred(&self) -> bool {
        self.declared == Some(Declaration::NeverSender)
    }

    /// The answer about the sender, from what SPF and DMARC say of it.
    pub fn to_answer(&self) -> Answer {
        let dmarc = self.dmarc.as_ref().map(|dmarc| (dmarc.result, dmarc.disposition));
        Answer::of(self.authorized, dmarc)
    }

    /// How the sender adds up: it fails if it may not send from everywhere, or if receivers are asked
    /// to refuse what it sends.
    ///
    /// Of one that must not send it is the contract that says how it adds up.
    pub fn verdict(&self) -> Verdict {
        if self.is_barred() {
            return Verdict::Ok;
        }
        match self.to_answer() {
            _ if self.authorized == Authorized::NotApplicable => Verdict::Ok,
            // Only the record names it: what keeps its term from working is a finding.
            Answer::No | Answer::Partly if self.origin == Origin::Spf => Verdict::Warn,
            Answer::No | Answer::Partly => Verdict::Fail,
            Answer::Unknown => Verdict::Unknown,
            // DMARC fails, and receivers are asked to deliver all the same.
            Answer::Yes => match self.dmarc.as_ref().map(|dmarc| dmarc.result) {
                Some(DmarcResult::Fail) => Verdict::Warn,
                _ => Verdict::Ok,
            },
        }
    }
}

/// Whether mail of a sender passes for the domain. Ordered: a worse answer is greater.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// All of it passes.
    #[default]
    Yes,
    /// It could not be determined.
    Unknown,
    /// A part of it passes.
    Partly,
    /// None of it passes, or DMARC asks receivers to refuse what does.
    No,
}

impl Answer {
    /// The answer about a sender that SPF authorizes or does not, and of which DMARC says this: its
    /// result, and what receivers are asked to do where it fails.
    pub(crate) fn of(authorized: Authorized, dmarc: Option<(DmarcResult, Option<Policy>)>) -> Self {
        match (authorized, dmarc) {
            // The question does not arise for a host that only receives.
            (Authorized::No | Authorized::NotApplicable, _) => Answer::No,
            (Authorized::Partial, _) => Answer::Partly,
            (Authorized::Unknown, _)
            | (Authorized::Yes, Some((DmarcResult::Temperror | DmarcResult::Permerror, _)))
            // What receivers are asked to do with it is not known.
            | (Authorized::Yes, Some((DmarcResult::Fail, None))) => Answer::Unknown,
            (Authorized::Yes, Some((DmarcResult::Fail, Some(asked)))) if asked != Policy::None => {
                Answer::No
            }
            (Authorized::Yes, _) => Answer::Yes,
        }
    }

    /// The word for it on a screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "YES",
            Self::Unknown => "UNKNOWN",
            Self::Partly => "PARTLY",
            Self::No => "NO",
        }
    }
}

/// Why a sender was examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Origin {
    /// Somebody asked about it.
    Asked,
    /// The contract of the domain names it.
    Declared,
    /// The SPF record of the domain names it.
    Spf,
}

/// What the contract of a domain says of a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Declaration {
    /// It must be able to send.
    Sender,
    /// It must not be able to send.
    NeverSender,
}

/// A change that was proved to authorize a sender, and what it costs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SenderFix {
    /// The change.
    #[serde(flatten)]
    pub fix: ProposedFix,
    /// Terms that cause lookups afterwards, on the worst path.
    pub lookups: u16,
    /// Void lookups afterwards, on the worst path.
    pub voids: u16,
    /// Size of the record afterwards, in octets.
    pub octets: usize,
}

/// What kind of sender was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SenderKind {
    /// One address.
    Address,
    /// A network.
    Network,
    /// A host name, tested by its addresses.
    Host,
    /// Every address that a name's own policy passes.
    Policy,
    /// A recognised provider, tested by its policy.
    Provider,
}

impl SenderKind {
    /// True if it was asked about by its addresses, not by a name for them.
    pub fn is_address(self) -> bool {
        matches!(self, Self::Address | Self::Network)
    }
}

/// Whether a sender may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authorized {
    /// Every address passes.
    Yes,
    /// No address passes.
    No,
    /// Some addresses pass, others do not.
    Partial,
    /// It could not be told.
    Unknown,
    /// The question does not arise: a host that only receives.
    NotApplicable,
}

#[cfg(feature = "mail")]
impl Authorized {
    /// Whether all of what was asked about passes; `None` if that is undetermined.
    pub(crate) fn passes(self) -> Option<bool> {
        match self {
            Self::Yes => Some(true),
            Self::No | Self::Partial => Some(false),
            Self::Unknown | Self::NotApplicable => None,
        }
    }
}

/// The identities of a message, as a client would give them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Identities {
    /// The reverse-path, escaped; `<>` for the null one.
    pub mail_from: String,
    /// The HELO or EHLO name, escaped.
    pub helo: Option<String>,
    /// The Author Domain of the From header.
    pub header_from: Name,
    /// Domains whose DKIM signature is taken to pass.
    pub dkim_domains: Vec<Name>,
}

/// What SPF says about one identity.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpfVerdict {
    /// The domain that was checked, escaped.
    pub domain: String,
    /// The RFC 7208 §2.6 word; `null` if the addresses asked about get different ones.
    pub result: Option<SpfResult>,
    /// Terms that caused lookups, on the worst path.
    pub lookups: u16,
    /// Void lookups, on the worst path.
    pub voids: u16,
    /// The domain's own explanation of a fail (RFC 7208 §6.2), escaped; `null` if it has none.
    pub explanation: Option<String>,
    /// The term that decided; `null` if none did, or several.
    pub matched: Option<Matched>,
    /// Why an error is one, in words.
    pub problem: Option<Phrase>,
    /// The addresses by what they get, if more than one was asked about.
    pub portions: Vec<Portion>,
    /// How it was found out; empty if the document was written without steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// The term that decided.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Matched {
    /// The term as published, escaped.
    pub term: String,
    /// The domain whose record holds it.
    pub domain: Name,
    /// The terms that led to that record, outermost first, escaped.
    pub path: Vec<String>,
}

/// Addresses that get the same from the same term.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Portion {
    /// What they get.
    pub result: SenderResult,
    /// Which they are.
    pub networks: Vec<Cidr>,
    /// How many, as a decimal number (IPv6 does not fit a JSON number).
    pub addresses: String,
    /// The term that decided.
    pub matched: Option<Matched>,
    /// Terms that caused lookups.
    pub lookups: u16,
    /// Void lookups.
    pub voids: u16,
}

/// What DMARC makes of the message that the identities describe.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DmarcVerdict {
    /// `none pass fail permerror temperror` (RFC 9989 §9.2).
    pub result: DmarcResult,
    /// What the domain asks receivers to do: `none quarantine reject`; `null` if that could not be
    /// told.
    pub disposition: Option<Policy>,
    /// The published policy that applies.
    pub policy: Option<Policy>,
    /// The tag it came from: `p sp np`.
    pub policy_tag: Option<PolicyTag>,
    /// The name it was found at.
    pub policy_domain: Option<Name>,
    /// The Organizational Domain of the Author Domain.
    pub org_domain: Option<Name>,
    /// True if SPF passes for an aligned domain.
    pub spf_aligned: bool,
    /// True if a DKIM domain that passes is aligned.
    pub dkim_aligned: bool,
    /// The answer in one sentence.
    pub headline: Phrase,
    /// How it was found out; empty if the document was written without steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}
