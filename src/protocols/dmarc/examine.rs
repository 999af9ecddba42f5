//! Everything that can be told of a domain's DMARC without a message.

use super::discover::{Discovered, Discovery, PolicyTag, discover};
use super::event::Event;
use super::grammar::is_record;
use super::record::Policy;
use super::report_uri::{Destination, destinations};
use super::rfc7489::{Difference, View, view};
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
        self.discovered.has_several_records()
    }

    /// The tags that ask for less below the domain than its own policy does.
    pub fn weaker_for_subdomains(&self) -> Vec<(PolicyTag, Policy)> {
        self.discovered.weaker_for_subdomains()
    }

    /// How the domain stands.
    pub fn standing(&self) -> Standing {
        self.discovered.standing()
    }
}
