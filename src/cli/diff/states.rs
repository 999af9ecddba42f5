//! The two states of a comparison, read from what was typed.

use super::super::folder::{self, Listing, looks_like_file};
use super::super::fragments::{Wholes, whole_units, wholes};
use super::super::git::Commit;
use super::super::nature::Natures;
use super::super::served::{Begin, Expansion, Meant};
use super::super::unit::Unit;
use super::super::unread::{self, Unread, Version, is_understood};
use super::super::words::{Mistake, Sources, domain, server};
use super::super::{args, input, pages, sources};
use super::sourced::{Open, in_states, on_disk};
use super::{DiffArgs, faults};
use crate::diagnostic::{self, Location};
use crate::dns::{Kind, Place};
use crate::net::Name;
use crate::report::Finding;
use crate::text::{Phrase, escape};
use crate::zone::lint::NOT_READ;
use crate::zonefile::Zone;
use crate::zonefile::zone::Assembly;
use crate::zonefile::zone::Ignore as Comment;
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the answers of a state come from, before everything else.
#[derive(Default)]
pub(super) struct State {
    /// What its files say.
    pub zones: Vec<Zone>,
    /// The files, as they are shown.
    pub names: Vec<String>,
    /// A recording instead of the DNS.
    pub cassette: Option<PathBuf>,
}

impl State {
    fn add(&mut self, name: String, zones: Vec<Zone>) {
        self.names.push(name);
        self.zones.extend(zones);
    }
}

/// The two states.
pub(super) struct States {
    pub before: State,
    pub after: State,
    /// Files that are alike in both: what they say holds, and is not judged.
    pub alike: Vec<Zone>,
    /// The domains that are named; all of the files if there are none.
    pub domains: Vec<Name>,
    /// Where the other answers come from.
    pub sources: Sources,
    /// How the words were understood.
    pub notes: Vec<Phrase>,
    /// What comments of the files after the change leave out.
    pub comments: Vec<Comment>,
    /// What of the files was not read.
    pub unread: Unread,
    /// Where an entry that the change touches was not read: sets, or whole names.
    pub open: Vec<(Name, Option<Kind>)>,
    /// What is wrong with files as files, and what the change does about it.
    pub findings: Vec<Finding>,
    /// What is said of the files beside their text.
    pub(super) natures: Natures,
}

impl States {
    /// Understands the words and flags, and reads the files that they name.
    ///
    /// # Errors
    /// They do not say what is compared with what, or a file cannot be read.
    pub(super) fn read(typed: &DiffArgs, natures: Natures) -> Result<Self, Mistake> {
        let (servers, words): (Vec<&OsString>, Vec<&OsString>) =
            typed.words.iter().partition(|word| word.as_encoded_bytes().starts_with(b"@"));
        let resolvers = servers.into_iter().map(|word| server(word)).collect::<Result<_, _>>()?;
        let base = base(typed, &words)?;
        let (mut files, mut others) = (Vec::new(), Vec::new());
        for word in words {
            let is_file = is_file(word, typed.live, base.as_ref())?;
            if is_file { files.push(word) } else { others.push(word) }
        }
        let words = others;
        // Where --zone names the files, a word is a domain, whatever it looks like.
        let missing = words.iter().find(|word| looks_like_file(word));
        if let (Some(word), true) = (missing, typed.sources.zone.is_empty()) {
            let word = word.to_string_lossy();
            return Err(Mistake::new(format!("{word}: no such file")));
        }
        let domains = words.iter().map(|word| domain(word, "diff")).collect::<Result<_, _>>()?;
        let files: Vec<PathBuf> = files.into_iter().map(PathBuf::from).collect();
        // What the files say, they say offline as well.
        let zones = typed.sources.zone.clone();
        let zone = zones.iter().chain(&files).cloned().collect();
        let mut states = Self {
            before: State::default(),
            after: State::default(),
            alike: Vec::new(),
            domains,
            sources: Sources::read(args::Sources { zone, ..typed.sources.clone() }, resolvers)?,
            notes: Vec::new(),
            comments: Vec::new(),
            unread: Unread::default(),
            open: Vec::new(),
            findings: Vec::new(),
            natures,
        };
        match (&base, files.as_slice()) {
            (Some(base), [_, ..]) => {
                let files = states.expanded(&files, base)?;
                states.at_commit(base, &files)?;
            }
            (None, [_, ..]) if typed.live => states.published(&files)?,
            (None, [old, new]) if zones.is_empty() => states.two(old, new)?,
            (None, []) if !zones.is_empty() => {
                states.both(&typed.against, &zones)?;
            }
            (None, [one]) if zones.is_empty() => states.plan(one)?,
            (None, [one, ..]) if !zones.is_empty() => {
                return Err(Mistake::new(format!(
                    "unexpected file {}: --zone names the new state, --against the old one",
                    one.display()
                )));
            }
            (None, [_, _, third, ..]) => {
                return Err(Mistake::new(format!(
                    "diff compares two files, the old one first; unexpected file {} (or did you mean --live?)",
                    third.display()
                )));
            }
            _ => {
                return Err(Mistake::new(
                    "nothing to compare. Example: mailcheck diff --live zones/*.zone",
                ));
            }
        }
        states.merge();
        Ok(states)
    }

