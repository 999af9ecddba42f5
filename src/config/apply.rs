//! What was decided, held against what was found.

use super::{Policy, inline};
use crate::diagnostic::{Rule, Severity, family};
use crate::net::Name;
use crate::protocols::Protocol;
use crate::report::{Domain, Examined, Finding, Judged, State, Suppression, What, number};
use crate::suppress::{Ignore, lint};
use std::cmp::Reverse;

/// Gives findings the severity that they have here, takes away those of rules that are off, marks
/// those that are ignored, and adds what is to be said about the ignores themselves.
///
/// `today` is written as `2026-11-24`: an ignore holds through the day on which it expires. The
/// result of a domain is computed again where something changed, and its headline names the gravest
/// finding that counts; its sections go on saying what receivers make of it.
pub fn apply(policy: &Policy, today: &str, examined: Examined) -> Judged {
    let mut decisions = Decisions::new(policy, today);
    let domains = examined.domains.into_iter().map(|domain| decisions.apply(domain)).collect();
    Judged::new(domains, decisions.finish(examined.findings))
}

/// Gives findings about mail the severity that they have here, takes away those of rules that are
/// off, and marks those that are ignored. Of the ignores themselves nothing is said: who reads one
/// message does not meet all that an ignore is meant for.
pub fn decide(policy: &Policy, today: &str, findings: &mut Vec<Finding>) {
    let is_meant = |finding: &Finding, meant: &Name| finding.subject.name.is_within(meant);
    Decisions::new(policy, today).one_set(findings, is_meant);
}

/// The owner's decisions, applied to one domain after the other. Of a domain nothing is kept but
/// which of them it needed.
#[derive(Debug)]
pub struct Decisions<'p> {
    policy: &'p Policy,
    today: String,
    /// For each ignore, what became of it.
    ignores: Vec<Use>,
    /// For each contract, whether its domain was looked at.
    looked_at: Vec<bool>,
    is_change: bool,
}

/// What became of an ignore.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    /// A finding is ignored by it.
    is_used: bool,
    /// A domain that it is meant for was looked at.
    is_met: bool,
    /// At one of these it was undetermined whether the finding is there.
    is_unsure: bool,
}

impl<'p> Decisions<'p> {
    /// Those of a policy, as they are on this day.
    pub fn new(policy: &'p Policy, today: &str) -> Self {
        Self {
            policy,
            today: today.to_owned(),
            ignores: vec![Use::default(); policy.config.ignores.len()],
            looked_at: vec![false; policy.config.contracts.len()],
            is_change: false,
        }
    }

    /// The domain with the decisions applied.
    pub fn apply(&mut self, mut domain: Domain) -> Domain {
        let before = weighty(&domain.findings);
        let subject = domain.domain.clone();
        if self.one_set(&mut domain.findings, |_, meant| *meant == subject) {
            let after = weighty(&domain.findings);
            domain.result = domain.verdict(|family| {
                let has = |families: &[String]| families.iter().any(|it| it == family);
                has(&before) && !has(&after)
            });
        }
        domain.diagnose();
        for (ignore, known) in self.policy.config.ignores.iter().zip(&mut self.ignores) {
            if ignore.domain.as_ref().is_none_or(|meant| *meant == subject) {
                known.is_met = true;
                known.is_unsure |= !is_determined(ignore, &domain);
            }
        }
        for (contract, seen) in self.policy.config.contracts.iter().zip(&mut self.looked_at) {
            *seen |= contract.name.value == subject;
        }
        self.is_change |= domain.change.is_some();
        domain
    }

    /// The findings about no domain with the decisions applied, and what is to be said about the
    /// ignores, worst first; to be called after the last domain.
    pub fn finish(mut self, mut findings: Vec<Finding>) -> Vec<Finding> {
        let is_meant = |finding: &Finding, meant: &Name| finding.subject.name.is_within(meant);
        self.one_set(&mut findings, is_meant);
        let Self { policy, today, .. } = &self;
        let ignores = &policy.config.ignores;
        let unused = ignores.iter().zip(&self.ignores);
        let unused = unused.filter(|(ignore, known)| !known.is_used && !ignore.is_over(today));
        let unused = unused.filter(|(ignore, known)| self.would_find(ignore, **known));
        let facts = lint::Facts {
            expired: ignores.iter().filter(|ignore| ignore.is_over(today)).cloned().collect(),
            unused: unused.map(|(ignore, _)| ignore.clone()).collect(),
        };
        let mut own: Vec<Finding> = lint::check(&facts).iter().map(Finding::from).collect();
        // Several ignores may speak of the same rule and domain.
        number(&mut own);
        findings.extend(own.into_iter().filter_map(|mut finding| {
            finding.severity = policy.severity(&finding.rule, finding.severity)?;
            Some(finding)
        }));
        findings.sort_by_key(|finding| Reverse(finding.severity));
        if self.is_change {
            // What there is to say of the configuration, no change of records brought about.
            for finding in &mut findings {
                finding.state.get_or_insert(State::Unchanged);
            }
        }
        findings
    }

