//! The two states of a comparison, read from what was typed.

use super::super::git::Commit;
use super::super::words::{Mistake, Sources, domain, server};
use super::super::{args, input, sources};
use super::DiffArgs;
use crate::dns::{Data, presentation};
use crate::net::Name;
use crate::text::Phrase;
use crate::zonefile::Zone;
use crate::zonefile::formats::Files;
use crate::zonefile::zone::Ignore as Comment;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where the answers of a state come from, before everything else.
#[derive(Default)]
pub(super) struct State {
    /// What its files say.
    pub zones: Vec<Zone>,
    /// The files, as they are shown.
    pub names: Vec<String>,
    /// A recording in the place of the DNS.
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
}

impl States {
    /// Understands the words and flags, and reads the files that they name.
    ///
    /// # Errors
    /// They do not say what is compared with what, or a file cannot be read.
    pub(super) fn read(typed: &DiffArgs) -> Result<Self, Mistake> {
        let (servers, words): (Vec<&OsString>, Vec<&OsString>) =
            typed.words.iter().partition(|word| word.as_encoded_bytes().starts_with(b"@"));
        let resolvers = servers.into_iter().map(|word| server(word)).collect::<Result<_, _>>()?;
        let (files, words): (Vec<&OsString>, Vec<&OsString>) =
            words.into_iter().partition(|word| is_file(word, typed.base.is_some()));
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
        };
        match (&typed.base, files.as_slice()) {
            (Some(commit), [first, ..]) => {
                let (_, path) = input::split(first);
                let base = Commit::find(commit, path)?;
                let files = expanded(&files, &base)?;
                states.at_commit(&base, &files)?;
            }
            (None, [_, ..]) if typed.live => states.after_files(&files)?,
            (None, [old, new]) if zones.is_empty() => states.two(old, new)?,
            (None, []) if !zones.is_empty() => {
                states.after_files(&zones)?;
                states.before_files(&typed.against)?;
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
        Ok(states)
    }

    fn after_file(&mut self, path: &Path, files: Files) {
        let name = sources::named(path, &files);
        self.comments.extend(files.ignores);
        self.after.add(name, files.zones);
    }

    fn after_files(&mut self, files: &[PathBuf]) -> Result<(), Mistake> {
        for path in files {
            self.after_file(path, input::zones(path)?);
        }
        Ok(())
    }

    fn before_files(&mut self, files: &[PathBuf]) -> Result<(), Mistake> {
        for path in files {
            let files = input::zones(path)?;
            self.before.add(sources::named(path, &files), files.zones);
        }
        Ok(())
    }

    /// One file that holds both states, as a plan of Terraform does.
    fn plan(&mut self, path: &Path) -> Result<(), Mistake> {
        let mut files = input::zones(path)?;
        let Some(before) = files.before.take() else {
            return Err(Mistake::new(format!(
                "{} needs a state to compare with: --live (current DNS), --base COMMIT, or an older file \
             before it",
                path.display()
            )));
        };
        self.before.add(format!("{} (before it is applied)", path.display()), vec![before]);
        self.after_file(path, files);
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
            (false, false) => {
                self.before_files(&[old.to_owned()])?;
                self.after_files(&[new.to_owned()])
            }
            _ => Err(Mistake::new("cannot compare a cassette with a zone file")),
        }
    }

