//! The files of a folder that hold records: what their names do not tell, their content does.

use super::git::Commit;
use super::input;
use super::nature::Natures;
use super::words::Mistake;
use crate::net::{Name, has_public_suffix};
use crate::zonefile::formats::{Format, Holds, begins_as_zone, holds, is_master_file};
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The largest file that is looked into in a folder, if its name does not tell that it holds records.
const LARGE: usize = 16 * 1024 * 1024;

/// What is known of the files of a folder.
#[derive(Default)]
pub(super) struct Listing {
    /// Those with records.
    pub(super) files: Vec<PathBuf>,
    /// The first with text that only a program could evaluate, and what is to be done.
    pub(super) advice: Option<(PathBuf, String)>,
    /// How many files there are.
    pub(super) count: usize,
}

impl Listing {
    /// Why there are no files with records, and in which file or folder.
    pub(super) fn fault(&self, folder: &Path) -> Option<(PathBuf, String)> {
        if !self.files.is_empty() {
            return None;
        }
        let none = || {
            let why = match self.count {
                0 => "an empty directory".to_owned(),
                1 => "no records recognized in its 1 file".to_owned(),
                count => format!("no records recognized in its {count} files"),
            };
            (folder.to_owned(), why)
        };
        Some(self.advice.clone().unwrap_or_else(none))
    }
}

/// The files of a folder that hold records, as it is on the disk and as it was at a commit: a file that is
/// gone matters most.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn listing(
    folder: &Path,
    commit: Option<&Commit>,
    natures: &Natures,
) -> Result<Listing, Mistake> {
    let mut found = if folder.is_dir() { input::files_below(folder)? } else { Vec::new() };
    if let Some(commit) = commit {
        found.extend(commit.files(folder)?);
    }
    found.sort();
    found.dedup();
    let mut listing = Listing { count: found.len(), ..Listing::default() };
    for file in found {
        let argument = literal(file);
        let mut holds = |text: Vec<u8>| match holds_records(&argument, text, natures) {
            Ok(holds) => holds,
            Err(advice) => {
                listing.advice.get_or_insert((argument.clone(), advice));
                false
            }
        };
        let now = || input::read(&argument, natures.most_octets()).ok();
        // A file that is alike in both need not be asked for twice.
        let is_gone = !argument.is_file();
        let before = commit.filter(|commit| is_gone || commit.has_changed(&argument));
        let was = |commit: &Commit| commit.file(&argument, natures.most_octets()).ok().flatten();
        let is_of_records = is_named_so(&argument)
            || may_hold_records(&argument)
                && (now().is_some_and(&mut holds) || before.and_then(was).is_some_and(&mut holds));
        if is_of_records {
            listing.files.push(argument);
        }
    }
    Ok(listing)
}

/// True for a file whose content has records, and little that is none; in words, what is to be done with one
/// that only a program can evaluate.
fn holds_records(argument: &Path, text: Vec<u8>, natures: &Natures) -> Result<bool, String> {
    // `example.pl` is a program more often than a zone.
    let is_of_other = of(argument) == Some(Holds::Other) && !is_named_so(argument);
    if text.len() > LARGE || text.contains(&0) || is_of_other && !is_master_file(&text) {
        return Ok(false);
    }
    let files = natures.understood(argument, &natures.assembled(argument, text));
    let records = files.zones.iter().map(|zone| zone.records().take(100).count()).sum::<usize>();
    let advice = || files.errors.first().filter(|it| it.what.starts_with("expected a file with"));
    match (files.format, records) {
        (Format::Zone, 0) => advice().map_or(Ok(false), |it| Err(it.what.clone())),
        (Format::Zone | Format::Plain, _) => Ok(records > files.errors.len()),
        (_, 0) => Ok(files.before.is_some()),
        _ => Ok(true),
    }
}

/// A file that a listing names: nothing in its name chooses a format or a zone.
fn literal(file: PathBuf) -> PathBuf {
    let is_ambiguous = input::split(&file) != (None, file.as_path());
    if is_ambiguous { Path::new(".").join(file) } else { file }
}

