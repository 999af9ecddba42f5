//! Queries under way on one socket or connection, each with an id of its own.

use super::{rcode, wire};
use crate::net::Table;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::op::DnsResponse;
use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::time::Instant;

/// A message that replies to a query, or why none will come.
pub(super) type Received = Result<Vec<u8>, io::ErrorKind>;

/// The queries under way.
#[derive(Default)]
pub(super) struct Waiting {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    queries: Table<u16, Waiter>,
    /// How many there were before.
    places: u64,
    /// When those that want to be told are told that they wait for long, by id and place. In order, as
    /// all on one socket wait for as long.
    late: VecDeque<(Instant, u16, u64)>,
    /// Why nothing more will come, once that is so.
    end: Option<io::ErrorKind>,
}

/// A query that waits for its reply.
struct Waiter {
    /// The question section of the query, if the reply has to be about it to be one.
    question: Option<Box<[u8]>>,
    /// Which place it is, for an id is used again.
    place: u64,
    news: Option<News>,
    waker: Option<Waker>,
}

/// What a query is told that waits.
pub(super) enum News {
    /// A reply, or that none will come.
    Received(Received),
    /// No reply came for as long as it was asked for; it may still come.
    Late,
}

impl Waiting {
    /// Takes a place for a query, under the first of the ids that is free, of which there has to be one. A
    /// reply about another question is ignored if `question` is given. At `late`, which no place before
    /// may exceed, [`Waiting::tell_late`] tells it that it waits for long.
    ///
    /// # Errors
    /// Nothing more will come.
    pub(super) fn place(
        self: &Arc<Self>,
        mut ids: impl FnMut() -> u16,
        question: Option<Box<[u8]>>,
        late: Option<Instant>,
    ) -> io::Result<Place> {
        let mut state = self.state();
        if let Some(end) = state.end {
            return Err(end.into());
        }
        let mut id = ids();
        while state.queries.contains_key(&id) {
            id = ids();
        }
        state.places += 1;
        let place = state.places;
        state.queries.insert(id, Waiter { question, place, news: None, waker: None });
        state.late.extend(late.map(|late| (late, id, place)));
        drop(state);
        Ok(Place { waiting: Arc::clone(self), id })
    }

