//! mailcheck: can the servers that send mail for a domain prove it, and if not, whose fault is it?

pub mod dmarc;
pub mod dns;
pub mod judge;
pub mod net;
pub mod spf;
pub mod text;
