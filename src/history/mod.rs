//! What was seen at which time: a file that remembers the answers of the DNS, and what they meant.
//!
//! A [`Store`] is one SQLite file. It grows only with what changes: an answer is kept once, an
//! observation says from when to when a query had that answer, and a look that saw nothing new moves
//! the end of its observations. The same holds of reports. From the observations the DNS of any
//! moment can be played back ([`Store::cassette`]), so whatever is asked of the DNS can be asked of
//! the past: each query has the answer that was seen last by then, and what nobody had asked by then
//! is not recorded, hence undetermined.
//!
//! A query that failed is an observation of its own. It ends the one before it and does not replace
//! it: when the DNS answers again, the timeline says from when to when nothing was known.
//!
//! Nothing here reads a clock: each look is given its time.

mod deadlines;
mod failure;
pub mod incident;
mod observation;
mod observer;
mod outbox;
mod packed;
mod reports;
mod schema;
mod store;
mod timeline;
mod watching;

pub use deadlines::announced;
pub use failure::StoreError;
pub use observation::Observed;
pub use observer::Observer;
pub use outbox::{Backlog, Parcel};
pub use reports::Sighting;
pub use store::{Access, Look, Store};
pub use timeline::{Period, timeline};
pub use watching::Turned;

#[cfg(test)]
mod tests;
