//! Injected faults: what if a name server fails? Readers know it as an outage drill.

use super::{
    Answer, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Trouble, presentation,
};
use crate::net::Name;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What happens to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InjectedEffect {
    /// It fails.
    Fail(Trouble),
    /// The name is said not to exist.
    NxDomain,
    /// The name is said to have no records of the type.
    NoData,
    /// The answer comes later.
    Delay(Duration),
}

/// One fault: what happens to which questions.
///
/// Written `servfail:spf.protection.outlook.com`, `timeout:*.outlook.com` for every name below,
/// `nodata:example.com/TXT` for one type, `delay=300ms:example.com` for an answer that comes late.
/// The words are `servfail`, `refused`, `timeout`, `bogus`, `malformed`, `network`, `nxdomain`,
/// `nodata` and `delay=` with a number of `ms` or `s`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Injection {
    /// What happens.
    pub effect: InjectedEffect,
    /// The name that it happens to.
    pub name: Name,
    /// True if it happens to the names below instead.
    pub below: bool,
    /// The type that it happens to; to all if `None`.
    pub kind: Option<Kind>,
}

impl Injection {
    /// True if it happens to this question.
    fn meets(&self, name: &Name, kind: Kind) -> bool {
        let met = if self.below {
            *name != self.name && name.is_within(&self.name)
        } else {
            *name == self.name
        };
        met && self.kind.is_none_or(|one| one == kind)
    }
}

impl fmt::Display for Injection {
    /// The form that [`Injection::from_str`] reads.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.effect {
            InjectedEffect::Fail(trouble) => out.write_str(trouble.word())?,
            InjectedEffect::NxDomain => out.write_str("nxdomain")?,
            InjectedEffect::NoData => out.write_str("nodata")?,
            InjectedEffect::Delay(time) => write!(out, "delay={}ms", time.as_millis())?,
        }
        write!(out, ":{}{}", if self.below { "*." } else { "" }, self.name)?;
        self.kind.map_or(Ok(()), |kind| write!(out, "/{kind}"))
    }
}

/// Why a word is no [`Injection`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InjectionError {
    /// There is no colon between effect and name.
    NoColon,
    /// The effect is not known.
    InjectedEffect,
    /// The delay is not a number of `ms` or `s`, or is longer than an hour.
    Delay,
    /// The name is not a domain name.
    Name,
    /// The type after the slash is not known.
    Kind,
}

impl fmt::Display for InjectionError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NoColon => "expected a fault and a name, as in servfail:spf.example.com",
            Self::InjectedEffect => {
                "expected servfail, refused, timeout, bogus, malformed, network, nxdomain, nodata \
                 or delay=300ms"
            }
            Self::Delay => "expected a delay of at most an hour, as in delay=300ms or delay=2s",
            Self::Name => "expected a domain name after the colon",
            Self::Kind => "expected a record type after the slash",
        })
    }
}

impl std::error::Error for InjectionError {}

impl FromStr for Injection {
    type Err = InjectionError;

    fn from_str(word: &str) -> Result<Self, InjectionError> {
        let (effect, scope) = word.split_once(':').ok_or(InjectionError::NoColon)?;
        let (name, kind) = match scope.rsplit_once('/') {
            None => (scope, None),
            Some((name, kind)) => {
                let kind = presentation::kind(kind.as_bytes()).ok_or(InjectionError::Kind)?;
                (name, Some(kind))
            }
        };
        let (name, below) = name.strip_prefix("*.").map_or((name, false), |name| (name, true));
        let name = Name::from_unicode(name).map_err(|_| InjectionError::Name)?;
        Ok(Self { effect: effect.to_ascii_lowercase().parse()?, name, below, kind })
    }
}

impl FromStr for InjectedEffect {
    type Err = InjectionError;

    fn from_str(word: &str) -> Result<Self, InjectionError> {
        match word {
            "nxdomain" => Ok(Self::NxDomain),
            "nodata" => Ok(Self::NoData),
            word => match word.strip_prefix("delay=") {
                Some(time) => delay(time).map(Self::Delay).ok_or(InjectionError::Delay),
                None => {
                    Trouble::from_word(word).map(Self::Fail).ok_or(InjectionError::InjectedEffect)
                }
            },
        }
    }
}

