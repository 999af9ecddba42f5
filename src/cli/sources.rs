//! Where answers come from: the one place that puts sources together.

use super::clock::Moment;
use super::plan::{Mistake, Sources};
use super::write;
use crate::dns::files::{self, Files, Format};
use crate::dns::{
    Answer, Cache, Dns, Failure, Fault, FaultScript, Live, LiveOptions, Lookup, Outcome, Overlay,
    Provenance, Question, Recorder, Replay, Server, Trouble, Zone,
};
use crate::report::Run;
use crate::text::escape;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The largest tape that is read.
const TAPE_LIMIT: u64 = 256 * 1024 * 1024;
/// The largest file with records that is read: some hundred thousand of them.
const ZONE_LIMIT: u64 = 64 * 1024 * 1024;

/// Sources put together as the user asked.
pub(super) struct Stack {
    /// What answers.
    pub dns: Arc<dyn Dns>,
    /// Where answers come from, in words.
    pub names: Vec<String>,
    /// True if nothing is asked over a wire, so that the run can be repeated to the letter.
    pub is_repeatable: bool,
    recorder: Option<Arc<Recorder<Arc<dyn Dns>>>>,
    asked: Arc<AtomicUsize>,
}

impl Stack {
    /// How many questions went to the lowest source.
    fn questions(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// How the report was made, for a run that began then and took so long. A run that can be
    /// repeated says the same every time, so it has no time of its own.
    pub(super) fn run(&self, started: Moment, elapsed: Duration) -> Run {
        let elapsed = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        Run {
            started: (!self.is_repeatable).then(|| started.rfc3339()),
            elapsed_ms: (!self.is_repeatable).then_some(elapsed),
            sources: self.names.iter().map(|name| escape(name.as_bytes())).collect(),
            questions: self.questions(),
            files: Vec::new(),
        }
    }

    /// Writes the tape of the run, if one is wanted.
    ///
    /// # Errors
    /// The tape cannot be written.
    pub(super) fn keep_tape(&self, sources: &Sources) -> Result<(), super::Trouble> {
        match (&sources.record, &self.recorder) {
            (Some(path), Some(recorder)) => write::file(path, recorder.tape().as_bytes()),
            _ => Ok(()),
        }
    }
}

/// Puts the sources together: what answers at the bottom, then the recorder, the cache, faults and
/// zones on top.
///
/// # Errors
/// A file cannot be read or is faulty, a server cannot be understood, or there is none.
pub(super) fn stack(sources: &Sources, today: &str) -> Result<Stack, Mistake> {
    let mut names = Vec::new();
    let asked = Arc::new(AtomicUsize::new(0));
    let (bottom, is_repeatable): (Arc<dyn Dns>, bool) = if let Some(path) = &sources.replay {
        names.push(format!("recorded in {}", path.display()));
        (Arc::new(replay(path)?), true)
    } else if sources.offline {
        (Arc::new(Offline), true)
    } else {
        let live = live(sources)?;
        names.extend(sources.resolvers.iter().cloned());
        if names.is_empty() {
            names.push("the system's DNS servers".to_owned());
        }
        (Arc::new(live), false)
    };
    let mut dns: Arc<dyn Dns> = Arc::new(Counted { under: bottom, asked: Arc::clone(&asked) });
    let mut recorder = None;
    if sources.record.is_some() {
        let tape = Arc::new(Recorder::new(dns).dated(today));
        recorder = Some(Arc::clone(&tape));
        dns = tape;
    }
    dns = Arc::new(Cache::new(dns));
    if !sources.zones.is_empty() {
        let zones = sources.zones.iter().map(|path| zones(path)).collect::<Result<Vec<_>, _>>()?;
        names.splice(0..0, sources.zones.iter().map(|path| path.display().to_string()));
        dns = Arc::new(Overlay::new(zones.into_iter().flatten(), dns));
    }
    // Above everything else: a drill is about the answers that are used, whoever gives them.
    for script in &sources.faults {
        names.push(format!("drill: {script}"));
        let script: FaultScript =
            script.parse().map_err(|why| Mistake::new(format!("--fault: {why}")))?;
        dns = Arc::new(Fault::new(script, dns));
    }
    Ok(Stack { dns, names, is_repeatable, recorder, asked })
}

fn live(sources: &Sources) -> Result<Live, Mistake> {
    let servers = sources
        .resolvers
        .iter()
        .map(|text| {
            text.parse::<Server>()
                .map_err(|why| Mistake::new(format!("--resolver {text:?}: {why}")))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Live::new(LiveOptions { servers, timeout: sources.timeout })
        .map_err(|why| Mistake::new(why.to_string()))
}

fn replay(path: &Path) -> Result<Replay, Mistake> {
    let text = read(path, TAPE_LIMIT)?;
    Replay::read(&path.display().to_string(), &text).map_err(|why| Mistake::new(why.to_string()))
}

/// A file with records: its name, the format that a word before it chooses, and its text.
pub(super) struct File {
    /// As the user named it.
    pub name: String,
    /// The format; otherwise the file tells.
    pub format: Option<Format>,
    /// Its octets.
    pub text: Vec<u8>,
}

impl File {
    /// Reads a file, or standard input, which is named `-`.
    ///
    /// # Errors
    /// It cannot be read, or it is too large.
    pub(super) fn open(argument: &Path) -> Result<Self, Mistake> {
        let (format, path) = match argument.to_str().map(Format::split) {
            Some((format, file)) => (format, Path::new(file)),
            None => (None, argument),
        };
        let text = match path.as_os_str() == "-" {
            true => standard_input(ZONE_LIMIT)?,
            false => read(path, ZONE_LIMIT)?,
        };
        Ok(Self { name: path.display().to_string(), format, text })
    }

    /// What it says, in whatever format.
    pub(super) fn files(&self) -> Files {
        match self.format {
            Some(format) => files::read_as(format, &self.name, &self.text),
            None => files::read(&self.name, &self.text),
        }
    }
}

/// The zones that a file holds, in whatever format; a word before a colon chooses one.
fn zones(argument: &Path) -> Result<Vec<Zone>, Mistake> {
    let files = File::open(argument)?.files();
    let files = files.strict().map_err(|faults| {
        let shown: Vec<String> = faults.iter().take(5).map(ToString::to_string).collect();
        let more = faults.len().saturating_sub(shown.len());
        let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        Mistake::new(format!("{}{more}", shown.join("; ")))
    })?;
    Ok(files.zones)
}

/// The content of a file up to one octet beyond a limit, by which a longer one is told.
///
/// # Errors
/// The file cannot be read.
#[allow(clippy::disallowed_methods, reason = "files are opened here")]
pub(super) fn beginning(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    // A device or a pipe does not tell its size, so what is read is what is bounded.
    fs::File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut content)?;
    Ok(content)
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Mistake> {
    within(limit, &path.display().to_string(), beginning(path, limit))
}

/// The content of standard input.
///
/// # Errors
/// It cannot be read, or it is too large.
fn standard_input(limit: u64) -> Result<Vec<u8>, Mistake> {
    let mut content = Vec::new();
    let stdin = std::io::stdin().lock();
    let read = stdin.take(limit.saturating_add(1)).read_to_end(&mut content);
    within(limit, "standard input", read.map(|_| content))
}

fn within(limit: u64, name: &str, content: std::io::Result<Vec<u8>>) -> Result<Vec<u8>, Mistake> {
    let content = content.map_err(|why| Mistake::new(format!("{name}: {why}")))?;
    if u64::try_from(content.len()).is_ok_and(|size| size <= limit) {
        return Ok(content);
    }
    let limit = limit / (1024 * 1024);
    Err(Mistake::new(format!("{name}: larger than {limit} MiB")))
}

/// Counts the questions that get through the cache.
struct Counted {
    under: Arc<dyn Dns>,
    asked: Arc<AtomicUsize>,
}

impl Dns for Counted {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.under.lookup(question)
    }
}

/// Answers nothing: what lies under a zone when no server may be asked.
struct Offline;

impl Dns for Offline {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let failure = Failure::because(Trouble::Network, "offline: not in the files given");
        let answer = Answer::new(
            question.clone(),
            Outcome::Failed(failure),
            Provenance::Zone("offline".into()),
        );
        Box::pin(std::future::ready(Arc::new(answer)))
    }
}
