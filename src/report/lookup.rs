//! The questions that were asked, numbered.

use super::Step;
use crate::diagnostic::{self, Event};
use crate::dns::{Answer, Kind, Outcome, Question, Trouble, presentation};
use crate::net::{Name, Table};
use crate::text::escape;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::sync::Arc;

/// The number of a lookup in the table of its domain, from 0.
pub type LookupId = usize;

/// One question and what came back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lookup {
    /// Its number.
    pub id: LookupId,
    /// The name asked about.
    pub name: Name,
    /// The type asked for.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What came back, without the records.
    pub outcome: LookupOutcome,
    /// What is known about a failure, escaped; empty otherwise.
    pub detail: String,
    /// Least time to live in seconds.
    pub ttl_s: Option<u32>,
    /// The records in master-file form.
    pub records: Vec<String>,
    /// The CNAME targets that were followed.
    pub aliases: Vec<Name>,
    /// Who said so.
    pub source: String,
    /// True if the server vouches for DNSSEC validation (AD bit); `null` if nobody asked.
    pub authentic: Option<bool>,
    /// Size of the reply in octets; `null` where nothing came over a wire.
    pub size: Option<u32>,
    /// Time to the answer in milliseconds; `null` where nothing was asked over a wire.
    pub elapsed_ms: Option<u64>,
}

impl Lookup {
    /// True if the DNS said what there is, or that there is nothing; false if the question failed.
    pub fn is_answered(&self) -> bool {
        !matches!(self.outcome, LookupOutcome::Failed(_))
    }
}

/// What came back, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LookupOutcome {
    /// At least one record.
    Records,
    /// The name exists, records of this type do not.
    NoData,
    /// The name does not exist.
    NxDomain,
    /// The question failed.
    Failed(Trouble),
}

impl LookupOutcome {
    /// The word for it, as on a cassette.
    pub fn word(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::NoData => "nodata",
            Self::NxDomain => "nxdomain",
            Self::Failed(trouble) => trouble.word(),
        }
    }

    /// The outcome with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        let known = [Self::Records, Self::NoData, Self::NxDomain];
        let known = known.into_iter().find(|outcome| outcome.word() == word);
        known.or_else(|| Trouble::from_word(word).map(Self::Failed))
    }
}

impl From<&Outcome> for LookupOutcome {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Records(_) => Self::Records,
            Outcome::NoData => Self::NoData,
            Outcome::NxDomain => Self::NxDomain,
            Outcome::Failed(failure) => Self::Failed(failure.trouble),
        }
    }
}

impl Serialize for LookupOutcome {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for LookupOutcome {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let word = Cow::<str>::deserialize(input)?;
        let unknown = || D::Error::custom(format_args!("no outcome of a lookup: {word}"));
        Self::from_word(&word).ok_or_else(unknown)
    }
}

/// The records of an answer, as a file would have them.
fn written(answer: &Answer) -> Vec<String> {
    let kind = answer.question.kind;
    answer.records().iter().map(|record| presentation::write(kind, &record.data)).collect()
}

/// The table of a domain's lookups; each question stands in it once.
#[derive(Debug, Default)]
pub struct Lookups {
    rows: Vec<Lookup>,
    known: Table<Question, LookupId>,
    skips_steps: bool,
    skips_records: bool,
}

impl Lookups {
    /// An empty table beside which nobody wants to see the steps.
    pub fn without_steps() -> Self {
        Self { skips_steps: true, ..Self::default() }
    }

    /// The same, without the records that the answers hold.
    pub fn without_records() -> Self {
        Self { skips_records: true, ..Self::without_steps() }
    }

    /// True if somebody reads the report; false if a row of it is all that is kept.
    pub fn is_read(&self) -> bool {
        !self.skips_records
    }

    /// The steps of a protocol as the report has them, none if nobody wants to see them; their
    /// answers join the table.
    pub fn steps<'s, E: Event + 's>(
        &mut self,
        steps: impl IntoIterator<Item = &'s diagnostic::Step<E>>,
    ) -> Vec<Step> {
        let steps = steps.into_iter();
        if self.skips_steps {
            steps.for_each(|step| Step::note_answers(step, self));
            return Vec::new();
        }
        steps.map(|step| Step::from_trace(step, self)).collect()
    }

    /// The number of an answer's row, added if it is new.
    pub fn note(&mut self, answer: &Arc<Answer>) -> LookupId {
        if let Some(id) = self.known.get(&answer.question) {
            return *id;
        }
        let id = self.rows.len();
        self.known.insert(answer.question.clone(), id);
        self.rows.push(Lookup {
            id,
            name: answer.question.name.clone(),
            kind: answer.question.kind,
            outcome: LookupOutcome::from(&answer.outcome),
            detail: answer.failure().map_or_else(String::new, |f| escape(f.detail.as_bytes())),
            ttl_s: answer.ttl,
            records: if self.is_read() { written(answer) } else { Vec::new() },
            aliases: answer.aliases.clone(),
            source: match self.is_read() {
                true => escape(answer.provenance.to_string().as_bytes()),
                false => String::new(),
            },
            authentic: answer.authentic,
            size: answer.size,
            elapsed_ms: (!answer.elapsed.is_zero())
                .then(|| u64::try_from(answer.elapsed.as_millis()).unwrap_or(u64::MAX)),
        });
        id
    }

    /// The rows so far.
    pub fn rows(&self) -> &[Lookup] {
        &self.rows
    }

    /// The rows in the order in which they were noted.
    pub fn into_rows(self) -> Vec<Lookup> {
        self.rows
    }
}
