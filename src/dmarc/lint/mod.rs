//! What is worth knowing about a domain's DMARC. Checks look at facts and never resolve.

mod policy;
mod record;
mod reports;

use super::examine::Facts;
use super::visit::{Published, owner};
use crate::dns::Kind;
use crate::judge::{Check, Finding, Location, Rule};
use crate::net::Name;
use std::sync::Arc;

/// Every rule of this family.
pub static RULES: &[&Rule] = &[
    &policy::MISSING,
    &record::SEVERAL_RECORDS,
    &record::SYNTAX,
    &record::STRAY_TEXT,
    &record::NO_VALID_POLICY,
    &record::HISTORIC_TAG,
    &policy::POLICY_NONE,
    &policy::SUBDOMAIN_WEAKER,
    &policy::RECEIVERS_DISAGREE,
    &policy::SINGLE_LABEL_ORGANIZATION,
    &reports::NO_REPORTS,
    &reports::EXTERNAL_REPORT_UNAUTHORIZED,
];

static CHECKS: &[Check<Facts>] = &[
    Check { rule: &policy::MISSING, run: policy::missing },
    Check { rule: &record::SEVERAL_RECORDS, run: record::several_records },
    Check { rule: &record::SYNTAX, run: record::syntax },
    Check { rule: &record::STRAY_TEXT, run: record::stray_text },
    Check { rule: &record::NO_VALID_POLICY, run: record::no_valid_policy },
    Check { rule: &record::HISTORIC_TAG, run: record::historic_tag },
    Check { rule: &policy::POLICY_NONE, run: policy::policy_none },
    Check { rule: &policy::SUBDOMAIN_WEAKER, run: policy::subdomain_weaker },
    Check { rule: &policy::RECEIVERS_DISAGREE, run: policy::receivers_disagree },
    Check { rule: &policy::SINGLE_LABEL_ORGANIZATION, run: policy::single_label_organization },
    Check { rule: &reports::NO_REPORTS, run: reports::no_reports },
    Check {
        rule: &reports::EXTERNAL_REPORT_UNAUTHORIZED,
        run: reports::external_report_unauthorized,
    },
];

/// Checks every rule against what was found out about a domain.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}

/// The record that governs the domain, unless it is that of a public suffix, which the owner of the
/// domain cannot mend.
fn own_record(facts: &Facts) -> Option<&Arc<Published>> {
    let suffix = facts.discovered.walk.public_suffix();
    facts.discovered.governing().filter(|published| suffix != Some(*published))
}

/// The place of a record.
fn of_record(published: &Published) -> Location {
    let text = Arc::clone(&published.record().text);
    Location::record(published.owner(), Kind::Txt, text).in_file(published.place.clone())
}

/// The place where a domain's record stands or would stand.
fn of_domain(domain: &Name) -> Location {
    Location::set(owner(domain).unwrap_or_else(|| domain.clone()), Kind::Txt)
}

#[cfg(test)]
mod tests;
