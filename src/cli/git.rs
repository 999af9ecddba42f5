//! Files as they stand at a commit: what `git` says, which is asked as a program.

use super::input::{bounded, within};
use super::repository::{Repository, normal};
use super::served::Tree;
use super::words::Mistake;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Most symbolic links that lead one to another.
const LINKS: usize = 8;

/// A commit that is known to exist.
pub(super) struct Commit {
    /// As it was named.
    name: String,
    /// What it is.
    id: String,
    /// A path in its repository.
    beside: PathBuf,
    /// The current folder.
    here: PathBuf,
    /// All of its files; of those that are symbolic links, the object that says where they lead.
    all: OnceLock<HashMap<PathBuf, Option<String>>>,
    /// What is in each of its folders, and whether that is a folder.
    folders: OnceLock<HashMap<PathBuf, BTreeMap<String, bool>>>,
    /// Those that differ from what is on the disk; `None` if `git` does not say.
    changed: OnceLock<Option<HashSet<PathBuf>>>,
}

impl Tree for Commit {
    fn is_file(&self, path: &Path) -> bool {
        let path = self.followed(path).ok().flatten();
        path.is_some_and(|path| self.all_files().contains_key(&path))
    }

    fn entries(&self, folder: &Path) -> Vec<(String, bool)> {
        let folders = self.folders.get_or_init(|| folders_of(self.all_files().keys()));
        let folder = self.followed(folder).ok().flatten();
        let found = folder.and_then(|folder| folders.get(&folder)).into_iter().flatten();
        found.map(|(name, is_folder)| (name.clone(), *is_folder)).collect()
    }

