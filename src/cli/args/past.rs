//! Which moment answers are of.

use crate::text;
use clap::Args;
use std::path::PathBuf;

/// Which moment answers are of: now, unless it is named.
#[derive(Args, Clone, Debug, Default)]
pub struct Past {
    /// Answer as last seen at TIME, from the history; no network
    ///
    /// A date, or a date and a time, UTC unless it has an offset: 2026-11-26T18:10. What had not been
    /// queried by then is undetermined.
    #[arg(
        long,
        value_name = "TIME",
        value_parser = moment,
        hide_short_help = true,
        help_heading = "Sources"
    )]
    pub at: Option<u64>,

    /// The history [default: mailcheck/history.db in $XDG_STATE_HOME]
    ///
    /// Used with --at; bounce and report look up the time of the mail, and serve shows it.
    #[arg(long, value_name = "FILE", hide_short_help = true, help_heading = "Sources")]
    pub store: Option<PathBuf>,
}

/// Reads a moment, in seconds since 1970.
pub(in crate::cli) fn moment(text: &str) -> Result<u64, String> {
    text::seconds(text).ok_or_else(|| {
        "expected a date or a time, such as 2026-11-26 or 2026-11-26T18:10".to_owned()
    })
}
