//! Flags about DNS servers that are asked one by one.

use clap::Args;
use clap::builder::BoolishValueParser;

/// Which servers are asked one by one.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Servers, one by one")]
pub struct OneByOne {
    /// Query each name server of the zone directly
    ///
    /// Over UDP and TCP, IPv4 and IPv6: whether each serves the same SPF record, DMARC record and MX
    /// records, whether the parent zone lists the same servers, and which are lame, silent or slow.
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub authoritative: bool,

    /// Compare the answers of these resolvers
    ///
    /// IP or IP:PORT, tls://…, https://…, system. One is compared with the system's.
    #[arg(long, value_name = "LIST", value_delimiter = ',', hide_short_help = true)]
    pub compare_resolvers: Vec<String>,

    /// Contact private and loopback addresses that the DNS names too
    ///
    /// For --authoritative, and to fetch files. The DNS of a stranger can name any address, so by
    /// default mailcheck sends nothing to addresses that the internet cannot reach.
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub allow_private: bool,

    /// The port of name servers, for tests.
    #[arg(long, value_name = "PORT", default_value_t = 53, hide = true)]
    pub name_server_port: u16,
}
