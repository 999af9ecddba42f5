//! Findings that do not count, by the decision of the owner, and the rules about such decisions.
//!
//! Where decisions are written (mailcheck.toml, a baseline, comments of zone files) and how they are
//! held against what was found is the business of the configuration.

pub mod lint;

use crate::diagnostic::Rule;
use crate::dns::Place;
use crate::net::Name;

/// Findings that do not count, and why.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// The rule.
    pub rule: &'static Rule,
    /// The domain that is meant; `None` for all of them.
    pub domain: Option<Name>,
    /// The fingerprint of the only finding that is meant; `None` for all of the rule.
    pub fingerprint: Option<String>,
    /// Why, in the words of the owner; never empty.
    pub reason: String,
    /// The last day on which it holds, as `2027-03-01`.
    pub expires: Option<String>,
    /// Where the entry begins.
    pub place: Place,
}
