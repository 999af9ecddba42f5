//! The zones that a configuration of octoDNS names, each with the files that its sources read.
//!
//! octoDNS finds folders from where it is run, most often the top of the repository; a copy of a
//! configuration in another place has them beside it.

use super::super::repository::Repository;
use super::super::unit::{SourcedFile, SourcedZone, Unit};
use super::{Expansion, LIMIT, Tree};
use crate::net::Name;
use crate::zonefile::formats::production::{Configured, Production, Selection, Source, Yaml};
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// How many folders above a configuration are looked into.
const ABOVE: usize = 4;
/// Most zones of a configuration that are read.
const ZONES: usize = 100_000;
/// How many zones are named in a note.
const NAMED: usize = 3;

/// Where a folder of a configuration is looked for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Begin {
    /// Where the program runs, as octoDNS does.
    Run,
    /// Beside the configuration: two of them are compared, each with its own folders.
    Configuration,
}

/// What stands for the configuration; `None` for what is none.
pub(super) fn expand(path: &Path, tree: &dyn Tree, begin: Begin) -> Option<Expansion> {
    let production = Production::read(&tree.text(path, LIMIT)?)?;
    let mut reader = Reader {
        path,
        tree,
        bases: bases(path, begin),
        confined: Repository::find().ok().filter(|it| it.holds(path)),
        folders: HashMap::new(),
        without: Vec::new(),
        expansion: Expansion::default(),
    };
    for fault in &production.faults {
        reader.expansion.is_partial = true;
        reader.expansion.say(path, &format!(": {fault}"));
    }
    let zones = reader.zones(&production.zones);
    let aliases = zones.iter().filter(|zone| zone.alias_of.is_some()).count();
    let read = zones.len() - aliases;
    reader.say_what_is_missing();
    let mut said = format!(": {read} octoDNS {} read", if read == 1 { "zone" } else { "zones" });
    if aliases > 0 {
        said.push_str(&format!("; {aliases} with the records of another zone"));
    }
    let mut expansion = reader.expansion;
    expansion.units.extend(zones.into_iter().map(|zone| Unit::Zone(Arc::new(zone))));
    expansion.say(path, &said);
    expansion.notes.rotate_right(1);
    Some(expansion)
}

/// The folders that relative paths are looked for in.
fn bases(path: &Path, begin: Begin) -> Vec<PathBuf> {
    let mut run = vec![PathBuf::new()];
    if let Ok(repository) = Repository::find() {
        let below = repository.here().strip_prefix(repository.top());
        let up = below.map_or(0, |below| below.components().count());
        run.push((0..up).map(|_| Component::ParentDir).collect());
    }
    let home = path.parent().unwrap_or(Path::new(""));
    let near = home.ancestors().take(ABOVE).map(Path::to_owned);
    let mut all: Vec<PathBuf> = match begin {
        Begin::Run => run.into_iter().chain(near).collect(),
        Begin::Configuration => near.chain(run).collect(),
    };
    let mut known = HashSet::new();
    all.retain(|base| known.insert(base.clone()));
    all
}

struct Reader<'t> {
    path: &'t Path,
    tree: &'t dyn Tree,
    bases: Vec<PathBuf>,
    /// What no file may lie outside of.
    confined: Option<Repository>,
    /// The folder of each provider that was looked for; `None` if there is none.
    folders: HashMap<String, Option<PathBuf>>,
    /// What is not read, and of which zones it is a part.
    without: Vec<(String, Vec<String>)>,
    expansion: Expansion,
}

