//! A report as a JSON document: what stands in which order, and how it is read back.
//!
//! What is known last stands last, so that a domain can be written when it is done. Of files that
//! were looked at by themselves the document is another one: it has no domains.

use super::envelope::{Enveloped, Kind};
use super::{Domain, Error, Extent, Finding, ReadFile, Report, Run, Threshold, Tool, Verdict};
use crate::diagnostic::Severity;
use crate::text::Phrase;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many findings there are, by what they count: of all domains, and those about none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// Errors that count.
    pub error: usize,
    /// Warnings that count.
    pub warn: usize,
    /// Notes that count.
    pub note: usize,
    /// Findings that their owner decided to ignore.
    pub ignored: usize,
}

impl Counts {
    /// Adds these findings.
    pub fn add<'f>(&mut self, findings: impl IntoIterator<Item = &'f Finding>) {
        for finding in findings {
            if finding.suppressed.is_some() {
                self.ignored += 1;
            } else if finding.counts() {
                *match finding.severity {
                    Severity::Error => &mut self.error,
                    Severity::Warn => &mut self.warn,
                    Severity::Note => &mut self.note,
                } += 1;
            }
        }
    }
}

impl Report {
    /// The report as a document of that extent.
    pub fn document(&self, extent: Extent) -> impl Serialize + '_ {
        let kind = if self.run.files.is_empty() { Kind::Report } else { Kind::Lint };
        let is_of = |wanted| kind == wanted;
        let body = Written {
            domains: is_of(Kind::Report).then_some(Domains { domains: &self.domains, extent }),
            general_findings: is_of(Kind::Report).then_some(&self.findings),
            errors: is_of(Kind::Report).then_some(&self.run.errors),
            run: is_of(Kind::Report).then_some(&self.run),
            files: is_of(Kind::Lint).then_some(&self.run.files),
            notes: is_of(Kind::Lint).then_some(&self.run.notes),
            is_partial: kind == Kind::Lint && self.run.is_partial,
            findings: is_of(Kind::Lint).then_some(&self.findings),
            result: self.result,
            exit_code: self.exit_code,
            counts: self.counts,
        };
        Enveloped::by(&self.tool, kind, self.run.started.as_deref(), body)
    }

    /// The findings in files that were looked at by themselves, a document and a line each.
    pub fn finding_lines(&self) -> impl Iterator<Item = impl Serialize + '_> {
        let of_files: &[Finding] = if self.run.files.is_empty() { &[] } else { &self.findings };
        let started = self.run.started.as_deref();
        let lines = of_files.iter().map(Line::Finding);
        lines.map(move |line| Enveloped::by(&self.tool, Kind::Finding, started, line))
    }
}

impl Domain {
    /// The domain within a document of that extent.
    pub fn document(&self, extent: Extent) -> impl Serialize + '_ {
        Line::Domain(self, extent)
    }

    /// The domain as a document of its own, a line: written by that tool in a run that began then.
    pub fn line<'r>(
        &'r self,
        extent: Extent,
        tool: &'r Tool,
        started: Option<&'r str>,
    ) -> impl Serialize + 'r {
        Enveloped::by(tool, Kind::Domain, started, Line::Domain(self, extent))
    }
}

/// A line of JSON lines.
enum Line<'r> {
    Domain(&'r Domain, Extent),
    Finding(&'r Finding),
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Domain(domain, extent) => within(domain, *extent, |it| it.serialize(out)),
            Self::Finding(finding) => finding.serialize(out),
        }
    }
}

/// What a document says behind its envelope.
#[derive(Serialize)]
struct Written<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    domains: Option<Domains<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    general_findings: Option<&'r Vec<Finding>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'r Vec<Error>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'r Run>,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<&'r Vec<ReadFile>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'r Vec<Phrase>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_partial: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<&'r Vec<Finding>>,
    result: Verdict,
    exit_code: u8,
    counts: Counts,
}

/// Domains, each cut as it is written.
struct Domains<'r> {
    domains: &'r [Domain],
    extent: Extent,
}

impl Serialize for Domains<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Self { domains, extent } = self;
        out.collect_seq(domains.iter().map(|domain| Line::Domain(domain, *extent)))
    }
}

/// Hands on the domain within that extent.
fn within<T>(domain: &Domain, extent: Extent, write: impl FnOnce(&Domain) -> T) -> T {
    match extent {
        Extent::FULL => write(domain),
        _ => write(&domain.clone().cut_to(extent)),
    }
}

/// What is read of a document.
#[derive(Deserialize)]
struct Read {
    #[serde(default)]
    domains: Vec<Domain>,
    #[serde(default)]
    general_findings: Vec<Finding>,
    #[serde(default)]
    errors: Vec<Error>,
    #[serde(default)]
    run: Run,
    #[serde(default)]
    files: Vec<ReadFile>,
    #[serde(default)]
    notes: Vec<Phrase>,
    #[serde(default)]
    is_partial: bool,
    #[serde(default)]
    findings: Vec<Finding>,
    result: Verdict,
    exit_code: u8,
    counts: Counts,
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.document(Extent::FULL).serialize(out)
    }
}

impl<'de> Deserialize<'de> for Report {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let Enveloped { envelope, body } = Enveloped::read(input, &[Kind::Report, Kind::Lint])?;
        let Read { domains, general_findings, errors, run, .. } = body;
        let Read { files, notes, is_partial, findings, result, exit_code, counts, .. } = body;
        let (tool, started) = envelope.open();
        let findings = if files.is_empty() { general_findings } else { findings };
        // Of files that were looked at by themselves they are members of the document.
        let run = match files.is_empty() {
            true => Run { started, errors, ..run },
            false => Run { started, errors, files, notes, is_partial, ..run },
        };
        // A document says how the run ended, and not what would have made it end otherwise.
        let threshold = Threshold { fail_on: Some(Severity::Error), ..Threshold::default() };
        Ok(Self { tool, run, result, exit_code, counts, domains, findings, threshold })
    }
}
