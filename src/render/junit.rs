//! JUnit XML, for Jenkins, Azure and whatever else shows test results.
//!
//! A suite is a domain, and one more is about files and the configuration. A test is a protocol, a
//! sender, an expectation, or a rule that is met: it fails if that makes the run fail, is skipped if it
//! does not (`--fail-on`, a decision of the owner, a finding of before a change), and is in error if
//! something undetermined does. So a test fails or is in error exactly when the exit code is not 0. A rule that is not met is no test, for the report does not
//! say which rules were looked at.
//!
//! The form is that of `testdata/schema/junit-10.xsd`.

use super::{Stream, whole};
use crate::diagnostic::Severity;
#[cfg(feature = "mail")]
use crate::report::Verdict;
use crate::report::{
    Answer, Authorization, Authorized, Domain, Expected, Finding, Report, SectionView, State,
    Status, Tally, Threshold,
};
use crate::text::{Phrase, break_line_command, escape};
use std::io::{self, Write};

/// Writes a report as test results.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    whole(&mut Suites::default(), report, out)
}

/// Test results as they are written, a suite after the other. Each says how many of its tests failed;
/// for all of them together that is known when it is too late to say it.
#[derive(Clone, Debug, Default)]
pub struct Suites {
    threshold: Threshold,
    started: Option<String>,
    /// True if a test failed or was in error.
    fails: bool,
}

impl Suites {
    fn put(&mut self, suite: &Suite, out: &mut dyn Write) -> io::Result<()> {
        self.fails |= suite.cases.iter().any(Case::fails);
        let mut text = String::new();
        suite.write(self.started.as_deref(), &mut text);
        out.write_all(text.as_bytes())
    }
}

impl Stream for Suites {
    fn begin(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        (self.threshold, self.started) = (report.threshold, report.run.started.clone());
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mailcheck\">")
    }

    fn domain(&mut self, domain: &Domain, out: &mut dyn Write) -> io::Result<()> {
        let mut suite = about(domain, self.threshold);
        let mut tally = Tally::new(self.threshold);
        tally.add(domain);
        if tally.exit_code() == 0 {
            suite.cases.iter_mut().for_each(Case::pass_over);
        }
        self.put(&suite, out)
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let mut cases = rules(&report.findings, self.threshold.fail_on);
        if report.run.is_partial {
            let notes: Vec<String> = report.run.notes.iter().map(ToString::to_string).collect();
            let said = "part of a file was not read";
            let because = Because { kind: Kind::Error, message: said.to_owned(), details: notes };
            cases.push(Case { name: "all files were read".to_owned(), because: Some(because) });
        }
        if report.exit_code == 0 {
            cases.iter_mut().for_each(Case::pass_over);
        } else if !self.fails && !cases.iter().any(Case::fails) {
            let said = format!("exit code {}", report.exit_code);
            cases.push(Case {
                name: "exit code".to_owned(),
                because: Because::new(Kind::Failure, said),
            });
        }
        if !cases.is_empty() {
            self.put(&Suite { name: "files and configuration".to_owned(), cases }, out)?;
        }
        writeln!(out, "</testsuites>")
    }
}

#[cfg(feature = "mail")]
impl super::mail::Articles for Suites {
    fn article(&mut self, article: &super::mail::Article, out: &mut dyn Write) -> io::Result<()> {
        let said = article.headline.to_string();
        let answer = Case {
            name: "answer".to_owned(),
            because: match article.result {
                Verdict::Fail => Because::new(Kind::Failure, said),
                Verdict::Unknown => Because::new(Kind::Error, said),
                Verdict::Ok | Verdict::Warn => None,
            },
        };
        let rules = rules(&article.findings, self.threshold.fail_on);
        let cases = std::iter::once(answer).chain(rules).collect();
        self.put(&Suite { name: article.name.clone(), cases }, out)
    }
}

/// How a test ended that did not just pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Failure,
    Error,
    Skipped,
}

/// Why a test did not just pass.
struct Because {
    kind: Kind,
    message: String,
    details: Vec<String>,
}

impl Because {
    fn new(kind: Kind, message: impl Into<String>) -> Option<Self> {
        Some(Self { kind, message: message.into(), details: Vec::new() })
    }
}

