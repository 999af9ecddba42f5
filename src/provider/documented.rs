//! The records that a provider documents for its customers, read from the table.

use super::Provider;
use serde::{Deserialize, Serialize};

/// How much a provider wants a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Mail or clients fail without it.
    Required,
    /// The provider advises it.
    Recommended,
    /// It belongs to a product that the customer may not use.
    Optional,
    /// It served a product that has ended, and should go.
    Retired,
}

impl Need {
    /// Every need with the word that the table has for it.
    pub const WORDS: [(Self, &'static str); 4] = [
        (Self::Required, "required"),
        (Self::Recommended, "recommended"),
        (Self::Optional, "optional"),
        (Self::Retired, "retired"),
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::WORDS.into_iter().find(|(need, _)| *need == self).map_or("", |(_, word)| word)
    }
}

/// A record that a provider documents, at a name below the customer's domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Documented {
    /// How much the provider wants it.
    pub need: Need,
    /// Its type, as in a zone file: `CNAME`.
    pub kind: &'static str,
    /// The labels before the domain; `@` is the domain itself.
    pub name: &'static str,
    /// What it holds, with `<…>` for what differs between customers; empty if only its name is known.
    pub value: &'static str,
}

impl Documented {
    /// What is written as need, type, name and value, an arrow before a name; `None` for advice that
    /// is no single record.
    pub(super) fn read(line: &'static str) -> Option<Self> {
        let (word, rest) = line.split_once(' ')?;
        let (need, _) = Need::WORDS.into_iter().find(|(_, known)| *known == word)?;
        let (kind, rest) = rest.split_once(' ')?;
        if !["CNAME", "MX", "NS", "SRV", "TXT"].contains(&kind) {
            return None;
        }
        let (name, value) = rest.split_once(' ').unwrap_or((rest, ""));
        let is_one = !name.ends_with(',') && !value.starts_with("and ") && !value.contains(';');
        let value = value.strip_prefix("-> ").unwrap_or(value);
        let is_one = is_one || kind == "TXT";
        is_one.then_some(Self { need, kind, name, value })
    }

    /// True if the value is the same for all customers, so that it can be pasted.
    pub fn is_fixed(&self) -> bool {
        !self.value.is_empty() && !self.value.contains(['<', '#']) && !self.value.contains("...")
    }
}

impl Provider {
    /// The single records that it documents, in the order of the table.
    pub fn documented(&self) -> impl Iterator<Item = Documented> {
        self.publish.iter().copied().filter_map(Documented::read)
    }
}
