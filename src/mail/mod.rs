//! What arrives by mail: messages, bounces, reports of others.
//!
//! - [`source`]: what a file holds (a message, an mbox), how it was saved, and one message at a time.
//! - [`message`]: a message over borrowed octets: its fields and its body (RFC 5322).
//! - [`signature`]: a signature over fields and a body, canonicalization and hashing.
//! - [`bounce`]: notifications of mail that did not arrive, and what they mean.
//! - [`feedback`]: what others report: DMARC aggregate, failure and TLS reports.
//!
//! Nothing here asks the DNS and nothing opens a file: who does hands over what is read.

pub mod bounce;
pub mod feedback;
pub mod message;
pub mod signature;
pub mod source;

pub use message::{Field, Message};
pub use source::{Piece, Unreadable};
