//! How much one domain may cost others.
//!
//! Whoever writes the records of a domain decides which names are looked up, and those may be names
//! of a victim: a policy of a few octets makes every checker that reads it ask thousands of queries.
//! RFC 7208 §11.1 warns of that for mail, and limits what one evaluation may cost; a report looks at
//! more than one evaluation does, so it has a limit of its own.

use super::{Answer, Dns, Failure, Lookup, Outcome, Provenance, Question, Trouble};
use crate::net::{Name, Table, organization};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

/// How many queries one domain may cause to the names of one organization unless said otherwise.
pub const MOST_QUERIES: usize = 300;

/// Lets one domain cause so many queries to each organization other than its own.
///
/// Aliases that were followed one by one and further tries count as well. What they cost is known
/// once the answer is there, so only so many queries to one organization are under way at once, and
/// few where an answer cost more than its query. A query counts once however often it is asked, and
/// also where a cache below answers it: what is undetermined of a domain does not depend on the
/// domains before it. Beyond the limit nothing is
/// known ([`Trouble::OverBudget`]).
///
/// Whoever asks while a question is under way waits for it; when the one who asked first gives up, the
/// next one takes over.
#[derive(Debug)]
pub struct Budget<D> {
    under: D,
    own: Option<Name>,
    /// A name, and who is asked about it and what is below it.
    apart: Option<(Name, D)>,
    most: usize,
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    /// Each question that was asked.
    known: Table<Question, Known>,
    accounts: Table<Name, Account>,
}

/// A question that was asked.
#[derive(Debug)]
struct Known {
    /// Who is asked, unless it is the domain's own organization.
    party: Option<Name>,
    /// True if what it costs was charged.
    is_charged: bool,
    /// The answer, or the refusal, once there is one: from then on it is the answer.
    answer: Slot,
}

/// An answer, or the place where it will be.
type Slot = Arc<OnceCell<Arc<Answer>>>;

/// What one organization is asked.
#[derive(Debug, Default)]
struct Account {
    /// Queries that were admitted, and what they cost besides.
    spent: usize,
    /// Queries that were sent, and what they cost besides.
    sent: usize,
    gate: Arc<Gate>,
}

/// The queries to one organization that are under way.
#[derive(Debug)]
struct Gate {
    permits: Semaphore,
    width: AtomicUsize,
}

impl Default for Gate {
    fn default() -> Self {
        Self { permits: Semaphore::new(Self::WIDE), width: AtomicUsize::new(Self::WIDE) }
    }
}

impl Gate {
    /// Most queries under way at once.
    const WIDE: usize = 32;
    /// The same where answers cost more than their queries.
    const NARROW: usize = 4;

    /// Keeps a permit for good, while there are more than few.
    fn narrow(&self, permit: SemaphorePermit<'_>) {
        let fewer = |width: usize| (width > Self::NARROW).then(|| width - 1);
        if self.width.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer).is_ok() {
            permit.forget();
        }
    }
}

impl<D: Dns> Budget<D> {
    /// Passes to `under` at most `most` queries to each organization for the sake of `domain`.
    pub fn new(under: D, domain: &Name, most: usize) -> Self {
        let (own, apart) = (Some(organization(domain)), None);
        Self { under, own, apart, most, books: Mutex::default() }
    }

    /// Asks `source` about a name and all below it: what no other domain asks for need not be kept.
    #[doc(hidden)]
    #[must_use]
    pub fn apart(self, name: &Name, source: D) -> Self {
        Self { apart: Some((name.clone(), source)), ..self }
    }

    /// Passes to `under` at most `most` queries to each organization: for what strangers wrote, of which
    /// no name is its own.
    pub fn for_all(under: D, most: usize) -> Self {
        Self { under, own: None, apart: None, most, books: Mutex::default() }
    }

    /// The place of the answer to a question: its own, if the budget is spent.
    fn admit(&self, question: &Question) -> Slot {
        let mut books = self.books();
        if let Some(known) = books.known.get(question) {
            return Arc::clone(&known.answer);
        }
        let party = self.party(question);
        let refusal = party.as_ref().and_then(|party| {
            let account = books.accounts.entry(party.clone()).or_default();
            account.spent += 1;
            (account.spent > self.most).then(|| self.refused(question, party))
        });
        let answer = Arc::new(OnceCell::new_with(refusal));
        let known = Known { party, is_charged: false, answer: Arc::clone(&answer) };
        books.known.insert(question.clone(), known);
        answer
    }

