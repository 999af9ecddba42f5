//! How a run adds up, one domain after the other: nothing of a domain is kept but counts.

use super::{
    Answer, Authorization, Authorized, Counts, Domain, Finding, Origin, Report, Run, State,
    Threshold, Tool, Verdict,
};
use crate::diagnostic::Severity;

/// What a run adds up to so far.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    threshold: Threshold,
    result: Verdict,
    fails: bool,
    is_unknown: bool,
    verdicts: [usize; 4],
    severities: [usize; 3],
    ignored: usize,
    unchanged: usize,
    resolved: usize,
    is_broken: bool,
    is_refused: bool,
    is_provider_refused: bool,
}

impl Tally {
    /// Nothing yet; `threshold` says what makes a run fail.
    pub fn new(threshold: Threshold) -> Self {
        Self { threshold, ..Self::default() }
    }

    /// What a report adds up to that holds all of its domains. Its exit code is its own.
    pub fn of(report: &Report) -> Self {
        let mut tally = Self::default();
        report.domains.iter().for_each(|domain| tally.add(domain));
        tally.add_findings(&report.findings);
        tally
    }

    /// Adds a domain to which its owner's decisions were applied.
    pub fn add(&mut self, domain: &Domain) {
        let Threshold { fail_on, is_named, .. } = self.threshold;
        // Of a change only what it brings about counts, and that is a finding.
        let is_judged = domain.change.is_none();
        // A sender that records or the contract name is no question: with --fail-on never, it is
        // shown and fails nothing.
        let is_refused = |one: &Authorization| one.verdict() == Verdict::Fail;
        let is_failing =
            is_judged && fail_on.is_some() && domain.authorizations.iter().any(is_refused);
        // Who has MX hosts connected to asks about them.
        let has_failing_server = domain.probe_verdicts().any(|verdict| verdict == Verdict::Fail);
        self.fails |= is_judged && fail_on.is_some() && has_failing_server;
        match domain.answer() {
            // Who asks about a sender is answered about it; findings count if that is asked for.
            Some(answer) => {
                self.fails |= matches!(answer, Answer::No | Answer::Partly)
                    || (is_named && reaches(&domain.findings, fail_on));
                self.is_unknown |= answer == Answer::Unknown;
            }
            None => {
                self.fails |= is_failing || reaches(&domain.findings, fail_on);
                self.is_unknown |= !domain.unknowns().is_empty();
            }
        }
        self.result = self.result.max(domain.result);
        if let Some(count) = self.verdicts.get_mut(domain.result as usize) {
            *count += 1;
        }
        self.count(&domain.findings);
        self.is_broken |= domain.contract.iter().any(|one| domain.is_broken(one));
        let tested = domain.authorizations.iter().filter(|one| is_judged && !one.is_barred());
        for one in tested {
            let is_refused = matches!(one.to_answer(), Answer::No | Answer::Partly);
            if is_refused && one.authorized != Authorized::NotApplicable {
                match one.origin {
                    Origin::Spf => self.is_provider_refused = true,
                    Origin::Asked | Origin::Declared => self.is_refused = true,
                }
            }
        }
    }

    /// Adds findings about no domain, with decisions applied.
    pub fn add_findings(&mut self, findings: &[Finding]) {
        self.fails |= reaches(findings, self.threshold.fail_on);
        let counting = findings.iter().filter(|finding| finding.counts());
        let worst = counting.map(|finding| Verdict::from(finding.severity)).max();
        self.result = self.result.max(worst.unwrap_or_default());
        self.count(findings);
    }

    fn count(&mut self, findings: &[Finding]) {
        for finding in findings {
            let count = match finding.state {
                _ if finding.suppressed.is_some() => Some(&mut self.ignored),
                Some(State::Unchanged) => Some(&mut self.unchanged),
                Some(State::Resolved) => Some(&mut self.resolved),
                None | Some(State::Introduced) => {
                    self.severities.get_mut(finding.severity as usize)
                }
            };
            count.into_iter().for_each(|count| *count += 1);
        }
    }

    /// How many findings there are, by what they count.
    pub fn counts(&self) -> Counts {
        Counts {
            error: self.of_severity(Severity::Error),
            warn: self.of_severity(Severity::Warn),
            note: self.of_severity(Severity::Note),
            ignored: self.ignored,
        }
    }

    /// The worst verdict.
    pub fn result(&self) -> Verdict {
        self.result
    }

    /// The exit code, in which 1 goes before 3: what is known to fail does not get better by what is
    /// not known.
    pub fn exit_code(&self) -> u8 {
        match (self.fails, self.is_unknown) {
            _ if self.threshold.exit_zero => 0,
            (true, _) => 1,
            (false, true) => 3,
            (false, false) => 0,
        }
    }

    /// True if the owner chose what makes the run fail.
    pub fn is_lenient(&self) -> bool {
        self.threshold.exit_zero || self.threshold.is_named
    }

    /// How many domains there were.
    pub fn domains(&self) -> usize {
        self.verdicts.iter().sum()
    }

    /// How many domains add up so.
    pub fn of_verdict(&self, verdict: Verdict) -> usize {
        self.verdicts.get(verdict as usize).copied().unwrap_or_default()
    }

    /// How many findings that count are of this severity.
    pub fn of_severity(&self, severity: Severity) -> usize {
        self.severities.get(severity as usize).copied().unwrap_or_default()
    }

    /// How many findings their owner decided to ignore.
    pub fn ignored(&self) -> usize {
        self.ignored
    }

    /// How many findings a change neither brought about nor resolved.
    pub fn unchanged(&self) -> usize {
        self.unchanged
    }

    /// How many findings a change resolved.
    pub fn resolved(&self) -> usize {
        self.resolved
    }

    /// True if an expectation of a contract is not met and that counts.
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// True if a sender may not send, or not from everywhere: one that was asked about or is declared;
    /// of a single domain also one that its records name.
    pub fn is_refused(&self) -> bool {
        self.is_refused || (self.is_provider_refused && self.domains() == 1)
    }

    /// The report without its domains: the verdict and the exit code follow from what was added and
    /// from nothing else.
    pub fn conclude(&self, run: Run, findings: Vec<Finding>) -> Report {
        let mut tally = self.clone();
        if run.is_partial {
            tally.is_unknown = true;
            tally.result = tally.result.max(Verdict::Unknown);
        }
        Report {
            tool: Tool::default(),
            domains: Vec::new(),
            findings,
            run,
            result: tally.result,
            exit_code: tally.exit_code(),
            counts: self.counts(),
            threshold: self.threshold,
        }
    }
}

/// True if a finding that counts is at least as severe.
fn reaches(findings: &[Finding], least: Option<Severity>) -> bool {
    let counting = findings.iter().filter(|finding| finding.counts());
    let worst = counting.map(|finding| finding.severity).max();
    least.is_some_and(|least| worst >= Some(least))
}
