//! DKIM keys in the DNS: RFC 6376 §3.6, with RFC 8301 (key sizes, hashes) and RFC 8463 (Ed25519).
//!
//! A sender signs a message and names in the signature a domain (`d=`) and a *selector* (`s=`). The
//! receiver fetches the public key from TXT at `<selector>._domainkey.<domain>`: a tag list whose
//! `p=` holds the key in base64. An empty `p=` withdraws the key.
//!
//! The DNS cannot list selectors, so without a message nobody can say that a domain has no DKIM. A
//! search can try names ([`Wanted`]): those that the user knows, those of the providers that seem
//! to send, and common ones. One answer is a proof: if `_domainkey` does not exist, nothing exists
//! below it (RFC 8020). One is a trap: under a wildcard every name answers, so a selector that
//! nobody publishes is asked too. Everything is asked at once: [`examine`] takes one round trip.
//!
//! - [`record`], [`grammar`], [`key`]: what is published, text to record, octets to key.
//! - [`selector`]: which names to try.
//! - `signature`: whether the signature of a message verifies under a key (RFC 6376 §6.1).
//! - [`lint`]: rules; their facts are [`Facts`], and a lookup that failed never makes a finding.

mod event;
mod explain;
pub mod grammar;
pub mod key;
pub mod lint;
pub mod record;
mod repair;
mod search;
pub mod selector;
#[cfg(feature = "mail")]
pub mod signature;

pub use event::{Apex, Event};
pub use explain::summary;
pub use key::Key;
pub use record::{Algorithm, KeyRecord};
pub use repair::repair;
pub use search::{Examined, Facts, Found, Published, Tried, examine};
pub use selector::{Candidate, Likely, Selector, Wanted};

/// The label below a domain where its keys stand, each below its selector (RFC 6376 §3.6.2.1).
pub const LABEL: &str = "_domainkey";

#[cfg(test)]
mod tests;
