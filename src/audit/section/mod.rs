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
use crate::protocols::{Examined, Protocol, ROWS};
use crate::report::{Details, Lookups, Other, Others, Section, Status};

/// The sections of protocols that need no other one.
pub(super) fn others(
    examined: &[(Protocol, Box<dyn Examined>)],
    inquiry: &Inquiry,
    lookups: &mut Lookups,
) -> Others {
    let rows = ROWS.iter().filter(|row| row.examine.is_some());
    let sections = rows.map(|row| {
        let found = examined.iter().find(|(protocol, _)| *protocol == row.protocol);
        let section = match found {
            Some((_, examined)) if inquiry.checks.has(row.protocol) => other(&**examined, lookups),
            _ => Section::skipped(),
        };
        Other { protocol: row.protocol, section }
    });
    Others(sections.collect())
}

fn other(examined: &dyn Examined, lookups: &mut Lookups) -> Section<Details> {
    // A recording that was made before the protocol was known says nothing of it.
    if examined.failure().is_some_and(Failure::is_not_recorded) {
        return Section { status: Status::NotRecorded, ..Section::skipped() };
    }
    Section {
        status: Status::from(examined.standing()),
        summary: examined.summary(),
        details: Details(examined.details()),
        steps: lookups.steps(&examined.steps()),
    }
}
