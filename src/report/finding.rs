//! Findings as data.

use super::{Excerpt, Owner, Party, RuleId};
use crate::diagnostic::{self, Applicability, Confidence, Severity};
use crate::dns::{Kind, Place, presentation};
use crate::net::Name;
use crate::text::{Cited, Phrase, Span, escape};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

/// A fault, or something worth knowing, with its source.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// The rule's name, `family/name`.
    #[serde(flatten)]
    pub rule: RuleId,
    /// How much it matters.
    pub severity: Severity,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// What the rule claims, in a few words without numbers.
    pub summary: Cow<'static, str>,
    /// What is true here and what follows.
    pub message: Phrase,
    /// Why a reader should care.
    pub why: Cow<'static, str>,
    /// The record it is about.
    pub subject: Subject,
    /// Who controls the record that has to change.
    pub owner: Owner,
    /// The part of the record that is meant, in octets.
    pub span: Option<Span>,
    /// The same as it is shown: the record with that part marked.
    pub excerpt: Option<Excerpt>,
    /// Where in a file the record stands.
    pub location: Option<FileLocation>,
    /// What mends it, if that was proved.
    pub fix: Option<ProposedFix>,
    /// What to do where no change of records was proved, in words; `null` if there is a fix.
    pub advice: Option<Phrase>,
    /// The source of the claim.
    pub reference: Reference,
    /// The same for the same fault, wherever in a file it stands: `v1:` and sixteen digits.
    pub fingerprint: String,
    /// How it compares with the state before a change; `null` if nothing is compared.
    pub state: Option<State>,
    /// Why it does not count; `null` if it does.
    pub suppressed: Option<Suppression>,
}

impl Finding {
    /// True if it is this rule that was met.
    pub fn is(&self, rule: &diagnostic::Rule) -> bool {
        *self.rule == *rule.id
    }

    /// True unless its owner decided that it does not count, or a change that is judged did not
    /// bring it about.
    pub fn counts(&self) -> bool {
        let is_new = matches!(self.state, None | Some(State::Introduced));
        is_new && self.suppressed.is_none()
    }

    /// Where it stands in a file, or the record that it is about, in a few words.
    pub fn place(&self) -> String {
        self.location.as_ref().map_or_else(|| self.subject.to_string(), ToString::to_string)
    }

    /// The records of the fix as lines of a master file, so that they can be pasted: those that go
    /// stand in comments, unless it is the record that the finding shows and another takes its
    /// place. Empty if there is no fix.
    pub fn fix_lines(&self) -> Vec<String> {
        let is_known = self.subject.value.is_some();
        let mut lines = Vec::new();
        for FixRecord { remove, add } in self.fix.iter().flat_map(|fix| &fix.records) {
            let removed = remove.as_ref().filter(|_| !is_known || add.is_none());
            lines.extend(removed.map(|remove| format!("; remove: {remove}")));
            lines.extend(add.clone());
        }
        lines
    }
}

/// A finding held against the state before a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is there since the change.
    Introduced,
    /// It was there before.
    Unchanged,
    /// It is no longer there.
    Resolved,
}

impl State {
    /// The word for it, everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Introduced => "introduced",
            Self::Unchanged => "unchanged",
            Self::Resolved => "resolved",
        }
    }
}

/// A decision of the owner that a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// Why, in the words of the owner; escaped.
    pub reason: String,
    /// Where that is written: a file and a line.
    pub source: String,
}

impl Suppression {
    /// A decision for this reason, which is written there.
    pub fn new(reason: &str, place: &Place) -> Self {
        let source = format!("{}:{}", place.file, place.line);
        Self { reason: escape(reason.as_bytes()), source: escape(source.as_bytes()) }
    }
}

/// The record that a finding is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subject {
    /// Its owner.
    pub name: Name,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Its text, escaped, or the line of a file where that is what is wrong; `null` if the whole set
    /// is meant. Spans count octets of the unescaped text, which is the same wherever no `\x` stands.
    pub value: Option<String>,
}

impl fmt::Display for Subject {
    /// `example.com TXT`
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.name, self.kind)
    }
}

/// A place in a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileLocation {
    /// The file as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1: of the part that is meant, or of the record.
    pub column: u32,
    /// Line of the last character of the part that is meant.
    pub end_line: u32,
    /// Column behind that character.
    pub end_column: u32,
}

impl fmt::Display for FileLocation {
    /// The form that editors and terminals take for a link: `new.zone:7:12`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl FileLocation {
    /// Where a part of a record stands, or where the record begins if no part is meant.
    pub(crate) fn new(place: &Place, span: Option<Span>) -> Self {
        let (line, column) = span.map_or((place.line, place.column), |span| place.of(span.start));
        let last = span.filter(|span| !span.is_empty()).map(|span| place.of(span.end - 1));
        let (end_line, last_column) = last.unwrap_or((line, column));
        // Without marks every octet stands where the record begins.
        let end_column = last_column.saturating_add(1);
        Self { file: escape(place.file.as_bytes()), line, column, end_line, end_column }
    }
}

