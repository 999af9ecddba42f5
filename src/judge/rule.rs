//! Rules: named claims with a source.

use super::Finding;
use crate::text::Citation;
use serde::{Serialize, Serializer};
use std::fmt;

/// How much a finding matters. The meanings are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good practice, or information.
    Note,
    /// Works today; protection is weaker than the owner probably intends, or one change away from
    /// breaking.
    Warn,
    /// A receiver that follows the standards ignores, rejects or errors because of this today.
    Error,
}

impl Severity {
    /// The word for it, everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// A rule: its only name, and what it claims.
#[derive(Debug)]
pub struct Rule {
    /// `family/name`; reads after "allow", never reused.
    pub id: &'static str,
    /// How much it matters when it is met.
    pub severity: Severity,
    /// What is claimed, in a few words without numbers.
    pub summary: &'static str,
    /// Why a reader should care, in one or two sentences.
    pub why: &'static str,
    /// The source of the claim.
    pub cite: Citation,
    /// All that there is to say, in Markdown: documentation, the text of `mailcheck explain`, and
    /// a test by the zones in it.
    pub page: &'static str,
}

impl Rule {
    /// The protocol, or the part of the judgement, that the rule belongs to.
    pub fn family(&self) -> &'static str {
        self.id.split_once('/').map_or("", |(family, _)| family)
    }

    /// The id without its family.
    pub fn name(&self) -> &'static str {
        self.id.split_once('/').map_or(self.id, |(_, name)| name)
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.id)
    }
}

/// A rule and how it is checked against the facts of its protocol. Checks never resolve.
pub struct Check<F: ?Sized + 'static> {
    /// The rule.
    pub rule: &'static Rule,
    /// Adds a finding for each fact that the rule meets.
    pub run: fn(&F, &'static Rule, &mut Vec<Finding>),
}

/// A record can hold thousands of faults of one kind; nobody reads more than these.
const MOST_FINDINGS: usize = 20;

impl<F: ?Sized> Check<F> {
    /// Runs every check of a table over the facts. Of a rule that is met again and again, the first
    /// findings are kept.
    pub fn all(table: &[Self], facts: &F) -> Vec<Finding> {
        let mut findings = Vec::new();
        for check in table {
            let before = findings.len();
            (check.run)(facts, check.rule, &mut findings);
            findings.truncate(before + MOST_FINDINGS);
        }
        findings
    }
}