    fn text(&self, path: &Path, limit: u64) -> Option<Vec<u8>> {
        self.file(path, limit).ok().flatten()
    }
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
        let shallow = run(beside, &["rev-parse", "--is-shallow-repository"])?;
        let is_shallow = shallow.as_deref() == Ok("true");
        let own = match found {
            Ok(own) => own,
            Err(why) => {
                let remedy = remedy(name, is_shallow);
                return Err(Mistake::new(format!(
                    "--base: no commit {name:?} in this clone: {remedy}. git: {why}"
                )));
            }
        };
        let common = run(beside, &["merge-base", &own, "HEAD"])?;
        // Without the commit where the branches part, changes of others would pass for this one's.
        if common.is_err() && is_shallow {
            return Err(Mistake::new(format!(
                "--base: this clone is shallow and lacks the commit where HEAD left {name:?}: fetch the whole history (actions/checkout: fetch-depth: 0; git fetch --unshallow)"
            )));
        }
        let (name, id) = (name.to_owned(), common.unwrap_or(own));
        let here = Repository::find().map(|it| it.here().to_owned()).unwrap_or_default();
        let (beside, all, changed) = (beside.to_owned(), OnceLock::new(), OnceLock::new());
        Ok(Self { name, id, beside, here, all, folders: OnceLock::new(), changed })
    }

    fn all_files(&self) -> &HashMap<PathBuf, Option<String>> {
        self.all.get_or_init(|| {
            let entries = self.listed(&["ls-tree", "-rz", "--full-tree", &self.id]);
            let (top, entries) = entries.unwrap_or_default();
            // MODE TYPE OBJECT, a tab, and the path.
            let entries = entries.split('\0').filter_map(|entry| entry.split_once('\t'));
            let link = |kind: &str| {
                kind.strip_prefix("120000 blob ").map(|object| object.trim().to_owned())
            };
            entries.map(|(kind, path)| (top.join(path), link(kind))).collect()
        })
    }

    /// A path from the root of the machine, where symbolic links of the commit lead to; `None` if they lead
    /// out of the repository, or round in a circle.
    ///
    /// # Errors
    /// `git` cannot be run.
    fn followed(&self, path: &Path) -> Result<Option<PathBuf>, Mistake> {
        let mut path = self.absolute(path);
        for _ in 0..LINKS {
            let link = |it: &Path| Some((it.to_owned(), self.all_files().get(it)?.as_ref()?));
            let Some((link, object)) = path.ancestors().find_map(link) else {
                return Ok(Some(path));
            };
            let target = run(&self.beside, &["cat-file", "blob", object])?.unwrap_or_default();
            let beside = link.parent().unwrap_or(Path::new("")).join(target);
            let rest = path.strip_prefix(&link).unwrap_or(Path::new(""));
            path = normal(&beside.join(rest));
        }
        Ok(None)
    }

    /// True for a file that differs from what it was at the commit, or may.
    pub(super) fn has_changed(&self, path: &Path) -> bool {
        let words = ["diff", "--name-only", "-z", "--no-renames", "--no-relative", &self.id, "--"];
        let changed = self.changed.get_or_init(|| self.paths(&words));
        changed.as_ref().is_none_or(|all| all.contains(&self.absolute(path)))
    }

    /// A path from the root of the machine.
    fn absolute(&self, path: &Path) -> PathBuf {
        normal(&self.here.join(path))
    }

    /// The paths that `git` lists from the top of the repository.
    fn paths(&self, words: &[&str]) -> Option<HashSet<PathBuf>> {
        let (top, names) = self.listed(words)?;
        Some(names.split('\0').filter(|name| !name.is_empty()).map(|it| top.join(it)).collect())
    }

    /// The top of the repository, and what `git` says.
    fn listed(&self, words: &[&str]) -> Option<(PathBuf, String)> {
        let say = |words: &[&str]| run(&self.beside, words).ok()?.ok();
        Some((PathBuf::from(say(&["rev-parse", "--show-toplevel"])?), say(words)?))
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
        let (home, rest) = anchored(folder);
        let Some(rest) = rest.to_str() else { return Ok(Vec::new()) };
        let tree = format!("{}:./{rest}", self.id);
        // git runs beside a file, of which there need be none.
        let beside = home.join("any");
        let listed = run(&beside, &["ls-tree", "-rz", "--name-only", "--full-tree", &tree])?;
        // With -z a name is never quoted.
        let names = listed.unwrap_or_default();
        let names = names.split('\0').filter(|name| !name.is_empty());
        Ok(names.map(|name| folder.join(name)).collect())
    }

    /// True if there was a file or a folder of this name at the commit.
    ///
    /// # Errors
    /// `git` cannot be run.
    pub(super) fn has(&self, path: &Path) -> Result<bool, Mistake> {
        let (home, rest) = anchored(path);
        let Some(rest) = rest.to_str() else { return Ok(false) };
        let object = format!("{}:./{rest}", self.id);
        Ok(run(&home.join("any"), &["cat-file", "-e", &object])?.is_ok())
    }

    /// The content of a file at the commit, where symbolic links lead to; `None` if it was not there, or a
    /// link leads out of the repository.
    ///
    /// # Errors
    /// `git` cannot be run, or the file is too large.
    pub(super) fn file(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Mistake> {
        if !self.all_files().values().any(Option::is_some) {
            return self.blob(path, limit);
        }
        let absolute = self.absolute(path);
        match self.followed(path)? {
            Some(found) if found == absolute => self.blob(path, limit),
            Some(found) => self.blob(&found, limit),
            None => Ok(None),
        }
    }

    fn blob(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Mistake> {
        let shown = format!("{} at {:?}", path.display(), self.name);
        let fault = |why: &dyn std::fmt::Display| Mistake::new(format!("{shown}: {why}"));
        let (home, rest) = anchored(path);
        let mut object = OsString::from(&self.id);
        object.push(":./");
        object.push(rest);
        let mut child = git(&home.join("any"))
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

/// What is in each folder of these files.
fn folders_of<'p>(
    files: impl Iterator<Item = &'p PathBuf>,
) -> HashMap<PathBuf, BTreeMap<String, bool>> {
    let mut folders: HashMap<PathBuf, BTreeMap<String, bool>> = HashMap::new();
    for file in files {
        for (path, is_folder) in
            file.ancestors().zip(std::iter::once(false).chain(std::iter::repeat(true)))
        {
            let Some((folder, name)) = path.parent().zip(path.file_name()) else { break };
            let name = name.to_string_lossy().into_owned();
            let is_known = folders.entry(folder.to_owned()).or_default().insert(name, is_folder);
            if is_known.is_some() {
                break;
            }
        }
    }
    folders
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

/// `git`, run where the file lies, or would lie if its folder were still there.
fn git(beside: &Path) -> Command {
    let mut git = Command::new("git");
    let (folder, _) = anchored(beside.parent().unwrap_or(Path::new("")));
    git.arg("-C").arg(folder).stdin(Stdio::null());
    git
}

/// The nearest folder above a path that is there, and the path below it: a change may take away folders.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
fn anchored(path: &Path) -> (PathBuf, PathBuf) {
    let here = || Path::new(".").to_owned();
    let folder = path.ancestors().skip(1).find(|it| it.as_os_str().is_empty() || it.is_dir());
    let folder = if path.is_dir() { path } else { folder.unwrap_or(Path::new("")) };
    let rest = normal(path.strip_prefix(folder).unwrap_or(path));
    let folder = if folder.as_os_str().is_empty() { here() } else { folder.to_owned() };
    (folder, rest)
}

/// What brings a commit into a clone that lacks it.
fn remedy(name: &str, is_shallow: bool) -> String {
    let depth = if is_shallow { "; this clone is shallow: git fetch --unshallow" } else { "" };
    match name.split_once('/') {
        Some((remote, "HEAD")) => format!(
            "git remote set-head {remote} --auto, or name the branch, such as {remote}/main{depth}"
        ),
        Some((remote, branch)) if remote == "origin" || remote == "upstream" => format!(
            "git fetch {remote} {branch}:refs/remotes/{remote}/{branch}{depth} (actions/checkout: fetch-depth: 0)"
        ),
        _ => format!(
            "if it is a branch of the remote, name it as --base origin/{name}{depth} (actions/checkout: fetch-depth: 0)"
        ),
    }
}
