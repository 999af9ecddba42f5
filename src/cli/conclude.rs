//! How every verb that judges ends: the report put together, written where it should go, and an
//! exit code that says how it adds up.

use super::clock::Moment;
use super::plan::{Ending, Format, Output};
use super::{Trouble, write};
use crate::config;
use crate::diagnostic::Severity;
use crate::render::markdown;
use crate::report::{
    Authorization, Domain, Finding, Origin, Report, Run, SCHEMA, State, Tool, Verdict,
};

/// Tries whether the report can be written where it is to go, before anything is asked.
///
/// # Errors
/// A file cannot be written.
pub(super) fn prepare(ending: &Ending) -> Result<(), Trouble> {
    ending.outputs.iter().filter_map(|output| output.file.as_deref()).try_for_each(write::probe)
}

/// Writes the report of a run that began then; the exit code says how it ended.
///
/// # Errors
/// The report cannot be written.
pub(super) fn conclude(
    run: Run,
    mut domains: Vec<Domain>,
    mut findings: Vec<Finding>,
    ending: &Ending,
    started: Moment,
) -> Result<u8, Trouble> {
    config::apply(&ending.policy, &started.date(), &mut domains, &mut findings);
    if domains.iter().any(|domain| domain.change.is_some()) {
        // What there is to say of the configuration, no change of records brought about.
        findings.iter_mut().for_each(|finding| finding.state = Some(State::Unchanged));
    }
    let counting = findings.iter().filter(|finding| finding.counts());
    let of_findings = counting.map(|finding| Verdict::from(finding.severity));
    let result = domains.iter().map(|domain| domain.result).chain(of_findings).max();
    let exit_code = match ending.exit_zero {
        true => 0,
        false => exit_code(&domains, &findings, ending.fail_on),
    };
    let report = Report {
        schema: SCHEMA,
        tool: Tool::default(),
        run,
        result: result.unwrap_or_default(),
        exit_code,
        domains,
        findings,
    };
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
fn summarise(report: &Report, outputs: &[Output]) -> Result<(), Trouble> {
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

/// The exit code: 1 goes before 3, for what is known to fail does not get better by what is not
/// known.
fn exit_code(domains: &[Domain], findings: &[Finding], fail_on: Option<Severity>) -> u8 {
    let reaches = |findings: &[Finding]| {
        let counting = findings.iter().filter(|finding| finding.counts());
        let worst = counting.map(|finding| finding.severity).max();
        fail_on.is_some_and(|least| worst >= Some(least))
    };
    let fails = |domain: &Domain| {
        // Nobody asked about a sender that records or the contract name: with --fail-on never, it
        // is told and fails nothing.
        let counts = |one: &&Authorization| one.origin == Origin::Asked || fail_on.is_some();
        let refused = || domain.authorizations.iter().filter(counts).map(Authorization::verdict);
        // Of a change only what it brings about counts, and that is a finding.
        (domain.change.is_none() && refused().any(|verdict| verdict == Verdict::Fail))
            || reaches(&domain.findings)
    };
    let is_unknown = |domain: &Domain| {
        // A domain about which there is nothing but why there is nothing.
        let is_bare = domain.change.is_none() && domain.result == Verdict::Unknown;
        is_bare || !domain.unknowns().is_empty()
    };
    if domains.iter().any(fails) || reaches(findings) {
        1
    } else if domains.iter().any(is_unknown) {
        3
    } else {
        0
    }
}
