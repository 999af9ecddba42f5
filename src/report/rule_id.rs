//! Names of rules.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

/// The name of a rule, `family/name`.
///
/// In JSON it is `rule`, and once more `id`, for readers of older versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Keys", into = "Keys")]
pub struct RuleId(Cow<'static, str>);

/// The keys of a rule's name in an object; reports of older versions have the first only.
#[derive(Serialize, Deserialize)]
struct Keys {
    #[serde(default)]
    rule: Cow<'static, str>,
    id: Cow<'static, str>,
}

impl RuleId {
    /// The protocol, or the part of the judgement, that the rule belongs to.
    pub fn family(&self) -> &str {
        self.split_once('/').map_or(&**self, |(family, _)| family)
    }
}

impl From<Keys> for RuleId {
    fn from(Keys { id, rule }: Keys) -> Self {
        Self(if rule.is_empty() { id } else { rule })
    }
}

impl From<RuleId> for Keys {
    fn from(RuleId(id): RuleId) -> Self {
        Self { id: id.clone(), rule: id }
    }
}

impl From<&'static str> for RuleId {
    fn from(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }
}

impl Deref for RuleId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for RuleId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for RuleId {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for RuleId {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl PartialEq<RuleId> for &str {
    fn eq(&self, other: &RuleId) -> bool {
        **self == **other
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self)
    }
}
