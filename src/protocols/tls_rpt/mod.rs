//! SMTP TLS Reporting: where senders report failed TLS connections (RFC 8460).
//!
//! A domain publishes `v=TLSRPTv1; rua=mailto:tls@example.com` as TXT at `_smtp._tls` below its
//! name. Senders that support reporting count their TLS connections to the domain's MX hosts, and
//! once a day mail a JSON report to the address in `rua`, or send it to an `https:` URI by POST.
//!
//! Texts that do not begin with `v=TLSRPTv1;` are discarded (§3). If not exactly one record is left,
//! senders act as if there were none. The record decides nothing about delivery.
//!
//! - [`examine()`] makes one query.
//! - [`lint`]: rules; their facts are [`Facts`]. That no record exists is no finding.
//!
//! Deliberately absent: reports themselves, and whether the destinations accept them.

mod event;
mod examine;
mod explain;
mod grammar;
pub mod lint;
mod record;
mod uri;

pub use event::Event;
pub use examine::{Facts, examine, facts, owner};
pub use grammar::{is_record, parse};
pub use record::{Extension, Record};
pub use uri::{ReportUri, Scheme};

/// The labels below a domain where its record is published, leftmost first (RFC 8460 §3).
pub const LABELS: &[&str] = &["_smtp", "_tls"];

#[cfg(test)]
mod tests;
