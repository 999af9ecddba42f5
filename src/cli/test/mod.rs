//! `mailcheck test`: are domains what their owner expects?

mod plan;

use super::args::{Report, Sources};
use super::{RunError, check, flags, wait_for};
use clap::Parser;
use plan::plan;
use std::ffi::OsString;

pub(super) use plan::{domains, inquiry, undeclared};

const EXAMPLES: &str = "\
Examples:
  mailcheck test                         every domain that mailcheck.toml declares
  mailcheck test example.com             one of them
  mailcheck test mail.toml               those of another file
  mailcheck test --zone new.zone         would it hold with this zone file?";

const EXIT_CODES: &str = "\
Exit codes:
  0  every expectation is met, and no finding reaches --fail-on
  1  an expectation is not met, or a finding reaches --fail-on
  2  wrong usage: a flag, a file, a domain that is not declared
  3  could not tell: the DNS did not answer; the domain may be fine
  4  our own failure

A contract stands in mailcheck.toml:
  [[domain]]
  name       = \"example.com\"
  senders    = [\"microsoft365\", \"203.0.113.0/28\"]
  min-policy = \"quarantine\"";

/// Hold domains to their contract: what mailcheck.toml expects of them.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "test",
    version,
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}",
    override_usage = "mailcheck test [OPTIONS] [FILE.toml] [DOMAIN…] [@RESOLVER]",
    next_help_heading = "Question",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub struct TestArgs {
    /// The file of the contract; domains that it declares; a resolver after `@`
    #[arg(value_name = "WORD", hide = true)]
    pub words: Vec<OsString>,

    /// Where answers come from.
    #[command(flatten)]
    pub sources: Sources,

    /// Where the report goes.
    #[command(flatten)]
    pub report: Report,
}

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, or the report cannot be written.
pub(super) fn run(typed: Vec<OsString>) -> Result<u8, RunError> {
    let plan = plan(flags(typed)?)?;
    wait_for(check::run(&plan))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_flags_are_consistent() {
        TestArgs::command().debug_assert();
    }

    #[test]
    fn the_short_help_fits_a_screen() {
        let help = crate::cli::parser::<TestArgs>().render_help().to_string();
        assert!(help.lines().count() <= 36, "{help}");
    }
}
