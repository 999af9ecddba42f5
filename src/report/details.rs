//! What each protocol shows of a domain, as data.

use super::{LookupId, Status};
use crate::net::{Cidr, Name};
use crate::protocols::Detail;
use crate::protocols::dkim::Algorithm;
use crate::protocols::dmarc::{AlignmentMode, Policy, PolicyTag, TagValue};
use crate::protocols::spf::SpfResult;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// What a protocol shows that needs no other one, by key.
#[derive(Clone, Debug, Default)]
pub struct Details(pub Vec<(Cow<'static, str>, Detail)>);

impl Details {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Detail> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }
}

impl Serialize for Details {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de> Deserialize<'de> for Details {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_map(InOrder)
    }
}

/// Takes the members of an object in their order.
struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Details;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Details, A::Error> {
        let mut details = Details::default();
        while let Some(member) = members.next_entry()? {
            details.0.push(member);
        }
        Ok(details)
    }
}

impl From<Vec<(&'static str, Detail)>> for Details {
    fn from(details: Vec<(&'static str, Detail)>) -> Self {
        Self(details.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect())
    }
}

/// Who receives.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MxDetails {
    /// The hosts, most preferred first.
    pub hosts: Vec<MxHost>,
    /// True for a null MX (RFC 7505): the domain receives nothing.
    pub null_mx: bool,
    /// The recognised provider that receives.
    pub provider: Option<String>,
}

/// A host that receives.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MxHost {
    /// Lower is tried first.
    pub preference: u16,
    /// Its name.
    pub host: Name,
    /// Its addresses.
    pub addresses: Vec<std::net::IpAddr>,
}

/// Who may send.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpfDetails {
    /// The record as text, escaped; `null` if there is none.
    pub record: Option<String>,
    /// Sizes of its character-strings in octets.
    pub segments: Vec<usize>,
    /// Its time to live in seconds.
    pub ttl_s: Option<u32>,
    /// Terms that cause lookups on the longest path (RFC 7208 §4.6.4).
    pub lookups: u16,
    /// Void lookups on the worst path.
    pub voids: u16,
    /// What a sender gets that no term lists; `null` if it depends on the sender.
    pub default: Option<SpfResult>,
    /// How many IPv4 addresses pass.
    pub ipv4_addresses: u64,
    /// The IPv4 networks that pass, the shortest list that covers them.
    pub ipv4: Vec<Cidr>,
    /// The IPv6 networks that pass, the shortest list that covers them.
    pub ipv6: Vec<Cidr>,
    /// Terms whose effect depends on who sends: they may let more addresses pass.
    pub sender_dependent: Vec<String>,
    /// Recognised providers among the includes.
    pub providers: Vec<String>,
    /// The terms, in order, with what each of them costs and lists.
    pub tree: Vec<TreeNode>,
}

/// One term of an SPF record, with the record behind it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TreeNode {
    /// The term as published, escaped.
    pub term: String,
    /// The recognised provider that it stands for.
    pub provider: Option<String>,
    /// Terms that cause lookups up to here, this one included.
    pub lookups_so_far: u16,
    /// Void lookups up to here.
    pub voids_so_far: u16,
    /// IPv4 addresses that this term decides.
    pub ipv4_addresses: u64,
    /// IPv6 networks that this term decides.
    pub ipv6_networks: usize,
    /// What those addresses get here: an RFC 7208 §2.6 word.
    pub result: Option<SpfResult>,
    /// What is odd about the term, in words: void, failed, depends on the sender.
    pub remark: Option<String>,
    /// The terms of the record that it leads to.
    pub terms: Vec<TreeNode>,
}

/// What a term of SPF is, as far as readers of a tree tell terms apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TermKind {
    /// The mechanism that every sender matches (RFC 7208 §5.1).
    All,
    /// A network that the term lists (RFC 7208 §5.6).
    Network,
    /// The modifier that hands the whole decision on (RFC 7208 §6.1).
    Redirect,
    /// The modifier that explains a fail (RFC 7208 §6.2).
    Explanation,
    /// A mechanism that asks the DNS.
    Lookup,
}

impl TermKind {
    /// True for terms that RFC 7208 §4.6.4 limits.
    pub fn costs_lookup(self) -> bool {
        matches!(self, Self::Redirect | Self::Lookup)
    }
}

