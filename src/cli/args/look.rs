//! How the report of a verb looks that has no steps and no table of queries.

use super::Colour;
use clap::Args;
use clap::builder::BoolishValueParser;

/// Flags about the look of a report with faults.
#[derive(Args, Clone, Copy, Debug)]
pub struct Look {
    /// Show the answer and the faults only
    #[arg(short, long, help_heading = "Report", value_parser = BoolishValueParser::new())]
    pub quiet: bool,

    /// When to use colour.
    #[command(flatten, next_help_heading = "Report")]
    pub colour: Colour,

    /// Draw with ASCII only
    #[arg(
        long,
        hide_short_help = true,
        help_heading = "Report",
        value_parser = BoolishValueParser::new()
    )]
    pub ascii: bool,
}
