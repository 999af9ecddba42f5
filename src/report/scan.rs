//! One domain in one line: what is kept of it where very many are looked at.

use super::{Answer, Domain, Origin, Policy, SpfResult, Status, TagValue, Validity, Verdict};
use crate::diagnostic::Severity;
use crate::text::escape;
use serde::Serialize;

/// A line of a scan, `mailcheck.scan/1`.
///
/// About 500 octets as JSON. What is `null` was not looked at, or could not be determined; `unknown`
/// tells which.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// The number of the line that asked, from 1.
    pub line: u64,
    /// The domain in A-labels; of a line that names none, its beginning, escaped.
    pub domain: String,
    /// How it adds up; `null` if the line names no domain, and where no rule was looked at, unless something
    /// could not be determined.
    pub result: Option<Verdict>,
    /// Why the line names no domain; `null` if it does.
    pub error: Option<String>,
    /// The answer in one sentence.
    pub headline: Option<String>,
    /// The sender that the line asks about; `null` if it asks about none.
    pub sender: Option<SenderRow>,
    /// Who receives; `null` if that was not looked at.
    pub mx: Option<MxRow>,
    /// Who may send; `null` if that was not looked at.
    pub spf: Option<SpfRow>,
    /// Whose signature counts; `null` if that was not looked at.
    pub dkim: Option<DkimRow>,
    /// What is done with the rest; `null` if that was not looked at.
    pub dmarc: Option<DmarcRow>,
    /// The findings that count, worst first.
    pub findings: Vec<FindingRow>,
    /// What could not be determined: protocols, and records whose query failed.
    pub unknown: Vec<String>,
}

/// The sender that a line asks about.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SenderRow {
    /// Its address.
    pub ip: String,
    /// Whether mail of it passes for the domain.
    pub answer: Answer,
    /// The result of SPF for it (RFC 7208 §2.6).
    pub spf: Option<SpfResult>,
}

/// Who receives.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct MxRow {
    /// How it stands.
    pub status: Status,
    /// The hosts, most preferred first.
    pub hosts: Vec<String>,
    /// The recognised provider that receives.
    pub provider: Option<String>,
    /// True for a null MX (RFC 7505): the domain receives nothing.
    pub null_mx: bool,
}

/// Who may send.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SpfRow {
    /// How it stands.
    pub status: Status,
    /// The record, escaped; `null` if there is none.
    pub record: Option<String>,
    /// What a sender gets that no term lists; `null` if it depends on the sender.
    pub default: Option<SpfResult>,
    /// Terms that cause lookups on the longest path (RFC 7208 §4.6.4).
    pub lookups: u16,
    /// Void lookups on the worst path.
    pub voids: u16,
    /// How many IPv4 addresses pass.
    pub ipv4_addresses: u64,
    /// Recognised providers among the includes.
    pub providers: Vec<String>,
}

/// Whose signature counts.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DkimRow {
    /// How it stands.
    pub status: Status,
    /// The selectors at which a key was found.
    pub selectors: Vec<String>,
}

/// What is done with mail that proves nothing.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DmarcRow {
    /// How it stands.
    pub status: Status,
    /// The policy in force for the domain, `t=y` already applied (RFC 9989 §4.7).
    pub policy: Option<Policy>,
    /// The policy for names below it, as published: the tag `sp`.
    pub subdomain_policy: Option<String>,
    /// The name of the record in force.
    pub found_at: Option<String>,
    /// True if the record is for tests: the tag `t` is `y`.
    pub testing: bool,
}

/// A finding that counts.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FindingRow {
    /// The rule's name, `family/name`.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
}

impl Row {
    /// The row of a domain to which its owner's decisions were applied.
    pub fn new(line: u64, domain: &Domain) -> Self {
        let is_seen = |status: Status| status != Status::Skipped;
        let sender = domain.authorizations.iter().find(|one| one.origin == Origin::Asked);
        let counting = domain.findings.iter().filter(|finding| finding.counts());
        Self {
            line,
            domain: domain.domain.to_string(),
            result: Some(domain.result),
            error: None,
            headline: Some(domain.headline.to_string()),
            sender: sender.map(|one| SenderRow {
                ip: escape(one.sender.as_bytes()),
                answer: one.answer,
                spf: one.spf.result,
            }),
            mx: is_seen(domain.mx.status).then(|| MxRow::new(domain)),
            spf: is_seen(domain.spf.status).then(|| SpfRow::new(domain)),
            dkim: is_seen(domain.dkim.status).then(|| DkimRow::new(domain)),
            dmarc: is_seen(domain.dmarc.status).then(|| DmarcRow::new(domain)),
            findings: counting
                .map(|it| FindingRow { rule: (*it.rule).to_owned(), severity: it.severity })
                .collect(),
            unknown: domain.unknowns().iter().map(|it| it.what.to_string()).collect(),
        }
    }

    /// The row of a line that names no domain.
    pub fn faulty(line: u64, text: &str, why: String) -> Self {
        Self {
            line,
            domain: text.to_owned(),
            result: None,
            error: Some(why),
            headline: None,
            sender: None,
            mx: None,
            spf: None,
            dkim: None,
            dmarc: None,
            findings: Vec::new(),
            unknown: Vec::new(),
        }
    }
}

impl MxRow {
    fn new(domain: &Domain) -> Self {
        let (status, details) = (domain.mx.status, &domain.mx.details);
        Self {
            status,
            hosts: details.hosts.iter().map(|it| it.host.to_string()).collect(),
            provider: details.provider.clone(),
            null_mx: details.null_mx,
        }
    }
}

impl SpfRow {
    fn new(domain: &Domain) -> Self {
        let (status, details) = (domain.spf.status, &domain.spf.details);
        Self {
            status,
            record: details.record.clone(),
            default: details.default,
            lookups: details.lookups,
            voids: details.voids,
            ipv4_addresses: details.ipv4_addresses,
            providers: details.providers.clone(),
        }
    }
}

impl DkimRow {
    fn new(domain: &Domain) -> Self {
        let selectors = domain.dkim.details.selectors.iter().filter(|it| it.key.is_some());
        Self {
            status: domain.dkim.status,
            selectors: selectors.map(|it| escape(it.selector.as_bytes())).collect(),
        }
    }
}

impl DmarcRow {
    fn new(domain: &Domain) -> Self {
        let details = &domain.dmarc.details;
        let tag = |name: &str| {
            let is_meant =
                |it: &&TagValue| it.tag == name && it.explicit && it.validity == Validity::Valid;
            details.tags.iter().find(is_meant).map(|it| it.value.to_string())
        };
        Self {
            status: domain.dmarc.status,
            policy: details.policy,
            subdomain_policy: tag("sp"),
            found_at: details.found_at.as_ref().map(ToString::to_string),
            testing: tag("t").is_some_and(|value| value.eq_ignore_ascii_case("y")),
        }
    }
}
