//! Rules about keys. A lookup that failed never makes a finding.

mod key;
mod search;

use super::search::Facts;
use crate::judge::{Check, Finding, Rule, Severity};
use crate::text::{Citation, rfc};

/// Every rule about keys, with its check.
pub const CHECKS: &[Check<Facts>] = &[
    Check { rule: &WEAK_KEY, run: key::weak },
    Check { rule: &SHORT_KEY, run: key::short },
    Check { rule: &LONG_KEY, run: key::long },
    Check { rule: &REVOKED, run: key::revoked },
    Check { rule: &TRUNCATED_KEY, run: key::truncated },
    Check { rule: &STRAY_CHARACTERS, run: key::strays },
    Check { rule: &SYNTAX, run: key::syntax },
    Check { rule: &UNUSABLE_KEY, run: key::unusable },
    Check { rule: &TESTING, run: key::testing },
    Check { rule: &SEVERAL_RECORDS, run: search::several },
    Check { rule: &DANGLING_ALIAS, run: search::dangling },
    Check { rule: &WILDCARD, run: search::wildcard },
    Check { rule: &NO_KEY_FOUND, run: search::none_found },
    Check { rule: &PROVED_NONE, run: search::proved_none },
    Check { rule: &GIVEN_SELECTOR_MISSING, run: search::given_missing },
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

static WEAK_KEY: Rule = rule(
    "dkim/weak-key",
    Severity::Warn,
    rfc(8301, "3.2"),
    "the key has less than 2048 bits",
    "Keys of 1024 bits are within reach of a well-funded attacker, who could then sign as the domain.",
);

static SHORT_KEY: Rule = rule(
    "dkim/short-key",
    Severity::Error,
    rfc(8301, "3.2"),
    "the key has less than 1024 bits",
    "Anybody can break such a key within days, so receivers must treat its signatures as invalid.",
);

static LONG_KEY: Rule = rule(
    "dkim/long-key",
    Severity::Warn,
    rfc(8301, "3.2"),
    "the key has more than 4096 bits",
    "Receivers need not be able to use keys beyond 4096 bits; those that cannot see no signature.",
);

static REVOKED: Rule = rule(
    "dkim/revoked",
    Severity::Note,
    rfc(6376, "3.6.1"),
    "the key is withdrawn",
    "An empty p= says that mail signed with this selector fails. That is right after a rotation, and \
     wrong if something still signs with it.",
);

static TRUNCATED_KEY: Rule = rule(
    "dkim/truncated-key",
    Severity::Error,
    rfc(6376, "3.6.2.2"),
    "the key is cut off",
    "Many panels keep the first 255 octets of a text and drop the rest. Every signature fails until \
     the whole key is published, in several strings.",
);

static STRAY_CHARACTERS: Rule = rule(
    "dkim/stray-characters",
    Severity::Error,
    rfc(6376, "3.6.1"),
    "characters that do not belong stand in the key record",
    "Backslashes, quotation marks and PEM lines that were pasted along with a key make receivers \
     discard the record.",
);

static SYNTAX: Rule = rule(
    "dkim/syntax",
    Severity::Error,
    rfc(6376, "3.6.1"),
    "the key record has a fault",
    "Receivers discard a key record that they cannot read, and every signature with it fails.",
);

static UNUSABLE_KEY: Rule = rule(
    "dkim/unusable-key",
    Severity::Error,
    rfc(6376, "6.1.2"),
    "the key cannot be used for mail",
    "The record's own tags, or the octets of the key, leave receivers nothing to verify with.",
);

static SEVERAL_RECORDS: Rule = rule(
    "dkim/several-records",
    Severity::Error,
    rfc(6376, "3.6.2.2"),
    "several key records stand at one selector",
    "Which of them counts is undefined: receivers may pick any, and fail.",
);

static TESTING: Rule = rule(
    "dkim/testing",
    Severity::Note,
    rfc(6376, "3.6.1"),
    "the key is marked as a test",
    "With t=y receivers may treat signed mail as if it were not signed.",
);

static DANGLING_ALIAS: Rule = rule(
    "dkim/dangling-alias",
    Severity::Error,
    rfc(6376, "6.1.2"),
    "the selector is an alias of a name that does not exist",
    "No key can be fetched, so signatures fail. Signing was not switched on at the provider, or the \
     account is gone; whoever takes over that name could sign as the domain.",
);

static WILDCARD: Rule = rule(
    "dkim/wildcard",
    Severity::Warn,
    rfc(6376, "3.6.2.1"),
    "every selector answers with the same key",
    "A wildcard hides which selectors are in use, and none of them can be withdrawn by itself.",
);

static NO_KEY_FOUND: Rule = rule(
    "dkim/no-key-found",
    Severity::Note,
    rfc(6376, "3.6.2.1"),
    "no key was found at the selectors tried",
    "Selectors cannot be listed, so there may be others. The s= of a signature tells the one in use.",
);

static PROVED_NONE: Rule = rule(
    "dkim/proved-none",
    Severity::Warn,
    rfc(8020, "2"),
    "the domain publishes no DKIM key",
    "Nothing can be signed as this domain: forwarded mail fails DMARC, and large receivers ask bulk \
     senders for a signature.",
);

static GIVEN_SELECTOR_MISSING: Rule = rule(
    "dkim/given-selector-missing",
    Severity::Error,
    rfc(6376, "6.1.2"),
    "a selector that is in use has no key",
    "Mail that is signed with the selector fails permanently at every receiver.",
);

#[cfg(test)]
mod tests;
