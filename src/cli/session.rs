//! A run that asks the DNS: when it began, what answers, how long it may take, and what is kept of
//! it. Every verb that asks opens one.

use super::clock::{self, Moment};
use super::sources::{self, Stack};
use super::words::{Mistake, Sources};
use super::{RunError, write};
use crate::audit::Clock;
use crate::dns::{Dns, Ending};
use crate::report::Run;
use crate::text::{Phrase, escape};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A run that asks the DNS.
pub(super) struct Session {
    /// When it began.
    pub started: Moment,
    /// What answers.
    pub stack: Stack,
    /// How long a domain may take.
    pub deadline: Deadline,
    /// Where the recording goes, if one is wanted.
    record: Option<PathBuf>,
    begin: Instant,
}

impl Session {
    /// Opens the sources, with the zone files laid over them and the faults over everything.
    ///
    /// # Errors
    /// A file cannot be read or is faulty, a server cannot be understood, there is none, or the
    /// recording cannot be written.
    pub(super) fn open(sources: &Sources) -> Result<Self, RunError> {
        Self::over(sources, sources::stack)
    }

    /// Opens what answers where no file speaks; what lies over that is for the verb to say.
    ///
    /// # Errors
    /// A recording cannot be read or is faulty, or cannot be written; a server cannot be understood, or
    /// there is none.
    pub(super) fn open_bottom(sources: &Sources) -> Result<Self, RunError> {
        Self::over(sources, sources::bottom)
    }

    #[allow(clippy::disallowed_methods, reason = "the clock is read here")]
    fn over(
        sources: &Sources,
        stack: impl FnOnce(&Sources, &str) -> Result<Stack, Mistake>,
    ) -> Result<Self, RunError> {
        let started = clock::now();
        let begin = Instant::now();
        let stack = stack(sources, &started.date())?;
        let deadline = Deadline::new(sources.deadline);
        // Reports are on their way before the recording is written: that it can be, is tried now.
        sources.record.as_deref().map_or(Ok(()), write::probe)?;
        Ok(Self { started, stack, deadline, record: sources.record.clone(), begin })
    }

    /// What answers.
    pub(super) fn dns(&self) -> &Arc<dyn Dns> {
        &self.stack.dns
    }

    /// The clock of the run. One that can be repeated says the same every time, so it has no time of
    /// its own.
    pub(super) fn clock(&self) -> Clock {
        match (self.stack.moment, self.stack.is_repeatable) {
            (Some(seconds), _) => Clock { seconds },
            (None, true) => Clock::default(),
            (None, false) => Clock { seconds: self.started.seconds },
        }
    }

    /// How long it has taken so far.
    pub(super) fn elapsed(&self) -> Duration {
        self.begin.elapsed()
    }

    /// How the report was made, as of now.
    pub(super) fn run(&self) -> Run {
        let Stack { names, is_repeatable, .. } = &self.stack;
        let elapsed = u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX);
        Run {
            errors: Vec::new(),
            started: (!is_repeatable).then(|| self.started.rfc3339()),
            elapsed_ms: (!is_repeatable).then_some(elapsed),
            sources: names.iter().map(|name| escape(name.as_bytes())).collect(),
            questions: self.stack.questions(),
            notes: self
                .stack
                .unread
                .notes
                .iter()
                .cloned()
                .chain(self.stack.idle_faults())
                .collect(),
            is_partial: self.stack.unread.is_partial,
            files: Vec::new(),
        }
    }

    /// Completes what is known of the run, beside its notes, and keeps the recording.
    ///
    /// # Errors
    /// The recording cannot be written.
    pub(super) fn finish(&self, run: &mut Run) -> Result<(), RunError> {
        let notes = std::mem::take(&mut run.notes);
        *run = self.run();
        run.notes.extend(notes);
        self.keep_recording()
    }

    /// Keeps the recording of a run that came to its end, if one is wanted.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn keep_recording(&self) -> Result<(), RunError> {
        self.end_recording(Ending::Whole)
    }

    /// Keeps the recording of the run, if one is wanted; one that was interrupted says so.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn end_recording(&self, ending: Ending) -> Result<(), RunError> {
        let Some(path) = &self.record else { return Ok(()) };
        let recording = self.stack.finish_recording(ending);
        match recording.map_err(|why| RunError::File(path.clone(), why))? {
            Some(file) => file.keep(),
            None => Ok(()),
        }
    }
}

/// How many times the deadline of a domain a run over files may take.
const ROUNDS: u32 = 40;

/// How long the work on one domain may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Duration);

impl Deadline {
    /// So much time for each domain.
    pub(super) fn new(length: Duration) -> Self {
        Self(length)
    }

    /// When work has to be done that begins now.
    pub(super) fn end(self) -> tokio::time::Instant {
        tokio::time::Instant::now() + self.0
    }

    /// When a run has to be done that begins now, however many domains it is about: files of strangers may
    /// name any number of them.
    pub(super) fn end_of_run(self) -> tokio::time::Instant {
        tokio::time::Instant::now() + self.0 * ROUNDS
    }

    /// That the time of the run is over, in words.
    pub(super) fn run_too_late(self) -> Phrase {
        let most = (self.0 * ROUNDS).as_secs_f32();
        Phrase::new()
            .unknown("undetermined")
            .plain(format!(": the run takes more than {most} s ({ROUNDS} times --deadline)"))
    }

    /// What work that begins now comes to, if it is done in time.
    ///
    /// # Errors
    /// The time is over, in words.
    pub(super) async fn bound<F: Future>(self, work: F) -> Result<F::Output, Phrase> {
        tokio::time::timeout_at(self.end(), work).await.map_err(|_| self.too_late())
    }

    /// That the time is over, in words.
    pub(super) fn too_late(self) -> Phrase {
        Phrase::new()
            .unknown("undetermined")
            .plain(format!(": not finished within {} s (--deadline)", self.0.as_secs_f32()))
    }
}
