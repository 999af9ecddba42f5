//! The table of rules: a row for each, in the order of findings in a report.

use super::{key, search};
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::dkim::search::Facts;
use crate::text::{advice, draft, rfc};

/// Every rule of DKIM with its check, in the order of findings in a report.
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
    Check { rule: &UNUSUAL_CASE, run: key::capitals },
    Check { rule: &SMALL_EXPONENT, run: key::small_exponent },
    Check { rule: &BARE_KEY, run: key::bare },
    Check { rule: &SHARED_KEY, run: search::shared },
    Check { rule: &ED25519_ALONE, run: search::ed25519_alone },
    Check { rule: &SEVERAL_RECORDS, run: search::several },
    Check { rule: &STRAY_RECORD, run: search::stray },
    Check { rule: &ALIAS_LOOP, run: search::alias_loop },
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
    summary: "RSA key shorter than 2048 bits",
    why: "A well-funded attacker may factor a 1024-bit key and then sign as the domain.",
    cite: rfc(8301, "3.2"),
    page: include_str!("weak-key.md"),
};

pub(crate) static SHORT_KEY: Rule = Rule {
    id: "dkim/short-key",
    severity: Error,
    confidence: Certain,
    summary: "RSA key shorter than 1024 bits",
    why: "A key of less than 1024 bits can be factored, so receivers must not accept its signatures.",
    cite: rfc(8301, "3.2"),
    page: include_str!("short-key.md"),
};

pub(crate) static LONG_KEY: Rule = Rule {
    id: "dkim/long-key",
    severity: Warn,
    confidence: Certain,
    summary: "RSA key longer than 4096 bits",
    why: "Receivers that cannot use the key treat the mail as unsigned.",
    cite: rfc(8301, "3.2"),
    page: include_str!("long-key.md"),
};

pub(crate) static REVOKED: Rule = Rule {
    id: "dkim/revoked",
    severity: Note,
    confidence: Certain,
    summary: "revoked DKIM key",
    why: "An empty p= revokes the key. That is fine after a rotation, but wrong if a server \
          still signs with this selector.",
    cite: rfc(6376, "3.6.1"),
    page: include_str!("revoked.md"),
};

pub(crate) static TRUNCATED_KEY: Rule = Rule {
    id: "dkim/truncated-key",
    severity: Error,
    confidence: Certain,
    summary: "truncated DKIM key",
    why: "Many DNS panels cut a TXT record at 255 octets. Signatures fail until you publish the \
          whole key in several strings.",
    cite: rfc(6376, "3.6.2.2"),
    page: include_str!("truncated-key.md"),
};

pub(crate) static STRAY_CHARACTERS: Rule = Rule {
    id: "dkim/stray-characters",
    severity: Error,
    confidence: Certain,
    summary: "stray characters in the DKIM key record",
    why: "Backslashes, quotation marks and PEM lines are usually pasted along with a key. They \
          are not part of the record syntax.",
    cite: rfc(6376, "3.6.1"),
    page: include_str!("stray-characters.md"),
};

pub(crate) static SYNTAX: Rule = Rule {
    id: "dkim/syntax",
    severity: Error,
    confidence: Certain,
    summary: "syntax error in the DKIM key record",
    why: "Receivers discard an unreadable key record, so every signature with it fails.",
    cite: rfc(6376, "3.6.1"),
    page: include_str!("syntax.md"),
};

pub(crate) static UNUSABLE_KEY: Rule = Rule {
    id: "dkim/unusable-key",
    severity: Error,
    confidence: Certain,
    summary: "unusable DKIM key",
    why: "No signature with this selector can pass.",
    cite: rfc(6376, "6.1.2"),
    page: include_str!("unusable-key.md"),
};

pub(crate) static TESTING: Rule = Rule {
    id: "dkim/testing",
    severity: Note,
    confidence: Certain,
    summary: "DKIM key in test mode (t=y)",
    why: "With t=y, verifiers must treat signed mail like unsigned mail. Remove the flag after \
          the test.",
    cite: rfc(6376, "3.6.1"),
    page: include_str!("testing.md"),
};

pub(crate) static UNUSUAL_CASE: Rule = Rule {
    id: "dkim/unusual-case",
    severity: Note,
    confidence: Certain,
    summary: "value of a DKIM tag in capitals",
    why: "Values are case-sensitive, and receivers ignore key types and hashes that they do not \
          know. Many compare without case.",
    cite: rfc(6376, "3.2"),
    page: include_str!("unusual-case.md"),
};

pub(crate) static SMALL_EXPONENT: Rule = Rule {
    id: "dkim/small-exponent",
    severity: Note,
    confidence: Certain,
    summary: "small RSA exponent",
    why: "Attacks on verifiers with faulty padding checks need a small exponent such as 3; 65537 \
          costs nothing.",
    cite: draft("FIPS 186-5", "A.1.1"),
    page: include_str!("small-exponent.md"),
};

