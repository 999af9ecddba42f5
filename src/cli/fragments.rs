//! Files that zone files include by `$INCLUDE`: what they say is judged with the zone, and never by itself.
//!
//! A folder or a pattern names them beside the zones, and a hook names them alone if they alone changed. Then
//! the zone files of the repository that include them are judged.

use super::folder;
use super::git::Commit;
use super::included;
use super::input;
use super::nature::Natures;
use super::repository::{Repository, normal};
use super::unit::Unit;
use crate::text::{Phrase, escape};
use crate::zonefile::formats::Format;
use crate::zonefile::zone::Assembly;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Octets of a file of the repository that is looked into for directives.
const LARGE: u64 = 4 * 1024 * 1024;
/// Most files of the repository that are looked into.
const FILES: usize = 20_000;

/// Files to be judged.
pub(super) struct Wholes {
    pub(super) files: Vec<PathBuf>,
    /// Which files are judged instead of others.
    pub(super) notes: Vec<Phrase>,
}

/// The files without those that others of them include, and instead of one that none of them includes
/// the zone files of the repository that do.
pub(super) fn wholes(files: Vec<PathBuf>, natures: &Natures, commit: Option<&Commit>) -> Wholes {
    let unchanged = |files| Wholes { files, notes: Vec::new() };
    let Ok(repository) = Repository::find() else { return unchanged(files) };
    let key = |path: &Path| normal(&repository.here().join(path));
    let (mut included, mut lone): (HashSet<PathBuf>, Vec<PathBuf>) = Default::default();
    for file in &files {
        let texts = texts(file, natures, commit);
        let parts: Vec<PathBuf> = texts.iter().flat_map(parts).collect();
        included.extend(parts.iter().map(|part| key(part)));
        let may_be_part = may_be_part(file) && parts.is_empty();
        if may_be_part && texts.iter().any(|whole| is_without_soa(whole.text())) {
            lone.push(key(input::split(file).1));
        }
    }
    let is_whole = |file: &PathBuf| !included.contains(&key(input::split(file).1));
    let files: Vec<PathBuf> = files.into_iter().filter(is_whole).collect();
    lone.retain(|file| !included.contains(file));
    if lone.is_empty() {
        return unchanged(files);
    }
    let zones = including(&lone, &repository, natures);
    if zones.is_empty() {
        return unchanged(files);
    }
    let known: HashSet<PathBuf> = files.iter().map(|file| key(input::split(file).1)).collect();
    let mut all = Wholes { files: Vec::with_capacity(files.len()), notes: Vec::new() };
    for file in files {
        let Some(of) = zones.get(&key(input::split(&file).1)) else {
            all.files.push(file);
            continue;
        };
        for zone in of {
            let shown = PathBuf::from(included::shown(repository.here(), zone));
            let said = Phrase::new().code(escape(file.display().to_string().as_bytes()));
            let said = said.plain(" is checked as a part of ");
            all.notes.push(said.code(escape(shown.display().to_string().as_bytes())));
            if !known.contains(zone) && !all.files.contains(&shown) {
                all.files.push(shown);
            }
        }
    }
    all
}

/// The same of what is read as one; zones of a configuration follow the files.
pub(super) fn whole_units(units: Vec<Unit>, natures: &Natures) -> (Vec<Unit>, Vec<Phrase>) {
    let (mut files, mut zones) = (Vec::with_capacity(units.len()), Vec::new());
    for unit in units {
        match unit {
            Unit::File(file) => files.push(file),
            Unit::Pages(_) | Unit::Zone(_) => zones.push(unit),
        }
    }
    let Wholes { files, notes } = wholes(files, natures, None);
    (files.into_iter().map(Unit::File).chain(zones).collect(), notes)
}

/// A file as it is, and as it was at the commit if that differs, with what it includes.
fn texts(argument: &Path, natures: &Natures, commit: Option<&Commit>) -> Vec<Assembly> {
    let (_, path) = input::split(argument);
    if path.as_os_str() == "-" {
        return Vec::new();
    }
    let now = input::read(path, natures.most_octets()).ok();
    let before = commit.filter(|commit| now.is_none() || commit.has_changed(path));
    let was = before.and_then(|commit| {
        let text = commit.file(path, natures.most_octets()).ok().flatten()?;
        Some(natures.assembled_at(commit, argument, text))
    });
    now.map(|text| natures.assembled(argument, text)).into_iter().chain(was).collect()
}

/// The files that are put into a whole.
fn parts(whole: &Assembly) -> Vec<PathBuf> {
    let inner = whole.parts().iter().filter(|part| part.depth > 0);
    inner.map(|part| PathBuf::from(&*part.file)).collect()
}

/// True for a file that may be a master file, as what is included is.
fn may_be_part(argument: &Path) -> bool {
    let (format, path) = input::split(argument);
    let of_others = ["yaml", "yml", "json", "jsonl", "csv", "tsv", "tfstate"];
    let is_other = path.extension().is_some_and(|own| of_others.iter().any(|it| own == *it));
    format.is_none_or(|format| format == Format::Zone) && !is_other
}

/// True for a text in which no SOA record stands.
fn is_without_soa(text: &[u8]) -> bool {
    !text.windows(3).any(|word| word.eq_ignore_ascii_case(b"SOA"))
}

/// The zone files of the repository that include some of these files; none that another one includes.
fn including(
    files: &[PathBuf],
    repository: &Repository,
    natures: &Natures,
) -> HashMap<PathBuf, Vec<PathBuf>> {
    let mut of: HashMap<PathBuf, Vec<PathBuf>> = HashMap::new();
    let mut inner: HashSet<PathBuf> = HashSet::new();
    for file in candidates(files, repository) {
        let Ok(text) = input::read(&file, LARGE) else { continue };
        if text.contains(&0) || !Assembly::includes(&text) {
            continue;
        }
        for part in parts(&natures.assembled(&file, text)) {
            let part = normal(&repository.here().join(part));
            if files.contains(&part) {
                of.entry(part.clone()).or_default().push(file.clone());
            }
            inner.insert(part);
        }
    }
    for zones in of.values_mut() {
        zones.retain(|zone| !inner.contains(zone));
        zones.sort();
        zones.dedup();
    }
    of.retain(|_, zones| !zones.is_empty());
    of
}

/// The files in which a directive may stand: all of the repository, or those in the folders above.
fn candidates(files: &[PathBuf], repository: &Repository) -> Vec<PathBuf> {
    let mut found = match repository.is_one() {
        true => input::files_below(repository.top()).unwrap_or_default(),
        false => {
            let above = files.iter().flat_map(|file| file.ancestors().skip(1).take(2));
            let folders: HashSet<&Path> = above.collect();
            folders.into_iter().flat_map(input::files_in).collect()
        }
    };
    found.retain(|file| folder::may_hold_records(file));
    found.sort();
    found.truncate(FILES);
    found
}
