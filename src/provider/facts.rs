//! Everything that the table says of a provider, with the source and the date of each fact.
//!
//! The sources are comments of the table, so that they cost nothing where a name is only recognised.

use super::table::{self, Line};
use super::{Provider, TABLE};
use serde::Serialize;

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

impl Provider {
    /// Every fact about it, in the order of the table.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut is_own = false;
        let (mut source, mut as_of) = ("", "");
        table::lines(TABLE, |line| match line {
            Line::Provider => is_own = false,
            Line::Value("id", id) => is_own = id == self.id(),
            Line::Source(comment) => {
                let (whose, date) = comment.rsplit_once(" (").unwrap_or((comment, ""));
                (source, as_of) = (whose, date.trim_end_matches(')'));
            }
            Line::Value(key, value) if is_own && !OTHER.contains(&key) => {
                facts.push(Fact { key, value, source, as_of });
            }
            Line::Generation | Line::Value(..) => {}
        });
        // What a user says of a key counts instead.
        facts.retain(|fact: &Fact| !self.given.iter().any(|given| given.key == fact.key));
        facts.extend(self.given.iter().filter(|given| !OTHER.contains(&given.key)).cloned());
        facts
    }
}