/// `300ms` or `2s`, an hour at most.
fn delay(time: &str) -> Option<Duration> {
    let (number, unit) = match time.strip_suffix("ms") {
        Some(number) => (number, 1),
        None => (time.strip_suffix('s')?, 1000),
    };
    let all_digits = number.bytes().all(|octet| octet.is_ascii_digit());
    let milliseconds = all_digits.then(|| number.parse::<u64>().ok()?.checked_mul(unit))??;
    (milliseconds <= 3_600_000).then(|| Duration::from_millis(milliseconds))
}

/// The faults to inject. Delays add up; of other faults that meet a question, the first counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultScript(Vec<Injection>);

impl FromIterator<Injection> for FaultScript {
    fn from_iter<T: IntoIterator<Item = Injection>>(faults: T) -> Self {
        Self(faults.into_iter().collect())
    }
}

impl FromStr for FaultScript {
    type Err = InjectionError;

    /// Reads faults with commas or white space between them.
    fn from_str(text: &str) -> Result<Self, InjectionError> {
        let words = text.split(|c: char| c == ',' || c.is_whitespace());
        words.filter(|word| !word.is_empty()).map(str::parse).collect()
    }
}

impl FaultScript {
    fn delay(&self, name: &Name, kind: Kind) -> Duration {
        let met = self.0.iter().filter(|injector| injector.meets(name, kind));
        met.fold(Duration::ZERO, |sum, injector| match injector.effect {
            InjectedEffect::Delay(time) => sum.saturating_add(time),
            _ => sum,
        })
    }

    fn outcome(&self, name: &Name, kind: Kind) -> Option<Outcome> {
        let met = self.0.iter().filter(|injector| injector.meets(name, kind));
        met.map(|injector| injector.effect).find_map(|effect| match effect {
            InjectedEffect::Fail(trouble) => {
                Some(Outcome::Failed(Failure::because(trouble, "drill")))
            }
            InjectedEffect::NxDomain => Some(Outcome::NxDomain),
            InjectedEffect::NoData => Some(Outcome::NoData),
            InjectedEffect::Delay(_) => None,
        })
    }
}

/// Lets questions fail as a script says, and passes on the others.
///
/// An alias that leads to a name with a fault meets the fault too: the servers of the target are
/// the ones that fail. A timeout is answered at once; add a `delay` to feel it.
#[derive(Debug)]
pub struct Injector<D> {
    script: FaultScript,
    /// Which faults of the script have met a question.
    met: Vec<AtomicBool>,
    under: D,
}

impl<D: Dns> Injector<D> {
    /// Plays `script` over the answers of `under`.
    pub fn new(script: FaultScript, under: D) -> Self {
        let met = script.0.iter().map(|_| AtomicBool::new(false)).collect();
        Self { script, met, under }
    }

    /// The faults of the script, each with whether a question has met it so far.
    pub fn faults(&self) -> impl Iterator<Item = (&Injection, bool)> {
        let met = self.met.iter().map(|met| met.load(Ordering::Relaxed));
        self.script.0.iter().zip(met)
    }

    /// Notes the faults that meet a name.
    fn note(&self, name: &Name, kind: Kind) {
        for (injector, met) in self.script.0.iter().zip(&self.met) {
            if injector.meets(name, kind) {
                met.store(true, Ordering::Relaxed);
            }
        }
    }

    async fn resolve(&self, question: &Question) -> Arc<Answer> {
        if question.to.is_some() {
            // A drill is about what resolvers answer.
            return self.under.lookup(question).await;
        }
        let Question { name, kind, .. } = question;
        self.note(name, *kind);
        let mut wait = self.script.delay(name, *kind);
        let answer = match self.script.outcome(name, *kind) {
            Some(outcome) => Arc::new(Answer::new(question.clone(), outcome, Provenance::Injected)),
            None => {
                let answer = self.under.lookup(question).await;
                answer.aliases.iter().for_each(|alias| self.note(alias, *kind));
                wait = answer
                    .aliases
                    .iter()
                    .fold(wait, |sum, alias| sum.saturating_add(self.script.delay(alias, *kind)));
                self.behind_aliases(answer)
            }
        };
        if wait.is_zero() {
            return answer;
        }
        tokio::time::sleep(wait).await;
        let elapsed = answer.elapsed.saturating_add(wait);
        Arc::new(Answer { elapsed, ..Arc::unwrap_or_clone(answer) })
    }

    /// The answer, cut at the first alias that a fault meets.
    fn behind_aliases(&self, answer: Arc<Answer>) -> Arc<Answer> {
        let question = &answer.question;
        let met =
            answer.aliases.iter().enumerate().find_map(|(index, alias)| {
                Some((index, self.script.outcome(alias, question.kind)?))
            });
        let Some((index, outcome)) = met else { return answer };
        let mut cut = Answer::new(question.clone(), outcome, Provenance::Injected);
        cut.aliases = answer.aliases.iter().take(index + 1).cloned().collect();
        cut.elapsed = answer.elapsed;
        Arc::new(cut)
    }
}

