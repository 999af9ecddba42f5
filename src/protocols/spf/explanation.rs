//! The explanation of a fail as it is published (RFC 7208 §6.2), for every sender.

use super::examine::Facts;
use super::expand::{self, Scope, Sender};
use super::grammar;
use super::policy::{Policies, Published};
use super::record::{Qualifier, Record, SpecText};
use crate::dns::{Answer, Kind, Outcome, ask};
use crate::net::{Family, Name};
use std::sync::Arc;

/// What stands where the explanation of a domain is looked for.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What was published by the name whose record has the `exp=`.
    pub published: Arc<Published>,
    /// The answer at the name of the explanation.
    pub answer: Arc<Answer>,
}

/// Why receivers go on as if there were no explanation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flaw {
    /// There is no text.
    Missing,
    /// There are several texts: how many.
    Several(usize),
    /// The text has other octets than ASCII.
    NotAscii,
    /// A macro in it has a fault.
    Syntax,
}

/// Asks for the explanation that a fail of the domain's own would show. One question, and none if
/// there is no `exp=`, no fail that it could explain, or no name without knowing the sender.
pub(super) async fn examine(policies: &Policies<'_>, facts: &Facts) -> Option<Explanation> {
    // What the target of a redirect publishes elsewhere is not for this domain to mend.
    let is_own = |(published, _): &(&Arc<Published>, _)| published.domain.is_within(&facts.domain);
    let (published, record) = facts.last_record().filter(is_own)?;
    let mut directives = record.directives();
    if !directives.any(|(_, _, qualifier, _)| qualifier == Qualifier::Fail) {
        return None;
    }
    let name = target(record, &published.domain, &Sender::anybody(&facts.domain))?;
    let answer = ask(policies.dns(), &name, Kind::Txt).await;
    Some(Explanation { published: Arc::clone(published), answer })
}

fn target(record: &Record, domain: &Name, sender: &Sender) -> Option<Name> {
    match &record.explanation()?.text {
        SpecText::Fixed(name) => name.clone().ok(),
        SpecText::Macro(macros) => {
            let scope = Scope {
                sender,
                domain,
                family: Family::V4,
                ip: None,
                validated: None,
                explaining: None,
            };
            expand::target_name(macros, &record.text, &scope).ok()
        }
    }
}

impl Explanation {
    /// Why it cannot be used; `None` if it can, or if the question could not be answered.
    pub fn flaw(&self) -> Option<Flaw> {
        // RFC 7208 §6.2: "if no records are returned, or if more than one record is returned, or if
        // there are syntax errors in the explanation string, then proceed as if no "exp" modifier
        // was given"
        let texts: Vec<Vec<u8>> = self.answer.texts().collect();
        match (&self.answer.outcome, texts.as_slice()) {
            (Outcome::Failed(_), _) => None,
            (_, []) => Some(Flaw::Missing),
            (_, [text]) if !text.is_ascii() => Some(Flaw::NotAscii),
            (_, [text]) => grammar::parse_explanation(text).is_none().then_some(Flaw::Syntax),
            (_, several) => Some(Flaw::Several(several.len())),
        }
    }
}
