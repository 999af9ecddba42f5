//! The configuration: which files it is made of, what holds in the end, and `mailcheck config`,
//! which shows that.

mod document;
mod open;
mod show;

pub(super) use open::{one_file, opened};
pub(super) use show::{ConfigArgs, run};

use super::args::{Choosing, FailOn, Judging};
use super::words::{Mistake, contracts};
use crate::config::{Policy, Scope};
use crate::diagnostic::Severity;
use std::path::PathBuf;

/// What counts in the end.
pub(super) struct Settings {
    /// The least severity that makes the run fail; `None` if findings never do.
    pub fail_on: Option<Severity>,
    /// True if a flag, the environment or the file names it.
    pub names_fail_on: bool,
    /// Which findings count.
    pub policy: Policy,
    /// The configuration, if there is one.
    pub file: Option<PathBuf>,
}

/// Puts together how much findings count. A flag goes before the environment, that before the
/// file, and that before what holds by itself.
///
/// # Errors
/// A rule is unknown, or a file cannot be read or is faulty.
pub(super) fn resolve_settings(judging: &Judging) -> Result<Settings, Mistake> {
    let (policy, file) = policy(&judging.choice)?;
    let in_file = policy.config.fail_on.as_ref().map(|(least, _)| *least);
    let fail_on = match (judging.fail_on, in_file) {
        (Some(FailOn::Error), _) | (None, None) => Some(Severity::Error),
        (Some(FailOn::Warn), _) => Some(Severity::Warn),
        (Some(FailOn::Note), _) => Some(Severity::Note),
        (Some(FailOn::Never), _) => None,
        (None, Some(least)) => least,
    };
    let names_fail_on = judging.fail_on.is_some() || in_file.is_some();
    Ok(Settings { fail_on, names_fail_on, policy, file })
}

/// Puts together which findings count, and says where the configuration stands, if there is one.
///
/// # Errors
/// A rule is unknown, or a file cannot be read or is faulty.
pub(super) fn policy(choice: &Choosing) -> Result<(Policy, Option<PathBuf>), Mistake> {
    let (config, file) = opened(choice)?;
    contracts(&config)?;
    let select = scopes("--select", &choice.select)?;
    let ignore = scopes("--ignore", &choice.ignore)?;
    Ok((Policy { config, select, ignore, ..Policy::default() }, file))
}

fn scopes(flag: &str, words: &[String]) -> Result<Vec<Scope>, Mistake> {
    let words = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty());
    let scope = |word: &str| {
        Scope::read(word).map_err(|meant| {
            let hint = match meant {
                Some(meant) => format!("Did you mean {meant}?"),
                None => "List them with: mailcheck rules".to_owned(),
            };
            Mistake::new(format!("{flag}: unknown rule or family {word:?}. {hint}"))
        })
    };
    words.map(scope).collect()
}
