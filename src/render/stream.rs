//! Formats that are written while the domains come in.

use crate::report::{Domain, Report};
use std::io::{self, Write};

/// A report as it is written, one domain after the other. Nothing of a domain is kept but what the
/// end of the document needs of it.
pub trait Stream {
    /// Begins the document. The report holds what is known before the first domain, and no domain.
    ///
    /// # Errors
    /// `out` cannot be written to.
    fn begin(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()>;

    /// Writes a domain, with its owner's decisions applied.
    ///
    /// # Errors
    /// `out` cannot be written to.
    fn domain(&mut self, domain: &Domain, out: &mut dyn Write) -> io::Result<()>;

    /// Ends the document. The report holds everything but its domains.
    ///
    /// # Errors
    /// `out` cannot be written to.
    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()>;
}

/// Writes a report of which everything is known, in the same octets as if it came in bit by bit.
///
/// # Errors
/// `out` cannot be written to.
pub fn whole(stream: &mut dyn Stream, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let frame = report.without_domains();
    stream.begin(&frame, out)?;
    for domain in &report.domains {
        stream.domain(domain, out)?;
    }
    stream.end(&frame, out)
}
