//! Flags about servers that records lead to.

use clap::Args;
use clap::builder::BoolishValueParser;

/// Which servers that records lead to are connected to.
#[derive(Args, Clone, Debug)]
pub struct Http {
    /// Do not fetch files by HTTPS: no MTA-STS policy, no BIMI logo
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub no_http: bool,

    /// Connect to the MX hosts: STARTTLS, certificate, DANE
    ///
    /// On port 25, as senders do; no message is sent. A host that is not reached is undetermined: many
    /// networks block outgoing port 25.
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub smtp: bool,

    /// Fetch the BIMI logo and its mark certificate, and check both
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub bimi: bool,

    /// Selector of the BIMI record
    ///
    /// As in the BIMI-Selector field of a message; the record is then queried at SELECTOR._bimi.DOMAIN.
    #[arg(long, value_name = "SELECTOR", default_value = "default", hide_short_help = true)]
    pub bimi_selector: String,

    /// The port of MX hosts, for tests.
    #[arg(long, value_name = "PORT", default_value_t = 25, hide = true)]
    pub mail_server_port: u16,

    /// The port of web servers, for tests.
    #[arg(long, value_name = "PORT", default_value_t = 443, hide = true)]
    pub web_server_port: u16,
}
