//! `mailcheck completions SHELL`: a script that completes words. Makes no DNS queries.

use super::args::Pages;
use super::{RunError, command, write};
use crate::render::palette::Choice;
use clap::Parser;
use clap_complete::Shell;

const EXAMPLES: &str = "\
Examples:
  mailcheck completions bash > /etc/bash_completion.d/mailcheck
  mailcheck completions zsh > ~/.zfunc/_mailcheck
  mailcheck completions fish > ~/.config/fish/completions/mailcheck.fish";

/// Print the completion script for a shell
#[derive(Debug, Parser)]
#[command(
    before_help = EXAMPLES,
    help_template = super::args::TEMPLATE,
    arg_required_else_help = true,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

/// Prints the script.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn run(typed: &CompletionsArgs) -> Result<u8, RunError> {
    let mut script = Vec::new();
    clap_complete::generate(typed.shell, &mut command::command(), "mailcheck", &mut script);
    write::page(Choice::Never, |_, out| out.write_all(&script))?;
    Ok(0)
}
