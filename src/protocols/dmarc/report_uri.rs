//! Whether a destination outside the organization wants the reports (RFC 9990 §4).
//!
//! Anybody can write anybody's address into `rua`. So the host of an address outside the own
//! organization must say that it wants the reports: with a record at
//! `<policy domain>._report._dmarc.<host>`. Without it, reporters ignore the address.

use super::discover::{Discovered, FailedQuery};
use super::event::Event;
use super::grammar;
use super::record::{Psd, Record};
use super::uri::{ReportUri, Scheme};
use super::walk::walk;
use crate::diagnostic::Step;
use crate::dns::{Answer, Data, Dns, Kind, Outcome, ask, join_all};
use crate::net::Name;
use std::sync::Arc;

/// Destinations of one record that are looked into; each may cost a walk and a question.
const MOST_DESTINATIONS: usize = 20;

/// Which reports a destination is for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ReportKind {
    /// Aggregate reports, `rua`.
    Aggregate,
    /// Failure reports, `ruf`.
    Failure,
}

impl ReportKind {
    /// The tag that lists the destinations.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Aggregate => "rua",
            Self::Failure => "ruf",
        }
    }
}

/// A destination, and whether reports may go there.
#[derive(Clone, Debug, PartialEq)]
pub struct Destination {
    /// Which reports it is for.
    pub kind: ReportKind,
    /// The URI in the policy record.
    pub uri: ReportUri,
    /// Whether reports may go there.
    pub authorization: Authorization,
    /// Why no report arrives, if the host is the organization's own and cannot receive one.
    pub undeliverable: Option<NoMail>,
}

/// Why a name receives no mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMail {
    /// It does not exist (RFC 5321 §5.1).
    NoDomain,
    /// Its MX is null (RFC 7505 §3).
    NullMx,
}

/// Whether reports may go to a destination.
#[derive(Clone, Debug, PartialEq)]
pub enum Authorization {
    /// It belongs to the organization, so nobody has to be asked.
    Internal,
    /// Its host wants them.
    Granted {
        /// The name that says so.
        query: Name,
        /// The URIs of the same host that take the place of this one, if there are any.
        instead: Vec<ReportUri>,
    },
    /// Its host does not say that it wants them: reporters ignore the URI.
    Refused(Refusal),
    /// It could not be told.
    Unknown(FailedQuery),
    /// It has no host that could be asked, too many stand before it, or nothing came of the check
    /// because it could not be told whether it needs one.
    NotChecked,
}

/// Why reports do not go to a destination.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The name to ask for would be longer than a name can be.
    NameTooLong,
    /// There is no record at this name.
    NoRecord(Name),
    /// The record at this name names another host instead.
    OtherHost(Name),
}

impl Authorization {
    /// True if reports may go there; `None` if it could not be told.
    pub fn is_granted(&self) -> Option<bool> {
        match self {
            Self::Internal | Self::Granted { .. } => Some(true),
            Self::Refused(_) => Some(false),
            Self::Unknown(_) | Self::NotChecked => None,
        }
    }
}

/// Checks every destination of the record that governs a domain.
pub async fn destinations(
    dns: &dyn Dns,
    discovered: &Discovered,
) -> (Vec<Destination>, Vec<Step<Event>>) {
    let Some(published) = discovered.governing() else { return (Vec::new(), Vec::new()) };
    let record = published.record();
    let own = discovered.organization_of_record();
    let rua = record.rua.iter().map(|uri| (ReportKind::Aggregate, uri));
    // RFC 9991 §2: `ruf` in the record of a Public Suffix Domain is not to be considered.
    let failures = if record.suffix() == Psd::Yes { &[] } else { record.ruf.as_slice() };
    let ruf = failures.iter().map(|uri| (ReportKind::Failure, uri));
    let checks = rua.chain(ruf).enumerate().map(|(index, (kind, uri))| async move {
        if index < MOST_DESTINATIONS {
            return verify(dns, &published.domain, own, kind, uri).await;
        }
        let authorization = Authorization::NotChecked;
        let uri = uri.clone();
        CheckedUri::leaf(Destination { kind, uri, authorization, undeliverable: None })
    });
    let checked = join_all(checks).await;
    checked.into_iter().map(|checked| (checked.destination, checked.step)).unzip()
}

/// A destination, and how it was checked.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedUri {
    /// The destination.
    pub destination: Destination,
    /// How it was checked.
    pub step: Step<Event>,
}

impl CheckedUri {
    fn leaf(destination: Destination) -> Self {
        Self { step: Step::leaf(Event::Destination(destination.clone())), destination }
    }
}

