//! Mail exchangers: who receives mail for a domain (RFC 5321 §5.1).
//!
//! A sender asks for MX records, tries the hosts from the lowest preference up, and looks up the
//! addresses of each. Without any MX the domain's own addresses stand in: an implicit MX of
//! preference 0. A single `0 .`, the null MX of RFC 7505, says that the domain takes no mail at all.
//!
//! A host must be a name with addresses: not an address itself, and not an alias (RFC 2181 §10.3).
//!
//! - [`examine`] asks for the set, then for both families of every host at once: two round trips.
//! - [`lint`]: rules; their facts are [`Facts`], and a lookup that failed never makes a finding.
//!
//! Deliberately absent: connecting to the hosts, and the `mx` mechanism of SPF with its limit of ten
//! hosts, which belongs to SPF.

mod event;
mod explain;
mod hosts;
pub mod lint;

pub use event::Event;
pub use explain::summary;
pub use hosts::{Addresses, Examined, Exchanger, Facts, Found, Target, examine};

#[cfg(test)]
mod tests;
