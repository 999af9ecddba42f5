//! What arrives by mail: messages, bounces, reports of others.
//!
//! - [`bounce`]: notifications of mail that did not arrive, and what they mean.
//! - [`feedback`]: what others report: DMARC aggregate, failure and TLS reports.

pub mod bounce;
pub mod feedback;
