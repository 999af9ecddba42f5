//! Queries under way on one socket or connection, each with an id of its own.

use super::{rcode, wire};
use hickory_resolver::net::NetError;
use hickory_resolver::proto::op::DnsResponse;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// A reply, or what is wrong with it.
pub(super) type Received = Result<DnsResponse, NetError>;

/// The queries under way.
#[derive(Default)]
pub(super) struct Waiting {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    queries: HashMap<u16, Waiter>,
    /// How many there were before.
    places: u64,
    /// Why nothing more will come, once that is so.
    end: Option<io::ErrorKind>,
}

/// A query that waits for its reply.
struct Waiter {
    to: oneshot::Sender<Received>,
    /// The question section of the query, if the reply has to be about it to be one.
    question: Option<Box<[u8]>>,
    /// Which place it is, for an id is used again.
    place: u64,
}

impl Waiting {
    /// Takes a place for a query, under the first of the ids that is free, of which there has to be one. A
    /// reply about another question is ignored if `question` is given.
    ///
    /// # Errors
    /// Nothing more will come.
    pub(super) fn place(
        self: &Arc<Self>,
        mut ids: impl FnMut() -> u16,
        question: Option<Box<[u8]>>,
    ) -> io::Result<(Place, oneshot::Receiver<Received>)> {
        let (to, reply) = oneshot::channel();
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
        state.queries.insert(id, Waiter { to, question, place });
        drop(state);
        Ok((Place { waiting: Arc::clone(self), id, place }, reply))
    }

    /// Hands a message to the query that it replies to; what replies to none is ignored.
    pub(super) fn hand_over(&self, octets: &[u8]) {
        let Some(id) = octets.first_chunk() else { return };
        let id = u16::from_be_bytes(*id);
        let mut state = self.state();
        let Some(waiter) = state.queries.get(&id) else { return };
        let Some(reply) = reply_to(waiter.question.as_deref(), octets) else { return };
        if let Some(waiter) = state.queries.remove(&id) {
            // A query that was given up has taken its place away.
            let _ = waiter.to.send(reply);
        }
    }

    /// Says that nothing more will come, and why.
    pub(super) fn end(&self, why: io::ErrorKind) {
        let mut state = self.state();
        state.end = Some(why);
        for (_, waiter) in state.queries.drain() {
            let _ = waiter.to.send(Err(io::Error::from(why).into()));
        }
    }

    /// True if nothing more will come.
    pub(super) fn has_ended(&self) -> bool {
        self.state().end.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reply that a message is, or what is wrong with it; `None` if it is about another question.
pub(super) fn reply_to(question: Option<&[u8]>, octets: &[u8]) -> Option<Received> {
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

/// The place of a query, which waits no more once it is dropped.
pub(super) struct Place {
    waiting: Arc<Waiting>,
    id: u16,
    place: u64,
}

impl Place {
    /// Writes the id of the place into a query.
    pub(super) fn mark(&self, query: &mut [u8]) {
        wire::mark(query, self.id.to_be_bytes());
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.waiting.state();
        // Since the reply came another query may have taken the same id.
        if state.queries.get(&self.id).is_some_and(|waiter| waiter.place == self.place) {
            state.queries.remove(&self.id);
        }
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

    #[test]
    fn who_gives_up_leaves_no_place_and_takes_none_of_another() {
        let waiting = Arc::new(Waiting::default());
        let (first, _reply) = waiting.place(|| 7, None).expect("it goes on");
        waiting.hand_over(&message([0x81, 0x80], QUESTION));
        let (second, _reply) = waiting.place(|| 7, None).expect("it goes on");
        drop(first);
        let kept = waiting.state().queries.len();
        drop(second);
        assert_eq!((kept, waiting.state().queries.len()), (1, 0));
    }

    #[test]
    fn an_id_in_use_is_not_used_again() {
        let waiting = Arc::new(Waiting::default());
        let mut ids = [7, 7, 9].into_iter();
        let mut next = || ids.next().expect("one of them is free");
        let (_first, _reply) = waiting.place(&mut next, None).expect("it goes on");
        let (second, _reply) = waiting.place(&mut next, None).expect("it goes on");
        assert_eq!(second.id, 9);
    }

    #[test]
    fn after_the_end_there_is_no_place() {
        let waiting = Arc::new(Waiting::default());
        let (_place, mut reply) = waiting.place(|| 7, None).expect("it goes on");
        waiting.end(io::ErrorKind::UnexpectedEof);
        assert!(matches!(reply.try_recv(), Ok(Err(NetError::Io(_)))));
        assert!(waiting.place(|| 7, None).is_err());
    }
}
