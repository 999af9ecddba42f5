//! Files as they stand at a commit: what `git` says, which is asked as a program.

use super::plan::Mistake;
use super::sources::{ZONE_LIMIT, bounded, within};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

/// A commit that is known to exist.
pub(super) struct Commit {
    /// As it was named.
    name: String,
}

impl Commit {
    /// Looks the commit up in the repository that the file lies in.
    ///
    /// # Errors
    /// There is no `git`, no repository, or no such commit.
    pub(super) fn find(name: &str, beside: &Path) -> Result<Self, Mistake> {
        let commit = format!("{name}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit];
        let found =
            git(beside).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        match found {
            Ok(status) if status.success() => Ok(Self { name: name.to_owned() }),
            Ok(_) => Err(Mistake::new(format!(
                "--base: no commit is named {name:?} here. Is this its repository, and was the \
                 commit fetched (in a CI job: with its history, not only the last commit)?"
            ))),
            Err(why) => Err(Mistake::new(format!("--base: git cannot be run: {why}"))),
        }
    }

    /// The content of a file at the commit; `None` if it was not there.
    ///
    /// # Errors
    /// `git` cannot be run, or the file is too large.
    pub(super) fn file(&self, path: &Path) -> Result<Option<Vec<u8>>, Mistake> {
        let shown = format!("{} at {:?}", path.display(), self.name);
        let fault = |why: &dyn std::fmt::Display| Mistake::new(format!("{shown}: {why}"));
        let Some(name) = path.file_name() else {
            return Err(fault(&"this names no file"));
        };
        let mut object = OsString::from(&self.name);
        object.push(":./");
        object.push(name);
        let mut child = git(path)
            .args(["cat-file", "blob"])
            .arg(object)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|why| fault(&why))?;
        let out = child.stdout.take();
        let content = out.map_or_else(|| Ok(Vec::new()), |out| bounded(out, ZONE_LIMIT));
        let content = within(ZONE_LIMIT, &shown, content).inspect_err(|_| {
            // What is left unread ends git, whose status then says nothing.
            let _ = child.kill();
            let _ = child.wait();
        })?;
        let status = child.wait().map_err(|why| fault(&why))?;
        Ok(status.success().then_some(content))
    }
}

/// `git`, run where the file lies.
fn git(beside: &Path) -> Command {
    let mut git = Command::new("git");
    let folder = beside.parent().filter(|folder| !folder.as_os_str().is_empty());
    git.arg("-C").arg(folder.unwrap_or(Path::new("."))).stdin(Stdio::null());
    git
}
