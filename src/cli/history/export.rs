//! `mailcheck history export`: the DNS of a moment as a cassette.

use super::store;
use crate::cli::args::{self, Pages, moment};
use crate::cli::words::Appearance;
use crate::cli::{RunError, write};
use crate::history::Access;
use clap::Parser;
use std::path::PathBuf;

/// Write the DNS answers of a moment as a recording, for --replay
///
/// It holds every query that was made by then, each with the answer that was seen last.
#[derive(Debug, Parser)]
#[command(
    help_template = args::TEMPLATE,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct ExportArgs {
    /// The moment [default: the latest look]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<u64>,

    /// Into FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The history [default: mailcheck/history.db in $XDG_STATE_HOME]
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

/// Writes a recording.
///
/// # Errors
/// The history cannot be used, or the recording cannot be written.
pub(super) fn run(typed: &ExportArgs) -> Result<u8, RunError> {
    let path = store::place(typed.store.as_deref())?;
    let store = store::open(&path, Access::Read)?;
    let text = store.cassette(typed.at.unwrap_or(u64::MAX));
    let text = text.map_err(|why| store::trouble(&path, &why))?;
    match &typed.output {
        Some(file) => write::file(file, text.as_bytes())?,
        None => write::standard_output(&Appearance::default(), |_, out| {
            Ok(out.write_all(text.as_bytes())?)
        })?,
    }
    Ok(0)
}
