//! `mailcheck history`: what became of a domain over time, and the looks that this is known from.

mod export;
pub(in crate::cli) mod look;
mod record;
pub(in crate::cli) mod store;

use super::args::{self, Look, Pages, moment};
use super::test::{domains, inquiry};
use super::words::{Appearance, Mistake, Output, outputs};
use super::{RunError, wait_for, write};
use crate::config::Config;
use crate::history::{Access, Period, timeline};
use crate::render::{json, text};
use crate::report::envelope::{Enveloped, Kind};
use crate::report::history::History;
use crate::text::escape;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  mailcheck history record example.com     one look, for example from cron
  mailcheck history example.com            what changed, and when
  mailcheck history example.com --since 2026-11-01 -f json
  mailcheck example.com --at 2026-11-26T18:10   the report of that moment";

const EXIT_CODES: &str = "\
Exit codes:
  0  the timeline is shown, the look recorded, the recording written
  2  usage error, or the history cannot be used
  3  record: the look is recorded; a DNS query failed, so a report is undetermined
  4  internal error, or the output cannot be written";

/// Show what changed for a domain and when, from recorded looks
///
/// A look is one report, with all DNS answers behind it. It is kept in one file, which grows only when
/// something changes. --at TIME answers from it, with every verb that queries the DNS.
#[derive(Debug, Parser)]
#[command(
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    override_usage = "mailcheck history [OPTIONS] DOMAIN…\n       mailcheck history record|export …",
    arg_required_else_help = true,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct HistoryArgs {
    #[command(subcommand)]
    action: Option<Action>,

    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, Subcommand)]
enum Action {
    Record(Box<record::RecordArgs>),
    Export(export::ExportArgs),
}

/// What is shown.
#[derive(Debug, clap::Args)]
struct Shown {
    /// Domains
    #[arg(value_name = "DOMAIN", required = true)]
    words: Vec<OsString>,

    /// Leave out what happened before TIME
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<u64>,

    /// Leave out what was found after TIME
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<u64>,

    /// The history [default: mailcheck/history.db in $XDG_STATE_HOME]
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,

    /// text or json, into a file with json=FILE
    #[arg(short = 'f', long = "format", value_name = "FORMAT[=FILE]")]
    form: Vec<OsString>,

    /// How the timeline looks.
    #[command(flatten)]
    look: Look,

    /// Pages of help.
    #[command(flatten, next_help_heading = "Report")]
    pages: Pages,
}

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, the history cannot be used, or the output cannot be written.
pub(super) fn run(typed: HistoryArgs) -> Result<u8, RunError> {
    match typed.action {
        None => wait_for(show(typed.shown)),
        Some(Action::Record(typed)) => record::run(*typed),
        Some(Action::Export(typed)) => export::run(&typed),
    }
}

/// A form of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// For a person.
    Text,
    /// For a program.
    Json,
}

impl Form {
    const NAMES: [(Self, &'static str); 2] = [(Self::Text, "text"), (Self::Json, "json")];
}

async fn show(typed: Shown) -> Result<u8, RunError> {
    let (named, resolvers) = domains(&typed.words)?;
    if let Some(server) = resolvers.first() {
        let why = format!("history makes no DNS queries, so {server:?} has no use");
        return Err(Mistake::new(why).into());
    }
    let outputs: Vec<Output<Form>> = outputs(&typed.form, &Form::NAMES)?;
    let path = store::place(typed.store.as_deref())?;
    let store = store::open(&path, Access::Read)?;
    let period = Period { since: typed.since.unwrap_or(0), until: typed.until.unwrap_or(u64::MAX) };
    let mut found = Vec::with_capacity(named.len());
    for domain in named {
        let asked = inquiry(&Config::default(), domain.clone())?;
        let told = timeline(&store, &asked, period).await;
        let told = told.map_err(|why| store::trouble(&path, &why))?;
        found.push(told.ok_or_else(|| {
            let file = escape(path.display().to_string().as_bytes());
            Mistake::new(format!(
                "{file} has no look at {domain}. To record one: mailcheck history record {domain}"
            ))
        })?);
    }
    let history = History { domains: found, exit_code: 0 };
    let appearance = Appearance::from(typed.look);
    for output in &outputs {
        write::output(output, &appearance, |form, look, out| {
            match form {
                Form::Text => text::history::render(&history, look, out)?,
                Form::Json => json::render(&Enveloped::new(Kind::History, None, &history), out)?,
            }
            Ok(())
        })?;
    }
    Ok(history.exit_code)
}