    /// True if a finding that the ignore means would have been found: see [`would_find`].
    fn would_find(&self, ignore: &Ignore, known: Use) -> bool {
        let is_on = self.policy.severity(ignore.rule.id, ignore.rule.severity).is_some();
        // Without a domain it may be meant for one that was not looked at.
        let are_all = ignore.domain.is_some() || self.looked_at.iter().all(|seen| *seen);
        is_on && are_all && known.is_met && !known.is_unsure
    }

    /// Applies the decisions to the findings of one domain, or of none; true if anything changed.
    fn one_set(
        &mut self,
        findings: &mut Vec<Finding>,
        is_meant: impl Fn(&Finding, &Name) -> bool,
    ) -> bool {
        let Self { policy, today, ignores, .. } = self;
        let mut changed = false;
        findings.retain_mut(|finding| {
            let Some(severity) = policy.severity(&finding.rule, finding.severity) else {
                changed = true;
                return false;
            };
            changed |= severity != finding.severity;
            finding.severity = severity;
            if let Some(comment) = policy.comments.iter().find(|it| inline::means(it, finding)) {
                changed = true;
                finding.suppressed = Some(Suppression::new(&comment.reason, &comment.place));
            }
            for (ignore, known) in policy.config.ignores.iter().zip(ignores.iter_mut()) {
                let holds = ignore.means(finding)
                    && ignore.domain.as_ref().is_none_or(|meant| is_meant(finding, meant));
                if holds && !ignore.is_over(today) {
                    known.is_used = true;
                    changed = true;
                    let why = || Suppression::new(&ignore.reason, &ignore.place);
                    finding.suppressed.get_or_insert_with(why);
                }
            }
            true
        });
        findings.sort_by_key(|finding| Reverse(finding.severity));
        changed
    }
}

/// The families whose warnings and errors count.
fn weighty(findings: &[Finding]) -> Vec<String> {
    let counts = |finding: &&Finding| finding.severity >= Severity::Warn && finding.counts();
    let families = findings.iter().filter(counts).map(|it| it.rule.family().to_owned());
    families.collect()
}

/// True if no finding of a rule would count at this domain, whatever it says: the rule is off, or
/// ignored as a whole. `today` is written as `2026-11-24`.
pub fn is_left_out(policy: &Policy, today: &str, rule: &Rule, domain: &Name) -> bool {
    let is_ignored = |ignore: &Ignore| {
        ignore.rule.id == rule.id
            && ignore.fingerprint.is_none()
            && ignore.domain.as_ref().is_none_or(|meant| meant == domain)
            && !ignore.is_over(today)
    };
    policy.severity(rule.id, rule.severity).is_none()
        || policy.config.ignores.iter().any(is_ignored)
}

/// True if a finding that the ignore means would have been found: its rule is on, the domain was
/// examined, and everything that the rule looks at could be determined.
pub fn would_find(policy: &Policy, ignore: &Ignore, domains: &[Domain]) -> bool {
    let is_meant =
        |domain: &&Domain| ignore.domain.as_ref().is_none_or(|meant| *meant == domain.domain);
    let looked_at = |name: &Name| domains.iter().any(|domain| domain.domain == *name);
    let known = Use {
        is_used: false,
        is_met: domains.iter().any(|domain| is_meant(&domain)),
        is_unsure: domains.iter().filter(is_meant).any(|domain| !is_determined(ignore, domain)),
    };
    let declared = policy.config.contracts.iter().map(|contract| looked_at(&contract.name.value));
    Decisions { looked_at: declared.collect(), ..Decisions::new(policy, "") }
        .would_find(ignore, known)
}

/// True if everything at a domain could be determined that the rule of an ignore looks at.
fn is_determined(ignore: &Ignore, domain: &Domain) -> bool {
    match ignore.rule.family() {
        // They are reported where two states are compared.
        family::CHANGE => {
            return domain.change.as_ref().is_some_and(|change| change.unknown.is_empty());
        }
        // They are about files, and no domain meets them.
        family::ZONE | family::CONFIG => return false,
        family::MESSAGE | family::BOUNCE | family::REPORT => return false,
        _ => {}
    }
    if ignore.rule.family() == family::CONTRACT {
        let mut unknowns = domain.unknowns_of_state().into_iter();
        return domain.is_complete() && unknowns.all(|one| one.what != What::Expectation);
    }
    let own = Protocol::from_word(ignore.rule.family()).unwrap_or(Protocol::Spf);
    domain.errors.is_empty() && domain.section(own).is_some_and(|view| view.is_determined())
}

impl Ignore {
    /// True if the finding is one that is meant, wherever it stands.
    pub fn means(&self, finding: &Finding) -> bool {
        finding.rule == self.rule.id
            && self.fingerprint.as_ref().is_none_or(|meant| *meant == finding.fingerprint)
    }

    /// True if its last day has passed. Dates written so are ordered as texts are.
    fn is_over(&self, today: &str) -> bool {
        self.expires.as_deref().is_some_and(|last| last < today)
    }
}
