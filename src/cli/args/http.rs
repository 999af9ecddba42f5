//! Flags about files that records lead to.

use clap::Args;
use clap::builder::BoolishValueParser;

/// Whether files that records lead to are fetched.
#[derive(Args, Clone, Debug, Default)]
pub struct Http {
    /// Do not fetch MTA-STS policy files by HTTPS
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub no_http: bool,
}
