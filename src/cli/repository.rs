//! The repository that a run is in: how its files are called from its top, and which paths lead out of it.
//!
//! Files of a repository may come from strangers. A link among them can name any file of the machine, to be
//! read into a report or to be written over.

use std::path::{Component, Path, PathBuf};
use std::{env, fs, io};

/// The folder above which nothing belongs to the run: the top of the repository, or the current folder
/// where there is none.
#[derive(Clone, Debug)]
pub(super) struct Repository {
    top: PathBuf,
    here: PathBuf,
    is_repository: bool,
}

impl Repository {
    /// The one that the current folder is in.
    ///
    /// # Errors
    /// There is no current folder.
    #[allow(clippy::disallowed_methods, reason = "files are looked for here")]
    pub(super) fn find() -> io::Result<Self> {
        let here = env::current_dir()?;
        let top = here.ancestors().find(|folder| folder.join(".git").exists());
        let is_repository = top.is_some();
        let top = top.unwrap_or(&here).to_owned();
        Ok(Self { top, here, is_repository })
    }

    /// The folder above which nothing belongs to the run.
    pub(super) fn top(&self) -> &Path {
        &self.top
    }

    /// The current folder.
    pub(super) fn here(&self) -> &Path {
        &self.here
    }

    /// True for a repository, as opposed to the current folder alone.
    pub(super) fn is_one(&self) -> bool {
        self.is_repository
    }

    /// A path from the top of the repository, with slashes, as services that show findings take it; `None`
    /// if it is not in one.
    pub(super) fn path_from_top(&self, path: &str) -> Option<String> {
        let path = normal(&self.here.join(path));
        let inside = path.strip_prefix(&self.top).ok().filter(|_| self.is_repository)?;
        let names: Option<Vec<&str>> = inside.iter().map(|name| name.to_str()).collect();
        names.map(|names| names.join("/"))
    }

    /// The path of a file from a folder, with slashes; `None` if it is not below it.
    pub(super) fn below(&self, folder: &Path, file: &Path) -> Option<String> {
        let [folder, file] = [folder, file].map(|path| normal(&self.here.join(path)));
        let names: Option<Vec<&str>> =
            file.strip_prefix(folder).ok()?.iter().map(|name| name.to_str()).collect();
        names.map(|names| names.join("/"))
    }

    /// True for a path that stays below the top, as it is written; without a repository, for each.
    pub(super) fn holds(&self, path: &Path) -> bool {
        !self.is_repository || self.is_below_top(path)
    }

    fn is_below_top(&self, path: &Path) -> bool {
        normal(&self.here.join(path)).starts_with(&self.top)
    }
}

/// A path without `.` and `..`, links aside.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => _ = normal.pop(),
            other => normal.push(other),
        }
    }
    normal
}

/// True for what the shell or the system hands over as a path: `/dev/stdin`, `/dev/fd/63`.
fn is_handed_over(path: &Path) -> bool {
    path.starts_with("/dev") || path.starts_with("/proc/self/fd")
}

/// Refuses a path in the repository that leads out of it by a link, and what is no file: a pipe, a device.
///
/// # Errors
/// It is one of these, in words.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
pub(super) fn check(path: &Path) -> io::Result<()> {
    if is_handed_over(path) {
        return Ok(());
    }
    if let Ok(found) = fs::metadata(path)
        && !found.is_file()
        && !found.is_dir()
    {
        return Err(io::Error::other("not a regular file"));
    }
    let repository = Repository::find()?;
    // Outside of a repository, folders are those of the user.
    let may_lead_out = repository.is_repository || path.is_symlink();
    if !may_lead_out || !repository.is_below_top(path) {
        return Ok(());
    }
    // Where nothing is yet, the folder says where it would be.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let real =
        fs::canonicalize(path).or_else(|_| fs::canonicalize(folder.unwrap_or(Path::new("."))));
    let (Ok(real), Ok(top)) = (real, fs::canonicalize(&repository.top)) else { return Ok(()) };
    if real.starts_with(top) {
        return Ok(());
    }
    let outside = if repository.is_repository { "repository" } else { "current directory" };
    Err(io::Error::other(format!(
        "a symbolic link leads out of the {outside}, to {}; name that path itself to use it",
        real.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> Repository {
        Repository { top: "/r".into(), here: "/r/zones".into(), is_repository: true }
    }

    #[test]
    fn a_path_is_named_from_the_top_however_it_is_written() {
        let named = ["a.zone", "./a.zone", "../b/a.zone", "/r/a.zone"]
            .map(|it| repository().path_from_top(it));
        let expected = ["zones/a.zone", "zones/a.zone", "b/a.zone", "a.zone"];
        assert_eq!(named, expected.map(|it| Some(it.to_owned())));
    }

    #[test]
    fn a_path_outside_of_the_repository_has_no_name_from_its_top() {
        assert_eq!(
            ["../../a", "/etc/a", "/ra"].map(|it| repository().path_from_top(it)),
            [None, None, None]
        );
    }
}
