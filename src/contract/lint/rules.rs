//! The table of rules: a row for each, in the order of findings in a report.

use super::report;
use crate::contract::{Clause, Facts};
use crate::diagnostic::Confidence::Certain;
use crate::diagnostic::Severity::Error;
use crate::diagnostic::{Check, Rule};
use crate::text::{advice, rfc};

/// Every rule with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] = &[
    Check {
        rule: &ROLE_BROKEN,
        run: |facts, rule, findings| report(Clause::Role, facts, rule, findings),
    },
    Check {
        rule: &SENDER_REFUSED,
        run: |facts, rule, findings| report(Clause::Sender, facts, rule, findings),
    },
    Check {
        rule: &SENDER_ADMITTED,
        run: |facts, rule, findings| report(Clause::NeverSender, facts, rule, findings),
    },
    Check {
        rule: &SELECTOR_MISSING,
        run: |facts, rule, findings| report(Clause::Selector, facts, rule, findings),
    },
    Check {
        rule: &SELECTOR_WEAK,
        run: |facts, rule, findings| report(Clause::KeyBits, facts, rule, findings),
    },
    Check {
        rule: &POLICY_WEAK,
        run: |facts, rule, findings| report(Clause::Policy, facts, rule, findings),
    },
    Check {
        rule: &TOO_MANY_LOOKUPS,
        run: |facts, rule, findings| report(Clause::Lookups, facts, rule, findings),
    },
    Check {
        rule: &TOO_MANY_VOIDS,
        run: |facts, rule, findings| report(Clause::Voids, facts, rule, findings),
    },
];

pub(crate) static ROLE_BROKEN: Rule = Rule {
    id: "contract/role-broken",
    severity: Error,
    confidence: Certain,
    summary: "the domain does not match its declared role",
    why: "The role decides which records are right. Either the records are wrong or the contract \
          is out of date.",
    cite: advice(),
    page: include_str!("role-broken.md"),
};

pub(crate) static SENDER_REFUSED: Rule = Rule {
    id: "contract/sender-refused",
    severity: Error,
    confidence: Certain,
    summary: "a declared sender is not authorized",
    why: "Its mail fails SPF; with p=quarantine or p=reject and no aligned DKIM signature it \
          also fails DMARC.",
    cite: rfc(7208, "2.6"),
    page: include_str!("sender-refused.md"),
};

pub(crate) static SENDER_ADMITTED: Rule = Rule {
    id: "contract/sender-admitted",
    severity: Error,
    confidence: Certain,
    summary: "a forbidden sender is authorized",
    why: "Mail from this address passes SPF as the domain.",
    cite: rfc(7208, "2.6"),
    page: include_str!("sender-admitted.md"),
};

pub(crate) static SELECTOR_MISSING: Rule = Rule {
    id: "contract/selector-missing",
    severity: Error,
    confidence: Certain,
    summary: "no usable key at a declared selector",
    why: "Verifiers find no key and treat mail signed with this selector as unsigned.",
    cite: rfc(6376, "3.6.2.1"),
    page: include_str!("selector-missing.md"),
};

pub(crate) static SELECTOR_WEAK: Rule = Rule {
    id: "contract/selector-weak",
    severity: Error,
    confidence: Certain,
    summary: "DKIM key shorter than the contract requires",
    why: "An attacker who factors a short RSA key can sign as the domain.",
    cite: rfc(8301, "3.2"),
    page: include_str!("selector-weak.md"),
};

pub(crate) static POLICY_WEAK: Rule = Rule {
    id: "contract/policy-weak",
    severity: Error,
    confidence: Certain,
    summary: "DMARC policy weaker than the contract requires",
    why: "Receivers treat spoofed mail more leniently than the contract demands.",
    cite: rfc(9989, "4.7"),
    page: include_str!("policy-weak.md"),
};

pub(crate) static TOO_MANY_LOOKUPS: Rule = Rule {
    id: "contract/too-many-lookups",
    severity: Error,
    confidence: Certain,
    summary: "more DNS lookups than the contract allows",
    why: "max-lookups in mailcheck.toml limits the DNS lookups of the policy; receivers stop at 10.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("too-many-lookups.md"),
};

pub(crate) static TOO_MANY_VOIDS: Rule = Rule {
    id: "contract/too-many-voids",
    severity: Error,
    confidence: Certain,
    summary: "more void lookups than the contract allows",
    why: "A void lookup usually means that a listed sender no longer exists; receivers stop \
          after 2.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("too-many-voids.md"),
};
