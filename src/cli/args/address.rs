//! What is looked up about the addresses that are asked about.

use clap::Args;
use clap::builder::BoolishValueParser;

/// What is looked up about the addresses that are asked about.
#[derive(Args, Clone, Debug)]
pub struct Addresses {
    /// Look up the reverse DNS of the addresses asked about
    ///
    /// The PTR records, and whether one of their names leads back to the address (RFC 8601 §3).
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub ptr: bool,

    /// Query DNS blocklists about the addresses asked about
    ///
    /// At most 8 zones, such as zen.spamhaus.org. Lists limit who may query them: see their terms of use. A
    /// listing is a note and changes no verdict.
    #[arg(long, value_name = "ZONE", value_delimiter = ',', hide_short_help = true)]
    pub dnsbl: Vec<String>,
}
