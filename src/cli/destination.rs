//! Where a document goes while it is written, part by part.

use super::new_file::NewFile;
use super::{RunError, write};
use std::io::{self, Stdout, Write};
use std::path::{Path, PathBuf};

/// Where an output goes.
pub(super) enum Destination {
    /// Standard output, as long as somebody reads it.
    Screen(Option<Stdout>),
    /// A file that appears when it is whole.
    File(NewFile),
    /// A file to whose end the document is added when it is whole.
    Appended(PathBuf, Vec<u8>),
}

impl Destination {
    /// The file, or standard output where none is named.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn open(file: Option<&Path>) -> Result<Self, RunError> {
        Ok(match file {
            Some(path) => Self::File(NewFile::create(path)?),
            None => Self::Screen(Some(io::stdout())),
        })
    }

    /// True if nobody reads any more.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self, Self::Screen(None))
    }

    /// Writes a part of the document. A reader that has gone away has read enough.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn put(
        &mut self,
        part: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), RunError> {
        match self {
            Self::Screen(None) => Ok(()),
            Self::Screen(screen @ Some(_)) => {
                let mut text = Vec::new();
                part(&mut text)?;
                let written = screen.as_mut().map_or(Ok(()), |out| {
                    out.write_all(&text)?;
                    out.flush()
                });
                match written {
                    Err(why) if why.kind() == io::ErrorKind::BrokenPipe => {
                        *screen = None;
                        Ok(())
                    }
                    written => Ok(written?),
                }
            }
            Self::File(file) => {
                let path = file.path().to_owned();
                part(file).map_err(|why| RunError::File(path, why))
            }
            Self::Appended(_, content) => Ok(part(content)?),
        }
    }

    /// Ends the document: a file appears, or grows.
    ///
    /// # Errors
    /// The file cannot be written to its end.
    pub(super) fn keep(self) -> Result<(), RunError> {
        match self {
            Self::Screen(_) => Ok(()),
            Self::File(file) => file.keep(),
            Self::Appended(path, content) => write::append(&path, &content),
        }
    }
}
