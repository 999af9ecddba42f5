//! Messages: what their signatures, their way and their author's policy prove, and what others said.

use super::{Fault, Finding, Run, Verdict};
use crate::dns::Kind;
use crate::mail::signature::{Canonicalization, ChangeMade, SigningAlgorithm};
use crate::mail::source::{LineEnds, Stored};
use crate::net::Name;
// What the standards call a result, a report calls so too.
pub use crate::protocols::arc::ChainStatus;
pub use crate::protocols::auth_results::{AuthenticationResults, Marker};
pub use crate::protocols::dkim::signature::SignatureResult;
use crate::protocols::dmarc::{DmarcResult, Policy};
use crate::protocols::spf::SpfResult;
use crate::text::{Phrase, span};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Everything that one run read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Messages {
    /// One entry a message, in the order in which they were read.
    pub messages: Vec<MessageReport>,
    /// How many messages there were, read or not.
    pub count: usize,
    /// What they come to, in a sentence.
    pub headline: Phrase,
    /// How it was made.
    pub run: Run,
    /// The exit code.
    pub exit_code: u8,
}

impl Messages {
    /// What so many messages come to.
    pub fn new(
        messages: Vec<MessageReport>,
        count: usize,
        headline: Phrase,
        run: Run,
        exit_code: u8,
    ) -> Self {
        Self { messages, count, headline, run, exit_code }
    }
}

/// One message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessageReport {
    /// The file; `-` is standard input. Escaped.
    pub file: String,
    /// Which message of the file, from 1.
    pub number: usize,
    /// Message-ID; escaped.
    pub message_id: Option<String>,
    /// The domain of From; escaped.
    pub from_domain: Option<String>,
    /// How it adds up.
    pub result: Verdict,
    /// The same in a sentence.
    pub headline: Phrase,
    /// When `t=` and `x=` were judged, in seconds since 1970-01-01 UTC.
    pub judged_at: Option<u64>,
    /// What that time was taken from.
    pub judged_by: JudgedBy,
    /// How it was saved.
    pub saved: Saved,
    /// Its signatures.
    pub dkim: DkimReport,
    /// Its chain.
    pub arc: ArcReport,
    /// SPF of the receiving hop.
    pub spf: SpfReport,
    /// What follows for the author.
    pub dmarc: DmarcReport,
    /// What others say that they found, top to bottom.
    pub authentication_results: Vec<Claim>,
    /// Where others found something else.
    pub differences: Vec<Difference>,
    /// Its way, top to bottom.
    pub received: Vec<HopReport>,
    /// The slowest hop; `null` if none took a minute.
    pub slowest: Option<SlowHop>,
    /// Fields of receivers in words.
    pub markers: Vec<Marker>,
    /// Fields of DKIM2, which are not verified.
    pub dkim2: usize,
    /// What else is worth knowing.
    pub notes: Vec<Phrase>,
    /// What a new signature over this message would have to survive; `null` if that was not asked.
    pub resign: Option<Vec<Phrase>>,
    /// Who has to act, the gravest first.
    pub faults: Vec<Fault>,
    /// What rules say of it, the gravest first.
    pub findings: Vec<Finding>,
    /// The results as an Authentication-Results field.
    pub header: String,
}

/// What the time of judgement was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgedBy {
    /// `--now`.
    Given,
    /// The topmost Received field with a date.
    Received,
    /// The Date field.
    Date,
    /// There is no time: `x=` is not judged.
    None,
}

/// How a message was saved.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Saved {
    /// How lines ended before they were brought to CRLF.
    pub line_ends: LineEnds,
    /// In which encoding.
    pub stored: Stored,
    /// True if it stood in an mbox.
    pub mbox: bool,
    /// False if there is a header alone.
    pub has_body: bool,
}

/// The signatures of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DkimReport {
    /// Each, in the order of the fields.
    pub signatures: Vec<SignatureReport>,
    /// How many of them were not verified, since there are more than is done for one message.
    pub unverified: usize,
}

/// One signature.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignatureReport {
    /// `d=`; escaped.
    pub domain: Option<String>,
    /// `s=`; escaped.
    pub selector: Option<String>,
    /// `i=`; escaped.
    pub identity: Option<String>,
    /// `a=`.
    pub algorithm: Option<SigningAlgorithm>,
    /// The first half of `c=`.
    pub header_canonicalization: Option<Canonicalization>,
    /// The second half of `c=`.
    pub body_canonicalization: Option<Canonicalization>,
    /// The result (RFC 8601 §2.7.1).
    pub result: SignatureResult,
    /// Why.
    pub reason: Phrase,
    /// Whether the body is what was signed; `null` if that is not known.
    pub body_hash_ok: Option<bool>,
    /// `bh=`, in base64.
    pub body_hash_expected: Option<String>,
    /// The hash of the body as it arrived, in base64.
    pub body_hash_found: Option<String>,
    /// The names of `h=` in their order, and how many fields of each are covered.
    pub signed: Vec<SignedName>,
    /// Octets of the body behind `l=`, which the signature does not cover.
    pub uncovered: Option<u64>,
    /// What `l=` covers of the body, in words; `null` without it.
    pub coverage: Option<Phrase>,
    /// `t=`.
    pub signed_at: Option<u64>,
    /// `x=`.
    pub expires_at: Option<u64>,
    /// Size of the key in bits.
    pub key_bits: Option<u32>,
    /// Where the key stands; escaped.
    pub key_name: Option<String>,
    /// True if the domain is that of the author, or aligned with it.
    pub aligned: Option<bool>,
    /// What was changed after signing, where that can be proved.
    pub change: Option<ChangeMade>,
    /// What else is worth knowing of it.
    pub notes: Vec<Phrase>,
}

