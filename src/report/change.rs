//! How a domain differs from how it was.

use super::{FileLocation, SenderResult};
use crate::dns::Kind;
use crate::net::{Cidr, Name};
use crate::protocols::dmarc::{AlignmentMode, Policy};
use crate::text::Phrase;
use serde::{Deserialize, Serialize};

/// What a change does to a domain, in meaning. The findings that it introduces and resolves stand
/// among the findings of the domain, marked by [`State`](super::State).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// Where the state before came from: servers, files.
    pub before: Vec<String>,
    /// Whether the domain itself comes or goes.
    pub presence: Presence,
    /// What the domain was said to be before, in one sentence.
    pub headline_before: Phrase,
    /// The record sets that differ.
    pub records: Vec<ChangedRecords>,
    /// Who fares otherwise than before, those that lose first: empty if nobody does.
    pub senders: Vec<ChangedSender>,
    /// Who may send before and after, the largest first.
    pub kept: Vec<KeptSender>,
    /// What evaluation costs; `null` where there is no policy before or none after, or where not all
    /// of it could be asked.
    pub cost: Option<ChangedCost>,
    /// The DMARC policy in force, if it differs.
    pub policy: Option<ChangedPolicy>,
    /// DMARC alignment, if a policy is in force before and after and it differs.
    pub alignment: Option<ChangedAlignment>,
    /// Within how many seconds caches forget what was published before; `null` if nothing differs,
    /// or no time to live is known.
    pub in_effect_within_s: Option<u32>,
    /// What could not be compared, and why.
    pub unknown: Vec<Phrase>,
}

/// What a change does to the name of a domain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It exists before and after, or does not exist, or that is undetermined.
    #[default]
    Unchanged,
    /// It did not exist before, or only a wildcard answered for it.
    Created,
    /// It does not exist after.
    Removed,
}

/// A record set that differs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChangedRecords {
    /// Its owner.
    pub name: Name,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The records that go, in master-file form.
    pub removed: Vec<String>,
    /// The records that come, in master-file form.
    pub added: Vec<String>,
    /// Time to live before, in seconds.
    pub ttl_before_s: Option<u32>,
    /// Time to live after, in seconds.
    pub ttl_s: Option<u32>,
    /// Where in a file the set stands after the change.
    pub location: Option<FileLocation>,
}

/// Addresses that get another result than before, or get it from somebody else.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChangedSender {
    /// Whether they may send after the change and might not before, or the other way round.
    pub effect: Effect,
    /// The recognised provider that sends from them, or `null`.
    pub provider: Option<String>,
    /// The RFC 7208 §2.6 word before; `unknown` if it depends on who sends.
    pub before: SenderResult,
    /// The same after.
    pub after: SenderResult,
    /// The term that decided before, as published, escaped; `null` if none matched.
    pub term_before: Option<String>,
    /// The same after.
    pub term_after: Option<String>,
    /// The includes that lead on from there to the record that decided before, outermost first,
    /// escaped; as far as they are the same for all of these addresses.
    pub path_before: Vec<String>,
    /// The same after.
    pub path_after: Vec<String>,
    /// Which they are in words, or how many if that takes more than two networks.
    pub who: String,
    /// True if they are everybody whom no term lists.
    pub is_rest: bool,
    /// Which: the shortest list of networks; empty for everybody whom no term lists.
    pub networks: Vec<Cidr>,
    /// Why an error after the change is one, in words.
    pub problem: Option<Phrase>,
}

/// What a change does to somebody who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// They passed, and pass no more.
    Lost,
    /// They pass, and did not before.
    Gained,
    /// Neither: they get another result that is no pass, or it depends on who sends.
    Altered,
}

/// Addresses that pass before a change and after it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptSender {
    /// The recognised provider that sends from them, or `null`.
    pub provider: Option<String>,
    /// The term that lets them pass after the change, as published, escaped.
    pub term: String,
    /// Which they are in words, or how many if that takes more than two networks.
    pub who: String,
}

/// Everybody whom no term lists, of both families.
pub(crate) const UNLISTED: &str = "unlisted addresses";

/// Who addresses are, in a sentence: everybody whom no term lists, a provider with what it is known
/// as, or only that.
pub(crate) fn named(provider: Option<&str>, who: &str, is_rest: bool) -> Phrase {
    let said = Phrase::new();
    match provider {
        _ if is_rest => said.plain(who),
        Some(provider) => said.name(provider).plain(" (").addr(who).plain(")"),
        None => said.addr(who),
    }
}

/// What evaluation costs, before and after: the longest path of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedCost {
    /// Terms that cause lookups (RFC 7208 §4.6.4).
    pub lookups: [u16; 2],
    /// Void lookups.
    pub voids: [u16; 2],
    /// Octets of the record.
    pub octets: [usize; 2],
}

/// The DMARC policy in force, before and after: `none quarantine reject`, `null` for no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedPolicy {
    /// Before.
    pub before: Option<Policy>,
    /// After.
    pub after: Option<Policy>,
}

/// DMARC alignment, before and after: `r` or `s` (RFC 9989 §4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedAlignment {
    /// Of the SPF domain: `aspf`.
    pub spf: [AlignmentMode; 2],
    /// Of the DKIM domain: `adkim`.
    pub dkim: [AlignmentMode; 2],
}
