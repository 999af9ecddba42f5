//! Whom servers have to be vouched for by.

use clap::Args;
use std::path::PathBuf;

/// Which certificate authorities are trusted.
#[derive(Args, Clone, Debug, Default)]
pub struct Trust {
    /// Trust the certificate authorities in FILE too (PEM)
    ///
    /// For DNS over TLS and HTTPS, MTA-STS policy files, mail servers and mark certificates of BIMI, beside the
    /// public authorities that are compiled in.
    #[arg(long, value_name = "FILE", hide_short_help = true, help_heading = "Sources")]
    pub ca_file: Option<PathBuf>,
}
