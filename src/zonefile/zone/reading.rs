//! What reading a zone file gives.

use super::Zone;
use super::fault::{Notice, ZoneError};
use super::ignore::Ignore;

/// A zone, and everything that is wrong with the text it was read from.
#[derive(Debug)]
#[non_exhaustive]
pub struct Reading {
    /// What could be read.
    pub zone: Zone,
    /// The faults in the order of the text, the first 100 of them.
    pub errors: Vec<ZoneError>,
    /// How many more there are.
    pub omitted: usize,
    /// What is no fault, and worth a word: in the order of the text, the first 100 of them.
    pub notices: Vec<Notice>,
    /// How many more there are.
    pub omitted_notices: usize,
    /// The comments that ask to leave findings out.
    pub ignores: Vec<Ignore>,
}

impl Reading {
    /// The zone, if nothing was wrong with its text.
    ///
    /// # Errors
    /// The faults.
    pub fn strict(self) -> Result<Zone, Vec<ZoneError>> {
        if self.errors.is_empty() { Ok(self.zone) } else { Err(self.errors) }
    }
}
