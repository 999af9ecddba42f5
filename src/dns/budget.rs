//! How much one domain may cost others.
//!
//! Whoever writes the records of a domain decides which names are looked up, and those may be names
//! of a victim: a policy of a few octets makes every checker that reads it ask thousands of queries.
//! RFC 7208 §11.1 warns of that for mail, and limits what one evaluation may cost; a report looks at
//! more than one evaluation does, so it has a limit of its own.

use super::{Answer, Dns, Failure, Lookup, Outcome, Provenance, Question, Trouble};
use crate::net::{Name, organization};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many queries one domain may cause to the names of one organization unless said otherwise.
pub const MOST_QUERIES: usize = 300;

/// Lets one domain cause so many queries to each organization other than its own.
///
/// Aliases that were followed one by one and further tries count as well. A query counts once however often it is asked, and also where a cache below answers it: what is
/// undetermined of a domain does not depend on the domains before it. Beyond the limit nothing is
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
    /// Each question, and what it is refused for.
    known: HashMap<Question, Option<Arc<Answer>>>,
    spent: HashMap<Name, usize>,
}

/// What becomes of a question.
enum Admission {
    /// It is asked, and what it costs is charged.
    First,
    /// It was asked before, and was charged then.
    Again,
    /// It is not asked; this is its answer.
    Refused(Arc<Answer>),
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
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = books.known.get(question) {
            return known.clone().map_or(Admission::Again, Admission::Refused);
        }
        let party = organization(&question.name);
        let refusal = if self.own.as_ref() == Some(&party) {
            None
        } else {
            let spent = books.spent.entry(party.clone()).or_default();
            *spent += 1;
            (*spent > self.most).then(|| self.refused(question, &party))
        };
        books.known.insert(question.clone(), refusal.clone());
        refusal.map_or(Admission::First, Admission::Refused)
    }

    /// Charges what an answer cost beyond the one query for it: a query for each alias that was
    /// followed by itself, to the organization of that alias, and each further try.
    fn charge(&self, answer: &Answer) {
        let Provenance::Live { tries, .. } = answer.provenance else { return };
        let further = usize::from(tries.saturating_sub(1));
        let followed = answer.aliases.iter().take(further);
        let again = further.saturating_sub(answer.aliases.len());
        let parties = followed.chain(std::iter::repeat_n(&answer.question.name, again));
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        for party in parties.map(organization).filter(|party| self.own.as_ref() != Some(party)) {
            *books.spent.entry(party).or_default() += 1;
        }
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
            Admission::Refused(answer) => Box::pin(std::future::ready(answer)),
            Admission::Again => self.under.lookup(question),
            Admission::First => Box::pin(async move {
                let answer = self.under.lookup(question).await;
                self.charge(&answer);
                answer
            }),
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

    #[tokio::test]
    async fn the_names_of_its_own_organization_cost_a_domain_nothing() {
        assert_eq!(
            words(["own.com", "b.own.com", "c.own.com", "d.own.com"]).await,
            ["nxdomain"; 4]
        );
    }
}