pub(crate) static BARE_KEY: Rule = Rule {
    id: "dkim/bare-key",
    severity: Note,
    confidence: Certain,
    summary: "RSA key without SubjectPublicKeyInfo",
    why: "Almost all published keys are SubjectPublicKeyInfo, and some verifiers read nothing \
          else.",
    cite: rfc(6376, "3.6.1"),
    page: include_str!("bare-key.md"),
};

pub(crate) static SHARED_KEY: Rule = Rule {
    id: "dkim/shared-key",
    severity: Note,
    confidence: Likely,
    summary: "one DKIM key at two selectors",
    why: "A rotation that keeps the key replaces nothing: an attacker with the old private key \
          can still sign.",
    cite: advice(),
    page: include_str!("shared-key.md"),
};

pub(crate) static ED25519_ALONE: Rule = Rule {
    id: "dkim/ed25519-alone",
    severity: Note,
    confidence: Certain,
    summary: "only Ed25519 keys",
    why: "Many receivers verify RSA only and treat this mail as unsigned. Add a second signature \
          with an RSA key.",
    cite: rfc(8463, "6"),
    page: include_str!("ed25519-alone.md"),
};

pub(crate) static SEVERAL_RECORDS: Rule = Rule {
    id: "dkim/several-records",
    severity: Error,
    confidence: Certain,
    summary: "more than one key record at a selector",
    why: "RFC 6376 leaves the result undefined: a receiver may pick the wrong key and fail the \
          signature.",
    cite: rfc(6376, "3.6.2.2"),
    page: include_str!("several-records.md"),
};

pub(crate) static STRAY_RECORD: Rule = Rule {
    id: "dkim/stray-record",
    severity: Warn,
    confidence: Certain,
    summary: "a TXT record beside the DKIM key that is not a key itself",
    why: "A selector has one TXT record. Which of several a verifier reads is undefined, so \
          signatures pass at some receivers and fail at others.",
    cite: rfc(6376, "3.6.2.2"),
    page: include_str!("stray-record.md"),
};

pub(crate) static ALIAS_LOOP: Rule = Rule {
    id: "dkim/alias-loop",
    severity: Error,
    confidence: Certain,
    summary: "the alias of a selector leads back to itself",
    why: "Resolvers give up on a CNAME loop, so no verifier can fetch the key and every \
          signature with the selector fails for now.",
    cite: rfc(1034, "3.6.2"),
    page: include_str!("alias-loop.md"),
};

pub(crate) static DANGLING_ALIAS: Rule = Rule {
    id: "dkim/dangling-alias",
    severity: Error,
    confidence: Certain,
    summary: "selector CNAME points to a name that does not exist",
    why: "Verifiers find no key, so signatures fail. Either signing is not enabled at the \
          provider or the account was deleted; an attacker who gets that name can sign as the \
          domain.",
    cite: rfc(6376, "6.1.2"),
    page: include_str!("dangling-alias.md"),
};

pub(crate) static WILDCARD: Rule = Rule {
    id: "dkim/wildcard",
    severity: Warn,
    confidence: Certain,
    summary: "wildcard answers for every selector",
    why: "It hides which selectors are in use, and you cannot revoke a single one.",
    cite: rfc(6376, "3.6.2.1"),
    page: include_str!("wildcard.md"),
};

pub(crate) static NO_KEY_FOUND: Rule = Rule {
    id: "dkim/no-key-found",
    severity: Note,
    confidence: Likely,
    summary: "no DKIM key at the selectors tried",
    why: "The DNS cannot list selectors. The s= tag of a DKIM-Signature header names the one in \
          use; test it with --selector.",
    cite: rfc(6376, "3.6.2.1"),
    page: include_str!("no-key-found.md"),
};

pub(crate) static PROVED_NONE: Rule = Rule {
    id: "dkim/proved-none",
    severity: Warn,
    confidence: Certain,
    summary: "no DKIM key published",
    why: "Receivers cannot verify DKIM signatures of the domain: its mail is not authenticated \
          when it is forwarded, and large receivers require a signature from bulk senders.",
    cite: rfc(8020, "2"),
    page: include_str!("proved-none.md"),
};

pub(crate) static GIVEN_SELECTOR_MISSING: Rule = Rule {
    id: "dkim/given-selector-missing",
    severity: Error,
    confidence: Certain,
    summary: "no key at the given selector",
    why: "A missing key is a permanent failure: receivers treat the mail as unsigned.",
    cite: rfc(6376, "6.1.2"),
    page: include_str!("given-selector-missing.md"),
};
