//! What renderers and comparisons see: one serialisable value.
//!
//! A [`Report`] holds plain data and sentences. It knows nothing of evaluators: `audit` fills it,
//! `render` shows it. Its JSON form is the published interface; the schemas of all documents are in
//! [`schema`], fields are only ever added within a major version.

mod authorization;
#[doc(hidden)]
pub mod baseline;
#[cfg(feature = "mail")]
#[doc(hidden)]
pub mod bounce;
mod change;
mod domain;
mod details;
mod document;
pub mod envelope;
mod error;
mod excerpt;
mod extent;
mod fault;
#[cfg(feature = "mail")]
#[doc(hidden)]
pub mod feedback;
mod finding;
pub mod headline;
#[cfg(feature = "history")]
#[doc(hidden)]
pub mod history;
#[cfg(feature = "history")]
mod incident;
mod lookup;
#[cfg(feature = "mail")]
#[doc(hidden)]
pub mod message;
mod owner;
mod patch;
mod provider;
mod repair;
mod rule_id;
#[doc(hidden)]
pub mod scan;
mod sender_result;
pub mod schema;
pub mod senders;
mod servers;
#[cfg(feature = "smtp")]
#[doc(hidden)]
pub mod smtp;
mod stages;
mod step;
mod tally;
mod unknown;
mod verdict;
#[cfg(feature = "history")]
#[doc(hidden)]
pub mod watch;

// What the standards call a result or a policy, a report calls so too.
pub use crate::protocols::dkim::Algorithm;
pub use crate::protocols::dmarc::{
    AlignmentMode, DmarcResult, Policy, PolicyTag, TagValue, Validity,
};
pub use crate::protocols::spf::SpfResult;
pub use crate::protocols::{Detail, Protocol};
pub use authorization::{
    Answer, Authorization, Authorized, Declaration, DmarcVerdict, Identities, Matched, Origin,
    Portion, SenderFix, SenderKind, SpfVerdict,
};
pub use change::{
    Change, ChangedAlignment, ChangedCost, ChangedPolicy, ChangedRecords, ChangedSender, Effect,
    KeptSender, Presence,
};
pub(crate) use change::{UNLISTED, named};
pub use details::{
    Details, DkimDetails, DmarcDetails, KeyType, MxDetails, MxHost, Selector, SpfDetails, TermKind,
    TreeNode, WalkName,
};
pub use document::Counts;
pub use domain::{Domain, Expected, Other, Others, Section, SectionView, Status};
pub use envelope::Tool;
pub use error::{Error, ErrorKind};
pub use excerpt::Excerpt;
pub use extent::Extent;
pub use fault::{Certainty, Evidence, Fault, FaultKind, RecordSet};
pub(crate) use finding::number;
pub use finding::{
    FileLocation, Finding, FixRecord, ProposedFix, Reference, State, Subject, Suppression,
};
#[cfg(feature = "history")]
#[doc(hidden)]
pub use incident::{Bounds, Class, Incident, IncidentStatus, Update};
#[doc(hidden)]
pub use lookup::Lookups;
pub use lookup::{Lookup, LookupId, LookupOutcome};
#[doc(hidden)]
pub use owner::Owners;
pub(crate) use owner::provider_of;
pub use owner::{Owner, Party};
#[doc(hidden)]
pub use patch::{GoneFinding, Patch, PatchSet, PatchStep};
pub use provider::{ExpectedRecord, HostedPolicy, Need, RecognisedProvider, RecordState};
#[doc(hidden)]
pub use repair::{left, repair};
pub use rule_id::RuleId;
pub use sender_result::SenderResult;
pub use servers::{
    Authoritative, Digest, Glue, GlueState, NameServer, Parent, ParentServer, Reach, Reply,
    Resolver, Served, ServerState, Watched,
};
pub use stages::{Examined, Judged, Threshold};
pub use step::{Part, Step};
pub use tally::Tally;
pub use unknown::{Unknown, What};
pub use verdict::Verdict;

use crate::net::Name;
use crate::text::Phrase;
use serde::{Deserialize, Serialize};

/// Everything that one run found out. What is known last stands last, so that a document can be
/// written while the domains are still being examined.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// Which program made the report.
    pub tool: Tool,
    /// One entry a domain, in the order asked.
    pub domains: Vec<Domain>,
    /// Findings about no domain: about files and the configuration, worst first.
    pub findings: Vec<Finding>,
    /// How it was made.
    pub run: Run,
    /// The worst verdict of all domains.
    pub result: Verdict,
    /// The exit code that goes with it.
    pub exit_code: u8,
    /// How many findings there are, those of domains among them.
    pub counts: Counts,
    /// What makes the run fail; no part of a document.
    #[doc(hidden)]
    pub threshold: Threshold,
}

impl Report {
    /// The same without its domains: what stands around them in a document.
    pub fn without_domains(&self) -> Self {
        Self {
            tool: self.tool.clone(),
            domains: Vec::new(),
            findings: self.findings.clone(),
            run: self.run.clone(),
            result: self.result,
            exit_code: self.exit_code,
            counts: self.counts,
            threshold: self.threshold,
        }
    }

    /// Every finding, with the domain that it is about: those of domains first.
    pub fn findings(&self) -> impl Iterator<Item = (Option<&Domain>, &Finding)> {
        let of_domains = self
            .domains
            .iter()
            .flat_map(|domain| domain.findings.iter().map(move |finding| (Some(domain), finding)));
        of_domains.chain(self.findings.iter().map(|finding| (None, finding)))
    }
}

/// How a report was made.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Run {
    /// When it began, RFC 3339, UTC; `null` where the clock is not read, as in a replay. In JSON it is
    /// a member of the envelope.
    #[serde(skip)]
    pub started: Option<String>,
    /// Wall time in milliseconds; `null` in a replay.
    pub elapsed_ms: Option<u64>,
    /// Where the answers came from: servers, files.
    pub sources: Vec<String>,
    /// How many questions were asked; those that a cassette does not hold were not.
    pub questions: usize,
    /// What was understood of the invocation, what was left out.
    pub notes: Vec<Phrase>,
    /// True if of a file nothing was understood, or not everything for a limit: what it may say of mail
    /// is undetermined.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_partial: bool,
    /// The first lines of a list that name no domain. In JSON they are a member of the document.
    #[serde(skip)]
    pub errors: Vec<Error>,
    /// The files that were looked at by themselves, in the order in which they were named. In JSON they
    /// are a member of their own document.
    #[serde(skip)]
    pub files: Vec<ReadFile>,
}

/// A file that was looked at by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReadFile {
    /// The file as the user named it; escaped.
    pub file: String,
    /// The zones that it speaks for; none if it is a part of one.
    pub zones: Vec<Name>,
    /// How many records were read.
    pub records: usize,
}
