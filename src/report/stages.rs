//! How a report is finished: examined, judged, concluded, each a type of its own, so that no step
//! is left out and none is done twice.

use super::{Domain, Finding, Report, Run, Tally};
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
    /// True if the owner named that severity: then findings count beside the answer about a sender.
    pub is_named: bool,
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
        let mut tally = Tally::new(threshold);
        domains.iter().for_each(|domain| tally.add(domain));
        tally.add_findings(&findings);
        Report { domains, ..tally.conclude(run, findings) }
    }
}
