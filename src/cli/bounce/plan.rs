//! What `mailcheck bounce` means.

use super::BounceArgs;
use crate::cli::counting::Counting;
use crate::cli::history::store;
use crate::cli::words::{Appearance, Mistake, Output, Sources, mail_outputs};
use crate::render::mail::Shared;
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
    /// As domains are shown, too.
    Shared(Shared),
}

impl Form {
    /// The forms of its own.
    const NAMES: [(Self, &'static str); 2] = [(Self::Text, "text"), (Self::Json, "json")];
}

/// Understands what was typed.
///
/// # Errors
/// A flag's value or the combination of flags means nothing.
pub(super) fn plan(mut typed: BounceArgs) -> Result<Plan, Mistake> {
    let history = typed.earlier.is_none().then(|| store::of_then(&mut typed.sources)).flatten();
    let sources = Sources::read_if_any(typed.sources)?;
    if let (Some(history), None) = (&history, &sources) {
        return Err(Mistake::new(format!(
            "--store compares the DNS of then in {} with that of now: leave out --offline",
            history.display()
        )));
    }
    Ok(Plan {
        history,
        file: PathBuf::from(typed.file),
        earlier: typed.earlier,
        counting: Counting::read(&typed.judging)?,
        sources,
        outputs: mail_outputs(&typed.form, &Form::NAMES, Form::Shared)?,
        appearance: typed.look.into(),
    })
}
