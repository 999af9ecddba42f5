//! The servers of a run, and what the run has learnt about them.

use super::Sockets;
use super::attempt_error::LookupFailure;
use super::denial_check;
use super::query::{Begun, Query, Reply};
use super::server::Endpoint;
use super::upstream::{Link, Upstream};
use crate::dns::{Question, Trouble};
use crate::net::tls::Roots;
use std::net::SocketAddr;
use std::slice;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Servers that are asked in turn.
pub(super) struct Pool {
    upstreams: Vec<Upstream>,
    pub(super) link: Link,
    pub(super) timeout: Duration,
    pub(super) sockets: Sockets,
    pub(super) outage: Outage,
}

impl Pool {
    /// A pool of servers whose addresses are known; a lookup takes no longer than `timeout`.
    pub(super) fn new(
        servers: impl IntoIterator<Item = (Endpoint, SocketAddr)>,
        timeout: Duration,
        roots: Roots,
        sockets: Sockets,
    ) -> Self {
        Self {
            upstreams: servers
                .into_iter()
                .map(|(endpoint, address)| Upstream::new(endpoint, address, sockets))
                .collect(),
            sockets,
            link: Link::new(timeout, roots),
            timeout,
            outage: Outage::default(),
        }
    }

    /// The server that is asked first, if it is asked for sure.
    pub(super) fn first(&self) -> Option<&Upstream> {
        self.upstreams.first().filter(|_| self.outage.is_over())
    }

    /// Asks all servers in turn; goes on with what has begun.
    pub(super) async fn ask<'p>(
        &'p self,
        question: &'p Question,
        begun: Option<Begun<'p>>,
        deadline: Instant,
    ) -> Result<Reply<'p>, LookupFailure> {
        self.ask_some(&self.upstreams, question, begun, deadline).await
    }

    /// Asks one server.
    pub(super) async fn ask_one<'p>(
        &'p self,
        upstream: &'p Upstream,
        question: &'p Question,
        deadline: Instant,
    ) -> Result<Reply<'p>, LookupFailure> {
        self.ask_some(slice::from_ref(upstream), question, None, deadline).await
    }

    async fn ask_some<'p>(
        &'p self,
        upstreams: &'p [Upstream],
        question: &'p Question,
        begun: Option<Begun<'p>>,
        deadline: Instant,
    ) -> Result<Reply<'p>, LookupFailure> {
        if !self.outage.begin_lookup() {
            let servers: Vec<_> = upstreams.iter().map(|u| u.endpoint.to_string()).collect();
            let detail = format!("no DNS server replied ({})", servers.join(", "));
            return Err(LookupFailure::at_once(Trouble::Network, detail));
        }
        Query::new(self, upstreams, question).run(begun, deadline).await
    }

    /// Whether a server that says "no" without proof may be believed: see [`denial_check`].
    pub(super) async fn denial_check(
        &self,
        upstream: &Upstream,
        deadline: Instant,
    ) -> Result<(), LookupFailure> {
        let checked =
            upstream.denial_check.get_or_try_init(|| denial_check::check(self, upstream, deadline));
        match checked.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => {
                let detail = format!("{} {why}", upstream.endpoint);
                Err(LookupFailure::at_once(Trouble::Network, detail))
            }
            Err(LookupFailure { failure, tries, .. }) => {
                let detail = format!(
                    "{} denies the name without an SOA record, and the check of its root zone failed: {}",
                    upstream.endpoint, failure.detail
                );
                Err(LookupFailure { tries, ..LookupFailure::at_once(Trouble::Network, detail) })
            }
        }
    }
}

// ------------------------------------------------------------------------------------------------

/// What is known while no server has replied.
///
/// Without DNS every lookup of a run would wait for its own limit. So until the first reply all
/// lookups share the limit of the one that began first, and once that has passed the rest fail at
/// once: the whole run takes no longer than one lookup.
#[derive(Default)]
pub(super) struct Outage {
    over: AtomicBool,
    timed_out: AtomicBool,
    since: Mutex<Option<Instant>>,
}

impl Outage {
    /// Begins a lookup; false if there is no point in it.
    fn begin_lookup(&self) -> bool {
        if self.is_over() {
            return true;
        }
        if self.timed_out.load(Ordering::Relaxed) {
            return false;
        }
        self.since().get_or_insert_with(Instant::now);
        true
    }

    /// When a lookup ends that may last until `deadline`.
    pub(super) fn limit(&self, deadline: Instant, timeout: Duration) -> Instant {
        if self.is_over() {
            return deadline;
        }
        self.since().map_or(deadline, |since| deadline.min(since + timeout))
    }

    /// True if a server has replied meanwhile, so that a lookup that was to end at `limit` may go
    /// on until its own `deadline`.
    pub(super) fn extends(&self, limit: Instant, deadline: Instant) -> bool {
        limit < deadline && self.is_over()
    }

    /// Notes a reply.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Ends a lookup without an answer, `out_of_time` or for other reasons.
    pub(super) fn note_unanswered(&self, out_of_time: bool) {
        if self.is_over() {
            return;
        }
        if out_of_time {
            self.timed_out.store(true, Ordering::Relaxed);
        } else {
            *self.since() = None;
        }
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(5);

    #[test]
    fn until_the_first_reply_all_lookups_share_the_limit_of_the_first() {
        let outage = Outage::default();
        let second = Instant::now() + 2 * TIMEOUT;
        outage.begin_lookup();
        let shared = outage.limit(second, TIMEOUT);
        assert!(shared < second && !outage.extends(shared, second));
        outage.end();
        assert!(outage.limit(second, TIMEOUT) == second && outage.extends(shared, second));
    }

    #[test]
    fn a_limit_that_passed_in_silence_ends_the_run_and_a_refusal_does_not() {
        let [refused, silent] = [false, true].map(|out_of_time| {
            let outage = Outage::default();
            outage.begin_lookup();
            outage.note_unanswered(out_of_time);
            outage.begin_lookup()
        });
        assert_eq!([refused, silent], [true, false]);
    }

    #[test]
    fn a_late_reply_revives_the_run() {
        let outage = Outage::default();
        outage.begin_lookup();
        outage.note_unanswered(true);
        outage.end();
        assert!(outage.begin_lookup());
    }
}
