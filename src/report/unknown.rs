//! What could not be determined: its one home. Who needs to know whether something could be
//! determined asks here.

use super::{Domain, Lookup, LookupOutcome, Status, Verdict};
use crate::dns::{Kind, Trouble};
use crate::net::Name;
use crate::protocols::{Detail, Protocol};
use crate::text::Phrase;
use serde::{Serialize, Serializer};
use std::fmt;

/// Something that could not be determined, and why: never a fault of the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unknown {
    /// What it is.
    pub what: What,
    /// Why, in a sentence.
    pub why: Phrase,
}

/// What could not be determined.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// How a protocol stands.
    Section(Protocol),
    /// Whether a sender may send; the sender as it was asked about.
    Sender(String),
    /// Whether an expectation of the contract is met.
    Expectation,
    /// What a change does.
    Change,
    /// Which addresses a sender has.
    Addresses,
    /// What addresses get from SPF.
    SpfResult,
    /// Which records there are of a type at a name: the query for them failed.
    Records(Name, Kind),
    /// What a mail server offers; its name.
    MailServer(String),
    /// Anything about the domain: it could not be examined to its end.
    Domain,
}

impl What {
    /// The word for it in JSON.
    fn word(&self) -> &'static str {
        match self {
            Self::Section(_) => "section",
            Self::Sender(_) => "sender",
            Self::Expectation => "expectation",
            Self::Change => "change",
            Self::Addresses => "addresses",
            Self::SpfResult => "spf_result",
            Self::Records(..) => "records",
            Self::MailServer(_) => "mail_server",
            Self::Domain => "domain",
        }
    }

    /// What it is called: the protocol, the sender as it was asked about, the records.
    fn name(&self) -> Option<String> {
        match self {
            Self::Section(protocol) => Some(protocol.word().to_owned()),
            Self::Sender(name) | Self::MailServer(name) => Some(name.clone()),
            Self::Records(name, kind) => Some(format!("{name} {kind}")),
            _ => None,
        }
    }
}

impl fmt::Display for What {
    /// What it is called, or else what it is.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => out.write_str(&name),
            None => out.write_str(self.word()),
        }
    }
}

impl Serialize for Unknown {
    /// An object: `what` it is, the `name` of it if it has one, and `why`.
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Members<'u> {
            what: &'static str,
            name: Option<String>,
            why: &'u Phrase,
        }
        let Self { what, why } = self;
        Members { what: what.word(), name: what.name(), why }.serialize(out)
    }
}

impl Domain {
    /// What could not be determined, and why. Of a change only what could not be compared is.
    pub fn unknowns(&self) -> Vec<Unknown> {
        match &self.change {
            Some(change) => {
                let unknown = change.unknown.iter().cloned();
                unknown.map(|why| Unknown { what: What::Change, why }).collect()
            }
            None => self.unknowns_of_state(),
        }
    }

    /// What could not be determined of the domain as it is, whatever it is compared with.
    pub fn unknowns_of_state(&self) -> Vec<Unknown> {
        let sections = self.sections().into_iter().filter(|view| match view.protocol {
            // That no key was found among the names tried is not unknown: keys cannot be listed.
            // That a query for one failed is.
            Protocol::Dkim => view.status == Status::Unknown && self.dkim.details.is_unanswered(),
            // That a resolver does not validate says nothing of the answers.
            Protocol::Dnssec => view.status == Status::Unknown && !self.is_unvalidated(),
            _ => view.status == Status::Unknown,
        });
        let sections = sections
            .map(|view| Unknown { what: What::Section(view.protocol), why: view.summary.clone() });
        let senders = self.authorizations.iter().filter(|one| one.verdict() == Verdict::Unknown);
        let senders = senders.map(|one| Unknown {
            what: What::Sender(one.sender.clone()),
            why: one.headline.clone(),
        });
        let contract = self.contract.iter().filter(|expected| expected.met.is_none());
        let contract = contract
            .map(|expected| Unknown { what: What::Expectation, why: expected.expectation.clone() });
        let servers = self.unknown_servers();
        let unknown: Vec<Unknown> =
            sections.chain(senders).chain(contract).chain(servers).collect();
        if unknown.is_empty() && self.result == Verdict::Unknown {
            return vec![Unknown { what: What::Domain, why: self.headline.clone() }];
        }
        unknown
    }

    /// True if the resolver authenticates no answer and refuses none: it may be one that does not
    /// validate (RFC 4035 §3.2.3).
    fn is_unvalidated(&self) -> bool {
        let own = self.others.0.iter().find(|other| other.protocol == Protocol::Dnssec);
        own.is_some_and(|other| {
            let details = &other.section.details;
            details.get("authenticated") == Some(&Detail::Number(0))
                && details.get("refused") == Some(&Detail::None)
        })
    }

    #[cfg(feature = "smtp")]
    fn unknown_servers(&self) -> impl Iterator<Item = Unknown> {
        let unknown = self.smtp.iter().filter(|probe| probe.result == Verdict::Unknown);
        unknown.map(|probe| Unknown {
            what: What::MailServer(probe.host.clone()),
            why: probe.headline.clone(),
        })
    }

    #[cfg(not(feature = "smtp"))]
    fn unknown_servers(&self) -> impl Iterator<Item = Unknown> {
        std::iter::empty()
    }

    /// True if every protocol was examined and no lookup failed.
    pub fn is_complete(&self) -> bool {
        self.errors.is_empty() && self.sections().iter().all(|view| view.status != Status::Skipped)
    }

    /// True if no section says anything: the time was over before there was one.
    pub fn is_unexamined(&self) -> bool {
        self.sections().iter().all(|view| view.status == Status::Skipped)
    }

    /// True if there were queries and not one of them was answered: nothing is known of the domain.
    pub fn is_unanswered(&self) -> bool {
        !self.lookups.is_empty() && !self.lookups.iter().any(Lookup::is_answered)
    }

    /// True if there were queries and no server replied to one of them, not even that it failed:
    /// there is nothing to report on.
    pub fn is_unreachable(&self) -> bool {
        let silent = |lookup: &Lookup| match lookup.outcome {
            LookupOutcome::Failed(trouble) => {
                matches!(
                    trouble,
                    Trouble::Timeout
                        | Trouble::Network
                        | Trouble::NotQueried
                        | Trouble::NotRecorded
                )
            }
            _ => false,
        };
        !self.lookups.is_empty() && self.lookups.iter().all(silent)
    }
}
