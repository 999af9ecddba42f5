//! `mailcheck man [DIR]`: the manual, in roff. Makes no DNS queries.

use super::args::Pages;
use super::{RunError, command, write};
use crate::render::palette::Choice;
use clap::{Command, Parser};
use clap_mangen::Man;
use std::io::{self, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  mailcheck man | man -l -         read mailcheck(1)
  mailcheck man /usr/local/share/man/man1";

/// Print the manual page mailcheck(1), or write a page per verb into a folder
#[derive(Debug, Parser)]
#[command(
    before_help = EXAMPLES,
    help_template = super::args::TEMPLATE,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct ManArgs {
    /// The folder, which must exist
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

/// Prints the page, or writes all of them.
///
/// # Errors
/// They cannot be written.
pub(super) fn run(typed: &ManArgs) -> Result<u8, RunError> {
    let mut command = command::command();
    command.build();
    match &typed.folder {
        None => {
            let mut page = Vec::new();
            page_of(&command, &mut page)?;
            write::page(Choice::Never, |_, out| out.write_all(&page))?;
        }
        Some(folder) => {
            for command in all(&command) {
                let mut page = Vec::new();
                page_of(command, &mut page)?;
                write::file(&folder.join(format!("{}.1", name(command))), &page)?;
            }
        }
    }
    Ok(0)
}

/// A command and all below it.
fn all(command: &Command) -> Vec<&Command> {
    std::iter::once(command).chain(command.get_subcommands().flat_map(all)).collect()
}

/// The name of the page: `mailcheck-senders`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// Writes the page of a command.
///
/// # Errors
/// `out` cannot be written to.
fn page_of(command: &Command, out: &mut dyn Write) -> io::Result<()> {
    let man = Man::new(command.clone())
        .title(name(command).to_uppercase())
        .source(format!("mailcheck {}", env!("CARGO_PKG_VERSION")))
        .manual("mailcheck");
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    section("EXAMPLES", command.get_before_help().map(ToString::to_string), out)?;
    man.render_options_section(out)?;
    if command.has_subcommands() {
        man.render_subcommands_section(out)?;
    }
    section("EXIT STATUS", command.get_after_long_help().map(ToString::to_string), out)
}

/// A section of lines that stay as they are; its text begins with a heading of its own.
fn section(title: &str, text: Option<String>, out: &mut dyn Write) -> io::Result<()> {
    let Some(text) = text else { return Ok(()) };
    writeln!(out, ".SH {title:?}\n.nf")?;
    for line in text.lines().skip(1) {
        // A line that begins with a dot or a quote would be a request.
        writeln!(out, "\\&{}", line.replace('\\', "\\e").replace('-', "\\-"))?;
    }
    writeln!(out, ".fi")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_taken_for_a_request() {
        let mut out = Vec::new();
        section("X", Some("Examples:\n.so /etc/passwd\n'a \\n".to_owned()), &mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        assert_eq!(page, ".SH \"X\"\n.nf\n\\&.so /etc/passwd\n\\&'a \\en\n.fi\n");
    }
}
