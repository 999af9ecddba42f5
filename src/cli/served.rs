//! The zones that a configuration names, of a name server (`named.conf`, `nsd.conf`, `knot.conf`) or of octoDNS.
//!
//! A configuration often lies in a repository and names folders of the server, so an absolute path is
//! also looked for below the configuration. A configuration in a repository may come from strangers:
//! what it names outside of the repository is not opened.

mod blocks;
mod lines;
mod octodns;

pub(super) use octodns::Begin;

use super::input;
use super::repository::{Repository, check, normal};
use super::unit::Unit;
use crate::net::Name;
use crate::text::{Phrase, escape};
use crate::zonefile::formats::Format;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The largest configuration that is read.
const LIMIT: u64 = 16 * 1024 * 1024;
/// Most configurations that one includes, all told.
const INCLUDED: usize = 64;

/// A zone of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Served {
    name: String,
    /// As it is written there.
    file: Option<String>,
    /// True for a copy of what another server has, and for the hints of the root.
    is_copy: bool,
    /// The folder of this zone, if it has one of its own.
    folder: Option<String>,
}

/// What a configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Settings {
    zones: Vec<Served>,
    /// The folder that relative paths begin in.
    folder: Option<String>,
    includes: Vec<String>,
}

impl Settings {
    fn read(text: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(text);
        let found = if lines::is_section(&text) { lines::read(&text) } else { blocks::read(&text) };
        let is_empty = found.zones.is_empty() && found.includes.is_empty();
        (!is_empty).then_some(found)
    }
}

/// Where files are looked for.
pub(super) trait Tree {
    /// True if there is such a file.
    fn is_file(&self, path: &Path) -> bool;
    /// What it holds, if that is not too much.
    fn text(&self, path: &Path, limit: u64) -> Option<Vec<u8>>;
    /// The names of the files in a folder, and of its folders, which are true.
    fn entries(&self, folder: &Path) -> Vec<(String, bool)>;
}

/// Most entries of a folder that are looked at.
const ENTRIES: usize = 100_000;

/// The files on the disk.
pub(super) struct Disk;

impl Tree for Disk {
    #[allow(clippy::disallowed_methods, reason = "files are looked for here")]
    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn text(&self, path: &Path, limit: u64) -> Option<Vec<u8>> {
        input::read(path, limit).ok()
    }

    #[allow(clippy::disallowed_methods, reason = "files are looked for here")]
    fn entries(&self, folder: &Path) -> Vec<(String, bool)> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let is_inside = folder.is_dir() && check(folder).is_ok();
        let Some(found) = fs::read_dir(folder).ok().filter(|_| is_inside) else {
            return Vec::new();
        };
        let entry = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            let kind = fs::metadata(entry.path()).ok()?;
            (kind.is_dir() || kind.is_file()).then_some((name, kind.is_dir()))
        };
        found.flatten().take(ENTRIES).filter_map(entry).collect()
    }
}

/// What words mean, before a change and after it.
#[derive(Clone, Debug)]
pub(super) struct Meant {
    /// After the change.
    pub now: Option<Unit>,
    /// Before it.
    pub was: Option<Unit>,
}

impl Meant {
    /// A file that was named itself.
    pub(super) fn in_both(file: PathBuf) -> Self {
        let unit = Unit::File(file);
        Self { now: Some(unit.clone()), was: Some(unit) }
    }

    /// The file, as an argument names it.
    pub(super) fn file(&self) -> Option<&Path> {
        self.now.as_ref().or(self.was.as_ref()).and_then(Unit::file)
    }
}

/// What stands for words, or for a configuration among them.
#[derive(Default)]
pub(super) struct Expansion {
    /// What the words mean, the zones of each configuration instead of it.
    pub units: Vec<Unit>,
    /// What there is to say of configurations.
    pub notes: Vec<Phrase>,
    /// True if a zone is not read that should be.
    pub is_partial: bool,
    copies: usize,
    without: usize,
}

impl Expansion {
    /// Puts its zones instead of each configuration. A file that is a part of one is not read by itself.
    pub(super) fn of_all(words: &[OsString], begin: Begin) -> Self {
        let mut all = Self::default();
        for word in words {
            match Self::of(Path::new(word), &Disk, begin) {
                Some(one) => {
                    all.is_partial |= one.is_partial || one.units.is_empty();
                    all.units.extend(one.units);
                    all.notes.extend(one.notes);
                }
                None => all.units.push(Unit::File(PathBuf::from(word))),
            }
        }
        let is_zone = |unit: &&Unit| matches!(unit, Unit::Zone(_));
        let parts = all.units.iter().filter(is_zone).flat_map(Unit::paths);
        let parts: HashSet<PathBuf> = parts.map(normal).collect();
        all.units.retain(|unit| match unit {
            Unit::File(file) => !parts.contains(&normal(input::split(file).1)),
            Unit::Pages(_) | Unit::Zone(_) => true,
        });
        all
    }

    /// What it means beside what it meant before. What is missing in both states is said, and no fault of the
    /// change.
    pub(super) fn since(mut self, was: Self) -> (Vec<Meant>, Self) {
        self.is_partial &= self.notes.get(1..) != was.notes.get(1..);
        let mut before: HashMap<Key, Unit> =
            was.units.iter().map(|unit| (key(unit), unit.clone())).collect();
        let mut meant: Vec<Meant> = Vec::with_capacity(self.units.len());
        for unit in std::mem::take(&mut self.units) {
            let was = before.remove(&key(&unit));
            meant.push(Meant { now: Some(unit), was });
        }
        let gone = was.units.into_iter().filter(|unit| before.contains_key(&key(unit)));
        let (zones, files): (Vec<Unit>, Vec<Unit>) =
            gone.partition(|unit| matches!(unit, Unit::Zone(_)));
        for zone in zones.iter().filter_map(Unit::zone) {
            let said =
                ": octoDNS no longer manages it and leaves its published records as they are";
            self.notes.push(Phrase::new().code(zone.label()).plain(said));
        }
        meant.extend(files.into_iter().map(|unit| Meant { now: None, was: Some(unit) }));
        (meant, self)
    }

