//! Rules about who receives. A lookup that failed never makes a finding.

mod host;
mod set;

use super::hosts::Facts;
use crate::judge::{Check, Finding, Rule, Severity};
use crate::text::{Citation, rfc};

/// Every rule about MX records, with its check.
pub const CHECKS: &[Check<Facts>] = &[
    Check { rule: &NULL_WITH_OTHERS, run: set::null_with_others },
    Check { rule: &NULL_PREFERENCE, run: set::null_preference },
    Check { rule: &ALIAS, run: host::alias },
    Check { rule: &ADDRESS_LITERAL, run: host::literal },
    Check { rule: &NO_ADDRESS, run: host::no_address },
    Check { rule: &LOCALHOST, run: host::localhost },
    Check { rule: &NONE, run: set::none },
    Check { rule: &DUPLICATE, run: set::duplicate },
];

/// Runs every check.
pub fn findings(facts: &Facts) -> Vec<Finding> {
    Check::all(CHECKS, facts)
}

const fn rule(
    id: &'static str,
    severity: Severity,
    cite: Citation,
    summary: &'static str,
    why: &'static str,
) -> Rule {
    Rule { id, severity, summary, why, cite }
}

static NULL_WITH_OTHERS: Rule = rule(
    "mx/null-with-others",
    Severity::Error,
    rfc(7505, "3"),
    "a null MX stands among other MX records",
    "A null MX says that the domain takes no mail, the others say that it does; senders may believe \
     either.",
);

static NULL_PREFERENCE: Rule = rule(
    "mx/null-preference",
    Severity::Note,
    rfc(7505, "3"),
    "the null MX has a preference other than 0",
    "The standard writes it as `0 .`; some senders look for just that.",
);

static ALIAS: Rule = rule(
    "mx/alias",
    Severity::Warn,
    rfc(2181, "10.3"),
    "an MX host is an alias",
    "An MX record must name a host that has addresses of its own; some senders refuse an alias.",
);

static ADDRESS_LITERAL: Rule = rule(
    "mx/address-literal",
    Severity::Error,
    rfc(1035, "3.3.9"),
    "an MX record holds an address instead of a host name",
    "The digits are looked up as a name, which does not exist, so nothing is delivered there.",
);

static NO_ADDRESS: Rule = rule(
    "mx/no-address",
    Severity::Error,
    rfc(5321, "5.1"),
    "an MX host has no address",
    "Senders cannot reach the host. If it is the only one, mail for the domain comes back.",
);

static LOCALHOST: Rule = rule(
    "mx/localhost",
    Severity::Error,
    rfc(5321, "5.1"),
    "an MX host has only addresses that nobody else can reach",
    "Loopback and private addresses lead senders to themselves or nowhere.",
);

static NONE: Rule = rule(
    "mx/none",
    Severity::Note,
    rfc(5321, "5.1"),
    "the domain publishes no MX",
    "Mail is then tried at the domain's own addresses. A domain that takes no mail says so with `MX 0 .`.",
);

static DUPLICATE: Rule = rule(
    "mx/duplicate",
    Severity::Note,
    rfc(5321, "5.1"),
    "an MX host stands more than once",
    "Senders that fail at a host try the same one again.",
);
