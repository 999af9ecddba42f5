//! The table of rules: a row for each, in the order in which findings are told.

use super::{key, search};
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::dkim::search::Facts;
use crate::text::{advice, draft, rfc};

/// Every rule of DKIM with its check, in the order in which findings are told.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &WEAK_KEY, run: key::weak },
    Check { rule: &SHORT_KEY, run: key::short },
    Check { rule: &LONG_KEY, run: key::long },
    Check { rule: &REVOKED, run: key::revoked },
    Check { rule: &TRUNCATED_KEY, run: key::truncated },
    Check { rule: &STRAY_CHARACTERS, run: key::strays },
    Check { rule: &SYNTAX, run: key::syntax },
    Check { rule: &UNUSABLE_KEY, run: key::unusable },
    Check { rule: &TESTING, run: key::testing },
    Check { rule: &SMALL_EXPONENT, run: key::small_exponent },
    Check { rule: &BARE_KEY, run: key::bare },
    Check { rule: &SHARED_KEY, run: search::shared },
    Check { rule: &ED25519_ALONE, run: search::ed25519_alone },
    Check { rule: &SEVERAL_RECORDS, run: search::several },
    Check { rule: &DANGLING_ALIAS, run: search::dangling },
    Check { rule: &WILDCARD, run: search::wildcard },
    Check { rule: &NO_KEY_FOUND, run: search::none_found },
    Check { rule: &PROVED_NONE, run: search::proved_none },
    Check { rule: &GIVEN_SELECTOR_MISSING, run: search::given_missing },
];

pub(crate) static WEAK_KEY: Rule = Rule {
    id: "dkim/weak-key",
    severity: Warn,
    confidence: Certain,
    summary: "the key has less than 2048 bits",
    why: "Keys of 1024 bits are within reach of a well-funded attacker, who could then \
          sign as the domain.",
    cite: rfc(8301, "3.2"),
    page: include_str!("weak-key.md"),
};

pub(crate) static SHORT_KEY: Rule = Rule {
    id: "dkim/short-key",
    severity: Error,
    confidence: Certain,
    summary: "the key has less than 1024 bits",
    why: "Anybody can break such a key within days, so receivers must treat its signatures \
          as invalid.",
    cite: rfc(8301, "3.2"),
    page: include_str!("short-key.md"),
};

pub(crate) static LONG_KEY: Rule = Rule {
    id: "dkim/long-key",
    severity: Warn,
    confidence: Certain,
    summary: "the key has more than 4096 bits",
    why: "Receivers need not be able to use keys beyond 4096 bits; those that cannot see \
          no signature.",
    cite: rfc(8301, "3.2"),
    page: include_str!("long-key.md"),
};

pub(crate) static REVOKED: Rule = Rule {
    id: "dkim/revoked",
    severity: Note,
    confidence: Certain,
    summary: "the key is withdrawn",
    why: "An empty p= says that mail signed with this selector fails. That is right after \
          a rotation, and wrong if something still signs with it.",
    cite: rfc(6376, "3.6.1"),
    page: include_str!("revoked.md"),
};

pub(crate) static TRUNCATED_KEY: Rule = Rule {
    id: "dkim/truncated-key",
    severity: Error,
    confidence: Certain,
    summary: "the key is cut off",
    why: "Many panels keep the first 255 octets of a text and drop the rest. Every \
          signature fails until the whole key is published, in several strings.",
    cite: rfc(6376, "3.6.2.2"),
    page: include_str!("truncated-key.md"),
};

pub(crate) static STRAY_CHARACTERS: Rule = Rule {
    id: "dkim/stray-characters",
    severity: Error,
    confidence: Certain,
    summary: "characters that do not belong stand in the key record",
    why: "Backslashes, quotation marks and PEM lines that were pasted along with a key \
          make receivers discard the record.",
    cite: rfc(6376, "3.6.1"),
    page: include_str!("stray-characters.md"),
};

pub(crate) static SYNTAX: Rule = Rule {
    id: "dkim/syntax",
    severity: Error,
    confidence: Certain,
    summary: "the key record has a fault",
    why: "Receivers discard a key record that they cannot read, and every signature with \
          it fails.",
    cite: rfc(6376, "3.6.1"),
    page: include_str!("syntax.md"),
};

pub(crate) static UNUSABLE_KEY: Rule = Rule {
    id: "dkim/unusable-key",
    severity: Error,
    confidence: Certain,
    summary: "the key cannot be used for mail",
    why: "The record's own tags, or the octets of the key, leave receivers nothing to \
          verify with.",
    cite: rfc(6376, "6.1.2"),
    page: include_str!("unusable-key.md"),
};

