//! Names that a change hands on to other name servers.

use crate::dns::{Answer, Dns, Failure, Lookup, Outcome, Provenance, Question, Trouble};
use crate::net::Name;
use std::collections::HashSet;
use std::sync::Arc;

/// Answers nothing about names that are handed on: the DNS of today has what the old zone says, and nobody
/// knows what the new servers will.
pub(super) struct Delegated {
    names: HashSet<Name>,
    under: Arc<dyn Dns>,
}

impl Delegated {
    pub(super) fn over(names: &[Name], under: Arc<dyn Dns>) -> Self {
        Self { names: names.iter().cloned().collect(), under }
    }
}

impl Dns for Delegated {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let mut names = std::iter::successors(Some(question.name.clone()), Name::parent);
        let Some(cut) = names.find(|name| self.names.contains(name)) else {
            return self.under.lookup(question);
        };
        let detail = format!("this change delegates {cut}: its new name servers are not queried");
        let outcome = Outcome::Failed(Failure::because(Trouble::NotQueried, detail));
        let source = Provenance::Zone("delegated".into());
        Box::pin(std::future::ready(Arc::new(Answer::new(question.clone(), outcome, source))))
    }
}
