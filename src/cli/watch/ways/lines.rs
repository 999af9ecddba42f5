//! Lines of JSON at the end of a file.

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Adds a line, and waits until it is on the disk. A line that an earlier run could not finish is ended
/// first.
pub(super) fn append(path: &Path, line: &str) -> Result<(), String> {
    let add = || {
        let mut file = fs::OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let mut last = [b'\n'];
        if file.seek(SeekFrom::End(0))? > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        let begin = if last == *b"\n" { "" } else { "\n" };
        file.write_all(format!("{begin}{line}\n").as_bytes())?;
        file.sync_data()
    };
    add().map_err(|why: std::io::Error| format!("cannot write {}: {why}", path.display()))
}