    /// The files as they are, and as they stood at a commit.
    fn at_commit(&mut self, commit: &Commit, files: &[PathBuf]) -> Result<(), Mistake> {
        let shown = commit.name();
        let mut alike = 0;
        for argument in files {
            let (_, path) = input::split(argument);
            let file = path.display();
            let now = match path.exists() {
                true => Some(input::read(path, input::ZONE_LIMIT)?),
                false => None,
            };
            let was = commit.file(path)?;
            if now == was {
                let Some(text) = now else {
                    return Err(Mistake::new(format!(
                        "{file}: no such file, neither here nor at {shown:?}"
                    )));
                };
                alike += 1;
                self.alike.extend(input::parsed(argument, &text)?.zones);
                continue;
            }
            let note = |said: &str| Phrase::new().code(file.to_string()).plain(said);
            match was {
                Some(text) => match input::parsed(argument, &text) {
                    Ok(files) => self.before.add(format!("{file} at {shown}"), files.zones),
                    // A change that mends a file can be judged as well.
                    Err(why) => {
                        let said = format!(" at {shown} is unreadable ({why}): ");
                        let said = note(&said);
                        self.notes.push(said.plain("compared with the current DNS"));
                    }
                },
                None => self.notes.push(note(" is new: compared with the current DNS")),
            }
            match now {
                Some(text) => self.after_file(path, input::parsed(argument, &text)?),
                None => {
                    let said = " was deleted: its old content is compared with the current DNS";
                    self.notes.push(note(said));
                }
            }
        }
        if alike == files.len() {
            let said = match alike {
                1 => "the file is unchanged since ".to_owned(),
                _ => format!("all {alike} files are unchanged since "),
            };
            let said = Phrase::new().plain(said).code(shown);
            self.notes.push(said.plain(""));
        }
        Ok(())
    }

    /// True if neither state has anything that the other one has not.
    pub(super) fn is_unchanged(&self) -> bool {
        let is_empty = |state: &State| state.names.is_empty() && state.cassette.is_none();
        is_empty(&self.before) && is_empty(&self.after)
    }

    /// The zones whose names may fare otherwise: those that differ, then those that are alike and
    /// name one of these.
    pub(super) fn concerned(&self) -> impl Iterator<Item = &Zone> {
        let changed = || self.after.zones.iter().chain(&self.before.zones);
        let apexes: Vec<String> =
            changed().filter_map(Zone::apex).map(|it| it.to_string().to_lowercase()).collect();
        let names_one = move |zone: &&Zone| {
            zone.records().any(|(_, kind, record)| {
                let text = match &record.data {
                    Data::A(_) | Data::Aaaa(_) => return false,
                    data => presentation::write(kind, data).to_lowercase(),
                };
                apexes.iter().any(|apex| text.contains(apex.as_str()))
            })
        };
        changed().chain(self.alike.iter().filter(names_one))
    }
}

/// True for a word that names a file: one that is there, or, with a commit, a folder of files, or one
/// that may have been there.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
fn is_file(word: &OsString, has_commit: bool) -> bool {
    let (_, path) = input::split(Path::new(word));
    path.is_file() || has_commit && (path.is_dir() || looks_like_file(word))
}

/// The files, those of a folder in its place: as it is, and as it was at the commit, for a file that
/// is gone matters most.
fn expanded(files: &[PathBuf], commit: &Commit) -> Result<Vec<PathBuf>, Mistake> {
    let mut all = Vec::with_capacity(files.len());
    for path in files {
        if path.is_dir() {
            let mut found = input::files_below(path)?;
            found.extend(commit.files(path)?);
            found.retain(|file| holds_records(file));
            found.sort();
            found.dedup();
            all.append(&mut found);
        } else {
            all.push(path.clone());
        }
    }
    Ok(all)
}

/// Endings of files that hold records and hardly anything else.
const OF_RECORDS: [&str; 5] = ["zone", "db", "yaml", "yml", "records"];
/// Endings of other files that are read.
const OTHERS: [&str; 4] = ["json", "jsonl", "txt", "tsv"];

/// True for a file of a folder that is named as files with records are.
fn holds_records(path: &Path) -> bool {
    let begins = path.file_name().is_some_and(|it| it.as_encoded_bytes().starts_with(b"db."));
    begins || ends(path, &OF_RECORDS)
}

/// True for a word that no domain looks like.
fn looks_like_file(word: &OsString) -> bool {
    let path = Path::new(word);
    word.to_string_lossy().contains('/') || ends(path, &OF_RECORDS) || ends(path, &OTHERS)
}

fn ends(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|own| endings.iter().any(|ending| own == *ending))
}