/// Checks one destination of a record at `policy_domain`, whose Organizational Domain is `own`
/// (`None` if that could not be told).
pub async fn verify(
    dns: &dyn Dns,
    policy_domain: &Name,
    own: Option<&Name>,
    kind: ReportKind,
    uri: &ReportUri,
) -> CheckedUri {
    let conclude = |authorization| {
        CheckedUri::leaf(Destination { kind, uri: uri.clone(), authorization, undeliverable: None })
    };
    let Some(host) = &uri.host else { return conclude(Authorization::NotChecked) };
    let (is_internal, walked) = is_internal(dns, policy_domain, own, host).await;
    let (authorization, answer) = match is_internal {
        Some(true) => (Authorization::Internal, None),
        _ => consent(dns, policy_domain, host, kind).await,
    };
    let mut checked = conclude(match authorization {
        // Perhaps the host is our own and need not consent; then its silence says nothing.
        Authorization::Refused(_) if is_internal.is_none() => Authorization::NotChecked,
        authorization => authorization,
    });
    checked.step.answers.extend(answer);
    checked.step.steps.extend(walked);
    // Whether another organization's host accepts mail is for its owner to see.
    if is_internal == Some(true) && host != policy_domain && uri.scheme == Scheme::Mailto {
        let hosts = ask(dns, host, Kind::Mx).await;
        checked.destination.undeliverable = accepts_nothing(&hosts);
        checked.step.answers.push(hosts);
    }
    checked
}

/// Why a name has no mail server, if it has none.
fn accepts_nothing(hosts: &Answer) -> Option<NoMail> {
    let is_null = |record: &crate::dns::Record| matches!(&record.data, Data::Mx { exchange, .. } if exchange.is_root());
    match &hosts.outcome {
        Outcome::NxDomain => Some(NoMail::NoDomain),
        Outcome::Records(records) => records.iter().all(is_null).then_some(NoMail::NullMx),
        Outcome::NoData | Outcome::Failed(_) => None,
    }
}

/// True if host and policy domain share an Organizational Domain; `None` if it could not be told.
async fn is_internal(
    dns: &dyn Dns,
    policy_domain: &Name,
    own: Option<&Name>,
    host: &Name,
) -> (Option<bool>, Option<Step<Event>>) {
    match own {
        _ if host == policy_domain => (Some(true), None),
        // Names without a common suffix share nothing.
        None if host.suffix(1) != policy_domain.suffix(1) => (Some(false), None),
        None => (None, None),
        // A name outside the organization cannot share it.
        Some(own) if !host.is_within(own) => (Some(false), None),
        Some(own) => {
            let walk = walk(dns, host).await;
            let shared = walk.organization().map(|organization| organization.domain == *own);
            (shared, Some(walk.step()))
        }
    }
}

/// Asks a host whether it wants the reports about a policy domain.
async fn consent(
    dns: &dyn Dns,
    policy_domain: &Name,
    host: &Name,
    kind: ReportKind,
) -> (Authorization, Option<Arc<Answer>>) {
    // RFC 9990 §4: the name that the policy was retrieved from, "_report._dmarc", the host
    let query = host.child("_report._dmarc").and_then(|parent| policy_domain.under(&parent));
    let Ok(query) = query else {
        return (Authorization::Refused(Refusal::NameTooLong), None);
    };
    let answer = ask(dns, &query, Kind::Txt).await;
    (read(query, host, kind, &answer), Some(answer))
}

/// What the answer for `<policy domain>._report._dmarc.<host>` says.
fn read(query: Name, host: &Name, kind: ReportKind, answer: &Answer) -> Authorization {
    if let Outcome::Failed(failure) = &answer.outcome {
        let failure = failure.clone();
        return Authorization::Unknown(FailedQuery { name: query, kind: Kind::Txt, failure });
    }
    let records: Vec<Record> =
        answer.texts().filter_map(grammar::parse).map(|parsed| parsed.value).collect();
    if records.is_empty() {
        return Authorization::Refused(Refusal::NoRecord(query));
    }
    let instead: Vec<ReportUri> = records
        .into_iter()
        .flat_map(|record| match kind {
            ReportKind::Aggregate => record.rua,
            ReportKind::Failure => record.ruf,
        })
        .collect();
    // RFC 9990 §4: a URI here takes the place of the one in the policy, but has to keep its host.
    if instead.iter().all(|uri| uri.host.as_ref() == Some(host)) {
        Authorization::Granted { query, instead }
    } else {
        Authorization::Refused(Refusal::OtherHost(query))
    }
}
