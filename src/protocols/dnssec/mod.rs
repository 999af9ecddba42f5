//! DNSSEC: whether the answers that a report rests on are those that their zones signed (RFC 4033, RFC
//! 4035).
//!
//! There are two sources for that, and they are never mixed. A resolver says with the AD bit that it
//! validated an answer, and refuses one that fails (SERVFAIL, with the reason as an extended error by RFC
//! 8914): that is its word, costs no query, and is worth what the resolver and the way to it are worth. With
//! a trust anchor the answers are validated here ([`crate::dns::dnssec`]): secure, insecure, bogus, or
//! indeterminate.
//!
//! This protocol has no record of its own. It is about what all others asked, and so it is examined last,
//! over their answers. That a zone is not signed is no fault. Only what is proved bogus is a finding, at
//! the operator of that zone: validating receivers get SERVFAIL there, whatever a resolver says that does not
//! validate.
//!
//! [`Facts`] hold the answers and what each is worth; [`lint`] has the rules.

mod event;
mod explain;
mod facts;
pub mod lint;

pub use event::Event;
pub use explain::reason;
pub use facts::{Facts, Judged, Source, State};

#[cfg(test)]
mod tests;
