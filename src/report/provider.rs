//! What a recognised provider documents for its customers, and what the domain publishes of it.

use crate::dns::Kind;
use crate::net::Name;
pub use crate::provider::Need;
use serde::{Deserialize, Serialize};

/// A provider that the records of the domain show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecognisedProvider {
    /// Its id in the catalogue.
    pub id: String,
    /// Its name for a reader.
    pub title: String,
    /// The records that show it. Escaped.
    pub evidence: Vec<String>,
    /// The gateway that receives for the domain, for a reader; `None` if the provider receives itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
    /// What the SPF policy says of the provider, if another service keeps the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosted_policy: Option<HostedPolicy>,
    /// The date of the newest fact that the list of records rests on.
    pub as_of: String,
    /// The records that it documents, the required ones first.
    pub records: Vec<ExpectedRecord>,
}

/// An SPF policy that a service keeps, asked about addresses of the provider: what it lists cannot be read
/// from the record of the domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HostedPolicy {
    /// The service, for a reader.
    pub keeper: String,
    /// Addresses that were asked about and whose result is known.
    pub asked: usize,
    /// Those of them that pass.
    pub passing: usize,
}

/// A record that a provider documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExpectedRecord {
    /// Its owner name.
    pub name: Name,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// How much the provider wants it.
    pub need: Need,
    /// How the domain fares.
    pub state: RecordState,
    /// What it should hold; `<…>` stands for what differs between customers. Empty in a short document
    /// of a record that is as documented.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expected: String,
    /// What is published instead, if the state is `different` or `leads_nowhere`. Escaped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub published: Vec<String>,
    /// The provider that documents what is published instead, for a reader: clients are still sent there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<String>,
    /// The record to paste; `None` if it is to be copied from the provider's portal, or nothing is to be
    /// added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add: Option<String>,
}

/// How a domain fares with a record that a provider documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordState {
    /// It is as documented; of a retired one: it is not published.
    Documented,
    /// It is not published at this name, and that of a parent domain applies.
    Inherited,
    /// It is not published.
    Missing,
    /// Something else is published; of a retired one: it is still published.
    Different,
    /// It leads to a name that does not exist, or that has no address.
    LeadsNowhere,
    /// It could not be determined, or only the owner knows where to look.
    Unknown,
    /// The recording does not hold it.
    NotRecorded,
}

impl ExpectedRecord {
    /// True if nothing is to be done about it.
    pub fn is_good(&self) -> bool {
        matches!(self.state, RecordState::Documented | RecordState::Inherited)
    }

    /// True if it takes part in the count: an optional record that is not there is no shortcoming, nor
    /// a retired one that is gone.
    pub fn is_counted(&self) -> bool {
        match (self.need, self.state) {
            (_, RecordState::Unknown | RecordState::NotRecorded) => false,
            (Need::Required | Need::Recommended, _) => true,
            (Need::Optional, state) => state != RecordState::Missing,
            (Need::Retired, state) => state != RecordState::Documented,
        }
    }
}

impl RecognisedProvider {
    /// Leaves out the records that take part in no count, and what those hold that are as documented.
    pub(super) fn keep_counted(&mut self) {
        self.records.retain(ExpectedRecord::is_counted);
        let good = self.records.iter_mut().filter(|it| it.is_good());
        good.for_each(|record| record.expected.clear());
    }

    /// How many records are as documented, and of how many.
    pub fn count(&self) -> (usize, usize) {
        let counted = || self.records.iter().filter(|record| record.is_counted());
        (counted().filter(|it| it.is_good()).count(), counted().count())
    }
}
