//! Findings as data.

use crate::dns::{Kind, presentation};
use crate::judge::{self, Applicability, Severity};
use crate::net::Name;
use crate::text::{Citation, Phrase, Span, escape};
use serde::Serialize;

/// A fault, or something worth knowing, with its source.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The rule's name, `family/name`.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What the rule claims, in a few words without numbers.
    pub summary: &'static str,
    /// What is true here and what follows.
    pub message: Phrase,
    /// Why a reader should care.
    pub why: &'static str,
    /// The record it is about.
    pub subject: Subject,
    /// The part of the record that is meant, in octets.
    pub span: Option<Span>,
    /// Where in a file the record stands.
    pub location: Option<FileLocation>,
    /// What mends it, if that was proved.
    pub fix: Option<ProposedFix>,
    /// The source of the claim.
    pub reference: Reference,
}

/// The record that a finding is about.
#[derive(Clone, Debug, Serialize)]
pub struct Subject {
    /// Its owner.
    pub name: Name,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Its text, escaped; `null` if the whole set is meant. Spans count octets of the unescaped
    /// text, which is the same wherever no `\x` stands.
    pub value: Option<String>,
}

/// A place in a file.
#[derive(Clone, Debug, Serialize)]
pub struct FileLocation {
    /// The file as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// The source of a claim.
#[derive(Clone, Debug, Serialize)]
pub struct Reference {
    /// The section, in words.
    pub cite: Citation,
    /// Where it can be read.
    pub url: Option<String>,
}

/// A change that was proved to mend a fault.
#[derive(Clone, Debug, Serialize)]
pub struct ProposedFix {
    /// What it does.
    pub summary: Phrase,
    /// How freely it may be applied.
    pub applicability: Applicability,
    /// The records to add, in master-file form, ready to be pasted.
    pub records: Vec<FixRecord>,
}

/// One change of a record set.
#[derive(Clone, Debug, Serialize)]
pub struct FixRecord {
    /// The record to take away.
    pub remove: Option<String>,
    /// The record to add.
    pub add: Option<String>,
}

impl From<&judge::Finding> for Finding {
    fn from(finding: &judge::Finding) -> Self {
        let judge::Finding { rule, message, location, fix } = finding;
        Self {
            id: rule.id,
            severity: rule.severity,
            summary: rule.summary,
            message: message.clone(),
            why: rule.why,
            subject: Subject {
                name: location.name.clone(),
                kind: location.kind,
                value: location.record.as_deref().map(escape),
            },
            span: location.span,
            location: location.place.as_ref().map(|place| FileLocation {
                file: place.file.to_string(),
                line: place.line,
                column: place.column,
            }),
            fix: fix.as_ref().map(ProposedFix::from),
            reference: Reference { cite: rule.cite, url: rule.cite.url() },
        }
    }
}

impl From<&judge::Fix> for ProposedFix {
    fn from(fix: &judge::Fix) -> Self {
        let line = |edit: &judge::Edit, data: &crate::dns::Data| {
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
