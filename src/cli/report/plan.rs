//! What `mailcheck report` means.

use super::ReportArgs;
use crate::cli::counting::Counting;
use crate::cli::history::store;
use crate::cli::words::{Appearance, Mistake, Output, Sources, mail_outputs};
use crate::render::mail::Shared;
use std::path::PathBuf;

/// Everything that a run of `mailcheck report` does.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The files and folders.
    pub files: Vec<PathBuf>,
    /// The history, if there is one.
    pub history: Option<PathBuf>,
    /// Which findings count.
    pub counting: Counting,
    /// Where answers come from; `None` if nothing is asked.
    pub sources: Option<Sources>,
    /// Where the report goes; at most one of them is standard output.
    pub outputs: Vec<Output<Form>>,
    /// How the text looks.
    pub appearance: Appearance,
}

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For a person.
    Text,
    /// For a program.
    Json,
    /// The sources, with commas between the columns.
    Csv,
    /// The sources, with tabs between the columns.
    Tsv,
    /// As domains are shown, too.
    Shared(Shared),
}

impl Form {
    /// The forms of its own.
    const NAMES: [(Self, &'static str); 4] =
        [(Self::Text, "text"), (Self::Json, "json"), (Self::Csv, "csv"), (Self::Tsv, "tsv")];
}

/// Understands what was typed.
///
/// # Errors
/// A flag's value or the combination of flags means nothing.
pub(super) fn plan(mut typed: ReportArgs) -> Result<Plan, Mistake> {
    Ok(Plan {
        history: store::of_then(&mut typed.sources),
        files: typed.files.into_iter().map(PathBuf::from).collect(),
        counting: Counting::read(&typed.judging)?,
        sources: Sources::read_if_any(typed.sources)?,
        outputs: mail_outputs(&typed.form, &Form::NAMES, Form::Shared)?,
        appearance: typed.look.into(),
    })
}
