//! DNSSEC: whether an answer is the one that its zone signed (RFC 4033, RFC 4034, RFC 4035, RFC 5155).
//!
//! `Validator` asks the port for replies with their signatures ([`Addressee::Signed`]), and follows
//! them from a trust anchor (`Anchors`) to the answer. What comes out is a [`Proof`]: secure,
//! insecure, bogus or indeterminate, with the zone that decides and the reason.
//!
//! | file | holds |
//! |---|---|
//! | `proof` | what an answer is worth, and why |
//! | `anchor` | where chains begin |
//! | `wire` | replies octet for octet, in the form that is signed |
//! | `key` | keys, digests and the cryptography, which is that of `ring` |
//! | `tag` | the number by which others name a key |
//! | `signature` | one signature over one record set |
//! | `denial` | proofs that something is not there |
//! | `zones` | the chain: which keys a zone has, or why it has none |
//! | `validator` | an answer, with its aliases, wildcards and denials |
//!
//! The time at which a signature has to be valid is the time at which the reply came, so that a recording
//! is worth later what it was worth then. That a query of the chain failed is never bogus, and neither is
//! that a limit was reached: no server can make us say that somebody else's zone is wrong, or make us
//! work for long. The limits are those of KeyTrap (CVE-2023-50387: signatures of a set, keys of one tag),
//! of NSEC3 (CVE-2023-50868: iterations, hashes of a proof), and queries and verifications of a domain.
//!
//! Deliberately absent: the validator of the resolver's library. It takes a failed query for a forged
//! signature, drops the reason, calls wildcards bogus that are not, has no clock that a recording could
//! set, and belongs to `dns::live`, behind which nothing can be replayed. Absent too: answers synthesized
//! from denials (RFC 8198), new anchors by RFC 5011, and the algorithm Ed448.
//!
//! [`Addressee::Signed`]: super::Addressee::Signed

#[cfg(feature = "dnssec")]
mod anchor;
#[cfg(feature = "dnssec")]
mod denial;
#[cfg(feature = "dnssec")]
mod key;
mod proof;
#[cfg(feature = "dnssec")]
mod signature;
mod tag;
#[cfg(feature = "dnssec")]
mod validator;
#[cfg(feature = "dnssec")]
mod wire;
#[cfg(feature = "dnssec")]
mod zones;

#[cfg(feature = "dnssec")]
pub use anchor::{AnchorError, Anchors};
pub use proof::{Proof, Reason, Security};
pub(crate) use tag::tag;
#[cfg(feature = "dnssec")]
pub use validator::{Validated, Validator};
