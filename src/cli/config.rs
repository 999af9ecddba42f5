//! The configuration: which file it is, what holds in the end, and `mailcheck config`, which shows
//! that.

use super::Trouble;
use super::args::{FailOn, Judging};
use super::plan::{Appearance, Mistake};
use super::{sources, write};
use crate::config::{self, Config, FILE, LIMIT, Policy, Scope};
use crate::judge::Severity;
use crate::text::escape;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What counts in the end.
pub(super) struct Settings {
    /// The least severity that makes the run fail; `None` if findings never do.
    pub fail_on: Option<Severity>,
    /// Which findings count.
    pub policy: Policy,
}

/// Puts flags, environment and file together: a flag goes before the environment, that before the
/// file, and that before what holds by itself.
///
/// # Errors
/// A rule is unknown, or the file cannot be read or is faulty.
pub(super) fn settle(judging: &Judging) -> Result<Settings, Mistake> {
    let config = match file(judging)? {
        Some((path, shown)) => read(&path, &shown)?,
        None => Config::default(),
    };
    let fail_on = match (judging.fail_on, config.fail_on) {
        (Some(FailOn::Error), _) | (None, None) => Some(Severity::Error),
        (Some(FailOn::Warn), _) => Some(Severity::Warn),
        (Some(FailOn::Note), _) => Some(Severity::Note),
        (Some(FailOn::Never), _) => None,
        (None, Some((least, _))) => least,
    };
    let select = scopes("--select", &judging.select)?;
    let ignore = scopes("--ignore", &judging.ignore)?;
    Ok(Settings { fail_on, policy: Policy { config, select, ignore } })
}

fn scopes(flag: &str, words: &[String]) -> Result<Vec<Scope>, Mistake> {
    let words = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty());
    let scope = |word: &str| {
        Scope::read(word).map_err(|meant| {
            let hint = match meant {
                Some(meant) => format!("Did you mean {meant}?"),
                None => "All of them: mailcheck rules".to_owned(),
            };
            Mistake::new(format!("{flag}: no rule and no family is named {word:?}. {hint}"))
        })
    };
    words.map(scope).collect()
}

/// The file to read and how it is shown; `None` if there is none, or none is wanted.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
fn file(judging: &Judging) -> Result<Option<(PathBuf, String)>, Mistake> {
    match &judging.config {
        Some(word) if word == "none" => return Ok(None),
        Some(word) if !word.is_empty() => {
            let path = PathBuf::from(word);
            let shown = path.display().to_string();
            return Ok(Some((path, shown)));
        }
        _ => {}
    }
    let here = env::current_dir()
        .map_err(|why| Mistake::new(format!("the current folder cannot be told: {why}")))?;
    Ok(discover(&here))
}

/// The file in this folder or upward, to the root of the repository and no further. Outside of any
/// repository only the folder itself is looked at: what lies above belongs to somebody else.
fn discover(here: &Path) -> Option<(PathBuf, String)> {
    let root = here.ancestors().position(|folder| folder.join(".git").exists()).unwrap_or(0);
    let found = here.ancestors().take(root + 1).enumerate();
    let mut files = found.map(|(up, folder)| (folder.join(FILE), "../".repeat(up) + FILE));
    files.find(|(path, _)| path.is_file())
}

fn read(path: &Path, shown: &str) -> Result<Config, Mistake> {
    let limit = u64::try_from(LIMIT).unwrap_or(u64::MAX);
    let octets =
        sources::beginning(path, limit).map_err(|why| Mistake::new(format!("{shown}: {why}")))?;
    let (config, faults) = config::read(shown, &octets);
    let Some(first) = faults.first() else { return Ok(config) };
    let others = match faults.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let config::Fault { line, column, message } = first;
    Err(Mistake::new(format!("{shown}:{line}:{column}: {message}{others}")))
}

// ── the verb ────────────────────────────────────────────────────────────────────────────────────