pub(crate) static TESTING: Rule = Rule {
    id: "dkim/testing",
    severity: Note,
    confidence: Certain,
    summary: "the key is marked as a test",
    why: "With t=y receivers may treat signed mail as if it were not signed.",
    cite: rfc(6376, "3.6.1"),
    page: include_str!("testing.md"),
};

pub(crate) static SMALL_EXPONENT: Rule = Rule {
    id: "dkim/small-exponent",
    severity: Note,
    confidence: Certain,
    summary: "the RSA key has a small public exponent",
    why: "Verifiers that check the padding carelessly can be deceived where the exponent \
          is 3; 65537 costs nothing.",
    cite: draft("FIPS 186-5", "A.1.1"),
    page: include_str!("small-exponent.md"),
};

pub(crate) static BARE_KEY: Rule = Rule {
    id: "dkim/bare-key",
    severity: Note,
    confidence: Certain,
    summary: "the RSA key is published without its wrapping",
    why: "Almost everybody publishes a SubjectPublicKeyInfo, and some verifiers read \
          nothing else.",
    cite: rfc(6376, "3.6.1"),
    page: include_str!("bare-key.md"),
};

pub(crate) static SHARED_KEY: Rule = Rule {
    id: "dkim/shared-key",
    severity: Note,
    confidence: Likely,
    summary: "two selectors publish the same key",
    why: "A rotation that keeps the key changes nothing: who has one private key signs \
          with both selectors.",
    cite: advice(),
    page: include_str!("shared-key.md"),
};

pub(crate) static ED25519_ALONE: Rule = Rule {
    id: "dkim/ed25519-alone",
    severity: Note,
    confidence: Certain,
    summary: "every key found is an Ed25519 key",
    why: "Many receivers verify RSA only. They see mail that is not signed, unless a \
          second signature stands beside it.",
    cite: rfc(8463, "6"),
    page: include_str!("ed25519-alone.md"),
};

pub(crate) static SEVERAL_RECORDS: Rule = Rule {
    id: "dkim/several-records",
    severity: Error,
    confidence: Certain,
    summary: "several key records stand at one selector",
    why: "Which of them counts is undefined: receivers may pick any, and fail.",
    cite: rfc(6376, "3.6.2.2"),
    page: include_str!("several-records.md"),
};

pub(crate) static DANGLING_ALIAS: Rule = Rule {
    id: "dkim/dangling-alias",
    severity: Error,
    confidence: Certain,
    summary: "the selector is an alias of a name that does not exist",
    why: "No key can be fetched, so signatures fail. Signing was not switched on at the \
          provider, or the account is gone; whoever takes over that name could sign as the \
          domain.",
    cite: rfc(6376, "6.1.2"),
    page: include_str!("dangling-alias.md"),
};

pub(crate) static WILDCARD: Rule = Rule {
    id: "dkim/wildcard",
    severity: Warn,
    confidence: Certain,
    summary: "every selector answers with the same key",
    why: "A wildcard hides which selectors are in use, and none of them can be withdrawn \
          by itself.",
    cite: rfc(6376, "3.6.2.1"),
    page: include_str!("wildcard.md"),
};

pub(crate) static NO_KEY_FOUND: Rule = Rule {
    id: "dkim/no-key-found",
    severity: Note,
    confidence: Likely,
    summary: "no key was found at the selectors tried",
    why: "Selectors cannot be listed, so there may be others. The s= of a signature tells \
          the one in use.",
    cite: rfc(6376, "3.6.2.1"),
    page: include_str!("no-key-found.md"),
};

pub(crate) static PROVED_NONE: Rule = Rule {
    id: "dkim/proved-none",
    severity: Warn,
    confidence: Certain,
    summary: "the domain publishes no DKIM key",
    why: "Nothing can be signed as this domain: forwarded mail fails DMARC, and large \
          receivers ask bulk senders for a signature.",
    cite: rfc(8020, "2"),
    page: include_str!("proved-none.md"),
};

pub(crate) static GIVEN_SELECTOR_MISSING: Rule = Rule {
    id: "dkim/given-selector-missing",
    severity: Error,
    confidence: Certain,
    summary: "a selector that is in use has no key",
    why: "Mail that is signed with the selector fails permanently at every receiver.",
    cite: rfc(6376, "6.1.2"),
    page: include_str!("given-selector-missing.md"),
};
