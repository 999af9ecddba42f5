//! Our judgement of a protocol at a domain.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How a domain stands in one protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Published, valid and in force.
    Good,
    /// Published and valid, weaker than it could be.
    Weak,
    /// Published, and receivers ignore or refuse it.
    Broken,
    /// Proved not to be published.
    Absent,
    /// Published and valid as far as it was looked at: what it leads to was not.
    Partial,
    /// Could not be told.
    Unknown,
}

impl Standing {
    /// The word for it, everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Weak => "weak",
            Self::Broken => "broken",
            Self::Absent => "absent",
            Self::Partial => "partial",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}