    /// `None` for what is no configuration.
    pub(super) fn of(path: &Path, tree: &dyn Tree, begin: Begin) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        if [".yaml", ".yml"].iter().any(|end| name.ends_with(end)) {
            return match input::split(path) {
                (None | Some(Format::OctoDns), path) => octodns::expand(path, tree, begin),
                _ => None,
            };
        }
        if !name.contains(".conf") || input::split(path) != (None, path) {
            return None;
        }
        let text = tree.text(path, LIMIT)?;
        let mut settings = Settings::read(&text)?;
        let mut expansion = Self::default();
        expansion.include(path, &mut settings, tree);
        for zone in &settings.zones {
            expansion.zone(path, settings.folder.as_deref(), zone, tree);
        }
        let (units, copies, without) = (expansion.units.len(), expansion.copies, expansion.without);
        let mut said = format!(": {units} zone {} read", if units == 1 { "file" } else { "files" });
        for (count, what) in [(copies, "secondary, hint or root"), (without, "without a file")]
            .iter()
            .filter(|it| it.0 > 0)
        {
            said.push_str(&format!("; {count} {what}, not read"));
        }
        let said = Phrase::new().code(path.display().to_string()).plain(said);
        expansion.notes.insert(0, said);
        Some(expansion)
    }

    /// Adds what included files say.
    fn include(&mut self, path: &Path, settings: &mut Settings, tree: &dyn Tree) {
        let mut waiting: Vec<String> = std::mem::take(&mut settings.includes);
        let mut known = HashSet::new();
        while let Some(include) = waiting.pop() {
            if !known.insert(include.clone()) {
                continue;
            }
            let found = locate(path, settings.folder.as_deref(), &include, tree)
                .filter(|_| known.len() <= INCLUDED)
                .and_then(|file| tree.text(&file, LIMIT));
            let Some(text) = found else {
                let said = format!(": the included {include} is not read");
                self.say(path, &said);
                continue;
            };
            if let Some(more) = Settings::read(&text) {
                settings.zones.extend(more.zones);
                waiting.extend(more.includes);
                settings.folder = settings.folder.take().or(more.folder);
            }
        }
    }

    fn zone(&mut self, path: &Path, folder: Option<&str>, zone: &Served, tree: &dyn Tree) {
        let name = zone.name.trim_end_matches('.');
        let Some(file) = &zone.file else {
            self.without += 1;
            return;
        };
        if zone.is_copy || name.is_empty() {
            self.copies += 1;
            return;
        }
        let folder = zone.folder.as_deref().or(folder);
        match locate(path, folder, file, tree).filter(|_| Name::from_unicode(name).is_ok()) {
            Some(found) if !tree.is_file(&found) => {
                let said = format!(": zone {name}: {file} does not exist, not read");
                self.is_partial = true;
                self.say(path, &said);
            }
            Some(found) => {
                let mut word = OsString::from("zone:");
                word.push(found);
                word.push(format!("={name}"));
                self.units.push(Unit::File(PathBuf::from(word)));
            }
            None => {
                let said = format!(": zone {name}: {file} is outside the repository, not read");
                self.is_partial = true;
                self.say(path, &said);
            }
        }
    }

    fn say(&mut self, path: &Path, said: &str) {
        let said = escape(said.as_bytes());
        self.notes.push(Phrase::new().code(path.display().to_string()).plain(said));
    }
}

/// What makes two units the same in two states: the word, or the configuration and the name of the zone.
type Key = (PathBuf, Option<Name>);

fn key(unit: &Unit) -> Key {
    match unit {
        Unit::File(file) => (file.clone(), None),
        Unit::Pages(files) => (files.first().cloned().unwrap_or_default(), None),
        Unit::Zone(zone) => (PathBuf::new(), Some(zone.apex.clone())),
    }
}

/// Where a file is that a configuration names: as it says, or below the configuration with the end of
/// that path. `None` if that would lead out of the repository.
fn locate(
    configuration: &Path,
    folder: Option<&str>,
    file: &str,
    tree: &dyn Tree,
) -> Option<PathBuf> {
    let home = configuration.parent().unwrap_or(Path::new(""));
    let written = folder.map_or_else(|| PathBuf::from(file), |folder| Path::new(folder).join(file));
    let names: Vec<Component<'_>> =
        written.components().filter(|it| matches!(it, Component::Normal(_))).collect();
    let ends = (0..names.len()).filter_map(|from| names.get(from..));
    let mut places = vec![home.join(&written), home.join(file)];
    places.extend(ends.map(|end| home.join(end.iter().collect::<PathBuf>())));
    if let Ok(repository) = Repository::find()
        && repository.holds(configuration)
    {
        places.retain(|place| repository.holds(place));
    }
    let there = places.iter().find(|place| tree.is_file(place)).cloned();
    // Where the first place leads out, a later one that is not there says nothing of it.
    there.or_else(|| places.into_iter().next().filter(|place| *place == home.join(&written)))
}
