//! Whose fault it is: who has to act, why, and what to do.

use super::{Finding, LookupOutcome, Party, RuleId, Subject};
use crate::dns::Kind;
use crate::net::Name;
use crate::text::Phrase;
use serde::{Deserialize, Serialize};

/// One thing that is wrong, with the party that has to act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Who has to act.
    pub party: Party,
    /// What kind of thing is wrong.
    pub kind: FaultKind,
    /// The party by name: a title of the catalogue, an organizational domain, the address of a
    /// server; empty where there is nobody to name. Escaped.
    pub name: String,
    /// The record set that has to change; `null` if no record has to.
    pub record: Option<RecordSet>,
    /// What is wrong, in a sentence.
    pub reason: Phrase,
    /// What the party can do, in a sentence; empty if there is nothing to do.
    pub action: Phrase,
    /// What this rests on.
    pub evidence: Vec<Evidence>,
    /// Whether the evidence leaves another explanation.
    pub confidence: Certainty,
}

/// The records of one type at one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSet {
    /// Its owner name.
    pub name: Name,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Kind,
}

/// How sure the attribution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It follows from the records.
    Proved,
    /// Another explanation remains, and is less likely.
    Likely,
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultKind {
    /// A record is wrong, and its owner has to change it.
    Record,
    /// A record names a host of a provider, or a misspelt name, where the provider's policy belongs.
    MisspeltName,
    /// The policy needs more lookups than receivers make.
    LookupLimit,
    /// A record names what another organization does not publish.
    MissingRecord,
    /// A record names a domain that is not registered.
    UnregisteredDomain,
    /// An alias points to a name without a record, and its owner can do something about it.
    DanglingAlias,
    /// The policy of a provider lost addresses that it listed before.
    LostAddresses,
    /// A sender that must pass is not listed.
    MissingSender,
    /// The servers of a zone do not answer, or answer with an error.
    Servers,
    /// A mail server does not do what it should.
    MailServer,
    /// A mail server refuses a login.
    SmtpLogin,
    /// The answers of a zone do not pass DNSSEC validation.
    Dnssec,
    /// The resolver does not answer any query, or refuses them.
    Resolver,
    /// No DNS server could be reached.
    Network,
    /// The address asked about is listed nowhere.
    UnlistedSender,
    /// The address asked about belongs to a pool for forwarded mail.
    ForwardingPool,
    /// SPF passes for a domain that is not aligned, and a signature is not known.
    NotAligned,
    /// The recording or the files do not hold the answer.
    NotRecorded,
    /// A limit of this program ended the work.
    OwnLimit,
    /// The run is a drill: its failures are injected, and nothing is wrong.
    Drill,
    /// The answer depends on an identity that was not given.
    MissingIdentity,
    /// A forwarder changed what was signed, or kept a MAIL FROM that is not its own.
    Forwarder,
    /// Nothing is wrong.
    Nobody,
    /// The address of the recipient is wrong, disabled or gone.
    RecipientAddress,
    /// The DNS records of the recipient's domain.
    RecipientDns,
    /// The mailbox of the recipient is full.
    RecipientMailbox,
    /// A rule of the recipient.
    RecipientPolicy,
    /// A server of the recipient.
    RecipientServer,
    /// What the message holds.
    SenderContent,
    /// The DNS records of the sending domain, or of the sending host.
    SenderDns,
    /// The reputation of the sending address.
    SenderIp,
    /// The sender's list of recipients.
    SenderList,
    /// The sender's account at its provider.
    SenderProviderAccount,
    /// How the sending server is set up.
    SenderServer,
    /// How much was sent.
    SenderVolume,
    /// The message does not say.
    Unclear,
    /// Something could not be determined, for a reason that is none of the above.
    Undetermined,
}

/// One thing that a fault rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
#[non_exhaustive]
pub enum Evidence {
    /// A finding of the same report.
    Finding {
        /// The rule.
        #[serde(flatten)]
        rule: RuleId,
        /// The finding's fingerprint.
        fingerprint: String,
    },
    /// A DNS query and what came back.
    Query {
        /// The name asked about.
        name: Name,
        /// The type asked for.
        record: Kind,
        /// What came back, as in the table of lookups.
        outcome: LookupOutcome,
        /// Who answered, or was asked.
        source: String,
    },
    /// The answer about a sender, as it was asked about.
    Sender {
        /// The sender.
        sender: String,
    },
}

impl Fault {
    /// The owner of a record that is wrong has to change it.
    pub fn of_record(finding: &Finding) -> Self {
        let action = match (&finding.fix, &finding.advice, finding.owner.party) {
            (Some(fix), ..) => fix.summary.clone(),
            (None, Some(advice), _) => advice.clone(),
            (None, None, Party::You) => Phrase::from("see ").code(&*finding.rule),
            (None, None, _) => Phrase::from(
                "report it there; until it is fixed, you can only remove what leads to that record",
            ),
        };
        let Subject { name, kind, .. } = &finding.subject;
        Self {
            party: finding.owner.party,
            kind: FaultKind::Record,
            name: finding.owner.address().to_owned(),
            record: Some(RecordSet { name: name.clone(), kind: *kind }),
            reason: finding.message.clone(),
            action,
            evidence: vec![Evidence::Finding {
                rule: finding.rule.clone(),
                fingerprint: finding.fingerprint.clone(),
            }],
            confidence: Certainty::Proved,
        }
    }

    /// What a party has to do about something that is no record and no finding of the report; `name`
    /// is the party's, escaped.
    pub(crate) fn of_party(
        party: Party,
        name: impl Into<String>,
        kind: FaultKind,
        [reason, action]: [Phrase; 2],
        confidence: Certainty,
    ) -> Self {
        let (name, evidence) = (name.into(), Vec::new());
        Self { party, kind, name, record: None, reason, action, evidence, confidence }
    }

    /// A fault without a party that could be named.
    pub fn undetermined(kind: FaultKind, reason: Phrase, action: Phrase) -> Self {
        Self::of_party(Party::Undetermined, "", kind, [reason, action], Certainty::Proved)
    }

    /// The fingerprints of the findings that it rests on.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.evidence.iter().filter_map(|evidence| match evidence {
            Evidence::Finding { fingerprint, .. } => Some(fingerprint.as_str()),
            _ => None,
        })
    }

    /// Adds the evidence of another fault if both are about the same record set, which one party
    /// has to change; true if so.
    pub fn absorb(&mut self, other: &Self) -> bool {
        let is_same = self.kind == FaultKind::Record
            && other.kind == FaultKind::Record
            && self.party == other.party
            && self.record == other.record;
        if is_same {
            self.evidence.extend(other.evidence.iter().cloned());
        }
        is_same
    }
}
