//! `mailcheck explain RULE`: the page of a rule. Makes no DNS queries.

use super::args::{self, Colour, Pages};
use super::rules::Format;
use super::words::Mistake;
use super::{RunError, write};
use crate::catalogue;
use crate::diagnostic::Rule;
use crate::render::{json, text};
use crate::text::listed_or;
use clap::Parser;
use std::ffi::OsString;

/// Explain a rule: what it checks, why it matters, what to do
#[derive(Debug, Parser)]
#[command(
    arg_required_else_help = true,
    help_template = args::TEMPLATE,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct ExplainArgs {
    /// The id of the rule, as `mailcheck rules` lists it
    #[arg(value_name = "RULE")]
    rule: OsString,

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

/// Shows the page of the rule that was named.
///
/// # Errors
/// The flags mean nothing, no rule is named so, or standard output cannot be written to.
pub(super) fn run(typed: &ExplainArgs) -> Result<u8, RunError> {
    let rule = rule(&typed.rule.to_string_lossy())?;
    write::page(typed.colour.color.into(), |look, out| match typed.form {
        Format::Text => text::page(rule, look, out),
        Format::Json => json::rule(rule, out),
    })?;
    Ok(0)
}

fn rule(word: &str) -> Result<&'static Rule, Mistake> {
    catalogue::find(word).map_err(|meant| {
        let ids: Vec<&str> = meant.iter().map(|rule| rule.id).collect();
        Mistake::new(match ids.as_slice() {
            [] => format!("unknown rule {word:?}. List the rules with: mailcheck rules"),
            [id] => format!("unknown rule {word:?}. Did you mean {id}?"),
            several => format!("unknown rule {word:?}. Did you mean {}?", listed_or(several)),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_rule_is_a_mistake_that_names_the_nearest() {
        let mistake = rule("spf/viod-lookup").expect_err("no rule is named so");
        assert_eq!(
            mistake.to_string(),
            "unknown rule \"spf/viod-lookup\". Did you mean spf/void-lookup?"
        );
    }

    #[test]
    fn what_was_typed_is_escaped() {
        let mistake = rule("\u{1b}[31m").expect_err("no rule is named so");
        assert!(!mistake.to_string().contains(char::is_control), "{mistake}");
    }
}
