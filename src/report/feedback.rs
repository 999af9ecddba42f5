//! What others report of a domain's mail, folded: the reports one by one, who sends as the domain,
//! and what stricter handling would cost.

use super::{Fault, Finding, Party, Run};
use crate::mail::feedback::{Flaw, Outcome};
use crate::text::Phrase;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that one run read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Feedback {
    /// What became of the files: the best of them, with its warnings.
    pub outcome: Outcome,
    /// The files that hold no report, or were not read whole.
    pub files: Vec<File>,
    /// Every report, in the order of the files; one that came twice is there once.
    pub reports: Vec<Reported>,
    /// How many reports came more than once and were counted once.
    pub duplicates: u64,
    /// Who sent as which domain, the most failing messages first.
    pub sources: Vec<Sending>,
    /// By day of the reports (UTC): how many messages passed and failed. A report of several days is
    /// under its first.
    pub days: BTreeMap<String, [u64; 2]>,
    /// What `p=reject` would cost, by domain.
    pub reject: Vec<Rejected>,
    /// Who has to act, the gravest first.
    pub faults: Vec<Fault>,
    /// What rules say of it, the gravest first.
    pub findings: Vec<Finding>,
    /// What it comes to, in a sentence.
    pub headline: Phrase,
    /// How it was made.
    pub run: Run,
    /// The exit code.
    pub exit_code: u8,
}

/// A file that was looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct File {
    /// As the user named it; escaped.
    pub file: String,
    /// What became of it.
    pub outcome: Outcome,
    /// How many reports it holds.
    pub reports: usize,
    /// What was left out, and why.
    pub warnings: Vec<Flaw>,
}

/// One report.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Reported {
    /// A DMARC aggregate report.
    Aggregate(Aggregate),
    /// A failure report, or a complaint.
    Failure(Failure),
    /// A TLS report.
    Tls(Tls),
}

/// A DMARC aggregate report: who reports on which policy, and the sums.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Aggregate {
    /// Who reports.
    pub org: Option<String>,
    /// The reporter's address.
    pub email: Option<String>,
    /// The identifier.
    pub report_id: Option<String>,
    /// When the span begins, Unix seconds.
    pub begin: Option<i64>,
    /// When it ends.
    pub end: Option<i64>,
    /// The version of the form.
    pub version: Option<String>,
    /// The domain of the policy.
    pub domain: Option<String>,
    /// The policy, as it was published.
    pub policy: BTreeMap<String, String>,
    /// How many records.
    pub records: usize,
    /// How many messages.
    pub messages: u64,
    /// How many of them passed DMARC.
    pub pass: u64,
    /// How many did not.
    pub fail: u64,
    /// By source: how many passed and failed; the 12 with the most messages.
    pub sources: BTreeMap<String, [u64; 2]>,
    /// How many sources there are.
    pub n_sources: usize,
    /// By what the receiver did.
    pub dispositions: BTreeMap<String, u64>,
    /// By why the policy was not applied.
    pub overrides: BTreeMap<String, u64>,
    /// What went wrong at the reporter, in its words.
    pub errors: Vec<String>,
    /// Fields that could not be read as they stand.
    pub warnings: Vec<Flaw>,
}

/// A failure report, or a complaint.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Failure {
    /// The domain it is about.
    pub domain: Option<String>,
    /// Where the message came from.
    pub source: Option<String>,
    /// What kind of report: `auth-failure`, `abuse` …
    pub feedback_type: Option<String>,
    /// The fields that name no person, by name.
    pub fields: BTreeMap<String, String>,
    /// What is wrong with it.
    pub warnings: Vec<Flaw>,
}

/// A TLS report.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tls {
    /// Who reports.
    pub org: Option<String>,
    /// How to reach it.
    pub contact: Option<String>,
    /// The identifier.
    pub report_id: Option<String>,
    /// When the span begins, as it was sent.
    pub begin: Option<String>,
    /// When it ends.
    pub end: Option<String>,
    /// What each policy came to; entries may be about the same sessions.
    pub policies: Vec<TlsPolicy>,
    /// What is wrong with it.
    pub warnings: Vec<Flaw>,
}

/// What one policy came to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TlsPolicy {
    /// `sts`, `tlsa` or `no-policy-found`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Its domain.
    pub domain: Option<String>,
    /// Sessions that were secured.
    pub ok: u64,
    /// Sessions that failed.
    pub failed: u64,
    /// By result type: how many sessions.
    pub failures: BTreeMap<String, u64>,
    /// By receiving host: how many sessions failed.
    pub hosts: BTreeMap<String, u64>,
}

/// What somebody who sends as a domain is to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// SPF or a signature of the domain passes.
    Authorized,
    /// A service that proves who it is, and not that it may send as the domain.
    Unknown,
    /// It passes on what others sent.
    Forwarder,
    /// It proves nothing.
    Spoofing,
}

/// Those who send as a domain and belong together.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sending {
    /// The domain of the From header.
    pub domain: String,
    /// The provider by its title, else the organization, else the network.
    pub name: String,
    /// Who controls it, as a party of faults.
    pub party: Party,
    /// What it is to the domain.
    pub standing: Standing,
    /// How many messages passed and failed.
    pub pass: u64,
    /// How many failed.
    pub fail: u64,
    /// How many passed by SPF, and by DKIM.
    pub pass_spf: u64,
    /// How many passed by a signature.
    pub pass_dkim: u64,
    /// Its addresses, the most messages first; at most 20.
    pub addresses: Vec<String>,
    /// How many addresses there are.
    pub address_count: usize,
    /// Domains that SPF passed for.
    pub spf_domains: Vec<String>,
    /// Domains whose signatures passed.
    pub dkim_domains: Vec<String>,
    /// When it was first seen, Unix seconds.
    pub first_seen: Option<i64>,
    /// When it was last seen.
    pub last_seen: Option<i64>,
    /// When the last report begins and ends by which mail of it failed, Unix seconds.
    pub last_failed: Option<[i64; 2]>,
    /// Whether SPF passes for it today; `null` if that was not asked.
    pub passes_now: Option<bool>,
    /// Whether SPF passed for it at the time of that report; `null` if no history knows.
    pub earlier: Option<Earlier>,
    /// What that comes to, and what it needs.
    pub advice: Phrase,
}

/// SPF for a source at the time of the last report by which mail of it failed, out of a history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Earlier {
    /// The moment that was asked about, Unix seconds: of that time the last one at which SPF did not pass,
    /// otherwise the last one that the history knows.
    pub at: u64,
    /// Whether SPF passed then; `null` if that is undetermined.
    pub passes: Option<bool>,
    /// Since when it passes; `null` if it did not fail then or does not pass now.
    pub changed: Option<Phrase>,
}

/// What `p=reject` would cost a domain.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rejected {
    /// The domain of the policy.
    pub domain: String,
    /// The policy that was last published, as reporters saw it.
    pub policy: Option<String>,
    /// Messages in all.
    pub messages: u64,
    /// Messages of services and own servers that would be rejected.
    pub own: u64,
    /// Messages of forwarders that would be rejected.
    pub forwarded: u64,
    /// Messages that prove nothing.
    pub spoofed: u64,
}
