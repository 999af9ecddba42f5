//! Which policy applies to mail from a domain (RFC 9989 §4.10.1).

use super::event::Event;
use super::record::{Policy, Record, Usable};
use super::visit::{Found, Published, owner};
use super::walk::{Organization, Walk, walk};
use crate::diagnostic::{Standing, Step};
use crate::dns::{Dns, Failure, Kind, Outcome, ask};
use crate::net::Name;
use crate::text::Span;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// All that is known of a domain's policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovered {
    /// The walk that started at the domain.
    pub walk: Walk,
    /// The Organizational Domain; `None` if it could not be told.
    pub organization: Option<Organization>,
    /// What applies.
    pub discovery: Discovery,
}

impl Discovered {
    /// The domain that this is about.
    pub fn domain(&self) -> &Name {
        &self.walk.start
    }

    /// The policy in force, if there is one.
    pub fn in_force(&self) -> Option<&InForce> {
        match &self.discovery {
            Discovery::InForce(in_force) => Some(in_force),
            _ => None,
        }
    }

    /// The record that governs the domain, whether it can be applied or not.
    pub fn governing(&self) -> Option<&Arc<Published>> {
        match &self.discovery {
            Discovery::InForce(in_force) => Some(&in_force.published),
            Discovery::Unusable(published) => Some(published),
            Discovery::NotPublished | Discovery::Unknown(_) => None,
        }
    }

    /// The Organizational Domain of the name of the governing record.
    pub fn organization_of_record(&self) -> Option<&Name> {
        let published = self.governing()?;
        match self.walk.public_suffix() {
            Some(suffix) if suffix.domain == published.domain => Some(&suffix.domain),
            _ => self.organization.as_ref().map(|organization| &organization.domain),
        }
    }
}

impl Discovered {
    /// True if the domain itself has several records, so that none of them counts.
    pub fn has_several_records(&self) -> bool {
        let visit = self.walk.visits.first();
        visit.is_some_and(|visit| matches!(visit.found, Found::Several(_)))
    }

    /// The tags that ask for less below the domain than its own policy does.
    ///
    /// They have an effect only in the record of an Organizational or Public Suffix Domain.
    pub fn weaker_for_subdomains(&self) -> Vec<(PolicyTag, Policy)> {
        let Some(in_force) = self.in_force_for_tree() else { return Vec::new() };
        let record = in_force.published.record();
        [(PolicyTag::Sp, &record.sp), (PolicyTag::Np, &record.np)]
            .into_iter()
            .filter_map(|(tag, policy)| Some((tag, policy.as_ref()?.value)))
            .filter(|(_, policy)| *policy < in_force.policy)
            .collect()
    }

    /// The policy in force, if the domain speaks for the names below it, too.
    fn in_force_for_tree(&self) -> Option<&InForce> {
        let in_force = self.in_force()?;
        let organization = self.organization_of_record()?;
        (in_force.source == Source::AuthorDomain
            && in_force.tag == PolicyTag::P
            && in_force.published.domain == *organization)
            .then_some(in_force)
    }

    /// How the domain stands.
    pub fn standing(&self) -> Standing {
        match &self.discovery {
            Discovery::Unknown(_) => Standing::Unknown,
            Discovery::NotPublished if self.has_several_records() => Standing::Broken,
            Discovery::NotPublished => Standing::Absent,
            Discovery::Unusable(_) => Standing::Broken,
            Discovery::InForce(in_force) => self.standing_in_force(in_force),
        }
    }

    fn standing_in_force(&self, in_force: &InForce) -> Standing {
        if in_force.tag == PolicyTag::Implied && !in_force.published.is_without_policy() {
            // What the owner wrote is ignored.
            Standing::Broken
        } else if in_force.requested == Policy::None
            || in_force.published.record().is_testing()
            || !self.weaker_for_subdomains().is_empty()
        {
            Standing::Weak
        } else {
            Standing::Good
        }
    }
}