impl Reader<'_> {
    /// All zones, those that a pattern finds behind the others.
    fn zones(&mut self, configured: &[Configured]) -> Vec<SourcedZone> {
        let mut zones: Vec<SourcedZone> = Vec::new();
        let mut known: HashMap<Name, usize> = HashMap::new();
        let mut aliases = Vec::new();
        for entry in configured.iter().filter(|it| it.selection == Selection::Named) {
            let Some(apex) = self.name(&entry.name) else { continue };
            if known.contains_key(&apex) || zones.len() >= ZONES {
                continue;
            }
            known.insert(apex.clone(), zones.len());
            if let Some(alias) = &entry.alias {
                aliases.push((zones.len(), alias.clone()));
            }
            zones.push(self.zone(apex, entry));
        }
        for entry in configured.iter().filter(|it| it.selection != Selection::Named) {
            for apex in self.found(entry) {
                if known.contains_key(&apex) || zones.len() >= ZONES {
                    continue;
                }
                known.insert(apex.clone(), zones.len());
                zones.push(self.zone(apex, entry));
            }
        }
        for (index, alias) in aliases {
            let source = self.name(&alias).and_then(|name| known.get(&name).copied());
            let source =
                source.and_then(|source| zones.get(source)).filter(|_| source != Some(index));
            let files = source.map(|it| (it.files.clone(), it.beyond.clone(), it.apex.clone()));
            let Some(zone) = zones.get_mut(index) else { continue };
            match files {
                Some((files, beyond, apex)) => {
                    (zone.files, zone.beyond, zone.alias_of) = (files, beyond, Some(apex));
                }
                None => {
                    let said = format!(": zone {}: its alias {alias} is no zone here", zone.apex);
                    self.expansion.is_partial = true;
                    self.expansion.say(self.path, &said);
                }
            }
        }
        zones
    }

    fn name(&mut self, written: &str) -> Option<Name> {
        let name = Name::from_unicode(written.strip_suffix('.').unwrap_or(written)).ok();
        let name = name.filter(|name| !name.is_root());
        if name.is_none() {
            self.expansion.is_partial = true;
            self.expansion.say(self.path, &format!(": {written} is no name of a zone"));
        }
        name
    }

    /// A zone with the files of its sources.
    fn zone(&mut self, apex: Name, entry: &Configured) -> SourcedZone {
        let (mut files, mut beyond, mut open) = (Vec::new(), Vec::new(), Vec::new());
        for source in &entry.sources {
            match source {
                Source::Yaml(yaml) => match self.files(yaml, &apex) {
                    Ok(found) => files.extend(found),
                    Err(why) => {
                        self.expansion.is_partial = true;
                        let said = format!(": zone {apex}: {why}");
                        self.expansion.say(self.path, &said);
                    }
                },
                Source::Variable { name } => {
                    let whole =
                        if name.is_empty() { apex.to_string() } else { format!("{name}.{apex}") };
                    let said = format!("the TXT record at {whole} is in an environment variable");
                    self.lack(said, &apex);
                    open.extend(Name::from_unicode(&whole));
                }
                Source::Other { what } => {
                    self.lack(format!("source {what} is not read"), &apex);
                    beyond.push(what.clone());
                }
            }
        }
        for what in &entry.doubts {
            self.lack(format!("processor {what} is not evaluated"), &apex);
            beyond.push(what.clone());
        }
        SourcedZone { config: self.path.to_owned(), apex, files, beyond, open, alias_of: None }
    }

    fn lack(&mut self, what: String, apex: &Name) {
        match self.without.iter_mut().find(|it| it.0 == what) {
            Some((_, zones)) => zones.push(apex.to_string()),
            None => self.without.push((what, vec![apex.to_string()])),
        }
    }

    fn say_what_is_missing(&mut self) {
        for (what, zones) in std::mem::take(&mut self.without) {
            let of = match zones.get(..NAMED).filter(|_| zones.len() > NAMED) {
                Some(first) => {
                    format!("{} and {} more zones", first.join(", "), zones.len() - NAMED)
                }
                None => zones.join(", "),
            };
            let said = format!(": {what}, so no record is reported as missing from {of}");
            self.expansion.say(self.path, &said);
        }
    }

    /// The files of a zone that a provider reads, in the order in which it reads them.
    ///
    /// # Errors
    /// There is none, or it must not be read, in words.
    fn files(&mut self, yaml: &Yaml, apex: &Name) -> Result<Vec<SourcedFile>, String> {
        let Some(folder) = self.folder(yaml) else {
            return Err(match self.is_outside(yaml) {
                true => format!("{} is outside the repository, not read", yaml.directory),
                false => format!("{} does not exist, not read", yaml.directory),
            });
        };
        let mut names = vec![apex.to_unicode(), apex.to_string()];
        names.dedup();
        let mut paths: Vec<PathBuf> = Vec::new();
        if let Some(extension) = &yaml.split {
            let parts = |name: &String| self.parts(&folder.join(format!("{name}{extension}")));
            paths.extend(
                names.iter().map(parts).find(|parts| !parts.is_empty()).into_iter().flatten(),
            );
        }
        if yaml.has_zone_files {
            let mut own = names.iter().map(|name| folder.join(format!("{name}.yaml")));
            paths.extend(own.find(|path| self.may_read(path) && self.tree.is_file(path)));
        }
        if let Some(shared) = &yaml.shared {
            let path = folder.join(shared);
            if !self.may_read(&path) || !self.tree.is_file(&path) {
                return Err(format!("{} does not exist, not read", path.display()));
            }
            paths.push(path);
        }
        if paths.is_empty() && !yaml.may_be_missing {
            return Err(format!("source {}: no file in {}, not read", yaml.id, folder.display()));
        }
        paths.sort_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
        let file = |path| SourcedFile { path, replaces: yaml.replaces, ttl: yaml.ttl };
        Ok(paths.into_iter().map(file).collect())
    }

    /// The files of the parts of a zone.
    fn parts(&self, folder: &Path) -> Vec<PathBuf> {
        if !self.may_read(folder) {
            return Vec::new();
        }
        let files = self.tree.entries(folder).into_iter();
        let files = files.filter(|(name, is_folder)| !is_folder && name.ends_with(".yaml"));
        files.map(|(name, _)| folder.join(name)).collect()
    }

    fn may_read(&self, path: &Path) -> bool {
        self.confined.as_ref().is_none_or(|repository| repository.holds(path))
    }

    /// Where the folder of a provider may be.
    fn places(&self, yaml: &Yaml) -> Vec<PathBuf> {
        let written: PathBuf =
            Path::new(&yaml.directory).components().filter(|it| *it != Component::CurDir).collect();
        if written.is_relative() {
            return self.bases.iter().map(|base| base.join(&written)).collect();
        }
        // The path of another machine, of which the end is here.
        let names: Vec<Component<'_>> =
            written.components().filter(|it| matches!(it, Component::Normal(_))).collect();
        let ends = (0..names.len()).filter_map(|from| names.get(from..));
        let ends: Vec<PathBuf> = ends.map(|end| end.iter().collect()).collect();
        let below = ends.iter().flat_map(|end| self.bases.iter().map(move |base| base.join(end)));
        std::iter::once(written.clone()).chain(below).collect()
    }

    fn is_outside(&self, yaml: &Yaml) -> bool {
        self.places(yaml).first().is_some_and(|place| !self.may_read(place))
    }

    /// The folder of a provider: the first that has zones, or else the first that is there.
    fn folder(&mut self, yaml: &Yaml) -> Option<PathBuf> {
        if let Some(known) = self.folders.get(&yaml.id) {
            return known.clone();
        }
        let mut places = self.places(yaml);
        places.retain(|place| self.may_read(place));
        let has_zones = |place: &&PathBuf| !self.listed(yaml, place).is_empty();
        let is_there = |place: &&PathBuf| !self.tree.entries(place).is_empty();
        let found = places.iter().find(has_zones).or_else(|| places.iter().find(is_there)).cloned();
        self.folders.insert(yaml.id.clone(), found.clone());
        found
    }

    /// The names of zones that a folder has, with their final dots.
    fn listed(&self, yaml: &Yaml, folder: &Path) -> Vec<String> {
        let zone = |(name, is_folder): (String, bool)| match (&yaml.split, is_folder) {
            (Some(extension), true) => {
                let zone = name.strip_suffix(extension.as_str())?;
                Some(format!("{zone}."))
            }
            (_, false) if yaml.has_zone_files => {
                let zone = name.strip_suffix("yaml").filter(|zone| zone.ends_with('.'))?;
                (zone.matches('.').count() > 1).then(|| zone.to_owned())
            }
            _ => None,
        };
        self.tree.entries(folder).into_iter().filter_map(zone).collect()
    }

    /// The zones that a pattern means.
    fn found(&mut self, entry: &Configured) -> Vec<Name> {
        let mut names = Vec::new();
        for source in &entry.sources {
            match source {
                Source::Yaml(yaml) => match self.folder(yaml) {
                    Some(folder) => names.extend(self.listed(yaml, &folder)),
                    None => {
                        let said = format!(": {}: {} is not read", entry.name, yaml.directory);
                        self.expansion.is_partial = true;
                        self.expansion.say(self.path, &said);
                    }
                },
                Source::Variable { .. } | Source::Other { .. } => {}
            }
        }
        if entry.selection == Selection::Regex {
            let said = format!(": {}: its regex is not evaluated, all zones are read", entry.name);
            self.expansion.say(self.path, &said);
        }
        names.sort();
        names.dedup();
        if let Selection::Glob(glob) = &entry.selection {
            let glob: Vec<char> = glob.chars().collect();
            names.retain(|name| means(&glob, &name.chars().collect::<Vec<_>>()));
        }
        let name = |name: &String| Name::from_unicode(name.trim_end_matches('.')).ok();
        names.iter().filter_map(name).filter(|name| !name.is_root()).collect()
    }
}

