//! Aliases, followed one by one.

use super::{Answer, Failure, Outcome, Provenance, Question, Trouble};
use crate::net::Name;

/// More aliases than any resolver follows.
const ALIAS_LIMIT: usize = 16;

/// The aliases between the name that was asked and the name that holds the records.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    aliases: Vec<Name>,
    ttl: Option<u32>,
}

impl Chain {
    /// True as long as no alias was followed.
    pub(crate) fn is_empty(&self) -> bool {
        self.aliases.is_empty()
    }

    /// Follows an alias to `target`; `start` is the name that was asked.
    ///
    /// # Errors
    /// The chain bites its tail, or is too long: resolvers answer SERVFAIL.
    // RFC 1034 §3.6.2: "CNAME chains should be followed and CNAME loops signalled as an error"
    pub(crate) fn follow(
        &mut self,
        start: &Name,
        target: Name,
        ttl: Option<u32>,
    ) -> Result<(), Failure> {
        self.ttl = least(self.ttl, ttl);
        if *start == target || self.aliases.contains(&target) {
            return Err(Failure::alias_loop());
        }
        if self.aliases.len() == ALIAS_LIMIT {
            return Err(Failure::because(Trouble::ServFail, "CNAME chain of more than 16 names"));
        }
        self.aliases.push(target);
        Ok(())
    }

    /// The answer to `question` at the end of the chain.
    pub(crate) fn end(
        self,
        question: &Question,
        outcome: Outcome,
        ttl: Option<u32>,
        provenance: Provenance,
    ) -> Answer {
        let mut answer = Answer::new(question.clone(), outcome, provenance);
        answer.ttl = least(self.ttl, ttl);
        answer.aliases = self.aliases;
        answer
    }
}

/// The lesser of two times to live; one that is not known does not count.
pub(crate) fn least(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    one.into_iter().chain(other).min()
}
