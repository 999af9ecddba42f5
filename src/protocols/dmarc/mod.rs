//! DMARC: what to do with mail that only pretends to come from a domain (RFC 9989, RFC 9990).
//!
//! SPF and DKIM prove that *some* domain is responsible for a message. DMARC asks whether that is
//! the domain which the reader sees: the Author Domain of the From field. An identifier that
//! passed is *aligned* if it is the same name (strict) or belongs to the same organization
//! (relaxed). One aligned pass is enough; without one the message fails, and the policy of the
//! Author Domain says what its owner asks for: `none`, `quarantine` or `reject`.
//!
//! The policy is a TXT record at `_dmarc.<domain>`. Where a domain has none, the one of its
//! organization applies, or of the public suffix above it. Which domain the organization is, the
//! *DNS Tree Walk* finds out: it looks at the name and at its ancestors, at most eight of them,
//! until a record says `psd=n` (this is an organization) or `psd=y` (organizations begin below).
//!
//! * [`grammar`] reads a record, every fault with its place; [`record`] is what was read.
//! * [`walk()`] looks along the tree, [`discover()`] finds the policy for an Author Domain.
//! * [`evaluate()`] judges by what SPF and DKIM proved, [`align`] does the arithmetic of names.
//! * [`report_uri`] asks whether a destination of reports wants them (RFC 9990 §4).
//! * [`rfc7489`] sees a domain as receivers do that have not moved to RFC 9989 yet.
//! * [`examine()`] finds out all that can be told without a message; [`lint`] judges it.
//!
//! A question that fails never becomes "no record": the policy is then unknown, and the result
//! is temperror (RFC 9989 §5.3.6).
//!
//! Deliberately absent: reading the From field, sending or reading reports, and what a receiver
//! does by its own lights (RFC 9989 §5.4).

pub mod align;
mod discover;
mod evaluate;
mod event;
mod examine;
mod explain;
pub mod grammar;
pub mod lint;
mod machine;
pub mod record;
mod repair;
pub mod report_uri;
pub mod rfc7489;
mod tag_values;
mod uri;
mod visit;
mod walk;

pub use align::Relation;
pub(crate) use discover::find;
pub use discover::{
    Discovered, Discovery, Existence, FailedQuery, InForce, PolicyTag, Source, discover,
};
pub use evaluate::{
    Assessment, Authentication, DmarcResult, Identifier, Mechanism, Proof, Verdict, evaluate,
};
pub use event::Event;
pub use examine::{Examined, Facts, examine};
pub use explain::{role, summary};
pub use grammar::{is_record, parse};
pub use record::{AlignmentMode, FailureOption, Policy, Psd, Record, Tag, Usable, Usage};
pub use repair::repair;
pub use report_uri::{Authorization, CheckedUri, Destination, Refusal, ReportKind, verify};
pub use tag_values::{TagValue, Validity, tag_values};
pub use uri::{ReportUri, Scheme};
pub use visit::{Found, LABEL, Published, Visit, owner};
pub use walk::{Organization, Selection, Walk, walk};

#[cfg(test)]
mod tests;