    /// Puts the files of each zone together. A file that is alike in both states and is no whole zone by
    /// itself belongs to what the change is about, if others of its zone change.
    fn merge(&mut self) {
        let changed = self.before.zones.iter().chain(&self.after.zones);
        let apexes: HashSet<Name> = changed.filter_map(Zone::apex).cloned().collect();
        let is_part =
            |zone: &Zone| !zone.has_soa() && zone.apex().is_some_and(|apex| apexes.contains(apex));
        let (parts, alike) = std::mem::take(&mut self.alike).into_iter().partition(is_part);
        let parts: Vec<Zone> = parts;
        self.alike = alike;
        let merge = |state: &mut State| {
            let mut zones = std::mem::take(&mut state.zones);
            zones.extend(parts.iter().cloned());
            let (zones, overlaps) = Zone::merged(zones);
            state.zones = zones;
            overlaps
        };
        let (mut was, is) = (merge(&mut self.before), merge(&mut self.after));
        was.retain(|overlap| !is.contains(overlap));
        self.unread.add_overlaps(&is, "");
        self.unread.add_overlaps(&was, " before the change");
    }

    /// Compares files with one another; where there are none before, with what is published.
    pub(super) fn versions(&mut self, mut before: Vec<Version>, mut after: Vec<Version>) {
        let open = unread::reconcile(&mut before, &mut after, &mut self.unread);
        self.open.extend(open);
        let is_readable = |version: &Version| is_understood(&version.files);
        let has_before = !before.is_empty();
        if !before.iter().chain(&after).all(is_readable) {
            self.unread.is_partial = true;
        }
        // Against a state that nobody can read nothing can be said of the other.
        if has_before && !(before.iter().all(is_readable) && after.iter().all(is_readable)) {
            for version in before.iter().chain(&after) {
                self.skipped(version);
            }
            return;
        }
        for Version { files, .. } in before.iter_mut().chain(&mut after) {
            let file = files.zones.first().map(|zone| zone.file().to_string()).unwrap_or_default();
            self.natures.apply(Path::new(&file), &mut files.zones);
        }
        let (was, before) = faults::of(before);
        let (is, after) = faults::of(after);
        self.findings.extend(faults::compare(was, is));
        for (name, files) in before {
            self.unread.is_partial |= unread::has_more(&files);
            self.before.add(name, files.zones);
        }
        for (name, files) in after {
            self.unread.is_partial |= unread::has_more(&files);
            self.comments.extend(files.ignores);
            self.after.add(name, files.zones);
        }
    }

    fn skipped(&mut self, version: &Version) {
        if is_understood(&version.files) {
            return;
        }
        let first = version.files.errors.first().map(ToString::to_string);
        let notice = || version.files.notices.first().map(ToString::to_string);
        let why = first.or_else(notice).unwrap_or_else(|| "it lists no record".to_owned());
        let file = version.files.errors.first().map(|fault| &fault.place.file);
        let notice = version.files.notices.first().map(|notice| &notice.place.file);
        self.not_understood(file.or(notice).map(Arc::clone), &why);
    }

    fn not_understood(&mut self, file: Option<Arc<str>>, why: &str) {
        self.unread.is_partial = true;
        let why: String = why.chars().take(400).collect();
        let said = Phrase::new().plain("nothing understood: ").plain(escape(why.as_bytes()));
        self.unread.notes.push(said.clone());
        // Formats that show findings only say so too.
        let place = file.map(|file| Place::new(file, 1, 1));
        let location = Location::set(Name::root(), Kind::Txt).in_file(place);
        let finding = diagnostic::Finding::new(&NOT_READ, location, said);
        let state = Some(crate::report::State::Introduced);
        self.findings.push(Finding { state, ..Finding::from(&finding) });
    }

    fn version(&self, argument: &Path) -> Result<Version, Mistake> {
        let (_, path) = input::split(argument);
        let text = input::read(path, self.natures.most_octets())?;
        let whole = self.natures.assembled(argument, text);
        Ok(Version { files: self.natures.understood(argument, &whole), text: whole.into_text() })
    }

