//! The files that a configuration is made of: the one that is found or named, those that it includes,
//! and the baseline beside it.

use crate::cli::args::Choosing;
use crate::cli::input;
use crate::cli::repository::Repository;
use crate::cli::words::Mistake;
use crate::config::{self, BASELINE, Config, ConfigFault, FILE, LIMIT};
use crate::contract::Written;
use crate::provider;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// How deep files may include files.
const DEPTH: usize = 8;
/// Most files that a configuration is made of.
const FILES: usize = 64;

/// The configuration, every file of it taken in, and where the first one stands, as it is shown;
/// what holds by itself if there is none.
///
/// # Errors
/// A file cannot be read or is faulty, or files include each other in a circle, too deep, or too
/// many.
pub(in crate::cli) fn opened(choice: &Choosing) -> Result<(Config, Option<PathBuf>), Mistake> {
    let Some((path, shown)) = file(choice)? else { return Ok((Config::default(), None)) };
    let mut files = Files::default();
    let beside = path.with_file_name(BASELINE);
    let mut config = files.read(&path, &shown, None)?;
    if beside.is_file() && !files.is_known(&beside) {
        let shown = Path::new(&shown).with_file_name(BASELINE).display().to_string();
        let baseline = files.read(&beside, &shown, None)?;
        config.take_in(baseline).map_err(|faults| mistake(&faults))?;
    }
    provider::add(config.providers.clone());
    // As it is shown it can be opened too: from the current folder.
    Ok((config, Some(PathBuf::from(shown))))
}

/// One file and nothing that it includes.
///
/// # Errors
/// It cannot be read or is faulty.
pub(in crate::cli) fn one_file(path: &Path) -> Result<Config, Mistake> {
    let config = read(path, &path.display().to_string(), None)?;
    provider::add(config.providers.clone());
    Ok(config)
}

/// The file to read and how it is shown; `None` if there is none, or none is wanted.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
fn file(choice: &Choosing) -> Result<Option<(PathBuf, String)>, Mistake> {
    match &choice.config {
        Some(word) if word == "none" => return Ok(None),
        Some(word) if !word.is_empty() => {
            let path = PathBuf::from(word);
            let shown = path.display().to_string();
            return Ok(Some((path, shown)));
        }
        _ => {}
    }
    let here = env::current_dir()
        .map_err(|why| Mistake::new(format!("cannot determine the current directory: {why}")))?;
    Ok(discover(&here, FILE).or_else(|| discover(&here, BASELINE)))
}

/// The file of this name in this folder or upward, to the root of the repository and no further.
/// Outside of any repository only the folder itself is looked at: what lies above belongs to somebody
/// else.
fn discover(here: &Path, name: &str) -> Option<(PathBuf, String)> {
    let root = here.ancestors().position(|folder| folder.join(".git").exists()).unwrap_or(0);
    let found = here.ancestors().take(root + 1).enumerate();
    let mut files = found.map(|(up, folder)| (folder.join(name), "../".repeat(up) + name));
    files.find(|(path, _)| path.is_file())
}

/// The files that were read so far.
#[derive(Default)]
struct Files {
    /// Where each stands, links followed.
    known: Vec<PathBuf>,
    /// Those whose includes are being read, outermost first, with how they are shown.
    open: Vec<(PathBuf, String)>,
}

impl Files {
    #[allow(clippy::disallowed_methods, reason = "files are opened here")]
    fn place(path: &Path) -> PathBuf {
        fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
    }

    fn is_known(&self, path: &Path) -> bool {
        self.known.contains(&Self::place(path))
    }

    /// Reads a file and takes in those that it includes, each once.
    fn read(
        &mut self,
        path: &Path,
        shown: &str,
        by: Option<&Written<String>>,
    ) -> Result<Config, Mistake> {
        let mut config = read(path, shown, by)?;
        let place = Self::place(path);
        self.known.push(place.clone());
        self.open.push((place, shown.to_owned()));
        let folder = |path: &Path| path.parent().map(Path::to_owned).unwrap_or_default();
        for include in std::mem::take(&mut config.includes) {
            let path = folder(path).join(&include.value);
            let shown = folder(Path::new(shown)).join(&include.value).display().to_string();
            self.bounded(&path, &include)?;
            if self.is_known(&path) {
                continue;
            }
            let other = self.read(&path, &shown, Some(&include))?;
            config.take_in(other).map_err(|faults| mistake(&faults))?;
        }
        self.open.pop();
        Ok(config)
    }

    /// Refuses what is outside, a circle, and what has no end in sight.
    fn bounded(&self, path: &Path, include: &Written<String>) -> Result<(), Mistake> {
        let is_inside = Repository::find().is_ok_and(|repository| repository.holds(path));
        if !is_inside {
            let said = format!("{:?} leads out of the repository", include.value);
            return Err(Mistake::at(&include.place, said));
        }
        let place = Self::place(path);
        if let Some(begin) = self.open.iter().position(|(open, _)| *open == place) {
            let circle = self.open.iter().skip(begin).chain(self.open.get(begin));
            let names: Vec<&str> = circle.map(|(_, shown)| shown.as_str()).collect();
            return Err(Mistake::at(
                &include.place,
                format!("include loop: {}", names.join(" > ")),
            ));
        }
        if self.open.len() > DEPTH {
            return Err(Mistake::at(
                &include.place,
                format!("includes are nested more than {DEPTH} deep"),
            ));
        }
        if self.known.len() >= FILES {
            return Err(Mistake::at(&include.place, format!("more than {FILES} included files")));
        }
        Ok(())
    }
}

fn read(path: &Path, shown: &str, by: Option<&Written<String>>) -> Result<Config, Mistake> {
    let limit = u64::try_from(LIMIT).unwrap_or(u64::MAX);
    let cannot = |why: io::Error| match by {
        Some(include) => Mistake::at(&include.place, format!("{shown}: {why}")),
        None => Mistake::new(format!("{shown}: {why}")),
    };
    let octets = input::beginning(path, limit).map_err(cannot)?;
    match config::read(shown, &octets) {
        (config, faults) if faults.is_empty() => Ok(config),
        (_, faults) => Err(mistake(&faults)),
    }
}

/// The first fault, and how many there are more.
fn mistake(faults: &[ConfigFault]) -> Mistake {
    let first = faults.first().map(ToString::to_string).unwrap_or_default();
    let others = match faults.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    Mistake::new(first + &others)
}
