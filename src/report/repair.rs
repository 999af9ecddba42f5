//! What repairs a domain, as a JSON document.

use super::envelope::{Enveloped, Kind};
use super::{Domain, Error, Finding, Patch, PatchSet, PatchStep, Run, Unknown};
use crate::diagnostic::{Applicability, Severity};
use crate::dns::{self, Data, presentation};
use crate::net::Name;
use crate::text::Phrase;
use serde::Serialize;

/// A domain and its patches as a document: what each changes, and which findings no patch repairs.
pub fn repair(
    domain: &Domain,
    patches: &[Patch],
    run: &Run,
    exit_code: u8,
) -> impl Serialize + use<> {
    let body = Body {
        domain: domain.domain.clone(),
        patches: patches.iter().map(Row::from).collect(),
        left: left(domain, patches).map(Left::from).collect(),
        unknown: domain.unknowns(),
        errors: domain.errors.clone(),
        run: run.clone(),
        exit_code,
    };
    Enveloped::new(Kind::Fix, run.started.as_deref(), body)
}

/// The findings that count and that no patch repairs.
pub fn left<'d>(domain: &'d Domain, patches: &'d [Patch]) -> impl Iterator<Item = &'d Finding> {
    let is_repaired = |finding: &&Finding| {
        patches.iter().flat_map(|patch| &patch.gone).any(|gone| {
            finding.rule == gone.rule
                && finding.subject.name == gone.name
                && finding.subject.kind == gone.kind
        })
    };
    domain.findings.iter().filter(move |it| it.counts() && !is_repaired(it))
}

#[derive(Serialize)]
struct Body {
    domain: Name,
    patches: Vec<Row>,
    left: Vec<Left>,
    unknown: Vec<Unknown>,
    errors: Vec<Error>,
    run: Run,
    exit_code: u8,
}

#[derive(Serialize)]
struct Row {
    fixes: Vec<Fix>,
    sets: Vec<Set>,
}

#[derive(Serialize)]
struct Fix {
    rule: &'static str,
    applicability: Applicability,
    summary: Phrase,
}

#[derive(Serialize)]
struct Set {
    name: Name,
    #[serde(rename = "type")]
    kind: dns::Kind,
    ttl_s: u32,
    remove: Vec<String>,
    add: Vec<String>,
    records: Vec<String>,
}

#[derive(Serialize)]
struct Left {
    rule: String,
    severity: Severity,
    message: Phrase,
}

impl From<&Patch> for Row {
    fn from(patch: &Patch) -> Self {
        Self {
            fixes: patch.steps.iter().map(Fix::from).collect(),
            sets: patch.sets.iter().map(Set::from).collect(),
        }
    }
}

impl From<&PatchStep> for Fix {
    fn from(step: &PatchStep) -> Self {
        let PatchStep { rule, applicability, summary } = step;
        Self { rule, applicability: *applicability, summary: summary.clone() }
    }
}

impl From<&PatchSet> for Set {
    fn from(set: &PatchSet) -> Self {
        let line = |data: &Data| {
            let data = presentation::write(set.kind, data);
            format!("{}. {} IN {} {data}", set.name, set.ttl, set.kind)
        };
        Self {
            name: set.name.clone(),
            kind: set.kind,
            ttl_s: set.ttl,
            remove: set.removed().map(line).collect(),
            add: set.added().map(line).collect(),
            records: set.after.iter().map(line).collect(),
        }
    }
}

impl From<&Finding> for Left {
    fn from(finding: &Finding) -> Self {
        let Finding { rule, severity, message, .. } = finding;
        Self { rule: rule.to_string(), severity: *severity, message: message.clone() }
    }
}
