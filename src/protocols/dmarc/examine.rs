//! Everything that can be told of a domain's DMARC without a message.

use super::discover::{Discovered, Discovery, InForce, PolicyTag, Source, discover};
use super::event::Event;
use super::grammar::is_record;
use super::record::Policy;
use super::report_uri::{Destination, destinations};
use super::rfc7489::{Difference, View, view};
use super::visit::Found;
use crate::diagnostic::{Standing, Step};
use crate::dns::{Answer, Dns, Kind, ask, join_all};
use crate::net::Name;
use std::sync::Arc;

/// What was found out: the facts that rules look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The walk, the Organizational Domain and the policy in force.
    pub discovered: Discovered,
    /// Where reports go, and whether they may.
    pub destinations: Vec<Destination>,
    /// The domain in the eyes of receivers that follow RFC 7489.
    pub rfc7489: View,
    /// Where those receivers act differently.
    pub difference: Option<Difference>,
    /// Answers with a record at names near by, where no receiver looks; looked for where no policy
    /// applies.
    pub misplaced: Vec<Arc<Answer>>,
}

/// The facts, and how they were found.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    /// The facts.
    pub facts: Facts,
    /// How they were found.
    pub steps: Vec<Step<Event>>,
}

/// Finds out all about a domain's DMARC.
pub async fn examine(dns: &dyn Dns, domain: &Name) -> Examined {
    let (discovered, mut steps) = discover(dns, domain).await;
    let (checked, rfc7489) = tokio::join!(destinations(dns, &discovered), view(dns, &discovered));
    let difference = Difference::between(&discovered, &rfc7489);
    let (destinations, checks) = checked;
    steps.extend(checks);
    let event = Event::Rfc7489 { domain: domain.clone(), view: rfc7489.clone() };
    steps.push(Step::leaf(event));
    let misplaced = misplaced(dns, &discovered).await;
    Examined { facts: Facts { discovered, destinations, rfc7489, difference, misplaced }, steps }
}

/// The answers with a record at names where people put one by mistake: without the underscore, and
/// the name that a form makes of a whole name where it wants a relative one.
async fn misplaced(dns: &dyn Dns, discovered: &Discovered) -> Vec<Arc<Answer>> {
    if discovered.discovery != Discovery::NotPublished {
        return Vec::new();
    }
    let domain = discovered.domain();
    let below = |name: &Name| name.child("_dmarc").ok();
    let names = [
        domain.child("dmarc").ok(),
        domain.doubled().as_ref().and_then(below),
        below(domain).and_then(|name| name.child("@").ok()),
    ];
    let answers = join_all(names.iter().flatten().map(|name| ask(dns, name, Kind::Txt))).await;
    let has_record = |answer: &Arc<Answer>| answer.texts().any(|text| is_record(&text));
    answers.into_iter().filter(has_record).collect()
}

impl Facts {
    /// The domain.
    pub fn domain(&self) -> &Name {
        self.discovered.domain()
    }

    /// True if the domain itself has several records, so that none of them counts.
    pub fn has_several_records(&self) -> bool {
        let visit = self.discovered.walk.visits.first();
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
        let in_force = self.discovered.in_force()?;
        let organization = self.discovered.organization_of_record()?;
        (in_force.source == Source::AuthorDomain
            && in_force.tag == PolicyTag::P
            && in_force.published.domain == *organization)
            .then_some(in_force)
    }

    /// How the domain stands.
    pub fn standing(&self) -> Standing {
        match &self.discovered.discovery {
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
