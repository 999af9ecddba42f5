//! `mailcheck providers [NAME]`: what is known of those who send and receive for others. Makes no DNS
//! queries.

use super::args::{self, Choosing, Colour, Pages};
use super::config;
use super::rules::Format;
use super::words::Mistake;
use super::{RunError, write};
use crate::provider::{self, Provider};
use crate::render::{json, text};
use clap::Parser;
use std::ffi::OsString;

/// List the known providers, or everything known of one, with sources
#[derive(Debug, Parser)]
#[command(
    help_template = args::TEMPLATE,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct ProvidersArgs {
    /// One provider, such as microsoft365; without it, all are listed
    #[arg(value_name = "NAME")]
    name: Option<OsString>,

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

    /// Configuration file, or none
    ///
    /// Its [[provider]] entries are shown with the others.
    #[arg(long, value_name = "FILE|none")]
    config: Option<OsString>,

    /// When to use colour.
    #[command(flatten)]
    colour: Colour,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

/// Lists the providers, or shows the one that was named.
///
/// # Errors
/// The flags mean nothing, the configuration is faulty, no provider is named so, or standard output cannot be written to.
pub(super) fn run(typed: &ProvidersArgs) -> Result<u8, RunError> {
    config::opened(&Choosing { config: typed.config.clone(), ..Choosing::default() })?;
    let name = typed.name.as_ref().map(|name| known(&name.to_string_lossy())).transpose()?;
    write::page(typed.colour.color.into(), |look, out| match (typed.form, name) {
        (Format::Text, None) => text::providers(provider::all(), look, out),
        (Format::Text, Some(known)) => text::provider(known, look, out),
        (Format::Json, None) => json::providers(provider::all(), out),
        (Format::Json, Some(known)) => json::providers(std::slice::from_ref(known), out),
    })?;
    Ok(0)
}

fn known(word: &str) -> Result<&'static Provider, Mistake> {
    provider::by_id(word).ok_or_else(|| {
        Mistake::new(match provider::nearest(word) {
            Some(near) => format!("unknown provider {word:?}. Did you mean {near}?"),
            None => format!("unknown provider {word:?}. List them with: mailcheck providers"),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_provider_is_a_mistake_that_names_the_nearest() {
        let mistake = known("sendgird").expect_err("no provider is named so");
        assert_eq!(mistake.to_string(), "unknown provider \"sendgird\". Did you mean sendgrid?");
    }
}