impl From<&Place> for FileLocation {
    /// Where a record begins.
    fn from(place: &Place) -> Self {
        Self::new(place, None)
    }
}

/// The source of a claim.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reference {
    /// The section, in words.
    pub cite: Cited,
    /// Where it can be read.
    pub url: Option<String>,
}

/// A change that was proved to mend a fault.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProposedFix {
    /// What it does.
    pub summary: Phrase,
    /// How freely it may be applied.
    pub applicability: Applicability,
    /// The records to add, in master-file form, ready to be pasted.
    pub records: Vec<FixRecord>,
}

/// One change of a record set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FixRecord {
    /// The record to take away.
    pub remove: Option<String>,
    /// The record to add.
    pub add: Option<String>,
}

impl From<&diagnostic::Finding> for Finding {
    fn from(finding: &diagnostic::Finding) -> Self {
        let diagnostic::Finding { rule, message, location, why, cite, fix, advice } = finding;
        Self {
            rule: rule.id.into(),
            severity: rule.severity,
            confidence: rule.confidence,
            summary: rule.summary.into(),
            message: message.clone(),
            why: (*why).into(),
            subject: Subject {
                name: location.name.clone(),
                kind: location.kind,
                value: location.record.as_deref().map(escape),
            },
            // Of a domain that is asked about, `audit` says whose record it is.
            owner: Owner { party: Party::You, name: location.name.to_string() },
            span: location.span,
            excerpt: location
                .record
                .as_deref()
                .zip(location.span)
                .map(|(record, span)| Excerpt::new(record, span)),
            location: location.place.as_ref().map(|it| FileLocation::new(it, location.span)),
            fix: fix.as_ref().map(ProposedFix::from),
            advice: advice.clone(),
            reference: Reference { cite: (*cite).into(), url: cite.url() },
            fingerprint: fingerprint(finding),
            state: None,
            suppressed: None,
        }
    }
}

impl From<&diagnostic::Fix> for ProposedFix {
    fn from(fix: &diagnostic::Fix) -> Self {
        let line = |edit: &diagnostic::Edit, data: &crate::dns::Data| {
            format!(
                "{}. {} IN {} {}",
                edit.name,
                edit.ttl,
                edit.kind,
                presentation::write(edit.kind, data)
            )
        };
        Self {
            summary: fix.summary.clone(),
            applicability: fix.applicability,
            records: fix
                .edits
                .iter()
                .map(|edit| FixRecord {
                    remove: edit.remove.as_ref().map(|data| line(edit, data)),
                    add: edit.add.as_ref().map(|data| line(edit, data)),
                })
                .collect(),
        }
    }
}

/// What a finding says, as a number that stays the same while the fault does: the rule, the record
/// set, and the part of the text that is meant. Places in files, numbers in messages and the rest
/// of the record are no part of it.
fn fingerprint(finding: &diagnostic::Finding) -> String {
    let diagnostic::Location { name, kind, record, span, host, .. } = &finding.location;
    let host = host.as_ref().map(Name::to_octets).unwrap_or_default();
    let part = match (record, span) {
        (Some(record), Some(span)) => span.of(record),
        _ => &host,
    };
    let owner = name.to_string();
    let kind = kind.to_string();
    let parts = [finding.rule.id.as_bytes(), owner.as_bytes(), kind.as_bytes(), part];
    format!("v1:{:016x}", fnv1a(parts))
}

/// FNV-1a with 64 bits, for it has to stay the same from version to version; parts are kept apart.
fn fnv1a<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let mix = |hash: u64, octet: u8| (hash ^ u64::from(octet)).wrapping_mul(PRIME);
    parts.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, part| {
        mix(part.iter().fold(hash, |hash, octet| mix(hash, *octet)), 0xff)
    })
}

/// Tells findings apart that say the same: the second and later ones of a file get a number behind their
/// fingerprint.
pub(crate) fn number(findings: &mut [Finding]) {
    let mut seen: HashMap<(Option<String>, String), usize> = HashMap::with_capacity(findings.len());
    for finding in findings {
        let file = finding.location.as_ref().map(|place| place.file.clone());
        let count = seen.entry((file, finding.fingerprint.clone())).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = format!("{}.{count}", finding.fingerprint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        // Of "a", from the tables of the authors of FNV; the mark of the end is folded in after it.
        let hash_of_a: u64 = 0xaf63_dc4c_8601_ec8c;
        let end = (hash_of_a ^ 0xff).wrapping_mul(0x0100_0000_01b3);
        assert_eq!(fnv1a([b"a".as_slice()]), end);
    }
}
