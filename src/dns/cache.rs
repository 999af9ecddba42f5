//! Each question once.

use super::{Answer, Dns, Lookup, Question};
use crate::net::Table;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OnceCell, Semaphore};

/// How many answers are kept unless said otherwise: about 10 MB. A domain needs hundreds, and what
/// many have in common stays in use.
const CAPACITY: usize = 16_384;
/// How many questions are under way at the same time unless said otherwise.
const IN_FLIGHT: usize = 64;

/// Asks each question once, and gives everybody the same answer.
///
/// Failures are kept too: within one run a second try would make reports contradict themselves.
/// Times to live play no part for the same reason. Whoever asks while a question is under way
/// waits for it; when the one who asked first gives up, the next one takes over.
#[derive(Debug)]
pub struct Cache<D> {
    under: D,
    memo: Mutex<Memo>,
    /// Questions of one generation, see [`Memo`].
    generation: usize,
    permits: Semaphore,
}

/// An answer, or the place where it will be.
type Slot = Arc<OnceCell<Arc<Answer>>>;

/// Two generations of answers. When the young one is full, the old one is forgotten and the young
/// one grows old; what is asked for again becomes young again. So what is in use stays, without
/// any list to keep in order.
#[derive(Debug, Default)]
struct Memo {
    young: Table<Question, Slot>,
    old: Table<Question, Slot>,
}

impl Memo {
    fn slot(&mut self, question: &Question, generation: usize) -> Slot {
        if let Some(slot) = self.young.get(question) {
            return Arc::clone(slot);
        }
        let (question, slot) =
            self.old.remove_entry(question).unwrap_or_else(|| (question.clone(), Slot::default()));
        if self.young.len() >= generation {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(question, Arc::clone(&slot));
        slot
    }
}

impl<D: Dns> Cache<D> {
    /// Remembers the answers of `under`: 16,384 of them, with 64 questions under way at most.
    pub fn new(under: D) -> Self {
        Self {
            under,
            memo: Mutex::default(),
            generation: CAPACITY / 2,
            permits: Semaphore::new(IN_FLIGHT),
        }
    }

    /// Keeps at most `answers` of them, and no fewer than half as many of those last used.
    #[must_use]
    pub fn capacity(mut self, answers: usize) -> Self {
        self.generation = (answers / 2).max(1);
        self
    }

    /// Lets at most `questions` be under way at the same time.
    #[must_use]
    pub fn in_flight(mut self, questions: usize) -> Self {
        self.permits = Semaphore::new(questions.clamp(1, Semaphore::MAX_PERMITS));
        self
    }

    async fn ask(&self, question: &Question) -> Arc<Answer> {
        // The semaphore is never closed; without a permit the question would still be right.
        let _permit = self.permits.acquire().await.ok();
        self.under.lookup(question).await
    }
}

impl<D: Dns> Dns for Cache<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let mut memo = self.memo.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = memo.slot(question, self.generation);
        drop(memo);
        match slot.get() {
            Some(answer) => Box::pin(std::future::ready(Arc::clone(answer))),
            None => {
                Box::pin(async move { Arc::clone(slot.get_or_init(|| self.ask(question)).await) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::{Failure, Kind, Outcome, Provenance, Trouble};
    use crate::net::Name;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::time::Duration;
    use tokio::sync::Notify;

    /// Answers when told to, and counts.
    #[derive(Default)]
    struct Slow {
        asked: AtomicUsize,
        now: AtomicUsize,
        most: AtomicUsize,
        gate: Notify,
        open: bool,
    }

    impl Dns for Slow {
        fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
            Box::pin(async move {
                self.asked.fetch_add(1, SeqCst);
                self.most.fetch_max(self.now.fetch_add(1, SeqCst) + 1, SeqCst);
                if self.open {
                    tokio::task::yield_now().await;
                } else {
                    self.gate.notified().await;
                }
                self.now.fetch_sub(1, SeqCst);
                let outcome = Outcome::Failed(Failure::new(Trouble::ServFail));
                Arc::new(Answer::new(question.clone(), outcome, Provenance::Injected))
            })
        }
    }

    fn open() -> Slow {
        Slow { open: true, ..Slow::default() }
    }

    fn question(number: usize) -> Question {
        let name = Name::from_octets(format!("n{number}.example").as_bytes());
        Question::new(name.expect("a test writes valid names"), Kind::A)
    }

    #[tokio::test]
    async fn the_same_question_is_asked_once_even_if_it_fails() {
        let cache = Cache::new(open());
        let (one, two) = (cache.lookup(&question(1)).await, cache.lookup(&question(1)).await);
        assert!(Arc::ptr_eq(&one, &two) && cache.under.asked.load(SeqCst) == 1);
    }

    #[tokio::test]
    async fn questions_under_way_are_joined() {
        let cache = Cache::new(open());
        let one = question(1);
        tokio::join!(cache.lookup(&one), cache.lookup(&one), cache.lookup(&one));
        assert_eq!(cache.under.asked.load(SeqCst), 1);
    }

    #[tokio::test]
    async fn a_follower_takes_over_when_the_first_gives_up() {
        let cache = Cache::new(Slow::default());
        let one = question(1);
        let mut first = cache.lookup(&one);
        let mut second = cache.lookup(&one);
        // Both begin to wait: the first for the answer, the second for the first.
        tokio::select! { biased; _ = &mut first => (), _ = &mut second => (), () = std::future::ready(()) => () }
        drop(first);
        cache.under.gate.notify_one();
        second.await;
        assert_eq!(cache.under.asked.load(SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_limit_are_under_way() {
        let cache = Cache::new(open()).in_flight(2);
        let questions: Vec<_> = (0..5).map(question).collect();
        let [a, b, c, d, e] = &questions[..] else { panic!("five questions") };
        let all = async {
            tokio::join!(
                cache.lookup(a),
                cache.lookup(b),
                cache.lookup(c),
                cache.lookup(d),
                cache.lookup(e)
            )
        };
        tokio::time::timeout(Duration::from_secs(1), all).await.expect("all are answered");
        assert_eq!((cache.under.asked.load(SeqCst), cache.under.most.load(SeqCst)), (5, 2));
    }

    #[tokio::test]
    async fn what_is_in_use_stays_and_the_rest_is_forgotten() {
        let cache = Cache::new(open()).capacity(4);
        for number in 1..10 {
            cache.lookup(&question(0)).await;
            cache.lookup(&question(number)).await;
        }
        let memo = cache.memo.lock().expect("no test panics inside");
        let kept = memo.young.len() + memo.old.len();
        // Ten questions, each asked once: number 0 was never forgotten.
        assert_eq!((kept <= 4, cache.under.asked.load(SeqCst)), (true, 10));
    }
}
