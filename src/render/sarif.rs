//! SARIF 2.1.0, for code scanning: findings as results, their rules with their pages.
//!
//! A result always has a place, for GitHub refuses those without. What could not be told is no
//! result: it is a notification of the invocation, and the run then says that it was not complete.
//! A fix changes a record set, of which a zone file may hold any part anywhere, so it is written in
//! the message, as records to publish, and never as an edit of a file.

use super::json;
use super::markdown::inline::{code, fenced, phrase, text};
use super::place::{place, uri};
use super::words::noun;
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
    let rules = rules(report);
    let results = || findings(report);
    // §3.27.23: if one result tells whether it is suppressed, all of them have to.
    let tells = results().any(|(_, finding)| finding.suppressed.is_some());
    let results: Vec<Value> = results()
        .map(|(domain, finding)| {
            let mut result = result(domain, finding);
            if let Some(index) = rules.iter().position(|rule| rule.rule == finding.rule) {
                result.insert("ruleIndex".into(), index.into());
            }
            if tells {
                result.insert("suppressions".into(), suppressions(finding));
            }
            Value::Object(result)
        })
        .collect();
    let run = json!({
        "tool": {"driver": {
            "name": report.tool.name,
            "version": report.tool.version,
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "rules": rules.iter().map(|first| descriptor(first)).collect::<Vec<_>>(),
        }},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation(report)],
        "results": results,
    });
    json::render(&json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}), out)
}

/// The findings that there are. One that a change resolves is no result: code scanning would show it
/// as an alert, whatever its `baselineState` says.
fn findings(report: &Report) -> impl Iterator<Item = (Option<&Domain>, &Finding)> {
    report.findings().filter(|(_, finding)| finding.state != Some(State::Resolved))
}

/// The first finding of each rule, in the order of the report.
fn rules(report: &Report) -> Vec<&Finding> {
    let mut rules: Vec<&Finding> = Vec::new();
    for (_, finding) in findings(report) {
        if !rules.iter().any(|rule| rule.rule == finding.rule) {
            rules.push(finding);
        }
    }
    rules
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

/// How the run went, and what it could not tell.
fn invocation(report: &Report) -> Value {
    let mut notifications = Vec::new();
    let mut is_whole = true;
    for domain in &report.domains {
        let name = domain.domain.to_string();
        let mut notify = |level: &str, why: &Phrase| {
            let text = literal(&unlinked(&format!("{name}: undetermined: {why}")));
            notifications.push(json!({
                "level": level,
                "message": {"text": text},
                "locations": [{"logicalLocations": [{"name": name, "kind": "resource"}]}],
            }));
        };
        // Where a change is judged, what was not known before either changes nothing.
        let level = if domain.change.is_some() { "warning" } else { "error" };
        domain.errors.iter().for_each(|why| notify(level, why));
        let unknown = domain.change.iter().flat_map(|change| &change.unknown);
        unknown.clone().for_each(|why| notify("error", why));
        is_whole &= unknown.count() == 0 && (domain.change.is_some() || domain.errors.is_empty());
    }
    let mut invocation = Map::new();
    invocation.insert("executionSuccessful".into(), is_whole.into());
    invocation.insert("exitCode".into(), report.exit_code.into());
    invocation.insert("toolExecutionNotifications".into(), notifications.into());
    if let Some(started) = &report.run.started {
        invocation.insert("startTimeUtc".into(), started.as_str().into());
    }
    Value::Object(invocation)
}

/// What GitHub sorts alerts by: from 7.0 on high, from 4.0 on medium, else low.
fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "7.5",
        Severity::Warn => "5.0",
        Severity::Note => "2.0",
    }
}