/// A name that a signature lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedName {
    /// The name, in lower case; escaped.
    pub name: String,
    /// How often it is listed.
    pub listed: usize,
    /// How many fields of that name are covered.
    pub covered: usize,
}

/// The chain of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ArcReport {
    /// The status.
    pub result: ChainStatus,
    /// How many sets there are.
    pub sets: usize,
    /// The oldest set since which the message is unchanged; 0 if that is all of them.
    pub oldest_pass: Option<usize>,
    /// Who sealed, the oldest first; escaped.
    pub sealers: Vec<String>,
    /// Why it fails, or what it says.
    pub reason: Option<Phrase>,
    /// What the first of them found, before the message went on.
    pub first_hop: Option<AuthenticationResults>,
}

/// SPF of the receiving hop.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SpfReport {
    /// The result; `null` if the address or the identity is not known.
    pub result: Option<SpfResult>,
    /// Whose policy was asked; escaped.
    pub domain: Option<String>,
    /// The address.
    pub ip: Option<IpAddr>,
    /// HELO; escaped.
    pub helo: Option<String>,
    /// MAIL FROM; escaped.
    pub mail_from: Option<String>,
    /// Where address and identity were taken from, and why.
    pub basis: Phrase,
}

/// DMARC for the author.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DmarcReport {
    /// The result.
    pub result: DmarcResult,
    /// The domain of the author.
    pub domain: Option<Name>,
    /// The name at which the record stands.
    pub record: Option<Name>,
    /// The policy that receivers are asked to apply.
    pub policy: Option<Policy>,
    /// What a receiver that does as asked does with the message.
    pub disposition: Policy,
    /// Which identifiers are aligned and pass: `spf`, `dkim`.
    pub aligned: Vec<String>,
    /// Why.
    pub reason: Phrase,
}

/// What another receiver says that it found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// The field.
    pub field: String,
    /// True if the receiver of this copy wrote it, as far as its place and name show.
    pub trusted: bool,
    /// What it says.
    #[serde(flatten)]
    pub results: AuthenticationResults,
}

/// Where another receiver found something else than is found now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Difference {
    /// Who; `null` where the field does not say. Escaped.
    pub authserv_id: Option<String>,
    /// `spf`, `dkim`, `dmarc` or `arc`.
    pub method: String,
    /// What it is about; escaped.
    pub about: Option<String>,
    /// What it found.
    pub theirs: String,
    /// What is found now.
    pub ours: String,
    /// Why they may differ.
    pub why: Phrase,
}

/// A host that took the message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HopReport {
    /// The host; escaped.
    pub by: Option<String>,
    /// The client, as it called itself; escaped.
    pub from: Option<String>,
    /// The address of the client.
    pub ip: Option<IpAddr>,
    /// When, in seconds since 1970-01-01 UTC.
    pub at: Option<i64>,
    /// Seconds since the hop before; negative where clocks disagree.
    pub delay_s: Option<i64>,
    /// True if the clock of this host or of the one before is wrong.
    pub skew: bool,
}

/// The hop that took the longest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SlowHop {
    /// Its place in `received`.
    pub place: usize,
    /// The host before it; escaped.
    pub from: String,
    /// The host that took the message; escaped.
    pub by: String,
    /// Seconds.
    pub delay_s: i64,
    /// True if both belong to one organization, which then has the message all the time.
    pub within: Option<String>,
}

/// A result in the words of the screen: `temperror` says that it is undetermined (RFC 8601 §2.7).
pub(crate) fn plainly(word: &'static str) -> &'static str {
    if word == "temperror" { "undetermined" } else { word }
}

impl SlowHop {
    /// How long the message took, and between which hosts.
    pub(crate) fn said(&self) -> Phrase {
        Phrase::new()
            .number(span(self.delay_s))
            .plain(" between ")
            .name(&self.from)
            .plain(" and ")
            .name(&self.by)
    }
}

/// The records that a fault about a signature is about.
pub(crate) fn key_record(name: &Name) -> super::RecordSet {
    super::RecordSet { name: name.clone(), kind: Kind::Txt }
}
