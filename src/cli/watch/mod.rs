//! `mailcheck watch`: looks again and again, and tells what became worse and when it was over.

mod pace;
mod plan;
mod round;
mod secret;
mod ways;

use super::args::{self, Judging, Look, Pages, Sources as TypedSources};
use super::words::Mistake;
use super::{RunError, wait_for};
use crate::config::watch_interval;
use clap::Parser;
use plan::{Plan, plan};
use std::ffi::OsString;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  mailcheck watch example.com              look again and again, until stopped
  mailcheck watch --once                   once, for cron
  mailcheck watch --once example.com -f json
  mailcheck history example.com            what happened, and when";

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing is worse than it was (or, without --once: stopped)
  1  something is worse, and two looks, two resolvers or the authoritative servers agree
  2  usage error, or the history cannot be used
  3  undetermined: a DNS query failed
  4  internal error, or the output cannot be written";

/// Look again and again, and report what got worse, since when, and whose fault it is
///
/// Each look is recorded in the history. The first look is the baseline: later looks report only what
/// changed. A query that fails is an incident of its own and never counts as a change.
#[derive(Debug, Parser)]
#[command(
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    override_usage = "mailcheck watch [OPTIONS] [DOMAIN…] [@SERVER]",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct WatchArgs {
    /// Domains [default: those that mailcheck.toml declares]; a server after `@`
    #[arg(value_name = "DOMAIN")]
    words: Vec<OsString>,

    /// Look once and exit
    #[arg(long)]
    once: bool,

    /// Look at least this often [default: 30m]
    ///
    /// mailcheck looks sooner where a TTL is shorter, but waits at least five minutes.
    #[arg(long, value_name = "TIME", value_parser = watch_interval)]
    interval: Option<Duration>,

    /// Where messages go: lines:FILE, command:PROGRAM, mail:ADDRESS, https://…
    ///
    /// A message is repeated until it is delivered, always with the same key.
    /// atom:FILE, calendar:FILE and prometheus:FILE are rewritten after each look. May be given several
    /// times; replaces `notify` of mailcheck.toml.
    #[arg(long, value_name = "WAY")]
    notify: Vec<String>,

    /// text, json or jsonl (one line per message), into a file with json=FILE
    #[arg(short = 'f', long = "format", value_name = "FORMAT[=FILE]")]
    form: Vec<OsString>,

    /// Where answers come from.
    #[command(flatten)]
    sources: TypedSources,

    /// Which findings count.
    #[command(flatten)]
    judging: Judging,

    /// How the text looks.
    #[command(flatten)]
    look: Look,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, the history cannot be used, or the output cannot be written.
pub(super) fn run(typed: WatchArgs) -> Result<u8, RunError> {
    let plan = plan(typed)?;
    match plan.once {
        true => wait_for(async { Ok(round::round(&plan).await?.exit_code) }),
        false => wait_for(service(&plan)),
    }
}

/// Looks until the program is stopped.
async fn service(plan: &Plan) -> Result<u8, RunError> {
    let look = async || {
        let done = round::round(plan).await?;
        Ok(pace::Looked { ttl: done.ttl, is_pending: done.is_pending })
    };
    pace::serve(plan.interval, look, pace::stop(), &mut std::io::stderr()).await?;
    Ok(0)
}

/// A form of what is said of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// For a person.
    Text,
    /// For a program: a document a round.
    Json,
    /// For a program: a line a message.
    JsonLines,
}

impl Form {
    const NAMES: [(Self, &'static str); 3] =
        [(Self::Text, "text"), (Self::Json, "json"), (Self::JsonLines, "jsonl")];
}

/// Why what was typed cannot be watched.
fn undeclared() -> Mistake {
    Mistake::new("no domain to watch. Name one, or declare it in mailcheck.toml: [[domain]]")
}
