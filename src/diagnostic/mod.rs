//! How we explain and how we judge: steps of reasoning, rules and findings, standing.
//!
//! Every protocol records its own typed [`Step`]s while it evaluates, and says in one file,
//! `explain.rs`, what each of them means in words. Everything above sees only those words and the
//! same fact as data. A [`Rule`] is a named claim with a source; a [`Finding`] is a rule that met
//! a fact.

mod finding;
mod fix;
mod rule;
mod standing;
mod trace;

#[doc(hidden)]
pub use finding::{Finding, Location};
pub use fix::Applicability;
#[doc(hidden)]
pub use fix::{Edit, Fix};
#[doc(hidden)]
pub use rule::{Check, family};
pub use rule::{Confidence, Rule, Severity};
pub use standing::Standing;
pub use trace::Tone;
#[doc(hidden)]
pub use trace::{Event, Explanation, Step};
