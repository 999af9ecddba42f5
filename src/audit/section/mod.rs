//! Facts of each protocol, as the report has them.

pub(super) mod authorization;
mod dkim;
mod dmarc;
pub(super) mod headline;
mod mx;
mod spf;
mod spf_tree;

pub(super) use dkim::section as dkim;
pub(super) use dmarc::section as dmarc;
pub(super) use mx::section as mx;
pub(super) use spf::section as spf;

use crate::dns::Failure;
use crate::examine::Inquiry;
use crate::protocols::{Examined, Protocol};
use crate::report::{Details, Lookups, Other, Others, Section, Status};
use std::sync::Arc;

/// The sections of protocols that need no other one.
pub(super) fn others(
    examined: &[(Protocol, Arc<dyn Examined>)],
    inquiry: &Inquiry,
    lookups: &mut Lookups,
) -> Others {
    let mut others = Others::default();
    for Other { protocol, section } in &mut others.0 {
        let found = examined.iter().find(|(examined, _)| examined == protocol);
        if let Some((_, examined)) = found.filter(|_| inquiry.checks.has(*protocol)) {
            *section = other(&**examined, lookups);
        }
    }
    others
}

/// The section of a protocol that needs no other one.
pub(super) fn other(examined: &dyn Examined, lookups: &mut Lookups) -> Section<Details> {
    // A recording that was made before the protocol was known says nothing of it.
    if examined.failure().is_some_and(Failure::is_not_recorded) {
        return Section { status: Status::NotRecorded, ..Section::skipped() };
    }
    Section {
        status: Status::from(examined.standing()),
        summary: examined.summary(),
        details: Details::from(examined.details()),
        steps: lookups.steps(&examined.steps()),
    }
}
