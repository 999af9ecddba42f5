//! An inquiry in, a report out.

mod inquiry;

pub use inquiry::{Asked, Checks, Inquiry, Sender};
