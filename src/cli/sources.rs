//! Where answers come from: the one place that puts sources together.

use super::history::store;
use super::input::{read, zones};
use super::new_file::LateFile;
use super::unread::Unread;
use super::words::{Http, Mistake, Sources};
use crate::audit::MarkRoots;
use crate::dns::{
    self, Addressee, Answer, Cache, Dns, Ending, Endpoint, Failure, FaultScript, Injector, Live,
    LiveOptions, Lookup, Outcome, Provenance, Question, Recording, Replay, Server, Trouble,
};
use crate::net::tls::{Roots, RootsError};
use crate::smtp::{self, Smtp};
use crate::text::Phrase;
use crate::web::{self, Web};
use crate::zonefile::formats::Files;
use crate::zonefile::zone::Ignore;
use crate::zonefile::zone::{Notice, Remark};
use crate::zonefile::{Overlay, Zone};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The largest file of certificates that is read: a hundred times all public authorities.
const CERTIFICATES_LIMIT: u64 = 16 * 1024 * 1024;
/// The largest cassette that is read.
const CASSETTE_LIMIT: u64 = 256 * 1024 * 1024;

/// Sources put together as the user asked.
pub(super) struct Stack {
    /// What answers.
    pub dns: Arc<dyn Dns>,
    /// Where answers come from, in words.
    pub names: Vec<String>,
    /// True if nothing is asked over a wire, so that the run can be repeated to the letter.
    pub is_repeatable: bool,
    /// The moment that answers are of, in seconds since 1970; `None` if they are of now.
    pub moment: Option<u64>,
    recorder: Option<Arc<Recording<Arc<dyn Dns>, LateFile>>>,
    /// The files of the recording, or nothing where none may be asked; `None` for the web itself.
    files: Option<Arc<dyn Web>>,
    asked: Arc<AtomicUsize>,
    /// The certificate authorities that are trusted.
    pub roots: Roots,
    injectors: Vec<Arc<Injector<Arc<dyn Dns>>>>,
    /// The dialogues with mail servers that are replayed; `None` for the servers themselves.
    dialogues: Option<Vec<Box<str>>>,
    /// What comments of the zone files leave out.
    pub comments: Vec<Ignore>,
    /// What of the zone files was not read.
    pub unread: Unread,
}

impl Stack {
    /// What is said of injections that no query met in any layer.
    pub(super) fn idle_faults(&self) -> impl Iterator<Item = Phrase> {
        let mut faults: Vec<(String, bool)> = Vec::new();
        for (fault, is_met) in self.injectors.iter().flat_map(|injector| injector.faults()) {
            let word = fault.to_string();
            match faults.iter_mut().find(|(known, _)| *known == word) {
                Some((_, met)) => *met |= is_met,
                None => faults.push((word, is_met)),
            }
        }
        let idle = faults.into_iter().filter(|(_, met)| !met);
        idle.map(|(word, _)| {
            Phrase::new().plain("the fault ").code(word).plain(" was never triggered")
        })
    }

