//! SARIF 2.1.0, for code scanning: findings as results, their rules with their pages.
//!
//! A result always has a place, for GitHub refuses those without. What could not be told is no
//! result: it is a notification of the invocation, and the run then says that it was not complete.
//! A fix changes a record set, of which a zone file may hold any part anywhere, so it is written in
//! the message, as records to publish, and never as an edit of a file.

use super::markdown::inline::{code, fenced, phrase, text};
use super::place::{place, uri};
use super::words::noun;
use super::{Stream, json, whole};
use crate::catalogue;
use crate::diagnostic::Severity;
use crate::report::{Domain, FileLocation, Finding, Report, State};
use crate::text::{Phrase, escape};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes a report as SARIF.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    whole(&mut Log::default(), report, out)
}

/// A log with one run as it is written: its results first, for what describes them and the run is known
/// at the end. Of a domain nothing is kept but what could not be told of it.
#[derive(Clone, Debug)]
pub struct Log {
    results: json::Items,
    /// The rules that are met, in the order of their first results.
    rules: Vec<Finding>,
    notifications: Vec<Notification>,
    is_whole: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            results: json::Items::new(8),
            rules: Vec::new(),
            notifications: Vec::new(),
            is_whole: true,
        }
    }
}

/// Something that could not be told.
#[derive(Clone, Debug)]
struct Notification {
    level: &'static str,
    domain: Box<str>,
    text: Box<str>,
}

impl Log {
    /// Writes the findings that there are. One that a change resolves is no result: code scanning would
    /// show it as an alert, whatever its `baselineState` says.
    fn findings(
        &mut self,
        domain: Option<&Domain>,
        findings: &[Finding],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for finding in findings.iter().filter(|it| it.state != Some(State::Resolved)) {
            let known = self.rules.iter().position(|rule| rule.rule == finding.rule);
            let index = known.unwrap_or(self.rules.len());
            if known.is_none() {
                self.rules.push(Finding { fix: None, ..finding.clone() });
            }
            let mut result = result(domain, finding);
            result.insert("ruleIndex".into(), index.into());
            // §3.27.23: if one result tells whether it is suppressed, all of them have to.
            result.insert("suppressions".into(), suppressions(finding));
            self.results.put(&result, out)?;
        }
        Ok(())
    }

    /// Keeps what could not be told of a domain.
    fn notify(&mut self, domain: &Domain) {
        let name = domain.domain.to_string();
        let notifications = &mut self.notifications;
        let mut notify = |level, why: &Phrase| {
            let text = literal(&unlinked(&format!("{name}: undetermined: {why}")));
            let domain = name.as_str().into();
            notifications.push(Notification { level, domain, text: text.into() });
        };
        // Where a change is judged, what was not known before either changes nothing.
        let level = if domain.change.is_some() { "warning" } else { "error" };
        domain.errors.iter().for_each(|error| notify(level, &error.message));
        let unknown = domain.change.iter().flat_map(|change| &change.unknown);
        unknown.clone().for_each(|why| notify("error", why));
        self.is_whole &=
            unknown.count() == 0 && (domain.change.is_some() || domain.errors.is_empty());
    }

    /// How the run went, and what it could not tell.
    fn invocation(&self, report: &Report) -> Value {
        let notifications =
            self.notifications.iter().map(|Notification { level, domain, text }| {
                json!({
                    "level": level,
                    "message": {"text": text},
                    "locations": [{"logicalLocations": [{"name": domain, "kind": "resource"}]}],
                })
            });
        let mut invocation = Map::new();
        // Interrupted (130) and with lines that are no domains (2), not everything was looked at.
        let is_whole = self.is_whole && matches!(report.exit_code, 0 | 1 | 3);
        invocation.insert("executionSuccessful".into(), is_whole.into());
        invocation.insert("exitCode".into(), report.exit_code.into());
        invocation.insert("toolExecutionNotifications".into(), notifications.collect());
        if let Some(started) = &report.run.started {
            invocation.insert("startTimeUtc".into(), started.as_str().into());
        }
        Value::Object(invocation)
    }
}

impl Stream for Log {
    fn begin(&mut self, _: &Report, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\n  \"$schema\": \"{SCHEMA}\",\n  \"version\": \"2.1.0\",\n  \"runs\": [")?;
        write!(out, "\n    {{\n      \"columnKind\": \"unicodeCodePoints\",\n      \"results\": [")
    }

    fn domain(&mut self, domain: &Domain, out: &mut dyn Write) -> io::Result<()> {
        self.notify(domain);
        self.findings(Some(domain), &domain.findings, out)
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        self.findings(None, &report.findings, out)?;
        self.results.end(out)?;
        let tool = json!({"driver": {
            "name": report.tool.name,
            "version": report.tool.version,
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "rules": self.rules.iter().map(descriptor).collect::<Vec<_>>(),
        }});
        let invocations = json::indented(&[self.invocation(report)], 6)?;
        write!(out, ",\n      \"invocations\": {invocations}")?;
        writeln!(out, ",\n      \"tool\": {}\n    }}\n  ]\n}}", json::indented(&tool, 6)?)
    }
}

