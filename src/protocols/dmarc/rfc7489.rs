//! What a receiver makes of a domain that still follows RFC 7489 (2015), and where it differs.
//!
//! Many receivers do. They find the Organizational Domain with the Public Suffix List instead of
//! the tree walk, stop where several records stand at the Author Domain (§6.6.3), know neither
//! `np` nor `psd` nor `t`, and apply a policy to `pct` per cent of the mail only (§6.3).

use super::discover::{Discovered, Discovery, PolicyTag};
use super::record::{Policy, Record, Usable, Usage};
use super::visit::{Found, Published, Visit, question};
use crate::dns::Dns;
use crate::net::Name;
use std::sync::Arc;

/// A domain in the eyes of an older receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The Organizational Domain by the Public Suffix List (§3.2).
    pub organization: Name,
    /// What applies.
    pub outcome: Outcome,
}

/// What applies to mail from a domain by RFC 7489 §6.6.3.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A policy.
    InForce(Applied),
    /// Nothing: no record, several records, or one without a valid policy.
    NotApplied,
    /// It could not be told.
    Unknown,
}

/// A policy by RFC 7489.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// The record.
    pub published: Arc<Published>,
    /// The tag that the policy is taken from: `p` or `sp`.
    pub tag: PolicyTag,
    /// The policy.
    pub policy: Policy,
    /// To how many per cent of the failing mail it is applied.
    pub percent: u8,
}

/// The Organizational Domain by the Public Suffix List; a public suffix is its own.
pub fn organization(name: &Name) -> Name {
    psl::domain(&name.to_octets())
        .and_then(|domain| Name::from_octets(domain.as_bytes()).ok())
        .unwrap_or_else(|| name.clone())
}

/// Looks at a domain as an older receiver does.
pub async fn view(dns: &dyn Dns, discovered: &Discovered) -> View {
    let author = discovered.domain();
    let organization = organization(author);
    let mut visit = query_policy(dns, discovered, author).await;
    // RFC 7489 §6.6.3: "If the set is now empty, the Mail Receiver MUST query the DNS for a DMARC
    // record at the DNS domain matching the Organizational Domain in place of the RFC5322.From
    // domain"
    if visit.found == Found::Nothing && organization != *author {
        visit = query_policy(dns, discovered, &organization).await;
    }
    let outcome = match &visit.found {
        Found::One(published) => apply(published, published.domain == *author),
        Found::Failed(_) => Outcome::Unknown,
        Found::Nothing | Found::Several(_) => Outcome::NotApplied,
    };
    View { organization, outcome }
}

/// The record at a name; the walk has mostly been there.
async fn query_policy(dns: &dyn Dns, discovered: &Discovered, domain: &Name) -> Visit {
    if let Some(visit) = discovered.walk.visit(domain) {
        return visit.clone();
    }
    let answer = match question(domain) {
        Some(question) => Some(dns.lookup(&question).await),
        None => None,
    };
    Visit::read(domain.clone(), answer)
}

fn apply(published: &Arc<Published>, is_own: bool) -> Outcome {
    let record = published.record();
    let own = record.p.as_ref().map_or(Policy::None, |p| p.value);
    let (policy, tag) = match (record.usable_in_rfc7489(), &record.sp) {
        (Usable::Skip, _) => return Outcome::NotApplied,
        (Usable::AsNone, _) => (Policy::None, PolicyTag::Implied),
        (Usable::Ok, Some(sp)) if !is_own => (sp.value, PolicyTag::Sp),
        (Usable::Ok, _) => (own, PolicyTag::P),
    };
    let published = Arc::clone(published);
    Outcome::InForce(Applied { published, tag, policy, percent: percent(record) })
}

/// The value of `pct`; 100 if it is absent or invalid.
pub(crate) fn percent(record: &Record) -> u8 {
    record
        .tags_with(Usage::Historic)
        .filter(|tag| record.is_named(tag, "pct"))
        .filter_map(|tag| str::from_utf8(record.show(tag.value)).ok()?.parse().ok())
        .filter(|percent| *percent <= 100)
        .last()
        .unwrap_or(100)
}

/// Two generations of receivers that treat a domain differently.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What RFC 9989 leads to.
    pub new: Side,
    /// What RFC 7489 leads to.
    pub old: Side,
}

/// What one generation does with failing mail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Side {
    /// The policy; `None` if DMARC is not applied.
    pub policy: Option<Policy>,
    /// To how many per cent of the mail.
    pub percent: u8,
    /// The domain within which identifiers align.
    pub organization: Name,
}

impl Difference {
    /// Compares both views; `None` if they agree, or if either could not be told.
    pub fn between(discovered: &Discovered, view: &View) -> Option<Self> {
        let policy = match &discovered.discovery {
            Discovery::InForce(in_force) => Some(in_force.requested),
            Discovery::Unusable(_) | Discovery::NotPublished => None,
            Discovery::Unknown(_) => return None,
        };
        let organization = discovered.organization.as_ref()?.domain.clone();
        let new = Side { policy, percent: 100, organization };
        let organization = view.organization.clone();
        let old = match &view.outcome {
            Outcome::Unknown => return None,
            Outcome::NotApplied => Side { policy: None, percent: 100, organization },
            // A part of nothing is nothing.
            Outcome::InForce(applied) => {
                let percent = if applied.policy == Policy::None { 100 } else { applied.percent };
                Side { policy: Some(applied.policy), percent, organization }
            }
        };
        // Where neither applies DMARC, the organization has no effect.
        let has_effect = new.policy.is_some() || old.policy.is_some();
        (has_effect && new != old).then_some(Self { new, old })
    }
}