impl<D: Dns> Dns for Injector<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(self.resolve(question))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Replay;
    use super::*;

    const CASSETTE: &str = r#"
{"name":"a.example","type":"TXT","records":["ok"]}
{"name":"a.example","type":"MX","records":["0 ."]}
{"name":"b.a.example","type":"TXT","records":["ok"]}
{"name":"alias.example","type":"TXT","records":["ok"],"aliases":["x.example","b.a.example","c.example"]}
"#;

    fn name(text: &str) -> Name {
        Name::from_octets(text.as_bytes()).expect("a test writes valid names")
    }

    async fn ask(script: &str, owner: &str, kind: Kind) -> Arc<Answer> {
        let cassette =
            Replay::read("tape", CASSETTE.as_bytes()).expect("a test writes valid cassettes");
        let script = script.parse().expect("a test writes valid scripts");
        Injector::new(script, cassette).lookup(&Question::new(name(owner), kind)).await
    }

    #[tokio::test]
    async fn each_word_has_its_outcome() {
        let words = [
            "servfail",
            "refused",
            "timeout",
            "bogus",
            "malformed",
            "network",
            "nxdomain",
            "nodata",
        ];
        for word in words {
            let answer = ask(&format!("{word}:a.example"), "a.example", Kind::Txt).await;
            assert_eq!((answer.outcome.word(), &answer.provenance), (word, &Provenance::Injected));
        }
    }

    #[tokio::test]
    async fn other_names_and_types_are_passed_on() {
        let script = "servfail:a.example/TXT";
        let words = [
            ask(script, "a.example", Kind::Txt).await.outcome.word(),
            ask(script, "a.example", Kind::Mx).await.outcome.word(),
            ask(script, "b.a.example", Kind::Txt).await.outcome.word(),
        ];
        assert_eq!(words, ["servfail", "records", "records"]);
    }

    #[tokio::test]
    async fn a_star_meets_the_names_below_and_not_the_name_itself() {
        let script = "SERVFAIL:*.A.example";
        let words = [
            ask(script, "b.a.example", Kind::Txt).await.outcome.word(),
            ask(script, "a.example", Kind::Txt).await.outcome.word(),
        ];
        assert_eq!(words, ["servfail", "records"]);
    }

    #[tokio::test]
    async fn a_fault_is_met_behind_an_alias() {
        let answer = ask("timeout:b.a.example", "alias.example", Kind::Txt).await;
        assert_eq!(
            (answer.outcome.word(), answer.aliases.as_slice()),
            ("timeout", &[name("x.example"), name("b.a.example")][..])
        );
    }

    #[tokio::test(start_paused = true)]
    async fn delays_add_up_and_the_answer_stays() {
        let before = tokio::time::Instant::now();
        let answer = ask("delay=2s:a.example,delay=300ms:a.example", "a.example", Kind::Txt).await;
        let late = Duration::from_millis(2300);
        assert_eq!(
            (before.elapsed(), answer.elapsed, answer.outcome.word()),
            (late, late, "records")
        );
    }

    #[tokio::test]
    async fn faults_know_whether_a_question_met_them() {
        let cassette =
            Replay::read("tape", CASSETTE.as_bytes()).expect("a test writes valid cassettes");
        let script =
            "timeout:b.a.example,nodata:a.example/MX,delay=1s:*.gone.example,bogus:c.example";
        let injector = Injector::new(script.parse().expect("a script"), cassette);
        injector.lookup(&Question::new(name("alias.example"), Kind::Txt)).await;
        let idle =
            injector.faults().filter(|(_, met)| !met).map(|(injector, _)| injector.to_string());
        let idle: Vec<String> = idle.collect();
        assert_eq!(idle, ["nodata:a.example/MX", "delay=1000ms:*.gone.example"]);
    }

    #[test]
    fn words_that_are_no_faults_say_why() {
        let words =
            ["servfail", "oops:a", "delay=1h:a", "delay=-1s:a", "nodata:a..b", "nodata:a/X"];
        let errors = words.map(|word| word.parse::<Injection>().err());
        use InjectionError::*;
        assert_eq!(errors, [NoColon, InjectedEffect, Delay, Delay, Name, Kind].map(Some));
    }
}
