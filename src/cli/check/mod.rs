//! The main job: domains in, a report out, an exit code.

mod plan;

pub use plan::{Plan, plan};

use super::clock::Moment;
use super::conclude::{self, conclude};
use super::session::{Deadline, Session};
use super::words::Mistake;
use super::{RunError, what_if};
use crate::audit::{self, Clock, Inquiry};
use crate::config;
use crate::dns::{Dns, join_all};
use crate::report::{Domain, Run};
use crate::text::Phrase;
use crate::zonefile::zone::Ignore as Comment;
use std::sync::Arc;

/// How many domains are looked at at once.
const AT_ONCE: usize = 8;

/// Carries out a plan; the exit code says how it ended.
///
/// # Errors
/// The plan cannot be carried out, or the report cannot be written.
pub(super) async fn run(plan: &Plan) -> Result<u8, RunError> {
    let Examination { run, domains, started, comments } = examine_all(plan).await?;
    let mut ending = plan.ending.clone();
    ending.policy.comments = comments;
    conclude(run, domains, Vec::new(), &ending, started)
}

/// What a run found out, before its owner's decisions are applied.
pub(super) struct Examination {
    /// How it was made.
    pub run: Run,
    /// One entry a domain, in the order of the plan, held to their contracts.
    pub domains: Vec<Domain>,
    /// When it began.
    pub started: Moment,
    /// What comments of the zone files leave out.
    pub comments: Vec<Comment>,
}

/// Looks at the domains of a plan, and writes the cassette if one is wanted.
///
/// # Errors
/// The plan cannot be carried out, or the cassette cannot be written.
pub(super) async fn examine_all(plan: &Plan) -> Result<Examination, RunError> {
    let mut session = Session::open(&plan.sources)?;
    conclude::prepare(&plan.ending)?;
    let mut domains = examine(session.dns(), plan, session.clock(), session.deadline).await?;
    for (inquiry, domain) in plan.inquiries.iter().zip(&mut domains) {
        // What one message would get is another question than what the owner expects.
        if inquiry.is_about_the_whole() {
            config::judge(&plan.ending.policy.config, domain);
        }
    }
    let domains = domains.into_iter().map(|domain| labelled(domain, &plan.sources.faults));
    let examination = Examination {
        domains: domains.collect(),
        run: session.run(),
        started: session.started,
        comments: std::mem::take(&mut session.stack.comments),
    };
    session.keep_recording()?;
    Ok(examination)
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
/// A hypothetical change cannot be applied.
async fn examine(
    dns: &Arc<dyn Dns>,
    plan: &Plan,
    clock: Clock,
    deadline: Deadline,
) -> Result<Vec<Domain>, Mistake> {
    let names = plan.inquiries.iter().map(|inquiry| &inquiry.domain);
    let applied = what_if::apply_what_if(dns, &plan.what_if, names);
    let dns = match deadline.bound(applied).await {
        Ok(dns) => &*dns?,
        Err(too_late) => {
            let undecided = |inquiry| audit::undecided(inquiry, too_late.clone());
            return Ok(plan.inquiries.iter().map(undecided).collect());
        }
    };
    let one = |inquiry| async move {
        let domain = deadline.bound(audit::domain(dns, inquiry, clock)).await;
        domain.unwrap_or_else(|too_late| audit::undecided(inquiry, too_late))
    };
    Ok(each(&plan.inquiries, one).await)
}

/// Does the same about every inquiry, for some of them at once; in their order.
pub(super) async fn each<'i, F: Future>(
    inquiries: &'i [Inquiry],
    one: impl Fn(&'i Inquiry) -> F,
) -> Vec<F::Output> {
    let mut done = Vec::with_capacity(inquiries.len());
    for group in inquiries.chunks(AT_ONCE) {
        done.extend(join_all(group.iter().map(&one)).await);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::super::args::CheckArgs;
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
        let typed = CheckArgs::read(typed.into_iter().chain(domains).map(Into::into)).unwrap();
        let plan = plan(typed).unwrap();
        let begin = tokio::time::Instant::now();
        let silent: Arc<dyn Dns> = Arc::new(Silent);
        let deadline = Deadline::new(plan.sources.deadline);
        let looked_at = examine(&silent, &plan, Clock::default(), deadline).await.unwrap().len();
        assert_eq!((looked_at, begin.elapsed().as_secs()), (plan.inquiries.len(), 2));
    }
}
