//! Files of certificate authorities, whatever these vouch for.

use std::fmt;

/// Why a file of certificates adds nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootsError {
    /// There is no certificate in it.
    Empty,
    /// The certificate of this number, from 1, cannot be read.
    Unreadable(usize),
}

impl fmt::Display for RootsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => out.write_str("there is no certificate in it (PEM: BEGIN CERTIFICATE)"),
            Self::Unreadable(number) => write!(out, "certificate {number} cannot be read"),
        }
    }
}

impl std::error::Error for RootsError {}
