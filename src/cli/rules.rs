//! `mailcheck rules`: every rule there is. Asks nothing of anybody.

use super::args::Color;
use super::{RunError, flags, write};
use crate::catalogue;
use crate::render::{json, text};
use clap::{Parser, ValueEnum};
use std::ffi::OsString;

/// List every rule: severity, id, and what it claims
#[derive(Debug, Parser)]
#[command(
    name = "mailcheck rules",
    bin_name = "mailcheck rules",
    version,
    disable_version_flag = true,
    max_term_width = 100
)]
struct RulesArgs {
    /// text or json
    #[arg(short, long, value_enum, default_value = "text", hide_possible_values = true)]
    format: Format,

    /// auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value = "auto",
        hide_possible_values = true,
        env = "MAILCHECK_COLOR"
    )]
    color: Color,
}

/// A form of what is known without asking.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// For a person.
    Text,
    /// For a program.
    Json,
}

/// Lists the rules.
///
/// # Errors
/// The flags mean nothing, or standard output cannot be written to.
pub(super) fn run(typed: Vec<OsString>) -> Result<u8, RunError> {
    let typed: RulesArgs = flags(typed)?;
    write::page(typed.color.into(), |look, out| match typed.format {
        Format::Text => text::rules(catalogue::rules(), look, out),
        Format::Json => json::rules(catalogue::rules(), out),
    })?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_flags_are_consistent() {
        RulesArgs::command().debug_assert();
    }
}