    /// How many questions went to the lowest source.
    pub(super) fn questions(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// Zones laid over what answers, and faults over everything: a drill is about the answers that
    /// are used, wherever they come from.
    ///
    /// # Errors
    /// A fault cannot be understood.
    pub(super) fn layered(
        &mut self,
        mut dns: Arc<dyn Dns>,
        zones: Vec<Zone>,
        faults: &[String],
    ) -> Result<Arc<dyn Dns>, Mistake> {
        if !zones.is_empty() {
            dns = Arc::new(Overlay::new(zones, dns));
        }
        for script in faults {
            let script: FaultScript =
                script.parse().map_err(|why| Mistake::new(format!("--fault: {why}")))?;
            let injector = Arc::new(Injector::new(script, dns));
            self.injectors.push(Arc::clone(&injector));
            dns = injector;
        }
        Ok(dns)
    }

    /// What holds dialogues with mail servers, recorded if that is wanted.
    ///
    /// # Errors
    /// The recording holds something else than dialogues, or there is no cryptography.
    pub(super) fn smtp(&self) -> Result<Arc<dyn Smtp>, Mistake> {
        let smtp: Arc<dyn Smtp> = match &self.dialogues {
            Some(lines) => {
                let read = smtp::Recorded::read(lines.iter().map(|line| &**line));
                Arc::new(read.map_err(Mistake::new)?)
            }
            None => Arc::new(smtp::Live::new(&self.roots).map_err(Mistake::new)?),
        };
        Ok(match &self.recorder {
            None => smtp,
            Some(recorder) => {
                let recorder = Arc::clone(recorder);
                let note = move |key: &str, line| recorder.note(key, line);
                Arc::new(smtp::Recorder::new(smtp, Box::new(note)))
            }
        })
    }

    /// What fetches the files that records lead to, recorded if that is wanted.
    pub(super) fn web(&self, http: Http) -> Arc<dyn Web> {
        let web: Arc<dyn Web> = match (http, &self.files) {
            (Http::Off, _) => Arc::new(web::Unasked),
            (_, Some(files)) => Arc::clone(files),
            (_, None) => {
                let mut options = web::LiveOptions::default();
                if let Http::Anywhere { port } = http {
                    (options.allows_local, options.port) = (true, port);
                }
                options.roots = self.roots.clone();
                Arc::new(web::Live::new(options))
            }
        };
        match &self.recorder {
            None => web,
            Some(recorder) => {
                let recorder = Arc::clone(recorder);
                let note = move |key: &str, line| recorder.note(key, line);
                Arc::new(web::Recorder::new(web, Box::new(note)))
            }
        }
    }

    /// Ends the recording, if one is wanted.
    ///
    /// # Errors
    /// It could not be written.
    pub(super) fn finish_recording(&self, ending: Ending) -> io::Result<Option<LateFile>> {
        self.recorder.as_ref().map_or(Ok(None), |recorder| recorder.finish(ending))
    }
}

/// Puts the sources together: what answers at the bottom, then the recorder, the cache, zones and
/// faults on top.
///
/// # Errors
/// A file cannot be read or is faulty, a server cannot be understood, or there is none.
pub(super) fn stack(sources: &Sources, today: &str) -> Result<Stack, Mistake> {
    let mut stack = bottom(sources, today)?;
    let files = sources
        .zones
        .iter()
        .map(|path| zones(path, &sources.limits))
        .collect::<Result<Vec<_>, _>>()?;
    let names = sources.zones.iter().zip(&files).map(|(path, files)| named(path, files));
    stack.names.splice(0..0, names.collect::<Vec<_>>());
    let mut zones = Vec::with_capacity(files.len());
    for mut file in files {
        stack.unread.add(&file, "");
        stack.comments.append(&mut file.ignores);
        zones.append(&mut file.zones);
    }
    let (zones, overlaps) = Zone::merged(zones);
    stack.unread.add_overlaps(&overlaps, "");
    stack.dns = stack.layered(Arc::clone(&stack.dns), zones, &sources.faults)?;
    Ok(stack)
}

/// The name of a file, and what of it could not be read: nothing is claimed about that.
pub(super) fn named(path: &Path, files: &Files) -> String {
    let is_skipped = |notice: &&Notice| {
        matches!(notice.remark, Remark::Skipped { .. } | Remark::Unchanged { .. })
    };
    let skipped: Vec<&Notice> = files.notices.iter().filter(is_skipped).collect();
    match skipped.as_slice() {
        [] => path.display().to_string(),
        [one] => format!("{} without its unreadable part ({one})", path.display()),
        [first, others @ ..] => {
            let more = others.len() + files.omitted_notices;
            format!("{} without its unreadable parts ({first}; and {more} more)", path.display())
        }
    }
}

/// What answers where no file speaks: a cassette, servers or nobody, with the recorder and the cache.
///
/// # Errors
/// A cassette cannot be read or is faulty, a server cannot be understood, or there is none.
pub(super) fn bottom(sources: &Sources, today: &str) -> Result<Stack, Mistake> {
    let mut names = Vec::new();
    let asked = Arc::new(AtomicUsize::new(0));
    let roots = roots(sources)?;
    let mut dialogues = (sources.offline || sources.at.is_some()).then(Vec::new);
    let mut files: Option<Arc<dyn Web>> = None;
    let (bottom, is_repeatable): (Arc<dyn Dns>, bool) = if let Some(path) = &sources.replay {
        let text = read(path, CASSETTE_LIMIT)?;
        files = Some(Arc::new(recorded_files(path, &text)?));
        let replay = played(path, text)?;
        dialogues = Some(replay.dialogues().to_vec());
        let how = if replay.is_interrupted() { ", which was interrupted" } else { "" };
        names.push(format!("replayed from {}{how}", path.display()));
        (Arc::new(replay), true)
    } else if let Some((path, at)) = &sources.at {
        let (replay, name) = store::moment(path, *at)?;
        names.push(name);
        (Arc::new(replay), true)
    } else if sources.offline {
        files = Some(Arc::new(web::Unasked));
        (Arc::new(Offline), true)
    } else {
        let live = compared(live(sources)?, sources)?;
        names.extend(sources.resolvers.iter().cloned());
        if names.is_empty() {
            names.push("the system's DNS servers".to_owned());
        }
        (live, false)
    };
    let mut dns: Arc<dyn Dns> = Arc::new(Counted { under: bottom, asked: Arc::clone(&asked) });
    let mut recorder = None;
    if let Some(path) = &sources.record {
        let cassette = Arc::new(Recording::new(dns, LateFile::new(path), today));
        recorder = Some(Arc::clone(&cassette));
        dns = cassette;
    }
    dns = Arc::new(Cache::new(dns));
    names.extend(sources.faults.iter().map(|script| format!("drill: {script}")));
    Ok(Stack {
        dns,
        names,
        is_repeatable,
        moment: sources.at.as_ref().map(|(_, at)| *at),
        recorder,
        files,
        asked,
        roots,
        injectors: Vec::new(),
        dialogues,
        comments: Vec::new(),
        unread: Unread::default(),
    })
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
    asking(servers, sources, dns::Sockets::Own)
}

/// The servers, and beside them each resolver that is compared, by itself.
fn compared(live: Live, sources: &Sources) -> Result<Arc<dyn Dns>, Mistake> {
    if sources.compared.is_empty() {
        return Ok(Arc::new(live));
    }
    let of = |text: &String| {
        let server = text.parse::<Server>();
        let server =
            server.map_err(|why| Mistake::new(format!("--compare-resolvers {text:?}: {why}")))?;
        Ok((text.clone(), asking(vec![server], sources, dns::Sockets::Own)?))
    };
    let resolvers = sources.compared.iter().map(of).collect::<Result<_, Mistake>>()?;
    Ok(Arc::new(Compared { under: live, resolvers }))
}

/// Hands a question that one resolver has to answer to it.
struct Compared {
    under: Live,
    resolvers: Vec<(String, Live)>,
}

impl Dns for Compared {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let Some(Addressee::Resolver(name)) = question.to.as_deref() else {
            return self.under.lookup(question);
        };
        match self.resolvers.iter().find(|(own, _)| **own == **name) {
            Some((_, resolver)) => resolver.lookup(question),
            None => self.under.lookup(question),
        }
    }
}

