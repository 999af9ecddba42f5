//! Where the report goes: standard output, or a file that appears whole or not at all.

use super::RunError;
use super::words::{Appearance, Format};
use crate::render::{github, gitlab, json, junit, markdown, palette, prometheus, sarif, text, tsv};
use crate::report::{Extent, Report};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

/// Columns of a line where nobody says how many there are.
const WIDTH: usize = 80;
/// Lines longer than this are hard to read.
const WIDEST: usize = 100;

/// Writes a report in a format.
///
/// # Errors
/// `out` cannot be written to.
pub(super) fn format(
    report: &Report,
    format: Format,
    look: &text::Look,
    out: &mut dyn Write,
) -> Result<(), RunError> {
    match format {
        Format::Json => json::report(report, extent(look), out)?,
        Format::JsonLines => json::lines(report, extent(look), out)?,
        Format::GitHub => github::render(report, out)?,
        Format::Markdown => markdown::render(report, out)?,
        Format::Sarif => sarif::render(report, out)?,
        Format::GitLab => gitlab::render(report, out)?,
        Format::JUnit => junit::render(report, out)?,
        Format::Prometheus => prometheus::render(report, out)?,
        Format::Tsv => tsv::render(report, out)?,
        Format::Text => text::render(report, look, out)?,
    }
    Ok(())
}

/// What a document for programs holds where text would look so. Steps refer to lookups.
pub(super) fn extent(look: &text::Look) -> Extent {
    Extent { steps: look.explain, lookups: look.lookups || look.explain }
}

/// A stream that a person may be looking at.
pub(super) struct Terminal {
    colour: bool,
    ascii: bool,
    width: usize,
}

/// Writes to standard output what `form` writes, which is told how text should look there. A
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

/// Writes a page that is no report to standard output, as it suits whoever reads there.
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
    let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    Terminal {
        colour: palette::decide(appearance.color, &surroundings),
        ascii: is_terminal && !speaks_utf8(&var)
            || term.as_deref().is_some_and(|term| term == "linux"),
        width: columns.filter(|_| is_terminal).unwrap_or(WIDTH),
    }
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
    let Appearance { ascii, explain, lookups, quiet, color } = *appearance;
    text::Look {
        color: terminal.map_or(color == palette::Choice::Always, |terminal| terminal.colour),
        ascii: ascii || terminal.is_some_and(|terminal| terminal.ascii),
        width: terminal.map_or(WIDTH, |terminal| terminal.width.min(WIDEST)),
        explain,
        lookups,
        quiet,
        table: false,
    }
}

/// The file whose content GitHub Actions shows as the summary of the job, if this is a step of one.
#[allow(clippy::disallowed_methods, reason = "the environment is read here")]
pub(super) fn step_summary() -> Option<PathBuf> {
    let is_step = env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    let file = env::var_os("GITHUB_STEP_SUMMARY").filter(|file| is_step && !file.is_empty());
    file.map(PathBuf::from)
}

/// True if two paths lead to the same file.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| fs::canonicalize(path).ok();
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

/// Writes a file that appears whole or not at all.
///
/// A symbolic link is followed, a file that stands there keeps its mode, and what is no file (a
/// device, a pipe) is written to as it is: only a regular file can be put in the place of one.
///
/// # Errors
/// The file cannot be written; what stood there before stays.
#[allow(clippy::disallowed_methods, reason = "files are written here")]
pub(super) fn file(path: &Path, content: &[u8]) -> Result<(), RunError> {
    let fault = |why| RunError::File(path.to_owned(), why);
    // Where nothing stands yet there is nothing to follow.
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = fs::metadata(&place).ok();
    if before.as_ref().is_some_and(|it| !it.is_file() && !it.is_dir()) {
        return fs::OpenOptions::new()
            .write(true)
            .open(&place)
            .and_then(|mut stream| stream.write_all(content))
            .map_err(fault);
    }
    let beside = &beside(&place);
    fs::write(beside, content)
        .and_then(|()| match &before {
            Some(before) => fs::set_permissions(beside, before.permissions()),
            None => Ok(()),
        })
        .and_then(|()| fs::rename(beside, &place))
        .inspect_err(|_| {
            // What could not be finished is not left behind; that it cannot be removed says nothing
            // that the first error did not.
            let _ = fs::remove_file(beside);
        })
        .map_err(fault)
}

/// Tries whether a file can be written, so that nobody waits for a report that has nowhere to go.
///
/// # Errors
/// Nothing can be written beside it, where [`file()`] would put the new one first.
#[allow(clippy::disallowed_methods, reason = "files are written here")]
pub(super) fn probe(path: &Path) -> Result<(), RunError> {
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    // A device or a pipe may have a reader who takes whatever comes for the report.
    if fs::metadata(&place).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
        return Ok(());
    }
    if place.is_dir() {
        return Err(RunError::File(path.to_owned(), io::ErrorKind::IsADirectory.into()));
    }
    let beside = beside(&place);
    fs::write(&beside, [])
        .and_then(|()| fs::remove_file(&beside))
        .map_err(|why| RunError::File(path.to_owned(), why))
}

/// Where a new file stands until it is whole.
fn beside(place: &Path) -> PathBuf {
    let mut beside = place.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    beside.into()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    /// An empty folder of this test's own.
    #[allow(clippy::disallowed_methods, reason = "tests write files")]
    fn folder(name: &str) -> std::path::PathBuf {
        let folder = env::temp_dir().join(format!("mailcheck-write-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the folder can be made");
        folder
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "tests write files")]
    fn a_link_stays_a_link_and_its_target_is_written() {
        let folder = folder("link");
        let (target, link) = (folder.join("target"), folder.join("link"));
        fs::write(&target, "old").unwrap();
        symlink(&target, &link).unwrap();
        file(&link, b"new").unwrap();
        assert_eq!((fs::read(&target).unwrap(), link.is_symlink()), (b"new".to_vec(), true));
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "tests write files")]
    fn a_file_that_stood_there_keeps_its_mode() {
        let path = folder("mode").join("report");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        file(&path, b"new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        file(Path::new("/dev/null"), b"new").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
