//! Where a claim comes from.

use serde::{Serialize, Serializer};
use std::fmt;

/// The source of a claim: a section of an RFC, a draft, or our own advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Citation {
    /// A section of an RFC.
    Rfc {
        /// Number of the RFC.
        number: u16,
        /// Section, as in `4.6.4`; empty for the whole document.
        section: &'static str,
    },
    /// A document that is not an RFC (a draft, a provider's published requirement).
    Draft {
        /// Its name.
        name: &'static str,
        /// Section, may be empty.
        section: &'static str,
    },
    /// No standard says so: this is what we advise.
    Advice,
}

/// Cites a section of an RFC.
pub const fn rfc(number: u16, section: &'static str) -> Citation {
    Citation::Rfc { number, section }
}

/// Cites a document that is not an RFC.
pub const fn draft(name: &'static str, section: &'static str) -> Citation {
    Citation::Draft { name, section }
}

/// Marks a claim as our own advice.
pub const fn advice() -> Citation {
    Citation::Advice
}

impl Citation {
    /// Where the section can be read, if it is an RFC.
    pub fn url(self) -> Option<String> {
        match self {
            Self::Rfc { number, section: "" } => {
                Some(format!("https://www.rfc-editor.org/rfc/rfc{number}"))
            }
            Self::Rfc { number, section } => {
                Some(format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"))
            }
            Self::Draft { .. } | Self::Advice => None,
        }
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rfc { number, section: "" } => write!(out, "RFC {number}"),
            Self::Rfc { number, section } => write!(out, "RFC {number} §{section}"),
            Self::Draft { name, section: "" } => write!(out, "{name}"),
            Self::Draft { name, section } => write!(out, "{name} §{section}"),
            Self::Advice => write!(out, "our advice"),
        }
    }
}

impl Serialize for Citation {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
