//! One question to several servers, within one limit of time.
//!
//! RFC 1035 §4.2.1 wants a resolver to try other servers before it repeats itself, and RFC 7766 §5
//! lets it use TCP whenever it likes. The schedule is:
//!
//! * In the first half of the time the servers are asked in order, round robin, at even intervals;
//!   who is asked over UDP and stays silent is asked again. Tries already under way go on, so a
//!   slow server keeps all the time there is.
//! * In the second half the servers that were asked over UDP are asked over TCP.
//! * Where queries share sockets, very many are under way, and a lost one must not hold its place for
//!   long: the first interval is short, and each is twice as long as the one before, as far as the
//!   time allows.
//! * A failure moves on at once, and a server that replied with one is not asked again.
//! * A truncated reply is repeated over TCP with the same server at once.
//! * A server that refuses EDNS is asked once more, without it, and so from then on.
//!
//! The first reply that says something about the name counts. What is deliberately absent: asking
//! two servers at once when one would do.

use super::Sockets;
use super::pool::Pool;
use super::upstream::{Channel, Upstream};
use super::wire::Request;
use super::{attempt_error, rcode, soundness, wire};
use crate::dns::{Question, Trouble};
use attempt_error::{AttemptError, LookupFailure};
use hickory_resolver::net::NetError;
use hickory_resolver::proto::op::DnsResponse;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Fewest datagrams sent before a lookup falls back to TCP.
const DATAGRAMS: usize = 4;

/// The first interval where queries share sockets is this part of the time: some 400 ms of five seconds,
/// by which a server that resolves names has mostly replied.
const FIRST_INTERVAL: u32 = 12;

/// A reply that says something about the name.
pub(super) struct Reply<'p> {
    pub(super) upstream: &'p Upstream,
    pub(super) channel: Channel,
    pub(super) response: DnsResponse,
    /// Messages sent in all.
    pub(super) tries: u16,
}

/// A message to be sent, or one that was.
#[derive(Clone, Copy)]
pub(super) struct Attempt<'p> {
    pub(super) upstream: &'p Upstream,
    pub(super) channel: Channel,
}

impl Attempt<'_> {
    fn is_to(&self, upstream: &Upstream) -> bool {
        std::ptr::eq(self.upstream, upstream)
    }

    fn is_same(&self, other: &Self) -> bool {
        self.is_to(other.upstream) && self.channel == other.channel
    }
}

/// The time between two messages.
#[derive(Clone, Copy)]
enum Interval {
    /// Always the same.
    Even(Duration),
    /// This time, the next one twice as long.
    Doubling(Duration),
}

/// A message under way.
pub(super) type Exchange<'p> =
    Pin<Box<dyn Future<Output = Result<DnsResponse, NetError>> + Send + 'p>>;

/// A question whose first message was sent already.
pub(super) struct Begun<'p> {
    pub(super) attempt: Attempt<'p>,
    pub(super) started: Instant,
    pub(super) state: Stage<'p>,
}

/// How far a message is.
pub(super) enum Stage<'p> {
    /// It had the server to itself for the first interval, and no reply came.
    Late(Exchange<'p>),
    /// This is what came.
    Ended(Result<DnsResponse, NetError>),
}

/// How long the first message has the server to itself where queries share sockets.
pub(super) fn first_interval(timeout: Duration) -> Duration {
    timeout / FIRST_INTERVAL
}

/// A question under way.
pub(super) struct Query<'p> {
    pool: &'p Pool,
    question: &'p Question,
    request: Request<'p>,
    queue: VecDeque<Attempt<'p>>,
    interval: Interval,
    running: Vec<(Attempt<'p>, Exchange<'p>)>,
    errors: Vec<AttemptError<'p>>,
    /// Servers whose reply did not fit a datagram.
    truncated: Vec<&'p Upstream>,
    /// Servers that are asked without EDNS.
    plain: Vec<&'p Upstream>,
    tries: u16,
}

