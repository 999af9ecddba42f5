//! The contract of a domain: what its owner expects of its mail policy, and whether that holds.
//!
//! A [`Contract`] is written in the configuration; every value keeps its place there. [`judge`]
//! holds it against the report of an audit and resolves nothing: each expectation is met, not met
//! (a finding at its line), or could not be told (never a finding).

mod expectation;
mod keys;
pub mod lint;
mod policy;
mod role;
mod senders;

pub use expectation::{Breach, Clause, Expectation, Outcome};

use crate::diagnostic::Location;
use crate::dns::{Kind, Mark, Place};
use crate::net::Name;
use crate::posture::Role;
use crate::protocols::dmarc;
use crate::report::{Domain, FileLocation, Finding, number};
use crate::text::Span;
use std::cmp::Reverse;
use std::sync::Arc;

/// What the owner of a domain expects of it. What is left out is not expected.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The domain.
    pub name: Written<Name>,
    /// What it is for.
    pub role: Option<Written<Role>>,
    /// Who must be able to send, in the words of the command line: an address, a network, a host,
    /// a provider, `spf:NAME`.
    pub senders: Vec<Written<String>>,
    /// Who must not be able to send, in the same words.
    pub never_senders: Vec<Written<String>>,
    /// Where keys must stand.
    pub selectors: Vec<Selector>,
    /// The least size in bits of every RSA key.
    pub min_key_bits: Option<Written<u32>>,
    /// The weakest DMARC policy that may be in force.
    pub min_policy: Option<Written<dmarc::Policy>>,
    /// The most terms that cause lookups (RFC 7208 §4.6.4).
    pub max_lookups: Option<Written<u16>>,
    /// The most void lookups.
    pub max_voids: Option<Written<u16>>,
}

/// A selector at which a key must stand.
#[derive(Clone, Debug)]
pub struct Selector {
    /// Its name, as [`dkim::Selector`](crate::protocols::dkim::Selector) writes it.
    pub name: Written<String>,
    /// The least size of its key in bits; that of the domain goes for it if it is not given.
    pub min_bits: Option<Written<u32>>,
}

/// A value, and where it is written.
#[derive(Clone, Debug)]
pub struct Written<T> {
    /// What it says.
    pub value: T,
    /// The text of it, as it stands in the file.
    pub text: Arc<[u8]>,
    /// Where that begins.
    pub place: Place,
}

impl<T> Written<T> {
    /// A value that stands so in a file, its first octet in this line and column.
    pub fn new(value: T, text: Arc<[u8]>, file: Arc<str>, line: u32, column: u32) -> Self {
        let marks = Arc::from([Mark { offset: 0, line, column }]);
        Self { value, text, place: Place { marks: Some(marks), ..Place::new(file, line, column) } }
    }

    /// The same place with another value.
    pub fn with<U>(&self, value: U) -> Written<U> {
        Written { value, text: Arc::clone(&self.text), place: self.place.clone() }
    }

    /// The part of a file that a report shows.
    pub fn location(&self) -> FileLocation {
        FileLocation::new(&self.place, Some(self.span()))
    }

    /// A fault of these records, told of at this value.
    fn about(&self, name: Name, kind: Kind) -> Location {
        let text = Arc::clone(&self.text);
        Location::record(name, kind, text).at(self.span()).in_file(Some(self.place.clone()))
    }

    fn span(&self) -> Span {
        Span { start: 0, end: u32::try_from(self.text.len()).unwrap_or(u32::MAX) }
    }
}

/// What the rules look at: every expectation, held against the report of the domain.
#[derive(Clone, Debug)]
pub struct Facts {
    /// In the order in which they are written.
    pub expectations: Vec<Expectation>,
}

impl Facts {
    /// Holds a contract against what was found out about its domain.
    ///
    /// What was not asked for is left out; where nothing was found out, nothing can be told.
    pub fn new(contract: &Contract, domain: &Domain) -> Self {
        let mut expectations = role::expectations(contract, domain);
        expectations.extend(senders::expectations(contract, domain));
        expectations.extend(keys::expectations(contract, domain));
        expectations.extend(policy::expectations(contract, domain));
        if domain.is_unexamined() {
            expectations.iter_mut().for_each(|one| one.outcome = Outcome::Unknown);
        }
        expectations.retain(|one| one.outcome != Outcome::NotAsked);
        expectations.sort_by_key(|one| (one.location.line, one.location.column));
        Self { expectations }
    }
}

/// Adds to a report what its owner expects, whether that is met, and a finding for what is not.
pub fn judge(contract: &Contract, domain: &mut Domain) {
    let facts = Facts::new(contract, domain);
    let found = lint::check(&facts);
    domain.declared = Some(contract.name.location());
    domain.contract = facts.expectations.into_iter().map(Into::into).collect();
    let mut found: Vec<Finding> = found.iter().map(Finding::from).collect();
    // No finding of another family has the fingerprint of one of these.
    number(&mut found);
    domain.findings.append(&mut found);
    domain.findings.sort_by_key(|finding| Reverse(finding.severity));
    domain.result = domain.verdict(|_| false);
}

#[cfg(test)]
mod tests;