    /// What is read as one, as it is.
    fn version_of(&self, unit: &Unit) -> Result<Version, Mistake> {
        match unit {
            Unit::File(path) => self.version(path),
            Unit::Pages(files) => pages::version(files, &on_disk(&self.natures), &self.natures),
            Unit::Zone(zone) => {
                Ok(zone.version(&zone.texts(&on_disk(&self.natures))?, &self.natures))
            }
        }
    }

    pub(super) fn both(&mut self, before: &[PathBuf], after: &[PathBuf]) -> Result<(), Mistake> {
        let read = |files: &[PathBuf]| {
            let units = files.iter().cloned().map(Unit::File).collect();
            let units = pages::together(units, &self.natures);
            units.iter().map(|unit| self.version_of(unit)).collect::<Result<Vec<_>, _>>()
        };
        let (before, after) = (read(before)?, read(after)?);
        self.versions(before, after);
        Ok(())
    }

    /// One file that holds both states, as a plan of Terraform does.
    fn plan(&mut self, path: &Path) -> Result<(), Mistake> {
        let mut version = self.version(path)?;
        let Some(before) = version.files.before.take() else {
            return Err(Mistake::new(format!(
                "{} needs a state to compare with: --live (current DNS), --base COMMIT, or an older file \
             before it",
                path.display()
            )));
        };
        self.before.add(format!("{} (before it is applied)", path.display()), vec![before]);
        self.unread.add(&version.files, "");
        self.unread.add_changes(&version.files);
        let files = version.files;
        let name = sources::named(path, &files);
        self.after.add(name, files.zones);
        Ok(())
    }

    /// Two files, the old one first: zones, or recordings.
    fn two(&mut self, old: &Path, new: &Path) -> Result<(), Mistake> {
        let is_cassette = |path: &Path| path.extension().is_some_and(|it| it == "jsonl");
        match (is_cassette(old), is_cassette(new)) {
            (true, true) if self.domains.is_empty() => Err(Mistake::new(format!(
                "cassettes need a domain: mailcheck diff DOMAIN {} {}",
                old.display(),
                new.display()
            ))),
            (true, true) => {
                self.before.cassette = Some(old.to_owned());
                self.after.cassette = Some(new.to_owned());
                Ok(())
            }
            (false, false) => self.configurations_or_files(old, new),
            _ => Err(Mistake::new("cannot compare a cassette with a zone file")),
        }
    }

    /// The files, those of a folder or of a configuration in its place, and those beside them that are gone.
    fn expanded(&mut self, files: &[PathBuf], commit: &Commit) -> Result<Vec<Meant>, Mistake> {
        let (mut all, mut named) = (Vec::with_capacity(files.len()), Vec::new());
        for path in files {
            let was_folder = || Ok(!path.is_file() && !commit.files(path)?.is_empty());
            if path.is_dir() || was_folder()? {
                let listing = folder::listing(path, Some(commit), &self.natures)?;
                named.append(&mut self.listed(path, listing));
            } else if let Some((mut meant, said)) = in_states(path, commit) {
                self.notes.extend(said.notes);
                self.unread.is_partial |= said.is_partial;
                all.append(&mut meant);
            } else {
                named.push(path.clone());
            }
        }
        named.extend(folder::deleted_beside(&named, commit, &self.natures)?);
        let Wholes { files: named, notes } = wholes(named, &self.natures, Some(commit));
        self.notes.extend(notes);
        all.extend(named.into_iter().map(Meant::in_both));
        self.notes.extend(self.natures.without_templates(&mut all, Meant::file));
        Ok(all)
    }

    /// The files of a folder; that there are none is said.
    fn listed(&mut self, path: &Path, listing: Listing) -> Vec<PathBuf> {
        if let Some((file, why)) = listing.fault(path) {
            let file = file.display().to_string();
            self.not_understood(Some(file.as_str().into()), &format!("{file}: {why}"));
        }
        listing.files
    }

    /// The files as they are, for a comparison with what is published.
    fn published(&mut self, files: &[PathBuf]) -> Result<(), Mistake> {
        let words: Vec<OsString> = files.iter().map(|path| path.clone().into()).collect();
        let Expansion { units, notes, is_partial, .. } = Expansion::of_all(&words, Begin::Run);
        self.notes.extend(notes);
        self.unread.is_partial |= is_partial;
        let mut all = Vec::with_capacity(units.len());
        for unit in units {
            match unit {
                Unit::File(path) if path.is_dir() => {
                    let listing = folder::listing(&path, None, &self.natures)?;
                    all.extend(self.listed(&path, listing).into_iter().map(Unit::File));
                }
                unit => all.push(unit),
            }
        }
        self.notes.extend(self.natures.without_templates(&mut all, Unit::file));
        let (all, notes) = whole_units(all, &self.natures);
        self.notes.extend(notes);
        let all = pages::together(all, &self.natures);
        let after = all.iter().map(|unit| self.version_of(unit)).collect::<Result<Vec<_>, _>>()?;
        self.versions(Vec::new(), after);
        Ok(())
    }

