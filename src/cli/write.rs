//! Where the report goes: standard output, or a file that appears whole or not at all.

use super::RunError;
use super::new_file::NewFile;
use super::words::{Appearance, Format, Output};
use crate::render::{
    Stream, github, gitlab, html, json, junit, link, markdown, palette, prometheus, sarif, text,
    tsv,
};
use crate::report::Extent;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

pub(super) use super::new_file::probe;

/// Columns of a line where nobody says how many there are.
const WIDTH: usize = 80;
/// Fewest columns that a report fits into.
const NARROWEST: usize = 40;
/// Lines longer than this are hard to read.
const WIDEST: usize = 100;

/// What a document for programs holds where text would look so. Steps refer to lookups.
pub(super) fn extent(look: &text::Look) -> Extent {
    Extent { steps: look.explain, lookups: look.lookups || look.explain }
}

/// The form in which a report is written in a format while its domains come in.
pub(super) fn stream(format: Format, look: text::Look) -> Box<dyn Stream> {
    match format {
        Format::Json => Box::new(json::Document::new(extent(&look))),
        Format::JsonLines => Box::new(json::Lines::new(extent(&look))),
        Format::GitHub => Box::new(github::Annotations::default()),
        Format::Markdown => Box::new(markdown::Summary::default()),
        Format::Html => Box::new(html::Page::default()),
        Format::Tsv => Box::new(tsv::Table),
        Format::Text => Box::new(text::Screen::new(look)),
        Format::Sarif => Box::new(sarif::Log::default()),
        Format::GitLab => Box::new(gitlab::Issues::default()),
        Format::JUnit => Box::new(junit::Suites::default()),
        Format::Prometheus => Box::new(prometheus::Exposition::default()),
    }
}

/// How text should look on standard output.
pub(super) fn screen(appearance: &Appearance) -> text::Look {
    look(appearance, Some(&terminal(appearance, io::stdout().is_terminal())))
}

/// A stream that a person may be looking at.
pub(super) struct Terminal {
    colour: bool,
    links: bool,
    ascii: bool,
    width: usize,
}

/// Writes to standard output what `form` writes, which learns how text should look there. A
/// reader that has gone away has read enough.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn standard_output(
    appearance: &Appearance,
    form: impl FnOnce(&text::Look, &mut dyn Write) -> Result<(), RunError>,
) -> Result<(), RunError> {
    let stdout = io::stdout();
    let terminal = terminal(appearance, stdout.is_terminal());
    let mut out = BufWriter::new(stdout.lock());
    let written = form(&look(appearance, Some(&terminal)), &mut out);
    match written.and_then(|()| Ok(out.flush()?)) {
        Err(RunError::Write(why)) if why.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Writes a whole report to one of its outputs, in the form that is asked for there.
///
/// # Errors
/// It cannot be written; a file that stood there before stays.
pub(super) fn output<F: Copy>(
    output: &Output<F>,
    appearance: &Appearance,
    form: impl FnOnce(F, &text::Look, &mut dyn Write) -> Result<(), RunError>,
) -> Result<(), RunError> {
    match &output.file {
        Some(path) => {
            let mut whole = Vec::new();
            form(output.format, &look(appearance, None), &mut whole)?;
            file(path, &whole)
        }
        None => standard_output(appearance, |look, out| form(output.format, look, out)),
    }
}

/// Writes a page that is no report to standard output, as it suits its reader.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn page(
    color: palette::Choice,
    draw: impl FnOnce(&text::Look, &mut dyn Write) -> io::Result<()>,
) -> Result<(), RunError> {
    let appearance = Appearance { color, ..Appearance::default() };
    standard_output(&appearance, |look, out| Ok(draw(look, out)?))
}

#[allow(clippy::disallowed_methods, reason = "the environment is read here")]
fn terminal(appearance: &Appearance, is_terminal: bool) -> Terminal {
    let var = |name: &str| env::var_os(name);
    let [force, no, clicolor, term, actions] =
        ["CLICOLOR_FORCE", "NO_COLOR", "CLICOLOR", "TERM", "GITHUB_ACTIONS"].map(var);
    let surroundings = palette::Surroundings {
        clicolor_force: force.as_deref(),
        no_color: no.as_deref(),
        clicolor: clicolor.as_deref(),
        term: term.as_deref(),
        github_actions: actions.as_deref(),
        is_terminal,
    };
    let colour = palette::decide(appearance.color, &surroundings);
    let size = terminal_size::terminal_size().filter(|_| is_terminal);
    let columns = size.map(|(width, _)| usize::from(width.0));
    Terminal {
        colour,
        // Who wants no escape sequences for colour wants none for links.
        links: colour && is_terminal && link::are_understood(var),
        ascii: is_terminal && !speaks_utf8(&var)
            || term.as_deref().is_some_and(|term| term == "linux"),
        width: var("COLUMNS").and_then(|set| wanted(&set)).or(columns).unwrap_or(WIDTH),
    }
}

/// The columns that the environment asks for; `None` if that is no width that text fits into.
fn wanted(columns: &OsStr) -> Option<usize> {
    let columns: usize = columns.to_str()?.trim().parse().ok()?;
    (columns >= NARROWEST).then_some(columns)
}

/// True if the locale is of UTF-8, or says nothing.
fn speaks_utf8(var: &impl Fn(&str) -> Option<OsString>) -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(var).find(|value| !value.is_empty());
    locale.is_none_or(|locale| {
        let locale = locale.to_string_lossy().to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// How text should look; `terminal` is what it goes to, unless that is a file.
pub(super) fn look(appearance: &Appearance, terminal: Option<&Terminal>) -> text::Look {
    let Appearance { ascii, explain, lookups, quiet, color, full: _, ref question } = *appearance;
    text::Look {
        color: terminal.map_or(color == palette::Choice::Always, |terminal| terminal.colour),
        ascii: ascii || terminal.is_some_and(|terminal| terminal.ascii),
        width: terminal.map_or(WIDTH, |terminal| terminal.width.min(WIDEST)),
        explain,
        lookups,
        quiet,
        table: false,
        links: terminal.is_some_and(|terminal| terminal.links),
        question: question.clone(),
    }
}

/// The file whose content GitHub Actions shows as the summary of the job, if this is a step of one.
#[allow(clippy::disallowed_methods, reason = "the environment is read here")]
pub(super) fn step_summary() -> Option<PathBuf> {
    let is_step = env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    let file = env::var_os("GITHUB_STEP_SUMMARY").filter(|file| is_step && !file.is_empty());
    file.map(PathBuf::from)
}

/// True if two paths lead to the same file, or will when it is made.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    let of_new = |path: &Path| {
        let path = std::path::absolute(path).ok()?;
        Some(fs::canonicalize(path.parent()?).ok()?.join(path.file_name()?))
    };
    let place = |path: &Path| fs::canonicalize(path).ok().or_else(|| of_new(path));
    one == other || place(one).is_some_and(|one| place(other) == Some(one))
}

/// Adds to the end of a file, in one write.
///
/// # Errors
/// The file cannot be written.
pub(super) fn append(path: &Path, content: &[u8]) -> Result<(), RunError> {
    fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|mut file| file.write_all(content))
        .map_err(|why| RunError::File(path.to_owned(), why))
}

/// Writes a file that appears whole or not at all: see [`NewFile`].
///
/// # Errors
/// The file cannot be written; what stood there before stays.
pub(super) fn file(path: &Path, content: &[u8]) -> Result<(), RunError> {
    let mut file = NewFile::create(path)?;
    file.write_all(content).map_err(|why| RunError::File(path.to_owned(), why))?;
    file.keep()
}