fn asking(servers: Vec<Server>, sources: &Sources, sockets: dns::Sockets) -> Result<Live, Mistake> {
    let mut options = LiveOptions::new(servers, sources.timeout);
    options.roots = roots(sources)?;
    options.sockets = sockets;
    Live::new(options).map_err(|why| Mistake::new(why.to_string()))
}

/// The certificate authorities that are trusted.
///
/// # Errors
/// The file of further ones cannot be read, or is faulty.
fn roots(sources: &Sources) -> Result<Roots, Mistake> {
    with_further(sources, Roots::public(), Roots::with_pem)
}

/// The authorities whose mark certificates are accepted.
///
/// # Errors
/// The file of further ones cannot be read, or is faulty.
pub(super) fn mark_roots(sources: &Sources) -> Result<MarkRoots, Mistake> {
    with_further(sources, MarkRoots::default(), MarkRoots::with_pem)
}

/// Authorities, and those of the file of further ones.
fn with_further<R>(
    sources: &Sources,
    roots: R,
    with_pem: fn(R, &[u8]) -> Result<R, RootsError>,
) -> Result<R, Mistake> {
    let Some(path) = &sources.ca_file else { return Ok(roots) };
    let text = read(path, CERTIFICATES_LIMIT)?;
    let named = |why| Mistake::new(format!("--ca-file {}: {why}", path.display()));
    with_pem(roots, &text).map_err(named)
}

