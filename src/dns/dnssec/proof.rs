//! What an answer is worth, and why.

use super::super::{Kind, Trouble};
use crate::net::Name;
use std::fmt;

/// What validation says of an answer (RFC 4035 §4.3). Ordered: of an answer that rests on several
/// record sets the greatest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Security {
    /// Signatures lead from the trust anchor to it without a gap.
    Secure,
    /// A signed zone proves that the zone of the answer is not signed, or not in a way that is known.
    Insecure,
    /// It could not be determined.
    Indeterminate,
    /// It should be signed and is not, or the signature is wrong: validating resolvers refuse it.
    Bogus,
}

impl Security {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Secure => "secure",
            Self::Insecure => "insecure",
            Self::Indeterminate => "indeterminate",
            Self::Bogus => "bogus",
        }
    }
}

impl fmt::Display for Security {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// What an answer is worth, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// What it is worth.
    pub security: Security,
    /// The zone that decides: whose keys sign, whose parent proves that it is not signed, whose
    /// signatures are wrong. `None` where none was found.
    pub zone: Option<Name>,
    /// The record set that decides: of an answer that is bogus the one that is wrong.
    pub set: Option<(Name, Kind)>,
    /// Why it is not secure; `None` if it is.
    pub why: Option<Reason>,
}

#[cfg(feature = "dnssec")]
impl Proof {
    /// Signed by the keys of `zone`.
    pub(super) fn secure(zone: Name) -> Self {
        Self { security: Security::Secure, zone: Some(zone), set: None, why: None }
    }

    /// Not secure, for a reason that lies in `zone`.
    pub(super) fn not(zone: Option<Name>, why: Reason) -> Self {
        Self { security: why.security(), zone, set: None, why: Some(why) }
    }

    /// The proof of another answer than the one that was used.
    pub fn of_another(name: &Name, kind: Kind) -> Self {
        Self::not(None, Reason::Differs).about(name, kind.number())
    }

    /// The same, about this set unless it was about another one.
    #[must_use]
    pub(super) fn about(mut self, name: &Name, kind: u16) -> Self {
        self.set.get_or_insert_with(|| (name.clone(), Kind::from_number(kind)));
        self
    }

    /// The one that counts of two.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        if other.security > self.security { other } else { self }
    }
}

/// Why an answer is not secure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// Bogus: the signature was valid until then, in seconds since 1970.
    Expired(u64),
    /// Bogus: the signature is valid from then on, in seconds since 1970.
    NotYetValid(u64),
    /// Bogus: no key of the zone has the tag and the algorithm of the signature.
    NoKey {
        /// The tag that the signature names.
        tag: u16,
        /// The algorithm that it names.
        algorithm: u8,
    },
    /// Bogus: the signature does not verify.
    WrongSignature {
        /// The tag of the key.
        tag: u16,
    },
    /// Bogus: no key of the zone matches a DS record of its parent.
    WrongDs {
        /// The tag that the DS record names.
        tag: u16,
    },
    /// Bogus: a DS record says that the zone is signed, and it has no key.
    NoKeys,
    /// Bogus: there is no signature.
    NoSignature,
    /// Bogus: no signature is by an algorithm that the zone promises and that is known here.
    NoUsableSignature,
    /// Bogus: the name, or the type, is denied without proof.
    NoDenial,
    /// Insecure: the parent proves that it has no DS record of the zone.
    Unsigned,
    /// Insecure: an NSEC3 record with the opt-out flag covers the name.
    OptOut,
    /// Insecure: the zone is signed by an algorithm that is not known here, or its DS records have
    /// digests that are not.
    UnknownAlgorithm(u8),
    /// Insecure: so many iterations in an NSEC3 record are not worked through.
    Iterations(u16),
    /// Indeterminate: the resolver leaves the signatures out.
    Stripped,
    /// Indeterminate: a query failed.
    Failed(Name, Kind, Trouble),
    /// Indeterminate: no trust anchor is above the name.
    NoAnchor,
    /// Indeterminate: no key of the zone matches the trust anchor.
    WrongAnchor,
    /// Indeterminate: more work than is done for one domain.
    Limit(&'static str),
    /// Indeterminate: the reply cannot be read.
    Malformed,
    /// Indeterminate: the answer that was used differs from the one that was validated.
    Differs,
}

impl Reason {
    /// What an answer is worth for this reason.
    pub fn security(&self) -> Security {
        match self {
            Self::Expired(_)
            | Self::NotYetValid(_)
            | Self::NoKey { .. }
            | Self::WrongSignature { .. }
            | Self::WrongDs { .. }
            | Self::NoKeys
            | Self::NoSignature
            | Self::NoUsableSignature
            | Self::NoDenial => Security::Bogus,
            Self::Unsigned | Self::OptOut | Self::UnknownAlgorithm(_) | Self::Iterations(_) => {
                Security::Insecure
            }
            Self::Stripped
            | Self::Failed(..)
            | Self::NoAnchor
            | Self::WrongAnchor
            | Self::Limit(_)
            | Self::Malformed
            | Self::Differs => Security::Indeterminate,
        }
    }

    /// The word for it in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Expired(_) => "expired",
            Self::NotYetValid(_) => "not_yet_valid",
            Self::NoKey { .. } => "no_matching_key",
            Self::WrongSignature { .. } => "wrong_signature",
            Self::WrongDs { .. } => "wrong_ds",
            Self::NoKeys => "no_keys",
            Self::NoSignature => "no_signature",
            Self::NoUsableSignature => "no_usable_signature",
            Self::NoDenial => "no_denial",
            Self::Unsigned => "unsigned",
            Self::OptOut => "opt_out",
            Self::UnknownAlgorithm(_) => "unknown_algorithm",
            Self::Iterations(_) => "iterations",
            Self::Stripped => "stripped",
            Self::Failed(..) => "query_failed",
            Self::NoAnchor => "no_anchor",
            Self::WrongAnchor => "wrong_anchor",
            Self::Limit(_) => "limit",
            Self::Malformed => "malformed",
            Self::Differs => "differs",
        }
    }

    /// The code with which a validating resolver says the same (RFC 8914 §4).
    pub fn extended_error(&self) -> Option<u16> {
        match self {
            Self::UnknownAlgorithm(_) => Some(1),
            Self::WrongSignature { .. } => Some(6),
            Self::Expired(_) => Some(7),
            Self::NotYetValid(_) => Some(8),
            Self::NoKey { .. } | Self::WrongDs { .. } | Self::NoKeys => Some(9),
            Self::NoSignature | Self::NoUsableSignature => Some(10),
            Self::NoDenial => Some(12),
            Self::Iterations(_) => Some(27),
            _ => None,
        }
    }
}
