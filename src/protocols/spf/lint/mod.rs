//! What is wrong with a policy, or weak, or worth knowing: SPF's rules.
//!
//! A rule looks at [`Facts`] and never resolves. What follows from a limit is counted in addresses,
//! because the walk was over all of them: not "too many lookups" but who is hit. A question that
//! could not be answered proves nothing about the domain, so no rule is met by a failure.
//!
//! One cause is reported once: voids above the limit are an excess and no longer single voids, a loop
//! is a loop and no longer a long policy.
//!
//! * `rules` is the table, and a page stands beside it for each row; `view` gives the records that were met, and places in them;
//! * `record` reads texts, `terms` single terms, `networks` the addresses in them, `targets` where
//!   terms lead, `dead` what is left for them to decide, `limits` what everybody spends,
//!   `receivers` what depends on who checks, `writing` what is legal and not read as it was meant.

mod dead;
mod limits;
mod networks;
mod receivers;
mod record;
pub(crate) mod rules;
mod targets;
mod terms;
mod typo;
mod view;
mod writing;

pub(crate) use limits::most_voids;
pub(crate) use networks::{is_unusable, unusable};
pub(crate) use record::has_lookalike;
pub use rules::CHECKS;
pub(crate) use targets::near_own;
pub use targets::{BrokenReference, Dangling};
pub use terms::opener;
pub use typo::meant;
pub(crate) use typo::{begins_term, glued};
pub use writing::swallowed;

use super::examine::Facts;
use crate::diagnostic::{Check, Finding};

/// Everything that the rules find in a domain's policy.
pub fn check(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}
