//! The verdict of a domain and of a run.

use crate::diagnostic::Severity;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How it all adds up. Ordered: a worse verdict is greater.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing to do.
    #[default]
    Ok,
    /// It works; something is weaker than it should be.
    Warn,
    /// It could not be told: not a fault of the domain.
    Unknown,
    /// The domain, or the sender asked about, fails.
    Fail,
}

impl Verdict {
    /// The word for it on a screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warn => "WARN",
            Self::Unknown => "UNKNOWN",
            Self::Fail => "FAIL",
        }
    }
}

impl From<Severity> for Verdict {
    /// What a finding makes of the whole.
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Fail,
            Severity::Warn => Self::Warn,
            Severity::Note => Self::Ok,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}
