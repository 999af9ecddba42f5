//! The networks that pass, one a line, the shortest list that is exact: IPv4, then IPv6.
//!
//! Lines that begin with `#` are comments. A list that could not be told in full is withheld: a
//! tool would take it for the whole and refuse the senders that are missing.

use crate::report::senders::Report;
use crate::text::Phrase;
use std::io::{self, Write};

/// Writes the networks that were asked for.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if let Some(why) = &report.listing.unknown {
        return withhold(why, out);
    }
    report.listing.wanted().try_for_each(|network| writeln!(out, "{network}"))
}

/// Says in place of a list why there is none.
pub(super) fn withhold(why: &Phrase, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# undetermined, no list: {why}")
}
