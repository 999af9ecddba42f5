//! How every verb that judges ends: the report written where it should go, and an exit code that
//! says how it adds up.

use super::clock::Moment;
use super::publish::Publication;
use super::words::Ending;
use super::{RunError, write};
use crate::report::{Domain, Finding, Run};

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
    let mut publication = Publication::open(ending, &started.date(), false)?;
    publication.begin(run.clone())?;
    domains.into_iter().try_for_each(|domain| publication.domain(domain))?;
    publication.finish(run, findings, None)
}
