//! Flags about files that records lead to.

use clap::Args;
use clap::builder::BoolishValueParser;

/// Whether files that records lead to are fetched.
#[derive(Args, Clone, Debug)]
pub struct Http {
    /// Do not fetch MTA-STS policy files by HTTPS
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub no_http: bool,

    /// The port of web servers, for tests.
    #[arg(long, value_name = "PORT", default_value_t = 443, hide = true)]
    pub web_server_port: u16,
}