    fn source(&self, question: &Question) -> &D {
        match &self.apart {
            Some((name, source)) if question.name.is_within(name) => source,
            _ => &self.under,
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is asked, unless it is the domain's own organization.
    fn party(&self, question: &Question) -> Option<Name> {
        Some(organization(&question.name)).filter(|party| self.own.as_ref() != Some(party))
    }

    /// Sends a question, if what is under way has left enough for it.
    async fn send(&self, question: &Question) -> Arc<Answer> {
        let party = self.books().known.get(question).and_then(|known| known.party.clone());
        let Some(party) = party else {
            let answer = self.source(question).lookup(question).await;
            self.charge(&answer);
            return answer;
        };
        let gate = Arc::clone(&self.books().accounts.entry(party.clone()).or_default().gate);
        // The gate is never closed; an error would mean that it lets everything through.
        let permit = gate.permits.acquire().await.ok();
        if let Some(refusal) = self.refused_meanwhile(question, &party) {
            return refusal;
        }
        let answer = self.source(question).lookup(question).await;
        if self.charge(&answer) > 0
            && let Some(permit) = permit
        {
            gate.narrow(permit);
        }
        answer
    }

    /// The answer to a question that was admitted, if those before it cost what was left for it.
    fn refused_meanwhile(&self, question: &Question, party: &Name) -> Option<Arc<Answer>> {
        let mut books = self.books();
        let known = books.known.get_mut(question)?;
        if std::mem::replace(&mut known.is_charged, true) {
            // Who asked first gave up, and was charged.
            return None;
        }
        let account = books.accounts.entry(party.clone()).or_default();
        account.sent += 1;
        (account.sent > self.most).then(|| self.refused(question, party))
    }

    /// Charges what an answer cost beyond the one query for it: a query for each alias that was
    /// followed by itself, to the organization of that alias, and each further try. Returns how much
    /// that is.
    fn charge(&self, answer: &Answer) -> usize {
        let Provenance::Live { tries, .. } = answer.provenance else { return 0 };
        let further = usize::from(tries.saturating_sub(1));
        let followed = answer.aliases.iter().take(further);
        let again = further.saturating_sub(answer.aliases.len());
        let parties = followed.chain(std::iter::repeat_n(&answer.question.name, again));
        let mut books = self.books();
        for party in parties.map(organization).filter(|party| self.own.as_ref() != Some(party)) {
            let account = books.accounts.entry(party).or_default();
            account.spent += 1;
            account.sent += 1;
        }
        further
    }

    fn refused(&self, question: &Question, party: &Name) -> Arc<Answer> {
        let most = self.most;
        let detail = match self.own {
            Some(_) => format!("one domain may cause {most} queries to names of {party}"),
            None => format!("at most {most} queries go to names of {party}"),
        };
        let outcome = Outcome::Failed(Failure::because(Trouble::OverBudget, detail));
        let nobody = Provenance::Live { server: None, transport: "", tries: 0 };
        Arc::new(Answer::new(question.clone(), outcome, nobody))
    }
}

impl<D: Dns> Dns for Budget<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        if question.to.is_some() {
            // Who asks one server after the other counts them.
            return self.under.lookup(question);
        }
        let slot = self.admit(question);
        match slot.get() {
            Some(answer) => Box::pin(std::future::ready(Arc::clone(answer))),
            None => {
                Box::pin(async move { Arc::clone(slot.get_or_init(|| self.send(question)).await) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Kind;

    /// Says of every name that it does not exist.
    struct Nothing;

    impl Dns for Nothing {
        fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
            let zone = Provenance::Zone("test".into());
            let answer = Answer::new(question.clone(), Outcome::NxDomain, zone);
            Box::pin(std::future::ready(Arc::new(answer)))
        }
    }

    /// What becomes of questions about names, asked one after another by `a.own.com` with a budget
    /// of two.
    async fn words<const N: usize>(names: [&str; N]) -> [&'static str; N] {
        let name = |text: &str| Name::from_octets(text.as_bytes()).expect("a test names names");
        let budget = Budget::new(Nothing, &name("a.own.com"), 2);
        let mut words = [""; N];
        for (word, owner) in words.iter_mut().zip(names) {
            *word = budget.lookup(&Question::new(name(owner), Kind::A)).await.outcome.word();
        }
        words
    }

    #[tokio::test]
    async fn an_organization_is_asked_so_often_and_no_more() {
        let words = words(["a.x.org", "b.x.org", "c.x.org", "x.net", "d.e.x.org"]).await;
        assert_eq!(words, ["nxdomain", "nxdomain", "over_budget", "nxdomain", "over_budget"]);
    }

    #[tokio::test]
    async fn the_same_question_counts_once_and_has_one_answer() {
        let words = words(["a.x.org", "a.x.org", "b.x.org", "c.x.org", "a.x.org", "c.x.org"]).await;
        let last = ["over_budget", "nxdomain", "over_budget"];
        assert_eq!((&words[..3], &words[3..]), (&["nxdomain"; 3][..], &last[..]));
    }

    /// Counts what it is asked, and takes a while.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Dns for Counting {
        fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
            Box::pin(async move {
                self.0.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Nothing.lookup(question).await
            })
        }
    }

    fn address_of(owner: &str) -> Question {
        Question::new(Name::from_octets(owner.as_bytes()).expect("a name"), Kind::A)
    }

    #[tokio::test]
    async fn a_question_under_way_is_waited_for_and_not_asked_again() {
        let asked = ["own.com", "x.org"].map(address_of);
        let budget = Budget::new(Counting::default(), &asked[0].name, 2);
        for question in &asked {
            tokio::join!(budget.lookup(question), budget.lookup(question));
        }
        assert_eq!(budget.under.0.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_follower_takes_over_when_the_first_gives_up() {
        let question = address_of("x.org");
        let budget = Budget::new(Counting::default(), &address_of("own.com").name, 1);
        let mut first = budget.lookup(&question);
        tokio::select! { biased; _ = &mut first => (), () = std::future::ready(()) => () }
        drop(first);
        assert_eq!(budget.lookup(&question).await.outcome.word(), "nxdomain");
    }

    #[tokio::test]
    async fn only_names_of_the_domain_itself_are_asked_apart() {
        let [kept, apart] = [Counting::default(), Counting::default()];
        let own = address_of("a.own.com").name;
        let budget = Budget::new(&kept, &own, 9).apart(&own, &apart);
        for owner in ["a.own.com", "_dmarc.a.own.com", "own.com", "ba.own.com", "x.org"] {
            budget.lookup(&address_of(owner)).await;
        }
        let [kept, apart] = [kept, apart].map(|it| it.0.load(Ordering::Relaxed));
        assert_eq!((kept, apart), (3, 2));
    }

    /// Answers after three tries, by way of an alias.
    struct Costly;

    impl Dns for Costly {
        fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
            let live = Provenance::Live { server: None, transport: "udp", tries: 3 };
            let mut answer = Answer::new(question.clone(), Outcome::NoData, live);
            answer.aliases = vec![Name::from_octets(b"a.y.org").expect("a name")];
            Box::pin(std::future::ready(Arc::new(answer)))
        }
    }

    #[tokio::test]
    async fn aliases_and_further_tries_are_charged_to_those_who_get_them() {
        let name = |text: &str| Name::from_octets(text.as_bytes()).expect("a test names names");
        let budget = Budget::new(Costly, &name("own.com"), 2);
        let mut words = Vec::new();
        for owner in ["a.x.org", "b.x.org", "b.y.org", "c.y.org", "a.x.org"] {
            let question = Question::new(name(owner), Kind::A);
            words.push(budget.lookup(&question).await.outcome.word());
        }
        // Two queries to x.org and one to y.org for the first; then one to y.org itself.
        assert_eq!(words, ["nodata", "over_budget", "nodata", "over_budget", "nodata"]);
    }

    /// Counts what it is asked, and says so of each query that it took a while and seven aliases.
    #[derive(Default)]
    struct Chained(std::sync::atomic::AtomicUsize);

    impl Dns for Chained {
        fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
            Box::pin(async move {
                tokio::task::yield_now().await;
                self.0.fetch_add(8, Ordering::Relaxed);
                let live = Provenance::Live { server: None, transport: "udp", tries: 8 };
                let mut answer = Answer::new(question.clone(), Outcome::NoData, live);
                answer.aliases = vec![question.name.clone(); 7];
                Arc::new(answer)
            })
        }
    }

    #[tokio::test]
    async fn what_is_asked_at_once_costs_little_more_than_the_budget() {
        let name = |text: &str| Name::from_octets(text.as_bytes()).expect("a test names names");
        let budget = Budget::new(Chained::default(), &name("own.com"), 300);
        let questions: Vec<Question> =
            (0..400).map(|at| Question::new(name(&format!("h{at}.x.org")), Kind::A)).collect();
        let asked = questions.iter().map(|question| budget.lookup(question));
        crate::dns::join_all(asked).await;
        let cost = budget.under.0.load(Ordering::Relaxed);
        assert!((300..=300 + Gate::WIDE * 8).contains(&cost), "{cost}");
    }

    #[tokio::test]
    async fn the_names_of_its_own_organization_cost_a_domain_nothing() {
        assert_eq!(
            words(["own.com", "b.own.com", "c.own.com", "d.own.com"]).await,
            ["nxdomain"; 4]
        );
    }
}