/// What applies to mail from a domain.
#[derive(Clone, Debug, PartialEq)]
pub enum Discovery {
    /// A policy.
    InForce(InForce),
    /// A record that has no valid policy and asks for no reports: DMARC is not applied.
    Unusable(Arc<Published>),
    /// Nothing, because nothing is published.
    NotPublished,
    /// A question that decides it could not be answered.
    Unknown(FailedQuery),
}

/// A question that could not be answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FailedQuery {
    /// The name asked for.
    pub name: Name,
    /// The type asked for.
    pub kind: Kind,
    /// Why there is no answer.
    pub failure: Failure,
}

/// A policy, and why it is that one.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce {
    /// The record.
    pub published: Arc<Published>,
    /// Whose record it is.
    pub source: Source,
    /// The tag that the policy is taken from.
    pub tag: PolicyTag,
    /// The policy as published.
    pub policy: Policy,
    /// The policy that receivers are asked to apply: one level lower with `t=y`.
    pub requested: Policy,
}

impl InForce {
    /// Where the policy stands in its record; `None` if no tag says it.
    pub fn span(&self) -> Option<Span> {
        self.tag.span(self.published.record())
    }

    /// True if `t=y` lowers the policy by a level.
    pub fn is_lowered(&self) -> bool {
        self.requested != self.policy
    }
}

/// Whose record applies.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Source {
    /// The Author Domain's own.
    AuthorDomain,
    /// The Organizational Domain's.
    OrganizationalDomain,
    /// The Public Suffix Domain's.
    PublicSuffixDomain,
}

/// Where in a record a policy is taken from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyTag {
    /// `p`
    P,
    /// `sp`
    Sp,
    /// `np`
    Np,
    /// None: the record has no valid policy and asks for reports, which counts as `p=none`.
    Implied,
}

impl PolicyTag {
    /// Where its policy stands in a record.
    pub fn span(self, record: &Record) -> Option<Span> {
        let policy = match self {
            Self::P => &record.p,
            Self::Sp => &record.sp,
            Self::Np => &record.np,
            Self::Implied => return None,
        };
        policy.as_ref().map(|policy| policy.span)
    }

    /// The word for it in JSON: the name of the tag, or `implied`.
    pub fn word(self) -> &'static str {
        match self {
            Self::P => "p",
            Self::Sp => "sp",
            Self::Np => "np",
            Self::Implied => "implied",
        }
    }
}

/// Finds the policy for mail from a domain, and tells how.
pub async fn discover(dns: &dyn Dns, author: &Name) -> (Discovered, Vec<Step<Event>>) {
    let (discovered, further) = find(dns, author).await;
    let mut steps = vec![discovered.walk.step()];
    steps.extend(further);
    let discovery = discovered.discovery.clone();
    steps.push(Step::leaf(Event::Policy { domain: author.clone(), discovery }));
    (discovered, steps)
}

/// Finds the policy for mail from a domain; the steps are those behind the walk.
pub(crate) async fn find(dns: &dyn Dns, author: &Name) -> (Discovered, Vec<Step<Event>>) {
    let walk = walk(dns, author).await;
    let organization = walk.organization();
    let mut steps = Vec::new();
    let discovery = match select(&walk, organization.as_ref()) {
        Selected::Found(published, source) => {
            apply(dns, author, published, source, &mut steps).await
        }
        Selected::Nothing => Discovery::NotPublished,
        Selected::Unknown(trouble) => Discovery::Unknown(trouble),
    };
    (Discovered { walk, organization, discovery }, steps)
}

enum Selected {
    Found(Arc<Published>, Source),
    Nothing,
    Unknown(FailedQuery),
}

/// The record that applies.
fn select(walk: &Walk, organization: Option<&Organization>) -> Selected {
    // RFC 9989 §4.10.1: "If a valid DMARC Policy Record is found there, then this is the DMARC
    // Policy Record to be applied to the message"
    if let Some(own) = walk.published(&walk.start) {
        return Selected::Found(Arc::clone(own), Source::AuthorDomain);
    }
    let Some(organization) = organization else {
        return walk.failure().map_or(Selected::Nothing, |(domain, failure)| {
            Selected::Unknown(FailedQuery {
                name: owner(domain).unwrap_or_else(|| domain.clone()),
                kind: Kind::Txt,
                failure: failure.clone(),
            })
        });
    };
    // RFC 9989 §4.10.1: "PSD policy is not used for Organizational Domains that have published a
    // DMARC Policy Record."
    if let Some(published) = walk.published(&organization.domain) {
        return Selected::Found(Arc::clone(published), Source::OrganizationalDomain);
    }
    match walk.public_suffix() {
        Some(published) => Selected::Found(Arc::clone(published), Source::PublicSuffixDomain),
        None => Selected::Nothing,
    }
}

