//! MX as the report has it.

use crate::protocols::mx::{self, Addresses, Examined};
use crate::provider;
use crate::report::{Lookups, MxDetails, MxHost, Section, Status};
use crate::text::Phrase;

/// The section about who receives.
pub(in crate::audit) fn section(examined: &Examined, lookups: &mut Lookups) -> Section<MxDetails> {
    let facts = &examined.facts;
    let steps = lookups.steps([&examined.step]);
    let provider = facts
        .exchangers()
        .iter()
        .find_map(|exchanger| provider::recognise_mx(&exchanger.host))
        .map(|known| known.title().to_owned());
    let summary = match &provider {
        Some(title) => Phrase::new().plain(title).plain("   ").then(mx::summary(facts)),
        None => mx::summary(facts),
    };
    let hosts = facts.exchangers().iter().filter(|exchanger| !exchanger.host.is_root());
    Section {
        status: Status::from(facts.standing()),
        summary,
        details: MxDetails {
            hosts: hosts
                .map(|exchanger| MxHost {
                    preference: exchanger.preference,
                    host: exchanger.host.clone(),
                    addresses: exchanger
                        .addresses()
                        .map(|addresses: &Addresses| addresses.all().collect())
                        .unwrap_or_default(),
                })
                .collect(),
            null_mx: facts.is_null(),
            provider,
        },
        steps,
    }
}
