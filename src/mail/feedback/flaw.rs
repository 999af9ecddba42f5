//! What is wrong with a report: every field that could not be read as it stands.

use serde::{Deserialize, Serialize};

/// Most flaws of one report that are kept by name; the rest are counted.
const MOST: usize = 100;
/// Most characters of a value that are quoted.
const QUOTED: usize = 60;

/// One thing that is wrong with a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Flaw {
    /// The field, with its place: `record 3: source_ip`.
    pub field: String,
    /// Its value as it was sent, cut; empty if it is missing. Not escaped.
    pub value: String,
    /// What is wrong with it, and what was made of it.
    pub why: String,
}

impl Flaw {
    /// A field whose value is wrong.
    pub(super) fn of(field: &str, value: &str, why: &str) -> Self {
        let value = value.trim();
        let mut cut: String = value.chars().take(QUOTED).collect();
        if cut.len() < value.len() {
            cut.push('…');
        }
        Self { field: field.to_owned(), value: cut, why: why.to_owned() }
    }

    /// A field that is missing.
    pub(super) fn missing(field: &str) -> Self {
        Self::of(field, "", "missing")
    }
}

/// The flaws of one report, bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flaws {
    kept: Vec<Flaw>,
    more: usize,
}

impl Flaws {
    /// Adds one.
    pub(super) fn add(&mut self, flaw: Flaw) {
        match self.kept.len() < MOST {
            true => self.kept.push(flaw),
            false => self.more += 1,
        }
    }

    /// Those that are kept, in the order of the report.
    pub fn kept(&self) -> &[Flaw] {
        &self.kept
    }

    /// How many more there are, in the form of one.
    pub fn rest(&self) -> Option<Flaw> {
        let Self { more, .. } = self;
        (*more > 0).then(|| Flaw::of("", "", &format!("and {more} more")))
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}
