//! The verdict on a message, without the message: what SPF and DKIM proved, and what follows.

use super::align::{Relation, relate};
use super::discover::{Discovered, Discovery};
use super::event::Event;
use super::record::{AlignmentMode, Policy};
use crate::diagnostic::Step;
use crate::dns::{Dns, join_all};
use crate::net::Name;
use serde::{Deserialize, Serialize};

/// More identifiers than this are not looked into: each may cost a walk of eight questions.
const MOST_IDENTIFIERS: usize = 20;

/// What SPF and DKIM found out about a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Authentication {
    /// SPF for the domain of MAIL FROM, if it was checked.
    pub spf: Option<Identifier>,
    /// The signatures, by their `d=`.
    pub dkim: Vec<Identifier>,
}

/// A domain, and whether it was proved to be responsible.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identifier {
    /// The domain.
    pub domain: Name,
    /// Whether that was proved.
    pub proof: Proof,
}

/// How a check of SPF or DKIM ended, as far as DMARC cares.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Proof {
    /// It passed.
    Pass,
    /// It did not pass, whatever the reason was.
    NoPass,
    /// It ended in a temporary error, so it may pass at another time.
    Unknown,
}

/// The mechanisms that DMARC rests on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Mechanism {
    /// RFC 7208.
    Spf,
    /// RFC 6376.
    Dkim,
}

impl Mechanism {
    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spf => "SPF",
            Self::Dkim => "DKIM",
        }
    }
}

/// An identifier, measured against the Author Domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Which mechanism checked it.
    pub mechanism: Mechanism,
    /// What was checked.
    pub identifier: Identifier,
    /// How close it has to be.
    pub mode: AlignmentMode,
    /// How close it is; `None` if that was not asked because it did not pass.
    pub relation: Option<Relation>,
}

impl Assessment {
    /// True if it passed and is aligned; `None` if it may be.
    pub fn counts(&self) -> Option<bool> {
        let aligned = match &self.relation {
            None => return Some(false),
            Some(relation) => relation.is_aligned(),
        };
        match (aligned, self.identifier.proof) {
            (Some(false), _) | (_, Proof::NoPass) => Some(false),
            (Some(true), Proof::Pass) => Some(true),
            _ => None,
        }
    }
}

/// The result of DMARC for a message (RFC 9989 §9.2).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DmarcResult {
    /// No policy applies.
    None,
    /// An aligned identifier passed.
    Pass,
    /// None did.
    Fail,
    /// A permanent error; nothing in RFC 9989 leads here, older evaluators say it.
    Permerror,
    /// It could not be told now.
    Temperror,
}

impl DmarcResult {
    /// The word for it in an Authentication-Results field and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Permerror => "permerror",
            Self::Temperror => "temperror",
        }
    }
}

/// What DMARC says of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The result.
    pub result: DmarcResult,
    /// The policy that receivers are asked to apply if the result is fail; `None` without one.
    pub requested: Option<Policy>,
    /// What a receiver that does as asked does with this message.
    pub disposition: Policy,
    /// Each identifier, SPF first.
    pub assessments: Vec<Assessment>,
    /// How it came about, policy discovery not included.
    pub steps: Vec<Step<Event>>,
}

impl Verdict {
    /// True if this mechanism passed for an aligned identifier.
    pub fn is_aligned(&self, mechanism: Mechanism) -> bool {
        self.assessments.iter().any(|one| one.mechanism == mechanism && one.counts() == Some(true))
    }
}

/// Judges a message from `author` by what SPF and DKIM proved.
pub async fn evaluate(
    dns: &dyn Dns,
    author: &Discovered,
    authentication: &Authentication,
) -> Verdict {
    let Some(in_force) = author.in_force() else {
        // RFC 9989 §4.10.1: without a record, receivers "MUST NOT apply the DMARC mechanism".
        let result = match author.discovery {
            Discovery::Unknown(_) => DmarcResult::Temperror,
            _ => DmarcResult::None,
        };
        return finish(author, result, None, Vec::new(), Vec::new());
    };
    let record = in_force.published.record();
    let spf = authentication.spf.iter().map(|one| (Mechanism::Spf, one, record.spf_alignment()));
    let dkim = authentication.dkim.iter();
    let dkim = dkim.map(|one| (Mechanism::Dkim, one, record.dkim_alignment()));
    let assessed = join_all(spf.chain(dkim).enumerate().map(|(index, (mechanism, one, mode))| {
        assess(dns, author, mechanism, one, mode, index < MOST_IDENTIFIERS)
    }))
    .await;
    let (assessments, steps): (Vec<_>, Vec<_>) = assessed.into_iter().unzip();
    let result = result(&assessments);
    finish(author, result, Some(in_force.requested), assessments, steps)
}

/// RFC 9989 §5.3.5: "If one or more of the Authenticated Identifiers align with the Author Domain,
/// the message is considered to pass the DMARC mechanism check."
fn result(assessments: &[Assessment]) -> DmarcResult {
    let counts = || assessments.iter().map(Assessment::counts);
    if counts().any(|counts| counts == Some(true)) {
        DmarcResult::Pass
    } else if counts().any(|counts| counts.is_none()) {
        // RFC 9989 §5.3.6: with DNS errors "the message cannot be considered to pass or fail"
        DmarcResult::Temperror
    } else {
        DmarcResult::Fail
    }
}

async fn assess(
    dns: &dyn Dns,
    author: &Discovered,
    mechanism: Mechanism,
    identifier: &Identifier,
    mode: AlignmentMode,
    is_looked_into: bool,
) -> (Assessment, Step<Event>) {
    let (relation, walk) = match identifier.proof {
        Proof::NoPass => (None, None),
        _ if !is_looked_into => (Some(Relation::Unknown), None),
        Proof::Pass | Proof::Unknown => {
            let (relation, walk) = relate(dns, author, &identifier.domain, mode).await;
            (Some(relation), walk)
        }
    };
    let assessment = Assessment { mechanism, identifier: identifier.clone(), mode, relation };
    let event =
        Event::Identifier { author: author.domain().clone(), assessment: assessment.clone() };
    (assessment, Step { event, answers: Vec::new(), steps: walk.into_iter().collect() })
}

fn finish(
    author: &Discovered,
    result: DmarcResult,
    requested: Option<Policy>,
    assessments: Vec<Assessment>,
    mut steps: Vec<Step<Event>>,
) -> Verdict {
    let disposition = match (result, requested) {
        (DmarcResult::Fail, Some(requested)) => requested,
        _ => Policy::None,
    };
    let domain = author.domain().clone();
    steps.push(Step::leaf(Event::Result { domain, result, disposition }));
    Verdict { result, requested, disposition, assessments, steps }
}
