//! Zones that are answered inside a network only.

use crate::diagnostic::Severity;
use crate::protocols::mx::lint::rules::{LOCALHOST, NOT_PUBLIC, PRIVATE_ADDRESS};
use crate::protocols::spf::lint::rules::PRIVATE_ADDRESS as PRIVATE_SENDER;
use crate::report::Finding;

/// True for a finding that is none in a view for the inside: there private addresses can be reached.
pub fn is_right_inside(finding: &Finding) -> bool {
    [&LOCALHOST, &NOT_PUBLIC, &PRIVATE_ADDRESS, &PRIVATE_SENDER].iter().any(|rule| finding.is(rule))
}

/// Lowers what is a fault only where the internet sees the file: an undeclared view for the inside is no
/// reason to refuse it.
pub(super) fn doubt(finding: &mut Finding) {
    if finding.is(&NOT_PUBLIC) {
        finding.severity = Severity::Warn;
        let said = std::mem::take(&mut finding.message);
        finding.message = said.plain("; if this is an internal view: --view internal");
    }
}