#[cfg(feature = "mail")]
impl super::mail::Articles for Log {
    fn article(&mut self, article: &super::mail::Article, out: &mut dyn Write) -> io::Result<()> {
        if article.result == crate::report::Verdict::Unknown {
            let said = format!("{}: undetermined: {}", article.name, article.headline);
            let (level, domain) = ("error", article.name.as_str().into());
            let text = literal(&unlinked(&said)).into();
            self.notifications.push(Notification { level, domain, text });
        }
        self.findings(None, &article.findings, out)
    }
}

/// What is said of the rule that a finding is of.
fn descriptor(finding: &Finding) -> Value {
    let rule = catalogue::rule(&finding.rule);
    let severity = rule.map_or(finding.severity, |rule| rule.severity);
    let family = finding.rule.family();
    let mut descriptor = json!({
        "id": &*finding.rule,
        "shortDescription": {"text": finding.summary},
        "fullDescription": {"text": rule.map_or(&*finding.why, |rule| rule.why)},
        "defaultConfiguration": {"level": noun(severity)},
        "properties": {
            "confidence": finding.confidence.word(),
            "security-severity": weight(severity),
            "tags": [family],
        },
    });
    if let Value::Object(members) = &mut descriptor {
        let url = rule.map_or_else(|| finding.reference.url.clone(), |rule| rule.cite.url());
        if let Some(url) = url {
            members.insert("helpUri".into(), url.into());
        }
        if let Some(rule) = rule {
            members.insert("help".into(), json!({"text": rule.page, "markdown": rule.page}));
        }
    }
    descriptor
}

fn result(domain: Option<&Domain>, finding: &Finding) -> Map<String, Value> {
    let FileLocation { file, line, column, end_line, end_column } = place(domain, finding);
    let owner = finding.subject.name.to_string();
    let location = json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(&file)},
            "region": {
                "startLine": line, "startColumn": column,
                "endLine": end_line, "endColumn": end_column,
            },
        },
        "logicalLocations": [{
            "name": owner,
            "fullyQualifiedName": format!("{owner} {}", finding.subject.kind),
            "kind": "resource",
        }],
    });
    let mut result = Map::new();
    result.insert("ruleId".into(), (&*finding.rule).into());
    result.insert("level".into(), noun(finding.severity).into());
    result.insert("message".into(), message(finding));
    result.insert("locations".into(), json!([location]));
    result.insert("partialFingerprints".into(), json!({"mailcheck/v1": finding.fingerprint}));
    let state = finding.state.and_then(|state| match state {
        State::Introduced => Some("new"),
        State::Unchanged => Some("unchanged"),
        State::Resolved => None,
    });
    if let Some(state) = state {
        result.insert("baselineState".into(), state.into());
    }
    if let Some(domain) = domain {
        result.insert("properties".into(), json!({"domain": domain.domain.to_string()}));
    }
    result
}

/// What is true and what mends it, as text and as Markdown.
fn message(finding: &Finding) -> Value {
    let Finding { subject, message, reference, .. } = finding;
    let record = subject.to_string();
    let cite = reference.cite.to_string();
    let mut plain = format!("{record}: {message} ({cite})");
    let mut marked = format!("{}: {} ({})", code(&record), phrase(message), text(&cite));
    if let Some(advice) = &finding.advice {
        plain.push_str(&format!("\ndo: {advice}"));
        marked.push_str(&format!("\n\ndo: {}", phrase(advice)));
    }
    if let Some(fix) = &finding.fix {
        plain.push_str(&format!("\nfix: {}", fix.summary));
        marked.push_str(&format!("\n\nfix: {}", phrase(&fix.summary)));
        let lines = finding.fix_lines();
        for line in &lines {
            plain.push_str(&format!("\n{}", escape(line.as_bytes())));
        }
        if !lines.is_empty() {
            marked.push_str(&format!("\n\n{}", fenced("zone", &lines)));
        }
    }
    json!({"text": literal(&unlinked(&plain)), "markdown": literal(&marked)})
}

/// SARIF 2.1.0 §3.11.5: braces stand for placeholders, and are doubled where they are meant.
fn literal(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// SARIF 2.1.0 §3.11.6: a plain message may hold links, `[text](target)`. Those of a record are
/// no links.
fn unlinked(text: &str) -> String {
    text.replace("](", "\\](")
}

fn suppressions(finding: &Finding) -> Value {
    let all: Vec<Value> = finding
        .suppressed
        .iter()
        .map(|it| {
            let why = format!("{} ({})", it.reason, it.source);
            json!({"kind": "external", "justification": escape(why.as_bytes())})
        })
        .collect();
    Value::Array(all)
}

/// What GitHub sorts alerts by: from 7.0 on high, from 4.0 on medium, else low.
fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "7.5",
        Severity::Warn => "5.0",
        Severity::Note => "2.0",
    }
}
