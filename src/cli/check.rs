//! The main job: domains in, a report out, an exit code.

use super::plan::{Mistake, Output, Plan};
use super::{Trouble, sources, what_if, write};
use crate::audit::{self, Clock};
use crate::dns::{Dns, join_all};
use crate::judge::Severity;
use crate::report::{Authorized, Domain, Report, SCHEMA, Status, Tool, Verdict};
use crate::text::Phrase;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many domains are looked at at once.
const AT_ONCE: usize = 8;

/// Carries out a plan; the exit code says how it ended.
///
/// # Errors
/// The plan cannot be carried out, or the report cannot be written.
#[allow(clippy::disallowed_methods, reason = "the clock is read here")]
pub(super) async fn run(plan: &Plan) -> Result<u8, Trouble> {
    let started = super::clock::now();
    let begin = Instant::now();
    let stack = sources::stack(&plan.sources, &started.date())?;
    // A run that can be repeated says the same every time, so it has no time of its own.
    let clock =
        if stack.is_repeatable { Clock::default() } else { Clock { seconds: started.seconds } };
    let domains = examine(&stack.dns, plan, clock).await?;
    let domains: Vec<Domain> =
        domains.into_iter().map(|domain| labelled(domain, &plan.sources.faults)).collect();
    let result = domains.iter().map(|domain| domain.result).max().unwrap_or_default();
    let exit_code = if plan.exit_zero { 0 } else { exit_code(&domains, plan.fail_on) };
    let report = Report {
        schema: SCHEMA,
        tool: Tool::default(),
        run: stack.run(started, begin.elapsed()),
        result,
        exit_code,
        domains,
        findings: Vec::new(),
    };
    stack.keep_tape(&plan.sources)?;
    for Output { format, file } in &plan.outputs {
        match file {
            Some(path) => {
                let mut whole = Vec::new();
                write::format(&report, *format, &write::look(&plan.appearance, None), &mut whole)?;
                write::file(path, &whole)?;
            }
            None => write::standard_output(&plan.appearance, |look, out| {
                write::format(&report, *format, look, out)
            })?,
        }
    }
    Ok(exit_code)
}

/// A domain as a drill found it, and said so: what follows from a drill is not real.
fn labelled(mut domain: Domain, faults: &[String]) -> Domain {
    if !faults.is_empty() {
        domain.headline = Phrase::new().unknown("drill").plain(": ").then(domain.headline);
        let note = Phrase::new()
            .plain("this is a drill (")
            .code(faults.join(" "))
            .plain("): what follows from it is not real");
        domain.notes.insert(0, note);
    }
    domain
}

/// Every domain, some at once, all within the time that a run may take.
///
/// # Errors
/// What is to be supposed cannot be.
async fn examine(dns: &Arc<dyn Dns>, plan: &Plan, clock: Clock) -> Result<Vec<Domain>, Mistake> {
    let deadline = plan.sources.deadline;
    let end = tokio::time::Instant::now() + deadline;
    let names = plan.inquiries.iter().map(|inquiry| &inquiry.domain);
    let supposed = what_if::suppose(dns, &plan.what_if, names);
    let Ok(dns) = tokio::time::timeout_at(end, supposed).await else {
        let undecided = |inquiry| audit::undecided(inquiry, too_late(deadline));
        return Ok(plan.inquiries.iter().map(undecided).collect());
    };
    let dns = &*dns?;
    let one = |inquiry| async move {
        match tokio::time::timeout_at(end, audit::domain(dns, inquiry, clock)).await {
            Ok(domain) => domain,
            Err(_) => audit::undecided(inquiry, too_late(deadline)),
        }
    };
    let mut domains = Vec::with_capacity(plan.inquiries.len());
    for group in plan.inquiries.chunks(AT_ONCE) {
        domains.extend(join_all(group.iter().map(one)).await);
    }
    Ok(domains)
}

/// Why nothing is known when the time of a run is over.
pub(super) fn too_late(deadline: Duration) -> Phrase {
    Phrase::new()
        .unknown("could not tell")
        .plain(format!(": it took more than {} s (--deadline)", deadline.as_secs_f32()))
}

/// The exit code: 1 goes before 3, for what is known to fail does not get better by what is not
/// known.
fn exit_code(domains: &[Domain], fail_on: Option<Severity>) -> u8 {
    let fails = |domain: &Domain| {
        let senders = domain.authorizations.iter().any(|authorization| {
            let is_refused = authorization.dmarc.as_ref().is_some_and(|dmarc| {
                dmarc.result == "fail" && dmarc.disposition.is_some_and(|asked| asked != "none")
            });
            matches!(authorization.authorized, Authorized::No | Authorized::Partial)
                || (authorization.authorized == Authorized::Yes && is_refused)
        });
        let findings = fail_on
            .is_some_and(|least| domain.findings.iter().any(|finding| finding.severity >= least));
        senders || findings
    };
    let is_unknown = |domain: &Domain| {
        let sections = [domain.mx.status, domain.spf.status, domain.dmarc.status];
        domain.result == Verdict::Unknown
            || sections.contains(&Status::Unknown)
            || domain.authorizations.iter().any(|a| a.authorized == Authorized::Unknown)
    };
    if domains.iter().any(fails) {
        1
    } else if domains.iter().any(is_unknown) {
        3
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::super::args::Typed;
    use super::super::plan::plan;
    use super::*;
    use crate::dns::{Lookup, Question};

    /// Never answers.
    struct Silent;

    impl Dns for Silent {
        fn lookup<'a>(&'a self, _: &'a Question) -> Lookup<'a> {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_is_of_the_run_however_many_domains_there_are() {
        let domains = (0..=2 * AT_ONCE).map(|number| format!("d{number}.example"));
        let typed = ["mailcheck".to_owned(), "--deadline=2s".to_owned()];
        let typed = Typed::read(typed.into_iter().chain(domains).map(Into::into)).unwrap();
        let plan = plan(typed).unwrap();
        let begin = tokio::time::Instant::now();
        let silent: Arc<dyn Dns> = Arc::new(Silent);
        let looked_at = examine(&silent, &plan, Clock::default()).await.unwrap().len();
        assert_eq!((looked_at, begin.elapsed().as_secs()), (plan.inquiries.len(), 2));
    }
}