    /// Hands a message to the query that it replies to; what replies to none is ignored.
    pub(super) fn hand_over(&self, octets: &[u8]) {
        let Some(id) = octets.first_chunk() else { return };
        let mut state = self.state();
        let Some(waiter) = state.queries.get_mut(&u16::from_be_bytes(*id)) else { return };
        // The first reply is the one.
        if matches!(waiter.news, Some(News::Received(_)))
            || !is_reply_to(waiter.question.as_deref(), octets)
        {
            return;
        }
        waiter.news = Some(News::Received(Ok(octets.to_vec())));
        let waker = waiter.waker.take();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Says that nothing more will come, and why.
    pub(super) fn end(&self, why: io::ErrorKind) {
        let mut state = self.state();
        state.end = Some(why);
        let mut wakers = Vec::with_capacity(state.queries.len());
        for waiter in state.queries.values_mut() {
            if !matches!(waiter.news, Some(News::Received(_))) {
                waiter.news = Some(News::Received(Err(why)));
            }
            wakers.extend(waiter.waker.take());
        }
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Tells those that wait for long that they do; true if there may be others for whom it is too early.
    pub(super) fn tell_late(&self, now: Instant) -> bool {
        let mut state = self.state();
        let mut wakers = Vec::new();
        while let Some((late, id, place)) = state.late.front().copied()
            && late <= now
        {
            state.late.pop_front();
            let waiter = state.queries.get_mut(&id);
            if let Some(waiter) = waiter.filter(|it| it.place == place && it.news.is_none()) {
                waiter.news = Some(News::Late);
                wakers.extend(waiter.waker.take());
            }
        }
        let are_others = !state.late.is_empty();
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
        are_others
    }

    /// True if nothing more will come.
    pub(super) fn has_ended(&self) -> bool {
        self.state().end.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// True if a message is the reply to a query about this question, be it good or bad.
fn is_reply_to(question: Option<&[u8]>, octets: &[u8]) -> bool {
    question.is_none_or(|question| {
        // Nearly every message, read no further than that.
        let repeats = wire::has_one_question(octets)
            && wire::question_of(octets).is_some_and(|other| is_same(other, question));
        repeats || reply_to(Some(question), octets).is_some()
    })
}

/// The reply that a message is, or what is wrong with it; `None` if it is about another question.
pub(super) fn reply_to(
    question: Option<&[u8]>,
    octets: &[u8],
) -> Option<Result<DnsResponse, NetError>> {
    let response = match DnsResponse::from_buffer(octets.to_vec()) {
        Ok(response) => response,
        Err(why) => return Some(Err(why.into())),
    };
    let code = u16::from(response.metadata.response_code);
    let is_about_it = question.is_none_or(|question| match response.queries.as_slice() {
        [] => !rcode::is_answer(code),
        [_] => wire::question_of(octets).is_some_and(|other| is_same(other, question)),
        _ => false,
    });
    is_about_it.then_some(Ok(response))
}

/// True if two question sections ask the same: the letter case of the name says nothing.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let at = one.len().saturating_sub(wire::QUESTION);
    one.len() == other.len()
        && one
            .get(..at)
            .zip(other.get(..at))
            .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
        && one.get(at..) == other.get(at..)
}

/// The place of a query, which waits no more once it is dropped. As a future it is what the query is
/// told next; behind a reply nothing follows.
pub(super) struct Place {
    waiting: Arc<Waiting>,
    id: u16,
}

impl Place {
    /// Writes the id of the place into a query.
    pub(super) fn mark(&self, query: &mut [u8]) {
        wire::mark(query, self.id.to_be_bytes());
    }

    /// The reply, however long it takes.
    pub(super) async fn reply(mut self) -> Received {
        loop {
            if let News::Received(received) = (&mut self).await {
                return received;
            }
        }
    }
}

impl Future for Place {
    type Output = News;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<News> {
        let mut state = self.waiting.state();
        // It is there until it is dropped.
        let Some(waiter) = state.queries.get_mut(&self.id) else { return Poll::Pending };
        if let Some(news) = waiter.news.take() {
            return Poll::Ready(news);
        }
        if !waiter.waker.as_ref().is_some_and(|known| known.will_wake(context.waker())) {
            waiter.waker = Some(context.waker().clone());
        }
        Poll::Pending
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.waiting.state().queries.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The question for the type A at `a.b`.
    const QUESTION: &[u8] = b"\x01a\x01b\x00\x00\x01\x00\x01";

    fn message(flags: [u8; 2], question: &[u8]) -> Vec<u8> {
        let count = u8::from(!question.is_empty());
        [&[0, 7], &flags[..], &[0, count, 0, 0, 0, 0, 0, 0], question].concat()
    }

    fn fits(flags: [u8; 2], question: &[u8]) -> bool {
        reply_to(Some(QUESTION), &message(flags, question)).is_some()
    }

    #[test]
    fn a_reply_repeats_the_question_in_any_letter_case() {
        let sound = [0x81, 0x80];
        let repeated = [
            fits(sound, QUESTION),
            fits(sound, b"\x01A\x01b\x00\x00\x01\x00\x01"),
            fits(sound, b"\x01a\x01c\x00\x00\x01\x00\x01"),
            fits(sound, b"\x01a\x01b\x00\x00\x10\x00\x01"),
            fits(sound, b"\x01a\x01b\x00\x00\x01\x00\x03"),
        ];
        assert_eq!(repeated, [true, true, false, false, false]);
    }

    #[test]
    fn only_a_failure_may_come_without_a_question() {
        assert_eq!([fits([0x81, 0x81], b""), fits([0x81, 0x80], b"")], [true, false]);
    }

    #[test]
    fn types_whose_numbers_differ_like_letter_cases_are_two() {
        let asked = b"\x01a\x00\x00\x41\x00\x01";
        let other = b"\x01a\x00\x00\x61\x00\x01";
        assert!(is_same(asked, asked) && !is_same(asked, other));
    }

    /// What a query is told that asks now: `reply`, `end`, `late`, or nothing.
    fn told(place: &mut Place) -> &'static str {
        match Pin::new(place).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => "nothing",
            Poll::Ready(News::Late) => "late",
            Poll::Ready(News::Received(Ok(_))) => "reply",
            Poll::Ready(News::Received(Err(_))) => "end",
        }
    }

    #[test]
    fn who_gives_up_leaves_no_place_and_takes_none_of_another() {
        let waiting = Arc::new(Waiting::default());
        let [first, second] =
            [7, 9].map(|id| waiting.place(|| id, None, None).expect("it goes on"));
        waiting.hand_over(&message([0x81, 0x80], QUESTION));
        drop(first);
        let kept = waiting.state().queries.len();
        drop(second);
        assert_eq!((kept, waiting.state().queries.len()), (1, 0));
    }

    #[test]
    fn the_first_reply_is_the_one_and_comes_once() {
        let waiting = Arc::new(Waiting::default());
        let mut place = waiting.place(|| 7, None, None).expect("it goes on");
        for flags in [[0x81, 0x80], [0x81, 0x83]] {
            waiting.hand_over(&message(flags, QUESTION));
        }
        waiting.end(io::ErrorKind::UnexpectedEof);
        assert_eq!([told(&mut place), told(&mut place)], ["reply", "nothing"]);
    }

    #[test]
    fn who_waits_for_long_is_told_once_and_may_still_get_a_reply() {
        let waiting = Arc::new(Waiting::default());
        let now = Instant::now();
        let later = now + std::time::Duration::from_secs(1);
        let mut ids = 7..;
        let mut place = |late| {
            let next = || ids.next().expect("there are more");
            waiting.place(next, None, Some(late)).expect("it goes on")
        };
        let (mut first, gone, mut second) = (place(now), place(now), place(later));
        drop(gone);
        let are_others = waiting.tell_late(now);
        let told_first = [told(&mut first), told(&mut first), told(&mut second)];
        waiting.hand_over(&message([0x81, 0x80], QUESTION));
        let then = (waiting.tell_late(later), told(&mut first), told(&mut second));
        assert_eq!(
            (are_others, told_first, then),
            (true, ["late", "nothing", "nothing"], (false, "reply", "late"))
        );
    }

    #[test]
    fn an_id_in_use_is_not_used_again() {
        let waiting = Arc::new(Waiting::default());
        let mut ids = [7, 7, 9].into_iter();
        let mut next = || ids.next().expect("one of them is free");
        let _first = waiting.place(&mut next, None, None).expect("it goes on");
        let second = waiting.place(&mut next, None, None).expect("it goes on");
        assert_eq!(second.id, 9);
    }

    #[test]
    fn after_the_end_there_is_no_place() {
        let waiting = Arc::new(Waiting::default());
        let mut place = waiting.place(|| 7, None, None).expect("it goes on");
        waiting.end(io::ErrorKind::UnexpectedEof);
        assert_eq!(told(&mut place), "end");
        assert!(waiting.place(|| 7, None, None).is_err());
    }
}
