//! How fast servers are asked.

use crate::dns::{Dns, Endpoint, Host, Lookup, Question, Trouble};
use crate::net::is_local;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How much of what was not used is made up for.
const BURST: Duration = Duration::from_millis(100);
/// The rate falls to no less than this share of what is allowed.
const SLOWEST: u32 = 64;
/// For so long after it fell the rate does not fall again: what fails now was sent before.
const PATIENCE: Duration = Duration::from_secs(1);

/// True for a server of this machine or of the own network.
pub(super) fn is_near(endpoint: &Endpoint) -> bool {
    matches!(endpoint.host, Host::Address(ip) if is_local(ip))
}

/// So many queries a second, and fewer for a while where they time out.
#[derive(Debug)]
pub(super) struct Pace {
    /// Between two queries, if all goes well.
    fastest: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    interval: Duration,
    next: Option<Instant>,
    slowed: Option<Instant>,
}

impl Pace {
    /// So many queries a second to a server, together with `workers` that do the same.
    pub(super) fn new(rate: u32, workers: usize) -> Self {
        let workers = u32::try_from(workers.max(1)).unwrap_or(u32::MAX);
        let fastest = Duration::from_secs(1).saturating_mul(workers) / rate.max(1);
        let state = State { interval: fastest, next: None, slowed: None };
        Self { fastest, state: Mutex::new(state) }
    }

    /// When a query may go out that is asked for at `now`.
    fn slot(&self, now: Instant) -> Instant {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = now.checked_sub(BURST).unwrap_or(now);
        let at = state.next.map_or(now, |next| next.max(earliest));
        state.next = Some(at + state.interval);
        at
    }

    /// Notes that a query was answered, or timed out.
    fn note(&self, now: Instant, timed_out: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if timed_out {
            if state.slowed.is_none_or(|at| now >= at + PATIENCE) {
                state.interval = (state.interval * 2).min(self.fastest * SLOWEST);
                state.slowed = Some(now);
            }
        } else if state.interval > self.fastest {
            let faster = state.interval - state.interval / 256;
            state.interval = faster.max(self.fastest);
        }
    }
}

/// A source that is asked no faster than its pace allows.
pub(super) struct Paced {
    under: Arc<dyn Dns>,
    pace: Pace,
}

impl Paced {
    pub(super) fn new(under: Arc<dyn Dns>, pace: Pace) -> Self {
        Self { under, pace }
    }
}

impl Dns for Paced {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let pace = &self.pace;
        Box::pin(async move {
            let now = Instant::now();
            let at = pace.slot(now);
            if at > now {
                sleep_until(at).await;
            }
            let answer = self.under.lookup(question).await;
            let trouble = answer.failure().map(|failure| failure.trouble);
            let timed_out = matches!(trouble, Some(Trouble::Timeout | Trouble::Network));
            pace.note(Instant::now(), timed_out);
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_spread_over_the_second_and_workers_share_it() {
        let pace = Pace::new(100, 2);
        let now = Instant::now();
        let slots: Vec<Duration> = (0..4).map(|_| pace.slot(now) - now).collect();
        assert_eq!(slots, [0, 20, 40, 60].map(Duration::from_millis));
    }

    #[test]
    fn what_times_out_halves_the_rate_once_a_second_and_answers_bring_it_back() {
        let pace = Pace::new(100, 1);
        let now = Instant::now();
        let interval = |pace: &Pace| pace.state.lock().expect("not poisoned").interval;
        pace.note(now, true);
        pace.note(now, true);
        assert_eq!(interval(&pace), Duration::from_millis(20));
        pace.note(now + PATIENCE, true);
        assert_eq!(interval(&pace), Duration::from_millis(40));
        for _ in 0..1000 {
            pace.note(now, false);
        }
        assert_eq!(interval(&pace), Duration::from_millis(10));
    }

    #[test]
    fn servers_of_the_own_network_are_near() {
        let near = |text: &str| match text.parse() {
            Ok(crate::dns::Server::Endpoint(endpoint)) => is_near(&endpoint),
            _ => panic!("a test names valid servers"),
        };
        let servers = ["127.0.0.1", "10.1.2.3:5353", "[fd00::1]", "9.9.9.9", "tls://dns.example"];
        assert_eq!(servers.map(near), [true, true, true, false, false]);
    }
}