impl Because {
    fn is_error(&self) -> bool {
        self.kind == Kind::Error
    }

    /// True if the test did not pass and was not passed over.
    fn fails(&self) -> bool {
        self.kind != Kind::Skipped
    }
}

struct Case {
    name: String,
    because: Option<Because>,
}

impl Case {
    /// True if it did not pass and was not passed over.
    fn fails(&self) -> bool {
        self.because.as_ref().is_some_and(Because::fails)
    }

    /// What did not pass does not count.
    fn pass_over(&mut self) {
        self.because.iter_mut().for_each(|because| because.kind = Kind::Skipped);
    }
}

struct Suite {
    name: String,
    cases: Vec<Case>,
}

/// Everything that was asked about a domain.
fn about(domain: &Domain, threshold: Threshold) -> Suite {
    let mut cases = match &domain.change {
        Some(change) => vec![answered("the effect of the change is determined", &change.unknown)],
        None => state(domain, threshold),
    };
    cases.extend(domain.contract.iter().map(|expected| expectation(domain, expected)));
    // Who asks about a sender is answered about it.
    let answer = domain.answer();
    let is_unknown = match &answer {
        Some(answer) => *answer == Answer::Unknown,
        None => !domain.unknowns().is_empty(),
    };
    if !is_unknown {
        let is_error = |case: &&mut Case| case.because.as_ref().is_some_and(Because::is_error);
        cases.iter_mut().filter(is_error).for_each(Case::pass_over);
    }
    let least = threshold.fail_on.filter(|_| answer.is_none() || threshold.is_named);
    cases.extend(rules(&domain.findings, least));
    Suite { name: domain.domain.to_string(), cases }
}

/// The domain as it is: of a change, only what it brings about counts.
fn state(domain: &Domain, threshold: Threshold) -> Vec<Case> {
    let failed: Vec<Phrase> = domain.errors.iter().map(|error| error.message.clone()).collect();
    let mut cases = vec![answered("all DNS queries answered", &failed)];
    cases.extend(domain.sections().into_iter().map(
        |SectionView { protocol, status, summary, .. }| Case {
            name: format!("{} determined", protocol.word()),
            because: match status {
                Status::Unknown => Because::new(Kind::Error, summary.to_string()),
                Status::Skipped => Because::new(Kind::Skipped, "not requested"),
                Status::NotRecorded => Because::new(Kind::Skipped, "not recorded"),
                Status::Good | Status::Weak | Status::Broken | Status::Absent | Status::Partial => {
                    None
                }
            },
        },
    ));
    let mut senders: Vec<Case> =
        domain.authorizations.iter().filter(|one| !one.is_barred()).map(sender).collect();
    // A sender that records or the contract name fails nothing with --fail-on never.
    if domain.answer().is_none() && threshold.fail_on.is_none() {
        senders.iter_mut().for_each(Case::pass_over);
    }
    cases.append(&mut senders);
    cases
}

/// Whether nothing was left that undetermined.
fn answered(name: &str, unknown: &[Phrase]) -> Case {
    let because = unknown.first().and_then(|first| {
        let details = unknown.iter().map(ToString::to_string).collect();
        Because::new(Kind::Error, first.to_string()).map(|because| Because { details, ..because })
    });
    Case { name: name.to_owned(), because }
}

fn sender(one: &Authorization) -> Case {
    let headline = one.headline.to_string();
    Case {
        name: format!("sender {}", one.sender),
        because: match one.authorized {
            Authorized::Yes => None,
            Authorized::No | Authorized::Partial => Because::new(Kind::Failure, headline),
            Authorized::Unknown => Because::new(Kind::Error, headline),
            Authorized::NotApplicable => Because::new(Kind::Skipped, headline),
        },
    }
}

fn expectation(domain: &Domain, expected: &Expected) -> Case {
    let Expected { expectation, met, location } = expected;
    let said = |what: &str| format!("{what}: {}:{}", location.file, location.line);
    Case {
        name: format!("expected: {expectation}"),
        because: match met {
            Some(true) => None,
            Some(false) if domain.is_broken(expected) => {
                Because::new(Kind::Failure, said("not met"))
            }
            Some(false) => Because::new(Kind::Skipped, said("not met, which does not count")),
            None => Because::new(Kind::Error, said("undetermined")),
        },
    }
}