impl TreeNode {
    /// What its term is.
    pub fn kind(&self) -> TermKind {
        let bare = self.term.strip_prefix(['+', '-', '~', '?']).unwrap_or(&self.term);
        let name = bare.split([':', '/', '=']).next().unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "all" => TermKind::All,
            "ip4" | "ip6" => TermKind::Network,
            "redirect" => TermKind::Redirect,
            "exp" => TermKind::Explanation,
            _ => TermKind::Lookup,
        }
    }
}

/// Whose signature counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DkimDetails {
    /// How many selectors were tried; keys cannot be listed.
    pub tried: usize,
    /// The selectors at which something was found.
    pub selectors: Vec<Selector>,
    /// True if `_domainkey` does not exist, which proves that there is no key (RFC 8020).
    pub proved_none: bool,
}

impl DkimDetails {
    /// True if a query for a key failed.
    pub fn is_unanswered(&self) -> bool {
        self.selectors.iter().any(|selector| selector.status == Status::Unknown)
    }
}

/// A selector at which something was found.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Selector {
    /// Its name.
    pub selector: String,
    /// `good weak broken absent unknown`.
    pub status: super::Status,
    /// Of which type its key is.
    pub key: Option<KeyType>,
    /// Size of the key in bits.
    pub bits: Option<u32>,
    /// True if the key is withdrawn (empty `p=`).
    pub revoked: bool,
    /// True if the key is for tests (`t=y`).
    pub testing: bool,
    /// The CNAME chain that leads to the key.
    pub aliases: Vec<Name>,
    /// The recognised provider that the selector belongs to.
    pub provider: Option<String>,
    /// The lookup behind it; `null` if the document was written without lookups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<LookupId>,
}

/// The type of a key, `k=` (RFC 6376 §3.6.1, RFC 8463).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyType {
    /// RSA.
    Rsa,
    /// Ed25519.
    Ed25519,
    /// Another one.
    Unknown,
}

impl From<&Algorithm> for KeyType {
    fn from(algorithm: &Algorithm) -> Self {
        match algorithm {
            Algorithm::Rsa => Self::Rsa,
            Algorithm::Ed25519 => Self::Ed25519,
            Algorithm::Unknown(_) => Self::Unknown,
        }
    }
}

/// What is done with mail that proves nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DmarcDetails {
    /// The record in force as text, escaped.
    pub record: Option<String>,
    /// The name it was found at.
    pub found_at: Option<Name>,
    /// The policy in force for this domain: `none quarantine reject`, `t=y` already applied.
    pub policy: Option<Policy>,
    /// The tag that gave it: `p sp np`.
    pub policy_tag: Option<PolicyTag>,
    /// The Organizational Domain (RFC 9989 §4.10.2).
    pub org_domain: Option<Name>,
    /// DKIM alignment mode, `r` or `s`.
    pub adkim: Option<AlignmentMode>,
    /// SPF alignment mode, `r` or `s`.
    pub aspf: Option<AlignmentMode>,
    /// Where aggregate reports go.
    pub reports: Vec<String>,
    /// The tags of the record that applies, as published, then those that it leaves to their defaults.
    #[serde(default)]
    pub tags: Vec<TagValue>,
    /// The names that the tree walk asked, in order.
    pub tree_walk: Vec<WalkName>,
}

/// One name of the tree walk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WalkName {
    /// The name asked.
    pub name: Name,
    /// How many DMARC records stand there.
    pub records: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_told_apart_by_their_names() {
        let kind = |term: &str| {
            let node = TreeNode {
                term: term.into(),
                provider: None,
                lookups_so_far: 0,
                voids_so_far: 0,
                ipv4_addresses: 0,
                ipv6_networks: 0,
                result: None,
                remark: None,
                terms: Vec::new(),
            };
            node.kind()
        };
        let terms = ["~ALL", "ip4:192.0.2.0/24", "-IP6:::1", "redirect=a.example", "exp=a.example"];
        let kinds = [
            TermKind::All,
            TermKind::Network,
            TermKind::Network,
            TermKind::Redirect,
            TermKind::Explanation,
        ];
        assert_eq!(terms.map(kind), kinds);
        assert_eq!(["a/24", "+mx", "include:all.example"].map(kind), [TermKind::Lookup; 3]);
    }
}
