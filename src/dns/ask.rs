//! Typed questions over the port.

use super::{Answer, Dns, Kind, Lookup, Question};
use crate::net::{Family, Name};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

/// Asks for one type at a name.
pub async fn ask(dns: &dyn Dns, name: &Name, kind: Kind) -> Arc<Answer> {
    dns.lookup(&Question::new(name.clone(), kind)).await
}

/// Asks for the addresses of one family: A or AAAA, never both (RFC 7208 §5).
pub async fn addresses(dns: &dyn Dns, name: &Name, family: Family) -> Arc<Answer> {
    let kind = match family {
        Family::V4 => Kind::A,
        Family::V6 => Kind::Aaaa,
    };
    ask(dns, name, kind).await
}

/// Awaits all of the futures at once; the outputs keep the order of the futures.
///
/// Made for the few dozen questions of one domain: each wake polls whatever is still open.
pub async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut open: Vec<Result<F::Output, Pin<Box<F>>>> =
        futures.into_iter().map(|future| Err(Box::pin(future))).collect();
    poll_fn(|context| {
        let mut pending = false;
        for slot in &mut open {
            if let Err(future) = slot {
                match future.as_mut().poll(context) {
                    Poll::Ready(output) => *slot = Ok(output),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    open.into_iter().filter_map(Result::ok).collect()
}

/// Questions that were asked all at once and are answered in their order.
///
/// For a walk whose names are known beforehand and whose end is not: what is dropped unread is
/// not waited for.
pub struct InOrder<'a> {
    open: VecDeque<Result<Arc<Answer>, Lookup<'a>>>,
}

impl<'a> InOrder<'a> {
    /// Asks the questions; nothing is on its way before the first [`InOrder::next`].
    pub fn ask(dns: &'a dyn Dns, questions: &'a [Question]) -> Self {
        Self { open: questions.iter().map(|question| Err(dns.lookup(question))).collect() }
    }

    /// The answer to the next question; `None` after the last.
    pub async fn next(&mut self) -> Option<Arc<Answer>> {
        poll_fn(|context| {
            for slot in &mut self.open {
                if let Err(lookup) = slot
                    && let Poll::Ready(answer) = lookup.as_mut().poll(context)
                {
                    *slot = Ok(answer);
                }
            }
            if matches!(self.open.front(), Some(Err(_))) { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        self.open.pop_front()?.ok()
    }
}

/// Awaits `main`, and lets `scout` run beside it for just as long.
pub async fn alongside<F: Future>(main: F, scout: impl Future<Output = ()>) -> F::Output {
    let (mut main, mut scout) = (pin!(main), pin!(scout));
    let mut scouting = true;
    poll_fn(|context| {
        // The scout first: what it asks for in this turn is then already on its way.
        if scouting && scout.as_mut().poll(context).is_ready() {
            scouting = false;
        }
        main.as_mut().poll(context)
    })
    .await
}

/// Awaits `main`, and lets `scout` run behind it for just as long, from the first turn on in which `main` waits
/// and there `is_need` of it.
pub async fn behind<F: Future>(
    main: F,
    is_need: impl Fn() -> bool,
    scout: impl Future<Output = ()>,
) -> F::Output {
    let (mut main, mut scout) = (pin!(main), pin!(scout));
    let (mut is_needed, mut scouting) = (false, true);
    poll_fn(|context| {
        let polled = main.as_mut().poll(context);
        if polled.is_pending() && scouting {
            is_needed = is_needed || is_need();
            scouting = !is_needed || scout.as_mut().poll(context).is_pending();
        }
        polled
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::super::{Outcome, Provenance};
    use super::*;

    /// Answers questions for A at once, and no others ever.
    struct OnlyA;

    impl Dns for OnlyA {
        fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
            Box::pin(poll_fn(move |_| {
                if question.kind != Kind::A {
                    return Poll::Pending;
                }
                let provenance = Provenance::Zone("test".into());
                let answer = Answer::new(question.clone(), Outcome::NoData, provenance);
                Poll::Ready(Arc::new(answer))
            }))
        }
    }

    #[tokio::test]
    async fn an_answer_in_order_does_not_wait_for_those_behind_it() {
        let questions = [Kind::A, Kind::Txt].map(|kind| Question::new(Name::root(), kind));
        let first = InOrder::ask(&OnlyA, &questions).next().await;
        assert_eq!(first.map(|answer| answer.question.kind), Some(Kind::A));
    }

    #[tokio::test]
    async fn outputs_keep_the_order_of_their_futures() {
        let (send, receive) = tokio::sync::oneshot::channel();
        let first: Pin<Box<dyn Future<Output = u8>>> =
            Box::pin(async { receive.await.unwrap_or_default() });
        let second: Pin<Box<dyn Future<Output = u8>>> = Box::pin(async move {
            let _ = send.send(1);
            2
        });
        assert_eq!(join_all([first, second]).await, [1, 2]);
    }

    #[tokio::test]
    async fn a_scout_that_never_ends_does_not_hold_up_the_main_work() {
        assert_eq!(alongside(std::future::ready(7), std::future::pending()).await, 7);
        assert_eq!(behind(std::future::ready(7), || true, std::future::pending()).await, 7);
    }

    #[tokio::test]
    async fn a_scout_behind_sets_out_when_the_main_work_waits_and_there_is_need() {
        let mut set_out = Vec::new();
        for (waits, is_need) in [(false, true), (true, false), (true, true)] {
            let mut has_set_out = false;
            let main = async {
                if waits {
                    tokio::task::yield_now().await;
                }
            };
            behind(main, || is_need, async { has_set_out = true }).await;
            set_out.push(has_set_out);
        }
        assert_eq!(set_out, [false, false, true]);
    }
}
