//! A file that appears whole or not at all.

use super::{RunError, repository};
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file that is being written and appears when it is kept; what stood there stays until then.
///
/// A symbolic link is followed, a file that stands there keeps its mode, and what is no file (a
/// device, a pipe) is written to as it is: only a regular file can be replaced by one.
#[derive(Debug)]
pub(super) struct NewFile {
    /// As the user named it.
    path: PathBuf,
    /// Where it is written, and where that goes in the end; `None` where it is written to as it is.
    places: Option<[PathBuf; 2]>,
    out: BufWriter<fs::File>,
    is_kept: bool,
}

impl NewFile {
    /// Begins a file.
    ///
    /// # Errors
    /// Nothing can be written there.
    #[allow(clippy::disallowed_methods, reason = "files are written here")]
    pub(super) fn create(path: &Path) -> Result<Self, RunError> {
        let fault = |why| RunError::File(path.to_owned(), why);
        repository::check(path).map_err(fault)?;
        // Where nothing stands yet there is nothing to follow.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let before = fs::metadata(&place).ok();
        let is_stream = before.as_ref().is_some_and(|it| !it.is_file() && !it.is_dir());
        let (places, file) = if is_stream {
            (None, fs::OpenOptions::new().write(true).open(&place).map_err(fault)?)
        } else {
            let (beside, file) = beside(&place, before.as_ref()).map_err(fault)?;
            (Some([beside, place]), file)
        };
        let new = Self { path: path.to_owned(), places, out: BufWriter::new(file), is_kept: false };
        if let (Some(before), Some([beside, _])) = (before, &new.places) {
            fs::set_permissions(beside, before.permissions()).map_err(fault)?;
        }
        Ok(new)
    }

    /// As the user named it.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Lets the file appear.
    ///
    /// # Errors
    /// It cannot be written to its end; what stood there before stays.
    pub(super) fn keep(mut self) -> Result<(), RunError> {
        let written = self.out.flush();
        let kept = written.and_then(|()| match &self.places {
            Some([beside, place]) => fs::rename(beside, place),
            None => Ok(()),
        });
        self.is_kept = kept.is_ok();
        kept.map_err(|why| RunError::File(self.path.clone(), why))
    }
}

impl Write for NewFile {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.out.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some([beside, _]) = self.places.as_ref().filter(|_| !self.is_kept) {
            // What could not be finished is not left behind; that it cannot be removed says nothing
            // that the first error did not.
            let _ = fs::remove_file(beside);
        }
    }
}

/// A file that is begun with its first octet, so that a run that is killed before leaves nothing.
#[derive(Debug)]
pub(super) struct LateFile {
    path: PathBuf,
    file: Option<NewFile>,
}

impl LateFile {
    /// Not begun yet.
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), file: None }
    }

    /// Lets the file appear.
    ///
    /// # Errors
    /// It cannot be written to its end; what stood there before stays.
    pub(super) fn keep(self) -> Result<(), RunError> {
        match self.file {
            Some(file) => file.keep(),
            None => NewFile::create(&self.path)?.keep(),
        }
    }
}

impl Write for LateFile {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(NewFile::create(&self.path).map_err(|why| match why {
                RunError::File(_, why) => why,
                why => io::Error::other(why.to_string()),
            })?),
        };
        file.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// Tries whether a file can be written, so that nobody waits for a report that has nowhere to go.
///
/// # Errors
/// Nothing can be written beside it, where the new one would be put first.
#[allow(clippy::disallowed_methods, reason = "files are written here")]
pub(super) fn probe(path: &Path) -> Result<(), RunError> {
    repository::check(path).map_err(|why| RunError::File(path.to_owned(), why))?;
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    // A device or a pipe may have a reader who takes whatever comes for the report.
    if fs::metadata(&place).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
        return Ok(());
    }
    if place.is_dir() {
        return Err(RunError::File(path.to_owned(), io::ErrorKind::IsADirectory.into()));
    }
    beside(&place, None)
        .and_then(|(beside, _)| fs::remove_file(beside))
        .map_err(|why| RunError::File(path.to_owned(), why))
}

/// How many names are tried for a new file.
const TRIES: usize = 16;

/// A file where the new one stands until it is whole: under a name that nobody can guess, so that nobody
/// can put a link there, and never readable by more than the file that it replaces.
///
/// # Errors
/// None can be made.
#[allow(clippy::disallowed_methods, reason = "files are written here")]
fn beside(place: &Path, before: Option<&fs::Metadata>) -> io::Result<(PathBuf, fs::File)> {
    let mut options = fs::OpenOptions::new();
    // This fails where anything has the name, a link that leads nowhere among it.
    options.write(true).create_new(true);
    #[cfg(unix)]
    if let Some(before) = before {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        options.mode(before.permissions().mode() & 0o777);
    }
    let mut tries = 0;
    loop {
        tries += 1;
        let random = RandomState::new().build_hasher().finish();
        let mut name = place.as_os_str().to_owned();
        name.push(format!(".{random:016x}.new"));
        match options.open(&name) {
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists && tries < TRIES => {}
            file => return Ok((name.into(), file?)),
        }
    }
}

/// Makes the folder that a file is to be in.
///
/// # Errors
/// It cannot be made.
pub(super) fn folder_of(file: &Path) -> Result<(), RunError> {
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => {
            fs::create_dir_all(folder).map_err(|why| RunError::File(folder.to_owned(), why))
        }
        None => Ok(()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::cli::write::file;
    use std::env;
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
