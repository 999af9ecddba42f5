//! How every verb that judges ends: the report put together, written where it should go, and an
//! exit code that says how it adds up.

use super::clock::Moment;
use super::words::{Ending, Format, Output};
use super::{RunError, write};
use crate::config;
use crate::render::markdown;
use crate::report::{Domain, Examined, Finding, Report, Run, Threshold};

/// Tries whether the report can be written where it is to go, before anything is asked.
///
/// # Errors
/// A file cannot be written.
pub(super) fn prepare(ending: &Ending) -> Result<(), RunError> {
    ending.outputs.iter().filter_map(|output| output.file.as_deref()).try_for_each(write::probe)
}

/// Writes the report of a run that began then; the exit code says how it ended.
///
/// # Errors
/// The report cannot be written.
pub(super) fn conclude(
    run: Run,
    domains: Vec<Domain>,
    findings: Vec<Finding>,
    ending: &Ending,
    started: Moment,
) -> Result<u8, RunError> {
    let examined = Examined { domains, findings };
    let judged = config::apply(&ending.policy, &started.date(), examined);
    let threshold = Threshold { fail_on: ending.fail_on, exit_zero: ending.exit_zero };
    let report = judged.conclude(run, threshold);
    for Output { format, file } in &ending.outputs {
        match file {
            Some(path) => {
                let mut whole = Vec::new();
                let look = write::look(&ending.appearance, None);
                write::format(&report, *format, &look, &mut whole)?;
                write::file(path, &whole)?;
            }
            None => write::standard_output(&ending.appearance, |look, out| {
                write::format(&report, *format, look, out)
            })?,
        }
    }
    summarise(&report, &ending.outputs)?;
    Ok(report.exit_code)
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
