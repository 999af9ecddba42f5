//! Rules: named claims with a source.

use super::{Finding, Location};
use crate::text::{Citation, Phrase};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// How much a finding matters. The meanings are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

/// How sure a rule is of what it claims; how much it matters is another question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Read from what others intend: it may be meant as it is.
    Likely,
    /// It follows from the records and the standard.
    Certain,
}

impl Confidence {
    /// The word for it, everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Certain => "certain",
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
#[non_exhaustive]
pub struct Rule {
    /// `family/name`; reads after "allow", never reused.
    pub id: &'static str,
    /// How much it matters when it is met.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
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
        family::of(self.id)
    }

    /// The id without its family.
    pub fn name(&self) -> &'static str {
        self.id.split_once('/').map_or(self.id, |(_, name)| name)
    }
}

impl PartialEq for Rule {
    /// Ids are unique, so they decide.
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.id)
    }
}

/// The families: the part of a rule's id before its slash, for those that mean all rules of one, or
/// stand below the room that has them.
pub mod family {
    /// Posture: a domain as a whole.
    pub const POSTURE: &str = "posture";
    /// SPF.
    pub const SPF: &str = "spf";
    /// DKIM.
    pub const DKIM: &str = "dkim";
    /// DMARC.
    pub const DMARC: &str = "dmarc";
    /// MX.
    pub const MX: &str = "mx";
    /// Zone files.
    pub const ZONE: &str = "zone";
    /// What the owner of a domain expects.
    pub const CONTRACT: &str = "contract";
    /// What a change of records does.
    pub const CHANGE: &str = "change";
    /// The configuration.
    pub const CONFIG: &str = "config";
    /// A message that arrived.
    pub const MESSAGE: &str = "message";
    /// A message that bounced.
    pub const BOUNCE: &str = "bounce";
    /// What others report.
    pub const REPORT: &str = "report";

    /// All of them.
    pub const ALL: &[&str] = &[
        POSTURE,
        SPF,
        DKIM,
        DMARC,
        MX,
        ZONE,
        CONTRACT,
        CHANGE,
        CONFIG,
        #[cfg(feature = "mail")]
        MESSAGE,
        #[cfg(feature = "mail")]
        BOUNCE,
        #[cfg(feature = "mail")]
        REPORT,
    ];

    /// The family in the id of a rule; empty if there is none.
    pub fn of(id: &str) -> &str {
        id.split_once('/').map_or("", |(family, _)| family)
    }
}

/// How often one rule is reported for one domain. A record of 64 KiB has room for the same fault ten
/// thousand times, and every finding shows the record that it is about.
const SHOWN: usize = 20;

/// A rule and how it is checked against the facts of its protocol. Checks never resolve.
pub struct Check<F: ?Sized + 'static> {
    /// The rule.
    pub rule: &'static Rule,
    /// Adds a finding for each fact that the rule meets.
    pub run: fn(&F, &'static Rule, &mut Vec<Finding>),
}

impl<F: ?Sized> Check<F> {
    /// Runs every check of a table over the facts.
    ///
    /// What a rule finds more than 20 times is counted from there on, in one last finding.
    pub fn all(table: &[Self], facts: &F) -> Vec<Finding> {
        let mut findings = Vec::new();
        for check in table {
            let before = findings.len();
            (check.run)(facts, check.rule, &mut findings);
            count_the_rest(&mut findings, before.saturating_add(SHOWN));
        }
        findings
    }
}

/// Puts one finding instead of those behind `told`.
fn count_the_rest(findings: &mut Vec<Finding>, shown: usize) {
    // One more is reported as fast as counted.
    if findings.len() <= shown.saturating_add(1) {
        return;
    }
    let rest = findings.split_off(shown);
    if let Some(Finding { rule, location, .. }) = rest.first() {
        let place = Location::set(location.name.clone(), location.kind);
        let message = Phrase::new().number(rest.len()).plain(" more of the same, not listed");
        findings.push(Finding::new(rule, place, message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Kind;
    use crate::net::Name;
    use crate::text::rfc;

    static RULE: Rule = Rule {
        id: "test/rule",
        severity: Severity::Note,
        confidence: Confidence::Certain,
        summary: "",
        why: "",
        cite: rfc(7208, "4.6"),
        page: "",
    };

    /// The messages about a fact that a rule meets this many times.
    fn shown(times: usize) -> Vec<String> {
        let run = |times: &usize, rule, findings: &mut Vec<Finding>| {
            let found = (0..*times).map(|number| {
                let place = Location::set(Name::root(), Kind::Txt);
                Finding::new(rule, place, Phrase::new().number(number))
            });
            findings.extend(found);
        };
        let findings = Check::all(&[Check { rule: &RULE, run }], &times);
        findings.iter().map(|finding| finding.message.to_string()).collect()
    }

    #[test]
    fn what_a_rule_finds_a_few_times_is_told_each_time() {
        assert_eq!(shown(21).len(), 21);
    }

    #[test]
    fn what_a_rule_finds_without_end_is_counted() {
        let shown = shown(1000);
        assert_eq!(
            (shown.len(), shown.last().map(String::as_str)),
            (21, Some("980 more of the same, not listed"))
        );
    }
}