/// True if a pattern of the shell means a text: `*`, `?`, `[a-z]`, `[!a-z]`.
fn means(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut rest) = (0, pattern);
    // Where the last asterisk stands: what follows it, and where it was tried last.
    let mut star: Option<(&[char], usize)> = None;
    loop {
        let matched = match (rest, text.get(at)) {
            ([], None) => return true,
            (['*', after @ ..], _) => {
                star = Some((after, at));
                rest = after;
                continue;
            }
            (_, Some(letter)) => one(rest, *letter),
            (_, None) => return false,
        };
        match (matched, &mut star) {
            (Some(after), _) => (rest, at) = (after, at + 1),
            (None, Some((after, tried))) => {
                *tried += 1;
                (rest, at) = (after, *tried);
            }
            (None, None) => return false,
        }
    }
}

/// What follows the first piece of a pattern, if that means a letter.
fn one(pattern: &[char], letter: char) -> Option<&[char]> {
    match pattern {
        ['?', after @ ..] => Some(after),
        ['[', class @ ..] if class.iter().skip(1).any(|it| *it == ']') => {
            let end = class.iter().skip(1).position(|it| *it == ']')? + 1;
            let (set, after) = (class.get(..end)?, class.get(end + 1..)?);
            let (is_not, set) = set.strip_prefix(&['!']).map_or((false, set), |set| (true, set));
            let is_between = |range: &[char]| match range {
                [from, '-', to] => (from..=to).contains(&&letter),
                _ => false,
            };
            let has = set.contains(&letter) || set.windows(3).any(is_between);
            (has != is_not).then_some(after)
        }
        [own, after @ ..] => (*own == letter).then_some(after),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_to_octodns() {
        let cases = [
            ("*.com.", "example.com.", true),
            ("*.com.", "example.net.", false),
            ("example.?om.", "example.com.", true),
            ("[a-e]xample.com.", "example.com.", true),
            ("[!a-e]xample.com.", "example.com.", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b", "xxaxxbxx", false),
            ("", "a", false),
        ];
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        let meant = cases.map(|(glob, text, _)| means(&letters(glob), &letters(text)));
        assert_eq!(meant, cases.map(|it| it.2));
    }
}