/// Show what holds in the end: flags, environment, mailcheck.toml, defaults
#[derive(Debug, Parser)]
#[command(
    name = "mailcheck config",
    bin_name = "mailcheck config",
    version,
    disable_version_flag = true,
    max_term_width = 100
)]
enum Typed {
    /// Show what holds, as a mailcheck.toml would say it
    Show {
        /// Say of each setting where it comes from
        #[arg(long)]
        origin: bool,

        /// Which findings count.
        #[command(flatten)]
        judging: Judging,
    },
}

/// Shows what holds.
///
/// # Errors
/// The flags mean nothing, the file is faulty, or standard output cannot be written to.
pub(super) fn run(typed: Vec<OsString>) -> Result<u8, Trouble> {
    let mut parser = Typed::command();
    // What was typed begins with the name of the program; the verb takes its place.
    let matches =
        parser.try_get_matches_from_mut(typed.into_iter().skip(1)).map_err(Trouble::Flags)?;
    let Typed::Show { origin, judging } =
        Typed::from_arg_matches(&matches).map_err(|why| Trouble::Flags(why.format(&mut parser)))?;
    let settings = settle(&judging)?;
    // An empty word names no file.
    let names_file = judging.config.as_ref().is_some_and(|word| !word.is_empty());
    let given = |id: &str| {
        let (_, show) = matches.subcommand().filter(|_| id != "config" || names_file)?;
        from(show, id)
    };
    let mut page = String::new();
    for (setting, from) in lines(&settings, given) {
        page.push_str(&escape(setting.as_bytes()));
        if origin && !setting.is_empty() {
            page.push_str(&format!("  # {}", escape(from.as_bytes())));
        }
        page.push('\n');
    }
    write::standard_output(&Appearance::default(), |_, out| Ok(out.write_all(page.as_bytes())?))?;
    Ok(0)
}

/// The flag or the variable that gave a value.
fn from(matches: &ArgMatches, id: &str) -> Option<String> {
    let flag = id.replace('_', "-");
    match matches.value_source(id)? {
        ValueSource::CommandLine => Some(format!("--{flag}")),
        ValueSource::EnvVariable => Some(format!("MAILCHECK_{}", id.to_uppercase())),
        _ => None,
    }
}

/// Each setting, and where it comes from.
fn lines(settings: &Settings, given: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let Settings { fail_on, policy: Policy { config, select, ignore } } = settings;
    let default = || "default".to_owned();
    let place = |line: u32| format!("{}:{line}", config.file);
    let file = if config.file.is_empty() { "none" } else { &config.file };
    let chosen = given("config").unwrap_or_else(|| match config.file.is_empty() {
        true => default(),
        false => "found".to_owned(),
    });
    let least = fail_on.map_or("never", Severity::word);
    let least_from = given("fail_on")
        .or_else(|| config.fail_on.map(|(_, line)| place(line)))
        .unwrap_or_else(default);
    let mut lines = vec![
        (format!("# configuration: {file}"), chosen),
        (format!("fail-on = {least:?}"), least_from),
    ];
    for (id, scopes) in [("select", select), ("ignore", ignore)] {
        if !scopes.is_empty() {
            let words: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
            let from = given(id).unwrap_or_else(default);
            lines.push((format!("# --{id} {}", words.join(",")), from));
        }
    }
    let blank = || (String::new(), String::new());
    if !config.rules.is_empty() {
        lines.push(blank());
        lines.push(("[rules]".to_owned(), file.to_owned()));
    }
    for setting in &config.rules {
        let severity = setting.severity.map_or("off", Severity::word);
        lines.push((format!("{:?} = {severity:?}", setting.rule.id), place(setting.line)));
    }
    for one in &config.ignores {
        lines.push(blank());
        lines.push(("[[ignore]]".to_owned(), place(one.line)));
        let domain = one.domain.as_ref().map(|name| format!("domain = \"{name}\""));
        let expires = one.expires.as_ref().map(|date| format!("expires = {date}"));
        let all = [
            Some(format!("rule = {:?}", one.rule.id)),
            domain,
            Some(format!("reason = {:?}", one.reason)),
            expires,
        ];
        lines.extend(all.into_iter().flatten().map(|line| (line, place(one.line))));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        Typed::command().debug_assert();
    }
}
