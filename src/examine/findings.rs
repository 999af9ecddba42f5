//! What the rules say about a domain, and what of it says the same twice.

use super::Gathered;
use crate::diagnostic;
use crate::dns::Answer;
use crate::posture;
use crate::posture::lint::rules::NO_RETURN;
use crate::protocols::dkim::lint::rules::{PROVED_NONE, REVOKED};
use crate::protocols::dmarc::lint::rules::RECEIVERS_DISAGREE;
use crate::protocols::mx::lint::rules::NONE as NO_MX;
use crate::protocols::spf::lint::rules::VOID_LOOKUP;
use crate::protocols::spf::{self, Found};
use crate::protocols::{dkim, mx};
use std::sync::Arc;

impl Gathered {
    /// What the rules say, worst first.
    pub(crate) fn findings(&self) -> Vec<diagnostic::Finding> {
        let mut findings = posture::lint::check(&self.posture());
        if self.is_missing() {
            // What else is not there follows from that.
            return findings;
        }
        let whole = findings.clone();
        let spf = self.spf.iter().flat_map(|facts| spf::lint::check(facts));
        findings.extend(spf.filter(|finding| !self.is_told_worse(finding, &whole)));
        let dkim = self.dkim.iter().flat_map(|it| dkim::lint::check(&it.facts));
        // A domain that sends nothing signs nothing. Beside another term, though, senders were meant.
        let has_one_term = |facts: &spf::Facts| {
            facts.published.record().is_some_and(|record| record.value.terms.len() == 1)
        };
        let is_parked =
            self.spf.as_ref().is_some_and(|facts| facts.sends_nothing() && has_one_term(facts));
        // Revoked keys, mostly one at a wildcard, say that it signs nothing.
        let is_meant = |finding: &diagnostic::Finding| {
            is_parked && (finding.is(&PROVED_NONE) || finding.is(&REVOKED))
        };
        findings.extend(dkim.filter(|finding| !is_meant(finding)));
        let dmarc =
            self.dmarc.iter().flat_map(|it| crate::protocols::dmarc::lint::check(&it.facts));
        // Mail that fails is rejected by all of them, and all mail of such a domain fails.
        let is_alike = |finding: &diagnostic::Finding| {
            is_parked && finding.is(&RECEIVERS_DISAGREE) && self.is_policy_agreed()
        };
        findings.extend(dmarc.filter(|finding| !is_alike(finding)));
        let mx = self.mx.iter().flat_map(|it| mx::lint::check(&it.facts));
        findings.extend(mx.filter(|finding| !self.is_told_worse(finding, &whole)));
        findings.extend(self.others.iter().flat_map(|(_, it)| it.findings()));
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.rule.severity));
        findings
    }

    /// True if receivers of RFC 7489 and of RFC 9989 apply the same policy to the same share of mail.
    fn is_policy_agreed(&self) -> bool {
        let difference = self.dmarc.as_ref().and_then(|it| it.facts.difference.as_ref());
        difference
            .is_none_or(|it| (it.old.policy, it.old.percent) == (it.new.policy, it.new.percent))
    }

    /// The answer about the explanation of a fail, if there is one. That it failed decides nothing.
    pub(crate) fn explanation(&self) -> Option<Arc<Answer>> {
        let answer = &self.spf.as_ref()?.explanation.as_ref()?.answer;
        answer.failure().is_none().then(|| Arc::clone(answer))
    }

    /// True if a rule about the whole says the same with more: a term finds nothing because a whole domain
    /// does not exist, or there is no MX at a name that sends.
    fn is_told_worse(&self, finding: &diagnostic::Finding, worse: &[diagnostic::Finding]) -> bool {
        if finding.is(&NO_MX) {
            return worse.iter().any(|other| other.is(&NO_RETURN));
        }
        finding.is(&VOID_LOOKUP)
            && self.takeover.unregistered.iter().any(|it| it.location == finding.location)
    }

    /// False if the DNS says that the domain does not exist.
    pub(crate) fn exists(&self) -> Option<bool> {
        self.spf.as_ref().and_then(|facts| match facts.published.found {
            Found::NoDomain => Some(false),
            Found::Failed => None,
            _ => Some(true),
        })
    }

    /// True if the DNS says that the domain does not exist.
    pub(crate) fn is_missing(&self) -> bool {
        self.exists() == Some(false)
    }
}
