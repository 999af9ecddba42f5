//! What became of a baseline, as a JSON document.

use super::Error;
use super::envelope::{Enveloped, Kind};
use crate::net::Name;
use crate::text::Phrase;
use serde::Serialize;

/// A baseline after it was written or pruned.
#[derive(Clone, Debug, Serialize)]
pub struct Baseline {
    /// The file, escaped.
    pub file: String,
    /// True if the file was changed.
    pub is_written: bool,
    /// How many entries it has now.
    pub entries: usize,
    /// How many were dropped, because their findings are gone.
    pub removed: usize,
    /// The domains about which something is undetermined, and why.
    pub unknown: Vec<UnknownDomain>,
    /// The queries that failed.
    pub errors: Vec<Error>,
    /// The exit code that goes with it.
    pub exit_code: u8,
}

/// A domain about which something is undetermined.
#[derive(Clone, Debug, Serialize)]
pub struct UnknownDomain {
    /// The domain.
    pub domain: Name,
    /// Why, as far as it is known; empty otherwise.
    pub why: Phrase,
}

impl Baseline {
    /// The document; `started` is when its run began.
    pub fn document(&self, started: Option<&str>) -> impl Serialize + use<> {
        Enveloped::new(Kind::Baseline, started, self.clone())
    }
}
