//! Files as they stand at a commit: what `git` says, which is asked as a program.

use super::input::{bounded, within};
use super::words::Mistake;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A commit that is known to exist.
pub(super) struct Commit {
    /// As it was named.
    name: String,
    /// What it is.
    id: String,
}

impl Commit {
    /// Looks the commit up in the repository that the file lies in: where the branch that is checked
    /// out left it, so that what came to it later is no part of the change.
    ///
    /// # Errors
    /// There is no `git`, no repository, or no such commit.
    pub(super) fn find(name: &str, beside: &Path) -> Result<Self, Mistake> {
        let commit = format!("{name}^{{commit}}");
        let found = run(beside, &["rev-parse", "--verify", "--end-of-options", &commit])?;
        let own = match found {
            Ok(own) => own,
            Err(why) => {
                return Err(Mistake::new(format!(
                    "--base: no commit {name:?} in this repository. In a CI job, fetch its history. git: {why}"
                )));
            }
        };
        let common = run(beside, &["merge-base", &own, "HEAD"])?;
        let shallow = run(beside, &["rev-parse", "--is-shallow-repository"])?;
        // Without the commit where the branches part, changes of others would pass for this one's.
        if common.is_err() && shallow.as_deref() == Ok("true") {
            return Err(Mistake::new(format!(
                "--base: this clone is shallow and lacks the commit where HEAD left {name:?}: fetch the whole history (actions/checkout: fetch-depth: 0; git fetch --unshallow)"
            )));
        }
        Ok(Self { name: name.to_owned(), id: common.unwrap_or(own) })
    }

    /// As it was named.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The files of a folder at the commit, from the folder that the run is in; none if it was not
    /// there.
    ///
    /// # Errors
    /// `git` cannot be run.
    pub(super) fn files(&self, folder: &Path) -> Result<Vec<PathBuf>, Mistake> {
        let tree = format!("{}:./", self.id);
        // git runs beside a file, of which there need be none.
        let inside = folder.join("any");
        let listed = run(&inside, &["ls-tree", "-rz", "--name-only", "--full-tree", &tree])?;
        // With -z a name is never quoted.
        let names = listed.unwrap_or_default();
        let names = names.split('\0').filter(|name| !name.is_empty());
        Ok(names.map(|name| folder.join(name)).collect())
    }

    /// The content of a file at the commit; `None` if it was not there.
    ///
    /// # Errors
    /// `git` cannot be run, or the file is too large.
    pub(super) fn file(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Mistake> {
        let shown = format!("{} at {:?}", path.display(), self.name);
        let fault = |why: &dyn std::fmt::Display| Mistake::new(format!("{shown}: {why}"));
        let Some(name) = path.file_name() else {
            return Err(fault(&"not a file name"));
        };
        let mut object = OsString::from(&self.id);
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
        let content = out.map_or_else(|| Ok(Vec::new()), |out| bounded(out, limit));
        let content = within(limit, &shown, content).inspect_err(|_| {
            // What is left unread ends git, whose status then says nothing.
            let _ = child.kill();
            let _ = child.wait();
        })?;
        let status = child.wait().map_err(|why| fault(&why))?;
        Ok(status.success().then_some(content))
    }
}

/// What `git` says, or the first line of its complaint.
///
/// # Errors
/// It cannot be run.
fn run(beside: &Path, arguments: &[&str]) -> Result<Result<String, String>, Mistake> {
    let cannot = |why| Mistake::new(format!("--base: cannot run git: {why}"));
    let done = git(beside).args(arguments).output().map_err(cannot)?;
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).trim_end().to_owned();
    Ok(match done.status.success() {
        true => Ok(text(&done.stdout)),
        false => Err(text(&done.stderr).lines().next().unwrap_or_default().to_owned()),
    })
}

/// `git`, run where the file lies.
fn git(beside: &Path) -> Command {
    let mut git = Command::new("git");
    let folder = beside.parent().filter(|folder| !folder.as_os_str().is_empty());
    git.arg("-C").arg(folder.unwrap_or(Path::new("."))).stdin(Stdio::null());
    git
}
