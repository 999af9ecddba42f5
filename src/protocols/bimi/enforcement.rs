//! Whether DMARC lets receivers look for a logo (§7.1): a plain value, made of what DMARC found.

use crate::dns::Failure;
use crate::net::Name;

/// Whether the DMARC policies of a domain and of its organization are strict enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Enforcement {
    /// They are.
    Strict,
    /// One of them is not.
    Short(Shortfall),
    /// A query failed.
    Unknown(Failure),
    /// DMARC was not looked at.
    #[default]
    NotExamined,
}

/// A policy that is not strict enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Whose policy it is.
    pub domain: Name,
    /// What is missing.
    pub weakness: Weakness,
}

/// What a policy lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// There is no policy that receivers can apply.
    NoPolicy,
    /// `p=none`.
    None,
    /// `sp=none`.
    SubdomainsNone,
    /// `p=quarantine` or `p=reject` for a part of the mail only (`pct` below 100).
    Partly(u8),
    /// `t=y`: receivers are asked not to apply the policy in full (RFC 9989 §4.7).
    Testing,
}
