//! What `mailcheck bounce` means.

use super::BounceArgs;
use crate::cli::counting::Counting;
use crate::cli::history::store;
use crate::cli::words::{Appearance, Mistake, Output, Sources, outputs};
use std::path::PathBuf;

/// Everything that a run of `mailcheck bounce` does.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The file or folder.
    pub file: PathBuf,
    /// A recording of an earlier time.
    pub earlier: Option<PathBuf>,
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
}

impl Form {
    const NAMES: [(Self, &'static str); 2] = [(Self::Text, "text"), (Self::Json, "json")];
}

/// Understands what was typed.
///
/// # Errors
/// A flag's value or the combination of flags means nothing.
pub(super) fn plan(typed: BounceArgs) -> Result<Plan, Mistake> {
    let history = history(&typed);
    Ok(Plan {
        history,
        file: PathBuf::from(typed.file),
        earlier: typed.earlier,
        counting: Counting::read(&typed.judging)?,
        sources: Sources::read_if_any(typed.sources)?,
        outputs: outputs(&typed.form, &Form::NAMES)?,
        appearance: typed.look.into(),
    })
}

/// The history that says how the DNS was when mail was rejected: the one that is named, otherwise the one
/// of this user, where the DNS of now is asked.
fn history(typed: &BounceArgs) -> Option<PathBuf> {
    let sources = &typed.sources;
    if typed.earlier.is_some() || sources.past.at.is_some() {
        return None;
    }
    if let Some(named) = &sources.past.store {
        return Some(named.clone());
    }
    let is_live = !sources.offline && sources.replay.is_none();
    store::place(None).ok().filter(|place| is_live && place.exists())
}
