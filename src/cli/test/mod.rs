//! `mailcheck test`: are domains what their owner expects?

mod plan;

use super::args::{self, Report, Sources};
use super::{RunError, check, wait_for};
use clap::Parser;
use plan::plan;
use std::ffi::OsString;

pub(super) use plan::{domains, inquiry, undeclared};

const EXAMPLES: &str = "\
Examples:
  mailcheck test                   every domain that mailcheck.toml declares
  mailcheck test example.com       one of them
  mailcheck test mail.toml         those of another file
  mailcheck test --zone new.zone   would it hold with this zone file?";

const EXIT_CODES: &str = "\
Exit codes:
  0  the contract holds, no finding at or above --fail-on
  1  the contract is broken, or a finding at or above --fail-on
  2  usage error: a flag, a file, a domain that is not declared
  3  undetermined: a DNS query failed; the domain may be fine
  4  internal error, or the report could not be written

A contract in mailcheck.toml:
  [[domain]]
  name       = \"example.com\"
  senders    = [\"microsoft365\", \"203.0.113.0/28\"]
  min-policy = \"quarantine\"";

/// Check domains against their contract in mailcheck.toml
#[derive(Clone, Debug, Parser)]
#[command(
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    override_usage = "mailcheck test [OPTIONS] [FILE.toml] [DOMAIN…] [@SERVER]",
    next_help_heading = "What to check",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub struct TestArgs {
    /// The file of the contract; domains that it declares; a server after `@`
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
pub(super) fn run(typed: TestArgs) -> Result<u8, RunError> {
    let plan = plan(typed)?;
    wait_for(check::run(&plan))
}
