//! Zones that are answered inside a network only.

use crate::protocols::mx::lint::rules::{LOCALHOST, PRIVATE_ADDRESS};
use crate::protocols::spf::lint::rules::PRIVATE_ADDRESS as PRIVATE_SENDER;
use crate::report::Finding;

/// True for a finding that is none in a view for the inside: there private addresses can be reached.
pub fn is_right_inside(finding: &Finding) -> bool {
    [&LOCALHOST, &PRIVATE_ADDRESS, &PRIVATE_SENDER].iter().any(|rule| finding.is(rule))
}
