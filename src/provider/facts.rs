//! Everything that the table says of a provider, with the source and the date of each fact.
//!
//! The sources are comments of the table, so that they cost nothing where a name is only recognised.

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
const OTHER: [&str; 8] = ["id", "aliases", "title", "kinds", "policy", "hosted", "as_of", "since"];

impl Provider {
    /// Every fact about it, in the order of the table.
    pub fn facts(&self) -> Vec<Fact> {
        let mut entries = TABLE.split("[[provider]]\n");
        let own = entries.find(|entry| {
            let id = entry.lines().next().and_then(|line| line.strip_prefix("id = "));
            id.is_some_and(|id| id.trim_matches('"') == self.id())
        });
        let mut facts = Vec::new();
        let (mut key, mut source) = ("", ("", ""));
        for line in own.unwrap_or_default().lines().map(str::trim) {
            if let Some(comment) = line.strip_prefix("# ") {
                source = comment.rsplit_once(" (").unwrap_or((comment, ""));
            } else if let Some((name, value)) = line.split_once(" = ").filter(|_| !is_item(line)) {
                key = name;
                let (whose, date) = source;
                // A list on one line stands below one source.
                let values = value.trim_matches(|c| c == '[' || c == ']').split("\", \"");
                let values = values.filter(|value| !value.is_empty() && !OTHER.contains(&key));
                facts.extend(values.map(|value| Fact {
                    key,
                    value: value.trim_matches('"'),
                    source: whose,
                    as_of: date.trim_end_matches(')'),
                }));
            } else if is_item(line) {
                let (whose, date) = source;
                let value = line.trim_end_matches(',').trim_matches('"');
                facts.push(Fact { key, value, source: whose, as_of: date.trim_end_matches(')') });
            }
        }
        facts
    }
}

fn is_item(line: &str) -> bool {
    line.starts_with('"')
}
