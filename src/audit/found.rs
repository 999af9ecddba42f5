//! Findings about mail as a report has them.

use crate::diagnostic;
use crate::net::Name;
use crate::report::{Finding, Owners, number};
use std::cmp::Reverse;

/// The findings about mail of a domain, the gravest first; each names who controls its records.
pub(super) fn as_found(found: &[diagnostic::Finding], domain: Option<&Name>) -> Vec<Finding> {
    let owners = domain.map(|it| Owners::new(it, &[]));
    let shown = found.iter().map(|one| {
        let mut shown = Finding::from(one);
        if let Some(owners) = &owners {
            shown.owner = owners.of(&one.location.name);
        }
        shown
    });
    let mut shown: Vec<Finding> = shown.collect();
    number(&mut shown);
    shown.sort_by_key(|one| Reverse(one.severity));
    shown
}