impl<'p> Query<'p> {
    /// Prepares to ask `question` of `upstreams`.
    pub(super) fn new(pool: &'p Pool, upstreams: &'p [Upstream], question: &'p Question) -> Self {
        let (queue, before_fallback) = schedule(upstreams);
        Self {
            pool,
            question,
            request: Request::new(question),
            interval: match pool.sockets {
                Sockets::Own => Interval::Even(pool.timeout / 2 / number(before_fallback)),
                Sockets::Shared => Interval::Doubling(first_interval(pool.timeout)),
            },
            queue,
            running: Vec::with_capacity(1),
            errors: Vec::new(),
            truncated: Vec::new(),
            plain: Vec::new(),
            tries: 0,
        }
    }

    /// Asks until somebody answers, all have failed, or the time is up; goes on with what has begun.
    pub(super) async fn run(
        mut self,
        begun: Option<Begun<'p>>,
        deadline: Instant,
    ) -> Result<Reply<'p>, LookupFailure> {
        let started = begun.as_ref().map_or_else(Instant::now, |begun| begun.started);
        if let Some(Begun { attempt, state, .. }) = begun {
            let first = self.queue.iter().position(|next| next.is_same(&attempt));
            first.map(|first| self.queue.remove(first));
            self.tries = 1;
            self.next_interval(deadline);
            match state {
                Stage::Late(exchange) => self.running.push((attempt, exchange)),
                Stage::Ended(result) => {
                    if let Some(response) = self.read(attempt, result) {
                        return Ok(self.reply(attempt, response));
                    }
                }
            }
        }
        let mut due = Instant::now();
        loop {
            if Instant::now() >= due && self.launch() {
                due = Instant::now() + self.next_interval(deadline);
            }
            if self.running.is_empty() && self.queue.is_empty() {
                return Err(self.give_up(started, false));
            }
            let limit = self.pool.outage.limit(deadline, self.pool.timeout);
            let wake = if self.queue.is_empty() { limit } else { limit.min(due) };
            match timeout_at(wake, next(&mut self.running)).await {
                Ok((attempt, result)) => match self.read(attempt, result) {
                    Some(response) => return Ok(self.reply(attempt, response)),
                    None => due = Instant::now(),
                },
                Err(_) if wake == limit && !self.pool.outage.extends(limit, deadline) => {
                    return Err(self.give_up(started, true));
                }
                Err(_) => {}
            }
        }
    }

    /// How long the message sent last has the server to itself.
    fn next_interval(&mut self, deadline: Instant) -> Duration {
        match &mut self.interval {
            Interval::Even(interval) => *interval,
            Interval::Doubling(next) => {
                let left = deadline.saturating_duration_since(Instant::now());
                let interval = (*next).min(left / (number(self.queue.len()) + 1));
                *next *= 2;
                interval
            }
        }
    }

    /// Sends the next message of the queue, if there is one.
    fn launch(&mut self) -> bool {
        let Some(attempt) = self.queue.pop_front() else { return false };
        let Attempt { upstream, channel } = attempt;
        let mut request = self.request;
        if upstream.refuses_edns() && !self.is_plain(upstream) {
            self.plain.push(upstream);
        }
        if self.is_plain(upstream) {
            request = request.without_edns();
        }
        let exchange = upstream.exchange(&self.pool.link, channel, request);
        self.running.push((attempt, Box::pin(exchange)));
        self.tries = self.tries.saturating_add(1);
        true
    }

    /// The response, if it answers the question; else notes what went wrong and adapts the queue.
    fn read(
        &mut self,
        attempt: Attempt<'p>,
        result: Result<DnsResponse, NetError>,
    ) -> Option<DnsResponse> {
        let response = match result {
            Ok(response) => response,
            Err(error) => {
                let (trouble, text) = attempt_error::of_error(&error);
                if trouble == Trouble::Malformed {
                    self.note_reply(attempt);
                    self.dismiss(attempt.upstream);
                } else {
                    // What cannot be reached in this way may be reached in the other.
                    self.queue.retain(|next| !next.is_same(&attempt));
                }
                self.fail(attempt, trouble, text);
                return None;
            }
        };
        self.note_reply(attempt);
        let code = u16::from(response.metadata.response_code);
        if rcode::is_answer(code) && self.is_plain(attempt.upstream) {
            attempt.upstream.note_refusal_of_edns();
        }
        if !wire::replies_to(&response, self.question) {
            self.dismiss(attempt.upstream);
            self.fail(attempt, Trouble::Malformed, "replied to another query".into());
        } else if !rcode::is_answer(code) {
            if self.repeat_without_edns(attempt, code) {
                return None;
            }
            let extended = wire::extended_error(&response);
            let text = format!("replied {}", rcode::Described(code, extended.as_ref()));
            self.dismiss(attempt.upstream);
            self.fail(attempt, rcode::trouble(code, extended.as_ref()), text);
        } else if response.metadata.truncation {
            self.repeat_over_stream(attempt);
        } else if let Some(text) = soundness::flaw(&response, self.question) {
            self.dismiss(attempt.upstream);
            self.fail(attempt, Trouble::Malformed, text);
        } else {
            return Some(response);
        }
        None
    }

    fn note_reply(&self, attempt: Attempt<'p>) {
        attempt.upstream.record(attempt.channel).replied();
        self.pool.outage.end();
    }

    /// Has done with a server: to repeat the question would bring the same reply.
    fn dismiss(&mut self, upstream: &Upstream) {
        self.queue.retain(|next| !next.is_to(upstream));
        self.running.retain(|(running, _)| !running.is_to(upstream));
    }

    // RFC 2181 §9: "When a DNS client receives a reply with TC set, it should ignore that response,
    // and query again, using a mechanism, such as a TCP connection, that will permit larger
    // replies."
    fn repeat_over_stream(&mut self, attempt: Attempt<'p>) {
        let Attempt { upstream, channel } = attempt;
        if channel == Channel::Stream {
            self.dismiss(upstream);
            let text = "sent a truncated reply over a stream".into();
            self.fail(attempt, Trouble::Malformed, text);
        } else {
            self.truncated.push(upstream);
            self.dismiss(upstream);
            self.queue.push_front(Attempt { upstream, channel: Channel::Stream });
        }
    }

    // RFC 6891 §6.2.2: "If a requestor detects that the remote end does not support EDNS(0), it MAY
    // issue queries without an OPT record." By §7 such servers say FORMERR; some say NOTIMP, and
    // those of another version BADVERS (§6.1.3).
    fn repeat_without_edns(&mut self, attempt: Attempt<'p>, code: u16) -> bool {
        let Attempt { upstream, .. } = attempt;
        let refusals = [rcode::FORMAT_ERROR, rcode::NOT_IMPLEMENTED, rcode::BAD_VERSION];
        if self.is_plain(upstream) || !refusals.contains(&code) {
            return false;
        }
        self.plain.push(upstream);
        self.dismiss(upstream);
        self.queue.push_front(attempt);
        true
    }

    /// True if this question goes to the server without EDNS.
    fn is_plain(&self, upstream: &Upstream) -> bool {
        self.plain.iter().any(|plain| std::ptr::eq(*plain, upstream))
    }

    fn is_truncated(&self, upstream: &Upstream) -> bool {
        self.truncated.iter().any(|truncated| std::ptr::eq(*truncated, upstream))
    }

    fn fail(&mut self, attempt: Attempt<'p>, trouble: Trouble, text: String) {
        let Attempt { upstream, channel } = attempt;
        let text = match channel {
            Channel::Stream if self.is_truncated(upstream) => {
                format!("truncated its reply over udp, and over tcp it failed: {text}")
            }
            _ => text,
        };
        self.errors.push(AttemptError { attempt, trouble, text });
    }

    fn reply(self, answered: Attempt<'p>, response: DnsResponse) -> Reply<'p> {
        let Attempt { upstream, channel } = answered;
        for (other, _) in &self.running {
            if !other.is_same(&answered) {
                other.upstream.record(other.channel).was_silent();
            }
        }
        Reply { upstream, channel, response, tries: self.tries }
    }

    fn give_up(mut self, started: Instant, out_of_time: bool) -> LookupFailure {
        let elapsed = started.elapsed();
        // The tries of one channel are reported together.
        while let Some((attempt, _)) = self.running.pop() {
            attempt.upstream.record(attempt.channel).was_silent();
            let before = self.running.len();
            self.running.retain(|(other, _)| !other.is_same(&attempt));
            let tries = 1 + before - self.running.len();
            let trouble = match self.is_truncated(attempt.upstream) {
                true => Trouble::Network,
                false => Trouble::Timeout,
            };
            let plural = if tries == 1 { "y" } else { "ies" };
            self.fail(attempt, trouble, format!("no reply to {tries} tr{plural} in {elapsed:.1?}"));
        }
        self.pool.outage.note_unanswered(out_of_time);
        LookupFailure::new(self.errors, self.tries)
    }
}

