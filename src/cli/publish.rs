//! Where reports go while they come in: every output gets each domain as soon as it is decided, and
//! nothing of a domain is kept that no output needs.

use super::destination::Destination;
use super::repository::Repository;
use super::words::{Ending, Format, Output};
use super::{RunError, write};
use crate::config::Decisions;
use crate::render::{Stream, markdown};
use crate::report::{Domain, FileLocation, Finding, Report, Run, Tally, Threshold};
use std::io::{self, Write};

/// A report that is being written.
pub(super) struct Publication<'e> {
    ending: &'e Ending,
    decisions: Decisions<'e>,
    tally: Tally,
    /// The outputs that are written while domains come in.
    streams: Vec<Published>,
    /// The outputs that need all domains at once.
    others: Vec<&'e Output>,
    /// True if the summary of a job may need them too.
    is_summarised: bool,
    /// The outlines of all domains, where an output needs them.
    outlines: Vec<Domain>,
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
        let (mut streams, mut others) = (Vec::new(), Vec::new());
        for output in &ending.outputs {
            let mut look = match &output.file {
                Some(_) => write::look(&ending.appearance, None),
                None => write::screen(&ending.appearance),
            };
            look.table = is_many && ending.may_be_table();
            let Some(form) = write::stream(output.format, look) else {
                others.push(output);
                continue;
            };
            let (format, to) = (output.format, Destination::open(output.file.as_deref())?);
            streams.push(Published { format, form, to });
        }
        Ok(Self {
            ending,
            decisions: Decisions::new(&ending.policy, today),
            tally: Tally::new(threshold),
            streams,
            others,
            is_summarised: write::step_summary().is_some(),
            outlines: Vec::new(),
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
        put_all(&mut self.streams, NAMED_FROM_TOP, |form, out| form.domain(&domain, out))?;
        if self.is_summarised || !self.others.is_empty() {
            self.outlines.push(domain.outline());
        }
        Ok(())
    }

    /// True if nobody is left to write for.
    pub(super) fn is_closed(&self) -> bool {
        let is_open = !self.others.is_empty() || self.is_summarised || self.streams.is_empty();
        !is_open && self.streams.iter().all(|one| one.to.is_closed())
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
        report.domains = self.outlines;
        for output in self.others {
            write::output(output, &self.ending.appearance, |format, look, out| {
                write::format(&report, format, look, out)
            })?;
        }
        summarise(&report, &self.ending.outputs)?;
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
    Format::Json | Format::JsonLines | Format::Tsv | Format::Text => false,
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
    /// Writes a part of the document.
    fn put(
        &mut self,
        part: impl FnOnce(&mut dyn Stream, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), RunError> {
        self.to.put(|out| part(&mut *self.form, out))
    }
}

/// Adds the report to the summary of the job where this is a step of GitHub Actions, unless it was
/// written there as one of the outputs.
fn summarise(report: &Report, outputs: &[Output]) -> Result<(), RunError> {
    let Some(summary) = write::step_summary() else { return Ok(()) };
    let is_there = |output: &Output| {
        let file = output.file.as_deref().filter(|_| output.format == Format::Markdown);
        file.is_some_and(|file| write::is_same_file(file, &summary))
    };
    if outputs.iter().any(is_there) {
        return Ok(());
    }
    let mut page = Vec::new();
    markdown::render(report, &mut page)?;
    write::append(&summary, &page)
}
