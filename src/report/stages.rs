//! How a report is finished: examined, judged, concluded, each a type of its own, so that no step
//! is left out and none is done twice.

use super::{Authorization, Domain, Finding, Origin, Report, Run, Tool, Verdict};
use crate::diagnostic::Severity;

/// What was found out: domains held to their contracts, and findings about no domain. What the
/// owner decided about findings is not applied yet.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    /// One entry a domain, in the order asked.
    pub domains: Vec<Domain>,
    /// Findings about files and the configuration.
    pub findings: Vec<Finding>,
}

/// What was found out, with the owner's decisions applied: severities, ignores, baselines.
#[derive(Clone, Debug)]
pub struct Judged {
    domains: Vec<Domain>,
    findings: Vec<Finding>,
}

/// What makes a run fail.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Threshold {
    /// The least severity of a finding that does; `None` if no finding does.
    pub fail_on: Option<Severity>,
    /// True if nothing does.
    pub exit_zero: bool,
}

impl Judged {
    /// What was found out, with decisions applied; as it was found where nobody decided anything.
    pub fn new(domains: Vec<Domain>, findings: Vec<Finding>) -> Self {
        Self { domains, findings }
    }

    /// One entry a domain, in the order asked.
    pub fn domains(&self) -> &[Domain] {
        &self.domains
    }

    /// Findings about files and the configuration.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The domains alone, for who makes no report of them.
    pub fn into_domains(self) -> Vec<Domain> {
        self.domains
    }

    /// The report: the verdict and the exit code follow from what was judged and from nothing else.
    pub fn conclude(self, run: Run, threshold: Threshold) -> Report {
        let Self { domains, findings } = self;
        let (result, exit_code) = conclusion(&domains, &findings, threshold);
        Report { tool: Tool::default(), run, result, exit_code, domains, findings }
    }
}

/// How a run adds up: its verdict, and the exit code, in which 1 goes before 3, for what is known to
/// fail does not get better by what is not known.
fn conclusion(domains: &[Domain], findings: &[Finding], threshold: Threshold) -> (Verdict, u8) {
    let counting = findings.iter().filter(|finding| finding.counts());
    let of_findings = counting.map(|finding| Verdict::from(finding.severity));
    let result = domains.iter().map(|domain| domain.result).chain(of_findings).max();
    let fails = |domain: &Domain| {
        // Nobody asked about a sender that records or the contract name: with --fail-on never, it
        // is shown and fails nothing.
        let counts =
            |one: &&Authorization| one.origin == Origin::Asked || threshold.fail_on.is_some();
        let mut senders = domain.authorizations.iter().filter(counts);
        // Of a change only what it brings about counts, and that is a finding.
        let is_refused =
            domain.change.is_none() && senders.any(|one| one.verdict() == Verdict::Fail);
        is_refused || reaches(&domain.findings, threshold.fail_on)
    };
    let is_unknown = |domain: &Domain| !domain.unknowns().is_empty();
    let exit_code = if threshold.exit_zero {
        0
    } else if domains.iter().any(fails) || reaches(findings, threshold.fail_on) {
        1
    } else if domains.iter().any(is_unknown) {
        3
    } else {
        0
    };
    (result.unwrap_or_default(), exit_code)
}

/// True if a finding that counts is at least as severe.
fn reaches(findings: &[Finding], least: Option<Severity>) -> bool {
    let counting = findings.iter().filter(|finding| finding.counts());
    let worst = counting.map(|finding| finding.severity).max();
    least.is_some_and(|least| worst >= Some(least))
}
