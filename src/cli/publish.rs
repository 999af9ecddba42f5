//! Where reports go while they come in: every output gets each domain as soon as it is decided, and
//! nothing of a domain is kept that no output needs.

use super::destination::Destination;
use super::repository::Repository;
use super::words::{Ending, Format, Output};
use super::{RunError, write};
use crate::config::Decisions;
use crate::render::Stream;
use crate::render::text::Look;
use crate::report::{Domain, FileLocation, Finding, Run, Tally, Threshold};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A report that is being written.
pub(super) struct Publication<'e> {
    decisions: Decisions<'e>,
    tally: Tally,
    /// The outputs, and the summary of the job where there is one.
    streams: Vec<Published>,
    /// Where the files are, for services that show findings.
    repository: Option<Repository>,
}

/// An output that is being written.
struct Published {
    format: Format,
    form: Box<dyn Stream>,
    to: Destination,
}

impl<'e> Publication<'e> {
    /// Opens the outputs. `is_many` says that there are too many domains for a screen of text each.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(super) fn open(ending: &'e Ending, today: &str, is_many: bool) -> Result<Self, RunError> {
        let threshold = Threshold {
            fail_on: ending.fail_on,
            is_named: ending.names_fail_on,
            exit_zero: ending.exit_zero,
        };
        let mut streams = Vec::new();
        for output in &ending.outputs {
            let mut look = match &output.file {
                Some(_) => write::look(&ending.appearance, None),
                None => write::screen(&ending.appearance),
            };
            look.table = is_many && ending.may_be_table();
            let to = Destination::open(output.file.as_deref())?;
            streams.push(Published::new(output.format, look, to));
        }
        if let Some(summary) = job_summary(&ending.outputs) {
            let to = Destination::Appended(summary, Vec::new());
            let look = write::look(&ending.appearance, None);
            streams.push(Published::new(Format::Markdown, look, to));
        }
        Ok(Self {
            decisions: Decisions::new(&ending.policy, today),
            tally: Tally::new(threshold),
            streams,
            repository: Repository::find().ok(),
        })
    }

    /// Begins the documents with what is known of the run.
    ///
    /// # Errors
    /// They cannot be written.
    pub(super) fn begin(&mut self, run: Run) -> Result<(), RunError> {
        let report = self.tally.conclude(run, Vec::new());
        self.streams.iter_mut().try_for_each(|one| one.put(|form, out| form.begin(&report, out)))
    }

    /// Writes a domain, with its owner's decisions applied.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn domain(&mut self, domain: Domain) -> Result<(), RunError> {
        let mut domain = self.decisions.apply(domain);
        self.tally.add(&domain);
        put_all(&mut self.streams, NAMED_AS_TYPED, |form, out| form.domain(&domain, out))?;
        if let Some(repository) = &self.repository {
            name_from_top(repository, &mut domain.findings);
            domain.declared.iter_mut().for_each(|place| place_from_top(repository, place));
        }
        put_all(&mut self.streams, NAMED_FROM_TOP, |form, out| form.domain(&domain, out))
    }

    /// True if nobody is left to write for.
    pub(super) fn is_closed(&self) -> bool {
        !self.streams.is_empty() && self.streams.iter().all(|one| one.to.is_closed())
    }

    /// Ends the documents; the exit code says how the run ended, as `end` says if it ended otherwise
    /// than by what was found.
    ///
    /// # Errors
    /// They cannot be written.
    pub(super) fn finish(
        mut self,
        run: Run,
        findings: Vec<Finding>,
        end: Option<u8>,
    ) -> Result<u8, RunError> {
        let findings = self.decisions.finish(findings);
        self.tally.add_findings(&findings);
        let mut report = self.tally.conclude(run, findings);
        report.exit_code = end.unwrap_or(report.exit_code);
        put_all(&mut self.streams, NAMED_AS_TYPED, |form, out| form.end(&report, out))?;
        if let Some(repository) = &self.repository {
            name_from_top(repository, &mut report.findings);
        }
        put_all(&mut self.streams, NAMED_FROM_TOP, |form, out| form.end(&report, out))?;
        self.streams.into_iter().try_for_each(|one| one.to.keep())?;
        Ok(report.exit_code)
    }
}

/// Writes a part of the documents in which files are named so.
fn put_all(
    streams: &mut [Published],
    is_meant: fn(Format) -> bool,
    part: impl Fn(&mut dyn Stream, &mut dyn Write) -> io::Result<()>,
) -> Result<(), RunError> {
    let mut meant = streams.iter_mut().filter(|one| is_meant(one.format));
    meant.try_for_each(|one| one.put(&part))
}

/// Services that show findings beside the lines of a repository take paths from its top; a person, and a
/// program that opens the file, those that were typed.
const NAMED_FROM_TOP: fn(Format) -> bool = |format| match format {
    Format::GitHub | Format::Markdown | Format::Sarif => true,
    Format::GitLab | Format::JUnit | Format::Prometheus => true,
    Format::Html | Format::Json | Format::JsonLines | Format::Tsv | Format::Text => false,
};
const NAMED_AS_TYPED: fn(Format) -> bool = |format| !NAMED_FROM_TOP(format);

/// Names the files of findings from the top of the repository.
fn name_from_top(repository: &Repository, findings: &mut [Finding]) {
    let places = findings.iter_mut().filter_map(|finding| finding.location.as_mut());
    places.for_each(|place| place_from_top(repository, place));
}

fn place_from_top(repository: &Repository, place: &mut FileLocation) {
    if let Some(file) = repository.path_from_top(&place.file) {
        place.file = file;
    }
}

impl Published {
    fn new(format: Format, look: Look, to: Destination) -> Self {
        Self { format, form: write::stream(format, look), to }
    }

    /// Writes a part of the document.
    fn put(
        &mut self,
        part: impl FnOnce(&mut dyn Stream, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), RunError> {
        self.to.put(|out| part(&mut *self.form, out))
    }
}

/// The file of the job's summary, where this is a step of GitHub Actions and the report is not
/// written there as one of the outputs.
fn job_summary(outputs: &[Output]) -> Option<PathBuf> {
    let is_there = |summary: &Path| {
        outputs.iter().any(|output| {
            let file = output.file.as_deref().filter(|_| output.format == Format::Markdown);
            file.is_some_and(|file| write::is_same_file(file, summary))
        })
    };
    write::step_summary().filter(|summary| !is_there(summary))
}
