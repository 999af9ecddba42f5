//! Each question once.

use super::{Answer, Dns, Lookup, Outcome, Question};
use crate::net::Table;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::Instant;

/// How many answers are kept unless said otherwise: about 10 MB. A domain needs hundreds, and what
/// many have in common stays in use.
const CAPACITY: usize = 16_384;
/// How many questions are under way at the same time unless said otherwise.
const IN_FLIGHT: usize = 64;
/// How long a failure is believed at least, and at most: each one in a row counts for twice as long
/// (RFC 9520 §3.2).
const BELIEVED: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(300);

/// Asks each question once, and gives everybody the same answer.
///
/// Failures are kept too: within one run a second try would make reports contradict themselves.
/// Times to live play no part for the same reason. A run through very many domains may
/// [forget failures](Self::forgetting_failures). Whoever asks while a question is under way waits for
/// it; when the one who asked first gives up, the next one takes over.
#[derive(Debug)]
pub struct Cache<D> {
    under: D,
    memo: Mutex<Memo>,
    /// Questions of one generation, see [`Memo`].
    generation: usize,
    permits: Semaphore,
    forgets_failures: bool,
}

/// An answer, or the place where it will be.
type Slot = Arc<Place>;

#[derive(Debug, Default)]
struct Place {
    answer: OnceCell<Kept>,
    /// How often the question failed before, one time after the other.
    failures: u32,
}

#[derive(Debug)]
struct Kept {
    answer: Arc<Answer>,
    /// Until when a failure is believed; `None` for as long as it is kept.
    until: Option<Instant>,
}

impl Place {
    /// Makes room for another answer where a failure is believed no longer.
    fn renew(slot: &mut Slot) {
        let until = slot.answer.get().and_then(|kept| kept.until);
        if until.is_some_and(|until| until <= Instant::now()) {
            *slot = Arc::new(Self { answer: OnceCell::new(), failures: slot.failures + 1 });
        }
    }
}

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
        if let Some(slot) = self.young.get_mut(question) {
            Place::renew(slot);
            return Arc::clone(slot);
        }
        let (question, mut slot) =
            self.old.remove_entry(question).unwrap_or_else(|| (question.clone(), Slot::default()));
        Place::renew(&mut slot);
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
            forgets_failures: false,
        }
    }

    /// Believes a failure for a second, and one in a row twice as long as the one before, up to five
    /// minutes (RFC 9520 §3.2): a server that fails for a while spoils no more than that while.
    #[must_use]
    pub fn forgetting_failures(mut self) -> Self {
        self.forgets_failures = true;
        self
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

    async fn ask(&self, question: &Question, failures: u32) -> Kept {
        // The semaphore is never closed; without a permit the question would still be right.
        let _permit = self.permits.acquire().await.ok();
        let answer = self.under.lookup(question).await;
        let is_forgotten = self.forgets_failures && matches!(answer.outcome, Outcome::Failed(_));
        let believed = || BELIEVED.saturating_mul(2_u32.saturating_pow(failures)).min(LONGEST);
        let until = is_forgotten.then(|| Instant::now() + believed());
        Kept { answer, until }
    }
}

impl<D: Dns> Dns for Cache<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let mut memo = self.memo.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = memo.slot(question, self.generation);
        drop(memo);
        match slot.answer.get() {
            Some(kept) => Box::pin(std::future::ready(Arc::clone(&kept.answer))),
            None => Box::pin(async move {
                let asked = slot.answer.get_or_init(|| self.ask(question, slot.failures));
                Arc::clone(&asked.await.answer)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::{Failure, Kind, Provenance, Trouble};
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

    #[tokio::test(start_paused = true)]
    async fn a_forgotten_failure_is_asked_again_after_twice_the_time_of_the_one_before() {
        let cache = Cache::new(open()).forgetting_failures();
        let mut asked = Vec::new();
        for milliseconds in [0, 900, 200, 1900, 200, 3000] {
            tokio::time::advance(Duration::from_millis(milliseconds)).await;
            cache.lookup(&question(1)).await;
            asked.push(cache.under.asked.load(SeqCst));
        }
        assert_eq!(asked, [1, 1, 2, 2, 3, 3]);
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
