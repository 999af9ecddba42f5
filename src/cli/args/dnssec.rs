//! Flags about signatures of the DNS.

use clap::Args;
use clap::builder::BoolishValueParser;
use std::path::PathBuf;

/// Whether answers are validated, and from where on.
#[derive(Args, Clone, Debug, Default)]
pub struct Dnssec {
    /// Validate DNSSEC here instead of trusting the resolver
    ///
    /// From the keys of the root zone, or those of --trust-anchor: secure, insecure, bogus, or
    /// undetermined, for every answer that the report rests on.
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub dnssec: bool,

    /// Trust these keys instead of those of the root zone: DS or DNSKEY records
    #[arg(long, value_name = "FILE", requires = "dnssec", hide_short_help = true)]
    pub trust_anchor: Option<PathBuf>,
}
