//! SMTP MTA Strict Transport Security: a domain asks senders for TLS (RFC 8461).
//!
//! A domain publishes `v=STSv1; id=20261127` as TXT at `_mta-sts` below its name, and a policy file
//! at `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`. Senders cache the file for `max_age` seconds
//! and fetch it again when `id` changes. With `mode: enforce` they deliver only to MX hosts that
//! match an `mx` pattern and have a valid certificate.
//!
//! Texts that do not begin with `v=STSv1;` are discarded (§3.1). If not exactly one record is left,
//! or it has a syntax error, senders without a cached policy act as if there were none.
//!
//! - [`examine()`] makes one query, for the record, and fetches the file where there is a usable one,
//!   with one request by HTTPS (§3.3).
//! - [`Policy`] is the file: [`Policy::parse`] reads it, [`Policy::matches`] compares an MX host with
//!   its patterns, and [`Policy::decide`] says what a sender does.
//! - [`lint`]: rules; their facts are [`Facts`]. That no record exists is no finding.

mod decision;
mod event;
mod examine;
mod explain;
mod fetch;
mod grammar;
pub mod lint;
mod policy;
mod record;

pub use decision::{Connection, Decision};
pub use event::Event;
pub use examine::{Facts, examine, facts, owner};
pub use fetch::{NoPolicy, PolicyFile, Refusal, usable};
pub use grammar::{is_record, parse};
pub use policy::{Field, Mode, Pattern, Policy, PolicyFault};
pub use record::Record;

/// The label below a domain where its record is published (RFC 8461 §3.1).
pub const LABEL: &str = "_mta-sts";

#[cfg(test)]
mod tests;
