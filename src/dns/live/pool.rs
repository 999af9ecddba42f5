//! The servers of a run, and what the run has learnt about them.

use super::credit;
use super::race::{Race, Win};
use super::server::Endpoint;
use super::setback::Defeat;
use super::upstream::{Link, Upstream};
use super::wire;
use crate::dns::{Question, Trouble};
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
    pub(super) silence: Silence,
}

impl Pool {
    /// A pool of servers whose addresses are known; a lookup takes no longer than `timeout`.
    pub(super) fn new(
        servers: impl IntoIterator<Item = (Endpoint, SocketAddr)>,
        timeout: Duration,
    ) -> Self {
        Self {
            upstreams: servers
                .into_iter()
                .map(|(endpoint, address)| Upstream::new(endpoint, address))
                .collect(),
            link: Link::new(timeout),
            timeout,
            silence: Silence::default(),
        }
    }

    /// Asks all servers in turn.
    pub(super) async fn ask<'p>(
        &'p self,
        question: &'p Question,
        deadline: Instant,
    ) -> Result<Win<'p>, Defeat> {
        self.ask_some(&self.upstreams, question, deadline).await
    }

    /// Asks one server.
    pub(super) async fn ask_one<'p>(
        &'p self,
        upstream: &'p Upstream,
        question: &'p Question,
        deadline: Instant,
    ) -> Result<Win<'p>, Defeat> {
        self.ask_some(slice::from_ref(upstream), question, deadline).await
    }

    async fn ask_some<'p>(
        &'p self,
        upstreams: &'p [Upstream],
        question: &'p Question,
        deadline: Instant,
    ) -> Result<Win<'p>, Defeat> {
        if !self.silence.begins() {
            let servers: Vec<_> = upstreams.iter().map(|u| u.endpoint.to_string()).collect();
            let detail = format!("no DNS server replied ({})", servers.join(", "));
            return Err(Defeat::at_once(Trouble::Network, detail));
        }
        let Some(request) = wire::request(question) else {
            return Err(Defeat::at_once(Trouble::Malformed, "the name does not fit a message"));
        };
        Race::new(self, upstreams, question, request).run(deadline).await
    }

    /// Whether a server that says "no" without proof may be believed: see [`credit`].
    pub(super) async fn credit(
        &self,
        upstream: &Upstream,
        deadline: Instant,
    ) -> Result<(), Defeat> {
        let checked = upstream.credit.get_or_try_init(|| credit::check(self, upstream, deadline));
        match checked.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => {
                let detail = format!("{} {why}", upstream.endpoint);
                Err(Defeat::at_once(Trouble::Network, detail))
            }
            Err(Defeat { failure, tries, .. }) => {
                let detail = format!(
                    "{} denies the name without the proof of an SOA record, and could not be \
                     asked about the root zone to check on it: {}",
                    upstream.endpoint, failure.detail
                );
                Err(Defeat { tries, ..Defeat::at_once(Trouble::Network, detail) })
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
pub(super) struct Silence {
    broken: AtomicBool,
    lasted: AtomicBool,
    since: Mutex<Option<Instant>>,
}

impl Silence {
    /// Begins a lookup; false if there is no point in it.
    fn begins(&self) -> bool {
        if self.is_over() {
            return true;
        }
        if self.lasted.load(Ordering::Relaxed) {
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
    pub(super) fn breaks(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    /// Ends a lookup without an answer, `out_of_time` or for other reasons.
    pub(super) fn lasts(&self, out_of_time: bool) {
        if self.is_over() {
            return;
        }
        if out_of_time {
            self.lasted.store(true, Ordering::Relaxed);
        } else {
            *self.since() = None;
        }
    }

    fn is_over(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
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
        let silence = Silence::default();
        let second = Instant::now() + 2 * TIMEOUT;
        silence.begins();
        let shared = silence.limit(second, TIMEOUT);
        assert!(shared < second && !silence.extends(shared, second));
        silence.breaks();
        assert!(silence.limit(second, TIMEOUT) == second && silence.extends(shared, second));
    }

    #[test]
    fn a_limit_that_passed_in_silence_ends_the_run_and_a_refusal_does_not() {
        let [refused, silent] = [false, true].map(|out_of_time| {
            let silence = Silence::default();
            silence.begins();
            silence.lasts(out_of_time);
            silence.begins()
        });
        assert_eq!([refused, silent], [true, false]);
    }

    #[test]
    fn a_late_reply_revives_the_run() {
        let silence = Silence::default();
        silence.begins();
        silence.lasts(true);
        silence.breaks();
        assert!(silence.begins());
    }
}
