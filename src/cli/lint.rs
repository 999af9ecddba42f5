//! `mailcheck lint`: zone files by themselves. Makes no DNS queries.
//!
//! Files are spread over the processors; each is read, judged and let go, so that only findings are
//! kept. Their order is that of the words.

use super::conclude::conclude;
use super::fragments::whole_units;
use super::nature::Natures;
use super::served::{Begin, Expansion};
use super::unit::Unit;
use super::unread::Version;
use super::words::{Ending, Mistake};
use super::{RunError, args, folder, input, pages, parts};
use crate::audit;
use crate::audit::is_right_inside;
use crate::config::{Policy, heed_comments};
use crate::report::{Finding, ReadFile, Run, number};
use crate::text::{Phrase, escape};
use crate::zone::Facts;
use crate::zonefile::zone::ErrorKind;
use clap::Parser;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

const EXAMPLES: &str = "\
Examples:
  mailcheck lint example.com.zone               what is wrong in this file?
  mailcheck lint zones/*.zone -f github         as annotations, at the lines
  mailcheck lint /etc/bind/named.conf           the zones that it names
  mailcheck lint config/production.yaml         the zones of octoDNS
  git show HEAD:example.com.zone | mailcheck lint -";

const EXIT_CODES: &str = "\
Exit codes:
  0  no finding at or above --fail-on
  1  a finding at or above --fail-on
  2  usage error: a flag, a file that cannot be read
  3  undetermined: a file is one page of a longer list (allow it with --partial), or names were
     left out, for what they lead to is too much
  4  internal error, or the report could not be written";

/// Most files that are judged at once.
const AT_ONCE: usize = 8;
/// A file of more octets than this is judged while no other such file is.
const LARGE: usize = 4 * 1024 * 1024;

/// Check zone files offline, line by line
///
/// Makes no DNS queries, so names outside a file are not checked. In a file with an SOA record
/// a missing name does not exist; in any other only the records it lists are checked. A comment behind a
/// record, `; mailcheck: ignore[family/name] reason`, leaves out what is found there.
#[derive(Clone, Debug, Parser)]
#[command(
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    override_usage = "mailcheck lint [OPTIONS] FILE…",
    disable_version_flag = true,
    disable_help_flag = true,
    max_term_width = 100
)]
pub(super) struct LintArgs {
    /// Zone files; - is standard input
    #[arg(value_name = "FILE", required = true, hide = true)]
    files: Vec<OsString>,

    /// What the files are.
    #[command(flatten)]
    reading: args::Reading,

    /// How much of them is read.
    #[command(flatten)]
    limits: args::Limits,

    /// Where the report goes.
    #[command(flatten)]
    report: args::Report,
}

/// Carries out the verb.
///
/// # Errors
/// The flags mean nothing, a file cannot be read, or the report cannot be written.
pub(super) fn run(typed: &LintArgs) -> Result<u8, RunError> {
    let ending = Ending::read(&typed.report)?;
    let mut known = HashSet::new();
    let natures = Natures::new(typed.reading.clone(), typed.limits, &ending.policy.config);
    let Expansion { units, notes, is_partial, .. } = Expansion::of_all(&typed.files, Begin::Run);
    let (mut units, empty) = with_folders(units, &natures)?;
    units.retain(|unit| known.insert(unit.clone()));
    let templates = natures.without_templates(&mut units, Unit::file);
    let (units, instead) = whole_units(units, &natures);
    let (units, apart) = parts::together(units, &natures);
    let units = pages::together(units, &natures);
    let mut units: Vec<&Unit> = units.iter().collect();
    // What is wrong with records of another zone is said there.
    units.retain(|unit| unit.zone().is_none_or(|it| it.alias_of.is_none() && !it.is_empty()));
    let (mut read, mut findings, mut unread): (Vec<ReadFile>, Vec<Finding>, Vec<Mistake>) =
        (Vec::with_capacity(units.len()), Vec::new(), Vec::new());
    let mut places = HashMap::new();
    let (mut is_cut, mut incomplete) = (is_partial, Vec::new());
    unread.extend(empty);
    for judged in all(&units, &ending.policy, &natures)? {
        match judged {
            Ok(JudgedFiles { files, findings: mut found, is_cut: is_one_cut, notes }) => {
                is_cut |= is_one_cut;
                incomplete.extend(notes);
                files.into_iter().for_each(|file| add(&mut read, &mut places, file));
                findings.append(&mut found);
            }
            Err(why) => unread.push(why),
        }
    }
    // The others are no reason to say nothing, and what was read does not hide what was not.
    if let (true, Some(first)) = (read.is_empty(), unread.first()) {
        return Err(match unread.len() {
            1 => first.clone(),
            count => Mistake::new(format!("{first} (and {} more)", count - 1)),
        }
        .into());
    }
    for why in &unread {
        // Where standard error is closed there is nobody left to tell.
        let _ = writeln!(io::stderr(), "error: {why}");
    }
    number(&mut findings);
    let skipped = unread.iter().map(|why| Phrase::new().plain("not read: ").plain(why.to_string()));
    let run = Run {
        files: read,
        notes: notes
            .into_iter()
            .chain(templates)
            .chain(instead)
            .chain(apart)
            .chain(incomplete)
            .chain(skipped)
            .collect(),
        is_partial: is_cut || !unread.is_empty(),
        ..Run::default()
    };
    let code = conclude(run, Vec::new(), findings, &ending, super::clock::now())?;
    Ok(if unread.is_empty() { code } else { UNREAD })
}

/// Adds a file, once, though several zones may read it.
fn add(read: &mut Vec<ReadFile>, places: &mut HashMap<String, usize>, file: ReadFile) {
    let index = *places.entry(file.file.clone()).or_insert(read.len());
    match read.get_mut(index) {
        Some(known) => {
            known.zones.extend(file.zones);
            known.records += file.records;
        }
        None => read.push(file),
    }
}

/// The files, those of a folder that hold records in its place, and which folders have none.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
fn with_folders(units: Vec<Unit>, natures: &Natures) -> Result<(Vec<Unit>, Vec<Mistake>), Mistake> {
    let (mut all, mut empty) = (Vec::with_capacity(units.len()), Vec::new());
    for unit in units {
        let folder = match &unit {
            Unit::File(path) if path.is_dir() => path,
            Unit::File(_) | Unit::Pages(_) | Unit::Zone(_) => {
                all.push(unit);
                continue;
            }
        };
        let listing = folder::listing(folder, None, natures)?;
        if let Some((file, why)) = listing.fault(folder) {
            empty.push(Mistake::new(format!("{}: {why}", file.display())));
        }
        all.extend(listing.files.into_iter().map(Unit::File));
    }
    Ok((all, empty))
}

/// The exit code where a file could not be read.
const UNREAD: u8 = 2;

/// Files that are read as one, and what was found in them.
struct JudgedFiles {
    files: Vec<ReadFile>,
    findings: Vec<Finding>,
    /// True if names were left out, or pages of a list are not there.
    is_cut: bool,
    /// Which files are not all of a list.
    notes: Vec<Phrase>,
}

/// Judges every file, in their order; why one cannot be read is in its place.
///
/// # Errors
/// The system gives no runtime.
fn all(
    units: &[&Unit],
    policy: &Policy,
    natures: &Natures,
) -> Result<Vec<Result<JudgedFiles, Mistake>>, RunError> {
    let next = AtomicUsize::new(0);
    let judged: Mutex<Vec<(usize, Result<JudgedFiles, Mistake>)>> =
        Mutex::new(Vec::with_capacity(units.len()));
    let large = Mutex::new(());
    let work = || -> Result<(), RunError> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(unit) = units.get(index) else { return Ok(()) };
            let one = judge(unit, (policy, natures), &large, &runtime);
            judged.lock().unwrap_or_else(PoisonError::into_inner).push((index, one));
        }
    };
    let others = thread::available_parallelism().map_or(1, usize::from).min(AT_ONCE);
    let others = others.min(units.len()).saturating_sub(1);
    thread::scope(|scope| {
        for _ in 0..others {
            // Without another thread the work is done by those that there are.
            let _ = thread::Builder::new().spawn_scoped(scope, work);
        }
        work()
    })?;
    let mut judged = judged.into_inner().unwrap_or_else(PoisonError::into_inner);
    judged.sort_by_key(|(index, _)| *index);
    Ok(judged.into_iter().map(|(_, one)| one).collect())
}

/// Judges what is read as one.
///
/// # Errors
/// A file cannot be read, or is no text.
fn judge(
    unit: &Unit,
    (policy, natures): (&Policy, &Natures),
    large: &Mutex<()>,
    runtime: &tokio::runtime::Runtime,
) -> Result<JudgedFiles, Mistake> {
    let paths = unit.paths();
    let texts = match unit {
        Unit::File(_) | Unit::Pages(_) => Vec::new(),
        Unit::Zone(zone) => zone.texts(&|path| text_of(path, natures))?,
    };
    let text = match unit {
        Unit::File(argument) => text_of(input::split(argument).1, natures)?,
        Unit::Pages(_) | Unit::Zone(_) => Vec::new(),
    };
    let size = text.len() + texts.iter().map(|it| it.text.len()).sum::<usize>();
    // What a file is read into is many times its size.
    let _alone = (size > LARGE).then(|| large.lock().unwrap_or_else(PoisonError::into_inner));
    let Version { files, text } = match unit {
        Unit::File(argument) => {
            let whole = natures.assembled(argument, text);
            let mut files = natures.understood(argument, &whole);
            natures.apply(input::split(argument).1, &mut files.zones);
            Version { files, text: whole.into_text() }
        }
        Unit::Pages(files) => pages::version(files, &|path| text_of(path, natures), natures)?,
        Unit::Zone(zone) => zone.version(&texts, natures),
    };
    // What is left out for its size would pass for sound.
    if let Some(error) = files.errors.iter().find(|error| error.kind == ErrorKind::Limit) {
        return Err(Mistake::new(error.to_string()));
    }
    let pages = files.errors.iter().filter(|error| error.kind == ErrorKind::Incomplete);
    let mut pages: Vec<Phrase> = pages.map(|page| incomplete(&page.place.file)).collect();
    pages.dedup();
    // Whoever says that others add records knows that this is not all.
    if paths.iter().all(|path| natures.is_partial(path)) {
        pages.clear();
    }
    let facts = Facts::new(files, text.into());
    let mut linted = runtime.block_on(audit::lint(&facts));
    if paths.iter().any(|path| natures.is_internal(path)) {
        linted.findings.retain(|finding| !is_right_inside(finding));
    }
    heed_comments(policy, &facts, &mut linted);
    let audit::Linted { zones, records, is_cut, findings, .. } = linted;
    let names = paths.into_iter().map(|path| path.display().to_string());
    let files = match unit {
        Unit::File(_) => names.map(|file| (file, records)).collect(),
        Unit::Pages(_) | Unit::Zone(_) => {
            names.map(|file| (file.clone(), records_in(&facts, &file))).collect()
        }
    };
    let read = |(file, records): (String, usize)| {
        let file = escape(file.as_bytes());
        ReadFile { file, zones: zones.clone(), records }
    };
    let files = Vec::into_iter(files).map(read).collect();
    Ok(JudgedFiles { files, findings, is_cut: is_cut || !pages.is_empty(), notes: pages })
}

/// Says of a file that it holds a page of a list, and not the others.
fn incomplete(file: &str) -> Phrase {
    let said = " is not the whole list: what its other pages hold is undetermined (allow it with ";
    Phrase::new().code(escape(file.as_bytes())).plain(said).code("--partial").plain(")")
}

/// How many records of a zone stand in a file.
fn records_in(facts: &Facts, file: &str) -> usize {
    let places = facts.records().filter_map(|(.., record)| record.place.as_ref());
    places.filter(|place| *place.file == *file).count()
}

/// The content of a file.
///
/// # Errors
/// It cannot be read, or is no text.
fn text_of(path: &Path, natures: &Natures) -> Result<Vec<u8>, Mistake> {
    let text = match path.as_os_str() == "-" {
        true => input::standard_input(natures.most_octets())?,
        false => input::read(path, natures.most_octets())?,
    };
    if let Some(place) = text.iter().position(|octet| *octet == 0) {
        let line = text.iter().take(place).filter(|octet| **octet == b'\n').count() + 1;
        let name = path.display();
        return Err(Mistake::new(format!("{name}: not a text file: NUL byte at line {line}")));
    }
    Ok(text)
}