/// What a record asks for mail from `author`.
async fn apply(
    dns: &dyn Dns,
    author: &Name,
    published: Arc<Published>,
    source: Source,
    steps: &mut Vec<Step<Event>>,
) -> Discovery {
    let record = published.record();
    let (policy, tag) = match record.usable() {
        Usable::Skip => return Discovery::Unusable(published),
        Usable::AsNone => (Policy::None, PolicyTag::Implied),
        Usable::Ok if source == Source::AuthorDomain => own_policy(record),
        Usable::Ok => match policy_for_subdomain(dns, author, record, steps).await {
            Ok(chosen) => chosen,
            Err(trouble) => return Discovery::Unknown(trouble),
        },
    };
    let requested = if record.is_testing() { policy.lowered() } else { policy };
    Discovery::InForce(InForce { published, source, tag, policy, requested })
}

fn own_policy(record: &Record) -> (Policy, PolicyTag) {
    // A record that is usable as it stands has a valid `p`.
    (record.p.as_ref().map_or(Policy::None, |p| p.value), PolicyTag::P)
}

/// `sp` if the subdomain exists, `np` if not; what is absent falls back to the one before it.
async fn policy_for_subdomain(
    dns: &dyn Dns,
    author: &Name,
    record: &Record,
    steps: &mut Vec<Step<Event>>,
) -> Result<(Policy, PolicyTag), FailedQuery> {
    let existing = match &record.sp {
        Some(sp) => (sp.value, PolicyTag::Sp),
        None => own_policy(record),
    };
    // Without `np` it does not matter whether the name exists, so nobody is asked.
    let Some(np) = &record.np else { return Ok(existing) };
    let (existence, step) = existence(dns, author).await;
    steps.push(step);
    match existence {
        Existence::Exists => Ok(existing),
        Existence::DoesNotExist => Ok((np.value, PolicyTag::Np)),
        // Both tags ask for the same, so the failure decides nothing.
        Existence::Unknown(_) if np.value == existing.0 => Ok(existing),
        Existence::Unknown(trouble) => Err(trouble),
    }
}

/// Whether a name exists in the DNS.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Existence {
    /// It does, perhaps without any record of its own.
    Exists,
    /// It does not: NXDOMAIN.
    DoesNotExist,
    /// It could not be told.
    Unknown(FailedQuery),
}

/// Tests whether a name exists (RFC 9989 §4.7, `np`): only NXDOMAIN says that it does not.
async fn existence(dns: &dyn Dns, name: &Name) -> (Existence, Step<Event>) {
    let mut answers = vec![ask(dns, name, Kind::A).await];
    // RFC 6604 §3: behind an alias, the response code speaks of the last name of the chain. A name
    // whose alias leads nowhere exists all the same, so its own CNAME record is asked for.
    if answers.iter().any(|a| a.outcome == Outcome::NxDomain && a.aliases.is_empty()) {
        answers.push(ask(dns, name, Kind::Cname).await);
    }
    let existence = match answers.last().map(|last| (last, &last.outcome)) {
        Some((last, Outcome::Failed(failure))) => Existence::Unknown(FailedQuery {
            name: name.clone(),
            kind: last.question.kind,
            failure: failure.clone(),
        }),
        Some((last, Outcome::NxDomain)) if last.aliases.is_empty() => Existence::DoesNotExist,
        _ => Existence::Exists,
    };
    let event = Event::Existence { name: name.clone(), existence: existence.clone() };
    (existence, Step { event, answers, steps: Vec::new() })
}
