//! DANE for SMTP: which certificates the MX hosts of a domain must show (RFC 7672, RFC 7671).
//!
//! The operator of an MX host publishes TLSA records at `_25._tcp` before its name, signed by DNSSEC. A
//! sender with DANE then delivers to the host only by TLS with a certificate that one of them names: the
//! certificate of the server (usage 3), or one that issued it (usage 2). Usages 0 and 1 cannot be used
//! for SMTP (§3.1.3). The records count only if DNSSEC proves them, the addresses of the host and the MX
//! records (§2.2); proved to be absent, they ask for nothing.
//!
//! - [`examine()`] makes a query for the MX records, and for each host one for its TLSA records and two for
//!   its addresses, which the examination of MX makes as well.
//! - [`lint`]: rules; their facts are [`Facts`]. That there are no TLSA records is no finding.
//!
//! What DNSSEC proves is the word of the resolver (AD bit). Deliberately absent: validation, and the
//! certificates themselves, which only a dialogue with the host shows.

mod event;
mod examine;
mod explain;
pub mod lint;

pub use event::Event;
pub use examine::{Facts, Host, State, examine, facts};

/// The labels before the name of a host: the port and the transport (RFC 7672 §2.2.3).
pub const LABELS: &str = "_25._tcp";

#[cfg(test)]
mod tests;
