//! Domains in, reports out: some are examined at once, and each report is handed on as soon as it and
//! all before it are done. Besides those that wait for one before them, none is kept.

use crate::audit::{self, Clock, Inquiry};
use crate::cli::RunError;
use crate::cli::session::Deadline;
use crate::dns::{Dns, Lookup, Question};
use crate::report::{Domain, Error};
use crate::text::Phrase;
use crate::web::Web;
use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

/// How many domains are examined at once, once the first reports are out.
const AT_ONCE: usize = 16;
/// How many are at the beginning: the fewer share the queries, the sooner the first report is out.
const AT_FIRST: usize = 4;
/// How many domains are begun and not yet handed on, those that wait for one before them included.
const WINDOW: usize = 48;
/// With more domains than this, what is shown of each is less.
pub(super) const FEW: usize = 3;
/// How much longer than the deadline a thread is waited for that may be about to end by itself.
const GRACE: Duration = Duration::from_millis(20);
/// How often it is said how far the run is.
const TICK: Duration = Duration::from_millis(100);

/// Where the inquiries come from.
pub(super) trait Source {
    /// The next one; `None` after the last. What is dropped before it is done has taken nothing.
    ///
    /// # Errors
    /// There is something that means nothing; the next one may be good.
    fn next(&mut self) -> impl Future<Output = Option<Result<Inquiry, Error>>>;
}

/// What hears of each event.
pub(super) trait Audience {
    /// It is known whether there are more than a few domains. `is_last` if all of them are done.
    ///
    /// # Errors
    /// Nothing can be written.
    fn begin(&mut self, is_many: bool, is_last: bool) -> Result<(), RunError>;

    /// The next domain in order.
    ///
    /// # Errors
    /// It cannot be written.
    fn domain(&mut self, domain: Domain) -> Result<(), RunError>;

    /// Something in the list means nothing.
    fn mistake(&mut self, mistake: Error);

    /// So much is done; `all` is known once the source has ended.
    fn progress(&mut self, done: usize, all: Option<usize>);

    /// True if nobody needs any more of it.
    fn is_gone(&self) -> bool;
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With the last domain.
    Whole,
    /// The user interrupted it; what was done by then is handed on.
    Interrupted,
    /// Nobody needed any more of it.
    Unread,
}

/// Examines what comes from `source`, and hands it on in that order. Where `waits`, nothing is handed
/// on before it is known whether there are more than a few domains.
///
/// # Errors
/// What was done cannot be handed on.
pub(super) async fn stream<W: Future<Output = Domain> + Send + 'static>(
    source: &mut impl Source,
    work: impl Fn(Inquiry) -> W,
    interrupt: impl Future<Output = ()>,
    waits: bool,
    audience: &mut impl Audience,
) -> Result<End, RunError> {
    let mut interrupt = pin!(interrupt);
    let mut running = JoinSet::new();
    // What is begun, in order; `None` as long as it is not done.
    let mut window: VecDeque<Option<Domain>> = VecDeque::new();
    let (mut known, mut done, mut handed_on, mut limit) = (0, 0, 0, AT_FIRST);
    let (mut is_over, mut is_begun) = (false, false);
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let is_many = known > FEW;
        while (is_many || is_over || !waits) && matches!(window.front(), Some(Some(_))) {
            if !std::mem::replace(&mut is_begun, true) {
                audience.begin(is_many, is_over && done == known)?;
            }
            if let Some(domain) = window.pop_front().flatten() {
                audience.domain(domain)?;
                handed_on += 1;
            }
            if audience.is_gone() {
                return Ok(End::Unread);
            }
        }
        if is_over && window.is_empty() {
            break;
        }
        let has_room = !is_over && running.len() < limit && window.len() < WINDOW;
        tokio::select! {
            biased;
            () = &mut interrupt => {
                if !is_begun {
                    audience.begin(is_many, false)?;
                }
                window.into_iter().flatten().try_for_each(|domain| audience.domain(domain))?;
                return Ok(End::Interrupted);
            }
            Some(joined) = running.join_next() => {
                let (place, domain): (usize, Domain) = joined.unwrap_or_else(broken);
                if let Some(slot) = window.get_mut(place - handed_on) {
                    *slot = Some(domain);
                }
                done += 1;
                limit = (limit + 1).min(AT_ONCE);
            }
            next = source.next(), if has_room => match next {
                Some(Ok(inquiry)) => {
                    let (place, work) = (known, work(inquiry));
                    running.spawn(async move { (place, work.await) });
                    window.push_back(None);
                    known += 1;
                }
                Some(Err(mistake)) => audience.mistake(mistake),
                None => is_over = true,
            },
            _ = tick.tick() => audience.progress(done, is_over.then_some(known)),
        }
    }
    if !is_begun {
        audience.begin(false, true)?;
    }
    Ok(End::Whole)
}

/// Work that did not come to an end did so by a fault of this program, which stays one.
fn broken<T>(why: JoinError) -> T {
    resume_unwind(why.into_panic())
}

/// Examines one domain on a thread of its own, so that it ends in time whatever it does: even what
/// only computes. A thread that is late ends with its next question.
pub(in crate::cli) async fn examine(
    dns: Arc<dyn Dns>,
    web: Arc<dyn Web>,
    inquiry: Inquiry,
    clock: Clock,
    deadline: Deadline,
) -> Domain {
    let end = deadline.end();
    let inquiry = Arc::new(inquiry);
    let (asked, runtime) = (Arc::clone(&inquiry), Handle::current());
    let work = tokio::task::spawn_blocking(move || {
        let dns = InTime { under: dns, end };
        runtime.block_on(timeout_at(end, audit::domain_with_web(&dns, &*web, &asked, clock)))
    });
    match timeout_at(end + GRACE, work).await {
        Ok(Ok(Ok(domain))) => domain,
        Ok(Err(why)) => broken(why),
        Ok(Ok(Err(_))) | Err(_) => audit::undecided(&inquiry, deadline.too_late()),
    }
}

/// Compares two states of one domain, on a thread of its own too.
///
/// # Errors
/// The time is over, in words.
pub(in crate::cli) async fn compare(
    states: [Arc<dyn Dns>; 2],
    inquiry: Arc<Inquiry>,
    clock: Clock,
    deadline: Deadline,
) -> Result<audit::Changed, Phrase> {
    let end = deadline.end();
    let runtime = Handle::current();
    let work = tokio::task::spawn_blocking(move || {
        let [old, new] = states.map(|under| InTime { under, end });
        runtime.block_on(timeout_at(end, audit::change([&old, &new], &inquiry, clock)))
    });
    match timeout_at(end + GRACE, work).await {
        Ok(Ok(Ok(changed))) => Ok(changed),
        Ok(Err(why)) => broken(why),
        Ok(Ok(Err(_))) | Err(_) => Err(deadline.too_late()),
    }
}

/// Answers until the time is over, and never after that: what asks then comes to rest, and its
/// callers stop waiting.
struct InTime {
    under: Arc<dyn Dns>,
    end: Instant,
}

impl Dns for InTime {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        if Instant::now() >= self.end {
            return Box::pin(std::future::pending());
        }
        self.under.lookup(question)
    }
}

#[cfg(test)]
mod tests;
