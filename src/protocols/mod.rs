//! One folder a standard, all with the same doors, none that knows another.
//!
//! What one protocol needs from another arrives as a plain value from the room that examines a
//! domain.

pub mod dkim;
pub mod dmarc;
pub mod mx;
pub mod spf;
