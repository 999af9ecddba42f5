//! Secrets: read from files that only their owner, and perhaps a group, can read.

use crate::cli::input;
use crate::cli::words::Mistake;
use std::path::Path;

/// The most octets that a file with a secret may have.
const LIMIT: u64 = 4096;

/// The text of a file with a secret, without the white space around it.
///
/// # Errors
/// It cannot be read, every user of this machine can read it, or it holds no text.
pub(super) fn read(path: &Path) -> Result<String, Mistake> {
    let octets = input::read(path, LIMIT)?;
    let named = |why: &str| Mistake::new(format!("{}: {why}", path.display()));
    if let Some(mode) = readable_by_all(path) {
        return Err(named(&format!(
            "mode {mode:04o}: all users of this machine can read or change this secret. Run: chmod 600 {}",
            path.display()
        )));
    }
    let text = String::from_utf8(octets).map_err(|_| named("not UTF-8"))?;
    match text.trim() {
        "" => Err(named("this file of a secret is empty")),
        text => Ok(text.to_owned()),
    }
}

/// The mode of a file that others than its owner and its group can read or write. What is no regular file
/// (a pipe that a shell made) is nobody's but the reader's.
#[cfg(unix)]
#[allow(clippy::disallowed_methods, reason = "who can read a file is asked here")]
fn readable_by_all(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let known = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let mode = known.permissions().mode() & 0o7777;
    (mode & 0o006 != 0).then_some(mode)
}

/// Where files have no mode, nothing is known of their readers.
#[cfg(not(unix))]
fn readable_by_all(_: &Path) -> Option<u32> {
    None
}