/// A number of messages, to divide a time by.
fn number(messages: usize) -> u32 {
    u32::try_from(messages.max(1)).unwrap_or(u32::MAX - 1)
}

/// What to send in which order, and how many of these messages belong to the first half.
fn schedule(upstreams: &[Upstream]) -> (VecDeque<Attempt<'_>>, usize) {
    let datagrams = || upstreams.iter().filter(|upstream| upstream.takes_datagrams());
    let repeats = match datagrams().count() {
        0 => 0,
        servers => DATAGRAMS.saturating_sub(servers),
    };
    let first = upstreams.iter().map(|upstream| match upstream.takes_datagrams() {
        true => Attempt { upstream, channel: Channel::Datagram },
        false => Attempt { upstream, channel: Channel::Stream },
    });
    let again = datagrams().cycle().take(repeats);
    let again = again.map(|upstream| Attempt { upstream, channel: Channel::Datagram });
    let fallback = datagrams().map(|upstream| Attempt { upstream, channel: Channel::Stream });
    let all = || first.clone().chain(again.clone()).chain(fallback.clone());
    let is_doubtful =
        |attempt: &Attempt<'_>| attempt.upstream.record(attempt.channel).is_doubtful();
    let trusted = all().filter(|attempt| !is_doubtful(attempt));
    (trusted.chain(all().filter(is_doubtful)).collect(), upstreams.len() + repeats)
}

