//! DMARC.

pub mod grammar;
pub mod record;
mod uri;

pub use grammar::{is_record, parse};
pub use record::{AlignmentMode, FailureOption, Policy, Psd, Record, Tag, Usable, Usage};
pub use uri::{ReportUri, Scheme};
