//! What is done with mail that proves nothing, as the report has it.

use crate::protocols::dmarc::{self, Discovered, Examined, Record};
use crate::report::{DmarcDetails, Lookups, Section, Status, WalkName};
use crate::text::escape;

/// The section about what is done with mail that proves nothing.
pub(in crate::audit) fn section(
    examined: &Examined,
    lookups: &mut Lookups,
) -> Section<DmarcDetails> {
    let facts = &examined.facts;
    Section {
        status: Status::from(facts.standing()),
        summary: dmarc::summary(facts),
        details: details(&facts.discovered),
        steps: lookups.steps(&examined.steps),
    }
}

fn details(discovered: &Discovered) -> DmarcDetails {
    let published = discovered.governing();
    let record = published.map(|published| published.record());
    let in_force = discovered.in_force();
    DmarcDetails {
        record: record.map(|record| escape(&record.text)),
        found_at: published.map(|published| published.owner()),
        policy: in_force.map(|in_force| in_force.requested),
        policy_tag: in_force.map(|in_force| in_force.tag),
        org_domain: discovered.organization.as_ref().map(|org| org.domain.clone()),
        adkim: record.map(Record::dkim_alignment),
        aspf: record.map(Record::spf_alignment),
        reports: record
            .map(|record| record.rua.iter().map(|uri| escape(&uri.text)).collect())
            .unwrap_or_default(),
        tags: published.map(|published| dmarc::tag_values(&published.record)).unwrap_or_default(),
        tree_walk: discovered
            .walk
            .visits
            .iter()
            .map(|visit| WalkName {
                name: dmarc::owner(&visit.domain).unwrap_or_else(|| visit.domain.clone()),
                records: visit.count(),
            })
            .collect(),
    }
}
