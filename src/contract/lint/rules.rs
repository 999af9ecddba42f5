//! The table of rules: a row for each, in the order in which findings are told.

use super::report;
use crate::contract::{Clause, Facts};
use crate::diagnostic::Confidence::Certain;
use crate::diagnostic::Severity::Error;
use crate::diagnostic::{Check, Rule};
use crate::text::{advice, rfc};

/// Every rule with its check, in the order in which findings are told.
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
    summary: "the domain is not what its contract says that it is for",
    why: "What a domain is for decides which records are right. Records that say something else \
          are a mistake, or the contract is out of date.",
    cite: advice(),
    page: include_str!("role-broken.md"),
};

pub(crate) static SENDER_REFUSED: Rule = Rule {
    id: "contract/sender-refused",
    severity: Error,
    confidence: Certain,
    summary: "a declared sender may not send",
    why: "Somebody counts on it: what it sends fails SPF, and with a strict DMARC policy it is \
          refused.",
    cite: rfc(7208, "2.6"),
    page: include_str!("sender-refused.md"),
};

pub(crate) static SENDER_ADMITTED: Rule = Rule {
    id: "contract/sender-admitted",
    severity: Error,
    confidence: Certain,
    summary: "a sender that must not send may send",
    why: "Whoever sends from there can send in the name of the domain and passes for it.",
    cite: rfc(7208, "2.6"),
    page: include_str!("sender-admitted.md"),
};

pub(crate) static SELECTOR_MISSING: Rule = Rule {
    id: "contract/selector-missing",
    severity: Error,
    confidence: Certain,
    summary: "a declared selector has no key that can be used",
    why: "Whoever signs with it signs in vain: verifiers find no key and take the mail as \
          unsigned.",
    cite: rfc(6376, "3.6.2.1"),
    page: include_str!("selector-missing.md"),
};

pub(crate) static SELECTOR_WEAK: Rule = Rule {
    id: "contract/selector-weak",
    severity: Error,
    confidence: Certain,
    summary: "a key is smaller than its contract wants",
    why: "A key that can be found by trying lets anybody sign in the name of the domain.",
    cite: rfc(8301, "3.2"),
    page: include_str!("selector-weak.md"),
};

pub(crate) static POLICY_WEAK: Rule = Rule {
    id: "contract/policy-weak",
    severity: Error,
    confidence: Certain,
    summary: "the DMARC policy is weaker than its contract wants",
    why: "Forged mail is treated more mildly than its owner decided.",
    cite: rfc(9989, "4.7"),
    page: include_str!("policy-weak.md"),
};

pub(crate) static TOO_MANY_LOOKUPS: Rule = Rule {
    id: "contract/too-many-lookups",
    severity: Error,
    confidence: Certain,
    summary: "SPF takes more DNS lookups than its contract allows",
    why: "Receivers stop at ten. What is kept free is room for what a provider may add without \
          asking.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("too-many-lookups.md"),
};

pub(crate) static TOO_MANY_VOIDS: Rule = Rule {
    id: "contract/too-many-voids",
    severity: Error,
    confidence: Certain,
    summary: "SPF takes more void lookups than its contract allows",
    why: "Receivers stop after two. A void lookup is a name that is gone, and mostly a sender that \
          is gone too.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("too-many-voids.md"),
};
