//! Where mail is read from: a file, standard input, or a folder with a file a message (Maildir).

use super::input::files_below;
use super::words::Mistake;
use crate::mail::source::{Piece, Unreadable, pieces};
use std::fs;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

/// A message that was read, or why it could not be.
pub(super) struct Found {
    /// The file it stands in; `-` is standard input.
    pub file: PathBuf,
    /// Which message of the file it is, from 1.
    pub number: usize,
    /// The message.
    pub piece: Result<Piece, Unreadable>,
}

/// The messages of a file, of standard input (`-`), or of a folder, each read when it is asked for.
///
/// Of a Maildir the folders `cur` and `new` are read, of any other folder all files, in the order of
/// their names.
///
/// # Errors
/// The file or the folder cannot be opened.
#[allow(clippy::disallowed_methods, reason = "files are looked at here")]
pub(super) fn messages(path: &Path) -> Result<Box<dyn Iterator<Item = Found>>, Mistake> {
    if path.as_os_str() == "-" {
        return Ok(of_stream(path.to_owned(), Ok(io::stdin())));
    }
    let fault = |why: io::Error| Mistake::new(format!("{}: {why}", path.display()));
    if !fs::metadata(path).map_err(fault)?.is_dir() {
        let file = fs::File::open(path).map_err(fault)?;
        return Ok(of_stream(path.to_owned(), Ok(file)));
    }
    let mut files = files_below(path)?;
    if ["cur", "new"].iter().any(|folder| path.join(folder).is_dir()) {
        files.retain(|file| {
            let folder = file.parent().and_then(Path::file_name);
            folder.is_some_and(|folder| folder == "cur" || folder == "new")
        });
    }
    files.sort();
    Ok(Box::new(files.into_iter().flat_map(|file| {
        let opened = fs::File::open(&file);
        of_stream(file, opened)
    })))
}

/// The messages of an open file.
fn of_stream(
    file: PathBuf,
    opened: io::Result<impl Read + 'static>,
) -> Box<dyn Iterator<Item = Found>> {
    let read = opened.map_err(Unreadable::Io).and_then(|from| pieces(BufReader::new(from)));
    match read {
        Ok(pieces) => Box::new(pieces.zip(1..).map(move |(piece, number)| Found {
            file: file.clone(),
            number,
            piece,
        })),
        Err(why) => Box::new(std::iter::once(Found { file, number: 1, piece: Err(why) })),
    }
}