/// True if servers answer, and nothing lies over them.
pub(super) fn is_plain(sources: &Sources) -> bool {
    let Sources { zones, offline, record, replay, at, faults, .. } = sources;
    let is_over = !zones.is_empty() || !faults.is_empty() || record.is_some();
    !is_over && !offline && replay.is_none() && at.is_none()
}

/// The servers that are asked, those of the system spelled out.
///
/// # Errors
/// A server cannot be understood, or there is none.
pub(super) fn endpoints(sources: &Sources) -> Result<Vec<Endpoint>, Mistake> {
    Ok(live(sources)?.endpoints().to_vec())
}

/// A way to the servers for each of them, in which that one is asked first: who takes them in turn
/// shares the load. The one at `first` comes first. Queries share sockets, of the runtime that asks.
///
/// # Errors
/// The settings of the system cannot be read.
pub(super) fn lanes(
    endpoints: &[Endpoint],
    sources: &Sources,
    first: usize,
) -> Result<Vec<Arc<dyn Dns>>, Mistake> {
    let mut servers: Vec<Server> = endpoints.iter().cloned().map(Server::Endpoint).collect();
    let many = servers.len();
    servers.rotate_left(first % many.max(1));
    let mut lanes: Vec<Arc<dyn Dns>> = Vec::with_capacity(many);
    for _ in 0..many {
        lanes.push(Arc::new(asking(servers.clone(), sources, dns::Sockets::Shared)?));
        servers.rotate_left(1);
    }
    Ok(lanes)
}

/// A cassette.
///
/// # Errors
/// It cannot be read, or is faulty.
pub(super) fn replay(path: &Path) -> Result<Replay, Mistake> {
    played(path, read(path, CASSETTE_LIMIT)?)
}

fn played(path: &Path, text: Vec<u8>) -> Result<Replay, Mistake> {
    Replay::read(&path.display().to_string(), text).map_err(|why| Mistake::new(why.to_string()))
}

/// What a cassette says of the web.
fn recorded_files(path: &Path, text: &[u8]) -> Result<web::Replay, Mistake> {
    let named = |fault: web::ReplayError| {
        Mistake::new(format!("{}:{}: {}", path.display(), fault.line, fault.what))
    };
    web::Replay::read(text).map_err(named)
}

/// Counts the questions that get through the cache. What a cassette does not hold was never asked.
struct Counted {
    under: Arc<dyn Dns>,
    asked: Arc<AtomicUsize>,
}

impl Dns for Counted {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            let answer = self.under.lookup(question).await;
            let failure = answer.failure();
            if failure.is_some_and(|failure| failure.trouble == Trouble::NotRecorded) {
                self.asked.fetch_sub(1, Ordering::Relaxed);
            }
            answer
        })
    }
}

/// Answers nothing: what lies under a zone when no server may be asked.
struct Offline;

impl Dns for Offline {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let failure = Failure::because(Trouble::NotQueried, "offline: not in the given files");
        let answer = Answer::new(
            question.clone(),
            Outcome::Failed(failure),
            Provenance::Zone("offline".into()),
        );
        Box::pin(std::future::ready(Arc::new(answer)))
    }
}