/// Files that were at the commit, beside one that is named and named alike, and are gone: a pattern such
/// as `zones/*.zone` names only what is still there.
///
/// # Errors
/// `git` cannot be run.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
pub(super) fn deleted_beside(
    files: &[PathBuf],
    commit: &Commit,
    natures: &Natures,
) -> Result<Vec<PathBuf>, Mistake> {
    let known: HashSet<&Path> = files.iter().map(|file| input::split(file).1).collect();
    let mut folders: Vec<&Path> = known.iter().filter_map(|file| file.parent()).collect();
    folders.sort();
    folders.dedup();
    let mut gone = Vec::new();
    for folder in folders {
        let beside: Vec<&Path> =
            known.iter().copied().filter(|file| file.parent() == Some(folder)).collect();
        for file in commit.files(folder)? {
            let is_beside = file.parent() == Some(folder) && !known.contains(file.as_path());
            let is_alike = || beside.iter().any(|known| are_named_alike(known, &file));
            if !is_beside || !is_alike() || file.symlink_metadata().is_ok() {
                continue;
            }
            let text = || commit.file(&file, natures.most_octets()).ok().flatten();
            let holds = || text().is_some_and(|it| holds_records(&file, it, natures) == Ok(true));
            if is_named_so(&file) || may_hold_records(&file) && holds() {
                gone.push(literal(file));
            }
        }
    }
    Ok(gone)
}

/// True if one pattern is likely to mean both: they end alike, or are both named after a zone.
fn are_named_alike(one: &Path, other: &Path) -> bool {
    let is_of_zone = |path: &Path| begins_as_record_file(path) || named_zone(path).is_some();
    one.extension() == other.extension() || is_of_zone(one) && is_of_zone(other)
}

/// The zone that the whole name of a file is.
fn named_zone(path: &Path) -> Option<Name> {
    zone(path.file_name()?.to_str()?)
}

fn zone(name: &str) -> Option<Name> {
    Name::from_unicode(name).ok().filter(|name| name.label_count() > 1 && has_public_suffix(name))
}

/// True for a file that is named as files with records are.
fn is_named_so(path: &Path) -> bool {
    let is_yaml = path.extension().is_some_and(|it| it == "yaml" || it == "yml");
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    // A top-level domain, and what people call an environment: only the content tells.
    let is_environment = |stem: &str| [".dev", ".prod"].iter().any(|end| stem.ends_with(end));
    let is_of_zone = || stem.is_some_and(|stem| zone(stem).is_some() && !is_environment(stem));
    begins_as_record_file(path) || of(path) == Some(Holds::Records) || is_yaml && is_of_zone()
}

/// What the ending of a file says of it.
fn of(path: &Path) -> Option<Holds> {
    holds(path.file_name()?.to_str()?)
}

fn begins_as_record_file(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.is_some_and(|name| {
        name.starts_with("db.") && (of(path) != Some(Holds::Other) || begins_as_zone(&name))
    })
}

pub(super) fn may_hold_records(path: &Path) -> bool {
    of(path) != Some(Holds::Other) || named_zone(path).is_some()
}

/// True for a word that no domain looks like.
pub(super) fn looks_like_file(word: &OsString) -> bool {
    let is_of_file = matches!(of(Path::new(word)), Some(Holds::Records | Holds::Data));
    word.to_string_lossy().contains('/') || is_of_file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_with_records_need_no_look_inside() {
        let names = [
            "a.zone",
            "z/db.example.com",
            "db.example.pl",
            "example.com.yaml",
            "example.com.dns",
            "terraform.tfstate",
        ];
        assert_eq!(names.map(|name| is_named_so(Path::new(name))), [true; 6]);
        let names = ["ci.yaml", "docker-compose.prod.yml", "package.json", "db.js", "data"];
        assert_eq!(names.map(|name| is_named_so(Path::new(name))), [false; 5]);
    }
}
