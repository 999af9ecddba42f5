//! What is read: files, folders and standard input, each within a limit, and the records in them.

use super::words::Mistake;
use crate::zonefile::formats::{self, Files, Format};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest file with records that is read: some hundred thousand of them.
pub(super) const ZONE_LIMIT: u64 = 64 * 1024 * 1024;

/// The zones that a file holds, in whatever format; a word before a colon chooses one.
///
/// # Errors
/// It cannot be read, or is faulty.
pub(super) fn zones(argument: &Path) -> Result<Files, Mistake> {
    let (_, path) = split(argument);
    parsed(argument, &read(path, ZONE_LIMIT)?)
}

/// What the text of a file holds, which is named like this.
///
/// # Errors
/// It is faulty.
pub(super) fn parsed(argument: &Path, text: &[u8]) -> Result<Files, Mistake> {
    understood(argument, text).strict().map_err(|faults| {
        let shown: Vec<String> = faults.iter().take(5).map(ToString::to_string).collect();
        let more = faults.len().saturating_sub(shown.len());
        let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        Mistake::new(format!("{}{more}", shown.join("; ")))
    })
}

/// What the text of a file holds, which is named like this, and every fault of it.
pub(super) fn understood(argument: &Path, text: &[u8]) -> Files {
    let (format, path) = split(argument);
    let file = path.display().to_string();
    match format {
        Some(format) => formats::read_as(format, &file, text),
        None => formats::read(&file, text),
    }
}

/// Most files of a folder that are looked at.
const FILES: usize = 100_000;

/// The files of a folder and of those in it, in no order.
///
/// # Errors
/// A folder cannot be read, or there are too many files.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
pub(super) fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Mistake> {
    let fault = |why: std::io::Error| Mistake::new(format!("{}: {why}", folder.display()));
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let kind = entry.file_type().map_err(fault)?;
            // Links are not followed: they may lead round in a circle.
            if kind.is_dir() && entry.file_name() != ".git" {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
        if found.len() + folders.len() > FILES {
            return Err(fault(std::io::Error::other("too many files")));
        }
    }
    Ok(found)
}

/// The format that a word before a colon chooses, and the file.
pub(super) fn split(argument: &Path) -> (Option<Format>, &Path) {
    match argument.to_str().map(Format::split) {
        Some((format, file)) => (format, Path::new(file)),
        None => (None, argument),
    }
}

/// The content of a file up to one octet beyond a limit, by which a longer one is told.
///
/// # Errors
/// The file cannot be read.
#[allow(clippy::disallowed_methods, reason = "files are opened here")]
pub(super) fn beginning(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    bounded(fs::File::open(path)?, limit)
}

/// What there is to read, up to one octet beyond a limit.
///
/// # Errors
/// It cannot be read.
pub(super) fn bounded(from: impl Read, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    // A device or a pipe does not tell its size, so what is read is what is bounded.
    from.take(limit.saturating_add(1)).read_to_end(&mut content)?;
    Ok(content)
}

/// The content of a file.
///
/// # Errors
/// It cannot be read, or is too large.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Mistake> {
    within(limit, &path.display().to_string(), beginning(path, limit))
}

/// The content of standard input.
///
/// # Errors
/// It cannot be read, or is too large.
pub(super) fn standard_input(limit: u64) -> Result<Vec<u8>, Mistake> {
    within(limit, "standard input", bounded(std::io::stdin().lock(), limit))
}

/// Content that was read up to one octet beyond a limit, of something that is named like this.
///
/// # Errors
/// It could not be read, or is too large.
pub(super) fn within(
    limit: u64,
    name: &str,
    content: std::io::Result<Vec<u8>>,
) -> Result<Vec<u8>, Mistake> {
    let content = content.map_err(|why| Mistake::new(format!("{name}: {why}")))?;
    if u64::try_from(content.len()).is_ok_and(|size| size <= limit) {
        return Ok(content);
    }
    let limit = limit / (1024 * 1024);
    Err(Mistake::new(format!("{name}: larger than {limit} MiB")))
}
