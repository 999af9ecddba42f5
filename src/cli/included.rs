//! The files that zone files include, which stay inside the repository, or the folder that `--root` names.
//!
//! A zone file may come from a stranger. What it includes by `..`, by an absolute path or by a link outside
//! of that folder is not opened.

use super::input;
use super::repository::{Repository, normal};
use crate::zonefile::zone::{Assembly, Opened};
use std::path::{Component, Path, PathBuf};

/// What a file holds, `None` where there is none.
pub(super) type Read<'r> = &'r dyn Fn(&Path) -> Option<Result<Vec<u8>, String>>;

/// A file that an argument names, with what it includes.
pub(super) fn assembled(
    root: Option<&Path>,
    argument: &Path,
    text: Vec<u8>,
    read: Read<'_>,
) -> Assembly {
    let (_, path) = input::split(argument);
    let folder = Folder::of(root, path);
    Assembly::new(&path.display().to_string(), text, &mut |name| folder.open(name, read))
}

/// Where files are looked for.
struct Folder {
    /// The folder of the file that includes.
    home: PathBuf,
    /// The folder that no file lies outside.
    root: PathBuf,
    /// What that folder is, in words.
    limits: String,
    here: PathBuf,
}

impl Folder {
    fn of(root: Option<&Path>, path: &Path) -> Self {
        let home = path.parent().unwrap_or(Path::new("")).to_owned();
        let (here, top) = match Repository::find() {
            Ok(repository) => (repository.here().to_owned(), repository.top().to_owned()),
            Err(_) => (PathBuf::new(), home.clone()),
        };
        let inside = normal(&here.join(&home)).starts_with(&top);
        // A file elsewhere is one that the user named: what lies beside it is as good as it.
        let (usual, what) = match inside {
            true => (top, "the repository"),
            false => (home.clone(), "the folder of this file"),
        };
        let limits = root.map_or_else(|| what.to_owned(), |root| root.display().to_string());
        let root = normal(&here.join(root.map_or(usual, Path::to_owned)));
        Self { home, root, limits, here }
    }

    fn open(&self, name: &str, read: Read<'_>) -> Opened {
        let inside = |path: &PathBuf| normal(&self.here.join(path)).starts_with(&self.root);
        let places: Vec<PathBuf> =
            self.places(Path::new(name)).into_iter().filter(inside).collect();
        for place in &places {
            if let Some(content) = read(place) {
                let shown = self.shown(place);
                let content = content.map_err(|why| format!("{shown}: {why}"))?;
                if content.contains(&0) {
                    return Err(format!("{shown}: not a text file"));
                }
                return Ok((shown, content));
            }
        }
        let limits = &self.limits;
        Err(match (places.is_empty(), Path::new(name).is_absolute()) {
            (true, _) => {
                format!("{name} lies outside {limits}, not read (--root DIR: another folder)")
            }
            // The path of a server.
            (false, true) => format!("{name} lies outside {limits}, and no such file is in it"),
            (false, false) => format!("{name} does not exist"),
        })
    }

    /// A path without detours, from the current folder.
    fn shown(&self, place: &Path) -> String {
        let is_direct = !place.components().skip(1).any(|it| it == Component::ParentDir);
        // What was found from the root is called from the current folder, as other files are.
        let is_near = place.starts_with(&self.root)
            && (self.here.starts_with(&self.root) || self.root.starts_with(&self.here));
        match place.is_absolute() && !is_near || !place.is_absolute() && is_direct {
            true => place.display().to_string(),
            false => shown(&self.here, place),
        }
    }

    /// Where a file may be: as it is written from the file that includes it or from the root, and for the
    /// path of a server with the end of that path.
    fn places(&self, name: &Path) -> Vec<PathBuf> {
        if name.is_relative() {
            return vec![self.home.join(name), self.root.join(name)];
        }
        let names: Vec<Component<'_>> =
            name.components().filter(|it| !matches!(it, Component::RootDir)).collect();
        let ends = (0..names.len()).filter_map(|from| names.get(from..));
        let ends: Vec<PathBuf> = ends.map(|end| end.iter().collect()).collect();
        let below = |folder: &Path| ends.iter().map(|end| folder.join(end)).collect::<Vec<_>>();
        [vec![name.to_owned()], below(&self.home), below(&self.root)].concat()
    }
}

/// A path as it is written from a folder.
pub(super) fn shown(here: &Path, place: &Path) -> String {
    let whole = normal(&here.join(place));
    let above = here.ancestors().position(|folder| whole.starts_with(folder));
    let Some((up, rest)) =
        above.and_then(|up| Some((up, whole.strip_prefix(here.ancestors().nth(up)?).ok()?)))
    else {
        return place.display().to_string();
    };
    let path: PathBuf = (0..up).map(|_| Path::new("..")).chain([rest]).collect();
    path.display().to_string()
}

/// What a file on the disk holds.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
pub(super) fn on_disk(root: Option<&Path>, path: &Path) -> Option<Result<Vec<u8>, String>> {
    let real = path.canonicalize().ok()?;
    if let Some(root) = root.and_then(|root| root.canonicalize().ok())
        && !real.starts_with(root)
    {
        return Some(Err("a symbolic link leads out of the root".to_owned()));
    }
    if !path.is_file() {
        let what = if path.is_dir() { "a directory" } else { "not a regular file" };
        return path.symlink_metadata().is_ok().then(|| Err(what.to_owned()));
    }
    let content = input::beginning(path, input::ZONE_LIMIT).map_err(|why| why.to_string());
    let is_whole =
        |text: &Vec<u8>| u64::try_from(text.len()).is_ok_and(|it| it <= input::ZONE_LIMIT);
    Some(content.and_then(|text| {
        if is_whole(&text) { Ok(text) } else { Err("larger than 64 MiB".to_owned()) }
    }))
}