/// A test for each rule that is met, in the order of the findings; one of that severity fails.
fn rules(findings: &[Finding], least: Option<Severity>) -> Vec<Case> {
    let mut groups: Vec<(&str, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        match groups.iter_mut().find(|(id, _)| *id == &*finding.rule) {
            Some((_, group)) => group.push(finding),
            None => groups.push((&finding.rule, vec![finding])),
        }
    }
    groups.into_iter().map(|(id, group)| rule(id, &group, least)).collect()
}

/// A finding that counts goes before one that its owner decided about, that before one that was
/// there before; what is gone is met no more.
fn rule(id: &str, group: &[&Finding], least: Option<Severity>) -> Case {
    let counting: Vec<&Finding> = group.iter().copied().filter(|it| it.counts()).collect();
    let ignored = group.iter().find_map(|it| it.suppressed.as_ref());
    let is_old = group.iter().any(|it| it.state == Some(State::Unchanged));
    let because = match (counting.first(), ignored) {
        (Some(first), _) => Some(Because {
            kind: match least {
                Some(least) if counting.iter().any(|it| it.severity >= least) => Kind::Failure,
                _ => Kind::Skipped,
            },
            message: format!("{}: {}", first.severity, first.message),
            details: counting.iter().flat_map(|finding| details(finding)).collect(),
        }),
        (None, Some(it)) => {
            Because::new(Kind::Skipped, format!("ignored: {} ({})", it.reason, it.source))
        }
        (None, None) if is_old => Because::new(Kind::Skipped, "met before the change"),
        (None, None) => None,
    };
    Case { name: id.to_owned(), because }
}

/// A finding in lines: where, what, what says so, what mends it.
fn details(finding: &Finding) -> Vec<String> {
    let Finding { subject, message, reference, .. } = finding;
    let place =
        finding.location.as_ref().map_or_else(String::new, |location| format!("{location}: "));
    let mut lines = vec![format!("{place}{subject}: {message}"), reference.cite.to_string()];
    lines.extend(finding.advice.iter().map(|advice| format!("do: {advice}")));
    if let Some(fix) = &finding.fix {
        lines.push(format!("fix: {}", fix.summary));
        lines.extend(finding.fix_lines());
    }
    lines
}

impl Suite {
    fn count(&self, kind: Kind) -> usize {
        let reasons = self.cases.iter().filter_map(|case| case.because.as_ref());
        reasons.filter(|because| because.kind == kind).count()
    }

    fn write(&self, started: Option<&str>, out: &mut String) {
        let timestamp =
            started.map_or_else(String::new, |at| format!(" timestamp=\"{}\"", attribute(at)));
        out.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"{timestamp}>\n",
            attribute(&self.name),
            self.cases.len(),
            self.count(Kind::Failure),
            self.count(Kind::Error),
            self.count(Kind::Skipped),
        ));
        for case in &self.cases {
            case.write(&self.name, out);
        }
        out.push_str("  </testsuite>\n");
    }
}

impl Case {
    fn write(&self, suite: &str, out: &mut String) {
        let (suite, name) = (attribute(suite), attribute(&self.name));
        let head = format!("    <testcase classname=\"{suite}\" name=\"{name}\"");
        let Some(Because { kind, message, details }) = &self.because else {
            out.push_str(&format!("{head}/>\n"));
            return;
        };
        let element = match kind {
            Kind::Failure => "failure",
            Kind::Error => "error",
            Kind::Skipped => "skipped",
        };
        let details = details.iter().map(|line| {
            let mut line = attribute(line);
            break_line_command(&mut line, 0);
            line
        });
        let details: Vec<String> = details.collect();
        out.push_str(&format!(
            "{head}>\n      <{element} message=\"{}\">{}</{element}>\n    </testcase>\n",
            attribute(message),
            details.join("\n"),
        ));
    }
}

/// Text on one line, in characters that XML 1.0 §2.2 allows, none of which is markup.
fn attribute(text: &str) -> String {
    let text = escape(text.as_bytes());
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
