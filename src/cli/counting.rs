//! What findings about mail count: the owner's decisions, and `--fail-on`.

use super::args::Judging;
use super::clock;
use super::config::{Settings, resolve_settings};
use super::words::Mistake;
use crate::config::{Policy, decide};
use crate::diagnostic::Severity;
use crate::report::Finding;

/// Which findings make a run fail beside its answer.
#[derive(Clone, Debug)]
pub(super) struct Counting {
    policy: Policy,
    /// The least severity that does; `None` if nobody named one.
    least: Option<Severity>,
    today: String,
}

impl Counting {
    /// Understands the flags. As with a question about a sender, the answer has an exit code of its
    /// own, and findings count where a severity is named.
    ///
    /// # Errors
    /// A rule is unknown, or the configuration is faulty.
    pub(super) fn read(judging: &Judging) -> Result<Self, Mistake> {
        let Settings { fail_on, names_fail_on, policy, .. } = resolve_settings(judging)?;
        let least = fail_on.filter(|_| names_fail_on);
        Ok(Self { policy, least, today: clock::now().date() })
    }

    /// The least severity of a finding that makes the run fail, if one was named.
    pub(super) fn least(&self) -> Option<Severity> {
        self.least
    }

    /// Applies the owner's decisions; true if a finding makes the run fail.
    pub(super) fn judge(&self, findings: &mut Vec<Finding>) -> bool {
        decide(&self.policy, &self.today, findings);
        let mut counting = findings.iter().filter(|finding| finding.counts());
        self.least.is_some_and(|least| counting.any(|finding| finding.severity >= least))
    }
}
