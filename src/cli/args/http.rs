//! Flags about files that records lead to.

use clap::Args;
use clap::builder::BoolishValueParser;

/// Whether files that records lead to are fetched, and from where.
#[derive(Args, Clone, Debug, Default)]
pub struct Http {
    /// Do not fetch MTA-STS policy files by HTTPS
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub no_http: bool,

    /// Fetch files from private and loopback addresses too
    ///
    /// The DNS of the domain names such an address, and it could be any service of your network.
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub http_local: bool,
}
