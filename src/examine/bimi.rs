//! What BIMI needs to know of DMARC: the policies of the domain and of its organization.

use super::Clock;
use super::inquiry::Inquiry;
use crate::dns::Dns;
use crate::protocols::bimi::{self, Enforcement, Shortfall, Weakness};
use crate::protocols::dmarc::rfc7489::percent;
use crate::protocols::dmarc::{self, Policy, Published, Usable, Walk};
use crate::web::Web;

/// Examines the BIMI of a domain, and whether its DMARC lets receivers look for the logo.
pub(super) async fn examine(
    dns: &dyn Dns,
    web: &dyn Web,
    inquiry: &Inquiry,
    clock: Clock,
) -> bimi::Facts {
    let domain = &inquiry.domain;
    // A run that can be repeated has no time of its own.
    let now = inquiry.bimi.now.or((clock.seconds > 0).then_some(clock.seconds));
    let wanted = bimi::Wanted { now, ..inquiry.bimi.clone() };
    let (facts, walk) =
        tokio::join!(bimi::facts(dns, web, domain, &wanted), dmarc::walk(dns, domain));
    let mut enforcement = Enforcement::NotExamined;
    if facts.published().is_some() {
        enforcement = enforced(&walk);
    }
    bimi::Facts { enforcement, ..facts }
}

/// Whether the policies that a walk found are strict enough.
///
/// §7.1 of the draft: neither the domain of the From field nor its organization has p=none or sp=none,
/// and with p=quarantine, pct is 100.
fn enforced(walk: &Walk) -> Enforcement {
    let start = &walk.start;
    let own = walk.published(start);
    let organization = walk.organization().map(|it| it.domain).filter(|it| it != start);
    let above = organization.as_ref().and_then(|it| walk.published(it)).or(walk.public_suffix());
    let mut found = own.into_iter().chain(above);
    if let Some(shortfall) = found.clone().find_map(|published| weakness(published)) {
        return Enforcement::Short(shortfall);
    }
    // A record that could not be asked for may ask for less.
    if let Some((_, failure)) = walk.failure() {
        return Enforcement::Unknown(failure.clone());
    }
    match found.next() {
        Some(_) => Enforcement::Strict,
        None => {
            let domain = start.clone();
            Enforcement::Short(Shortfall { domain, weakness: Weakness::NoPolicy })
        }
    }
}

/// What a policy lacks.
fn weakness(published: &Published) -> Option<Shortfall> {
    let record = published.record();
    let percent = percent(record);
    let is = |policy: Policy| record.p.as_ref().is_some_and(|p| p.value == policy);
    let weakness = match record.usable() {
        Usable::Skip => Weakness::NoPolicy,
        Usable::AsNone => Weakness::None,
        Usable::Ok if is(Policy::None) => Weakness::None,
        Usable::Ok if record.sp.as_ref().is_some_and(|sp| sp.value == Policy::None) => {
            Weakness::SubdomainsNone
        }
        Usable::Ok if is(Policy::Quarantine) && percent < 100 => Weakness::Partly(percent),
        Usable::Ok if record.is_testing() => Weakness::Testing,
        Usable::Ok => return None,
    };
    Some(Shortfall { domain: published.domain.clone(), weakness })
}
