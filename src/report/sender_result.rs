//! What a sender gets from SPF.

use crate::protocols::spf::SpfResult;
use serde::de::IntoDeserializer as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// What senders get from SPF, where it may depend on who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SenderResult {
    /// This, for every sender.
    Certain(SpfResult),
    /// It depends on who sends.
    Unknown,
}

/// The word where it depends on who sends.
const UNKNOWN: &str = "unknown";

impl SenderResult {
    /// The RFC 7208 §2.6 word, or `unknown`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Certain(result) => result.word(),
            Self::Unknown => UNKNOWN,
        }
    }
}

impl From<Option<SpfResult>> for SenderResult {
    fn from(result: Option<SpfResult>) -> Self {
        result.map_or(Self::Unknown, Self::Certain)
    }
}

impl From<SpfResult> for SenderResult {
    fn from(result: SpfResult) -> Self {
        Self::Certain(result)
    }
}

impl fmt::Display for SenderResult {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

impl Serialize for SenderResult {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for SenderResult {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        match &*Cow::<str>::deserialize(input)? {
            UNKNOWN => Ok(Self::Unknown),
            word => SpfResult::deserialize(word.into_deserializer()).map(Self::Certain),
        }
    }
}
