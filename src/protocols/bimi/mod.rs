//! BIMI: the logo that mailbox providers show beside a domain's mail (draft-brand-indicators).
//!
//! A domain publishes `v=BIMI1; l=https://example.com/logo.svg` as TXT at `default._bimi` below its
//! name; `a=` may lead to a certificate that says whose mark the logo is. Where a domain has no
//! record, the one of its organization counts. An empty `l=` declines. BIMI is not an RFC: this
//! follows draft-brand-indicators-for-message-identification-14.
//!
//! Receivers look for a record only if mail passes DMARC, and if neither the domain nor its
//! organization publishes a policy that lets failing mail through (§7.1): [`Enforcement`], a plain
//! value that is handed in.
//!
//! - [`facts`] makes one query, or two below an organization, and fetches the logo and the mark certificate
//!   if that is wanted.
//! - [`lint`]: rules; their facts are [`Facts`]. That no record exists is no finding.

mod enforcement;
mod event;
mod examine;
mod explain;
mod fetch;
mod grammar;
pub mod lint;
mod mark;
mod record;
#[cfg(feature = "mail")]
pub mod svg;
mod verdict;

pub use enforcement::{Enforcement, Shortfall, Weakness};
pub use event::Event;
pub use examine::{Facts, Selector, Wanted, examine, facts, owner};
pub use fetch::{Evidence, Fetch, Logo, NoFile};
pub use grammar::{is_record, parse};
pub use mark::{Flaw, Mark, Roots};
pub use record::{Location, Preference, Record};
pub use verdict::Judged;

use crate::text::{Citation, draft};

/// The labels below a domain where its record is published, leftmost first.
pub const LABELS: &[&str] = &["default", "_bimi"];

/// The document about mark certificates.
const MARK_DRAFT: &str = "draft-fetch-validation-vmc-wchuang";

/// The document that this follows.
pub(crate) const DRAFT: &str = "draft-brand-indicators-for-message-identification-14";

/// Cites a section of the draft.
pub(crate) const fn section(number: &'static str) -> Citation {
    draft(DRAFT, number)
}

#[cfg(test)]
mod tests;
