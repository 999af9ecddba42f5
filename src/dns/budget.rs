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
use tokio::sync::{Semaphore, SemaphorePermit};

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
#[derive(Debug)]
pub struct Budget<D> {
    under: D,
    own: Option<Name>,
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
    /// The answer, or the refusal, once there is one: from then on it is the answer.
    answer: Option<Arc<Answer>>,
}

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

/// What becomes of a question.
enum Admission {
    /// It is asked, and what it costs is charged.
    First(Option<Name>),
    /// It was asked before, and was charged then; the answer is still to come.
    Again(Option<Name>),
    /// This is its answer.
    Known(Arc<Answer>),
}

impl<D: Dns> Budget<D> {
    /// Passes to `under` at most `most` queries to each organization for the sake of `domain`.
    pub fn new(under: D, domain: &Name, most: usize) -> Self {
        Self { under, own: Some(organization(domain)), most, books: Mutex::default() }
    }

    /// Passes to `under` at most `most` queries to each organization: for what strangers wrote, of which
    /// no name is its own.
    pub fn for_all(under: D, most: usize) -> Self {
        Self { under, own: None, most, books: Mutex::default() }
    }

    /// What becomes of a question.
    fn admit(&self, question: &Question) -> Admission {
        let mut books = self.books();
        if let Some(Known { party, answer }) = books.known.get(question) {
            return match answer {
                Some(answer) => Admission::Known(Arc::clone(answer)),
                None => Admission::Again(party.clone()),
            };
        }
        let party = self.party(question);
        let refusal = party.as_ref().and_then(|party| {
            let account = books.accounts.entry(party.clone()).or_default();
            account.spent += 1;
            (account.spent > self.most).then(|| self.refused(question, party))
        });
        let known = Known { party: party.clone(), answer: refusal.clone() };
        books.known.insert(question.clone(), known);
        refusal.map_or(Admission::First(party), Admission::Known)
    }

    /// Keeps an answer, so that the same question has the same one from now on.
    fn keep(&self, question: &Question, answer: &Arc<Answer>) {
        if let Some(known) = self.books().known.get_mut(question) {
            known.answer.get_or_insert_with(|| Arc::clone(answer));
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
    async fn send(&self, question: &Question, party: Option<Name>, is_first: bool) -> Arc<Answer> {
        let Some(party) = party else {
            let answer = self.under.lookup(question).await;
            self.charge(&answer);
            self.keep(question, &answer);
            return answer;
        };
        let gate = Arc::clone(&self.books().accounts.entry(party.clone()).or_default().gate);
        // The gate is never closed; an error would mean that it lets everything through.
        let permit = gate.permits.acquire().await.ok();
        if let Some(known) = self.known_meanwhile(question, &party, is_first) {
            return known;
        }
        let answer = self.under.lookup(question).await;
        let further = if is_first { self.charge(&answer) } else { 0 };
        self.keep(question, &answer);
        if further > 0
            && let Some(permit) = permit
        {
            gate.narrow(permit);
        }
        answer
    }

    /// The answer to a question that was admitted, if there is one by now: it came, or those before it
    /// cost what was left for it.
    fn known_meanwhile(
        &self,
        question: &Question,
        party: &Name,
        is_first: bool,
    ) -> Option<Arc<Answer>> {
        let mut books = self.books();
        if !is_first {
            return books.known.get(question)?.answer.clone();
        }
        let account = books.accounts.entry(party.clone()).or_default();
        account.sent += 1;
        let refusal = (account.sent > self.most).then(|| self.refused(question, party))?;
        if let Some(known) = books.known.get_mut(question) {
            known.answer = Some(Arc::clone(&refusal));
        }
        Some(refusal)
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
        match self.admit(question) {
            Admission::Known(answer) => Box::pin(std::future::ready(answer)),
            Admission::Again(party) => Box::pin(self.send(question, party, false)),
            Admission::First(party) => Box::pin(self.send(question, party, true)),
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
