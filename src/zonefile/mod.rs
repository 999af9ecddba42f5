//! Records as files hold them: read in the format of their own tool, laid out as a zone, laid over
//! what other sources answer.
//!
//! * [`formats`] reads a file, whichever tool it is for; [`zone`] is what was read.
//! * [`Overlay`] answers from zones first, and from another source where they say nothing.

pub mod formats;
mod overlay;
pub mod zone;

pub use overlay::Overlay;
pub use zone::{Zone, ZoneError};
