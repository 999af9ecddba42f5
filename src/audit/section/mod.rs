//! Facts of each protocol, as the report has them.

pub(super) mod authorization;
mod dkim;
mod dmarc;
pub(super) mod headline;
mod mx;
mod spf;
mod spf_tree;

pub(super) use dkim::section as dkim;
pub(super) use dmarc::section as dmarc;
pub(super) use mx::section as mx;
pub(super) use spf::section as spf;
