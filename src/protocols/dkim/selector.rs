//! Which names to try. The DNS cannot list selectors, so a search can only guess, and must say so.

use super::LABEL;
use crate::net::{Name, NameError};
use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// How many names are tried, unless the user gives more.
const TRIED_LIMIT: usize = 24;

/// Names that senders commonly choose, the most common first.
const COMMON: [&str; 23] = [
    "default",
    "selector1",
    "selector2",
    "google",
    "s1",
    "s2",
    "k1",
    "k2",
    "k3",
    "dkim",
    "mail",
    "mandrill",
    "smtp",
    "mx",
    "email",
    "fm1",
    "zoho",
    "protonmail",
    "sig1",
    "key1",
    "x",
    "20230601",
    "dkim1",
];

/// A label that nobody publishes: if it answers, everything does.
const IMPROBABLE: &str = "mailcheck-no-such-selector";

/// The selector of a key: one label or several, below `_domainkey` (RFC 6376 §3.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Selector {
    /// Its labels; it is a name only once it stands below `_domainkey`.
    labels: Name,
}

impl Selector {
    /// A selector that a person typed, or that stands in a signature.
    ///
    /// # Errors
    /// The text cannot be labels of a name.
    pub fn new(text: &str) -> Result<Self, NameError> {
        Ok(Self { labels: Name::from_unicode(text)? })
    }

    /// The name of the key at a domain: `<selector>._domainkey.<domain>` (RFC 6376 §3.6.2.1).
    ///
    /// # Errors
    /// The name is too long.
    pub fn at(&self, domain: &Name) -> Result<Name, NameError> {
        self.labels.under(&domain.child(LABEL)?)
    }

    /// The selector that nobody publishes.
    pub(super) fn improbable() -> Result<Self, NameError> {
        Self::new(IMPROBABLE)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.labels.fmt(out)
    }
}

impl Serialize for Selector {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// What is known before the search.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Selectors that the user gave: all of them are tried, and each must have a key.
    pub given: Vec<Selector>,
    /// Selectors that were seen somewhere, as in a zone file: all of them are tried.
    pub seen: Vec<Selector>,
    /// Providers that seem to send for the domain.
    pub providers: Vec<Likely>,
    /// True if the domain does not exist, so that there is nothing to guess (RFC 8020 §2).
    pub is_missing: bool,
}

/// The selectors that a provider's customers publish.
#[derive(Clone, Debug)]
pub struct Likely {
    /// The provider's name, as it is shown.
    pub provider: Arc<str>,
    /// Its selectors.
    pub selectors: Vec<Selector>,
    /// True if only one of them need have a key: the others wait for the next rotation.
    pub rotates: bool,
}

/// A selector to try, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The selector.
    pub selector: Selector,
    /// True if the user gave it.
    pub is_given: bool,
    /// The provider whose customers publish it.
    pub provider: Option<Arc<str>>,
    /// True if the provider keeps it empty between rotations.
    pub may_rest: bool,
}

impl Wanted {
    /// The selectors to try, each once: those given, those seen, those of providers, then
    /// common ones.
    pub fn candidates(&self) -> Vec<Candidate> {
        let mut chosen: Vec<Candidate> = Vec::with_capacity(TRIED_LIMIT);
        let given = self.given.iter().map(|selector| (selector, true));
        for (selector, is_given) in given.chain(self.seen.iter().map(|it| (it, false))) {
            if !chosen.iter().any(|known| known.selector == *selector) {
                chosen.push(Candidate::new(selector.clone(), is_given));
            }
        }
        for likely in &self.providers {
            for selector in &likely.selectors {
                let known = chosen.iter().position(|known| known.selector == *selector);
                if known.is_none() {
                    if chosen.len() >= TRIED_LIMIT {
                        continue;
                    }
                    chosen.push(Candidate::new(selector.clone(), false));
                }
                let index = known.unwrap_or(chosen.len() - 1);
                if let Some(candidate) = chosen.get_mut(index)
                    && candidate.provider.is_none()
                {
                    candidate.provider = Some(Arc::clone(&likely.provider));
                    candidate.may_rest = likely.rotates;
                }
            }
        }
        if self.is_missing {
            return chosen;
        }
        // The constants are valid labels, which a test holds.
        for selector in COMMON.iter().filter_map(|text| Selector::new(text).ok()) {
            if chosen.len() >= TRIED_LIMIT {
                break;
            }
            if !chosen.iter().any(|known| known.selector == selector) {
                chosen.push(Candidate::new(selector, false));
            }
        }
        chosen
    }
}

impl Candidate {
    pub(super) fn new(selector: Selector, is_given: bool) -> Self {
        Self { selector, is_given, provider: None, may_rest: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(text: &str) -> Selector {
        Selector::new(text).expect("a test writes valid selectors")
    }

    fn names(wanted: &Wanted) -> Vec<String> {
        wanted.candidates().iter().map(|candidate| candidate.selector.to_string()).collect()
    }

    #[test]
    fn every_common_selector_is_valid_and_stands_once() {
        let mut names = names(&Wanted::default());
        names.sort();
        names.dedup();
        assert_eq!(names.len(), COMMON.len());
    }

    #[test]
    fn given_selectors_come_first_and_are_never_dropped() {
        let given: Vec<_> = (0..30).map(|number| selector(&format!("g{number}"))).collect();
        let wanted = Wanted { given, ..Wanted::default() };
        assert_eq!(wanted.candidates().len(), 30);
    }

    #[test]
    fn no_more_than_the_limit_is_guessed() {
        let selectors = (0..30).map(|number| selector(&format!("p{number}"))).collect();
        let likely = Likely { provider: "P".into(), selectors, rotates: false };
        let wanted = Wanted { providers: vec![likely], ..Wanted::default() };
        assert_eq!(wanted.candidates().len(), TRIED_LIMIT);
    }

    #[test]
    fn a_given_selector_still_belongs_to_its_provider() {
        let likely =
            Likely { provider: "P".into(), selectors: vec![selector("S1")], rotates: true };
        let wanted =
            Wanted { given: vec![selector("s1")], providers: vec![likely], ..Wanted::default() };
        let candidates = wanted.candidates();
        assert_eq!(
            candidates.first().map(|first| (first.is_given, first.provider.as_deref())),
            Some((true, Some("P")))
        );
    }

    #[test]
    fn a_selector_of_several_labels_stands_below_domainkey() {
        let domain = Name::from_octets(b"example.com").expect("valid");
        assert_eq!(
            selector("a.b").at(&domain).map(|name| name.to_string()),
            Ok("a.b._domainkey.example.com".into())
        );
    }
}