/// The next exchange to end.
async fn next<'p>(
    running: &mut Vec<(Attempt<'p>, Exchange<'p>)>,
) -> (Attempt<'p>, Result<DnsResponse, NetError>) {
    poll_fn(|context| {
        for (index, (attempt, exchange)) in running.iter_mut().enumerate() {
            if let Poll::Ready(result) = exchange.as_mut().poll(context) {
                let attempt = *attempt;
                drop(running.swap_remove(index));
                return Poll::Ready((attempt, result));
            }
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Server;

    fn scheduled(servers: &[&str], silent: usize) -> (Vec<String>, usize) {
        let upstreams: Vec<_> = servers
            .iter()
            .map(|text| match text.parse() {
                Ok(Server::Endpoint(endpoint)) => {
                    Upstream::new(endpoint, ([127, 0, 0, 1], 53).into(), Sockets::Own)
                }
                _ => panic!("a test names valid servers"),
            })
            .collect();
        for upstream in &upstreams[..silent] {
            upstream.record(Channel::Datagram).was_silent();
        }
        let (queue, before_fallback) = schedule(&upstreams);
        let shown = |attempt: &Attempt<'_>| {
            let transport = attempt.upstream.transport(attempt.channel).word();
            format!("{} {transport}", attempt.upstream.endpoint)
        };
        (queue.iter().map(shown).collect(), before_fallback)
    }

    #[test]
    fn one_server_is_asked_four_times_over_udp_and_once_over_tcp() {
        let order = ["a.b udp", "a.b udp", "a.b udp", "a.b udp", "a.b tcp"];
        assert_eq!(scheduled(&["a.b"], 0), (order.map(str::to_owned).to_vec(), 4));
    }

    #[test]
    fn servers_take_turns_in_the_order_of_the_user() {
        let (order, before_fallback) = scheduled(&["a.b", "tls://c.d", "e.f"], 0);
        let expected =
            ["a.b udp", "tls://c.d tls", "e.f udp", "a.b udp", "e.f udp", "a.b tcp", "e.f tcp"];
        assert_eq!((order, before_fallback), (expected.map(str::to_owned).to_vec(), 5));
    }

    #[test]
    fn who_was_only_ever_silent_comes_last() {
        let (order, _) = scheduled(&["a.b", "c.d"], 1);
        let expected = ["c.d udp", "c.d udp", "a.b tcp", "c.d tcp", "a.b udp", "a.b udp"];
        assert_eq!(order, expected);
    }
}
