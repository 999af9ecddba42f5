//! `mailcheck rules`: every rule there is. Makes no DNS queries.

use super::args::{self, Colour, Pages};
use super::{RunError, write};
use crate::catalogue;
use crate::render::{json, text};
use clap::{Parser, ValueEnum};

/// List every rule: severity, id, and what it claims
#[derive(Debug, Parser)]
#[command(
    help_template = args::TEMPLATE,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct RulesArgs {
    /// text or json
    #[arg(
        short = 'f',
        long = "format",
        value_name = "FORMAT",
        value_enum,
        default_value = "text",
        hide_possible_values = true
    )]
    form: Format,

    /// When to use colour.
    #[command(flatten)]
    colour: Colour,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
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
pub(super) fn run(typed: &RulesArgs) -> Result<u8, RunError> {
    write::page(typed.colour.color.into(), |look, out| match typed.form {
        Format::Text => text::rules(catalogue::rules(), look, out),
        Format::Json => json::rules(catalogue::rules(), out),
    })?;
    Ok(0)
}
