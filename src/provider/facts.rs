//! Everything that the table says of a provider, with the source and the date of each fact.
//!
//! The sources are comments of the table, so that they cost nothing where a name is only recognised: they
//! are read once, when somebody asks for them.

use super::table::{self, Line};
use super::{Provider, TABLE};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One fact of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fact {
    /// The key that it stands below: `mx`, `publish`.
    pub key: &'static str,
    /// What is known.
    pub value: &'static str,
    /// Who says so.
    pub source: &'static str,
    /// The date for which the source says so: a day, a month or a year.
    pub as_of: &'static str,
}

/// Keys that are about the entry, or follow from facts.
const OTHER: [&str; 7] = ["id", "aliases", "title", "kinds", "policy", "as_of", "since"];

/// The facts of every provider, by its id.
static ALL: LazyLock<BTreeMap<&'static str, Vec<Fact>>> = LazyLock::new(|| {
    let mut all: BTreeMap<&str, Vec<Fact>> = BTreeMap::new();
    let (mut provider, mut source, mut as_of) = ("", "", "");
    table::lines(TABLE, |line| match line {
        Line::Provider => provider = "",
        Line::Value("id", id) => provider = id,
        Line::Source(comment) => {
            let (whose, date) = comment.rsplit_once(" (").unwrap_or((comment, ""));
            (source, as_of) = (whose, date.trim_end_matches(')'));
        }
        Line::Value(key, value) if !provider.is_empty() && !OTHER.contains(&key) => {
            all.entry(provider).or_default().push(Fact { key, value, source, as_of });
        }
        Line::Generation | Line::Value(..) => {}
    });
    all
});

impl Provider {
    /// Every fact about it, in the order of the table.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = ALL.get(self.id()).cloned().unwrap_or_default();
        // What a user says of a key counts instead.
        facts.retain(|fact: &Fact| !self.given.iter().any(|given| given.key == fact.key));
        facts.extend(self.given.iter().filter(|given| !OTHER.contains(&given.key)).cloned());
        facts
    }
}