    /// The files as they are, and as they stood at a commit.
    fn at_commit(&mut self, commit: &Commit, files: &[Meant]) -> Result<(), Mistake> {
        let shown = commit.name();
        let natures = self.natures.clone();
        let mut alike = 0;
        for Meant { now, was } in files {
            let zones = [now, was].map(|unit| unit.as_ref().and_then(Unit::zone));
            if zones.iter().any(Option::is_some) {
                let open_was = |path: &Path| {
                    let found = commit.file(path, natures.most_octets())?;
                    found.ok_or_else(|| Mistake::new(format!("{}: no such file", path.display())))
                };
                let open: [Open<'_>; 2] = [&on_disk(&natures), &open_was];
                let [now, was] = zones;
                alike += usize::from(self.sourced(now, was, open, &format!(" at {shown}"))?);
                continue;
            }
            let Some(Unit::File(argument)) = now.as_ref().or(was.as_ref()) else { continue };
            let (is_now, was) = (now.is_some(), was.is_some());
            let (_, path) = input::split(argument);
            let file = path.display();
            let now = match is_now && path.exists() {
                true => Some(input::read(path, natures.most_octets())?),
                false => None,
            };
            let was = if was { commit.file(path, natures.most_octets())? } else { None };
            // What a file includes may have changed, and the file itself not.
            let now = now.map(|text| natures.assembled(argument, text));
            let was = was.map(|text| natures.assembled_at(commit, argument, text));
            if now.as_ref().map(Assembly::text) == was.as_ref().map(Assembly::text) {
                let Some(whole) = now else {
                    return Err(Mistake::new(format!(
                        "{file}: no such file, neither here nor at {shown:?}"
                    )));
                };
                alike += 1;
                let mut files = natures.understood(argument, &whole);
                unread::disregard(&mut files, &mut self.unread);
                self.natures.apply(path, &mut files.zones);
                self.alike.extend(files.zones);
                continue;
            }
            let note = |said: &str| Phrase::new().code(file.to_string()).plain(said);
            if was.is_none() {
                self.notes.push(note(" is new: compared with the current DNS"));
            }
            if now.is_none() && path.exists() {
                self.notes.push(note(" is no longer named: its records are removed"));
            } else if now.is_none() {
                self.notes.push(note(" was deleted: its records are removed"));
            }
            let version = |whole: Option<Assembly>| -> Vec<Version> {
                let whole = whole.into_iter().map(|whole| Version {
                    files: natures.understood(argument, &whole),
                    text: whole.into_text(),
                });
                whole.collect()
            };
            let names = self.before.names.len();
            self.versions(version(was), version(now));
            for name in self.before.names.iter_mut().skip(names) {
                name.push_str(&format!(" at {shown}"));
            }
        }
        if alike == files.len() && alike > 0 {
            let said = match alike {
                1 => "the file is unchanged since ".to_owned(),
                _ => format!("all {alike} files are unchanged since "),
            };
            let said = Phrase::new().plain(said).code(shown);
            self.notes.push(said.plain(""));
        }
        Ok(())
    }
}

/// The commit that the files are compared with, looked up where one of them lies.
fn base(typed: &DiffArgs, words: &[&OsString]) -> Result<Option<Commit>, Mistake> {
    let Some(name) = &typed.base else { return Ok(None) };
    let paths = words.iter().map(|word| input::split(Path::new(word)).1);
    let mut named = paths.filter(|path| path.is_file() || path.is_dir());
    let of_files = words.iter().find(|word| looks_like_file(word)).map(Path::new);
    let beside = named.next().or(of_files.map(|it| input::split(it).1));
    Commit::find(name, beside.unwrap_or(Path::new(""))).map(Some)
}

/// True for a word that names a file: one that is there, or, with a commit, a folder of files, or one
/// that was there.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
fn is_file(word: &OsString, live: bool, commit: Option<&Commit>) -> Result<bool, Mistake> {
    let (_, path) = input::split(Path::new(word));
    let is_folder = path.is_dir();
    let Some(commit) = commit else { return Ok(path.is_file() || live && is_folder) };
    Ok(path.is_file() || is_folder || looks_like_file(word) || commit.has(path)?)
}
